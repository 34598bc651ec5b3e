package jobs

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

const clientProfile = `
about: a client of the tests
poll: {requisitions: 1h, statuses: 1h}
requisition:
  external_id: string(raw.id)
  number: raw.number
  title: raw.title
  status: {cel: raw.status, table: requisition_status}
  max_submissions: raw.max
  resume_required: raw.resume_required
  worker_type: '"contract"'
  openings: raw.openings
requisition_status: {open: open, hold: on_hold, closed: filled, draft: draft}
status: {word: raw.word, at: raw.at}
stages: {Review: client_review, Interview: interview, Offer: offer, Hired: placed, Rejected: rejected_client, Withdrawn: withdrawn}
submission:
  first: sub.candidate.first_name
  last: sub.candidate.last_name
  email: sub.candidate.email
  rate: sub.offered.bill_rate.amount
  job: req.external_id
placement:
  external_id: raw.id
  worker_type: req.worker_type
  worker_name: sub.candidate.first_name + " " + sub.candidate.last_name
  job_title: req.title
  start_date: parse_date(raw.start)
  end_date: parse_date(raw.end)
  bill_rate: rate(raw.rate, "USD", "hour")
  pay_rate: sub.offered.pay_rate
  purchase_order: raw.po
  cost_centres: 'raw.cc == null ? [] : [{"code": raw.cc, "percent": "100"}]'
`

const atsProfile = `
about: the internal ATS of the tests
poll: {candidates: 1h}
job:
  title: req.title
  number: req.number
  openings: req.openings
  client: client.code
candidate:
  first_name: raw.first
  last_name: raw.last
  email: raw.email
offered:
  bill_rate: rate(raw.bill, "USD", "hour")
  pay_rate: rate(raw.pay, "USD", "hour")
triggers: [Submit]
internal_status: {client_submitted: Sent, client_review: In review, interview: Interviewing, offer: Offered, placed: Placed, rejected_client: Turned down}
`

const erpProfile = `
about: the books of the tests
bill:
  reference: bill.reference
  party: bill.client_code
  total: bill.total
  po: bill.purchase_order
  date: bill.date
`

// TestMain lets more tests run at once than there are processors: they wait for
// pauses and timeouts most of the time.
func TestMain(m *testing.M) {
	flag.Parse()
	if dsn := os.Getenv(paceWorker); dsn != "" {
		os.Exit(paceWork(dsn))
	}
	if f := flag.Lookup("test.parallel"); f.Value.String() == strconv.Itoa(runtime.GOMAXPROCS(0)) {
		_ = f.Value.Set("5") // a number is always taken
	}
	os.Exit(m.Run())
}

// bench is a hub on a database of its own, with three systems in memory.
type bench struct {
	t                  *testing.T
	ctx                context.Context
	store              *store.Store
	dsn                string
	hub                *Hub
	registry           *connectors.Registry
	client             *clientSystem
	ats                *atsSystem
	erp                *erpSystem
	clientID, atsID    uuid.UUID // connections
	erpID              uuid.UUID
	finance, colleague store.User
}

// quick are times that a test can wait for.
func quick(c *Config) {
	c.JobTimeout, c.SettleAfter, c.Tick, c.Workers = 10*time.Second, 300*time.Millisecond, 50*time.Millisecond, 8
}

// newBench connects the three systems and starts a hub. with changes its times.
func newBench(t *testing.T, with ...func(*Config)) *bench {
	t.Helper()
	t.Parallel()
	s, dsn := storetest.NewWithDSN(t)
	return newBenchOn(t, s, dsn, with...)
}

