package store_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// wire stands between a store and its database. Mute, it swallows what the
// database says, as a half-open connection does.
type wire struct {
	net.Listener
	backend string

	mu    sync.Mutex
	mute  bool
	conns []net.Conn
}

// newWire gives a wire to backend; "" is a listener that accepts and says nothing.
func newWire(t *testing.T, backend string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	w := &wire{Listener: l, backend: backend}
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.serve()
	}()
	t.Cleanup(func() {
		ok(t, l.Close())
		<-done
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, c := range w.conns {
			_ = c.Close() // the other side may have done it
		}
	})
	return w
}

func (w *wire) serve() {
	for {
		c, err := w.Accept()
		if err != nil {
			return
		}
		w.keep(c)
		if w.backend == "" {
			continue
		}
		b, err := net.Dial("tcp", w.backend)
		if err != nil {
			return
		}
		w.keep(b)
		go func() { _, _ = io.Copy(b, c); _ = b.Close() }() // ends with either side
		go func() { _, _ = io.Copy(answers{w, c}, b); _ = c.Close() }()
	}
}

func (w *wire) keep(c net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conns = append(w.conns, c)
}

func (w *wire) silence(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mute = on
}

type answers struct {
	w *wire
	c net.Conn
}

func (a answers) Write(b []byte) (int, error) {
	a.w.mu.Lock()
	mute := a.w.mute
	a.w.mu.Unlock()
	if mute {
		return len(b), nil
	}
	return a.c.Write(b)
}

// via gives dsn with the wire's address.
func (w *wire) via(t *testing.T, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	ok(t, err)
	u.Host = w.Addr().String()
	return u.String()
}

const soon = 300 * time.Millisecond // the round trip of these tests

// endsSoon fails the test when do does not end by itself.
func endsSoon(t *testing.T, do func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-time.After(20 * soon):
		t.Fatal("it waits for ever")
		return nil
	}
}

func TestOpenGivesUpOnASilentDatabase(t *testing.T) {
	t.Parallel()
	w := newWire(t, "")
	err := endsSoon(t, func() error {
		_, err := store.OpenWithin(context.Background(), w.via(t, "postgres://u:p@h:1/db?sslmode=disable"), soon)
		return err
	})
	coded(t, err, staffing.Unavailable)
}

func TestAHalfOpenConnectionEndsInAnError(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := storetest.Database(t)
	u, err := url.Parse(dsn)
	ok(t, err)
	w := newWire(t, u.Host)
	pool, err := store.OpenWithin(ctx, w.via(t, dsn), soon)
	ok(t, err)
	t.Cleanup(func() { ok(t, pool.Close()) })
	pool.SetMaxOpenConns(1)
	s := store.New(pool, storetest.Sealer(), nil)
	storetest.Client(t, s)

	w.silence(true)
	coded(t, endsSoon(t, func() error { return second(s.Clients(ctx)) }), staffing.Unavailable)
	coded(t, endsSoon(t, func() error {
		return s.InTx(ctx, func(tx *store.Tx) error { return second(tx.Clients(ctx)) })
	}), staffing.Unavailable)
	w.silence(false)
	clients, err := s.Clients(ctx)
	if err != nil || len(clients) != 1 {
		t.Errorf("when the database answers again there are %d clients (%v)", len(clients), err)
	}
}

func TestACallerWhoLeavesFreesTheConnection(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ctx, cancel := context.WithCancel(context.Background())
	err := s.InTx(ctx, func(tx *store.Tx) error {
		cancel()
		return second(tx.Clients(ctx))
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	ok(t, second(s.Clients(context.Background())))
	if n := s.DB().Stats().InUse; n != 0 {
		t.Errorf("%d connections are in use", n)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ dsn, word string }{
		"no address":                        {"", "DATABASE_URL"},
		"a key-value string":                {"host=localhost dbname=x", "DATABASE_URL"},
		"a remote host without TLS":         {"postgres://u:hunter2@db.example.com/x", "verify-full"},
		"a remote host with unverified TLS": {"postgres://u:hunter2@db.example.com/x?sslmode=require", "verify-full"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := store.Open(context.Background(), c.dsn, false)
			coded(t, err, staffing.Invalid)
			if !strings.Contains(err.Error(), c.word) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("it says: %v", err)
			}
			_, err = store.OpenListener(context.Background(), c.dsn, false)
			coded(t, err, staffing.Invalid)
		})
	}
}

func TestEveryConnectionHasItsLimits(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	for setting, want := range map[string]string{"statement_timeout": "10s", "idle_in_transaction_session_timeout": "1min", "timezone": "UTC"} {
		var got string
		if err := s.DB().QueryRow(`select current_setting($1)`, setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s (%v), want %s", setting, got, err, want)
		}
	}
}

func TestReplicasMigrateAtOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	one, dsn := storetest.NewWithDSN(t)
	_, err := one.DB().Exec(`drop schema public cascade; create schema public`)
	ok(t, err)
	replicas := []*store.Store{one, storetest.Replica(t, dsn, nil), storetest.Replica(t, dsn, nil)}
	for _, err := range together(len(replicas), func(i int) error { return store.Migrate(ctx, replicas[i].DB()) }) {
		ok(t, err)
	}
	if n, err := store.Pending(ctx, one.DB()); err != nil || n != 0 {
		t.Errorf("%d migrations are pending (%v)", n, err)
	}
	storetest.Client(t, one)
}
