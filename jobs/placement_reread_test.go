package jobs

import (
	"testing"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// A work order that is cut short changes no status: the hub sees it because it reads
// the terms of its hires again by itself.
func TestTermsOfAHireAreReadAgainByThemselves(t *testing.T) {
	b := newBench(t)
	sub, p := b.posted("100", "ada")
	_, waiting := b.hired("101", "bob")
	b.client.hire(*sub.ClientRef, termsWith("end", "2026-04-08"))
	b.drained()
	b.billsAre(p.ID, "first 3800 posted")
	b.must(b.store.MakeReadingsDue(b.ctx, b.clientID))
	b.must(b.hub.Wake(b.ctx))
	b.eventually("the credit waits", func() string { return missing(len(b.bills(p.ID)) == 2) })
	b.billsAre(p.ID, "first 3800 posted", "credit -1520 awaiting_review")
	b.drained()
	if now := b.now(waiting.ID); now.ContentHash != waiting.ContentHash || now.Version != waiting.Version {
		t.Errorf("what did not change has another version: %+v", now)
	}
	if due := b.now(p.ID).NextReadAt.Sub(b.store.Now()); due < store.ReadEvery/2 {
		t.Errorf("the next reading is in %s", due)
	}
	b.noFailures()
}

func TestAPausedSystemIsNotAskedForTerms(t *testing.T) {
	b := newBench(t)
	b.posted("100", "ada")
	b.state(b.clientID, staffing.ConnectionPaused)
	b.must(b.store.MakeReadingsDue(b.ctx, b.clientID))
	b.tx(func(tx *store.Tx) error {
		due, err := tx.ClaimDueReadings(b.ctx, 10)
		if len(due) != 0 {
			t.Errorf("%d placements of a paused system are read", len(due))
		}
		return err
	})
}

// The client un-hires: the candidate is back in an interview, and nobody is billed.
func TestACandidateWhoIsSetBackIsNoHire(t *testing.T) {
	b := newBench(t)
	sub, p := b.hired("100", "ada")
	b.says(*sub.ClientRef, "Interview", 40)
	b.placement(sub.ID, store.PlacementCancelled)
	codeIs(t, "it is approved", b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash), staffing.Conflict)
	b.says(*sub.ClientRef, "Hired", 41)
	p = b.placement(sub.ID, store.PlacementAwaitingReview)
	b.must(b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash))
	p = b.placement(sub.ID, store.PlacementPosted)
	b.says(*sub.ClientRef, "Offer", 42)
	b.eventually("the credit waits", func() string { return missing(len(b.bills(p.ID)) == 2) })
	b.billsAre(p.ID, "first 3800 posted", "credit -3800 awaiting_review")
	b.says(*sub.ClientRef, "Hired", 43)
	b.drained()
	b.billsAre(p.ID, "first 3800 posted", "credit -3800 refused")
	b.noFailures()
}

// A system that shows an offer for a while only is not asked for it for hours.
func TestATermThatIsHereStaysWhenTheSystemShowsItNoMore(t *testing.T) {
	b := newBench(t)
	sub, p := b.hired("100", "ada")
	b.client.unhire(*sub.ClientRef)
	b.must(b.store.MakeReadingsDue(b.ctx, b.clientID))
	b.must(b.hub.Wake(b.ctx))
	b.eventually("it was asked", func() string { return missing(b.now(p.ID).NextReadAt.After(b.store.Now())) })
	b.drained()
	if now := b.now(p.ID); now.State != store.PlacementAwaitingReview || now.ContentHash != p.ContentHash {
		t.Errorf("the placement is %s", now.State)
	}
	b.noFailures()
	b.says(*sub.ClientRef, "Rejected", 40)
	b.placement(sub.ID, store.PlacementCancelled)
	b.says(*sub.ClientRef, "Hired", 41) // a new offer is to come
	b.failure(kindExtract, sub.ID.String(), store.FailureRetrying)
}
