package jobadder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	defaultLife = 55 * time.Minute // the vendor gives 60
	vendorAPI   = "https://api.jobadder.com/v2"
	keptRefresh = "refresh_token" // in Token.Extra
	keptAPI     = "api"
)

// access gives the access token that all replicas share; its Extra holds the base
// address that came with it. A refresh token is good for one use: the next one is
// carried by the access token until it is saved on its own, so that a crash in
// between is mended by the next call of any replica.
// https://api.jobadder.com/v2/docs
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

// place names a token of the sign-in that a person entered: another refresh token
// in the settings begins anew.
func (c *Connector) place(name string) string {
	sum := sha256.Sum256([]byte(c.set["refresh_token"]))
	return name + "." + hex.EncodeToString(sum[:6])
}

func (c *Connector) lasting(v string) connectors.Token {
	return connectors.Token{Value: v, ExpiresAt: c.now().AddDate(20, 0, 0)}
}

func (c *Connector) fetch(ctx context.Context, refresh string) (connectors.Token, error) {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {c.set["client_id"]}, "client_secret": {c.set["client_secret"]}}
	resp, err := c.http.Do(ctx, httpx.Request{Method: http.MethodPost, URL: c.tokenURL, Body: form, ReadOnly: true, Header: http.Header{"Accept": {"application/json"}}})
	if err != nil {
		if s := httpx.StatusOf(err); s == http.StatusBadRequest || s == http.StatusUnauthorized || s == http.StatusForbidden {
			// The vendor's own text may repeat the credentials.
			return connectors.Token{}, staffing.Errorf(staffing.Unauthorized, "JobAdder refused the client ID, the client secret or the refresh token (status %d); sign in anew and enter the new refresh token", s)
		}
		return connectors.Token{}, explain(err, "cannot sign in to JobAdder")
	}
	var out struct {
		Access  string  `json:"access_token"`
		Refresh string  `json:"refresh_token"`
		API     string  `json:"api"`
		Expires float64 `json:"expires_in"`
	}
	if err := resp.Decode(&out); err != nil {
		return connectors.Token{}, explain(err, "JobAdder's answer to the sign-in cannot be read")
	}
	if out.Access == "" {
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "JobAdder's answer to the sign-in holds no access token")
	}
	if out.API == "" {
		out.API = vendorAPI
	}
	if err := c.known(out.API); err != nil {
		return connectors.Token{}, err
	}
	life := defaultLife
	if out.Expires > 0 && out.Expires < 1e6 {
		life = time.Duration(out.Expires * float64(time.Second))
	}
	extra := map[string]string{keptAPI: strings.TrimRight(out.API, "/")}
	if out.Refresh != "" {
		extra[keptRefresh] = out.Refresh
	}
	return connectors.Token{Value: out.Access, ExpiresAt: c.now().Add(life), Extra: extra}, nil
}

// known refuses to send the token anywhere but to the token address's own host or,
// where that is the vendor's, to the vendor's other hosts.
func (c *Connector) known(address string) error {
	home, err := url.Parse(c.tokenURL)
	if err != nil {
		return staffing.Errorf(staffing.Invalid, "the token address cannot be read")
	}
	u, err := url.Parse(address)
	same := err == nil && u.Host == home.Host && u.Scheme == home.Scheme
	sibling := err == nil && u.Scheme == "https" && ofVendor(home.Hostname()) && ofVendor(u.Hostname())
	if same || sibling {
		return nil
	}
	return staffing.Errorf(staffing.Invalid, "JobAdder's sign-in names an API address that is not JobAdder's; the hub sends no token there")
}

func ofVendor(host string) bool {
	return host == "jobadder.com" || strings.HasSuffix(host, ".jobadder.com")
}
