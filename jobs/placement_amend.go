package jobs

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// still refuses changes while a bill of the placement is on its way to the ERP.
func still(ctx context.Context, tx *store.Tx, p store.Placement) error {
	moving, err := tx.BillingMoving(ctx, p.ID)
	if err != nil {
		return err
	}
	if moving {
		return &staffing.Error{Code: staffing.Conflict, RetryAfter: 15 * time.Second, Message: "A bill of the placement is on its way to the ERP; its terms cannot change now."}
	}
	return nil
}

// Amend changes the terms of a placement from a day on, or takes it back. Before the
// first bill is posted that is another version of what is reviewed; afterwards it
// proposes the bills that follow, each to be approved by somebody else.
func (d Desk) Amend(ctx context.Context, by store.User, id uuid.UUID, a staffing.Amendment) error {
	reason, err := reasoned("An amendment", a.Reason)
	if err != nil {
		return err
	}
	if err := amendable(a); err != nil {
		return err
	}
	change := store.Change{Kind: a.Kind, EffectiveFrom: a.EffectiveFrom, Reason: reason, Author: by.Email}
	p, err := d.hub.store.Placement(ctx, id)
	if err != nil {
		return err
	}
	switch {
	case a.Kind.Void():
		return d.hub.takeBack(ctx, id, change, &by)
	case p.State != store.PlacementPosted:
		return d.edit(ctx, by, id, a.Changes, change)
	}
	return d.amendPosted(ctx, by, id, a.Changes, change)
}

func amendable(a staffing.Amendment) error {
	if a.Kind == staffing.VersionHire || a.Kind == staffing.VersionCorrection || !slices.Contains(staffing.VersionKinds(), a.Kind) {
		return wrongTerm("kind", "An amendment is an amendment, early_end, cancellation or no_show, not %q.", string(a.Kind))
	}
	if _, err := staffing.ParseDate(string(a.EffectiveFrom)); err != nil {
		return wrongTerm("effective_from", "A date such as 2026-12-31 is needed, not %q.", string(a.EffectiveFrom))
	}
	for field := range a.Changes {
		if err := knownTerm(field); err != nil {
			return err
		}
	}
	if len(a.Changes) == 0 && !a.Kind.Void() && a.EffectiveFrom == "" {
		return wrongTerm("field", "An amendment changes a term, or says from which day on changed terms hold.")
	}
	return nil
}

func (d Desk) amendPosted(ctx context.Context, by store.User, id uuid.UUID, changes map[string]string, change store.Change) error {
	f, err := d.hub.fileOf(ctx, id)
	if err != nil {
		return err
	}
	return d.hub.store.InTx(ctx, func(tx *store.Tx) error {
		p, err := tx.LockPlacement(ctx, id)
		if err != nil {
			return err
		}
		now, err := tx.CurrentTerms(ctx, id)
		if err != nil {
			return err
		}
		if err := setTerms(tx, &p, changes, change); err != nil {
			return err
		}
		terms := now.Terms.V
		terms.Markup, terms.EffectiveFrom = nil, cmp.Or(change.EffectiveFrom, terms.EffectiveFrom)
		if err := corrected(&terms, onlyThese(p.Corrections.V, changes)); err != nil {
			return err
		}
		from := sourcesOf(now.Provenance.V, p.Corrections.V, terms.Derive())
		out, err := d.hub.amend(ctx, tx, amending{p: p, f: f, terms: terms, from: from, change: change, by: &by})
		if err != nil {
			return err
		}
		if why := held(out, nil); why != nil {
			return why // a person is told at once, and nothing is kept
		}
		return tx.NoteReading(ctx, p)
	})
}

func onlyThese(all map[string]store.Correction, fields map[string]string) map[string]store.Correction {
	out := map[string]store.Correction{}
	for field := range fields {
		out[field] = all[field]
	}
	return out
}

// amending is a change of terms after the first bill was posted.
type amending struct {
	p      store.Placement // locked
	f      *file
	terms  staffing.Placement // the new ones
	from   store.Provenance
	change store.Change
	by     *store.User // nil: the client's system
	// editors made earlier changes that nobody has approved and that no bill of their own
	// stands for: the new bills carry them.
	editors []uuid.UUID
}

