package store

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Profile is one version of a connection's configuration.
type Profile struct {
	ConnectionID uuid.UUID  `db:"connection_id"`
	Version      int        `db:"version"`
	State        string     `db:"state"`
	Document     string     `db:"document"`
	Author       string     `db:"author"`
	Note         string     `db:"note"`
	CreatedAt    time.Time  `db:"created_at"`
	PublishedAt  *time.Time `db:"published_at"`
}

// PublishProfile makes document the next published version of the connection's
// profile and supersedes the last. Call it in a transaction.
func (t *Tx) PublishProfile(ctx context.Context, connectionID uuid.UUID, document, author, note string) (int, error) {
	var version int
	if err := t.get(ctx, &version, "profile", `select coalesce(max(version), 0) + 1 from profiles where connection_id = $1`, connectionID); err != nil {
		return 0, err
	}
	if err := t.exec(ctx, "profile", `update profiles set state = 'superseded' where connection_id = $1 and state = 'published'`, connectionID); err != nil {
		return 0, err
	}
	return version, t.exec(ctx, "profile", `insert into profiles (connection_id, version, state, document, author, note, created_at, published_at)
		values ($1, $2, 'published', $3, $4, $5, $6, $6)`, connectionID, version, document, author, note, t.now())
}

// PublishedProfile gives the version in force; [staffing.NotFound] if there is none.
func (q queries) PublishedProfile(ctx context.Context, connectionID uuid.UUID) (p Profile, err error) {
	return p, q.get(ctx, &p, "published profile", `select * from profiles where connection_id = $1 and state = 'published'`, connectionID)
}

// PublishedVersion gives the number of the version in force, 0 if there is none.
func (q queries) PublishedVersion(ctx context.Context, connectionID uuid.UUID) (n int, err error) {
	return n, q.get(ctx, &n, "profile", `select coalesce(max(version), 0) from profiles where connection_id = $1 and state = 'published'`, connectionID)
}

// ProfileVersion gives one version, which may be superseded.
func (q queries) ProfileVersion(ctx context.Context, connectionID uuid.UUID, version int) (p Profile, err error) {
	return p, q.get(ctx, &p, "profile", `select * from profiles where connection_id = $1 and version = $2`, connectionID, version)
}
