package quickbooks

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	defaultLife = 55 * time.Minute // the vendor gives 60
	keptRefresh = "refresh_token"  // in Token.Extra
	keptUntil   = "refresh_until"  // when that one ends, by RFC 3339
)

// access gives the access token that all replicas share. A refresh token is good for
// one use: the next one is carried by the access token until it is saved on its own,
// so that a crash in between is mended by the next call of any replica.
func (c *Connector) access(ctx context.Context) (connectors.Token, error) {
	refresh, err := c.tokens.Token(ctx, c.place("refresh"), func(context.Context) (connectors.Token, error) { return c.lasting(c.set["refresh_token"]), nil })
	if err != nil {
		return connectors.Token{}, err
	}
	t, err := c.tokens.Token(ctx, c.place("access"), func(ctx context.Context) (connectors.Token, error) {
		return c.fetch(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh.Value}})
	})
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

// place names a token of the credentials that a person entered: others begin anew.
func (c *Connector) place(name string) string {
	sum := sha256.Sum256([]byte(c.set["client_id"] + "\n" + c.set["client_secret"] + "\n" + c.set["refresh_token"]))
	return name + "." + hex.EncodeToString(sum[:6])
}

func (c *Connector) lasting(v string) connectors.Token {
	return connectors.Token{Value: v, ExpiresAt: c.now().AddDate(20, 0, 0)}
}

func (c *Connector) fetch(ctx context.Context, form url.Values) (connectors.Token, error) {
	who := base64.StdEncoding.EncodeToString([]byte(c.set["client_id"] + ":" + c.set["client_secret"]))
	resp, err := c.http.Do(ctx, httpx.Request{Method: http.MethodPost, URL: c.set["token_url"], Body: form, ReadOnly: true,
		Header: http.Header{"Accept": {"application/json"}, "Authorization": {"Basic " + who}}})
	if err != nil {
		if s := httpx.StatusOf(err); s == http.StatusBadRequest || s == http.StatusUnauthorized || s == http.StatusForbidden {
			// The vendor's own text may repeat the credentials.
			return connectors.Token{}, staffing.Errorf(staffing.Unauthorized, "QuickBooks refused the client ID, the client secret or the refresh token (status %d); sign in anew when the token was used elsewhere or not for 100 days, or when somebody disconnected the app", s)
		}
		return connectors.Token{}, explain(err, "cannot sign in to QuickBooks")
	}
	var out struct {
		Access  string  `json:"access_token"`
		Refresh string  `json:"refresh_token"`
		Expires float64 `json:"expires_in"`
		Until   float64 `json:"x_refresh_token_expires_in"`
	}
	if err := resp.Decode(&out); err != nil {
		return connectors.Token{}, explain(err, "QuickBooks's answer to the sign-in cannot be read")
	}
	if out.Access == "" {
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "QuickBooks's answer to the sign-in holds no access token")
	}
	life := defaultLife
	if out.Expires > 0 && out.Expires < 1e6 {
		life = time.Duration(out.Expires * float64(time.Second))
	}
	t := connectors.Token{Value: out.Access, ExpiresAt: c.now().Add(life)}
	if out.Refresh != "" {
		t.Extra = map[string]string{keptRefresh: out.Refresh}
		if out.Until > 0 && out.Until < 1e9 {
			t.Extra[keptUntil] = c.now().Add(time.Duration(out.Until) * time.Second).UTC().Format(time.RFC3339)
		}
	}
	return t, nil
}
