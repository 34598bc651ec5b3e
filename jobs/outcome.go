package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// action is what the queue does with a job whose step failed.
type action string

const (
	giveUp  action = "cancel" // a person has to act; the failure is open
	waitFor action = "snooze" // again after the wait, without using up an attempt
	again   action = "retry"  // again with growing waits; open after the last one
)

// outcomes is the one table from an error's code to the queue. Unauthorized also
// marks the connection, so that the vendor is not hammered with bad credentials;
// its failures are released when the connection works again.
var outcomes = map[staffing.Code]action{
	staffing.Invalid:      giveUp,
	staffing.Unauthorized: giveUp,
	staffing.Forbidden:    giveUp,
	staffing.NotFound:     giveUp,
	staffing.Conflict:     again,
	staffing.RateLimited:  waitFor,
	staffing.Unavailable:  again,
	staffing.Internal:     again,
}

const (
	maxTries    = 30              // failures of a step before it waits for a person; crashes do not count
	maxAttempts = 1000            // of the queue, which counts crashes too and would then drop the job in silence
	longWait    = 5 * time.Minute // by the vendor's pace, before it is shown
	longestWait = 10 * time.Minute
	askedWait   = time.Hour // more than a vendor's Retry-After is believed for
)

// outcome records a failure and tells the queue what to do. It is called once per
// attempt, after the step.
func (h *Hub) outcome(ctx context.Context, r *run, err error, args json.RawMessage) error {
	switch {
	case err == nil:
		return nil
	case stopping(ctx):
		return ctx.Err() // the job goes back as it was
	}
	code := staffing.CodeOf(err)
	act, wait := verdict(code, err, r)
	state, next := store.FailureRetrying, (*time.Time)(nil)
	if act == giveUp {
		state = store.FailureOpen
	} else {
		at := h.now().Add(wait)
		next = &at
	}
	level := slog.LevelInfo
	if code == staffing.Internal {
		level = slog.LevelError
	}
	h.log.Log(ctx, level, "step failed", "kind", r.kind, "job_id", r.jobID, "attempt", r.attempt, "subject_id", r.subjectID,
		"connection_id", r.connectionText(), "code", string(code), "then", string(act), "wait", wait.String(), "error", err)
	cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var note *store.Failure
	if r.worthNoting(code, act, wait) {
		f := r.failure(err, state, next, args)
		note = &f
	}
	switch e := h.note(cleanup, r, err, note); {
	case errors.Is(e, errPassedOn):
		return passedOn{}
	case e != nil:
		h.log.Error("failure not noted", "job_id", r.jobID, "error", e)
		return fmt.Errorf("%s (not noted)", staffing.MessageOf(err)) // the queue tries again, so that nothing is silent
	}
	switch act {
	case giveUp:
		return river.JobCancel(errors.New(staffing.MessageOf(err)))
	case waitFor:
		return river.JobSnooze(wait)
	default:
		return errors.New(staffing.MessageOf(err))
	}
}

// verdict says what to do with an error and how long to wait before it.
func verdict(code staffing.Code, err error, r *run) (action, time.Duration) {
	act := outcomes[code]
	asked := min(staffing.RetryAfterOf(err), askedWait)
	switch {
	case act == giveUp:
		return giveUp, 0
	case asked > 0 && code != staffing.Internal:
		return waitFor, asked + jitter(asked/10+time.Second)
	case act == waitFor:
		return waitFor, 2*time.Second + jitter(2*time.Second)
	case r.tries >= maxTries || r.attempt >= r.maxAttempts:
		return giveUp, 0
	case code == staffing.Conflict:
		return again, backoff(min(r.tries, 3)) // whoever was first is done in a moment
	default:
		return again, backoff(r.tries)
	}
}

// worthNoting keeps what heals by itself at once off the page of failed records:
// the vendor's pace, and the first meeting of two workers. A vendor that asks for
// a long wait is shown.
func (r *run) worthNoting(code staffing.Code, act action, wait time.Duration) bool {
	switch {
	case act == giveUp:
		return true
	case r.quiet:
		return false
	case code == staffing.RateLimited:
		return wait > longWait
	default:
		return code != staffing.Conflict || r.tries > 2
	}
}

