package jobs

import (
	"testing"

	"github.com/tributary-hub/tributary/staffing"
)

// A client merges two records of a person: the application that was made is given
// up, and the person goes on in the other one.
func TestASubmissionFollowsItsApplicationIntoAnother(t *testing.T) {
	b := newBench(t)
	sub := b.submitted("100", "c1")
	old := *sub.ClientRef
	b.client.mu.Lock()
	b.client.apps[sub.ID.String()] = staffing.Receipt{ID: "app-merged", URL: "https://client.test/app-merged"}
	b.client.mu.Unlock()
	b.says(old, "Merged into another", 1)
	b.eventually("the submission follows", func() string {
		now, err := b.store.Submission(b.ctx, sub.ID)
		b.must(err)
		return missing(*now.ClientRef == "app-merged")
	})
	b.says("app-merged", "Interview", 2)
	b.stage(sub.ID, staffing.Interview)
	b.drained()
	b.noFailures()
	if n := len(b.client.made("submit", sub.ID.String())); n != 1 {
		t.Errorf("%d applications were made", n)
	}
}

// A word that nobody knows and that means something else changes nothing, and waits
// for a person.
func TestASubmissionThatIsWhereItWasStays(t *testing.T) {
	b := newBench(t)
	sub := b.submitted("100", "c1")
	b.says(*sub.ClientRef, "Coffee with the team", 1)
	b.drained()
	now, err := b.store.Submission(b.ctx, sub.ID)
	b.must(err)
	if *now.ClientRef != *sub.ClientRef || b.client.count("find submission") == 0 {
		t.Errorf("it is at %s now, and was looked for %d times", *now.ClientRef, b.client.count("find submission"))
	}
	if gaps, err := b.store.Gaps(b.ctx, b.clientID); err != nil || len(gaps) != 1 {
		t.Errorf("gaps: %+v, %v", gaps, err)
	}
}
