package jobs

import (
	"context"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// hireEnded takes a placement back whose candidate the client rejected or set back, or
// who went, after the hire. There may be none.
func (h *Hub) hireEnded(ctx context.Context, r *run, sub store.Submission) error {
	p, err := h.store.PlacementOf(ctx, sub.ID)
	if staffing.CodeOf(err) == staffing.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	r.at(sub.ConnectionID)
	f, err := h.fileOf(ctx, p.ID)
	if err != nil {
		return err
	}
	change := store.Change{Kind: staffing.VersionCancellation, Reason: "The client set the candidate to " + sub.Stage.Label() + " after the hire."}
	return r.finish(ctx, func(tx *store.Tx) error {
		now, err := tx.LockSubmission(ctx, sub.ID)
		if err != nil || now.Stage.Hired() {
			return err
		}
		return h.takenBack(ctx, tx, p.ID, f, change, nil)
	})
}

// takeBack ends a placement that did not come about. Before its first bill is posted
// there is nothing to bill; afterwards what was billed is proposed as a credit. Once
// more changes nothing.
func (h *Hub) takeBack(ctx context.Context, id uuid.UUID, change store.Change, by *store.User) error {
	f, err := h.fileOf(ctx, id)
	if err != nil {
		return err
	}
	return h.store.InTx(ctx, func(tx *store.Tx) error { return h.takenBack(ctx, tx, id, f, change, by) })
}

func (h *Hub) takenBack(ctx context.Context, tx *store.Tx, id uuid.UUID, f *file, change store.Change, by *store.User) error {
	p, err := tx.LockPlacement(ctx, id)
	if err != nil {
		return err
	}
	now, err := tx.CurrentTerms(ctx, id)
	if err != nil || now.Kind.Void() {
		return err
	}
	terms := now.Terms.V
	terms.Outcome = staffing.OutcomeCancelled
	if change.Kind == staffing.VersionNoShow {
		terms.Outcome = staffing.OutcomeNoShow
	}
	if p.State == store.PlacementPosted {
		_, err := h.amend(ctx, tx, amending{p: p, f: f, terms: terms, from: now.Provenance.V, change: change, by: by})
		return err
	}
	if err := still(ctx, tx, p); err != nil {
		return err
	}
	p.Canonical, p.State, p.Change = store.Doc(terms), store.PlacementCancelled, change
	if by != nil {
		p.Editors = with(p.Editors, by.ID)
	}
	if p.ContentHash, err = store.HashContent(terms, p.Bill.V); err != nil {
		return err
	}
	if err := tx.SaveTerms(ctx, p); err != nil {
		return err
	}
	return tx.Audit(ctx, author(by), "placement.cancelled", string(staffing.SubjectPlacement), id.String(), map[string]any{"kind": change.Kind, "reason": change.Reason})
}
