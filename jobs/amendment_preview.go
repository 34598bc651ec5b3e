package jobs

import (
	"cmp"
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// errPreviewed takes a transaction back that was made to see what it would do.
var errPreviewed = errors.New("this was a preview")

// PreviewAmendment gives the bills that an amendment would propose, and what it finds,
// by making it and taking it back: what is shown is what is made. Before the first
// bill is posted an amendment proposes none.
func (d Desk) PreviewAmendment(ctx context.Context, by store.User, id uuid.UUID, a staffing.Amendment) (out staffing.Amended, err error) {
	if err := amendable(a); err != nil {
		return out, err
	}
	f, err := d.hub.fileOf(ctx, id)
	if err != nil {
		return out, err
	}
	change := store.Change{Kind: a.Kind, EffectiveFrom: a.EffectiveFrom, Reason: cmp.Or(a.Reason, "Preview."), Author: by.Email}
	err = d.hub.store.InTx(ctx, func(tx *store.Tx) error {
		p, err := tx.LockPlacement(ctx, id)
		if err != nil {
			return err
		}
		if p.State != store.PlacementPosted {
			out, err = d.previewFirst(ctx, tx, triedAmendment{p, f, a.Changes, change})
		} else {
			out, err = d.previewLater(ctx, tx, triedAmendment{p, f, a.Changes, change})
		}
		return cmp.Or(err, errPreviewed)
	})
	if errors.Is(err, errPreviewed) {
		err = nil
	}
	return out, err
}

// triedAmendment is an amendment that is tried.
type triedAmendment struct {
	p       store.Placement // locked
	f       *file
	changes map[string]string
	change  store.Change
}

// previewFirst gives the first bill as it would be; it is not posted yet.
func (d Desk) previewFirst(ctx context.Context, tx *store.Tx, a triedAmendment) (out staffing.Amended, err error) {
	if a.change.Kind.Void() {
		return out, nil
	}
	if err := setTerms(tx, &a.p, a.changes, a.change); err != nil {
		return out, err
	}
	if err := d.hub.workOut(ctx, tx, &a.p, a.f); err != nil {
		return out, err
	}
	out.Findings = a.p.Findings.V
	if a.p.Bill.V != nil {
		out.Bills = []staffing.Bill{*a.p.Bill.V}
	}
	return out, nil
}

func (d Desk) previewLater(ctx context.Context, tx *store.Tx, a triedAmendment) (out staffing.Amended, err error) {
	now, err := tx.CurrentTerms(ctx, a.p.ID)
	if err != nil {
		return out, err
	}
	if err := setTerms(tx, &a.p, a.changes, a.change); err != nil {
		return out, err
	}
	terms := now.Terms.V
	terms.Markup, terms.EffectiveFrom = nil, cmp.Or(a.change.EffectiveFrom, terms.EffectiveFrom)
	switch a.change.Kind {
	case staffing.VersionCancellation:
		terms.Outcome = staffing.OutcomeCancelled
	case staffing.VersionNoShow:
		terms.Outcome = staffing.OutcomeNoShow
	default:
		if err := corrected(&terms, onlyThese(a.p.Corrections.V, a.changes)); err != nil {
			return out, err
		}
	}
	from := sourcesOf(now.Provenance.V, a.p.Corrections.V, terms.Derive())
	before, err := tx.Bills(ctx, a.p.ID)
	if err != nil {
		return out, err
	}
	if out.Findings, err = d.hub.amend(ctx, tx, amending{p: a.p, f: a.f, terms: terms, from: from, change: a.change}); err != nil {
		return out, err
	}
	after, err := tx.Bills(ctx, a.p.ID)
	if err != nil {
		return out, err
	}
	known := map[uuid.UUID]bool{}
	for _, b := range before {
		known[b.ID] = true
	}
	for _, b := range after {
		if !known[b.ID] {
			out.Bills = append(out.Bills, b.Bill.V)
		}
	}
	return out, nil
}
