package handlers

import (
	"context"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// What is done to records by hand. by is who does it, as the audit log names
// them: the e-mail of a person, or "token:" and a name. Each deed is one
// transaction with its entry in that log.

// subjectFailure is what the audit log calls a failed record.
const subjectFailure staffing.Subject = "failure"

// deed is what the audit log says of a change.
type deed struct {
	by, action string
	subject    staffing.Subject
	id         uuid.UUID
}

// audited runs do in a transaction and notes the deed in the audit log there, with
// the detail that do gives.
func (s *Server) audited(ctx context.Context, d deed, do func(tx *store.Tx) (detail map[string]any, err error)) error {
	return s.store.InTx(ctx, func(tx *store.Tx) error {
		detail, err := do(tx)
		if err != nil {
			return err
		}
		return tx.Audit(ctx, d.by, d.action, string(d.subject), d.id.String(), detail)
	})
}

// revalidateBy checks a requisition again under the profile in force.
func (s *Server) revalidateBy(ctx context.Context, by string, id uuid.UUID) error {
	return s.audited(ctx, deed{by, "requisition.revalidated", staffing.SubjectRequisition, id}, func(tx *store.Tx) (map[string]any, error) {
		if _, err := tx.Requisition(ctx, id); err != nil {
			return nil, err
		}
		return nil, s.cfg.Queue.Validate(ctx, tx, id)
	})
}

// retrySubmissionBy repeats what failed of a submission, or delivers one that
// waits. One that is delivered and of which nothing failed is a conflict.
func (s *Server) retrySubmissionBy(ctx context.Context, by string, id uuid.UUID) error {
	return s.audited(ctx, deed{by, "submission.retried", staffing.SubjectSubmission, id}, func(tx *store.Tx) (map[string]any, error) {
		sub, err := tx.LockSubmission(ctx, id)
		if err != nil {
			return nil, err
		}
		failed, err := tx.LiveFailuresOf(ctx, staffing.SubjectSubmission, id.String())
		switch {
		case err != nil:
			return nil, err
		case len(failed) > 0:
			return nil, s.retryAll(ctx, tx, failed)
		case sub.State == store.SubmissionDelivered:
			return nil, staffing.Errorf(staffing.Conflict, "the submission is delivered already")
		}
		return nil, s.cfg.Queue.Deliver(ctx, tx, id)
	})
}

// retryPostingBy posts an approved placement again; one that is not approved is a
// conflict.
func (s *Server) retryPostingBy(ctx context.Context, by string, id uuid.UUID) error {
	return s.audited(ctx, deed{by, "placement.retried", staffing.SubjectPlacement, id}, func(tx *store.Tx) (map[string]any, error) {
		p, err := tx.LockPlacement(ctx, id)
		if err != nil {
			return nil, err
		}
		if p.State != store.PlacementApproved {
			return nil, staffing.Errorf(staffing.Conflict, "only an approved placement can be posted again")
		}
		failed, err := tx.LiveFailuresOf(ctx, staffing.SubjectPlacement, id.String())
		switch {
		case err != nil:
			return nil, err
		case len(failed) > 0:
			return nil, s.retryAll(ctx, tx, failed)
		}
		return nil, s.cfg.Queue.Post(ctx, tx, id)
	})
}

// retryFailureBy repeats the failed step of one record; one that is closed is a
// conflict.
func (s *Server) retryFailureBy(ctx context.Context, by string, id uuid.UUID) error {
	return s.audited(ctx, deed{by, "failure.retried", subjectFailure, id}, func(tx *store.Tx) (map[string]any, error) {
		f, err := tx.Failure(ctx, id)
		if err != nil {
			return nil, err
		}
		if f.State != store.FailureOpen && f.State != store.FailureRetrying {
			return nil, staffing.Errorf(staffing.Conflict, "the failure is %s already", f.State)
		}
		return aboutFailure(f), s.cfg.Queue.Retry(ctx, tx, f)
	})
}

// retryCauseBy repeats the failed step of every live record with that cause, and
// says of how many. None is no error, and no entry in the log.
func (s *Server) retryCauseBy(ctx context.Context, by, cause string) (n int, err error) {
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		failed, err := tx.LiveFailuresByCause(ctx, cause)
		if n = len(failed); err != nil || n == 0 {
			return err
		}
		if err := s.retryAll(ctx, tx, failed); err != nil {
			return err
		}
		return tx.Audit(ctx, by, "failure.cause_retried", string(subjectFailure), "", map[string]any{"cause": cause, "count": n})
	})
	return n, err
}

// discardFailureBy closes a failed record for good.
func (s *Server) discardFailureBy(ctx context.Context, by string, id uuid.UUID, reason string) error {
	return s.audited(ctx, deed{by, "failure.discarded", subjectFailure, id}, func(tx *store.Tx) (map[string]any, error) {
		f, err := tx.Failure(ctx, id)
		if err != nil {
			return nil, err
		}
		return aboutFailure(f), tx.DiscardFailure(ctx, id, by, reason)
	})
}

func aboutFailure(f store.Failure) map[string]any {
	return map[string]any{"step": f.Step, "subject": f.Subject, "subject_id": f.SubjectID}
}
