package jobs

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/internal/localpg"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// ownServer starts a PostgreSQL whose processes this test may freeze, with a
// migrated database and a pool as the hub opens it.
func ownServer(t *testing.T) (*store.Store, string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	srv, err := localpg.Start(t.Context(), localpg.Options{Dir: filepath.Join(dir, "pg"), Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := srv.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	dsn := srv.DSN(localpg.Database)
	if err := store.MigrateAt(t.Context(), dsn, true); err != nil {
		t.Fatal(err)
	}
	pool, err := store.Open(t.Context(), dsn, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() }) // what hangs in it is the point of the test
	return store.New(pool, storetest.Sealer(), nil), dsn
}

// freeze stops every backend of the hub, as a network that swallows packets does:
// the connections stay open and say nothing. New ones work.
func freeze(t *testing.T, witness *store.Store) {
	t.Helper()
	rows, err := witness.DB().QueryContext(t.Context(), `select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var pids []int
	for rows.Next() {
		var pid int
		if err := rows.Scan(&pid); err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	if err := rows.Err(); err != nil || len(pids) < 6 {
		t.Fatalf("the hub has %d connections (%v)", len(pids), err)
	}
	signal := func(s syscall.Signal) {
		for _, pid := range pids {
			_ = syscall.Kill(pid, s) // one that has ended meanwhile needs no signal
		}
	}
	signal(syscall.SIGSTOP)
	t.Cleanup(func() { signal(syscall.SIGCONT) })
}

// The database's answers stop coming, on every connection that the hub has: the
// work goes on over new ones within thirty seconds, and nothing happens twice.
func TestFrozenConnectionsHoldWorkUpForSeconds(t *testing.T) {
	t.Parallel()
	s, dsn := ownServer(t)
	b := newBenchOn(t, s, dsn, func(c *Config) { c.Tick, c.JobTimeout, c.SettleAfter = time.Second, 20*time.Second, 20*time.Second })
	b.must(s.UpsertFeed(b.ctx, b.clientID, "requisitions", time.Second))
	b.requisition("100", "Welder")
	b.synced("100")
	var all sync.WaitGroup
	for range 8 { // connections that lie idle and are trusted
		all.Go(func() { _, _ = s.DB().ExecContext(b.ctx, `select pg_sleep(0.3)`) })
	}
	all.Wait()
	witness := storetest.Replica(t, dsn, nil)
	freeze(t, witness)
	began := time.Now()
	b.client.push(&b.client.requisitions, "101", rawRequisition("101", "Fitter"))
	b.within(60*time.Second, "the job of the next requisition is made", func() string {
		return missing(b.ats.count("put job R-101") > 0)
	})
	took := time.Since(began)
	t.Logf("the work went on after %s", took.Round(100*time.Millisecond))
	if took > 30*time.Second {
		t.Errorf("the work stood still for %s", took)
	}
	b.store = witness
	req := b.synced("101")
	if made := b.ats.made("put job", req.ID.String()); len(made) != 1 {
		t.Errorf("%d jobs were made", len(made))
	}
}
