package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// The states of a profile.
const (
	ProfileDraft      = "draft"
	ProfilePublished  = "published"
	ProfileSuperseded = "superseded"
)

// Profile is one version of a connection's configuration. A draft is version 0.
type Profile struct {
	ConnectionID uuid.UUID  `db:"connection_id"`
	Version      int        `db:"version"`
	State        string     `db:"state"`
	Document     string     `db:"document"`
	Author       string     `db:"author"` // who began it
	Note         string     `db:"note"`
	CreatedAt    time.Time  `db:"created_at"`
	PublishedAt  *time.Time `db:"published_at"`
	PublishedBy  string     `db:"published_by"`
	Revision     int        `db:"revision"`     // of a draft: changes with each save
	BaseVersion  int        `db:"base_version"` // what the draft was begun from
	UpdatedAt    time.Time  `db:"updated_at"`
	UpdatedBy    string     `db:"updated_by"`
	// RequestedBy wants the draft published and waits for a second person; "": nobody.
	RequestedBy string     `db:"requested_by"`
	RequestedAt *time.Time `db:"requested_at"`
	RequestNote string     `db:"request_note"`
}

// PublishProfile makes document the next published version of the connection's
// profile and supersedes the last. Call it in a transaction.
func (t *Tx) PublishProfile(ctx context.Context, connectionID uuid.UUID, document, author, note string) (int, error) {
	version, err := t.nextVersion(ctx, connectionID)
	if err != nil {
		return 0, err
	}
	return version, t.exec(ctx, "profile", `insert into profiles (connection_id, version, state, document, author, note, created_at, published_at, updated_at, updated_by, published_by)
		values ($1, $2, 'published', $3, $4, $5, $6, $6, $6, $4, $4)`, connectionID, version, document, author, clean(note), t.now())
}

// nextVersion supersedes what is in force and gives the number of what comes next.
// The connection's row stays locked: versions are made one after the other.
func (t *Tx) nextVersion(ctx context.Context, connectionID uuid.UUID) (version int, err error) {
	if err := t.lockConnection(ctx, connectionID); err != nil {
		return 0, err
	}
	if err := t.get(ctx, &version, "profile", `select coalesce(max(version), 0) + 1 from profiles where connection_id = $1`, connectionID); err != nil {
		return 0, err
	}
	return version, t.exec(ctx, "profile", `update profiles set state = 'superseded' where connection_id = $1 and state = 'published'`, connectionID)
}

func (t *Tx) lockConnection(ctx context.Context, id uuid.UUID) error {
	var n int
	return t.get(ctx, &n, "connection", `select 1 from connections where id = $1 for no key update`, id)
}

// PublishedProfile gives the version in force; [staffing.NotFound] if there is none.
func (q queries) PublishedProfile(ctx context.Context, connectionID uuid.UUID) (p Profile, err error) {
	return p, q.get(ctx, &p, "published profile", `select * from profiles where connection_id = $1 and state = 'published'`, connectionID)
}

// PublishedVersion gives the number of the version in force, 0 if there is none.
func (q queries) PublishedVersion(ctx context.Context, connectionID uuid.UUID) (n int, err error) {
	return n, q.get(ctx, &n, "profile", `select coalesce(max(version), 0) from profiles where connection_id = $1 and state = 'published'`, connectionID)
}

// ProfileStamp says which version and which code lists are in force, in one
// query: what was compiled from the same stamp is still good.
func (q queries) ProfileStamp(ctx context.Context, connectionID uuid.UUID) (version int, lists string, err error) {
	var row struct {
		Version int    `db:"version"`
		Lists   string `db:"lists"`
	}
	err = q.get(ctx, &row, "profile", `select coalesce((select max(version) from profiles where connection_id = $1 and state = 'published'), 0) version,
		coalesce((select string_agg(id::text, ',' order by id) from (select max(id) id from code_lists where connection_id = $1 group by name) newest), '') lists`, connectionID)
	return row.Version, row.Lists, err
}

// ProfileVersion gives one version, which may be superseded; 0 is the draft.
func (q queries) ProfileVersion(ctx context.Context, connectionID uuid.UUID, version int) (p Profile, err error) {
	return p, q.get(ctx, &p, "profile", `select * from profiles where connection_id = $1 and version = $2`, connectionID, version)
}

// Profiles lists all versions, newest first; the draft, if there is one, comes first.
func (q queries) Profiles(ctx context.Context, connectionID uuid.UUID) (out []Profile, err error) {
	return out, q.list(ctx, &out, "profiles", `select * from profiles where connection_id = $1 order by (state = 'draft') desc, version desc`, connectionID)
}

// RollBack publishes the document of an old version as a new one. What went before
// stays in the history.
func (t *Tx) RollBack(ctx context.Context, connectionID uuid.UUID, version int, by, note string) (newVersion int, err error) {
	if err := t.lockConnection(ctx, connectionID); err != nil {
		return 0, err
	}
	old, err := t.ProfileVersion(ctx, connectionID, version)
	switch {
	case err != nil:
		return 0, err
	case old.State == ProfileDraft:
		return 0, staffing.Errorf(staffing.Invalid, "a draft was never in force; there is nothing to roll back to")
	case old.State == ProfilePublished:
		return 0, staffing.Errorf(staffing.Conflict, "version %d is in force already", version)
	}
	return t.PublishProfile(ctx, connectionID, old.Document, by, note)
}
