package localpg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/lib/pq"

	"github.com/tributary-hub/tributary/staffing"
)

// attempts to get a server up: a port that the system chose may be taken by
// another program in the same moment, and the workers of a killed server need a
// moment to let go of its memory.
const attempts = 5

// run starts the server and waits until it answers.
func (s *Server) run(ctx context.Context, bin binaries) error {
	var err error
	for try := range attempts {
		if s.port, err = s.choosePort(ctx, try); err != nil {
			return err
		}
		if err = s.launch(ctx, bin); err == nil {
			return s.settle(ctx)
		}
		if ctx.Err() != nil {
			return err
		}
	}
	return err
}

// choosePort gives the asked port, or the last one, or a free one.
func (s *Server) choosePort(ctx context.Context, try int) (int, error) {
	if want := s.opts.Port; want != 0 {
		if free(ctx, want) == 0 {
			return 0, staffing.Errorf(staffing.Conflict, "port %d on 127.0.0.1 is taken by another program; end it, or choose another port for the database", want)
		}
		return want, nil
	}
	if last := number(s.place.file("port")); last != 0 && try < 2 && free(ctx, last) != 0 {
		return last, nil
	}
	if port := free(ctx, 0); port != 0 {
		return port, nil
	}
	return 0, staffing.Errorf(staffing.Unavailable, "no port on 127.0.0.1 is free for the database")
}

// free gives port back when it can be listened on (any free one for zero), else zero.
func free(ctx context.Context, port int) int {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return 0
	}
	defer func() { _ = l.Close() }() // nothing was accepted
	addr, _ := l.Addr().(*net.TCPAddr)
	return addr.Port
}

// launch starts the postmaster once and waits until it answers or ends.
func (s *Server) launch(ctx context.Context, bin binaries) error {
	log, start, err := s.openLog()
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the server has its own handle
	cmd := s.place.command(bin.path("postgres"), s.arguments()...)
	cmd.Stdout, cmd.Stderr = log, log
	if s.proc, err = launch(cmd); err != nil {
		return unavailable(err, "PostgreSQL cannot be started")
	}
	if err := s.answers(ctx); err != nil {
		expired, cancel := context.WithCancel(ctx)
		cancel() // who could not start has nothing to write down
		s.proc.end(expired)
		return unavailable(err, "the embedded PostgreSQL in %s did not start: %s", s.place.data(), lastWords(fileFrom(log.Name(), start)))
	}
	return nil
}

// logLimit is when the server's log begins anew: it is for looking at the last trouble.
const logLimit = 10 << 20

func (s *Server) openLog() (*os.File, int64, error) {
	flags := os.O_WRONLY | os.O_CREATE | os.O_APPEND
	path := s.place.file("postgres.log")
	size := int64(0)
	if info, err := os.Stat(path); err == nil && info.Size() > logLimit {
		flags |= os.O_TRUNC
	} else if err == nil {
		size = info.Size()
	}
	f, err := os.OpenFile(path, flags, 0o600) //nolint:gosec // a path of ours
	if err != nil {
		return nil, 0, unavailable(err, "the log of the embedded database cannot be written")
	}
	return f, size, nil
}

// arguments are all settings of the server: what is not here is PostgreSQL's default.
func (s *Server) arguments() []string {
	settings := []string{
		"listen_addresses=127.0.0.1", "port=" + strconv.Itoa(s.port), "unix_socket_directories=",
		"password_encryption=scram-sha-256", "shared_buffers=128MB", "max_connections=100",
		"idle_in_transaction_session_timeout=60s", "timezone=UTC", "log_timezone=UTC",
		"lc_messages=C", "logging_collector=off", "log_line_prefix=%m [%p] ",
	}
	if s.opts.Fast {
		// A killed server still loses nothing (the system has what it wrote); a lost
		// machine does. Many test packages, each with pools of its own, share it.
		settings = append(settings, "fsync=off", "full_page_writes=off",
			"wal_level=minimal", "max_wal_senders=0", "max_connections=300")
	}
	args := []string{"-D", s.place.data()}
	for _, set := range settings {
		args = append(args, "-c", set)
	}
	return args
}

// answers waits until the server takes a query. Recovery after a crash may take
// a while, so only ctx and the end of the server bound it.
func (s *Server) answers(ctx context.Context) error {
	db, err := sql.Open("postgres", s.DSN("postgres")+"&connect_timeout=5")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // only asked
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for {
		if err = db.PingContext(ctx); err == nil || refused(err) {
			return err
		}
		select {
		case <-s.proc.done:
			return errors.New("it ended at once")
		case <-ctx.Done():
			return fmt.Errorf("%w (last answer: %w)", ctx.Err(), err)
		case <-tick.C:
		}
	}
}

// refused tells a wrong password, which waiting does not heal, from a server
// that is not up yet.
func refused(err error) bool {
	var e *pq.Error
	return errors.As(err, &e) && e.Code.Class() == "28"
}

// settle remembers the port and makes the hub's database on the first start.
func (s *Server) settle(ctx context.Context) error {
	if err := s.prepare(ctx); err != nil {
		s.proc.end(ctx)
		return unavailable(err, "the embedded PostgreSQL could not be prepared")
	}
	s.opts.Log.InfoContext(ctx, "embedded PostgreSQL is up", "dir", s.place.data(), "port", s.port, "pid", s.PID())
	return nil
}

func (s *Server) prepare(ctx context.Context) error {
	if err := os.WriteFile(s.place.file("port"), []byte(strconv.Itoa(s.port)+"\n"), 0o600); err != nil {
		return err
	}
	db, err := sql.Open("postgres", s.DSN("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // both statements have been answered by then
	var there bool
	if err := db.QueryRowContext(ctx, `select exists (select from pg_database where datname = $1)`, Database).Scan(&there); err != nil || there {
		return err
	}
	_, err = db.ExecContext(ctx, `create database `+pq.QuoteIdentifier(Database))
	return err
}