// amend keeps new terms as a version and proposes the bills that follow from them.
// What earlier changes proposed stands, unless this one takes effect on the same day
// or takes everything back. Findings that block leave no bills.
func (h *Hub) amend(ctx context.Context, tx *store.Tx, a amending) ([]staffing.Finding, error) {
	if err := still(ctx, tx, a.p); err != nil {
		return nil, err
	}
	bills, err := tx.Bills(ctx, a.p.ID)
	if err != nil {
		return nil, err
	}
	base, err := h.baseOf(ctx, tx, &a, bills)
	if err != nil {
		return nil, err
	}
	in := staffing.Amending{Kind: a.change.Kind, Effective: a.change.EffectiveFrom, Today: todayOf(a.f.client, h.now()), Old: base.old, New: a.terms, Billed: base.billed}
	out := staffing.Amend(in)
	closed, err := h.closedPeriod(ctx, tx, a.change.EffectiveFrom)
	if err != nil {
		return nil, err
	}
	findings := slices.Concat(base.findings, out.Findings, closed)
	if !a.change.Kind.Void() {
		said, _, err := h.examine(ctx, tx, a.f, &a.p, &a.terms)
		if err != nil {
			return nil, err
		}
		findings = append(findings, amended(said)...)
	}
	version, err := tx.AddVersion(ctx, a.p.ID, a.change, store.PlacementVersion{Terms: store.Doc(a.terms), Provenance: store.Doc(a.from), Findings: store.Doc(findings)})
	if err != nil {
		return nil, err
	}
	if err := tx.SupersedeBills(ctx, a.p.ID, base.supersede, version); err != nil {
		return nil, err
	}
	if held(findings, nil) == nil {
		a.editors = base.editors
		if err := h.propose(ctx, tx, a, version, out.Bills); err != nil {
			return nil, err
		}
	}
	detail := map[string]any{"kind": a.change.Kind, "effective_from": a.change.EffectiveFrom, "version": version, "bills": len(out.Bills)}
	return findings, tx.Audit(ctx, author(a.by), "placement.amended", string(staffing.SubjectPlacement), a.p.ID.String(), detail)
}

// amended makes a warning of a rate that is not the one of the offer: an amendment is
// another agreement, and who approves it sees both.
func amended(findings []staffing.Finding) []staffing.Finding {
	for i := range findings {
		if findings[i].Rule == "RATE_DIFFERS" {
			findings[i].Severity = staffing.SeverityWarning
		}
	}
	return findings
}

func author(by *store.User) string {
	if by == nil {
		return "hub"
	}
	return by.Email
}

// base is what an amendment is made over.
type base struct {
	old       staffing.Placement // the terms of what is billed
	billed    []staffing.Bill    // posted, or proposed by a change that stands
	supersede staffing.Date      // proposals from this day on are taken back; "": none
	findings  []staffing.Finding
	editors   []uuid.UUID // whose earlier changes the new bills carry, unapproved
}

// baseOf finds what is billed, and fills in kind and day of the change where the
// terms say them.
func (h *Hub) baseOf(ctx context.Context, tx *store.Tx, a *amending, bills []store.Bill) (b base, err error) {
	versions, err := tx.PlacementVersions(ctx, a.p.ID) // newest first
	if err != nil {
		return b, err
	}
	a.fillIn(billedTerms(a.p, versions, bills, func(x store.Bill) bool { return x.State != store.BillRefused }))
	void := a.change.Kind.Void()
	b.supersede = a.change.EffectiveFrom
	if void {
		b.supersede = "0001-01-01"
	}
	stands := func(x store.Bill) bool {
		sameDay := b.supersede != "" && effectOf(versions, x.Version) == b.supersede && x.Kind != staffing.BillFirst
		return x.State == store.BillPosted || x.State != store.BillRefused && !void && !sameDay
	}
	for _, x := range bills {
		if stands(x) {
			b.billed = append(b.billed, x.Bill.V)
		}
	}
	b.old = billedTerms(a.p, versions, bills, stands)
	if b.editors, err = unreviewed(ctx, tx, versions, bills, stands); err != nil {
		return b, err
	}
	if day := laterThan(versions, bills, a.change.EffectiveFrom); day != "" && !void && a.change.EffectiveFrom != "" {
		b.findings = append(b.findings, staffing.Finding{Rule: "EFFECTIVE_BEFORE_EARLIER", Severity: staffing.SeverityError, Field: "effective_from",
			Message: "Other terms from " + string(day) + " on are here already; a change from " + string(a.change.EffectiveFrom) + " on would bill those days by them. Bill it by hand in the ERP, or refuse the bills of the later change first."})
	}
	return b, nil
}

