package fieldglass

import (
	"strconv"
	"time"

	"github.com/shopspring/decimal"
)

const xsi = "http://www.w3.org/2001/XMLSchema-instance"

// document writes a posting in the vendor's schema InSiteJobPostingV2.
func (s *Server) document(p posting) element {
	spec := p.Spec
	return element{
		{"@xmlns", "jobPosting"}, {"@xmlns:xsi", xsi}, {"@xsi:schemaLocation", "jobPosting https://sandbox.example/schema/InSiteJobPostingV2.xsd"},
		{"OrderId", element{{"@validFrom", spec.StartDate}, {"@validTo", spec.EndDate}, {"IdValue", p.Ref}, {"Status", p.Status}}},
		{"ReferenceInformation", element{{"StaffingSupplierId", idValue(s.opts.SupplierCode)}, {"StaffingCustomerId", idValue(s.opts.BuyerCode)}}},
		{"BusinessUnit", none(spec.BusinessUnit)},
		{"ClosedReasonName", none(p.ClosedReason)},
		{"OrderClassification", element{{"@orderType", spec.Title}, {"@orderStatus", "new"}}},
		{"Comments", element{{"Comment", nil}, {"CreatorName", nil}, {"CreateTime", nil}}},
		{"OrderContact", element{{"@contactType", "placedBy"}, {"ContactInfo", contact(spec)}}},
		{"RequiredResponseDate", none(spec.RespondBy)},
		{"PositionQuantity", strconv.Itoa(spec.Openings)},
		{"MaxSubmissionsAllowed", strconv.Itoa(spec.MaxSubmissions)},
		{"CanSubmitJobSeeker", yesNo(p.Status == "Submitted")},
		{"StaffingPosition", s.position(p)},
	}
}

func (s *Server) position(p posting) element {
	spec := p.Spec
	nobody := element{{"ContactInfo", element{{"PersonName", element{{"LegalName", nil}, {"FormattedName", nil}}}}}}
	return element{
		{"PositionHeader", element{{"PositionTitle", spec.Title}, {"FormattedPositionDescription", element{{"Value", none(spec.Description)}}}}},
		{"PrimaryDepartment", primary(spec.CostCentres)},
		{"Departments", departments(spec.CostCentres)},
		{"PositionDateRange", element{{"StartDate", none(spec.StartDate)}, {"ExpectedEndDate", none(spec.EndDate)}, {"CreateDate", s.day(p.CreatedAt)},
			{"SubmitDate", s.day(p.SubmittedAt)}, {"ClosedDate", s.day(p.ClosedAt)}}},
		{"ServiceType", spec.ServiceType},
		{"JobType", spec.JobType},
		{"ReportToPerson", element{{"ContactInfo", contact(spec)}}},
		{"Coordinator", nobody},
		{"Distributor", nobody},
		{"WorkSite", site(spec.Site)},
		{"Rates", rateRows(spec)},
		{"CustomFields", customFields(spec.Fields)},
		{"Quals", quals(spec.Quals)},
		{"PositionRules", element{{"AutoEngage", "no"}, {"AutoRegister", "no"}, {"AutoActivate", "no"}, {"PayRateRequired", yesNo(spec.PayRateRequired)},
			{"ResumeRequired", yesNo(!spec.ResumeOptional)}, {"JobSeekerBillRateCanExceedRequestedBillRate", yesNo(spec.BillCanExceed)},
			{"SupplierMustEnterRateChangeAmountsAndDurationOnJobSeekers", "no"}, {"AllowSupplierToSelectJobSeekerSite", "no"}}},
		{"InvoiceInfo", element{{"AutoInvoiceType", "Both"}, {"TrialEndDate", nil}, {"TravelTime", "0.000"}, {"HoursPerDay", "8.00"}, {"HoursPerWeek", spec.HoursPerWeek},
			{"BillablePerDiem", "0.00"}, {"EstimatedAdditionalSpend", "0.00"}, {"EstimatedTotalHours", totalHours(spec)}, {"EstimatedExpenses", "0.000"},
			{"SiteTax", "0.000"}, {"MaximumExpenses", "0.00"}, {"ExternalReqNumber", none(spec.ExternalNumber)}, {"PurchaseOrderNumber", none(spec.PurchaseOrder)}}},
		{"SecurityIdInstruction", none(spec.SecurityIDInstruction)},
		{"SecurityIdPattern", none(spec.SecurityIDPattern)},
	}
}

