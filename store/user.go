package store

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/tributary-hub/tributary/staffing"
)

// User is a person who signs in.
type User struct {
	ID           uuid.UUID  `db:"id"`
	Email        string     `db:"email"`
	Name         string     `db:"name"`
	Role         string     `db:"role"`
	PasswordHash string     `db:"password_hash"`
	DisabledAt   *time.Time `db:"disabled_at"`
	CreatedAt    time.Time  `db:"created_at"`
	Digest       string     `db:"digest"`    // off, hourly or daily
	DigestAt     *time.Time `db:"digest_at"` // the last one that left
}

// InsertUser adds a user; id and time are set here, the e-mail is lower-cased.
func (q queries) InsertUser(ctx context.Context, u User) (User, error) {
	u.ID, u.CreatedAt, u.Email = NewID(), q.now(), strings.ToLower(strings.TrimSpace(u.Email))
	return u, q.exec(ctx, "user", `insert into users (id, email, name, role, password_hash, created_at) values ($1, $2, $3, $4, $5, $6)`,
		u.ID, u.Email, clean(u.Name), u.Role, u.PasswordHash, u.CreatedAt)
}

// User gives one user.
func (q queries) User(ctx context.Context, id uuid.UUID) (u User, err error) {
	return u, q.get(ctx, &u, "user", `select * from users where id = $1`, id)
}

// UserByEmail gives the user who signs in with that e-mail.
func (q queries) UserByEmail(ctx context.Context, email string) (u User, err error) {
	return u, q.get(ctx, &u, "user", `select * from users where email = $1`, clean(strings.ToLower(strings.TrimSpace(email))))
}

// Users lists all users by name.
func (q queries) Users(ctx context.Context) (out []User, err error) {
	return out, q.list(ctx, &out, "users", `select * from users order by name`)
}

// SetUserRole changes what a user may do; it counts from the next request on.
func (q queries) SetUserRole(ctx context.Context, id uuid.UUID, role string) error {
	return q.execOne(ctx, staffing.NotFound, "user", `update users set role = $2 where id = $1`, id, role)
}

// SetUserPassword replaces the password's hash.
func (q queries) SetUserPassword(ctx context.Context, id uuid.UUID, hash string) error {
	return q.execOne(ctx, staffing.NotFound, "user", `update users set password_hash = $2 where id = $1`, id, hash)
}

// SetUserDisabled shuts a user out, or lets them in again.
func (q queries) SetUserDisabled(ctx context.Context, id uuid.UUID, disabled bool) error {
	var at *time.Time
	if disabled {
		now := q.now()
		at = &now
	}
	return q.execOne(ctx, staffing.NotFound, "user", `update users set disabled_at = $2 where id = $1`, id, at)
}

// LoginBlockedUntil gives the time before which no sign-in is looked at for any
// of the keys (account, address); the zero time when there is none.
func (q queries) LoginBlockedUntil(ctx context.Context, keys ...string) (time.Time, error) {
	var until *time.Time
	keys = cleanAll(keys)
	err := q.get(ctx, &until, "login throttle", `select max(blocked_until) from login_throttle where key = any ($1)`, pq.Array(keys))
	if err != nil || until == nil {
		return time.Time{}, err
	}
	return *until, nil
}

// NoteLoginFailure counts a wrong password for each key. From the free-th on, each
// doubles the wait, from one second to fifteen minutes; nobody is locked out for
// ever, and after an hour without one the count begins anew.
func (q queries) NoteLoginFailure(ctx context.Context, free int, keys ...string) error {
	now := q.now()
	for _, k := range keys {
		if err := q.exec(ctx, "login throttle", `insert into login_throttle (key, failures, last_at, blocked_until)
			values ($1, 1, $2, case when $3 <= 1 then $2::timestamptz + interval '1 second' end)
			on conflict (key) do update set (failures, last_at, blocked_until) = (
				select n, excluded.last_at, case when n >= $3 then excluded.last_at + make_interval(secs => least(900, power(2, least(20, n - $3)))) end
				from (select case when login_throttle.last_at < excluded.last_at - interval '1 hour' then 1 else login_throttle.failures + 1 end n) counted)`,
			clean(k), now, free); err != nil {
			return err
		}
	}
	return nil
}

// ClearLoginFailures forgets the wrong passwords of an account after a right one.
func (q queries) ClearLoginFailures(ctx context.Context, keys ...string) error {
	return q.exec(ctx, "login throttle", `delete from login_throttle where key = any ($1)`, pq.Array(cleanAll(keys)))
}

// APIToken is the record of a bearer token; the token itself is not kept.
type APIToken struct {
	ID        uuid.UUID      `db:"id"`
	Name      string         `db:"name"`
	Scopes    pq.StringArray `db:"scopes"`
	CreatedBy string         `db:"created_by"`
	CreatedAt time.Time      `db:"created_at"`
	ExpiresAt time.Time      `db:"expires_at"`
	RevokedAt *time.Time     `db:"revoked_at"`
}

// TokenActor stands before a token's name where the audit log and a profile's
// history say who did something.
const TokenActor = "token:"

// IssuedToken says that a person issued a token of that name.
func (q queries) IssuedToken(ctx context.Context, name, email string) (yes bool, err error) {
	return yes, q.get(ctx, &yes, "API token", `select exists (select from api_tokens where name = $1 and created_by = $2)`, clean(name), email)
}

// InsertAPIToken records a token.
func (q queries) InsertAPIToken(ctx context.Context, t APIToken) (APIToken, error) {
	t.ID, t.CreatedAt = NewID(), q.now()
	return t, q.exec(ctx, "API token", `insert into api_tokens (id, name, scopes, created_by, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)`,
		t.ID, clean(t.Name), t.Scopes, t.CreatedBy, t.CreatedAt, t.ExpiresAt)
}

// APIToken gives the record of a token.
func (q queries) APIToken(ctx context.Context, id uuid.UUID) (t APIToken, err error) {
	return t, q.get(ctx, &t, "API token", `select * from api_tokens where id = $1`, id)
}

// APITokens lists all tokens, newest first.
func (q queries) APITokens(ctx context.Context) (out []APIToken, err error) {
	return out, q.list(ctx, &out, "API tokens", `select * from api_tokens order by created_at desc`)
}

// RevokeAPIToken ends a token at once.
func (q queries) RevokeAPIToken(ctx context.Context, id uuid.UUID) error {
	return q.execOne(ctx, staffing.NotFound, "API token", `update api_tokens set revoked_at = coalesce(revoked_at, $2) where id = $1`, id, q.now())
}
