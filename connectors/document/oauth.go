package document

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
	grantClient  = "client_credentials"
	grantRefresh = "refresh_token"

	accessToken = "access" // names in the token store
	defaultLife = 50 * time.Minute
	kept        = "refresh_token" // in Token.Extra: what the next refresh needs
)

func (o *OAuth2) fill() {
	o.ClientID = either(o.ClientID, "{client_id}")
	o.ClientSecret = either(o.ClientSecret, "{client_secret}")
	o.RefreshToken = either(o.RefreshToken, "{refresh_token}")
	o.ClientIn = either(o.ClientIn, "header")
	o.Header = either(o.Header, "Authorization")
	o.Value = either(o.Value, "Bearer {access_token}")
}

func either(v, fallback string) string {
	if v == "" {
		return fallback
	}
	return v
}

// token gives the access token, "" when the document uses none.
func (e *engine) token(ctx context.Context) (string, error) {
	o := e.auth.oauth
	if o == nil {
		return "", nil
	}
	if o.Grant == grantClient {
		t, err := e.tokens.Token(ctx, accessToken, func(ctx context.Context) (connectors.Token, error) {
			return e.fetch(ctx, url.Values{"grant_type": {grantClient}})
		})
		return t.Value, err
	}
	current, err := e.refreshToken(ctx, o.RefreshToken)
	if err != nil {
		return "", err
	}
	t, err := e.tokens.Token(ctx, accessToken, func(ctx context.Context) (connectors.Token, error) {
		return e.fetch(ctx, url.Values{"grant_type": {grantRefresh}, grantRefresh: {current}})
	})
	if err != nil {
		return "", err
	}
	if next := t.Extra[kept]; next != "" && next != current {
		// The access token carries the new refresh token for as long as it lives, so a
		// crash here is mended by the next call of any replica.
		if err := e.rotate(ctx, current, next); err != nil {
			return "", err
		}
	}
	return t.Value, nil
}

// refreshName is the place of the refresh token: it begins anew when a person
// enters another one.
func (e *engine) refreshName() string {
	sum := sha256.Sum256([]byte(e.auth.oauth.RefreshToken))
	return "refresh." + hex.EncodeToString(sum[:6])
}

func (e *engine) refreshToken(ctx context.Context, first string) (string, error) {
	t, err := e.tokens.Token(ctx, e.refreshName(), func(context.Context) (connectors.Token, error) { return e.lasting(first), nil })
	return t.Value, err
}

func (e *engine) rotate(ctx context.Context, old, next string) error {
	if err := e.tokens.Drop(ctx, e.refreshName(), old); err != nil {
		return err
	}
	_, err := e.tokens.Token(ctx, e.refreshName(), func(context.Context) (connectors.Token, error) { return e.lasting(next), nil })
	return err
}

func (e *engine) lasting(v string) connectors.Token {
	return connectors.Token{Value: v, ExpiresAt: e.now().AddDate(20, 0, 0)}
}

// fetch asks for an access token.
func (e *engine) fetch(ctx context.Context, form url.Values) (connectors.Token, error) {
	o := e.auth.oauth
	header := http.Header{"Accept": {"application/json"}}
	if o.ClientIn == "body" {
		form.Set("client_id", o.ClientID)
		form.Set("client_secret", o.ClientSecret)
	} else {
		pair := url.QueryEscape(o.ClientID) + ":" + url.QueryEscape(o.ClientSecret)
		header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(pair)))
	}
	if o.Scope != "" {
		form.Set("scope", o.Scope)
	}
	for k, v := range o.Extra {
		form.Set(k, v)
	}
	resp, err := e.http.Do(ctx, httpx.Request{Method: http.MethodPost, URL: e.tokenURL, Body: form, Header: header, ReadOnly: true})
	if err != nil {
		if s := httpx.StatusOf(err); s == http.StatusBadRequest || s == http.StatusUnauthorized || s == http.StatusForbidden {
			return connectors.Token{}, &staffing.Error{Code: staffing.Unauthorized, Err: err,
				Message: e.host + " gives no access token: the client's id or secret, or the refresh token, is refused"}
		}
		return connectors.Token{}, err
	}
	var out struct {
		AccessToken  string  `json:"access_token"`
		ExpiresIn    float64 `json:"expires_in"`
		RefreshToken string  `json:"refresh_token"`
	}
	if err := resp.Decode(&out); err != nil {
		return connectors.Token{}, err
	}
	if out.AccessToken == "" {
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "the answer to the sign-in at %s holds no access_token", e.host)
	}
	life := defaultLife
	if out.ExpiresIn > 0 && out.ExpiresIn < 1e9 {
		life = time.Duration(out.ExpiresIn * float64(time.Second))
	}
	t := connectors.Token{Value: out.AccessToken, ExpiresAt: e.now().Add(life)}
	if out.RefreshToken != "" {
		t.Extra = map[string]string{kept: out.RefreshToken}
	}
	return t, nil
}