// unreviewed gives who made the changes after the last posted bill that no bill of
// their own stands for: it was refused, or is taken back by what comes now, or they
// caused none yet. Otherwise whoever repeats another's change would free them to
// approve it.
func unreviewed(ctx context.Context, tx *store.Tx, versions []store.PlacementVersion, bills []store.Bill, stands func(store.Bill) bool) (out []uuid.UUID, err error) {
	posted, standing := 0, map[int]bool{}
	for _, b := range bills {
		if b.State == store.BillPosted {
			posted = max(posted, b.Version)
		}
		standing[b.Version] = standing[b.Version] || stands(b)
	}
	for _, b := range bills {
		for _, id := range b.Editors {
			if at, err := uuid.Parse(id); err == nil && b.Version > posted && !stands(b) {
				out = append(out, at)
			}
		}
	}
	for _, v := range versions {
		if v.Version <= posted || standing[v.Version] {
			continue
		}
		people, err := tx.PeopleBehind(ctx, v.Author)
		if err != nil {
			return nil, err
		}
		out = append(out, people...)
	}
	return out, nil
}

// fillIn says what the change is and from when it holds, as far as the terms tell.
func (a *amending) fillIn(old staffing.Placement) {
	if a.change.Kind == "" {
		a.change.Kind = staffing.KindOfChange(old, a.terms)
	}
	if a.change.EffectiveFrom == "" {
		a.change.EffectiveFrom = staffing.EffectOf(a.change.Kind, old, a.terms)
	}
}

// billedTerms gives the terms of the newest version that has such a bill: what the
// first bill is of, where there is none.
func billedTerms(p store.Placement, versions []store.PlacementVersion, bills []store.Bill, such func(store.Bill) bool) staffing.Placement {
	for _, v := range versions {
		if slices.ContainsFunc(bills, func(b store.Bill) bool { return b.Version == v.Version && such(b) }) {
			return v.Terms.V
		}
	}
	return p.Canonical.V
}

func effectOf(versions []store.PlacementVersion, version int) staffing.Date {
	for _, v := range versions {
		if v.Version == version {
			return v.EffectiveFrom
		}
	}
	return ""
}

// laterThan gives the day of a change after that day which made a period cost
// something else, and whose bills were not refused; "": none.
func laterThan(versions []store.PlacementVersion, bills []store.Bill, day staffing.Date) staffing.Date {
	for i, v := range versions[:max(0, len(versions)-1)] {
		live := slices.ContainsFunc(bills, func(b store.Bill) bool {
			return b.Version == v.Version && b.State != store.BillRefused && b.Kind != staffing.BillFirst
		})
		if live && v.EffectiveFrom > day && !v.Terms.V.SameBilling(versions[i+1].Terms.V) {
			return v.EffectiveFrom
		}
	}
	return ""
}

// propose puts the bills of a version before finance. Who changed the terms, and who
// made the map of the payload, cannot approve them.
func (h *Hub) propose(ctx context.Context, tx *store.Tx, a amending, version int, bills []staffing.Bill) error {
	for _, bill := range bills {
		b := store.NewBill(a.p, bill)
		b.Version, b.State, b.Makers = version, store.BillAwaitingReview, madeBy(a.p.Makers, a.f.client)
		if b.Bill.V.Kind != staffing.BillCredit { // a credit names what the bill named that it takes back
			a.f.client.Address(&b.Bill.V)
		}
		for _, id := range a.editors {
			b.Editors = with(b.Editors, id)
		}
		if a.by != nil {
			b.Editors = with(b.Editors, a.by.ID)
		}
		var err error
		if b.ContentHash, err = store.HashContent(a.terms, &b.Bill.V); err != nil {
			return err
		}
		if err := tx.InsertBill(ctx, b); err != nil {
			return err
		}
	}
	return nil
}
