// Package localpg runs a PostgreSQL server of the hub's own from the binaries
// that the machine has: for the demo, for a small installation without a
// database, and for the tests. It listens on loopback only, asks every client
// for a generated password, and never outlives the hub on purpose.
//
// A directory belongs to one hub at a time (a lock file says so). What an
// earlier hub left behind after a kill -9, a server that still runs or a stale
// postmaster.pid, is cleaned up by the next [Start].
package localpg

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/tributary-hub/tributary/staffing"
)

// Database is the database that [Start] makes for the hub; give it to
// [Server.DSN]. The superuser of the cluster has the same name.
const Database = "tributary"

// Options says where and how to run the server.
type Options struct {
	// Dir holds the cluster, its password, its last port and its log. It is made
	// when absent. See also the file LOCATION in it, which a start as root writes
	// when the server's own account cannot reach Dir.
	Dir string
	// Log gets what happens, without passwords. Nil: nothing is logged.
	Log *slog.Logger
	// Port to listen on. Zero: the last one when it is still free, else one that
	// the system chooses.
	Port int
	// Fast survives a kill -9 but no power cut. For tests, whose data nobody misses.
	Fast bool
}

// Server is a running server. Its methods are safe for several goroutines.
type Server struct {
	opts     Options
	place    place
	password string
	port     int
	lock     *os.File
	proc     *postmaster
	stop     sync.Once
}

// Start runs a server on opts.Dir and returns when it answers. It makes the
// cluster on the first start. The caller ends it with [Server.Stop]; ctx bounds
// the start only.
func Start(ctx context.Context, opts Options) (_ *Server, err error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Dir, err = filepath.Abs(opts.Dir); err != nil {
		return nil, fmt.Errorf("find the database directory: %w", err)
	}
	s := &Server{opts: opts}
	if s.lock, err = lockDir(opts.Dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = s.lock.Close() // nothing was written to it; closing gives the lock back
		}
	}()
	if s.place, err = findPlace(opts.Dir); err != nil {
		return nil, err
	}
	bin, err := findBinaries(ctx, s.place.version())
	if err != nil {
		return nil, err
	}
	if s.password, err = s.place.initialise(ctx, bin, opts); err != nil {
		return nil, err
	}
	if err := s.place.endOrphan(ctx, opts.Log); err != nil {
		return nil, err
	}
	return s, s.run(ctx, bin)
}

// DSN is the address of a database of this server, with its password: keep it
// out of logs. It stays valid until Stop.
func (s *Server) DSN(database string) string {
	return dsn(s.port, s.password, database)
}

// Port is the loopback port that the server listens on.
func (s *Server) Port() int { return s.port }

// PID is the process id of the postmaster, for tests that freeze or kill it.
func (s *Server) PID() int { return s.proc.cmd.Process.Pid }

// Done is closed when the server has ended, asked or not. Who did not ask shall
// read the log file in Options.Dir and start it again.
func (s *Server) Done() <-chan struct{} { return s.proc.done }

// Stop ends the server: it rolls back what is open and writes everything down.
// When ctx ends first, the server is cut off; the next start then recovers from
// its log. Stopping twice is fine.
func (s *Server) Stop(ctx context.Context) error {
	s.stop.Do(func() {
		s.proc.end(ctx)
		_ = s.lock.Close() // gives the directory back; there is nothing to lose in it
	})
	return nil
}

// Destroy stops the server and removes everything it kept, wherever that lies.
func (s *Server) Destroy(ctx context.Context) error {
	if err := s.Stop(ctx); err != nil {
		return err
	}
	if s.place.base != s.place.dir {
		if err := os.RemoveAll(s.place.base); err != nil {
			return fmt.Errorf("remove the database: %w", err)
		}
	}
	return os.RemoveAll(s.place.dir)
}

func dsn(port int, password, database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(Database, password),
		Host:     "127.0.0.1:" + strconv.Itoa(port),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

func unavailable(cause error, format string, args ...any) error {
	return &staffing.Error{Code: staffing.Unavailable, Message: fmt.Sprintf(format, args...), Err: cause}
}

// Beside gives the address of the hub's database on a server that another process
// runs on dir, for commands that work beside it; ok is false when nothing was
// ever started there. Nobody says that the server still runs: opening it does.
func Beside(dir string) (dsnText string, ok bool) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", false
	}
	p, err := findPlace(dir)
	if err != nil || !p.exists() {
		return "", false
	}
	password, err := p.password()
	port := number(p.file("port"))
	if err != nil || port == 0 {
		return "", false
	}
	return dsn(port, password, Database), true
}
