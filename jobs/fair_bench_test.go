package jobs

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// lateSink is a client's system that answers after so long.
type lateSink struct {
	latency time.Duration
	mu      sync.Mutex
	asked   map[string]time.Time // by our key: when it was first asked
}

func (l *lateSink) Check(context.Context) (staffing.Report, error) { return staffing.Report{}, nil }

func (l *lateSink) Submit(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	l.mu.Lock()
	if _, there := l.asked[req.Key]; !there {
		l.asked[req.Key] = time.Now()
	}
	l.mu.Unlock()
	select {
	case <-time.After(l.latency):
		return staffing.Receipt{ID: req.Key}, nil
	case <-ctx.Done():
		return staffing.Receipt{}, lostAnswer()
	}
}

func (l *lateSink) FindSubmission(context.Context, staffing.SubmissionRequest) (staffing.Receipt, error) {
	return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "no such application")
}

// anyone is an internal ATS that knows every candidate.
type anyone struct{}

func (anyone) Check(context.Context) (staffing.Report, error) { return staffing.Report{}, nil }
func (anyone) Candidate(_ context.Context, id string) (staffing.Record, error) {
	return staffing.Record{ExternalID: id, Raw: json.RawMessage(`{"first":"Ada","last":"Byron","email":"` + id + `@example.com","bill":"95","pay":"60"}`)}, nil
}
func (anyone) Resume(context.Context, string) (*staffing.File, error) { return nil, nil }

// fairHub runs a hub between an internal ATS, a sick client and a quick one.
func fairHub(b *testing.B, sick, quick *lateSink) (h *Hub, sickID, quickID store.Connection) {
	b.Helper()
	s, dsn := storetest.NewWithDSN(b)
	kind := func(name string, role staffing.Role, doc string, c staffing.Checker) connectors.Kind {
		return connectors.Kind{Name: name, Label: name, Role: role, DocsURL: "https://vendor.test", APIVersion: "1", Mapping: []byte(doc),
			Open: func(connectors.Deps) (staffing.Checker, error) { return c, nil }}
	}
	registry, err := connectors.NewRegistry(kind("sick", staffing.RoleClient, clientProfile, sick), kind("quick", staffing.RoleClient, clientProfile, quick), kind("ats", staffing.RoleInternalATS, atsProfile, anyone{}))
	must(b, err)
	listener, err := store.OpenListener(b.Context(), dsn, true)
	must(b, err)
	b.Cleanup(listener.Close)
	h, err = New(Config{Store: s, Listener: listener, Registry: registry, WorksHere: true, Log: testLog()})
	must(b, err)
	connect := func(role staffing.Role, kind string) store.Connection {
		c := storetest.Connection(b, s, role, func(c *store.Connection) { c.Kind, c.Settings = kind, store.Doc(map[string]string{}) })
		must(b, s.InTx(b.Context(), func(tx *store.Tx) error { return h.Systems().Adopt(b.Context(), tx, c) }))
		return c
	}
	connect(staffing.RoleInternalATS, "ats")
	sickID, quickID = connect(staffing.RoleClient, "sick"), connect(staffing.RoleClient, "quick")
	must(b, h.Start(context.Background()))
	b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		must(b, h.Stop(ctx))
	})
	return h, sickID, quickID
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// queued makes n submissions to a client's system.
func queued(b *testing.B, h *Hub, c store.Connection, n int) (out []uuid.UUID) {
	b.Helper()
	var req store.Requisition
	for i := range n {
		if i%20 == 0 {
			req = storetest.Requisition(b, h.store, c)
		}
		out = append(out, storetest.Submission(b, h.store, req).ID)
	}
	return out
}

func deliverAll(b *testing.B, h *Hub, ids ...uuid.UUID) {
	b.Helper()
	must(b, h.store.InTx(b.Context(), func(tx *store.Tx) error {
		for _, id := range ids {
			if err := h.Deliver(b.Context(), tx, id); err != nil {
				return err
			}
		}
		return nil
	}))
}

// BenchmarkQuickClientBesideASickOne gives one client's system 30 seconds of
// latency and a backlog of 10,000 deliveries, and reports how long the deliveries
// of another client wait before they begin. Run it with: make bench
// BENCH=QuickClientBesideASickOne
func BenchmarkQuickClientBesideASickOne(b *testing.B) {
	for b.Loop() {
		sick, quick := &lateSink{latency: 30 * time.Second, asked: map[string]time.Time{}}, &lateSink{asked: map[string]time.Time{}}
		h, sickID, quickID := fairHub(b, sick, quick)
		slow, fast := queued(b, h, sickID, 1000), queued(b, h, quickID, 100)
		for range 10 { // ten deliveries of each wait: each is a job of its own
			deliverAll(b, h, slow...)
		}
		began := map[string]time.Time{}
		tick := time.NewTicker(300 * time.Millisecond)
		for _, id := range fast {
			<-tick.C
			began[id.String()] = time.Now()
			deliverAll(b, h, id)
		}
		tick.Stop()
		waits := quickWaits(b, quick, began)
		b.ReportMetric(float64(waits[len(waits)*95/100].Milliseconds()), "ms-p95")
		b.ReportMetric(float64(waits[len(waits)-1].Milliseconds()), "ms-worst")
	}
}

// quickWaits waits until the quick client was asked for all, and gives how long each
// took, shortest first.
func quickWaits(b *testing.B, quick *lateSink, began map[string]time.Time) (waits []time.Duration) {
	b.Helper()
	for end := time.Now().Add(time.Minute); ; {
		quick.mu.Lock()
		n := len(quick.asked)
		quick.mu.Unlock()
		if n == len(began) {
			break
		}
		if time.Now().After(end) {
			b.Fatalf("%d of %d deliveries began within a minute", n, len(began))
		}
		<-time.After(20 * time.Millisecond)
	}
	for key, at := range quick.asked {
		waits = append(waits, at.Sub(began[key]))
	}
	slices.Sort(waits)
	return waits
}
