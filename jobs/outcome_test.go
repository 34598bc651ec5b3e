package jobs

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// A code that is not in this table has no decided outcome.
func TestEveryCodeHasAnOutcome(t *testing.T) {
	t.Parallel()
	want := map[staffing.Code]struct{ first, last, asked action }{
		staffing.Invalid:      {giveUp, giveUp, giveUp},
		staffing.Unauthorized: {giveUp, giveUp, giveUp},
		staffing.Forbidden:    {giveUp, giveUp, giveUp},
		staffing.NotFound:     {giveUp, giveUp, giveUp},
		staffing.Conflict:     {again, giveUp, waitFor},
		staffing.RateLimited:  {waitFor, waitFor, waitFor},
		staffing.Unavailable:  {again, giveUp, waitFor},
		staffing.Internal:     {again, giveUp, again},
	}
	for _, code := range staffing.Codes() {
		w, decided := want[code]
		if _, listed := outcomes[code]; !decided || !listed {
			t.Errorf("%s has no outcome", code)
			continue
		}
		first, _ := verdict(code, staffing.Errorf(code, "no"), &run{attempt: 1, maxAttempts: 3})
		last, _ := verdict(code, staffing.Errorf(code, "no"), &run{attempt: 3, maxAttempts: 3})
		asked, wait := verdict(code, &staffing.Error{Code: code, RetryAfter: time.Minute}, &run{attempt: 1, maxAttempts: 3})
		if first != w.first || last != w.last || asked != w.asked {
			t.Errorf("%s: first %s, last %s, asked to wait %s; want %+v", code, first, last, asked, w)
		}
		if asked == waitFor && (wait < time.Minute || wait > 2*time.Minute) {
			t.Errorf("%s: asked to wait a minute, it waits %s", code, wait)
		}
	}
	if len(outcomes) != len(staffing.Codes()) || len(want) != len(staffing.Codes()) {
		t.Errorf("there are %d codes, %d outcomes and %d in this test", len(staffing.Codes()), len(outcomes), len(want))
	}
	if act, _ := verdict(staffing.CodeOf(errors.New("plain")), errors.New("plain"), &run{attempt: 1, maxAttempts: 3}); act != again {
		t.Errorf("an uncoded error is told as %s", act)
	}
	if _, wait := verdict(staffing.RateLimited, &staffing.Error{Code: staffing.RateLimited, RetryAfter: 1000 * time.Hour}, &run{attempt: 1, maxAttempts: 3}); wait > 2*time.Hour {
		t.Errorf("a vendor that asks for 1000 hours gets %s", wait)
	}
}

// A crash of a worker is no failure of the step, and does not use up its tries.
func TestCrashesAreNoTries(t *testing.T) {
	t.Parallel()
	crash := rivertype.AttemptError{Error: "Stuck job rescued by JobRescuer"}
	row := &rivertype.JobRow{Errors: []rivertype.AttemptError{crash, {Error: "the vendor is away"}, crash}}
	if n := tries(row); n != 2 {
		t.Errorf("one failure, two crashes and this attempt are %d tries", n)
	}
	away := staffing.Errorf(staffing.Unavailable, "no")
	if act, _ := verdict(staffing.Unavailable, away, &run{attempt: 500, maxAttempts: maxAttempts, tries: maxTries - 1}); act != again {
		t.Errorf("after many crashes the queue would %s", act)
	}
	if act, _ := verdict(staffing.Unavailable, away, &run{attempt: maxTries, maxAttempts: maxAttempts, tries: maxTries}); act != giveUp {
		t.Errorf("after the last try the queue would %s", act)
	}
}

func TestBackoffGrowsToItsLimit(t *testing.T) {
	t.Parallel()
	for attempt, least := range map[int]time.Duration{0: time.Second, 1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 11: longestWait, 1000: longestWait} {
		if d := backoff(attempt); d < least || d > least+least/4 {
			t.Errorf("attempt %d waits %s, want %s and up to a quarter more", attempt, d, least)
		}
	}
}

// One candidate per code: the ATS refuses to show them once, and then works.
func TestWhatTheQueueDoesWithEachCode(t *testing.T) {
	b := newBench(t)
	b.requisition("100", "Welder")
	job := *b.synced("100").JobID
	var events []staffing.CandidateStatusChanged
	for _, code := range staffing.Codes() {
		if code == staffing.Unauthorized {
			continue // it stops the connection: see below
		}
		b.ats.person(string(code), "Ada", string(code), string(code)+"@example.com")
		b.ats.next("candidate "+string(code), refuses(code))
		events = append(events, moved(job, string(code), "Submit"))
	}
	for id, m := range map[string]move{"asked": refusesFor(staffing.RateLimited, 2*time.Second), "busy": refusesFor(staffing.Unavailable, 2*time.Second), "panic": panics} {
		b.ats.person(id, "Ada", id, id+"@example.com")
		b.ats.next("candidate "+id, m)
		events = append(events, moved(job, id, "Submit"))
	}
	b.tells(events...)
	for _, code := range []staffing.Code{staffing.Invalid, staffing.Forbidden, staffing.NotFound} {
		b.eventually("the candidate "+string(code)+" is there", func() string { return missing(b.sub(job, string(code)).State != "") })
		f := b.failure(kindDeliver, b.sub(job, string(code)).ID.String(), store.FailureOpen)
		if f.Code != code || f.Message != "the vendor says "+string(code) || f.ConnectionID == nil || *f.ConnectionID != b.atsID || f.NextAt != nil {
			t.Errorf("%s: the failure is %+v", code, f)
		}
	}
	b.eventually("the panic is noted", func() string {
		f, live := b.live(kindDeliver, b.sub(job, "panic").ID.String())
		return missing(live && f.State == store.FailureRetrying && f.Code == staffing.Internal && strings.Contains(f.Message, "fault of the hub") && f.NextAt != nil)
	})
	for _, id := range []string{"conflict", "rate_limited", "unavailable", "internal", "asked", "busy", "panic"} {
		b.delivered(job, id)
		if n := b.ats.count("candidate " + id); n != 2 {
			t.Errorf("%s: the ATS was asked %d times", id, n)
		}
	}
	for _, id := range []string{"asked", "busy"} {
		if d := b.ats.waited("candidate " + id); d < 2*time.Second || d > 10*time.Second {
			t.Errorf("%s: asked to wait 2 s, it waited %s", id, d)
		}
	}
	b.drained()
	all, n, err := b.store.Failures(b.ctx, store.FailureFilter{})
	if err != nil || n != 3 {
		t.Errorf("%d failures are left, want the three that wait for a person: %+v (%v)", n, all, err)
	}
	b.opensAtTheLastAttempt(job)
}

