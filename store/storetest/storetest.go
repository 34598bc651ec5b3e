// Package storetest gives every test a database of its own: a clone of a migrated
// template, made in some fifty milliseconds and dropped when the test ends. Tests
// may run in parallel, in several processes too.
//
// It needs the PostgreSQL (13 or later) of TEST_DATABASE_URL, whose account may
// create databases; scripts/test starts one. Without it a test is skipped, or
// fails when TEST_DATABASE_REQUIRED=1 says that nothing may be skipped.
package storetest

import (
	"context"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/store"
)

// A test's pool is small, so that many tests together stay below the server's
// max_connections.
const (
	maxOpen = 8
	maxIdle = 2
)

// New gives a store on an empty, migrated database.
func New(tb testing.TB) *store.Store {
	tb.Helper()
	return NewAt(tb, nil)
}

// NewAt is New with the hub's clock; see [Clock] for one that a test moves.
func NewAt(tb testing.TB, now func() time.Time) *store.Store {
	tb.Helper()
	return Replica(tb, Database(tb), now)
}

// NewWithDSN is New for tests that open connections of their own, such as the job
// queue's listener. They must be closed before the test ends.
func NewWithDSN(tb testing.TB) (*store.Store, string) {
	tb.Helper()
	dsn := Database(tb)
	return Replica(tb, dsn, nil), dsn
}

// Replica gives a store with a pool of its own on the database of dsn, as another
// process of the hub has. Its secrets open in every other one. now is its clock,
// nil for the real one.
func Replica(tb testing.TB, dsn string, now func() time.Time) *store.Store {
	tb.Helper()
	pool, err := store.Open(context.Background(), dsn, true)
	if err != nil {
		tb.Fatal(err)
	}
	pool.SetMaxOpenConns(maxOpen)
	pool.SetMaxIdleConns(maxIdle)
	tb.Cleanup(func() {
		if err := pool.Close(); err != nil {
			tb.Errorf("close the pool: %v", err)
		}
	})
	return store.New(pool, Sealer(), now)
}

// Database gives the address of an empty, migrated database.
func Database(tb testing.TB) string {
	tb.Helper()
	srv := testServer(tb)
	name, err := srv.clone(context.Background())
	if err != nil {
		tb.Fatalf("make a database for the test: %v", err)
	}
	tb.Cleanup(func() {
		if err := srv.drop(context.Background(), name); err != nil {
			tb.Errorf("drop the test's database: %v", err)
		}
	})
	return srv.dsn(name)
}

func testServer(tb testing.TB) server {
	tb.Helper()
	dsn := os.Getenv("TEST_DATABASE_URL")
	if dsn == "" && os.Getenv("TEST_DATABASE_REQUIRED") == "1" {
		tb.Fatal("TEST_DATABASE_URL is not set, and TEST_DATABASE_REQUIRED=1 says that this test must run; scripts/test sets both")
	}
	if dsn == "" {
		tb.Skip("this test needs a PostgreSQL: run it with scripts/test, or set TEST_DATABASE_URL")
	}
	u, err := url.Parse(dsn)
	if err != nil || u.Host == "" {
		tb.Fatal("TEST_DATABASE_URL cannot be read; it must look like postgres://user:password@host:5432/database")
	}
	q := u.Query()
	if q.Get("sslmode") == "" {
		q.Set("sslmode", "disable")
		u.RawQuery = q.Encode()
	}
	return server{u}
}
