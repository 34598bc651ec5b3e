package main

import (
	"context"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jmoiron/sqlx"

	"github.com/tributary-hub/tributary/internal/localpg"
	"github.com/tributary-hub/tributary/internal/secret"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// database is the hub's database with all that belongs to it: its own server when
// none was given, the pool, the listener of the queue, the keys.
type database struct {
	local    *localpg.Server // nil: DATABASE_URL is somebody else's
	dsn      string
	pool     *sqlx.DB
	listener *pgxpool.Pool
	store    *store.Store
}

// openDatabase starts or reaches the database and brings it to this program's
// schema. The caller closes it.
func (p *program) openDatabase(ctx context.Context) (_ *database, err error) {
	db := &database{dsn: p.cfg.DatabaseURL.Reveal()}
	defer func() {
		if err != nil {
			db.close(p)
		}
	}()
	if p.cfg.Embedded() {
		if err = db.startLocal(ctx, p); err != nil {
			return nil, err
		}
	}
	if db.pool, err = store.Open(ctx, db.dsn, p.cfg.DBInsecure); err != nil {
		return nil, err
	}
	if p.looksOnly {
		db.store = store.New(db.pool, nil, nil)
		return db, nil
	}
	if err = store.MigrateAt(ctx, db.dsn, p.cfg.DBInsecure); err != nil {
		return nil, err
	}
	box, err := secret.OpenBox(p.cfg.KeyFile, true)
	if err != nil {
		return nil, err
	}
	db.store = store.New(db.pool, box, nil)
	db.listener, err = store.OpenListener(ctx, db.dsn, p.cfg.DBInsecure)
	return db, err
}

// startLocal starts the hub's own server. A command that finds one which another
// process runs works beside it; a second hub does not.
func (db *database) startLocal(ctx context.Context, p *program) error {
	dir := filepath.Join(p.cfg.DataDir, "postgres")
	local, err := localpg.Start(ctx, localpg.Options{Dir: dir, Log: p.log})
	if err == nil {
		db.local, db.dsn = local, local.DSN(localpg.Database)
		return nil
	}
	dsn, there := localpg.Beside(dir)
	if !p.beside || !there || staffing.CodeOf(err) != staffing.Conflict {
		return err
	}
	db.dsn = dsn
	return nil
}

// lost is closed when the hub's own server ended without being asked; nil, which
// never closes, for a database that is somebody else's.
func (db *database) lost() <-chan struct{} {
	if db.local == nil {
		return nil
	}
	return db.local.Done()
}

// close ends everything that openDatabase began. Each part has a moment: a
// database that hangs must not keep the process.
func (db *database) close(p *program) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if db.listener != nil {
			db.listener.Close()
		}
		if db.pool != nil {
			if err := db.pool.Close(); err != nil {
				p.log.Warn("the database's connections did not close well", "error", err)
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(2 * time.Second):
	}
	if db.local != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), 4*time.Second)
		defer cancel()
		if err := db.local.Stop(ctx); err != nil {
			p.log.Warn("the database did not stop well; the next start recovers it", "error", err)
		}
	}
}
