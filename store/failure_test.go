package store_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

func failure(subjectID, cause, state string) store.Failure {
	return store.Failure{Step: "submission.deliver", Subject: staffing.SubjectSubmission, SubjectID: subjectID, Code: staffing.Invalid,
		Cause: cause, Message: "the client says: \x00" + cause, State: state, Args: store.Doc(json.RawMessage(`{"id":"` + subjectID + `\u0000"}`))}
}

// live gives the live failures by subject.
func live(t *testing.T, s *store.Store) map[string]store.FailureRow {
	t.Helper()
	rows, total, err := s.Failures(context.Background(), store.FailureFilter{})
	if err != nil || total != len(rows) {
		t.Fatalf("%d of %d failures (%v)", len(rows), total, err)
	}
	out := map[string]store.FailureRow{}
	for _, r := range rows {
		out[r.SubjectID] = r
	}
	return out
}

func TestFailuresLive(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	clock := storetest.NewClock()
	s := storetest.NewAt(t, clock.Now)
	began := clock.Now()
	ok(t, s.NoteFailure(ctx, failure("s1", "no résumé", store.FailureRetrying)))
	clock.Advance(time.Minute)
	ok(t, s.NoteFailure(ctx, failure("s1", "closed", store.FailureOpen)))
	f := live(t, s)["s1"]
	if f.Attempts != 2 || f.Cause != "closed" || f.State != store.FailureOpen || !f.FirstAt.Equal(began) || !f.LastAt.Equal(clock.Now()) {
		t.Fatalf("the second try continues as %+v", f.Failure)
	}
	if f.Message != "the client says: closed" || string(f.Args.V) != `{"id": "s1"}` {
		t.Errorf("it says %q with %s", f.Message, f.Args.V)
	}
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.RetryFailure(ctx, f.ID) })
	if again := live(t, s)["s1"]; again.State != store.FailureRetrying {
		t.Errorf("after Retry it is %s", again.State)
	}
	ok(t, s.ResolveFailure(ctx, f.Step, f.Subject, f.SubjectID))
	ok(t, s.ResolveFailure(ctx, f.Step, f.Subject, "never failed"))
	for what, do := range map[string]func(ctx context.Context, tx *store.Tx) error{
		"retry":   func(ctx context.Context, tx *store.Tx) error { return tx.RetryFailure(ctx, f.ID) },
		"discard": func(ctx context.Context, tx *store.Tx) error { return tx.DiscardFailure(ctx, f.ID, "op", "old") },
	} {
		if err := try(s, do); staffing.CodeOf(err) != staffing.Conflict {
			t.Errorf("%s of a resolved one gives %v", what, err)
		}
	}
	ok(t, s.NoteFailure(ctx, failure("s1", "closed", store.FailureOpen)))
	if next := live(t, s)["s1"]; next.ID == f.ID || next.Attempts != 1 {
		t.Errorf("a new failure after the resolution is %+v", next.Failure)
	}
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.DiscardFailure(ctx, live(t, s)["s1"].ID, "op@example.com", "the client withdrew it")
	})
	if len(live(t, s)) != 0 {
		t.Error("a discarded failure is still live")
	}
	_, total, err := s.Failures(ctx, store.FailureFilter{State: store.FailureDiscarded})
	if err != nil || total != 1 {
		t.Errorf("%d were discarded (%v)", total, err)
	}
}

func TestWorkersAtOnceNoteOneFailure(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	for _, err := range together(20, func(int) error {
		return s.NoteFailure(context.Background(), failure("s1", "down", store.FailureRetrying))
	}) {
		ok(t, err)
	}
	if f := live(t, s); len(f) != 1 || f["s1"].Attempts != 20 {
		t.Errorf("the failures are %+v", f)
	}
}

func TestCausesGroupWhatFailedAlike(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	for id, cause := range map[string]string{"s1": "no résumé", "s2": "no résumé", "s3": "closed"} {
		ok(t, s.NoteFailure(ctx, failure(id, cause, store.FailureOpen)))
	}
	ok(t, s.NoteFailure(ctx, failure("s2", "no résumé", store.FailureRetrying)))
	causes, err := s.Causes(ctx)
	if err != nil || len(causes) != 2 || causes[0].Cause != "no résumé" || causes[0].Count != 2 || causes[0].Open != 1 || !strings.Contains(causes[0].Message, "no résumé") {
		t.Errorf("the causes are %+v (%v)", causes, err)
	}
	same, err := s.LiveFailuresByCause(ctx, "no résumé")
	if err != nil || len(same) != 2 {
		t.Errorf("%d failed for want of a résumé (%v)", len(same), err)
	}
}

func TestGaps(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	conn := storetest.Connection(t, s, staffing.RoleClient).ID
	long := strings.Repeat("é", 5000)
	met := []staffing.Gap{{Kind: staffing.GapStatus, Field: "status", Value: "Bar\x00 raiser", Message: "unknown"}, {Kind: staffing.GapCode, Field: "site", Value: long}}
	ok(t, s.NoteGaps(ctx, conn, met))
	ok(t, s.NoteGaps(ctx, conn, met[:1]))
	gaps, err := s.Gaps(ctx, conn)
	if err != nil || len(gaps) != 2 || gaps[0].Value != "Bar raiser" || gaps[0].Count != 2 || gaps[1].Value != long[:400] {
		t.Fatalf("the gaps are %+v (%v)", gaps, err)
	}
	ok(t, s.CloseGaps(ctx, conn))
	if gaps, err = s.Gaps(ctx, uuid.Nil); err != nil || len(gaps) != 0 {
		t.Fatalf("after the new profile the gaps are %+v (%v)", gaps, err)
	}
	ok(t, s.NoteGaps(ctx, conn, met[:1]))
	if gaps, err = s.Gaps(ctx, uuid.Nil); err != nil || len(gaps) != 1 || gaps[0].Count != 1 {
		t.Errorf("a gap that a new profile did not close counts anew, because what waits is processed anew; it is %+v (%v)", gaps, err)
	}
}
