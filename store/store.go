// Package store keeps the hub's state in PostgreSQL: one file per noun. It is
// the only place that writes SQL.
//
// [Store] and [Tx] share their query methods: each exists once and works in both
// worlds. A method that must be part of something larger is called on a Tx
// inside [Store.InTx]; no outside call is ever made in there.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/tributary-hub/tributary/staffing"
)

// Sealer encrypts what must not be read from the database alone. The row id is
// bound to the cipher text, so that it cannot be moved to another row.
type Sealer interface {
	Seal(plain []byte, rowID string) ([]byte, error)
	Open(cipher []byte, rowID string) ([]byte, error)
}

type queries struct {
	db  sqlx.ExtContext
	box Sealer
	now func() time.Time
}

// Store is the database.
type Store struct {
	queries
	pool *sqlx.DB
}

// Tx is one transaction.
type Tx struct {
	queries
	tx *sqlx.Tx
}

// New makes a Store on an opened pool. now is the hub's clock, nil for the real
// one.
func New(pool *sqlx.DB, box Sealer, now func() time.Time) *Store {
	if now == nil {
		now = time.Now
	}
	utc := func() time.Time { return now().UTC().Truncate(time.Microsecond) }
	return &Store{queries: queries{db: pool, box: box, now: utc}, pool: pool}
}

// DB gives the pool, for River and the migrations.
func (s *Store) DB() *sql.DB { return s.pool.DB }

// SQL gives the bare transaction, for River's InsertTx and JobCompleteTx only.
func (t *Tx) SQL() *sql.Tx { return t.tx.Tx }

// InTx runs do in one transaction: committed when it returns nil, else rolled
// back. The error keeps its cause. A commit whose answer is lost may have taken
// effect; it is [staffing.Unavailable], and do must bear to run again.
func (s *Store) InTx(ctx context.Context, do func(tx *Tx) error) (err error) {
	tx, err := s.pool.BeginTxx(ctx, nil)
	if err != nil {
		return wrap(err, "begin")
	}
	returned := false
	defer func() {
		if !returned {
			_ = tx.Rollback() // a panic or the goroutine's end goes on; its cause matters more
		}
	}()
	err = do(&Tx{queries: queries{db: tx, box: s.box, now: s.now}, tx: tx})
	returned = true
	if err != nil {
		if rb := tx.Rollback(); rb != nil && !errors.Is(rb, sql.ErrTxDone) {
			return fmt.Errorf("%w (and the rollback failed: %w)", err, rb)
		}
		return err
	}
	return wrap(tx.Commit(), "commit")
}

// Now gives the store's time: UTC, in the database's precision.
func (q queries) Now() time.Time { return q.now() }

// NewID makes an id that sorts by time.
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func (q queries) get(ctx context.Context, dest any, what, query string, args ...any) error {
	err := sqlx.GetContext(ctx, q.db, dest, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return staffing.Errorf(staffing.NotFound, "there is no such %s", what)
	}
	return wrap(err, what)
}

func (q queries) list(ctx context.Context, dest any, what, query string, args ...any) error {
	return wrap(sqlx.SelectContext(ctx, q.db, dest, query, args...), what)
}

func (q queries) exec(ctx context.Context, what, query string, args ...any) error {
	_, err := q.db.ExecContext(ctx, query, args...)
	return wrap(err, what)
}

// execOne is exec for a statement that must change exactly one row; none is a
// conflict or an absence, which code says.
func (q queries) execOne(ctx context.Context, code staffing.Code, what, query string, args ...any) error {
	res, err := q.db.ExecContext(ctx, query, args...)
	if err != nil {
		return wrap(err, what)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return wrap(err, what)
	}
	if n == 1 {
		return nil
	}
	if code == staffing.NotFound {
		return staffing.Errorf(code, "there is no such %s", what)
	}
	return staffing.Errorf(code, "the %s was changed meanwhile; look again", what)
}
