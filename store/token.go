package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// SharedToken is a vendor's bearer token that replicas share.
type SharedToken struct {
	Value     string            `json:"value"`
	ExpiresAt time.Time         `json:"expires_at"`
	Extra     map[string]string `json:"extra,omitempty"`
}

func tokenRow(id uuid.UUID, name string) string { return "tokens/" + id.String() + "/" + name }

// VendorToken gives the stored token; [staffing.NotFound] when there is none.
func (q queries) VendorToken(ctx context.Context, connectionID uuid.UUID, name string) (SharedToken, error) {
	var sealed []byte
	var t SharedToken
	if err := q.get(ctx, &sealed, "token", `select token from tokens where connection_id = $1 and name = $2 and token is not null`, connectionID, name); err != nil {
		return t, err
	}
	plain, err := q.box.Open(sealed, tokenRow(connectionID, name))
	if err != nil { // sealed with another key: fetch anew
		return t, &staffing.Error{Code: staffing.NotFound, Message: "the stored token cannot be opened", Err: err}
	}
	return t, json.Unmarshal(plain, &t)
}

// ClaimTokenRefresh makes the caller the one who fetches a new token for the next
// while; false: somebody else is at it.
func (q queries) ClaimTokenRefresh(ctx context.Context, connectionID uuid.UUID, name string, hold time.Duration) (bool, error) {
	var n int
	err := q.get(ctx, &n, "token", `with c as (
			insert into tokens (connection_id, name, refreshing_until) values ($1, $2, $4)
			on conflict (connection_id, name) do update set refreshing_until = excluded.refreshing_until
			where tokens.refreshing_until is null or tokens.refreshing_until <= $3
			returning 1)
		select count(*) from c`, connectionID, name, q.now(), q.now().Add(hold))
	return n == 1, err
}

// SaveVendorToken stores a fetched token and ends the claim.
func (q queries) SaveVendorToken(ctx context.Context, connectionID uuid.UUID, name string, t SharedToken) error {
	plain, err := json.Marshal(t)
	if err != nil {
		return err
	}
	sealed, err := q.box.Seal(plain, tokenRow(connectionID, name))
	if err != nil {
		return err
	}
	return q.exec(ctx, "token", `update tokens set token = $3, expires_at = $4, refreshing_until = null where connection_id = $1 and name = $2`,
		connectionID, name, sealed, t.ExpiresAt)
}

// ReleaseTokenRefresh ends a claim whose fetch failed.
func (q queries) ReleaseTokenRefresh(ctx context.Context, connectionID uuid.UUID, name string) error {
	return q.exec(ctx, "token", `update tokens set refreshing_until = null where connection_id = $1 and name = $2`, connectionID, name)
}

// DropVendorToken forgets the stored token while its value is value. It reads and
// deletes in one transaction, so a token that was just renewed stays.
func (s *Store) DropVendorToken(ctx context.Context, connectionID uuid.UUID, name, value string) error {
	return s.InTx(ctx, func(tx *Tx) error {
		if err := tx.exec(ctx, "token", `select 1 from tokens where connection_id = $1 and name = $2 for update`, connectionID, name); err != nil {
			return err
		}
		t, err := tx.VendorToken(ctx, connectionID, name)
		if staffing.CodeOf(err) == staffing.NotFound || (err == nil && t.Value != value) {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.exec(ctx, "token", `update tokens set token = null where connection_id = $1 and name = $2`, connectionID, name)
	})
}
