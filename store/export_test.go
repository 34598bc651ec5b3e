package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
)

// OpenWithin is [Open] with another bound for a round trip than the usual seconds.
func OpenWithin(ctx context.Context, dsn string, limit time.Duration) (*sqlx.DB, error) {
	return open(ctx, dsn, true, limit)
}
