package jobs

import (
	"context"
	"log/slog"
	"maps"
	"net/netip"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// System is an opened connection with its published profile, compiled.
type System struct {
	Connection store.Connection
	Kind       connectors.Kind
	Connector  staffing.Checker
	Program    *mapping.Program // nil: nothing is published
	Rules      *rules.Set       // the baseline with the profile's rules on top
	Version    int              // of the profile
	lists      string           // the stamp of the code lists
	http       *httpx.Client
	lane       *lane // of the steps that work with the connection
	// maintenance is when the vendor is down by plan.
	maintenance connectors.Maintenance
}

func (s *System) mask(body []byte) string { return s.http.Mask("application/json", body) }

// Systems opens connections and keeps them open while neither their settings nor
// their profile change. The pace and the breaker of a connection outlive that. It
// is safe for several goroutines.
type Systems struct {
	store    *store.Store
	registry *connectors.Registry
	recorder *recorder
	allow    []netip.Prefix
	share    string        // see connectors.Deps.ShareDir
	timeout  time.Duration // of a call
	// jobTimeout is that of a step, within which its calls must have their turn.
	jobTimeout time.Duration
	workers    int // of this process
	log        *slog.Logger
	now        func() time.Time
	// adopted does what follows from a fresh connection, in its transaction.
	adopted func(ctx context.Context, tx *store.Tx, c store.Connection) error

	mu   sync.Mutex
	open map[uuid.UUID]*opened
}

// opened is what is kept of one connection.
type opened struct {
	system  *System // nil: it could not be opened
	updated time.Time
	pace    httpx.Limiter
	breaker *httpx.Breaker
	lane    *lane
	budget  string // the key of its credential's budget
}

// Open gives the connection as it stands in the database, in any state.
func (s *Systems) Open(ctx context.Context, id uuid.UUID) (*System, error) {
	c, err := s.store.Connection(ctx, id)
	if err != nil {
		return nil, err
	}
	version, lists, err := s.store.ProfileStamp(ctx, id)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.open[id]
	if o != nil && o.system != nil && o.system.Version == version && o.system.lists == lists && o.updated.Equal(c.UpdatedAt) {
		return o.system, nil
	}
	kind, err := s.registry.Kind(c.Kind)
	if err != nil {
		return nil, err
	}
	sys, err := s.build(ctx, c, kind, o)
	if err != nil {
		return nil, err
	}
	sys.lists = lists // of before they were read: a list that was saved meanwhile is read next time
	return sys, nil
}

// build makes the system of a connection, on the pace and the breaker that it has.
// The caller holds the lock.
func (s *Systems) build(ctx context.Context, c store.Connection, kind connectors.Kind, o *opened) (*System, error) {
	secrets, err := s.store.ConnectionSecrets(c)
	if err != nil {
		return nil, err
	}
	settings := connectors.Settings{}
	maps.Copy(settings, c.Settings.V)
	maps.Copy(settings, secrets)
	rest, err := connectors.ParseMaintenance(settings[connectors.MaintenanceWindow])
	if err != nil {
		return nil, err
	}
	o, err = s.paced(ctx, kind, settings, o)
	if err != nil {
		return nil, err
	}
	sys := &System{Connection: c, Kind: kind, http: s.client(kind, settings, o, c.ID), lane: o.lane, maintenance: rest}
	s.open[c.ID] = o
	sys.Connector, err = kind.Open(connectors.Deps{Settings: settings, HTTP: sys.http, ShareDir: s.share, Now: s.now,
		Tokens: &tokens{store: s.store, connection: c.ID, now: s.now}, Spool: &spool{s.store, c.ID},
		Log: s.log.With("connection_id", c.ID.String(), "kind", kind.Name)})
	if err == nil {
		err = s.compile(ctx, sys)
	}
	if err == nil && kind.Shaped {
		err = s.addFeeds(ctx, sys)
	}
	if err != nil {
		return nil, err
	}
	o.system, o.updated = sys, c.UpdatedAt
	return sys, nil
}

func (s *Systems) client(kind connectors.Kind, settings connectors.Settings, o *opened, id uuid.UUID) *httpx.Client {
	cfg := httpx.Config{Timeout: s.timeout, AllowCIDRs: s.allow, AllowHTTP: true, Secrets: kind.Spec.Secrets(settings), Now: s.now, Log: s.log}
	if o != nil {
		cfg.Limiter, cfg.Breaker = o.pace, o.breaker
	}
	if kind.Certificate != nil {
		cfg.Certificate, _ = kind.Certificate(settings) // Open refuses the settings that make none
	}
	if id != uuid.Nil {
		cfg.Recorder = s.recorder.of(id)
	}
	return httpx.New(cfg)
}

// compile makes a program and a rule set of the published profile and the
// connection's code lists.
func (s *Systems) compile(ctx context.Context, sys *System) error {
	profile, err := s.store.PublishedProfile(ctx, sys.Connection.ID)
	if staffing.CodeOf(err) == staffing.NotFound {
		sys.Rules, err = rules.Compile(rules.Baseline(), nil)
		return err
	}
	if err != nil {
		return err
	}
	lists, err := s.store.AllCodeLists(ctx, sys.Connection.ID)
	if err != nil {
		return err
	}
	c, err := compileProfile(profile.Document, lists)
	if err != nil {
		return err
	}
	sys.Program, sys.Rules, sys.Version = c.program, c.rules, profile.Version
	return nil
}

// Connector opens a saved connection, in any state: for its webhooks and its test.
func (s *Systems) Connector(ctx context.Context, id uuid.UUID) (staffing.Checker, error) {
	sys, err := s.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	return sys.Connector, nil
}

// Try opens a connector with settings that are not saved.
func (s *Systems) Try(kind connectors.Kind, settings connectors.Settings) (staffing.Checker, error) {
	return kind.Open(connectors.Deps{Settings: settings, HTTP: s.client(kind, settings, nil, uuid.Nil), ShareDir: s.share, Now: s.now,
		Tokens: &connectors.MemoryTokens{}, Spool: &connectors.MemorySpool{}, Log: s.log})
}

// Forget drops what is kept of a connection, its pace and breaker included.
func (s *Systems) Forget(id uuid.UUID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, id)
}

