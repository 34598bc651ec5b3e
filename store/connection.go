package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/tributary-hub/tributary/staffing"
)

// Connection is one configured outside system. Its secrets stay sealed until
// [queries.ConnectionSecrets] opens them.
type Connection struct {
	ID          uuid.UUID                `db:"id"`
	ClientID    *uuid.UUID               `db:"client_id"`
	Kind        string                   `db:"kind"`
	Role        staffing.Role            `db:"role"`
	Name        string                   `db:"name"`
	Settings    JSON[map[string]string]  `db:"settings"`
	Secrets     []byte                   `db:"secrets"`
	State       staffing.ConnectionState `db:"state"`
	StateReason string                   `db:"state_reason"`
	CreatedAt   time.Time                `db:"created_at"`
	UpdatedAt   time.Time                `db:"updated_at"`
	Mode        string                   `db:"mode"` // ModeLive or ModeShadow
	// LiveSteps are the flows that write while the mode is ModeShadow: see Writes.
	LiveSteps pq.StringArray `db:"live_steps"`
	// DraftRevision is the last revision of a draft that was given out.
	DraftRevision int `db:"draft_revision"`
}

// The modes of a connection.
const (
	ModeLive   = "live"
	ModeShadow = "shadow" // records are read, mapped and checked; nothing is written outside for them
)

func secretsRow(id uuid.UUID) string { return "connections/" + id.String() + "/secrets" }

func (q queries) seal(id uuid.UUID, secrets map[string]string) ([]byte, error) {
	b, err := json.Marshal(secrets)
	if err != nil {
		return nil, err
	}
	return q.box.Seal(b, secretsRow(id))
}

// InsertConnection adds a connection. The secret values are sealed before they
// touch the database.
func (q queries) InsertConnection(ctx context.Context, c Connection, secrets map[string]string) (Connection, error) {
	if c.ID == uuid.Nil {
		c.ID = NewID()
	}
	c.CreatedAt, c.UpdatedAt = q.now(), q.now()
	if c.State == "" {
		c.State = staffing.ConnectionActive
	}
	if c.Mode == "" {
		c.Mode = ModeLive
	}
	if c.LiveSteps == nil {
		c.LiveSteps = pq.StringArray{}
	}
	sealed, err := q.seal(c.ID, secrets)
	if err != nil {
		return c, err
	}
	c.Secrets = sealed
	return c, q.exec(ctx, "connection", `insert into connections (id, client_id, kind, role, name, settings, secrets, state, state_reason, created_at, updated_at, mode, live_steps)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12)`,
		c.ID, c.ClientID, c.Kind, c.Role, clean(c.Name), c.Settings, c.Secrets, c.State, c.StateReason, c.CreatedAt, c.Mode, c.LiveSteps)
}

// UpdateConnectionSettings replaces name, settings and secrets. The tokens that
// were fetched with the old ones go with them: they may name another address. So
// does the last test.
func (q queries) UpdateConnectionSettings(ctx context.Context, id uuid.UUID, name string, settings, secrets map[string]string) error {
	sealed, err := q.seal(id, secrets)
	if err != nil {
		return err
	}
	return q.execOne(ctx, staffing.NotFound, "connection", `with old as (delete from tokens where connection_id = $1), checked as (delete from connection_checks where connection_id = $1)
		update connections set name = $2, settings = $3, secrets = $4, updated_at = $5 where id = $1`,
		id, clean(name), Doc(settings), sealed, q.now())
}

// ConnectionSecrets opens the secret values of a connection.
func (q queries) ConnectionSecrets(c Connection) (map[string]string, error) {
	plain, err := q.box.Open(c.Secrets, secretsRow(c.ID))
	if err != nil {
		return nil, &staffing.Error{Code: staffing.Internal, Message: "the secrets of connection " + c.Name + " cannot be opened: is the key file the one they were saved with?", Err: err}
	}
	var out map[string]string
	return out, json.Unmarshal(plain, &out)
}

// Connection gives one connection.
func (q queries) Connection(ctx context.Context, id uuid.UUID) (c Connection, err error) {
	return c, q.get(ctx, &c, "connection", `select * from connections where id = $1`, id)
}

// Connections lists all connections: clients' first, by name.
func (q queries) Connections(ctx context.Context) (out []Connection, err error) {
	return out, q.list(ctx, &out, "connections", `select * from connections order by role, name`)
}

// ConnectionByRole gives the firm's own system of that role, the oldest that is
// not paused; [staffing.NotFound] if there is none.
func (q queries) ConnectionByRole(ctx context.Context, role staffing.Role) (c Connection, err error) {
	err = q.get(ctx, &c, "connection", `select * from connections where role = $1 and state <> 'paused' order by created_at limit 1`, role)
	if staffing.CodeOf(err) == staffing.NotFound {
		return c, &staffing.Error{Code: staffing.NotFound, Message: "no " + roleWord(role) + " is connected yet; add one on the Connections page"}
	}
	return c, err
}

func roleWord(r staffing.Role) string {
	switch r {
	case staffing.RoleInternalATS:
		return "internal ATS"
	case staffing.RoleERP:
		return "ERP"
	default:
		return "client system"
	}
}

// SetConnectionState pauses, resumes or marks a connection, with the reason in
// words.
func (q queries) SetConnectionState(ctx context.Context, id uuid.UUID, state staffing.ConnectionState, reason string) error {
	return q.execOne(ctx, staffing.NotFound, "connection", `update connections set state = $2, state_reason = $3, updated_at = $4 where id = $1`,
		id, state, clean(reason), q.now())
}

// MarkNeedsAttention stops the hub's calls on a connection whose credentials
// were refused. A paused connection stays paused.
func (q queries) MarkNeedsAttention(ctx context.Context, id uuid.UUID, reason string) error {
	return q.exec(ctx, "connection", `update connections set state = 'needs_attention', state_reason = $2, updated_at = $3 where id = $1 and state = 'active'`,
		id, clean(reason), q.now())
}
