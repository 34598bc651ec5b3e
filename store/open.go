package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/tributary-hub/tributary/staffing"
)

// roundTrip bounds every read and write on a database connection. lib/pq knows
// no read deadline: without this, a half-open connection blocks a worker for
// ever (github.com/lib/pq/issues/620). It lies above statement_timeout, so that a
// slow statement ends by the server's word.
const (
	roundTrip        = 15 * time.Second
	statementTimeout = 10 * time.Second
	maxConns         = 40
)

// deadlineDialer makes the connections of one pool. silence is when one of them
// was last given up because no answer came: those that were not heard since then
// share its fate, or each of them would hold somebody up for the same time.
type deadlineDialer struct {
	limit   time.Duration
	silence *atomic.Int64 // Unix nanoseconds
}

func (d deadlineDialer) Dial(network, addr string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, addr)
}

func (d deadlineDialer) DialTimeout(network, addr string, wait time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	return d.DialContext(ctx, network, addr)
}

func (d deadlineDialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: 5 * time.Second, KeepAlive: 10 * time.Second}
	c, err := dialer.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	out := &deadlineConn{Conn: c, dialer: d}
	out.heard.Store(time.Now().UnixNano())
	return out, nil
}

type deadlineConn struct {
	net.Conn
	dialer deadlineDialer
	heard  atomic.Int64 // when it last spoke, in Unix nanoseconds
}

func (c *deadlineConn) Read(b []byte) (int, error) {
	began := time.Now()
	if err := c.SetReadDeadline(began.Add(c.dialer.limit)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(b)
	now := time.Now()
	switch {
	case n > 0:
		c.heard.Store(now.UnixNano())
	case errors.Is(err, os.ErrDeadlineExceeded) && now.Sub(began) >= c.dialer.limit:
		c.dialer.silence.Store(now.UnixNano())
	}
	return n, err
}

// Write sends nothing on a connection that fell silent: the driver then takes
// another, because nothing has left.
func (c *deadlineConn) Write(b []byte) (int, error) {
	if c.heard.Load() < c.dialer.silence.Load() {
		return 0, &net.OpError{Op: "write", Net: "tcp", Err: net.ErrClosed}
	}
	if err := c.SetWriteDeadline(time.Now().Add(c.dialer.limit)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// Open opens the pool for dsn and asks it once. It refuses a remote database
// without a verified certificate unless insecure is set. The caller closes it.
func Open(ctx context.Context, dsn string, insecure bool) (*sqlx.DB, error) {
	return open(ctx, dsn, insecure, roundTrip)
}

func open(ctx context.Context, dsn string, insecure bool, limit time.Duration) (*sqlx.DB, error) {
	dsn, err := checkDSN(dsn, insecure)
	if err != nil {
		return nil, err
	}
	connector, err := pq.NewConnector(dsn)
	if err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "DATABASE_URL cannot be read; it must look like postgres://user:password@host:5432/database")
	}
	connector.Dialer(deadlineDialer{limit, new(atomic.Int64)})
	db := sqlx.NewDb(sql.OpenDB(connector), "postgres")
	db.SetMaxOpenConns(maxConns)
	db.SetMaxIdleConns(maxConns / 2)
	db.SetConnMaxIdleTime(5 * time.Minute)
	db.SetConnMaxLifetime(30 * time.Minute)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close() // it never opened
		return nil, &staffing.Error{Code: staffing.Unavailable, Message: "the database does not answer", Err: err}
	}
	return db, nil
}

// migrationTime is how long one statement of a migration may take: rewriting a
// large table outlasts what the hub's own queries may.
const migrationTime = time.Hour

// MigrateAt migrates the database at dsn over connections of its own, which have
// the patience that migrations need.
func MigrateAt(ctx context.Context, dsn string, insecure bool) error {
	u, err := url.Parse(dsn)
	if err == nil && u.Query().Get("options") == "" {
		q := u.Query()
		q.Set("options", "-c statement_timeout=0 -c timezone=UTC")
		u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
		dsn = u.String()
	}
	db, err := open(ctx, dsn, insecure, migrationTime)
	if err != nil {
		return err
	}
	return errors.Join(Migrate(ctx, db.DB), db.Close())
}

// OpenListener opens the small pgx pool that River listens on for new jobs.
func OpenListener(ctx context.Context, dsn string, insecure bool) (*pgxpool.Pool, error) {
	dsn, err := checkDSN(dsn, insecure)
	if err != nil {
		return nil, err
	}
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "DATABASE_URL cannot be read by the listener")
	}
	cfg.MaxConns = 2
	cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	return pgxpool.NewWithConfig(ctx, cfg)
}

func checkDSN(dsn string, insecure bool) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || u.Host == "" {
		return "", staffing.Errorf(staffing.Invalid, "DATABASE_URL cannot be read; it must look like postgres://user:password@host:5432/database")
	}
	q := u.Query()
	host := u.Hostname()
	ip := net.ParseIP(host)
	local := host == "localhost" || (ip != nil && ip.IsLoopback())
	if !local && !insecure && q.Get("sslmode") != "verify-full" {
		return "", staffing.Errorf(staffing.Invalid, "DATABASE_URL points to the remote host %s without sslmode=verify-full; add it, or set TRIBUTARY_DB_INSECURE=true if the network is your own", host)
	}
	if local && q.Get("sslmode") == "" {
		q.Set("sslmode", "disable")
	}
	if q.Get("options") == "" {
		q.Set("options", fmt.Sprintf("-c statement_timeout=%d -c idle_in_transaction_session_timeout=60000 -c timezone=UTC", statementTimeout.Milliseconds()))
	}
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
	return u.String(), nil
}
