package jobs

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

const (
	tokenMargin = time.Minute      // a token must live at least so long
	tokenHold   = 30 * time.Second // a fetch may take so long before another replica tries
	tokenAsk    = 150 * time.Millisecond
)

// tokens shares a connection's bearer tokens over all replicas: some vendors end
// the last token when they issue a new one.
type tokens struct {
	store      *store.Store
	connection uuid.UUID
	now        func() time.Time
}

// Token implements connectors.TokenStore.
func (t *tokens) Token(ctx context.Context, name string, fetch func(context.Context) (connectors.Token, error)) (connectors.Token, error) {
	tick := time.NewTicker(tokenAsk)
	defer tick.Stop()
	for {
		kept, good, err := t.kept(ctx, name)
		if err != nil || good {
			return kept, err
		}
		mine, err := t.store.ClaimTokenRefresh(ctx, t.connection, name, tokenHold)
		if err != nil {
			return connectors.Token{}, err
		}
		if mine {
			return t.fetch(ctx, name, fetch)
		}
		select {
		case <-ctx.Done():
			return connectors.Token{}, &staffing.Error{Code: staffing.Unavailable, Message: "the sign-in to this system is under way elsewhere and took too long", Err: ctx.Err()}
		case <-tick.C:
		}
	}
}

// kept gives the stored token; good is false when it is not there or ends soon.
func (t *tokens) kept(ctx context.Context, name string) (tok connectors.Token, good bool, err error) {
	kept, err := t.store.VendorToken(ctx, t.connection, name)
	if staffing.CodeOf(err) == staffing.NotFound {
		return tok, false, nil
	}
	return connectors.Token{Value: kept.Value, ExpiresAt: kept.ExpiresAt, Extra: kept.Extra}, kept.ExpiresAt.Sub(t.now()) > tokenMargin, err
}

// fetch asks the vendor, unless somebody else did between the look and the claim.
func (t *tokens) fetch(ctx context.Context, name string, fetch func(context.Context) (connectors.Token, error)) (connectors.Token, error) {
	fresh, good, err := t.kept(ctx, name)
	if err == nil && !good {
		fresh, err = fetch(ctx)
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err != nil || good {
		// When this fails too, the claim ends by itself.
		_ = t.store.ReleaseTokenRefresh(after, t.connection, name)
		return fresh, err
	}
	return fresh, t.store.SaveVendorToken(after, t.connection, name, store.SharedToken{Value: fresh.Value, ExpiresAt: fresh.ExpiresAt, Extra: fresh.Extra})
}

// Drop implements connectors.TokenStore.
func (t *tokens) Drop(ctx context.Context, name, value string) error {
	return t.store.DropVendorToken(ctx, t.connection, name, value)
}

// spool keeps bodies whose reading consumed them at the vendor.
type spool struct {
	store      *store.Store
	connection uuid.UUID
}

// Append implements connectors.Spool. It commits also when the step's time ran
// out between the vendor's answer and this call: the body is nowhere else.
func (s *spool) Append(ctx context.Context, feed staffing.Feed, body []byte) (connectors.Spooled, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	row, err := s.store.AppendSpool(ctx, s.connection, feed, body)
	return connectors.Spooled{ID: row.ID, Body: row.Body, At: row.CreatedAt}, err
}

// Pending implements connectors.Spool.
func (s *spool) Pending(ctx context.Context, feed staffing.Feed) ([]connectors.Spooled, error) {
	rows, err := s.store.PendingSpool(ctx, s.connection, feed)
	out := make([]connectors.Spooled, len(rows))
	for i, row := range rows {
		out[i] = connectors.Spooled{ID: row.ID, Body: row.Body, At: row.CreatedAt}
	}
	return out, err
}
