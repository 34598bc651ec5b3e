package jobs

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/rules"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// workOut makes a placement's terms from what was extracted and what a person
// corrected, and from them bill, checks, findings, fingerprint and state.
func (h *Hub) workOut(ctx context.Context, tx *store.Tx, p *store.Placement, f *file) error {
	terms := p.Extracted.V
	if err := corrected(&terms, p.Corrections.V); err != nil {
		return err
	}
	from := sourcesOf(p.Provenance.V, p.Corrections.V, terms.Derive())
	p.Canonical, p.Provenance = store.Doc(terms), store.Doc(from)
	findings, checks, err := h.examine(ctx, tx, f, p, &terms)
	if err != nil {
		return err
	}
	closed, err := h.closedPeriod(ctx, tx, terms.StartDate)
	if err != nil {
		return err
	}
	findings = append(findings, closed...)
	bill, err := staffing.FirstBill(p.ID.String(), f.client.Code, f.client.Name, terms)
	f.client.Address(&bill)
	p.Makers = madeBy(p.Makers, f.client)
	if err != nil {
		if !named(findings, err) {
			findings = append(findings, staffing.Finding{Rule: "BILL", Severity: staffing.SeverityError, Message: staffing.MessageOf(err), Field: fieldOf(err)})
		}
		p.Bill = store.Doc[*staffing.Bill](nil)
	} else {
		p.Bill = store.Doc(&bill)
	}
	p.Findings, p.Checks = store.Doc(findings), store.Doc(checks)
	switch {
	case terms.Outcome.Void():
		p.State = store.PlacementCancelled
	case err != nil || held(findings, p.Gaps.V) != nil:
		p.State = store.PlacementNeedsAttention
	default:
		p.State = store.PlacementAwaitingReview
	}
	p.ContentHash, err = store.HashContent(terms, p.Bill.V)
	return err
}

// corrected sets what people set over extracted terms.
func corrected(terms *staffing.Placement, all map[string]store.Correction) error {
	for _, field := range deskFields {
		c, ok := all[field.name]
		if !ok {
			continue
		}
		var text string
		if err := json.Unmarshal(c.Value, &text); err != nil {
			return staffing.Errorf(staffing.Internal, "the correction of %s cannot be read: %w", field.name, err)
		}
		if err := field.set(terms, text); err != nil {
			return err
		}
	}
	return nil
}

// mapSources says which cell of the profile's map each extracted term came from.
func mapSources(sys *System, terms staffing.Placement) store.Provenance {
	var doc map[string]any
	if b, err := json.Marshal(terms); err != nil || json.Unmarshal(b, &doc) != nil {
		return nil
	}
	out := store.Provenance{}
	for _, c := range sys.Program.Document().Placement {
		if present(doc, strings.Split(c.Key, ".")) {
			out[c.Key] = staffing.Source{Path: c.CEL, Default: c.Default, ProfileVersion: sys.Version}
		}
	}
	return out
}

// present says that something stands at a path of a record.
func present(doc map[string]any, path []string) bool {
	v, ok := doc[path[0]]
	if !ok || v == nil || v == "" {
		return false
	}
	if inner, nested := v.(map[string]any); nested && len(path) > 1 {
		return present(inner, path[1:])
	}
	return true
}

// sourcesOf puts people's corrections, and what was derived, over where the map's
// terms came from.
func sourcesOf(mapped store.Provenance, all map[string]store.Correction, derived []string) store.Provenance {
	out := store.Provenance{}
	for field, s := range mapped {
		if s.Person == "" {
			out[field] = s
		}
	}
	for field, c := range all {
		if field == "cost_centre" {
			field = "cost_centres"
		}
		out[field] = staffing.Source{Person: c.By, Reason: c.Reason, At: c.At.UTC()}
	}
	for _, field := range derived {
		out[field] = staffing.Source{Path: "bill_rate / pay_rate - 1"}
	}
	return out
}

// examine holds terms against the client's rules with the baseline, those that the
// ERP's profile has on top, and the built-in checks. What two of them say is said
// once, by the rule.
func (h *Hub) examine(ctx context.Context, tx *store.Tx, f *file, p *store.Placement, terms *staffing.Placement) ([]staffing.Finding, []staffing.Check, error) {
	findings := h.checkPlacement(ctx, f, terms)
	c, err := h.checking(ctx, tx, f, p, terms)
	if err != nil {
		return nil, nil, err
	}
	checks := c.all(findings)
	for _, check := range checks {
		said := slices.ContainsFunc(findings, func(x staffing.Finding) bool { return x.Rule == check.Code })
		if finding, open := check.Finding(); open && !said {
			findings = append(findings, finding)
		}
	}
	return findings, checks, nil
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
