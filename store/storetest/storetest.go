// Package storetest gives every test a database of its own: a clone of a migrated
// template, made in some ten milliseconds and dropped when the test has passed
// (a failed test's database stays, and its address is in the log). Tests may run
// in parallel, in several processes too.
//
// It needs the PostgreSQL of TEST_DATABASE_URL, whose account may create
// databases and roles; scripts/test starts one. Without it a test is skipped, or
// fails when TEST_DATABASE_REQUIRED=1 says that nothing may be skipped.
package storetest

import (
	"context"
	"net"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/peterldowns/pgtestdb"

	"github.com/tributary-hub/tributary/store"
)

// A test's pool is small, so that many tests together stay below the server's
// max_connections.
const (
	maxOpen = 8
	maxIdle = 2
)

// New gives a store on an empty, migrated database.
func New(t testing.TB) *store.Store {
	t.Helper()
	return NewAt(t, nil)
}

// NewAt is New with the hub's clock; see [Clock] for one that a test moves.
func NewAt(t testing.TB, now func() time.Time) *store.Store {
	t.Helper()
	return Replica(t, Database(t), now)
}

// NewWithDSN is New for tests that open connections of their own, such as the job
// queue's listener. They must be closed before the test ends.
func NewWithDSN(t testing.TB) (*store.Store, string) {
	t.Helper()
	dsn := Database(t)
	return Replica(t, dsn, nil), dsn
}

// Replica gives a store with a pool of its own on the database of dsn, as another
// process of the hub has. Its secrets open in every other one. now is its clock,
// nil for the real one.
func Replica(t testing.TB, dsn string, now func() time.Time) *store.Store {
	t.Helper()
	pool, err := store.Open(context.Background(), dsn, true)
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(maxOpen)
	pool.SetMaxIdleConns(maxIdle)
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Errorf("close the pool: %v", err)
		}
	})
	return store.New(pool, Sealer(), now)
}

// Database gives the address of an empty, migrated database.
func Database(t testing.TB) string {
	t.Helper()
	return pgtestdb.Custom(t, server(t), migrator{}).URL()
}

// server reads the address of the server.
func server(t testing.TB) pgtestdb.Config {
	t.Helper()
	dsn := os.Getenv("TEST_DATABASE_URL")
	if dsn == "" && os.Getenv("TEST_DATABASE_REQUIRED") == "1" {
		t.Fatal("TEST_DATABASE_URL is not set, and TEST_DATABASE_REQUIRED=1 says that this test must run; scripts/test sets both")
	}
	if dsn == "" {
		t.Skip("this test needs a PostgreSQL: run it with scripts/test, or set TEST_DATABASE_URL")
	}
	u, err := url.Parse(dsn)
	if err != nil || u.Hostname() == "" {
		t.Fatal("TEST_DATABASE_URL cannot be read; it must look like postgres://user:password@host:5432/database")
	}
	host, port := u.Hostname(), u.Port()
	if ip := net.ParseIP(host); ip != nil && ip.To4() == nil {
		host = "[" + host + "]"
	}
	if port == "" {
		port = "5432"
	}
	options := u.Query()
	if options.Get("sslmode") == "" {
		options.Set("sslmode", "disable")
	}
	password, _ := u.User.Password() // none: the server trusts the account
	return pgtestdb.Config{
		DriverName: "postgres", Host: host, Port: port, Database: u.Path[min(1, len(u.Path)):],
		User: url.PathEscape(u.User.Username()), Password: url.QueryEscape(password), Options: options.Encode(),
		ForceTerminateConnections: true, // a worker that is still going down must not fail the next test
	}
}
