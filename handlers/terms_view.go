package handlers

import (
	"strings"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// termsView puts what was agreed beside what the client's system says and what
// the bill uses.
func termsView(f placementFacts) (out []web.Term) {
	p := f.placement
	agreed := agreedTerms(f.submission.Canonical.V.Offered)
	for _, field := range f.fields {
		name := field[0]
		t := web.Term{Field: name, Label: field[1], Agreed: term(agreed, name), Extracted: term(p.Extracted.V, name), Current: term(p.Canonical.V, name)}
		t.Differs = t.Agreed != "" && t.Current != "" && t.Agreed != t.Current
		if c, ok := p.Corrections.V[name]; ok {
			t.CorrectedBy, t.Reason, t.CorrectedAt = c.By, c.Reason, c.At
		}
		if t.Agreed != "" || t.Extracted != "" || t.Current != "" || t.CorrectedBy != "" || asked(name, p.Canonical.V.WorkerType) {
			out = append(out, t)
		}
	}
	return out
}

// agreedTerms are the terms that the recruiter offered, as those of a placement.
func agreedTerms(o staffing.Offered) staffing.Placement {
	return staffing.Placement{StartDate: o.StartDate, EndDate: o.EndDate, BillRate: o.BillRate, PayRate: o.PayRate}
}

// asked says that a term is shown even when nobody gave it.
func asked(name string, w staffing.WorkerType) bool {
	if w == staffing.Permanent {
		return name == "start_date" || name == "fee"
	}
	return name != "fee" && name != "currency"
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
		return ""
	}
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
