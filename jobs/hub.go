package jobs

import (
	"context"
	"database/sql"
	"log/slog"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/store"
)

// Config is what the hub's work needs. The zero values of the times are the
// defaults.
type Config struct {
	Store    *store.Store
	Listener *pgxpool.Pool // River listens on it for new jobs; nil: it polls
	Registry *connectors.Registry
	Allow    []netip.Prefix // private networks that connectors may call
	ShareDir string         // below which connections by file may read and write; empty: none
	Workers  int            // jobs at the same time in this process; default 20
	// WorksHere is false for a process that only enqueues (serve --role=web).
	WorksHere   bool
	JobTimeout  time.Duration // of one attempt; default 30 s
	CallTimeout time.Duration // of one call to a vendor; default JobTimeout / 2, at most 15 s
	SettleAfter time.Duration // before an open outcome is looked for; default JobTimeout
	Tick        time.Duration // of the schedule; default 1 s
	Mail        Mailer        // nil or not configured: no digests
	ReviewDue   time.Duration // after which a review that waits is told of; default 24 h
	PublicURL   string        // of the pages that notices lead to
	Metrics     prometheus.Registerer
	Log         *slog.Logger
	Now         func() time.Time
}

// Hub works the eight steps.
type Hub struct {
	store       *store.Store
	systems     *Systems
	river       *river.Client[*sql.Tx]
	recorder    *recorder
	metrics     *metrics
	log         *slog.Logger
	now         func() time.Time
	jobTimeout  time.Duration
	settleAfter time.Duration
	tick        time.Duration
	worksHere   bool
	mail        Mailer
	reviewDue   time.Duration
	publicURL   string
	wake        chan struct{}
	read        atomic.Int64 // when the schedule was last read, in Unix nanoseconds
	stop        context.CancelFunc
	scheduler   chan struct{} // closed when the schedule has ended
}

// New makes a hub. It does no I/O; [Hub.Start] begins the work.
func New(cfg Config) (*Hub, error) {
	cfg.fill()
	rec := newRecorder(cfg.Store, cfg.Log)
	h := &Hub{store: cfg.Store, recorder: rec, metrics: newMetrics(cfg.Metrics), log: cfg.Log, now: cfg.Now,
		jobTimeout: cfg.JobTimeout, settleAfter: cfg.SettleAfter, tick: cfg.Tick, worksHere: cfg.WorksHere,
		mail: cfg.Mail, reviewDue: cfg.ReviewDue, publicURL: cfg.PublicURL,
		wake: make(chan struct{}, 1), scheduler: make(chan struct{})}
	h.systems = &Systems{store: cfg.Store, registry: cfg.Registry, recorder: rec, allow: cfg.Allow, share: cfg.ShareDir, timeout: cfg.CallTimeout, jobTimeout: cfg.JobTimeout, workers: cfg.Workers,
		log: cfg.Log, now: cfg.Now, open: map[uuid.UUID]*opened{}, adopted: h.retarget}
	driver := riverdatabasesql.New(cfg.Store.DB())
	if cfg.Listener != nil {
		driver = riverdatabasesql.NewWithPgxListener(cfg.Store.DB(), cfg.Listener)
	}
	var err error
	h.river, err = river.NewClient(driver, h.riverConfig(cfg))
	return h, err
}

func (c *Config) fill() {
	if c.Workers <= 0 {
		c.Workers = 20
	}
	if c.JobTimeout <= 0 {
		c.JobTimeout = 30 * time.Second
	}
	if c.CallTimeout <= 0 {
		c.CallTimeout = min(15*time.Second, c.JobTimeout/2)
	}
	if c.SettleAfter <= 0 {
		c.SettleAfter = c.JobTimeout
	}
	if c.Tick <= 0 {
		c.Tick = time.Second
	}
	if c.ReviewDue <= 0 {
		c.ReviewDue = 24 * time.Hour
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
}

// rescueMargin is how long after its time-out an attempt is taken for dead.
const rescueMargin = 5 * time.Second

// fetchCooldown is also how long the queue keeps quiet about further jobs after it
// announced one. It must be shorter than a step, or every second step of a chain
// waits for fetchPoll instead of starting when the one before it commits.
const (
	fetchCooldown = 5 * time.Millisecond
	fetchPoll     = 500 * time.Millisecond
)

// riverConfig keeps the queue's own times short: a job of a killed process is
// taken over soon after its attempt must have ended, and not an hour later. Every
// process knows every kind, because a leader discards stuck jobs of kinds that it
// does not know.
func (h *Hub) riverConfig(cfg Config) *river.Config {
	workers := river.NewWorkers()
	h.register(workers)
	rc := &river.Config{
		Workers: workers, Logger: slog.New(quieter{cfg.Log.Handler()}),
		JobTimeout: cfg.JobTimeout, RescueStuckJobsAfter: cfg.JobTimeout + rescueMargin,
		FetchCooldown: fetchCooldown, FetchPollInterval: fetchPoll,
		MaxAttempts: maxAttempts, RetryPolicy: retryPolicy{cfg.JobTimeout + rescueMargin, cfg.Now},
		CompletedJobRetentionPeriod: time.Hour,
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(10*time.Minute),
			func() (river.JobArgs, *river.InsertOpts) { return pruneArgs{}, &river.InsertOpts{MaxAttempts: 1} }, nil),
			river.NewPeriodicJob(river.PeriodicInterval(gapsEvery),
				func() (river.JobArgs, *river.InsertOpts) { return gapsArgs{}, &river.InsertOpts{MaxAttempts: 1} }, nil),
			river.NewPeriodicJob(river.PeriodicInterval(noticesEvery),
				func() (river.JobArgs, *river.InsertOpts) { return noticesArgs{}, &river.InsertOpts{MaxAttempts: 1} }, nil)},
	}
	if cfg.WorksHere {
		rc.Queues = map[string]river.QueueConfig{
			river.QueueDefault: {MaxWorkers: cfg.Workers},
			queuePoll:          {MaxWorkers: max(4, cfg.Workers/2)},
		}
	}
	return rc
}

