package store_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

func TestRawRecordsKeepChangesOnly(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	conn := storetest.Connection(t, s, staffing.RoleClient)
	for _, step := range []struct {
		what    string
		id, raw string
		changed bool
	}{
		{"a new record", "R1", `{"a":1}`, true},
		{"the same again", "R1", `{"a":1}`, false},
		{"a change", "R1", `{"a":2}`, true},
		{"back to what it was", "R1", `{"a":1}`, true},
		{"the same content of another id", "R2", `{"a":1}`, true},
		{"bytes that no text column takes", "R\x00\xff3", "{\"a\":\"\x00\\u0000\xff\"}", true},
		{"those again", "R\x00\xff3", "{\"a\":\"\x00\\u0000\xff\"}", false},
	} {
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			id, changed, err := tx.InsertRawIfChanged(ctx, conn.ID, staffing.FeedRequisitions, staffing.Record{ExternalID: step.id, Raw: []byte(step.raw), UpdatedAt: time.Now()})
			if err != nil || changed != step.changed {
				t.Fatalf("%s: changed is %v (%v)", step.what, changed, err)
			}
			latest, err := tx.LatestRaw(ctx, conn.ID, staffing.FeedRequisitions, step.id)
			if err != nil || string(latest.Raw) != step.raw || (changed && latest.ID != id) {
				t.Fatalf("%s: the latest is %q (%v)", step.what, latest.Raw, err)
			}
			return nil
		})
	}
}

func TestRequisitionVersions(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	conn := storetest.Connection(t, s, staffing.RoleClient)
	r := storetest.Requisition(t, s, conn)
	ats := storetest.Connection(t, s, staffing.RoleInternalATS)
	change := func(raw string) {
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			rawID, _, err := tx.InsertRawIfChanged(ctx, conn.ID, staffing.FeedRequisitions, staffing.Record{ExternalID: r.ExternalID, Raw: []byte(raw)})
			if err != nil {
				return err
			}
			id, err := tx.ReceiveRequisition(ctx, r.ClientID, conn.ID, r.ExternalID, rawID)
			if id != r.ID {
				t.Errorf("the change made another requisition")
			}
			return err
		})
	}
	saveJob := func(r store.Requisition) {
		inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.SaveJob(ctx, r, ats.ID, staffing.Receipt{ID: "job-\x001", URL: "https://ats.test/\x001"}, []byte("hash"))
		})
	}
	state := func() string {
		now, err := s.Requisition(ctx, r.ID)
		ok(t, err)
		return now.State
	}

	saveJob(r)
	if got := state(); got != store.RequisitionSynced {
		t.Fatalf("after the job it is %s", got)
	}
	change(`{"v":2}`)
	coded(t, try(s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveValidation(ctx, r) }), staffing.Conflict)
	saveJob(r)
	if got := state(); got != store.RequisitionReceived {
		t.Fatalf("the job of the old version made it %s, though a new one waits", got)
	}
	byJob, err := s.RequisitionByJob(ctx, ats.ID, "job-1")
	if err != nil || byJob.ID != r.ID || byJob.Version != 2 || byJob.SyncedVersion != 1 {
		t.Fatalf("the job is of %+v (%v)", byJob, err)
	}
	other := storetest.Requisition(t, s, conn)
	coded(t, try(s, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveJob(ctx, other, ats.ID, staffing.Receipt{ID: "job-1"}, nil)
	}), staffing.Conflict)
	coded(t, second(s.Requisition(ctx, uuid.New())), staffing.NotFound)
}

func TestDocumentsLoseNULCharactersOnly(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	title := "a\x00b \\u0000 <c> \u2028 \xff"
	r := storetest.Requisition(t, s, storetest.Connection(t, s, staffing.RoleClient), func(r *staffing.Requisition) {
		r.Title = title
		r.CustomFields = map[string]any{"k\x00": []any{"\x00\\\x00"}}
	})
	want := "ab \\u0000 <c> \u2028 \uFFFD"
	if r.Title != want || r.Canonical.V.Title != want {
		t.Errorf("the title is kept as %q and %q, want %q", r.Title, r.Canonical.V.Title, want)
	}
	if got := r.Canonical.V.CustomFields["k"]; got == nil || got.([]any)[0] != "\\" {
		t.Errorf("the custom field is kept as %q", got)
	}
}

func TestSpoolGivesEachBodyUntilItIsClosed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	conn, other := storetest.Connection(t, s, staffing.RoleClient), storetest.Connection(t, s, staffing.RoleClient)
	var ids []int64
	for _, body := range []string{"one", "", "three\x00\xff"} {
		b, err := s.AppendSpool(ctx, conn.ID, staffing.FeedStatuses, []byte(body))
		ok(t, err)
		ids = append(ids, b.ID)
	}
	pending := func() string {
		bodies, err := s.PendingSpool(ctx, conn.ID, staffing.FeedStatuses)
		ok(t, err)
		var out []string
		for _, b := range bodies {
			out = append(out, string(b.Body))
		}
		return strings.Join(out, "|")
	}
	if got := pending(); got != "one||three\x00\xff" {
		t.Fatalf("pending are %q", got)
	}
	coded(t, try(s, func(ctx context.Context, tx *store.Tx) error {
		ok(t, tx.CloseSpool(ctx, conn.ID, ids))
		return staffing.Errorf(staffing.Unavailable, "the page was not saved")
	}), staffing.Unavailable)
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.CloseSpool(ctx, other.ID, ids) })
	if got := pending(); got != "one||three\x00\xff" {
		t.Fatalf("after a rollback and a stranger's close, pending are %q", got)
	}
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.CloseSpool(ctx, conn.ID, ids[:2]) })
	if got := pending(); got != "three\x00\xff" {
		t.Errorf("pending are %q", got)
	}
}

func TestInboxTakesEachDeliveryOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	conn := storetest.Connection(t, s, staffing.RoleClient)
	d := store.Delivery{ConnectionID: conn.ID, DeliveryID: "evt-1", Headers: store.Doc(http.Header{"X": {"a\x00"}}), Body: []byte("{\x00}")}
	first := make(chan int64, 20)
	for _, err := range together(20, func(int) error {
		return try(s, func(ctx context.Context, tx *store.Tx) error {
			id, fresh, err := tx.InsertDelivery(ctx, d)
			if fresh {
				first <- id
			}
			return err
		})
	}) {
		ok(t, err)
	}
	if len(first) != 1 {
		t.Fatalf("%d of 20 were taken as new", len(first))
	}
	id := <-first
	ok(t, s.MarkDeliveryProcessed(ctx, id, "1 event"))
	kept, err := s.Delivery(ctx, id)
	if err != nil || string(kept.Body) != "{\x00}" || kept.ProcessedAt == nil {
		t.Errorf("it is kept as %+v (%v)", kept, err)
	}
	d.DeliveryID = "evt-2"
	coded(t, try(s, func(ctx context.Context, tx *store.Tx) error {
		ok(t, second2(tx.InsertDelivery(ctx, d)))
		return staffing.Errorf(staffing.Unavailable, "its job could not be enqueued")
	}), staffing.Unavailable)
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
		_, fresh, err := tx.InsertDelivery(ctx, d)
		if !fresh {
			t.Error("a delivery that was not committed counts as here when it is sent again")
		}
		return err
	})
}

func second2[A, B any](_ A, _ B, err error) error { return err }
