package handlers

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/internal/apitoken"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

func TestARequisitionIsToldAsTheHubKnowsIt(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	token := h.token(apitoken.ScopeRead)
	var got api.Requisition
	h.want(h.call("GET", "/requisitions/"+w.requisition.ID.String(), token, nil), http.StatusOK).into(t, &got)
	if got.ID != w.requisition.ID || got.ClientName != w.client.Name || got.Title != "Network Engineer" || got.Canonical.StartDate != "2026-04-06" || got.Submissions != 1 {
		t.Errorf("the requisition is told as %+v", got)
	}
	var raw api.RawRecord
	h.want(h.call("GET", "/requisitions/"+w.requisition.ID.String()+"/raw", token, nil), http.StatusOK).into(t, &raw)
	var payload struct{ ID, Title, Status string }
	noError(t, json.Unmarshal(raw.Payload, &payload))
	if payload.ID != w.requisition.ExternalID || payload.Status != "Open" {
		t.Errorf("the payload is told as %s", raw.Payload)
	}
}

func TestAPayloadThatIsNoJSONIsToldAsText(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{`{"id": 12345678901234567890}`: `{"id": 12345678901234567890}`, `<req id="1"/>`: `"\u003creq id=\"1\"/\u003e"`, "": `""`} {
		if got := string(asJSON([]byte(body))); got != want {
			t.Errorf("%q is told as %s, want %s", body, got, want)
		}
	}
}

func TestATimelineIsToldByTheClientsClock(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	noError(t, h.store.InTx(context.Background(), func(tx *store.Tx) error {
		s, err := tx.LockSubmission(context.Background(), w.submission.ID)
		if err != nil {
			return err
		}
		for i, e := range []store.StageEvent{
			{Source: store.SourceClient, Stage: staffing.Interview, RawStatus: "Phone screen", OccurredAt: h.store.Now().Add(time.Hour)},
			{Source: store.SourceClient, RawStatus: "Parked", OccurredAt: h.store.Now().Add(2 * time.Hour)},
		} {
			if _, err := tx.AddStageEvent(context.Background(), s, e); err != nil {
				t.Errorf("event %d: %v", i, err)
			}
		}
		return nil
	}))
	var got api.Timeline
	h.want(h.call("GET", "/submissions/"+w.submission.ID.String()+"/timeline", h.token(apitoken.ScopeRead), nil), http.StatusOK).into(t, &got)
	n := len(got.Items)
	if n < 2 || got.Items[n-2].Stage != staffing.Interview || got.Items[n-1].Stage != "" || got.Items[n-1].Move != staffing.MoveUnmapped {
		t.Errorf("the timeline is %+v", got.Items)
	}
}

func TestADeliveredSubmissionIsNotDeliveredAgain(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	storetest.Deliver(t, h.store, w.submission)
	h.refused(h.want(h.call("POST", "/submissions/"+w.submission.ID.String()+"/retry", h.token(apitoken.ScopeRecords), nil), http.StatusConflict), staffing.Conflict, "")
	if len(h.queue.list) != 0 || len(h.audited()) != 0 {
		t.Errorf("the refusal left its mark: %v", h.queue.list)
	}
}

func TestWhatFailedOfASubmissionIsRetriedInItsStep(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	storetest.Deliver(t, h.store, w.submission)
	noError(t, h.store.NoteFailure(context.Background(), store.Failure{Step: "status.sync", Subject: staffing.SubjectSubmission, SubjectID: w.submission.ID.String(),
		Code: staffing.Invalid, Cause: "refused", Message: "refused", State: store.FailureOpen, Args: store.Doc(json.RawMessage("{}"))}))
	h.want(h.call("POST", "/submissions/"+w.submission.ID.String()+"/retry", h.token(apitoken.ScopeRecords), nil), http.StatusAccepted)
	if id := w.submission.ID.String(); !h.queue.has("retry "+id) || h.queue.has("deliver "+id) {
		t.Errorf("the queue got %v", h.queue.list)
	}
}

func TestAPlacementIsToldWithItsBill(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	a := h.want(h.call("GET", "/placements/"+w.placement.ID.String(), h.token(apitoken.ScopeRead), nil), http.StatusOK)
	var got api.Placement
	a.into(t, &got)
	if got.ContentHash != w.placement.ContentHash || got.Bill == nil || got.Bill.Total.String() != "3800" || got.Currency != "USD" || got.WorkerName != "Ada Byron" {
		t.Errorf("the placement is told as %s", a.body)
	}
	if !bytes.Contains(a.body, []byte(`"total":"3800"`)) {
		t.Errorf("amounts must be text, so that nothing is rounded: %s", a.body)
	}
}

