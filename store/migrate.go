package store

import (
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/tributary-hub/tributary/migrations"
)

// Migrate brings the database to this program's schema: the hub's tables and
// River's. Replicas that start at once wait for each other on an advisory lock.
func Migrate(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return wrap(err, "migrate")
	}
	defer func() { _ = conn.Close() }() // back to the pool
	h := fnv.New32a()
	_, _ = h.Write([]byte("tributary migrations")) // never fails
	if err := lockMigrations(ctx, conn, int64(h.Sum32())); err != nil {
		return err
	}
	defer func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "select pg_advisory_unlock($1)", int64(h.Sum32())) // closing the connection unlocks too
	}()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the hub's tables: %w", err)
	}
	m, err := rivermigrate.New(riverdatabasesql.New(db), nil)
	if err != nil {
		return fmt.Errorf("read River's migrations: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate River's tables: %w", err)
	}
	// 30,000 jobs leave 55,000 dead tuples: clean early and without pauses.
	_, err = conn.ExecContext(ctx, `alter table river_job set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0)`)
	return wrap(err, "tune river_job")
}

// lockMigrations asks again and again instead of waiting in one statement, which
// statement_timeout would end.
func lockMigrations(ctx context.Context, conn *sql.Conn, key int64) error {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		var ok bool
		if err := conn.QueryRowContext(ctx, "select pg_try_advisory_lock($1)", key).Scan(&ok); err != nil {
			return wrap(err, "migration lock")
		}
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// Pending gives the number of migrations that this program has and the database
// has not.
func Pending(ctx context.Context, db *sql.DB) (int, error) {
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS)
	if err != nil {
		return 0, fmt.Errorf("read migrations: %w", err)
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return 0, wrap(err, "migrations")
	}
	return int(target - current), nil
}
