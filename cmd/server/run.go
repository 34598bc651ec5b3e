package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/riverqueue/river"
	"riverqueue.com/riverui"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/all"
	"github.com/tributary-hub/tributary/handlers"
	"github.com/tributary-hub/tributary/internal/mail"
	"github.com/tributary-hub/tributary/jobs"
	"github.com/tributary-hub/tributary/staffing"
)

// serveCmd runs the hub.
type serveCmd struct {
	Role string `enum:"all,web,worker" default:"all" help:"What this process does: answer people and vendors (web), work (worker), or both (all)."`
}

// Run implements the command.
func (c *serveCmd) Run(p *program) error {
	h, err := p.newHub(hubOptions{role: c.Role})
	if err != nil {
		return err
	}
	return h.run(p, func() {
		if c.Role == "worker" {
			fmt.Fprintf(p.out, "Tributary works; probes and metrics are on http://%s\n", p.cfg.Addr)
			return
		}
		fmt.Fprintf(p.out, "Tributary is ready on %s\n", p.cfg.PublicURL)
	})
}

// hubOptions differ between serve and demo.
type hubOptions struct {
	role   string // all, web, worker
	allow  []netip.Prefix
	notice string
	hints  []string
}

// hub is the running program: database, work, HTTP.
type hub struct {
	role     string
	registry *connectors.Registry
	db       *database
	work     *jobs.Hub
	web      *handlers.Server
	ui       *riverui.Handler
	listener net.Listener
	server   *http.Server
}

// newHub opens the database and builds all parts; nothing works yet. The port is
// taken first, so that a taken one costs no wait.
func (p *program) newHub(o hubOptions) (_ *hub, err error) {
	h := &hub{role: o.role}
	defer func() {
		if err != nil {
			h.close(p)
		}
	}()
	if h.listener, err = listen(p.ctx, p.cfg.Addr); err != nil {
		return nil, err
	}
	if h.db, err = p.openDatabase(p.ctx); err != nil {
		return nil, err
	}
	if h.registry, err = all.Registry(); err != nil {
		return nil, err
	}
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), jobs.Gauges{Store: h.db.store})
	post, err := mail.New(p.cfg.SMTP, p.cfg.MailFrom)
	if err != nil {
		return nil, err
	}
	h.work, err = jobs.New(jobs.Config{Store: h.db.store, Listener: h.db.listener, Registry: h.registry, Allow: append(o.allow, p.cfg.AllowCIDRs...), ShareDir: p.cfg.ShareDir,
		Workers: p.cfg.Workers, WorksHere: o.role != "web", JobTimeout: p.cfg.JobTimeout, Metrics: metrics, Log: p.log,
		Mail: post, ReviewDue: p.cfg.ReviewDue, PublicURL: p.cfg.PublicURL})
	if err != nil {
		return nil, err
	}
	if h.ui, err = riverPage(h.work.River(), p); err != nil {
		return nil, err
	}
	h.web, err = handlers.New(handlers.Config{Store: h.db.store, Registry: h.registry, Systems: h.work.Systems(), Queue: h.work, Desk: h.work.Desk(), Profiles: h.work, Notices: h.work, Mail: post.Configured(),
		Jobs: h.ui, Probes: h.probes(o.role), Metrics: promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}), PublicURL: p.cfg.PublicURL,
		SecureCookies: p.cfg.SecureCookies(), TrustedProxies: p.cfg.TrustedProxies, Notice: o.notice, LoginHint: o.hints, Log: p.log})
	return h, err
}

func riverPage(client *river.Client[*sql.Tx], p *program) (*riverui.Handler, error) {
	return riverui.NewHandler(&riverui.HandlerOpts{Endpoints: riverui.NewEndpoints(client, nil), Prefix: "/ops/river", Logger: p.log})
}

// listen takes the address, or says in a sentence why it cannot be had.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, staffing.Errorf(staffing.Unavailable, "another program listens on %s; end it, or choose another address with TRIBUTARY_ADDR", addr)
	}
	if errors.Is(err, syscall.EACCES) {
		return nil, staffing.Errorf(staffing.Forbidden, "this account may not listen on %s; choose a port above 1023 with TRIBUTARY_ADDR", addr)
	}
	if err != nil {
		return nil, &staffing.Error{Code: staffing.Unavailable, Message: "the hub cannot listen on " + addr, Err: err}
	}
	return l, nil
}

// run works until the process is told to stop, then stops everything within ten
// seconds. ready is called when the hub answers.
func (h *hub) run(p *program, ready func()) error {
	defer h.close(p)
	ctx, cancel := context.WithCancelCause(p.ctx)
	defer cancel(nil)
	if err := h.work.Start(ctx); err != nil {
		return fmt.Errorf("start the work: %w", err)
	}
	if err := h.ui.Start(ctx); err != nil {
		return fmt.Errorf("start the queue's page: %w", err)
	}
	h.server = &http.Server{Handler: h.answers(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) }, ErrorLog: slog.NewLogLogger(p.log.Handler(), slog.LevelDebug)}
	go func() {
		if err := h.server.Serve(h.listener); !errors.Is(err, http.ErrServerClosed) {
			cancel(fmt.Errorf("the HTTP server ended: %w", err))
		}
	}()
	ready()
	select {
	case <-ctx.Done():
	case <-h.db.lost():
		return staffing.Errorf(staffing.Unavailable, "the hub's own database ended; its log in %s says why. Start the hub again: nothing that was accepted is lost", p.cfg.DataDir)
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// answers is everything for people and vendors; a process that only works
// answers probes and metrics.
func (h *hub) answers() http.Handler {
	if h.role != "worker" {
		return h.web
	}
	mux := http.NewServeMux()
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		mux.Handle("GET "+path, h.web)
	}
	return mux
}

// close stops taking requests, lets running steps end, and closes the database;
// the whole of it within ten seconds.
func (h *hub) close(p *program) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), 5*time.Second)
	defer cancel()
	if h.web != nil {
		h.web.Close()
	}
	if h.server != nil {
		short, done := context.WithTimeout(ctx, time.Second)
		if err := h.server.Shutdown(short); err != nil {
			_ = h.server.Close() // requests that outlast their moment are cut
		}
		done()
	} else if h.listener != nil {
		_ = h.listener.Close() // nothing was served on it
	}
	if h.work != nil {
		if err := h.work.Stop(ctx); err != nil && !strings.Contains(err.Error(), "context") {
			p.log.Warn("the work did not stop well; it goes on after the next start", "error", err)
		}
	}
	if h.db != nil {
		h.db.close(p)
	}
}
