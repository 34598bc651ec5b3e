package jobs

import (
	"context"
	"encoding/json"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// arguments are a job's arguments that say what the job is about.
type arguments interface {
	river.JobArgs
	about() (subject staffing.Subject, id string)
}

// worker runs one step for the queue. Every kind is an instance of it.
type worker[A arguments] struct {
	river.WorkerDefaults[A]
	hub     *Hub
	step    func(ctx context.Context, r *run, args A) error
	timeout time.Duration // 0: the hub's
}

// Timeout implements river.Worker.
func (w *worker[A]) Timeout(*river.Job[A]) time.Duration { return w.timeout }

func add[A arguments](workers *river.Workers, h *Hub, step func(context.Context, *run, A) error) {
	river.AddWorker(workers, &worker[A]{hub: h, step: step})
}

// addPoll adds a poll. It may take longer than a step: it waits for the vendor's
// pace at every page, and a heartbeat on its lease shows that it lives.
func addPoll[A arguments](workers *river.Workers, h *Hub, step func(context.Context, *run, A) error) {
	addLong(workers, h, step)
}

// addLong adds a step that works through many records.
func addLong[A arguments](workers *river.Workers, h *Hub, step func(context.Context, *run, A) error) {
	river.AddWorker(workers, &worker[A]{hub: h, step: step, timeout: 4 * h.jobTimeout})
}

// Work implements river.Worker.
func (w *worker[A]) Work(ctx context.Context, job *river.Job[A]) error {
	r := &run{hub: w.hub, jobID: job.ID, kind: job.Kind, attempt: job.Attempt, maxAttempts: job.MaxAttempts, tries: tries(job.JobRow), args: job.EncodedArgs}
	r.subject, r.subjectID = job.Args.about()
	r.complete = func(ctx context.Context, tx *store.Tx) error {
		if err := tx.FenceJob(ctx, job.ID, job.Attempt); err != nil {
			return err
		}
		_, err := river.JobCompleteTx[*riverdatabasesql.Driver](ctx, tx.SQL(), job)
		return err
	}
	ctx = httpx.WithSubject(ctx, subjectRef{r.subject, r.subjectID})
	began := time.Now()
	err := guarded(func() error { return w.step(ctx, r, job.Args) })
	r.rise()
	if err == nil && !r.done {
		err = r.finish(ctx, nil)
	}
	w.hub.metrics.step(job.Kind, err, time.Since(began))
	return w.hub.outcome(ctx, r, err, job.EncodedArgs)
}

// guarded turns a panic into an internal error, so that it is noted like any other.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = staffing.Errorf(staffing.Internal, "the step stopped with a fault of the hub; the log has the details (%T)", p)
			err = &staffing.Error{Code: staffing.Internal, Message: staffing.MessageOf(err), Err: panicked{p, debug.Stack()}}
		}
	}()
	return f()
}

// run is one attempt of one job.
type run struct {
	hub                  *Hub
	jobID                int64
	kind                 string
	attempt, maxAttempts int // as the queue counts them: crashes are attempts too
	tries                int // that failed by themselves, this one included
	args                 json.RawMessage
	subject              staffing.Subject
	subjectID            string
	connection           uuid.UUID // the outside system that the step works with
	complete             func(context.Context, *store.Tx) error
	done                 bool
	seats                []seat
	standing             bool // a poll: its lease is its seat
	quiet                bool // retries of this step are normal and are not noted
}

func (r *run) connectionText() string {
	if r.connection == uuid.Nil {
		return ""
	}
	return r.connection.String()
}

// open opens the connection for the step; failures are noted with it from now
// on. A connection that is paused or needs attention takes no calls: the step
// waits until a person has resumed it.
func (r *run) open(ctx context.Context, id uuid.UUID) (*System, error) {
	r.connection = id
	sys, err := r.hub.systems.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	if sys.Connection.State != staffing.ConnectionActive {
		why := "is paused"
		if sys.Connection.State == staffing.ConnectionNeedsAttention {
			why = "needs attention"
		}
		return nil, &waitingError{err: &staffing.Error{Code: staffing.Forbidden,
			Message: "The connection " + sys.Connection.Name + " " + why + "; this goes on by itself when it is resumed."}}
	}
	if err := sys.resting(r.hub.now()); err != nil {
		return nil, err
	}
	return sys, r.sit(ctx, sys)
}

// sit takes a seat at the connection until the step ends. When all are taken, the
// step comes back when its turn may be: it has not called anybody.
func (r *run) sit(ctx context.Context, sys *System) error {
	if r.standing {
		return nil
	}
	place, ok := sys.lane.take(time.Now(), r.jobID)
	if !ok {
		r.hub.clear(ctx, sys.lane, r.kind, sys.Connection.ID)
		return sys.lane.full(time.Now(), r.jobID, sys.Connection.Name)
	}
	r.seats = append(r.seats, place)
	return nil
}

// rise gives the seats back.
func (r *run) rise() {
	for _, s := range r.seats {
		s.leave(time.Now())
	}
	r.seats = nil
}

// leave gives back the seat at one system, of which nothing more is asked: a step
// that waits for a slow system shall not sit at a quick one.
func (r *run) leave(sys *System) {
	if i := slices.IndexFunc(r.seats, func(s seat) bool { return s.lane == sys.lane }); i >= 0 {
		r.seats[i].leave(time.Now())
		r.seats = slices.Delete(r.seats, i, i+1)
	}
}

// at says that the step works with that connection from now on.
func (r *run) at(id uuid.UUID) { r.connection = id }

// finish commits what the step has done, completes its job and closes its
// failure, in one transaction. do may be nil. It is the last thing a step does.
func (r *run) finish(ctx context.Context, do func(tx *store.Tx) error) error {
	err := r.hub.store.InTx(ctx, func(tx *store.Tx) error {
		if do != nil {
			if err := do(tx); err != nil {
				return err
			}
		}
		if err := tx.ResolveFailure(ctx, r.kind, r.subject, r.subjectID); err != nil {
			return err
		}
		return r.complete(ctx, tx)
	})
	r.done = err == nil
	return err
}

// block commits what the step found, completes its job, and leaves the record on
// the page of failed records: it waits for a person.
func (r *run) block(ctx context.Context, why error, do func(tx *store.Tx) error) error {
	err := r.hub.store.InTx(ctx, func(tx *store.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		if err := tx.NoteFailure(ctx, r.failure(why, store.FailureOpen, nil, r.args)); err != nil {
			return err
		}
		return r.complete(ctx, tx)
	})
	r.done = err == nil
	return err
}