func missing(ok bool) string {
	if ok {
		return ""
	}
	return "it is not"
}

// opensAtTheLastAttempt gives a step that failed for good two more attempts.
func (b *bench) opensAtTheLastAttempt(job string) {
	b.t.Helper()
	sub := b.sub(job, "invalid")
	b.ats.next("candidate invalid", times(2, refuses(staffing.Unavailable))...)
	_, err := b.hub.River().Insert(b.ctx, deliverArgs{idArgs{sub.ID}}, &river.InsertOpts{MaxAttempts: 2})
	b.must(err)
	b.eventually("the failure opens after the last attempt", func() string {
		f, _ := b.live(kindDeliver, sub.ID.String())
		if f.Code != staffing.Unavailable || f.State != store.FailureOpen {
			return fmt.Sprintf("%s %s", f.Code, f.State)
		}
		return ""
	})
	b.drained()
	if n := b.ats.count("candidate invalid"); n != 3 {
		b.t.Errorf("the ATS was asked %d times, want once and then twice", n)
	}
	f, _ := b.live(kindDeliver, sub.ID.String())
	b.retry(f)
	b.delivered(job, "invalid")
}

func TestRefusedCredentialsStopTheConnection(t *testing.T) {
	b := newBench(t)
	b.requisition("100", "Welder")
	job := *b.synced("100").JobID
	for _, id := range []string{"ada", "bob"} {
		b.ats.person(id, "A", id, id+"@example.com")
	}
	b.ats.next("candidate ada", refuses(staffing.Unauthorized))
	b.tells(moved(job, "ada", "Submit"))
	b.eventually("the connection needs attention", func() string {
		c, err := b.store.Connection(b.ctx, b.atsID)
		return missing(err == nil && c.State == staffing.ConnectionNeedsAttention && c.StateReason == "the vendor says unauthorized")
	})
	b.failure(kindDeliver, b.sub(job, "ada").ID.String(), store.FailureOpen)
	b.hook(moved(job, "bob", "Submit"))
	b.eventually("bob is there", func() string { return missing(b.sub(job, "bob").State != "") })
	f := b.failure(kindDeliver, b.sub(job, "bob").ID.String(), store.FailureOpen)
	if !strings.Contains(f.Message, "needs attention") || b.ats.count("candidate bob") != 0 {
		t.Errorf("the next candidate was asked for %d times: %s", b.ats.count("candidate bob"), f.Message)
	}
	polls := b.ats.count("candidate events")
	b.pollNow(b.atsID)
	b.pollNow(b.clientID) // the schedule is read: what the client says comes through
	b.says("nobody", "Review", 1)
	b.drainedExcept(b.atsID)
	if n := b.ats.count("candidate events"); n != polls || b.ats.count("candidate ada") != 1 {
		t.Errorf("the stopped system was polled %d times more, and ada was asked for %d times", n-polls, b.ats.count("candidate ada"))
	}
	b.state(b.atsID, staffing.ConnectionActive)
	b.delivered(job, "ada")
	b.delivered(job, "bob")
	b.noFailures()
}

func TestAPausedConnectionHoldsWorkAndLetsItGoOn(t *testing.T) {
	b := newBench(t)
	b.requisition("100", "Welder")
	job := *b.synced("100").JobID
	b.ats.person("ada", "Ada", "Byron", "ada@example.com")
	b.state(b.clientID, staffing.ConnectionPaused)
	b.tells(moved(job, "ada", "Submit"))
	b.eventually("the submission is there", func() string { return missing(b.sub(job, "ada").State != "") })
	f := b.failure(kindDeliver, b.sub(job, "ada").ID.String(), store.FailureOpen)
	if f.Code != staffing.Forbidden || f.Cause != "connection/"+b.clientID.String() || !strings.Contains(f.Message, "is paused") {
		t.Errorf("the failure is %+v", f)
	}
	if n := b.client.count("submit 100") + b.client.count("find submission"); n != 0 {
		t.Errorf("the paused system was called %d times", n)
	}
	b.state(b.clientID, staffing.ConnectionActive)
	b.delivered(job, "ada")
	b.noFailures()
}
