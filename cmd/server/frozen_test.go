package main

import (
	"database/sql"
	"net/http"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq" // the test looks at the database's backends itself

	"github.com/tributary-hub/tributary/sandbox/world"
)

// TestFrozenBackends stops every backend that serves the hub, as a half-open
// network does: nothing answers, nothing ends. The hub says that it is not ready,
// goes on with new connections within thirty seconds, and is ready again.
func TestFrozenBackends(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	w := newWorld(t, world.Options{Seed: 3})
	admin := in.person("admin")
	ids := admin.connect(w)
	in.token()
	thaw := freeze(t, in.database)
	defer thaw()
	frozen := time.Now()
	in.eventually(20*time.Second, "the hub says that it is not ready", func() bool { return in.status("/readyz") == http.StatusServiceUnavailable })
	w.OpenRequisition("HALDEN")
	in.eventually(30*time.Second, "the hub is ready on new connections", func() bool { return in.status("/readyz") == http.StatusOK })
	t.Logf("ready again %s after the freeze", time.Since(frozen).Round(time.Second))
	in.eventually(30*time.Second, "a new requisition is a job while the old backends stand still", func() bool {
		admin.pollAll(ids)
		var list struct{ Items []struct{ State string } }
		return in.tryAPI("/requisitions?state=synced", &list) == nil && len(list.Items) > 0
	})
}

// freeze stops the backends of the hub's database; thaw lets them go on.
func freeze(t *testing.T, dsn string) (thaw func()) {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(t.Context(), `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`)
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
	if err := rows.Err(); err != nil || len(pids) == 0 {
		t.Fatalf("%d backends: %v", len(pids), err)
	}
	for _, pid := range pids {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Skipf("the backends of the database cannot be stopped from here (%v); scripts/test without TEST_DATABASE_URL starts a database that can", err)
		}
	}
	return func() {
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGCONT) // it may have been ended meanwhile
		}
	}
}
