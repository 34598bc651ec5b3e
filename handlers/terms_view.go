package handlers

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// termsView puts what was agreed beside what the client's system says and what
// the bill uses.
func termsView(f placementFacts) (out []web.Term) {
	p := f.placement
	now, from := currentTerms(f)
	asked, agreed := askedTerms(f.requisition), agreedTerms(f.submission.Canonical.V.Offered)
	for _, field := range f.fields {
		name := field[0]
		t := web.Term{Field: name, Label: field[1], Asked: asked[name], Agreed: term(agreed, name), Extracted: term(p.Extracted.V, name), Current: term(now, name), Source: termSource(from, name)}
		t.Differs = t.Agreed != "" && t.Current != "" && t.Agreed != t.Current
		if c, ok := p.Corrections.V[name]; ok {
			t.CorrectedBy, t.Reason, t.CorrectedAt = c.By, c.Reason, c.At
		}
		if t.Agreed != "" || t.Extracted != "" || t.Current != "" || t.CorrectedBy != "" || needed(name, now.WorkerType) {
			out = append(out, t)
		}
	}
	return out
}

// agreedTerms are the terms that the recruiter offered, as those of a placement.
func agreedTerms(o staffing.Offered) staffing.Placement {
	return staffing.Placement{StartDate: o.StartDate, EndDate: o.EndDate, BillRate: o.BillRate, PayRate: o.PayRate}
}

// currentTerms are the newest ones, which may be younger than the first bill.
func currentTerms(f placementFacts) (staffing.Placement, store.Provenance) {
	if len(f.versions) > 0 {
		return f.versions[0].Terms.V, f.versions[0].Provenance.V
	}
	return f.placement.Canonical.V, f.placement.Provenance.V
}

// needed says that a term is shown even when nobody gave it.
func needed(name string, w staffing.WorkerType) bool {
	if w == staffing.Permanent {
		return name == "start_date" || name == "fee"
	}
	return slices.Contains([]string{"start_date", "end_date", "worker_type", "bill_rate", "pay_rate", "hours_per_week", "purchase_order", "cost_centre"}, name)
}

// term writes one value of a placement by its canonical name, as a page shows it.
func term(p staffing.Placement, name string) string {
	switch name {
	case "start_date":
		return string(p.StartDate)
	case "end_date":
		return string(p.EndDate)
	case "bill_rate":
		return rate(p.BillRate)
	case "pay_rate":
		return rate(p.PayRate)
	case "fee":
		return rate(p.Fee)
	case "currency":
		return termCurrency(p)
	case "purchase_order":
		return p.Purchase
	case "cost_centre":
		return strings.ReplaceAll(allocations(p.CostCentres), ",", ", ")
	case "hours_per_week":
		return decimalText(p.HoursPerWeek)
	case "worker_type":
		return words(string(p.WorkerType))
	case "work_site":
		return p.WorkSite
	default:
		return billingTerm(p, name)
	}
}

// billingTerm writes the terms of invoices and of overtime.
func billingTerm(p staffing.Placement, name string) string {
	switch name {
	case "overtime_rate":
		return rate(p.OvertimeRate)
	case "overtime_multiplier":
		return decimalText(p.OvertimeMultiplier)
	case "billing_codes":
		return pairs(p.BillingCodes)
	case "tax_region":
		return p.TaxRegion
	case "approver":
		return strings.TrimSpace(p.Approver.Name + " " + p.Approver.Email)
	case "bill_to":
		return p.BillTo
	case "billing_contact":
		return strings.TrimSpace(p.BillingContact.Name + " " + p.BillingContact.Email)
	case "timesheet_cycle":
		return p.TimesheetCycle
	case "billing_cycle":
		return p.BillingCycle
	case "net_days":
		return numberText(p.NetDays)
	case "guarantee_days":
		return numberText(p.GuaranteeDays)
	default:
		return ""
	}
}

func numberText(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// pairs writes codes as a person types them.
func pairs(codes map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(codes)) {
		parts = append(parts, name+"="+codes[name])
	}
	return strings.Join(parts, ", ")
}

func termCurrency(p staffing.Placement) string {
	for _, r := range []*staffing.Rate{p.BillRate, p.Fee} {
		if r != nil && r.Currency != "" {
			return r.Currency
		}
	}
	return ""
}

// placementHistory tells what people and systems did, the oldest first.
func placementHistory(f placementFacts) []web.Event {
	p := f.placement
	events := []web.Event{{At: p.CreatedAt, Title: "Hired at the client", Actor: f.systems[f.submission.ConnectionID], URL: "/submissions/" + p.SubmissionID.String(), Tone: web.ToneInfo, Icon: "user-check"}}
	if p.PostedAt != nil {
		events = append(events, web.Event{At: *p.PostedAt, Title: "Posted as " + orText(p.ERPNumber, value(p.ERPID)), Actor: f.systems[value(p.ERPConnectionID)], URL: p.ERPURL, Tone: web.ToneOK, Icon: "receipt"})
	}
	return inOrder(append(events, auditEvents(f.audit)...))
}

// sentBackBy finds who sent it back last.
func sentBackBy(newestFirst []store.AuditEntry) string {
	for _, e := range newestFirst {
		if e.Action == "placement.sent_back" {
			return e.Actor
		}
	}
	return ""
}
