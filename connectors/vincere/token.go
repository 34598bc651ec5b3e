package vincere

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	defaultLife = 50 * time.Minute // the vendor gives an hour, as far as is known
	keptRefresh = "refresh_token"  // in Token.Extra
)

// access gives the id token that all replicas share. Should a use replace the
// refresh token, the next one is carried by the id token until it is saved on its
// own, so that a crash in between is mended by the next call of any replica.
func (c *Connector) access(ctx context.Context) (connectors.Token, error) {
	refresh, err := c.tokens.Token(ctx, c.place("refresh"), func(context.Context) (connectors.Token, error) { return c.lasting(c.set["refresh_token"]), nil })
	if err != nil {
		return connectors.Token{}, err
	}
	t, err := c.tokens.Token(ctx, c.place("access"), func(ctx context.Context) (connectors.Token, error) { return c.fetch(ctx, refresh.Value) })
	if err != nil {
		return connectors.Token{}, err
	}
	next := t.Extra[keptRefresh]
	if next == "" || next == refresh.Value {
		return t, nil
	}
	if err := c.tokens.Drop(ctx, c.place("refresh"), refresh.Value); err != nil {
		return connectors.Token{}, err
	}
	_, err = c.tokens.Token(ctx, c.place("refresh"), func(context.Context) (connectors.Token, error) { return c.lasting(next), nil })
	return t, err
}

// place names a token of the sign-in that a person entered.
func (c *Connector) place(name string) string {
	sum := sha256.Sum256([]byte(c.set["refresh_token"]))
	return name + "." + hex.EncodeToString(sum[:6])
}

func (c *Connector) lasting(v string) connectors.Token {
	return connectors.Token{Value: v, ExpiresAt: c.now().AddDate(20, 0, 0)}
}

func (c *Connector) fetch(ctx context.Context, refresh string) (connectors.Token, error) {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {c.set["client_id"]}}
	resp, err := c.http.Do(ctx, httpx.Request{Method: http.MethodPost, URL: c.tokenURL, Body: form, ReadOnly: true, Header: http.Header{"Accept": {"application/json"}}})
	if err != nil {
		if s := httpx.StatusOf(err); s == http.StatusBadRequest || s == http.StatusUnauthorized || s == http.StatusForbidden {
			// The vendor's own text may repeat the credentials.
			return connectors.Token{}, staffing.Errorf(staffing.Unauthorized, "Vincere refused the client ID or the refresh token (status %d); sign in anew and enter the new refresh token", s)
		}
		return connectors.Token{}, explain(err, "cannot sign in to Vincere")
	}
	var out struct {
		ID      string  `json:"id_token"`
		Refresh string  `json:"refresh_token"`
		Expires float64 `json:"expires_in"`
	}
	if err := resp.Decode(&out); err != nil {
		return connectors.Token{}, explain(err, "Vincere's answer to the sign-in cannot be read")
	}
	if out.ID == "" {
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "Vincere's answer to the sign-in holds no id_token")
	}
	life := defaultLife
	if out.Expires > 0 && out.Expires < 1e6 {
		life = time.Duration(out.Expires * float64(time.Second))
	}
	t := connectors.Token{Value: out.ID, ExpiresAt: c.now().Add(life)}
	if out.Refresh != "" {
		t.Extra = map[string]string{keptRefresh: out.Refresh}
	}
	return t, nil
}