func (h *Hub) register(workers *river.Workers) {
	addPoll(workers, h, h.pollRequisitions)
	addPoll(workers, h, h.pollStatuses)
	addPoll(workers, h, h.pollCandidates)
	add(workers, h, h.receiveWebhook)
	add(workers, h, h.validateRequisition)
	add(workers, h, h.syncRequisition)
	add(workers, h, h.applyCandidate)
	add(workers, h, h.deliverSubmission)
	add(workers, h, h.followSubmission)
	add(workers, h, h.applyStatus)
	add(workers, h, h.syncStatus)
	add(workers, h, h.extractPlacement)
	add(workers, h, h.postPlacement)
	addLong(workers, h, h.previewProfile)
	add(workers, h, h.checkConnection)
	add(workers, h, h.findNotices)
	add(workers, h, h.postNotice)
	add(workers, h, h.sendDigest)
	add(workers, h, h.prune)
	addLong(workers, h, h.refreshVocabulary)
	addLong(workers, h, h.findGaps)
	addLong(workers, h, h.reconcile)
}

// Systems gives the connections as the hub opens them.
func (h *Hub) Systems() *Systems { return h.systems }

// River gives the queue's client, for its own page.
func (h *Hub) River() *river.Client[*sql.Tx] { return h.river }

// Start begins the work and returns. [Hub.Stop] ends it.
func (h *Hub) Start(ctx context.Context) error {
	inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
	h.stop = cancel
	go h.recorder.run(inner)
	if !h.worksHere {
		close(h.scheduler)
		return nil
	}
	if err := h.river.Start(context.WithoutCancel(ctx)); err != nil {
		cancel()
		close(h.scheduler)
		return err
	}
	go h.schedule(inner)
	return nil
}

// Stop lets running steps end while ctx lasts, then cancels them: what was not
// finished goes on after the next start.
func (h *Hub) Stop(ctx context.Context) error {
	if h.stop == nil {
		return nil
	}
	var err error
	if h.worksHere {
		soft, cancel := context.WithTimeout(ctx, 3*time.Second)
		if err = h.river.Stop(soft); err != nil {
			err = h.river.StopAndCancel(ctx)
		}
		cancel()
	}
	h.stop()
	for _, ended := range []<-chan struct{}{h.scheduler, h.recorder.stopped} {
		select {
		case <-ended:
		case <-ctx.Done(): // a database that does not answer holds nobody up
		}
	}
	return err
}

// prune forgets what is past its time.
func (h *Hub) prune(ctx context.Context, _ *run, _ pruneArgs) error {
	return h.store.Prune(ctx, h.now())
}

// quieter lets River say at debug level what it says at info: one line per start
// of a service is noise for an operator.
type quieter struct{ slog.Handler }

// Handle implements slog.Handler.
func (q quieter) Handle(ctx context.Context, r slog.Record) error {
	if r.Level == slog.LevelInfo {
		r.Level = slog.LevelDebug
		if !q.Enabled(ctx, r.Level) {
			return nil
		}
	}
	return q.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (q quieter) WithAttrs(a []slog.Attr) slog.Handler { return quieter{q.Handler.WithAttrs(a)} }

// WithGroup implements slog.Handler.
func (q quieter) WithGroup(name string) slog.Handler { return quieter{q.Handler.WithGroup(name)} }
