package jobs

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// cursor waits until a feed is at rest with a cursor.
func (b *bench) cursor(name staffing.Feed, want string) {
	b.t.Helper()
	b.eventually("the cursor of "+string(name)+" is "+want, func() string {
		f := b.feed(b.clientID, name)
		if f.Lease != nil || string(f.Cursor.V) != want {
			return fmt.Sprintf("%s, lease %v, %q", f.Cursor.V, f.Lease, f.LastError)
		}
		return ""
	})
}

func TestACursorIsSavedWithItsPageAndNotWithout(t *testing.T) {
	b := newBench(t)
	b.cursor(staffing.FeedRequisitions, "0")
	b.client.mu.Lock()
	b.client.requisitions.page = 1
	b.client.mu.Unlock()
	tooLong := make([]byte, 4000)
	_, _ = rand.Read(tooLong) // never fails
	b.client.push(&b.client.requisitions, "100", rawRequisition("100", "Welder"))
	b.client.push(&b.client.requisitions, hex.EncodeToString(tooLong), rawRequisition("bad", "An id that no index takes"))
	b.client.push(&b.client.requisitions, "102", rawRequisition("102", "Fitter"))
	b.pollNow(b.clientID)
	b.synced("100")
	b.cursor(staffing.FeedRequisitions, "1")
	f := b.feed(b.clientID, staffing.FeedRequisitions)
	if f.Failures != 1 || f.LastError == "" || f.LastErrorAt == nil || !f.NextPollAt.After(f.LastErrorAt.Add(time.Second)) {
		t.Errorf("the failed feed is %+v", f)
	}
	b.client.mu.Lock()
	b.client.requisitions.records[1].ExternalID = "101"
	b.client.mu.Unlock()
	b.pollNow(b.clientID)
	b.synced("101")
	b.synced("102")
	b.cursor(staffing.FeedRequisitions, "3")
	if f := b.feed(b.clientID, staffing.FeedRequisitions); f.Failures != 0 || f.LastError != "" || f.LastRecords != 2 {
		t.Errorf("the healed feed is %+v", f)
	}
	if r := b.req("100"); r.Version != 1 {
		t.Errorf("the first record was taken %d times", r.Version)
	}
	b.noFailures()
}

func TestAPageThatWasNotSavedIsReadAgain(t *testing.T) {
	b := newBench(t)
	b.cursor(staffing.FeedRequisitions, "0")
	b.client.next("requisitions", panicsAfter) // the page is read, and the step ends before the save
	b.requisition("100", "Welder")
	b.eventually("the poll has failed", func() string { return missing(b.feed(b.clientID, staffing.FeedRequisitions).Failures == 1) })
	if f := b.feed(b.clientID, staffing.FeedRequisitions); string(f.Cursor.V) != "0" {
		t.Errorf("the cursor of the lost page was kept: %s", f.Cursor.V)
	}
	b.synced("100") // by itself, after the pause
	b.noFailures()
}

func TestAFailingPollBacksOffShowsAndHeals(t *testing.T) {
	b := newBench(t)
	b.cursor(staffing.FeedStatuses, "0")
	f := b.feed(b.clientID, staffing.FeedStatuses)
	if f.LastSuccessAt == nil || f.LastRecords != 0 || f.LastErrorAt != nil {
		t.Errorf("an empty page is told as %+v", f)
	}
	b.client.next("statuses", times(2, refuses(staffing.Unavailable))...)
	b.pollNow(b.clientID)
	b.eventually("the feed has failed once", func() string { f = b.feed(b.clientID, staffing.FeedStatuses); return missing(f.Failures == 1) })
	if f.LastError != "the vendor says unavailable" || f.LastSuccessAt == nil || f.NextPollAt.Sub(*f.LastErrorAt) < 2*time.Second {
		t.Errorf("after one failure the feed is %+v", f)
	}
	if _, live := b.live(kindPollStatuses, ""); live {
		t.Error("one failure of a poll stands on the page of failed records")
	}
	b.eventually("the feed has failed twice", func() string { f = b.feed(b.clientID, staffing.FeedStatuses); return missing(f.Failures == 2) })
	if f.NextPollAt.Sub(*f.LastErrorAt) < 4*time.Second {
		t.Errorf("after two failures the next poll comes after %s", f.NextPollAt.Sub(*f.LastErrorAt))
	}
	shown := b.failure(kindPollStatuses, b.clientID.String(), store.FailureRetrying)
	if shown.NextAt == nil || shown.Code != staffing.Unavailable {
		t.Errorf("the page shows %+v", shown)
	}
	b.retry(shown) // the operator does not wait out the pause
	b.eventually("the feed is well", func() string {
		f = b.feed(b.clientID, staffing.FeedStatuses)
		return missing(f.Failures == 0 && f.LastError == "")
	})
	b.noFailures()
}

func TestAPollWithRefusedCredentialsStopsTheConnection(t *testing.T) {
	b := newBench(t)
	b.cursor(staffing.FeedStatuses, "0")
	b.client.next("statuses", refuses(staffing.Unauthorized))
	b.pollNow(b.clientID)
	b.eventually("the connection needs attention", func() string {
		c, err := b.store.Connection(b.ctx, b.clientID)
		return missing(err == nil && c.State == staffing.ConnectionNeedsAttention)
	})
	b.failure(kindPollStatuses, b.clientID.String(), store.FailureRetrying)
	b.state(b.clientID, staffing.ConnectionActive)
	b.pollNow(b.clientID)
	b.noFailures()
}