// newBenchOn is newBench on a database of the test's own.
func newBenchOn(t *testing.T, s *store.Store, dsn string, with ...func(*Config)) *bench {
	t.Helper()
	b := &bench{store: s, dsn: dsn, t: t, ctx: t.Context(), client: &clientSystem{vendor: newVendor(), apps: map[string]staffing.Receipt{}, resumes: map[string]string{}, hires: map[string]json.RawMessage{}},
		ats: &atsSystem{vendor: newVendor(), jobs: map[string]staffing.Receipt{}, fields: map[string]json.RawMessage{}, people: map[string]map[string]any{},
			statuses: map[string][]string{}, noResume: map[string]bool{}},
		erp: &erpSystem{vendor: newVendor(), bills: map[string]staffing.Receipt{}}}
	kind := func(name string, role staffing.Role, doc string, sys staffing.Checker) connectors.Kind {
		return connectors.Kind{Name: name, Label: name, Role: role, DocsURL: "https://vendor.test", APIVersion: "1", Mapping: []byte(doc),
			Spec: connectors.Spec{{Key: "api_key", Label: "Key", Help: "A key.", Secret: true}}, Limits: connectors.Limits{PerSecond: 1000, Burst: 1000, Concurrency: 50},
			Open: func(connectors.Deps) (staffing.Checker, error) { return sys, nil }}
	}
	var err error
	b.registry, err = connectors.NewRegistry(kind("their-ats", staffing.RoleClient, clientProfile, b.client),
		kind("our-ats", staffing.RoleInternalATS, atsProfile, b.ats), kind("our-books", staffing.RoleERP, erpProfile, b.erp))
	b.must(err)
	b.hub = b.newHub(b.store, with...)
	b.clientID = b.connect(staffing.RoleClient, "their-ats")
	b.atsID = b.connect(staffing.RoleInternalATS, "our-ats")
	b.erpID = b.connect(staffing.RoleERP, "our-books")
	b.finance, b.colleague = storetest.User(t, b.store, "finance"), storetest.User(t, b.store, "finance")
	b.start(b.hub)
	return b
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// newHub makes a hub on a pool, with its own listener; it is not started.
func (b *bench) newHub(s *store.Store, with ...func(*Config)) *Hub {
	b.t.Helper()
	listener, err := store.OpenListener(context.Background(), b.dsn, true)
	b.must(err)
	b.t.Cleanup(listener.Close)
	cfg := Config{Store: s, Listener: listener, Registry: b.registry, WorksHere: true, Log: testLog()}
	quick(&cfg)
	for _, f := range with {
		f(&cfg)
	}
	h, err := New(cfg)
	b.must(err)
	return h
}

// testLog is silent unless somebody wants to see what the hub does.
func testLog() *slog.Logger {
	if os.Getenv("JOBS_TEST_LOG") == "" {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// start starts a hub and stops it when the test ends.
func (b *bench) start(h *Hub) {
	b.t.Helper()
	b.must(h.Start(b.ctx))
	b.t.Cleanup(func() { b.halt(h) })
}

// halt stops a hub within ten seconds. Stopping twice does no harm.
func (b *bench) halt(h *Hub) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := h.Stop(ctx); err != nil {
		b.t.Errorf("the hub does not stop: %v", err)
	}
}

func (b *bench) connect(role staffing.Role, kind string) uuid.UUID {
	b.t.Helper()
	c := storetest.Connection(b.t, b.store, role, func(c *store.Connection) {
		c.Kind, c.Settings = kind, store.Doc(map[string]string{})
	})
	b.tx(func(tx *store.Tx) error { return b.hub.Systems().Adopt(b.ctx, tx, c) })
	return c.ID
}

func (b *bench) tx(do func(tx *store.Tx) error) {
	b.t.Helper()
	b.must(b.store.InTx(b.ctx, do))
}

// eventually waits until ok gives "", and fails the test with its last words when
// it does not in time.
func (b *bench) eventually(what string, ok func() string) {
	b.t.Helper()
	b.within(20*time.Second, what, ok)
}

func (b *bench) within(limit time.Duration, what string, ok func() string) {
	b.t.Helper()
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(limit)
	for {
		why := ok()
		if why == "" {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			b.t.Fatalf("%s: after %s still %s\n%s", what, limit, why, b.picture())
		}
	}
}

// picture tells what stands on the page of failed records and in the queue.
func (b *bench) picture() (out string) {
	failures, _, err := b.store.Failures(context.Background(), store.FailureFilter{})
	out = fmt.Sprintf("failures (%v):", err)
	for _, f := range failures {
		out += fmt.Sprintf("\n  %s %s %s %s %q (%d attempts)", f.Step, f.SubjectID, f.State, f.Code, f.Message, f.Attempts)
	}
	depths, err := b.store.JobDepths(context.Background())
	out += fmt.Sprintf("\njobs (%v): %+v", err, depths)
	return out
}

// pollNow makes all feeds of a connection due and the schedule read.
func (b *bench) pollNow(connection uuid.UUID) {
	b.t.Helper()
	b.must(b.store.PollNow(b.ctx, connection))
	b.must(b.hub.Wake(b.ctx))
}

// drained waits until no job is left to work.
func (b *bench) drained() {
	b.t.Helper()
	b.drainedExcept(uuid.Nil)
}

// drainedExcept does not wait for the feeds of a stopped connection.
func (b *bench) drainedExcept(stopped uuid.UUID) {
	b.t.Helper()
	b.eventually("the queue drains", func() string {
		depths, err := b.store.JobDepths(b.ctx)
		if err != nil {
			return err.Error()
		}
		feeds, err := b.store.Feeds(b.ctx, uuid.Nil)
		if err != nil {
			return err.Error()
		}
		for _, f := range feeds {
			if f.ConnectionID == stopped {
				continue
			}
			if f.Lease != nil || f.Failures == 0 && !f.NextPollAt.After(time.Now()) {
				return "the feed " + string(f.Feed) + " is being read"
			}
		}
		for _, d := range depths {
			if d.Kind != kindPrune {
				return fmt.Sprintf("%d %s are %s", d.Count, d.Kind, d.State)
			}
		}
		return ""
	})
}
