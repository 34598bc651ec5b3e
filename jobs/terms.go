package jobs

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/rules"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// workOut makes a placement's terms from what was extracted and what a person
// corrected, and from them bill, findings, fingerprint and state.
func (h *Hub) workOut(ctx context.Context, p *store.Placement, f *file) error {
	terms := p.Extracted.V
	for _, field := range deskFields {
		if c, ok := p.Corrections.V[field.name]; ok {
			var text string
			if err := json.Unmarshal(c.Value, &text); err != nil {
				return staffing.Errorf(staffing.Internal, "the correction of %s cannot be read: %w", field.name, err)
			}
			if err := field.set(&terms, text); err != nil {
				return err
			}
		}
	}
	p.Canonical = store.Doc(terms)
	findings := h.checkPlacement(ctx, f, &terms)
	bill, err := staffing.FirstBill(p.ID.String(), f.client.Code, f.client.Name, terms)
	if err != nil {
		if !named(findings, err) {
			findings = append(findings, staffing.Finding{Rule: "BILL", Severity: staffing.SeverityError, Message: staffing.MessageOf(err), Field: fieldOf(err)})
		}
		p.Bill = store.Doc[*staffing.Bill](nil)
	} else {
		p.Bill = store.Doc(&bill)
	}
	p.Findings = store.Doc(findings)
	p.State = store.PlacementAwaitingReview
	if err != nil || held(findings, p.Gaps.V) != nil {
		p.State = store.PlacementNeedsAttention
	}
	p.ContentHash, err = store.HashContent(terms, p.Bill.V)
	return err
}

// checkPlacement asks the client's rules, with the baseline, and then those that
// the ERP's profile has on top; a rule that both have speaks once.
func (h *Hub) checkPlacement(ctx context.Context, f *file, terms *staffing.Placement) []staffing.Finding {
	in := rules.Input{Placement: terms, Submission: &f.sub.Canonical.V, Requisition: &f.req.Canonical.V, Client: f.client.Domain(), Now: h.now(), Facts: map[string]any{}}
	findings := f.system.Rules.Check(ctx, staffing.SubjectPlacement, in)
	if f.erp == nil {
		return findings
	}
	seen := map[string]bool{}
	for _, x := range findings {
		seen[x.Rule] = true
	}
	for _, x := range f.erp.Rules.Check(ctx, staffing.SubjectPlacement, in) {
		if !seen[x.Rule] {
			findings = append(findings, x)
		}
	}
	return findings
}

// named says that a finding tells of the field already that err is about.
func named(findings []staffing.Finding, err error) bool {
	for _, f := range findings {
		if f.Severity == staffing.SeverityError && f.Field == fieldOf(err) {
			return true
		}
	}
	return false
}

// deskField is a term that a person may set, as they type it.
type deskField struct {
	name, label string
	set         func(p *staffing.Placement, text string) error
}

var deskFields = []deskField{
	{"start_date", "Start date", func(p *staffing.Placement, s string) error { return setDate(&p.StartDate, "start_date", s) }},
	{"end_date", "End date", func(p *staffing.Placement, s string) error { return setDate(&p.EndDate, "end_date", s) }},
	{"worker_type", "Worker type", setWorkerType},
	{"bill_rate", "Bill rate", func(p *staffing.Placement, s string) error {
		return setRate(&p.BillRate, "bill_rate", s, staffing.Hour)
	}},
	{"pay_rate", "Pay rate", func(p *staffing.Placement, s string) error { return setRate(&p.PayRate, "pay_rate", s, staffing.Hour) }},
	{"fee", "Placement fee", func(p *staffing.Placement, s string) error { return setRate(&p.Fee, "fee", s, staffing.Flat) }},
	{"currency", "Currency", setCurrency},
	{"hours_per_week", "Hours per week", setHours},
	{"purchase_order", "Purchase order", func(p *staffing.Placement, s string) error { return setText(&p.Purchase, "purchase_order", s) }},
	{"cost_centre", "Cost centre", setCostCentres},
	{"work_site", "Work site", func(p *staffing.Placement, s string) error { return setText(&p.WorkSite, "work_site", s) }},
}

func wrongTerm(field, format string, args ...any) error {
	e := staffing.Errorf(staffing.Invalid, format, args...)
	e.Field = field
	return e
}

