package handlers

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

const (
	cardsPerStage  = 12 // on the board
	shownExchanges = 20 // the newest calls on a page
)

// listSubmissions lists candidates put forward, or shows them on a board.
func (s *Server) listSubmissions(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r, "/submissions")
	filter := store.SubmissionFilter{ClientID: q.id("client"), State: q.text("state"), Stage: q.text("stage"), Search: q.text("q"), Limit: rowsPerPage, Offset: q.offset()}
	v := web.SubmissionsView{Board: q.text("view") == "board", ListURL: q.with("view", ""), BoardURL: q.with("view", "board"), Q: q.text("q"),
		Filtered: q.filtered("q", "client", "stage", "state"), Stages: stageOptions(q.text("stage")), States: submissionStates(q.text("state"))}
	var err error
	if v.Board {
		err = s.fillBoard(r.Context(), &v, q, filter)
	} else {
		err = s.fillSubmissions(r.Context(), &v, q, filter)
	}
	if err != nil {
		return err
	}
	if v.Clients, err = s.clientOptions(r, q.text("client")); err != nil {
		return err
	}
	if v.Page, err = s.page(r, web.NavSubmissions, "Submissions"); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.SubmissionsPage(v))
}

func (s *Server) fillSubmissions(ctx context.Context, v *web.SubmissionsView, q listQuery, f store.SubmissionFilter) error {
	rows, total, err := s.store.Submissions(ctx, f)
	if err != nil {
		return err
	}
	v.Pager = q.pager(total)
	for _, row := range rows {
		v.Rows = append(v.Rows, submissionRowView(row))
	}
	return nil
}

func (s *Server) fillBoard(ctx context.Context, v *web.SubmissionsView, q listQuery, f store.SubmissionFilter) error {
	rows, err := s.store.SubmissionBoard(ctx, f, cardsPerStage)
	if err != nil {
		return err
	}
	v.Columns = boardView(rows, q.without("view"))
	return nil
}

// showSubmission shows one submission with its timeline.
func (s *Server) showSubmission(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	facts, err := s.submissionFacts(r.Context(), id)
	if err != nil {
		return err
	}
	v := submissionView(facts)
	if v.Page, err = s.page(r, web.NavSubmissions, orText(v.Candidate, "Submission")); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.SubmissionPage(v))
}

// submissionFacts collects what the page of a submission tells.
func (s *Server) submissionFacts(ctx context.Context, id uuid.UUID) (f submissionFacts, err error) {
	if f.submission, err = s.store.SubmissionRow(ctx, id); err != nil {
		return f, err
	}
	if f.placement, err = optional(s.store.PlacementOf(ctx, id)); err != nil {
		return f, err
	}
	if f.timeline, err = s.store.StageEvents(ctx, id); err != nil {
		return f, err
	}
	if f.effects, err = s.store.Effects(ctx, staffing.SubjectSubmission, id); err != nil {
		return f, err
	}
	if f.exchanges, err = s.store.ExchangesOf(ctx, staffing.SubjectSubmission, id, shownExchanges); err != nil {
		return f, err
	}
	if f.failures, err = s.store.LiveFailuresOf(ctx, staffing.SubjectSubmission, id.String()); err != nil {
		return f, err
	}
	f.systems, err = s.systemNames(ctx)
	return f, err
}

// retrySubmission repeats what failed, or delivers again what waits.
func (s *Server) retrySubmission(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := s.retrySubmissionBy(r.Context(), viewer(r).Email, id); err != nil {
		return err
	}
	return s.done(w, r, "/submissions/"+id.String(), "The submission is tried again.")
}

// retryAll repeats the failed steps of one record.
func (s *Server) retryAll(ctx context.Context, tx *store.Tx, failed []store.Failure) error {
	for _, f := range failed {
		if err := s.cfg.Queue.Retry(ctx, tx, f); err != nil {
			return err
		}
	}
	return nil
}
