package greenhouse

import "fmt"

// Terms are the commercial terms of contract work, which an account keeps in
// custom fields that its people made: on jobs as what is wanted, on offers as
// what was agreed. Amounts are decimals in texts; what is empty is left out.
type Terms struct {
	EmploymentType string // e.g. "Contract"; "Full-time" is permanent
	BillMin        string // on jobs
	BillMax        string
	PayMin         string
	PayMax         string
	NotToExceed    string
	BillRate       string // on offers
	PayRate        string
	Fee            string // of a permanent placement
	Currency       string // ISO 4217
	RateUnit       string // e.g. "Per hour", which is also what nothing means
	HoursPerWeek   int64
	StartDate      string // YYYY-MM-DD
	EndDate        string
	PurchaseOrder  string
	CostCentre     string
	MaxSubmissions int64
	Deadline       string // YYYY-MM-DD
}

// Fields gives the terms as custom fields. Their keys are those that the hub's
// default mapping reads.
func (t Terms) Fields() map[string]CustomField {
	out := map[string]CustomField{}
	texts(out, map[string]CustomField{
		"rate_unit": Choice("Rate unit", t.RateUnit), "employment_type": Choice("Employment type", t.EmploymentType),
		"po_number": Text("PO number", t.PurchaseOrder), "cost_center": Text("Cost center", t.CostCentre),
		"start_date": Day("Start date", t.StartDate), "end_date": Day("End date", t.EndDate),
		"submission_deadline": Day("Submission deadline", t.Deadline),
	})
	for key, amount := range map[string]string{"nte": t.NotToExceed, "bill_rate": t.BillRate, "pay_rate": t.PayRate, "placement_fee": t.Fee} {
		if amount != "" {
			out[key] = Money(key, amount, t.Currency)
		}
	}
	for key, r := range map[string][2]string{"bill_rate_range": {t.BillMin, t.BillMax}, "pay_rate_range": {t.PayMin, t.PayMax}} {
		if r != [2]string{} {
			out[key] = MoneyRange(key, r[0], r[1], t.Currency)
		}
	}
	for key, n := range map[string]int64{"hours_per_week": t.HoursPerWeek, "max_submissions": t.MaxSubmissions} {
		if n != 0 {
			out[key] = Number(key, n)
		}
	}
	return out
}

func texts(out, fields map[string]CustomField) {
	for key, f := range fields {
		if f.Value != "" {
			out[key] = f
		}
	}
}

// OfferTerms puts an offer with these terms on an application, not yet accepted.
func (s *Server) OfferTerms(application int64, t Terms) error {
	return s.MakeOffer(application, OfferSpec{StartsOn: t.StartDate, Status: "Created", CustomFields: t.Fields()})
}

// ResolveOffer has the candidate accept or refuse the offer that is open.
func (s *Server) ResolveOffer(application int64, accepted bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.offers.List(func(o Offer) bool { return o.ApplicationID == application && o.Current && o.Status == "Created" }) {
		now := s.now()
		s.offers.Update(o.ID, func(o *Offer) {
			o.Status, o.ResolvedAt, o.UpdatedAt = "Rejected", &now, now
			if accepted {
				o.Status = "Accepted"
			}
		})
		s.touchApplication(application, func(*Application) {})
		s.tellOffer("offer_updated", o.ID)
		return nil
	}
	return fmt.Errorf("application %d has no open offer", application)
}