func TestAVendorThatAsksForAPauseGetsIt(t *testing.T) {
	b := newBench(t)
	b.cursor(staffing.FeedStatuses, "0")
	b.client.next("statuses", refusesFor(staffing.RateLimited, 90*time.Second))
	b.pollNow(b.clientID)
	b.eventually("the feed has failed", func() string { return missing(b.feed(b.clientID, staffing.FeedStatuses).Failures == 1) })
	f := b.feed(b.clientID, staffing.FeedStatuses)
	if d := f.NextPollAt.Sub(*f.LastErrorAt); d < 90*time.Second || d > 2*time.Minute {
		t.Errorf("asked for 90 s, the next poll comes after %s", d)
	}
	b.webhook(b.clientID, hook{Feed: staffing.FeedStatuses}) // a hint does not break the pause
	b.drained()
	if f := b.feed(b.clientID, staffing.FeedStatuses); f.NextPollAt.Before(time.Now().Add(time.Minute)) {
		t.Errorf("a hint moved the next poll to %s", f.NextPollAt)
	}
}

// A worker that has lost its lease stops quietly, and does not set the cursor of
// the one that has it.
func TestALostLeaseStopsQuietly(t *testing.T) {
	b := newBench(t)
	b.cursor(staffing.FeedRequisitions, "0")
	gate := make(chan struct{})
	b.client.next("requisitions", func(_ context.Context, commit func()) error { commit(); <-gate; return nil })
	b.requisition("100", "Welder")
	b.eventually("the first poll hangs", func() string { return missing(b.client.count("requisitions") == 2) })
	b.client.push(&b.client.requisitions, "101", rawRequisition("101", "Fitter"))
	_, err := b.store.DB().ExecContext(b.ctx, `update feeds set lease_until = now() - interval '1 second' where connection_id = $1`, b.clientID)
	b.must(err)
	b.synced("100")
	b.synced("101")
	b.cursor(staffing.FeedRequisitions, "2")
	ended := b.steps(b.hub, kindPollRequisitions)
	close(gate)
	b.eventually("the first poll has ended", func() string { return missing(b.steps(b.hub, kindPollRequisitions) == ended+1) })
	b.queueHasHeard()
	b.drained()
	if f := b.feed(b.clientID, staffing.FeedRequisitions); string(f.Cursor.V) != "2" || f.Failures != 0 || f.LastError != "" {
		t.Errorf("the feed is %+v", f)
	}
	if r := b.req("100"); r.Version != 1 {
		t.Errorf("the requisition is at version %d", r.Version)
	}
	b.noFailures()
}

// A poll that is slow and lives keeps its lease.
func TestALivingPollRenewsItsLease(t *testing.T) {
	b := newBench(t)
	b.cursor(staffing.FeedRequisitions, "0")
	gate := make(chan struct{})
	b.client.next("requisitions", keepsAnswer(gate))
	b.requisition("100", "Welder")
	b.eventually("the poll is under way", func() string { return missing(b.client.count("requisitions") == 2) })
	lease := b.feed(b.clientID, staffing.FeedRequisitions).Lease
	_, err := b.store.DB().ExecContext(b.ctx, `update feeds set lease_until = now() + interval '4 seconds' where connection_id = $1 and feed = 'requisitions'`, b.clientID)
	b.must(err)
	b.eventually("the lease is renewed", func() string {
		f := b.feed(b.clientID, staffing.FeedRequisitions)
		return missing(f.Lease != nil && *f.Lease == *lease && f.LeaseUntil.After(time.Now().Add(6*time.Second)))
	})
	if n := b.client.count("requisitions"); n != 2 {
		t.Errorf("the feed was read %d times", n)
	}
	close(gate)
	b.synced("100")
	b.noFailures()
}

func TestAHintDuringAPollPollsAgain(t *testing.T) {
	b := newBench(t)
	b.cursor(staffing.FeedRequisitions, "0")
	gate := make(chan struct{})
	b.client.next("requisitions", func(_ context.Context, commit func()) error { commit(); <-gate; return nil })
	b.pollNow(b.clientID)
	b.eventually("a poll runs", func() string { return missing(b.client.count("requisitions") == 2) })
	b.client.push(&b.client.requisitions, "100", rawRequisition("100", "Welder"))
	b.webhook(b.clientID, hook{Feed: staffing.FeedRequisitions})
	b.eventually("the hint is taken", func() string { return missing(b.jobsIn(kindReceive, "available", "running") == 0) })
	if n := b.client.count("requisitions"); n != 2 {
		t.Errorf("two polls of one feed at once: %d reads", n)
	}
	close(gate)
	b.synced("100")
}

// A webhook that carries a requisition needs no poll.
func TestAWebhookCarriesARequisition(t *testing.T) {
	b := newBench(t)
	b.cursor(staffing.FeedRequisitions, "0")
	reads := b.client.count("requisitions")
	b.webhook(b.clientID, hook{Feed: staffing.FeedRequisitions, ID: "100", Raw: []byte(`{"id": "100", "title": "Welder", "status": "open"}`)})
	b.synced("100")
	if n := b.client.count("requisitions"); n != reads {
		t.Errorf("the feed was read %d times more", n-reads)
	}
	b.webhook(b.clientID, hook{Feed: "weather", ID: "1", Raw: []byte(`{}`)})
	f := b.failure(kindReceive, "", store.FailureRetrying)
	if f.Code != staffing.Internal {
		t.Errorf("an event of an unknown feed is %+v", f)
	}
}