// stopping says that the hub stops, or that somebody cancelled the job: its
// context has ended before its time was over.
func stopping(ctx context.Context) bool { return errors.Is(ctx.Err(), context.Canceled) }

// note writes down what a failed attempt leaves behind, as long as the job is
// still this attempt's: its failure, unless that is nil, and a connection whose
// credentials were refused.
func (h *Hub) note(ctx context.Context, r *run, cause error, f *store.Failure) error {
	refused := staffing.CodeOf(cause) == staffing.Unauthorized && r.connection != uuid.Nil
	err := h.store.InTx(ctx, func(tx *store.Tx) error {
		switch err := tx.FenceJob(ctx, r.jobID, r.attempt); staffing.CodeOf(err) {
		case "":
		case staffing.Conflict, staffing.NotFound:
			return errPassedOn
		default:
			return err
		}
		if refused {
			if err := tx.MarkNeedsAttention(ctx, r.connection, staffing.MessageOf(cause)); err != nil {
				return err
			}
		}
		if f == nil {
			return nil
		}
		return tx.NoteFailure(ctx, *f)
	})
	if refused {
		h.systems.Forget(r.connection)
	}
	return err
}

// errPassedOn says that the job is done, or another attempt's.
var errPassedOn = errors.New("the job has passed to another attempt")

// passedOn tells the queue nothing. The queue takes what an attempt says for the
// word of whichever attempt runs now: a late one would fail, put off or cancel the
// job of the one that is at work. An error about no jobs leaves the row alone.
type passedOn struct{}

// Error implements error.
func (passedOn) Error() string { return errPassedOn.Error() }

// Jobs lists none, which is the point.
func (passedOn) Jobs() []*rivertype.JobRow { return nil }

// ErrorsByID belongs to Jobs.
func (passedOn) ErrorsByID() map[int64]error { return nil }

func (r *run) failure(err error, state string, next *time.Time, args json.RawMessage) store.Failure {
	f := store.Failure{Step: r.kind, Subject: r.subject, SubjectID: r.subjectID, Code: staffing.CodeOf(err), Cause: r.cause(err),
		Message: staffing.MessageOf(err), State: state, Args: store.Doc(args), NextAt: next}
	if r.connection != uuid.Nil {
		id := r.connection
		f.ConnectionID = &id
	}
	return f
}

// cause is equal for records that failed for the same reason: the step, the
// connection and the sentence without its numbers.
func (r *run) cause(err error) string {
	var blocked *blockedError
	if errors.As(err, &blocked) {
		return r.kind + "/" + blocked.cause
	}
	var waiting *waitingError
	if errors.As(err, &waiting) {
		return "connection/" + r.connection.String()
	}
	plain := strings.Map(func(c rune) rune {
		if unicode.IsDigit(c) {
			return -1
		}
		return c
	}, staffing.MessageOf(err))
	sum := sha256.Sum256([]byte(r.connection.String() + plain))
	return fmt.Sprintf("%s/%s/%s", r.kind, staffing.CodeOf(err), hex.EncodeToString(sum[:4]))
}

// backoff doubles from one second to ten minutes.
func backoff(attempt int) time.Duration {
	d := time.Second << min(max(attempt-1, 0), 12)
	return min(d, longestWait) + jitter(d/4)
}

func jitter(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return rand.N(min(d, time.Minute)) //nolint:gosec // it spreads calls, it guards nothing
}

// retryPolicy is the same backoff, as the queue asks for it.
type retryPolicy struct {
	rescueAfter time.Duration
	now         func() time.Time
}

// NextRetry implements river.ClientRetryPolicy. A job whose worker died did not
// fail: it is tried again at once.
func (p retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	now := p.now()
	if job.AttemptedAt != nil && now.Sub(*job.AttemptedAt) >= p.rescueAfter {
		return now.Add(jitter(2 * time.Second))
	}
	return now.Add(backoff(tries(job)))
}

// tries counts the attempts that failed by themselves, the present one included.
func tries(job *rivertype.JobRow) int {
	n := 1
	for _, e := range job.Errors {
		if !strings.Contains(e.Error, "rescued by") {
			n++
		}
	}
	return n
}
