package jobs

import (
	"context"
	"errors"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// takenBackByHand says that a person took the placement back, and that the client's
// record says nothing new since.
func takenBackByHand(ctx context.Context, tx *store.Tx, p store.Placement, terms staffing.Placement) (bool, error) {
	if p.ContentHash == "" {
		return false, nil
	}
	now, err := tx.CurrentTerms(ctx, p.ID)
	if err != nil || !now.Kind.Void() || now.Author == "hub" {
		return false, err
	}
	return sameTerms(p.Extracted.V, terms)
}

// changeOf says what a payload that came before the posting is: the hire, or a change
// of it.
func changeOf(before, after store.Placement) store.Change {
	if before.ContentHash == "" {
		return store.Change{Kind: staffing.VersionHire, EffectiveFrom: after.Canonical.V.StartDate, Reason: "Hired at the client."}
	}
	old, next := before.Canonical.V, after.Canonical.V
	kind := staffing.KindOfChange(old, next)
	return store.Change{Kind: kind, EffectiveFrom: staffing.EffectOf(kind, old, next), Reason: "The client's record changed."}
}

// readAgain looks whether a record says something new of a placement whose first bill
// is posted, and makes an amendment of it. blocks is why it proposes no bills.
func (h *Hub) readAgain(ctx context.Context, tx *store.Tx, p store.Placement, f *file, blocks *error) error {
	terms := p.Extracted.V
	if err := corrected(&terms, p.Corrections.V); err != nil {
		return err
	}
	from := sourcesOf(p.Provenance.V, p.Corrections.V, terms.Derive())
	now, err := tx.CurrentTerms(ctx, p.ID)
	if err != nil {
		return err
	}
	now.Terms.V.Derive() // terms of before the hub did so
	same, err := sameTerms(now.Terms.V, terms)
	if err != nil || same {
		return errors.Join(err, tx.NoteReading(ctx, p))
	}
	findings, err := h.amend(ctx, tx, amending{p: p, f: f, terms: terms, from: from, change: store.Change{Reason: "The client's record changed."}})
	if err != nil {
		return err
	}
	*blocks = held(findings, p.Gaps.V)
	if err := tx.NoteGaps(ctx, f.sub.ConnectionID, p.Gaps.V); err != nil {
		return err
	}
	return tx.NoteReading(ctx, p)
}

// sameContent says that a reading brought nothing new. A bill of before there were
// kinds of bill lacks what is derived today, and is compared without it: an upgrade of
// the hub ends no approval.
func sameContent(before, after store.Placement) (bool, error) {
	old, next := before.Bill.V, after.Bill.V
	if before.ContentHash == after.ContentHash || old == nil || next == nil || old.Kind != "" {
		return before.ContentHash == after.ContentHash, nil
	}
	terms := before.Canonical.V
	terms.Derive()
	same, err := sameTerms(terms, after.Canonical.V)
	return same && old.Total.Equal(next.Total) && old.ClientCode == next.ClientCode && old.ClientName == next.ClientName, err
}

// sameTerms leaves the day of effect out: who names another day for terms that did not
// change says nothing new.
func sameTerms(a, b staffing.Placement) (bool, error) {
	a.EffectiveFrom, b.EffectiveFrom = "", ""
	one, err := store.HashContent(a, nil)
	if err != nil {
		return false, err
	}
	two, err := store.HashContent(b, nil)
	return one == two, err
}

// scheduleReadings asks the clients' systems for terms that are due to be read again.
func (h *Hub) scheduleReadings(ctx context.Context, tx *store.Tx) error {
	due, err := tx.ClaimDueReadings(ctx, claimBatch)
	if err != nil {
		return err
	}
	for _, id := range due {
		if err := h.Extract(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}
