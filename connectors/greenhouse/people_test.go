package greenhouse_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/greenhouse"
	"github.com/tributary-hub/tributary/staffing"
)

func (b *bench) apply(t *testing.T, job int64, name, email string) int64 {
	t.Helper()
	id, err := b.account.Apply(job, name, "Grey", email)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (b *bench) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestASubmissionFollowsItsApplicationToAnotherPerson(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	job, other := b.account.OpenJob(sandbox.JobSpec{Title: "Job"}), b.account.OpenJob(sandbox.JobSpec{Title: "Other"})
	sent, err := b.Submit(context.Background(), submission(job, "ada@mail.example"))
	b.must(t, err)
	app, err := strconv.ParseInt(sent.ID, 10, 64)
	b.must(t, err)
	known := b.account.CandidateOf(b.apply(t, other, "Ada", "ada@home.example"))
	b.clock.pass(time.Minute)
	_, cur := readAll(t, b.Statuses, nil)
	b.clock.pass(time.Minute)

	b.must(t, b.account.Merge(known, b.account.CandidateOf(app)))
	b.must(t, b.account.MoveToStage(app, "Offer"))
	b.must(t, b.account.MakeOffer(app, sandbox.OfferSpec{StartsOn: "2026-12-07"}))
	b.clock.pass(time.Minute)
	records, _ := readAll(t, b.Statuses, cur)
	if ids := idsOf(records); len(ids) != 1 || ids[sent.ID] == 0 || raw(t, records[0])["stage_name"] != "Offer" {
		t.Fatalf("after the merge came the statuses of %v, want the stage Offer of %s", ids, sent.ID)
	}
	rec, err := b.Placement(context.Background(), staffing.SubmissionRef{ID: sent.ID, RequisitionID: strconv.FormatInt(job, 10)})
	if err != nil || !strings.Contains(string(rec.Raw), `"candidate_id":`+strconv.FormatInt(known, 10)) {
		t.Errorf("the placement of the merged application: %s %v", rec.Raw, err)
	}
	again, err := b.Submit(context.Background(), submission(job, "ada@mail.example"))
	if err != nil || again.ID != sent.ID || !again.Existed || again.Extra["candidate_id"] != strconv.FormatInt(known, 10) {
		t.Errorf("submitted again after the merge: %+v %v", again, err)
	}
}

func TestAnApplicationThatAMergeGaveUpIsFoundAgainUnderTheOneThatStays(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	job := b.account.OpenJob(sandbox.JobSpec{Title: "Job"})
	sent, err := b.Submit(context.Background(), submission(job, "ada@mail.example"))
	b.must(t, err)
	ours, err := strconv.ParseInt(sent.ID, 10, 64)
	b.must(t, err)
	stays := b.apply(t, job, "Ada", "ada@home.example")
	deliveries := b.deliveries(t)
	b.must(t, b.account.Merge(b.account.CandidateOf(stays), b.account.CandidateOf(ours)))

	var words []string
	for _, e := range deliveries() {
		if e.Record != nil {
			words = append(words, e.Record.ExternalID+" "+dig(raw(t, *e.Record), "_status"))
		}
	}
	if want := sent.ID + " candidate_deleted"; strings.Join(words, ", ") != want {
		t.Errorf("the web hooks say %q, want %q: a merge is not told from a deletion", words, want)
	}
	req := submission(job, "ada@mail.example")
	req.Resume = nil
	found, err := b.FindSubmission(context.Background(), req)
	if err != nil || found.ID != strconv.FormatInt(stays, 10) {
		t.Errorf("looked for again: %+v %v, want application %d", found, err, stays)
	}
	_, err = b.Placement(context.Background(), staffing.SubmissionRef{ID: sent.ID})
	if staffing.CodeOf(err) != staffing.NotFound || !strings.Contains(err.Error(), "merged") {
		t.Errorf("the placement of what is gone: %v", err)
	}
}

// deliveries gives what the account's web hooks say from now on.
func (b *bench) deliveries(t *testing.T) func() []staffing.Event {
	t.Helper()
	var events []staffing.Event
	r := receiver(t, connectors.Settings{"webhook_secret": hookSecret})
	b.account.SetWebhook(sandbox.Webhook{URL: "http://hub.example", Secret: hookSecret, Post: func(_ context.Context, _ string, h http.Header, body []byte) (int, error) {
		got, err := r.Events(h, body)
		if err != nil {
			t.Errorf("%v: %s", err, body)
		}
		events = append(events, got...)
		return http.StatusOK, nil
	}})
	return func() []staffing.Event {
		b.account.FlushWebhooks()
		return events
	}
}

func TestErasingAPersonMovesNothingBackwards(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	job := b.account.OpenJob(sandbox.JobSpec{Title: "Job", Openings: 2})
	waiting, gone, hired := b.apply(t, job, "Ada", "ada@mail.example"), b.apply(t, job, "Ben", "ben@mail.example"), b.apply(t, job, "Cy", "cy@mail.example")
	b.must(t, b.account.MoveToStage(waiting, "Offer"))
	b.must(t, b.account.Reject(gone, "Took another job"))
	b.must(t, b.account.MakeOffer(hired, sandbox.OfferSpec{StartsOn: "2026-12-07"}))
	b.must(t, b.account.Hire(hired, "2026-12-07"))
	b.clock.pass(time.Minute)
	_, cur := readAll(t, b.Statuses, nil)
	b.clock.pass(time.Minute)
	for _, app := range []int64{waiting, gone, hired} {
		b.must(t, b.account.Anonymize(b.account.CandidateOf(app)))
	}
	b.clock.pass(time.Minute)
	records, _ := readAll(t, b.Statuses, cur)
	got := map[string]string{}
	for _, r := range records {
		said, gaps, err := program(t).Status(r.Raw)
		noGaps(t, gaps, err)
		got[r.ExternalID] = said.Word
		if strings.Contains(string(r.Raw), "first_name") {
			t.Errorf("names are kept: %s", r.Raw)
		}
	}
	if len(got) != 2 || got[strconv.FormatInt(waiting, 10)] != "Anonymized" || got[strconv.FormatInt(gone, 10)] != "Rejected" {
		t.Errorf("after erasing came %v: want the open application anonymized, the rejected one rejected, the hired one not at all", got)
	}
	_, err := b.Placement(context.Background(), staffing.SubmissionRef{ID: strconv.FormatInt(hired, 10)})
	if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), "anonymised") {
		t.Errorf("the terms of an erased person: %v", err)
	}
}