func TestATokenSendsBackInItsOwnName(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	text, record := h.issue(time.Now().Add(time.Hour), apitoken.ScopePlacements)
	path := "/placements/" + w.placement.ID.String() + "/send-back"
	var got api.Placement
	h.want(h.call("POST", path, text, map[string]any{"reason": "The rate is wrong."}), http.StatusOK).into(t, &got)
	if got.State != "sent_back" || got.SentBackReason != "The rate is wrong." || h.desk.by.Email != "token:robot" || h.desk.by.ID != record.ID {
		t.Errorf("the placement is %+v, sent back by %+v", got.State, h.desk.by)
	}
	h.refused(h.want(h.call("POST", path, text, map[string]any{"reason": "Again."}), http.StatusConflict), staffing.Conflict, "")
	h.refused(h.want(h.call("POST", path, text, map[string]any{"reason": "x"}), http.StatusUnprocessableEntity), staffing.Invalid, "reason")
}

func TestOnlyAnApprovedPlacementIsPostedAgain(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	h.refused(h.want(h.call("POST", "/placements/"+w.placement.ID.String()+"/retry", h.token(apitoken.ScopeRecords), nil), http.StatusConflict), staffing.Conflict, "")
	if len(h.queue.list) != 0 {
		t.Errorf("the queue got %v", h.queue.list)
	}
}

func TestAClosedFailureIsNotRetried(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	token, path := h.token(apitoken.ScopeRecords), "/failures/"+w.failure.ID.String()
	var got api.Failure
	h.want(h.call("POST", path+"/discard", token, map[string]any{"reason": "The client closed it."}), http.StatusOK).into(t, &got)
	if got.State != "discarded" || got.ClosedBy != "token:robot" || got.CloseReason != "The client closed it." {
		t.Errorf("the failure is %+v", got)
	}
	h.refused(h.want(h.call("POST", path+"/retry", token, nil), http.StatusConflict), staffing.Conflict, "")
	h.refused(h.want(h.call("POST", path+"/discard", token, map[string]any{"reason": "Once more."}), http.StatusConflict), staffing.Conflict, "")
	h.refused(h.want(h.call("POST", "/failures/retry", token, map[string]any{"cause": "ats down"}), http.StatusNotFound), staffing.NotFound, "")
	if len(h.queue.list) != 0 {
		t.Errorf("the queue got %v", h.queue.list)
	}
}

func TestABrokenAuditLogIsAnAnswer(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	h.want(h.call("POST", "/clients", h.token(apitoken.ScopeConnections), map[string]any{"code": "ACME", "name": "Acme"}), http.StatusCreated)
	token := h.token(apitoken.ScopeRead)
	var got api.AuditVerification
	h.want(h.call("GET", "/audit/verify", token, nil), http.StatusOK).into(t, &got)
	if !got.Verified || got.Entries != 1 || len(got.Head) != 64 {
		t.Errorf("the log is told as %+v", got)
	}
	head := got.Head
	h.want(h.call("GET", "/audit/verify?head="+head, token, nil), http.StatusOK).into(t, &got)
	if !got.Verified {
		t.Errorf("the log does not end with its head: %+v", got)
	}
	h.want(h.call("GET", "/audit/verify?head="+string(bytes.Repeat([]byte("0"), 64)), token, nil), http.StatusOK).into(t, &got)
	if got.Verified || got.Problem == "" {
		t.Errorf("another head is verified: %+v", got)
	}
	var page api.AuditPage
	h.want(h.call("GET", "/audit?action=client.&actor=token:robot&subject=client", token, nil), http.StatusOK).into(t, &page)
	if page.Total != 1 || page.Items[0].Hash != head || string(page.Items[0].Detail) != `{"code":"ACME"}` {
		t.Errorf("the log is %+v", page)
	}
}

func TestAClientNeedsGoodWords(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	token := h.token(apitoken.ScopeConnections)
	var got api.Client
	h.want(h.call("POST", "/clients", token, map[string]any{"code": "ACME", "name": "Acme"}), http.StatusCreated).into(t, &got)
	if got.Currency != "USD" || got.Timezone != "UTC" {
		t.Errorf("what was left out is not filled in: %+v", got)
	}
	h.refused(h.want(h.call("POST", "/clients", token, map[string]any{"code": "ACME", "name": "Other"}), http.StatusConflict), staffing.Conflict, "")
	for field, body := range map[string]map[string]any{
		"code": {"code": "acme", "name": "Acme"}, "name": {"code": "A-1", "name": ""}, "currency": {"code": "A-1", "name": "A", "currency": "dollar"},
		"timezone": {"code": "A-1", "name": "A", "timezone": "Mars/Base"},
	} {
		h.refused(h.want(h.call("POST", "/clients", token, body), http.StatusUnprocessableEntity), staffing.Invalid, field)
	}
	h.refused(h.want(h.call("POST", "/clients", token, map[string]any{"name": "A"}), http.StatusUnprocessableEntity), staffing.Invalid, "code")
}
