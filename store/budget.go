package store

import (
	"context"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// Budget implements httpx.Ledger: change works on the row of that key alone. Its
// clock is the database's, one for all processes.
func (s *Store) Budget(ctx context.Context, key string, change func(b *httpx.Budget, now time.Time)) error {
	return s.InTx(ctx, func(tx *Tx) error {
		row, err := tx.holdBudget(ctx, key)
		if err != nil {
			return err
		}
		b := row.budget()
		change(&b, row.Now)
		return tx.exec(ctx, "budget", `update call_budgets set tokens = $2, refilled_at = $3, window_left = $4, window_limit = $5, window_ends = $6, window_ms = $7,
			paused_until = $8, flying = $9 where key = $1`,
			key, b.Tokens, orNull(b.At), b.Left, b.Limit, orNull(b.Ends), b.Length.Milliseconds(), orNull(b.Paused), b.Flying)
	})
}

type budgetRow struct {
	Tokens     float64    `db:"tokens"`
	RefilledAt *time.Time `db:"refilled_at"`
	Left       int        `db:"window_left"`
	Limit      int        `db:"window_limit"`
	Ends       *time.Time `db:"window_ends"`
	LengthMS   int64      `db:"window_ms"`
	Paused     *time.Time `db:"paused_until"`
	Flying     int        `db:"flying"`
	Now        time.Time  `db:"now"`
}

// holdBudget locks the budget's row; a key that is new gets one.
func (t *Tx) holdBudget(ctx context.Context, key string) (row budgetRow, err error) {
	const hold = `with b as (select * from call_budgets where key = $1 for update)
		select tokens, refilled_at, window_left, window_limit, window_ends, window_ms, paused_until, flying, clock_timestamp() now from b`
	err = t.get(ctx, &row, "budget", hold, key)
	if staffing.CodeOf(err) != staffing.NotFound {
		return row, err
	}
	if err := t.exec(ctx, "budget", `insert into call_budgets (key) values ($1) on conflict do nothing`, key); err != nil {
		return row, err
	}
	return row, t.get(ctx, &row, "budget", hold, key)
}

func (r budgetRow) budget() httpx.Budget {
	return httpx.Budget{Tokens: r.Tokens, At: orZero(r.RefilledAt), Left: r.Left, Limit: r.Limit, Ends: orZero(r.Ends),
		Length: time.Duration(r.LengthMS) * time.Millisecond, Paused: orZero(r.Paused), Flying: r.Flying}
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
