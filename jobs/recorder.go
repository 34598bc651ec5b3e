package jobs

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// subjectRef is what calls are made for; it travels in their context.
type subjectRef struct {
	subject staffing.Subject
	id      string
}

// recorder keeps the masked calls to vendors, beside the work: a call never waits
// for it. When the database cannot keep up, exchanges are dropped and counted.
type recorder struct {
	store   *store.Store
	log     *slog.Logger
	queue   chan store.Exchange
	stopped chan struct{}
}

func newRecorder(s *store.Store, log *slog.Logger) *recorder {
	return &recorder{store: s, log: log, queue: make(chan store.Exchange, 2000), stopped: make(chan struct{})}
}

// run writes until ctx ends, and then what is left.
func (r *recorder) run(ctx context.Context) {
	defer close(r.stopped)
	for {
		select {
		case e := <-r.queue:
			r.write(e)
		case <-ctx.Done():
			for {
				select {
				case e := <-r.queue:
					r.write(e)
				default:
					return
				}
			}
		}
	}
}

func (r *recorder) write(e store.Exchange) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := r.store.InsertExchange(ctx, e); err != nil && staffing.CodeOf(err) != staffing.Conflict { // conflict: the connection is gone
		r.log.Warn("a call to a vendor was not recorded", "connection_id", e.ConnectionID, "error", err)
	}
}

func (r *recorder) of(connection uuid.UUID) httpx.Recorder { return recorderOf{r, connection} }

type recorderOf struct {
	*recorder
	connection uuid.UUID
}

// Record implements httpx.Recorder.
func (r recorderOf) Record(ctx context.Context, x httpx.Exchange) {
	path := x.Path
	if x.Query != "" {
		path += "?" + x.Query
	}
	e := store.Exchange{ConnectionID: r.connection, At: x.At, Method: x.Method, Host: x.Host, Path: path, Status: x.Status,
		DurationMS: int(x.Duration.Milliseconds()), RequestHeaders: headerText(x.RequestHeader), RequestBody: x.RequestBody,
		ResponseHeaders: headerText(x.ResponseHeader), ResponseBody: x.ResponseBody, Error: x.Err}
	if ref, ok := httpx.SubjectFrom(ctx).(subjectRef); ok {
		e.Subject = ref.subject
		if id, err := uuid.Parse(ref.id); err == nil {
			e.SubjectID = &id
		}
	}
	select {
	case r.queue <- e:
	default:
		r.log.Warn("a call to a vendor was not recorded: too many wait for the database", "connection_id", r.connection)
	}
}

// headerText gives one "Name: value" per line, sorted.
func headerText(h http.Header) string {
	lines := make([]string, 0, len(h))
	for name, values := range h {
		lines = append(lines, name+": "+strings.Join(values, ", "))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
