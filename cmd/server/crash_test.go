package main

import (
	"context"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/sandbox/world"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store/storetest"
)

const kills = 20

// TestNothingIsLostOrDoubledByKills kills the hub twenty times at random moments
// while the world lives, its systems fail now and then (some after they acted), and finance approves, and then lets it finish: every
// requisition is a job, every submission an application, every approved placement
// a bill; nothing twice, nothing lost.
func TestNothingIsLostOrDoubledByKills(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	in.token()
	w := newWorld(t, world.Options{Seed: 41, Speed: 6, Trouble: 0.03, Requisitions: 20})
	admin, finance := in.person("admin"), in.person("finance")
	ids := admin.connect(w)
	for _, s := range w.Systems() {
		if s.WebhookSecret != "" {
			w.SendWebhooks(s.Key, in.base+"/hooks/"+ids[s.Key], s.WebhookSecret)
		}
	}
	stop := live(t, w)
	approvals := keepApproving(t, finance)
	dice := rand.New(rand.NewPCG(41, 1))
	for range kills {
		time.Sleep(time.Duration(500+dice.IntN(3500)) * time.Millisecond) // the random moment is the point
		in.kill()
		in.start()
	}
	// Let some more come through on a hub that lives, then let the world rest.
	in.eventually(120*time.Second, "a placement is posted", func() bool { return w.Tally().Bills > 0 })
	stop()
	admin.settle(ids)
	approvals()
	admin.settle(ids)
	compare(t, in, w)
}

// keepApproving lets finance approve whatever awaits review, until it is told to
// stop; stop approves the rest.
func keepApproving(t *testing.T, finance *browser) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			finance.approveAll()
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}()
	return func() {
		cancel()
		<-done
		for finance.approveAll() > 0 {
		}
	}
}

// approveAll approves what awaits review now and says how many there were. A hub
// that is down at the moment approves nothing.
func (b *browser) approveAll() int {
	var list placementList
	if b.in.tryAPI("/placements?state=awaiting_review&limit=100", &list) != nil {
		return 0
	}
	n := 0
	for _, p := range list.Items {
		_, page := b.get("/placements/" + p.ID)
		if m := hashForm.FindStringSubmatch(page); m != nil {
			b.post("/placements/"+p.ID+"/approve", url.Values{"hash": {m[1]}})
			n++
		}
	}
	return n
}

// settle reads every system again and waits until nothing is on its way.
func (b *browser) settle(ids map[string]string) {
	t := b.in.t
	t.Helper()
	quiet := 0
	last := time.Time{}
	defer func() {
		if t.Failed() {
			t.Logf("unfinished: %v", b.in.left)
		}
	}()
	b.in.eventually(180*time.Second, "everything has come to rest", func() bool {
		if time.Since(last) > 5*time.Second {
			b.pollAll(ids)
			last = time.Now()
		}
		if b.in.unfinished() != 0 {
			quiet = 0
			return false
		}
		quiet++
		time.Sleep(500 * time.Millisecond)
		return quiet > 24 // twelve seconds: more than two readings of everything
	})
}

// compare holds what the systems hold against what the hub says.
func compare(t *testing.T, in *installation, w *world.World) {
	t.Helper()
	var view struct {
		Pipeline []struct {
			Received       int
			NeedsAttention int `json:"needs_attention"`
			Valid          int
			Synced         int
			Submissions    int
			Delivered      int
			Placements     int
			Approved       int
			Posted         int
		}
	}
	in.api("/overview", &view)
	sum := view.Pipeline[0]
	for _, c := range view.Pipeline[1:] {
		sum.Received += c.Received
		sum.NeedsAttention += c.NeedsAttention
		sum.Valid += c.Valid
		sum.Synced += c.Synced
		sum.Submissions += c.Submissions
		sum.Delivered += c.Delivered
		sum.Placements += c.Placements
		sum.Approved += c.Approved
		sum.Posted += c.Posted
	}
	var causes struct {
		Items []struct {
			Step  string
			Count int
		}
	}
	in.api("/failures/causes", &causes)
	waiting := 0
	for _, c := range causes.Items {
		if c.Step == "submission.deliver" {
			waiting += c.Count
		}
	}
	tally := w.Tally()
	t.Logf("after %d kills: the systems hold %+v; the hub says %+v, %d deliveries wait for a person", kills, tally, sum, waiting)
	for _, c := range []struct {
		what      string
		got, want int
	}{
		{"requisitions in the hub, of those that clients opened", sum.Received - unreadable(in), tally.Requisitions},
		{"requisitions on their way to the ATS, when all is at rest", sum.Valid, 0},
		{"jobs in the ATS, of requisitions that the hub says are there", tally.Jobs, sum.Synced},
		{"submissions in the hub, of people whom recruiters submitted", sum.Submissions, tally.Submitted},
		{"applications at clients, of submissions that the hub says are delivered", tally.Applications, sum.Delivered},
		{"undelivered submissions that the page of failed records shows", waiting, sum.Submissions - sum.Delivered},
		{"placements in the hub, of people whom clients hired", sum.Placements, tally.Hired},
		{"approved placements that are not posted", sum.Approved, 0},
		{"bills in the books, of placements that the hub says are posted", tally.Bills, sum.Posted},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", c.what, c.got, c.want)
		}
	}
	for _, twice := range tally.Twice {
		t.Error(twice)
	}
	if t.Failed() {
		tellUndelivered(t, in)
	}
	if tally.Jobs == 0 || tally.Applications == 0 || tally.Bills == 0 {
		t.Error("the world did not live enough to prove anything")
	}
}

// unreadable counts what a connector kept of answers that broke off and that nobody can
// read: it stands beside the requisitions, where a person sees it.
func unreadable(in *installation) (n int) {
	var list struct {
		Items []struct {
			ExternalID string `json:"external_id"`
		}
	}
	in.api("/requisitions?limit=100", &list)
	for _, r := range list.Items {
		if strings.HasPrefix(r.ExternalID, "spool-") {
			n++
		}
	}
	return n
}

// tellUndelivered logs what the hub knows of the deliveries that wait for a person.
func tellUndelivered(t *testing.T, in *installation) {
	t.Helper()
	var list struct {
		Items []struct {
			Step, Message string
			SubjectID     string `json:"subject_id"`
			System        string `json:"connection_name"`
		}
	}
	in.api("/failures?limit=100", &list)
	s := storetest.Replica(t, in.database, nil)
	for _, f := range list.Items {
		t.Logf("%s at %s: %s", f.Step, f.System, f.Message)
		id, err := uuid.Parse(f.SubjectID)
		if err != nil {
			continue
		}
		if r, err := s.Requisition(t.Context(), id); err == nil {
			raw, err := s.RawRecord(t.Context(), r.RawID)
			t.Logf("  its record %q: %.600s (%v)", raw.ExternalID, raw.Raw, err)
		}
		effects, err := s.Effects(t.Context(), staffing.SubjectSubmission, id)
		for _, e := range effects {
			t.Logf("  its write: %s after %d tries: %s (%v)", e.State, e.Attempts, e.Error, err)
		}
	}
}
