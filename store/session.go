package store

import (
	"context"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/tributary-hub/tributary/staffing"
)

// Sessions keeps sign-ins for scs, with a context on every call. scs hashes the
// token before it comes here.
type Sessions struct{ Store *Store }

var _ scs.CtxStore = Sessions{}

// FindCtx implements scs.CtxStore.
func (s Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var data []byte
	err := s.Store.get(ctx, &data, "session", `select data from sessions where token = $1 and expiry > $2`, token, s.Store.now())
	if staffing.CodeOf(err) == staffing.NotFound {
		return nil, false, nil
	}
	return data, err == nil, err
}

// CommitCtx implements scs.CtxStore.
func (s Sessions) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	return s.Store.exec(ctx, "session", `insert into sessions (token, data, expiry) values ($1, $2, $3)
		on conflict (token) do update set data = excluded.data, expiry = excluded.expiry`, token, b, expiry)
}

// DeleteCtx implements scs.CtxStore.
func (s Sessions) DeleteCtx(ctx context.Context, token string) error {
	return s.Store.exec(ctx, "session", `delete from sessions where token = $1`, token)
}

// Find implements scs.Store.
func (s Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit implements scs.Store.
func (s Sessions) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// Delete implements scs.Store.
func (s Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