// callsPerStep is what a delivery takes at a talkative vendor.
const callsPerStep = 12

// seatsFor says how many steps may share a connection's pace so that each gets
// through within half its time. More would only wait for each other, run out of
// time, and begin anew. A slow system takes a third of the workers (20 by default) at most, so
// that nobody waits for a sick neighbour.
func seatsFor(l connectors.Limits, step time.Duration, workers int) int {
	seats := max(6, workers/3)
	if l.PerSecond > 0 {
		seats = min(seats, int(l.PerSecond*step.Seconds()/2/callsPerStep))
	}
	if l.Concurrency > 0 {
		seats = min(seats, 2*l.Concurrency)
	}
	return max(1, seats)
}

// defaultCadence is how often a feed is read when the profile does not say.
const defaultCadence = time.Minute

// Adopt publishes the kind's default profile for a fresh connection and makes its
// feeds and its first test due at once.
func (s *Systems) Adopt(ctx context.Context, tx *store.Tx, c store.Connection) error {
	kind, err := s.registry.Kind(c.Kind)
	if err != nil {
		return err
	}
	doc, err := mapping.Parse(kind.Mapping)
	if err != nil {
		return staffing.Errorf(staffing.Internal, "the default profile of %s cannot be read: %w", kind.Label, err)
	}
	if _, err := tx.PublishProfile(ctx, c.ID, string(kind.Mapping), "hub", "default of "+kind.Label); err != nil {
		return err
	}
	secrets, err := tx.ConnectionSecrets(c)
	if err != nil {
		return err
	}
	settings := connectors.Settings{}
	maps.Copy(settings, c.Settings.V)
	maps.Copy(settings, secrets)
	connector, err := s.Try(kind, settings)
	if err != nil {
		return err
	}
	if err := tx.MakeCheckDue(ctx, c.ID); err != nil {
		return err
	}
	if err := s.startVocabulary(ctx, tx, c.ID, connector); err != nil {
		return err
	}
	for _, feed := range feedsOf(connector) {
		every, ok := doc.Poll[feed]
		if !ok {
			every = defaultCadence
		}
		if err := tx.UpsertFeed(ctx, c.ID, feed, every); err != nil {
			return err
		}
	}
	return s.adopted(ctx, tx, c)
}

// feedsOf says which streams a connector can be read for.
func feedsOf(c staffing.Checker) (out []staffing.Feed) {
	if _, ok := c.(staffing.RequisitionSource); ok {
		out = append(out, staffing.FeedRequisitions)
	}
	if _, ok := c.(staffing.StatusSource); ok {
		out = append(out, staffing.FeedStatuses)
	}
	if _, ok := c.(staffing.CandidateEventSource); ok {
		out = append(out, staffing.FeedCandidates)
	}
	return out
}

// can gives the capability T of a system, or the error that it has none.
func can[T any](sys *System, what string) (T, error) {
	c, ok := sys.Connector.(T)
	if !ok {
		return c, staffing.Errorf(staffing.Invalid, "%s (%s) cannot %s", sys.Connection.Name, sys.Kind.Label, what)
	}
	return c, nil
}
