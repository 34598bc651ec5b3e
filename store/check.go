package store

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/tributary-hub/tributary/staffing"
)

// Check is the last test of a connection.
type Check struct {
	ConnectionID uuid.UUID                   `db:"connection_id"`
	NextAt       time.Time                   `db:"next_at"`
	CheckedAt    *time.Time                  `db:"checked_at"`
	Error        string                      `db:"error"` // why there was no report; "" when there was
	Account      string                      `db:"account"`
	Permissions  JSON[[]staffing.Permission] `db:"permissions"`
	ExpiresAt    *time.Time                  `db:"expires_at"`
	Granted      pq.StringArray              `db:"granted"` // that some test found since the settings changed
}

// Lost are the permissions that a test found once and the last one did not: the
// vendor's side has taken them away.
func (c Check) Lost() (out []staffing.Permission) {
	for _, p := range c.Permissions.V {
		if !p.Granted && slices.Contains(c.Granted, p.Name) {
			out = append(out, p)
		}
	}
	return out
}

// checkEvery is how often a connection is tested by itself.
const checkEvery = 24 * time.Hour

// SaveCheck keeps the result of a test. A test that gave no report leaves what the
// last report said, and adds its error.
func (q queries) SaveCheck(ctx context.Context, connectionID uuid.UUID, r staffing.Report, failed string) error {
	now := q.now()
	if failed != "" {
		return q.exec(ctx, "connection check", `insert into connection_checks (connection_id, next_at, checked_at, error) values ($1, $2, $3, $4)
			on conflict (connection_id) do update set next_at = excluded.next_at, checked_at = excluded.checked_at, error = excluded.error`,
			connectionID, now.Add(checkEvery), now, clean(failed))
	}
	granted := []string{}
	for _, p := range r.Permissions {
		if p.Granted {
			granted = append(granted, p.Name)
		}
	}
	return q.exec(ctx, "connection check", `insert into connection_checks (connection_id, next_at, checked_at, account, permissions, expires_at, granted) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (connection_id) do update set next_at = excluded.next_at, checked_at = excluded.checked_at, error = '', account = excluded.account, permissions = excluded.permissions,
			expires_at = excluded.expires_at, granted = array(select distinct unnest(connection_checks.granted || excluded.granted) order by 1)`,
		connectionID, now.Add(checkEvery), now, clean(r.Account), Doc(r.Permissions), orNull(r.ExpiresAt), pq.Array(granted))
}

// Checks gives the last test of every connection that had one.
func (q queries) Checks(ctx context.Context) (out []Check, err error) {
	return out, q.list(ctx, &out, "connection checks", `select * from connection_checks where checked_at is not null`)
}

// ClaimDueChecks takes up to limit active connections whose test is due, and puts
// the next one a day off. One that was never tested has its turn within a day.
func (t *Tx) ClaimDueChecks(ctx context.Context, limit int) (out []uuid.UUID, err error) {
	now := t.now()
	if err := t.exec(ctx, "connection checks", `insert into connection_checks (connection_id, next_at)
		select c.id, $1::timestamptz + make_interval(secs => (random() * $2)::int) from connections c
		where not exists (select 1 from connection_checks k where k.connection_id = c.id) on conflict do nothing`, now, checkEvery.Seconds()); err != nil {
		return nil, err
	}
	return out, t.list(ctx, &out, "due checks", `update connection_checks set next_at = $2 where connection_id in (
			select k.connection_id from connection_checks k join connections c on c.id = k.connection_id
			where k.next_at <= $1 and c.state = 'active' order by k.next_at limit $3 for update of k skip locked)
		returning connection_id`, now, now.Add(checkEvery), limit)
}

// MakeCheckDue makes the daily test of a connection due now.
func (q queries) MakeCheckDue(ctx context.Context, connectionID uuid.UUID) error {
	return q.exec(ctx, "connection check", `insert into connection_checks (connection_id, next_at) values ($1, $2)
		on conflict (connection_id) do update set next_at = excluded.next_at`, connectionID, q.now())
}
