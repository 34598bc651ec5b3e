package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/password"
	"github.com/tributary-hub/tributary/store"
)

// Config is what the server needs; cmd/server fills it.
type Config struct {
	Store          *store.Store
	Registry       *connectors.Registry
	Systems        Systems
	Queue          Queue
	Desk           Desk
	Profiles       Profiles     // nil: profiles can be read and not changed
	Notices        Notices      // nil: addresses of notices cannot be tried
	Mail           bool         // a mail server is set
	Jobs           http.Handler // River's own page, at /ops/river for admins; nil: none
	Probes         []Probe
	Metrics        http.Handler   // at /metrics; nil: none
	PublicURL      string         // how the outside reaches the hub, for webhook addresses
	SecureCookies  bool           // the hub is reached by HTTPS only
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	Notice         string         // stands above every page
	LoginHint      []string       // sign-ins of the demo
	Log            *slog.Logger
	Now            func() time.Time // nil: time.Now
}

// Server answers all HTTP of the hub. Close it to end its streams.
type Server struct {
	cfg      Config
	store    *store.Store
	log      *slog.Logger
	now      func() time.Time
	sessions *scs.SessionManager
	router   http.Handler
	static   handler
	verify   func(hash, plain string) bool // password.Verify
	attempts chan struct{}                 // sign-ins that are looked at now
	hooks    chan struct{}                 // deliveries that are being kept
	refusals *refusals
	pulse    *pulse // one poller for all streams
	chain    chainCheck
	origin   func(http.Handler) http.Handler // refuses what other sites send
	working  sync.WaitGroup                  // what New started
	ctx      context.Context                 // ends with Close; streams and the poller live in it
	stop     context.CancelFunc
}

// New builds the server. It does no I/O.
func New(cfg Config) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	static, err := newStatic()
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, store: cfg.Store, log: cfg.Log, now: cfg.Now, static: static, verify: password.Verify, attempts: make(chan struct{}, 4), hooks: make(chan struct{}, hooksAtOnce)}
	if s.now == nil {
		s.now = time.Now
	}
	if s.origin, err = s.sameOrigin(); err != nil {
		return nil, err
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.sessions = s.newSessions()
	s.refusals = newRefusals(s.store, s.log)
	s.pulse = newPulse(s.store.Pulse)
	s.working.Go(func() { s.refusals.run(s.ctx) })
	s.working.Go(func() { s.pulse.run(s.ctx) })
	s.router = s.newRouter()
	return s, nil
}

func (c *Config) check() error {
	if c.Store == nil || c.Registry == nil || c.Systems == nil || c.Queue == nil || c.Desk == nil {
		return errors.New("handlers: store, registry, systems, queue and desk are all needed")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	for _, p := range c.TrustedProxies {
		if !p.IsValid() {
			return fmt.Errorf("handlers: %v is no network of a proxy", p)
		}
	}
	return nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }

// Close ends all streams and writes what is counted. Other requests under way go on.
func (s *Server) Close() {
	s.stop()
	s.working.Wait()
}
