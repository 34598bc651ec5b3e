package handlers

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// listFailures lists what did not arrive, by cause and one by one.
func (s *Server) listFailures(w http.ResponseWriter, r *http.Request) error {
	v, err := s.failureList(r)
	if err != nil {
		return err
	}
	if v.Page, err = s.page(r, web.NavFailed, "Failed records"); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.FailuresPage(v))
}

// showFailuresFragment shows the list again, after a change.
func (s *Server) showFailuresFragment(w http.ResponseWriter, r *http.Request) error {
	v, err := s.failureList(r)
	if err != nil {
		return err
	}
	v.Page = s.bare(r, web.NavFailed, "Failed records")
	return s.render(w, r, http.StatusOK, web.FailuresFragment(v))
}

func (s *Server) failureList(r *http.Request) (v web.FailuresView, err error) {
	ctx, q := r.Context(), queryOf(r, "/failed")
	rows, total, err := s.store.Failures(ctx, store.FailureFilter{State: q.text("state"), Cause: q.text("cause"), ConnectionID: q.id("connection"), Limit: rowsPerPage, Offset: q.offset()})
	if err != nil {
		return v, err
	}
	causes, err := s.store.Causes(ctx)
	if err != nil {
		return v, err
	}
	connections, err := s.store.Connections(ctx)
	if err != nil {
		return v, err
	}
	v = web.FailuresView{Causes: causesView(causes), States: failureStates(q.text("state")), Cause: q.text("cause"), Filtered: q.filtered("state", "cause", "connection"),
		Pager: q.pager(total), Query: q.raw()}
	var pairs [][2]string
	for _, c := range connections {
		pairs = append(pairs, [2]string{c.ID.String(), c.Name})
	}
	v.Connections = options(q.text("connection"), pairs...)
	for _, f := range rows {
		v.Rows = append(v.Rows, failureRowView(f, s.now()))
	}
	return v, nil
}

// showFailure shows one failed record.
func (s *Server) showFailure(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	return s.renderFailure(w, r, id, http.StatusOK, "")
}

func (s *Server) renderFailure(w http.ResponseWriter, r *http.Request, id uuid.UUID, status int, discardError string) error {
	facts, err := s.failureFacts(r.Context(), id)
	if err != nil {
		return err
	}
	v := failureView(facts, s.now())
	v.DiscardError = discardError
	if v.Page, err = s.page(r, web.NavFailed, orText(v.Subject, "Failed record")); err != nil {
		return err
	}
	return s.render(w, r, status, web.FailurePage(v))
}

// failureFacts collects what the page of a failed record tells.
func (s *Server) failureFacts(ctx context.Context, id uuid.UUID) (f failureFacts, err error) {
	if f.failure, err = s.store.FailureRow(ctx, id); err != nil {
		return f, err
	}
	if f.systems, err = s.systemNames(ctx); err != nil {
		return f, err
	}
	if _, f.sameCause, err = s.store.Failures(ctx, store.FailureFilter{Cause: f.failure.Cause, Limit: 1}); err != nil {
		return f, err
	}
	if f.payload, err = s.failurePayload(ctx, f.failure.Failure); err != nil {
		return f, err
	}
	subjectID := parsed(f.failure.SubjectID)
	if subjectID == uuid.Nil { // a webhook's number: it wrote nothing and called nobody
		return f, nil
	}
	if f.effects, err = s.store.Effects(ctx, f.failure.Subject, subjectID); err != nil {
		return f, err
	}
	if f.failure.Subject == staffing.SubjectConnection {
		f.exchanges, err = s.store.ExchangesWith(ctx, subjectID, shownExchanges)
		return f, err
	}
	f.exchanges, err = s.store.ExchangesOf(ctx, f.failure.Subject, subjectID, shownExchanges)
	return f, err
}

// failurePayload finds the body that the failed step worked on, if one is kept.
func (s *Server) failurePayload(ctx context.Context, f store.Failure) (web.Document, error) {
	switch f.Subject {
	case staffing.SubjectWebhook:
		n, err := strconv.ParseInt(f.SubjectID, 10, 64)
		if err != nil {
			return web.Document{}, nil //nolint:nilerr // an id that is no number names no delivery: there is no payload
		}
		d, err := optional(s.store.Delivery(ctx, n))
		return web.Document{Title: "Webhook body", Body: string(d.Body)}, err
	case staffing.SubjectRequisition:
		return s.requisitionPayload(ctx, f.SubjectID)
	case staffing.SubjectPlacement:
		return s.placementPayload(ctx, f.SubjectID)
	default:
		return web.Document{}, nil
	}
}

func (s *Server) requisitionPayload(ctx context.Context, id string) (web.Document, error) {
	r, err := optional(s.store.Requisition(ctx, parsed(id)))
	if err != nil {
		return web.Document{}, err
	}
	raw, err := optional(s.store.RawRecord(ctx, r.RawID))
	return web.Document{Title: "Requisition as the client's system sent it", Body: string(raw.Raw)}, err
}

func (s *Server) placementPayload(ctx context.Context, id string) (web.Document, error) {
	p, err := optional(s.store.Placement(ctx, parsed(id)))
	if err != nil || p.RawID == nil {
		return web.Document{}, err
	}
	raw, err := optional(s.store.RawRecord(ctx, *p.RawID))
	return web.Document{Title: "Placement as the client's system sent it", Body: string(raw.Raw)}, err
}

// parsed gives the id, or the nil id that no record has.
func parsed(id string) uuid.UUID {
	u, err := uuid.Parse(id)
	if err != nil {
		return uuid.Nil
	}
	return u
}

// retryFailure tries one record again.
func (s *Server) retryFailure(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := s.retryFailureBy(r.Context(), viewer(r).Email, id); err != nil {
		return err
	}
	return s.done(w, r, "/failed/"+id.String(), "The record is tried again.")
}

// retryCause tries every live record that failed for one reason again.
func (s *Server) retryCause(w http.ResponseWriter, r *http.Request) error {
	cause, err := pathText(r, "cause")
	if err != nil {
		return err
	}
	n, err := s.retryCauseBy(r.Context(), viewer(r).Email, cause)
	switch {
	case err != nil:
		return err
	case n == 0:
		return s.done(w, r, "/failed", "No record with this cause waits any more.")
	case n == 1:
		return s.done(w, r, "/failed", "1 record is tried again.")
	}
	return s.done(w, r, "/failed", fmt.Sprintf("%d records are tried again.", n))
}

// discardFailure closes a record for good, with the reason.
func (s *Server) discardFailure(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	reason, err := reasonOf(r)
	if err != nil {
		return s.renderFailure(w, r, id, statusOf(err), sentence(staffing.MessageOf(err)))
	}
	if err := s.discardFailureBy(r.Context(), viewer(r).Email, id, reason); err != nil {
		return err
	}
	return s.done(w, r, "/failed/"+id.String(), "The record is discarded.")
}
