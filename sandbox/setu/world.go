package setu

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Publish adds an order to the list and gives its id; what is empty is filled in.
func (s *Server) Publish(o Order) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	fill(&o.ID, fmt.Sprintf("RFQ%06d", s.n))
	s.orders = append(s.orders, o.filled())
	return o.ID
}

func (o Order) filled() Order {
	fill(&o.Title, "Lasser")
	fill(&o.City, "Diemen")
	fill(&o.Start, "2027-01-11")
	fill(&o.End, "2027-06-30")
	fill(&o.BillRate, "38.50")
	fill(&o.PayRate, "19.25")
	fill(&o.CostCentre, "173")
	fill(&o.Project, "012.30303")
	fill(&o.Status, "new")
	return o
}

func fill(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

// Retitle changes an order.
func (s *Server) Retitle(id, title string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.orders {
		if s.orders[i].ID == id {
			s.orders[i].Title = title
			return nil
		}
	}
	return fmt.Errorf("there is no order %s", id)
}

// Delete takes an order off the list, which is how version 2 cancels.
func (s *Server) Delete(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orders = slices.DeleteFunc(s.orders, func(o Order) bool { return o.ID == id })
}

// Assign puts up the assignment of an offer, as the supplier's back office does.
func (s *Server) Assign(offer, order, worker string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.assignments[offer] = Assignment(offer, order, worker)
}

// CountOffers counts the human resources.
func (s *Server) CountOffers() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.offers) + len(s.old)
}

// Offer gives a human resource as it was posted; nil when there is none.
func (s *Server) Offer(id string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.offers[id]
}

func id(value, agency string) object { return object{"value": value, "schemeAgencyId": agency} }

func rate(amount, start, end string, bill bool) object {
	return object{"rateType": "TimeInterval", "code": "HT100", "amount": object{"value": json.Number(amount), "currency": object{"value": "EUR"}},
		"intervalCode": object{"value": "HourlyConsolidated"}, "period": object{"datePeriod": object{"start": start, "end": end}}, "toBeBilled": bill, "toBePaid": !bill}
}

func week(hours int) []any {
	return []any{object{"workDuration": object{"value": hours, "unitCode": object{"value": "Hours"}}, "baseDuration": object{"value": 1, "unitCode": object{"value": "Weekly"}}}}
}

func codes(costCentre, project string) object {
	return object{"costCenter": object{"code": costCentre, "name": "Staalproductie"}, "project": object{"code": project}, "referenceNumber": "20171023"}
}

// JSON is the order as a message of version 2.
func (o Order) JSON() map[string]any {
	o = o.filled()
	out := object{
		"documentId": id(o.ID, "Customer"), "orderType": "RFQ",
		"customer": object{"id": []any{id("445123", "Customer")}, "personContacts": []any{object{"name": object{"formattedName": "Henk de Vries"},
			"communication": object{"email": []any{object{"address": "henk@client.example", "useCode": "Business"}}}}}},
		"positionProfile": object{"positionTitle": o.Title, "positionOpenQuantity": 1, "positionTask": object{"description": object{"value": "Lassen van hekwerken"}},
			"positionLocation":      object{"name": "Werkplaats", "city": o.City, "countryCode": object{"value": "NL"}, "streetName": "Wisselwerking", "houseNumber": "2", "postalCode": "1112 XK"},
			"positionOfferingTypes": object{"value": "secondment"}, "positionPeriod": object{"start": o.Start, "end": o.End}, "workingPeriods": week(32)},
		"payRates":                        []any{rate(o.BillRate, o.Start, o.End, true), rate(o.PayRate, o.Start, o.End, false)},
		"resourceClassificationInclusion": codes(o.CostCentre, o.Project),
	}
	if o.Offer != "" {
		out["orderType"], out["staffingIds"] = "Order", object{"quoteId": id(o.Offer, "Supplier")}
	}
	return out
}

