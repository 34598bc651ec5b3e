package store_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

func TestSubmissionsAreUnique(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	req := storetest.Requisition(t, s, storetest.Connection(t, s, staffing.RoleClient))
	first := storetest.Submission(t, s, req)
	ensure := func(change func(*store.Submission)) (id uuid.UUID, created bool) {
		t.Helper()
		sub := store.Submission{ClientID: first.ClientID, RequisitionID: first.RequisitionID, CandidateID: first.CandidateID, ConnectionID: first.ConnectionID,
			ATSConnectionID: first.ATSConnectionID, ATSSubmissionID: first.ATSSubmissionID, StageAt: s.Now()}
		change(&sub)
		inTx(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			id, created, err = tx.EnsureSubmission(ctx, sub)
			return err
		})
		return id, created
	}
	candidate, err := s.EnsureCandidate(ctx, first.ATSConnectionID, "another")
	ok(t, err)
	if again, err := s.EnsureCandidate(ctx, first.ATSConnectionID, "another"); err != nil || again != candidate {
		t.Errorf("the same candidate is %s and %s (%v)", candidate, again, err)
	}
	for name, change := range map[string]func(*store.Submission){
		"the same again": func(*store.Submission) {},
		"the same candidate under another id of the internal ATS":          func(s *store.Submission) { s.ATSSubmissionID = "new" },
		"the same id of the internal ATS, said to be of another candidate": func(s *store.Submission) { s.CandidateID = candidate },
	} {
		if id, created := ensure(change); created || id != first.ID {
			t.Errorf("%s: created is %v, the submission %s", name, created, id)
		}
	}
	made := make(chan uuid.UUID, 20)
	for _, err := range together(20, func(int) error {
		return try(s, func(ctx context.Context, tx *store.Tx) error {
			id, created, err := tx.EnsureSubmission(ctx, store.Submission{ClientID: first.ClientID, RequisitionID: first.RequisitionID, CandidateID: candidate,
				ConnectionID: first.ConnectionID, ATSConnectionID: first.ATSConnectionID, ATSSubmissionID: "ats-2", StageAt: s.Now()})
			if created {
				made <- id
			}
			return err
		})
	}) {
		ok(t, err)
	}
	if len(made) != 1 {
		t.Fatalf("20 at once made %d submissions", len(made))
	}
	deliver := func(id uuid.UUID) error {
		return try(s, func(ctx context.Context, tx *store.Tx) error {
			return tx.SaveDelivery(ctx, id, staffing.Receipt{ID: "app-\x001"})
		})
	}
	ok(t, deliver(first.ID))
	ok(t, deliver(first.ID)) // the same receipt again
	coded(t, deliver(<-made), staffing.Conflict)
	byRef, err := s.SubmissionByClientRef(ctx, first.ConnectionID, "app-\x001")
	if err != nil || byRef.ID != first.ID || byRef.State != store.SubmissionDelivered {
		t.Errorf("app-1 is %+v (%v)", byRef, err)
	}
	byATS, err := s.SubmissionByATS(ctx, first.ATSConnectionID, first.ATSSubmissionID)
	if err != nil || byATS.ID != first.ID {
		t.Errorf("%s is %+v (%v)", first.ATSSubmissionID, byATS, err)
	}
	byRef.State = store.SubmissionNeedsAttention
	ok(t, s.SaveSubmissionCheck(ctx, byRef))
	if now, err := s.Submission(ctx, first.ID); err != nil || now.State != store.SubmissionDelivered {
		t.Errorf("a later check made a delivered submission %s (%v)", now.State, err)
	}
}

func TestLiveSubmissionsCountAgainstTheCap(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	req := storetest.Requisition(t, s, storetest.Connection(t, s, staffing.RoleClient))
	asks := storetest.Submission(t, s, req)
	storetest.Submission(t, s, req) // pending: not at the client
	live := storetest.Deliver(t, s, storetest.Submission(t, s, req))
	gone := storetest.Deliver(t, s, storetest.Submission(t, s, req))
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddStageEvent(ctx, gone, store.StageEvent{Source: store.SourceClient, RawStatus: "No", Stage: staffing.RejectedClient, OccurredAt: s.Now()})
		return err
	})
	for id, want := range map[uuid.UUID]int{asks.ID: 1, live.ID: 0} {
		if n, err := s.LiveSubmissions(ctx, req.ID, id); err != nil || n != want {
			t.Errorf("%d other live submissions (%v), want %d", n, err, want)
		}
	}
}
