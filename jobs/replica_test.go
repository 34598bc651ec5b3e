package jobs

import (
	"context"
	"fmt"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// Two hubs on one database work one world: twelve requisitions, each with a
// candidate who is hired, and nothing happens twice.
func TestTwoReplicasWorkOneWorld(t *testing.T) {
	b := newBench(t)
	second := b.newHub(storetest.Replica(t, b.dsn, nil))
	b.start(second)
	const n = 12
	id := func(i int) string { return fmt.Sprint(200 + i) }
	for i := range n {
		b.requisition(id(i), "Welder")
		b.ats.person(id(i), "Ada", id(i), id(i)+"@example.com")
	}
	jobs := make([]string, n)
	for i := range n {
		jobs[i] = *b.synced(id(i)).JobID
		e := moved(jobs[i], id(i), "Submit")
		b.tells(e)
		b.hook(e)
	}
	subs := make([]store.Submission, n)
	for i := range n {
		subs[i] = b.delivered(jobs[i], id(i))
		b.client.hire(*subs[i].ClientRef, goodTerms)
		b.says(*subs[i].ClientRef, "Review", 5)
		b.says(*subs[i].ClientRef, "Hired", 30)
	}
	for i := range n {
		p := b.placement(subs[i].ID, store.PlacementAwaitingReview)
		b.must(b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash))
	}
	for i := range n {
		p := b.placement(subs[i].ID, store.PlacementPosted)
		b.shows(subs[i], "Placed")
		bills, apps, posts := len(b.erp.made("bill", p.ID.String())), len(b.client.made("submit", subs[i].ID.String())), len(b.ats.made("put job", p.RequisitionID.String()))
		if bills != 1 || apps != 1 || posts != 1 {
			t.Errorf("%s: %d jobs, %d applications, %d bills", id(i), posts, apps, bills)
		}
	}
	b.drained()
	b.noFailures()
	if one, two := b.allSteps(b.hub), b.allSteps(second); one == 0 || two == 0 {
		t.Errorf("one hub did %v steps, the other %v", one, two)
	}
}

func (b *bench) allSteps(h *Hub) (n float64) {
	for _, kind := range []string{kindPollRequisitions, kindPollStatuses, kindPollCandidates, kindReceive, kindValidate, kindSync, kindApplyCandidate, kindDeliver,
		kindApplyStatus, kindSyncStatus, kindExtract, kindPost} {
		n += b.steps(h, kind)
	}
	return n
}

// A hub that is gone in the middle of a poll does not keep its feed: another takes
// it when the lease is over.
func TestAnotherReplicaTakesTheFeedOfOneThatIsGone(t *testing.T) {
	b := newBench(t)
	b.cursor(staffing.FeedRequisitions, "0")
	gate := make(chan struct{})
	b.client.next("requisitions", waitsFor(gate))
	b.requisition("100", "Welder")
	b.eventually("the poll hangs", func() string { return missing(b.client.count("requisitions") == 2) })
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if err := b.hub.Stop(gone); err == nil {
		t.Error("a stop that gets no time says that all is done")
	}
	_, err := b.store.DB().ExecContext(b.ctx, `update feeds set lease_until = now() where connection_id = $1`, b.clientID)
	b.must(err)
	old := b.hub
	b.hub = b.newHub(storetest.Replica(t, b.dsn, nil))
	b.start(b.hub)
	b.synced("100")
	close(gate)
	b.halt(old)
	b.cursor(staffing.FeedRequisitions, "1")
	b.noFailures()
}

// A client system that hangs takes its seats and no more: what needs another system
// goes on, and what waited for a seat comes when one is free.
func TestASystemThatHangsHoldsNobodyElseUp(t *testing.T) {
	b := newBench(t, patient, func(c *Config) { c.Workers = 20 })
	b.requisition("100", "Welder")
	job := *b.synced("100").JobID
	const n = 12
	gate := make(chan struct{})
	b.client.next("submit 100", times(n, waitsFor(gate))...)
	var events []staffing.CandidateStatusChanged
	for i := range n {
		id := fmt.Sprint("c", i)
		b.ats.person(id, "Ada", id, id+"@example.com")
		events = append(events, moved(job, id, "Submit"))
	}
	b.tells(events...)
	b.eventually("all seats are taken", func() string { return missing(b.client.count("submit 100") >= 6) })
	b.requisition("101", "Fitter")
	b.synced("101")
	if taken := b.client.count("submit 100"); taken != 6 {
		t.Errorf("%d of 20 workers hang at one system", taken)
	}
	close(gate)
	for i := range n {
		b.delivered(job, fmt.Sprint("c", i))
	}
	b.drained()
	if n := b.client.count("submit 100"); n != len(events) {
		t.Errorf("%d submissions of %d candidates", n, len(events))
	}
	b.noFailures()
}

// What one replica publishes and changes, another sees at once.
func TestAReplicaSeesAPublishedProfile(t *testing.T) {
	b := newBench(t)
	other := b.newHub(storetest.Replica(t, b.dsn, nil), func(c *Config) { c.WorksHere = false })
	before, err := other.Systems().Open(b.ctx, b.clientID)
	b.must(err)
	b.publish(b.clientID, clientProfile+"\n# again\n")
	after, err := other.Systems().Open(b.ctx, b.clientID)
	b.must(err)
	if before.Version != 1 || after.Version != 2 {
		t.Errorf("it sees version %d, then %d", before.Version, after.Version)
	}
	b.state(b.clientID, staffing.ConnectionPaused)
	if sys, err := other.Systems().Open(b.ctx, b.clientID); err != nil || sys.Connection.State != staffing.ConnectionPaused {
		t.Errorf("it does not see the pause (%v)", err)
	}
}