// Assignment is an assignment as a message of version 2.
func Assignment(document, order, worker string) map[string]any {
	codes := codes("173", "012.30303")
	codes["purchaseOrderNumber"] = "PO123789"
	return object{
		"documentId": id(document, "Supplier"), "customer": object{"id": []any{id("445123", "Customer")}, "personContacts": []any{object{"name": object{"formattedName": "Henk de Vries"}}}},
		"payRates":        []any{overtime("38.50", "2027-01-11", "2027-06-30", true), rate("38.50", "2027-01-11", "2027-06-30", true), rate("19.25", "2027-01-11", "2027-06-30", false)},
		"positionProfile": object{"positionTitle": "Lasser", "positionPeriod": object{"start": "2027-01-11", "expectedEnd": "2027-06-30"}, "workingPeriods": week(32)},
		"assignedWorker":  object{"workerId": []any{id(worker, "Supplier")}}, "resourceClassificationInclusion": codes,
		"staffingIds": object{"requestForQuotationId": id(order, "Customer")},
	}
}

// XML is the order as a message of version 1.4, without its XML declaration.
func (o Order) XML() string {
	o = o.filled()
	kind, ref, invoice, attention := "RFQ", "", "", ""
	if o.Offer != "" {
		invoice = `<InvoiceInfo><InvoiceFrequency>Weekly</InvoiceFrequency></InvoiceInfo>`
		attention = `<BillToAttention><ContactInfo><PersonName><FormattedName>Crediteuren</FormattedName></PersonName>
<ContactMethod><InternetEmailAddress>facturen@client.example</InternetEmailAddress></ContactMethod></ContactInfo></BillToAttention>`
		kind, ref = "order", `<BillToEntityId idOwner="StaffingCustomer"><IdValue>VKB-INKOOP</IdValue></BillToEntityId><HumanResourceId idOwner="StaffingCompany"><IdValue>`+escape(o.Offer)+`</IdValue></HumanResourceId>`
	}
	return fmt.Sprintf(`<StaffingOrder xmlns="http://ns.hr-xml.org/2007-04-15"><OrderId idOwner="StaffingCustomer"><IdValue>%s</IdValue></OrderId>
<ReferenceInformation><MasterOrderId idOwner="StaffingCompany"><IdValue>FA5623467</IdValue></MasterOrderId>%s</ReferenceInformation>
<CustomerReportingRequirements><ManagerName>M.A. Nager</ManagerName><CostCenterCode>%s</CostCenterCode><ProjectCode>%s</ProjectCode></CustomerReportingRequirements>
<OrderClassification orderStatus="%s" orderType="%s"/>%s<PositionQuantity>1</PositionQuantity><MultiVendorDistribution>true</MultiVendorDistribution>
<StaffingPosition><PositionHeader><PositionId><Id/></PositionId><PositionTitle>%s</PositionTitle><PositionType>secondment</PositionType></PositionHeader>
<CustomerReportingRequirements/><PositionDateRange><StartDate>%s</StartDate><ExpectedEndDate>%s</ExpectedEndDate></PositionDateRange>
<Rates rateType="bill" rateStatus="proposed"><Amount rateAmountPeriod="hourly" currency="EUR">%s</Amount><Class>TimeInterval</Class><StartDate>%s</StartDate></Rates>
<WorkSite><WorkSiteName>Werkplaats</WorkSiteName><PostalAddress><CountryCode>NL</CountryCode><Municipality>%s</Municipality></PostalAddress></WorkSite>
<StaffingShift shiftPeriod="weekly"><Id><IdValue/></Id><Hours>32</Hours></StaffingShift>%s</StaffingPosition></StaffingOrder>`,
		escape(o.ID), ref, escape(o.CostCentre), escape(o.Project), escape(o.Status), kind, attention, escape(o.Title), o.Start, o.End, o.BillRate, o.Start, escape(o.City), invoice)
}

func escape(s string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(s)) // a Builder takes everything
	return out.String()
}

// Push gives a message as the client posts it to its supplier: an object as JSON, a
// text as XML.
func Push(message any) (http.Header, []byte) {
	h := http.Header{}
	(&http.Request{Header: h}).SetBasicAuth(PushUser, PushSecret)
	if xml, ok := message.(string); ok {
		h.Set("Content-Type", "application/xml")
		h.Set("messageVersion", "application/x.setu.staffing-order-v1.4+xml")
		return h, []byte(xml)
	}
	h.Set("Content-Type", "application/json")
	h.Set("setuVersionId", "2.0")
	body, _ := json.Marshal(message) // plain maps
	return h, body
}