// contact has the trailing blank in a name that the vendor's own sample prints.
func contact(spec PostingSpec) element {
	return element{{"PersonName", element{{"LegalName ", none(spec.ManagerUser)}, {"FormattedName", none(spec.ManagerName)}}}}
}

func rateRows(spec PostingSpec) []element {
	var out []element
	for _, c := range spec.classes() {
		amount := func(v string) string {
			out, err := times(v, c.factor)
			if err != nil {
				panic(err) // PostingSpec.check has read it
			}
			return out
		}
		limit := func(v string) any {
			if v == "" {
				return nil
			}
			return amount(v)
		}
		base := any("ST")
		if c.name == "ST" {
			base = nil
		}
		out = append(out, element{{"@rateType", spec.RateSide}, {"@rateStatus", "agreed"},
			{"BillAmount", money(spec, amount(spec.BillMax))}, {"MinBillAmount", limit(spec.BillMin)}, {"MaxBillAmount", limit(spec.BillMax)},
			{"PayAmount", money(spec, amount(spec.PayMax))}, {"MinPayAmount", limit(spec.PayMin)}, {"MaxPayAmount", limit(spec.PayMax)},
			{"Class", c.name}, {"Markup", nil}, {"Factor", none(c.factor)}, {"BaseClass", base}})
	}
	return out
}

func money(spec PostingSpec, amount string) element {
	return element{{"@rateAmountPeriod", spec.Period}, {"@currency", spec.Currency}, {"$", amount}}
}

func customFields(fields []Field) any {
	var out []element
	for _, f := range fields {
		e := element{{"@name", f.Name}, {"@mandatory", yesNo(f.Mandatory)}, {"@type", "xsd:" + f.Type}}
		if f.Type == "pickList" {
			e = append(e, member{"pickList", element{{"@isCompleteList", yesNo(!f.OpenList)}, {"@totalNumberOfItems", strconv.Itoa(len(f.Items))}, {"item", f.Items}}})
		}
		out = append(out, append(e, member{"Value", none(f.Value)}, member{"Class", f.Class}))
	}
	return inside("CustomField", out)
}

// quals are given as not rated yet.
func quals(list []Qual) any {
	var out []element
	for _, q := range list {
		e := element{{"@name", q.Name}, {"@mandatory", yesNo(q.Mandatory)}, {"@type", "xsd:" + q.Type}}
		for _, part := range q.parts() {
			e = append(e, member{part, map[string]string{"Boolean": "false", "Ratings": "-1", "Years": "0.00", "Certification": "false"}[part]})
		}
		out = append(out, e)
	}
	return inside("Qual", out)
}

// parts are the elements that a qualification of this type has.
func (q Qual) parts() []string {
	if q.Type == "Ratings and Years" {
		return []string{"Ratings", "Years"}
	}
	return []string{q.Type}
}

func departments(list []CostCentre) any {
	var out []element
	for _, c := range list {
		out = append(out, element{{"Code", c.Code}, {"Name", none(c.Name)}, {"Allocation", c.Percent}})
	}
	return inside("Department", out)
}

// inside puts a list into its wrapper; nothing when it is empty.
func inside(name string, list []element) any {
	if len(list) == 0 {
		return nil
	}
	return element{{name, list}}
}

func primary(list []CostCentre) any {
	if len(list) == 0 {
		return nil
	}
	return none(list[0].Name)
}

func site(v Site) element {
	return element{{"WorkSiteId", element{{"Id", none(v.Code)}}}, {"Address", none(v.Address)}, {"Address2", nil}, {"City", none(v.City)},
		{"StateCode", none(v.State)}, {"PostalCode", none(v.PostalCode)}}
}

func totalHours(spec PostingSpec) string {
	start, err1 := time.Parse(time.DateOnly, spec.StartDate)
	end, err2 := time.Parse(time.DateOnly, spec.EndDate)
	hours, err3 := decimal.NewFromString(spec.HoursPerWeek)
	if err1 != nil || err2 != nil || err3 != nil || end.Before(start) {
		return "0.0"
	}
	weeks := (int64(end.Sub(start).Hours()/24) + 7) / 7
	return hours.Mul(decimal.NewFromInt(weeks)).StringFixed(1)
}

func (s *Server) day(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(s.opts.Zone).Format(time.DateOnly)
}

func idValue(v string) element { return element{{"IdValue", v}} }

func none(v string) any {
	if v == "" {
		return nil
	}
	return v
}

func yesNo(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}