func setDate(to *staffing.Date, field, s string) error {
	if s == "" {
		*to = ""
		return nil
	}
	d, err := staffing.ParseDate(s)
	if err != nil {
		return wrongTerm(field, "A date such as 2026-12-31 is needed, not %q.", s)
	}
	*to = d
	return nil
}

const maxText = 200

// setText takes one line; an empty one says that there is none.
func setText(to *string, field, s string) error {
	if len([]rune(s)) > maxText || strings.ContainsFunc(s, unicode.IsControl) {
		return wrongTerm(field, "One line of at most %d characters is needed.", maxText)
	}
	*to = s
	return nil
}

func setWorkerType(p *staffing.Placement, s string) error {
	for _, t := range staffing.WorkerTypes() {
		if string(t) == s {
			p.WorkerType = t
			return nil
		}
	}
	return wrongTerm("worker_type", "The worker type is contract, temp_to_perm or permanent, not %q.", s)
}

var amountForm = regexp.MustCompile(`^(\d{1,9}(?:\.\d{1,4})?)(?:\s+([A-Z]{3}))?(?:\s*/\s*(hour|day|week|month|year))?$`)

// setRate takes "95", "95.50 USD" or "760 EUR/day"; what is not said stays.
func setRate(to **staffing.Rate, field, s string, unit staffing.Unit) error {
	m := amountForm.FindStringSubmatch(s)
	if m == nil {
		return wrongTerm(field, "An amount such as 95.50, 95.50 USD or 760.00 EUR/day is needed, not %q.", s)
	}
	amount, err := decimal.NewFromString(m[1])
	if err != nil || !amount.IsPositive() {
		return wrongTerm(field, "The amount must be more than zero.")
	}
	rate := staffing.Rate{Unit: unit}
	if *to != nil {
		rate = **to
	}
	rate.Amount = amount
	if m[2] != "" {
		rate.Currency = m[2]
	}
	if m[3] != "" {
		rate.Unit = staffing.Unit(m[3])
	}
	*to = &rate
	return nil
}

var currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)

func setCurrency(p *staffing.Placement, s string) error {
	if !currencyForm.MatchString(s) {
		return wrongTerm("currency", "A currency is three capitals such as USD, not %q.", s)
	}
	for _, r := range []**staffing.Rate{&p.BillRate, &p.PayRate, &p.Fee} {
		if *r != nil {
			changed := **r
			changed.Currency = s
			*r = &changed
		}
	}
	return nil
}

// numberForm is what a share or a number of hours may look like. A decimal's own
// parser takes 1e999999999 too, and the sum then takes all memory.
var numberForm = regexp.MustCompile(`^\d{1,3}(\.\d{1,6})?$`)

func setHours(p *staffing.Placement, s string) error {
	d, err := decimal.NewFromString(s)
	if !numberForm.MatchString(s) || err != nil || !d.IsPositive() || d.GreaterThan(decimal.NewFromInt(168)) {
		return wrongTerm("hours_per_week", "The hours per week lie between 0 and 168, not %q.", s)
	}
	p.HoursPerWeek = &d
	return nil
}

// setCostCentres takes one code, or CODE:60,CODE:40 in percent.
func setCostCentres(p *staffing.Placement, s string) error {
	var out []staffing.Allocation
	sum, hundred := decimal.Zero, decimal.NewFromInt(100)
	parts := strings.Split(s, ",")
	for _, part := range parts {
		code, share, split := strings.Cut(strings.TrimSpace(part), ":")
		percent := hundred
		if split {
			var err error
			share = strings.TrimSuffix(strings.TrimSpace(share), "%")
			if percent, err = decimal.NewFromString(share); !numberForm.MatchString(share) || err != nil || !percent.IsPositive() {
				return wrongTerm("cost_centre", "The share of cost centre %s must be a percentage, not %q.", code, share)
			}
		}
		if code = strings.TrimSpace(code); code == "" || len(code) > 100 {
			return wrongTerm("cost_centre", "A cost centre is a code, or several as CODE:60,CODE:40.")
		}
		sum = sum.Add(percent)
		out = append(out, staffing.Allocation{Code: code, Percent: percent})
	}
	if !sum.Equal(hundred) {
		return wrongTerm("cost_centre", "The shares of the cost centres add up to %s and not to 100.", sum)
	}
	p.CostCentres = out
	return nil
}
