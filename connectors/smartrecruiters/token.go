package smartrecruiters

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// defaultLife is assumed when the answer does not say; the vendor documents none.
const defaultLife = 10 * time.Minute

// sign gives the headers of a call, and the token in them; with an API key there is
// no token.
func (c *Connector) sign(ctx context.Context) (http.Header, string, error) {
	h := http.Header{"Accept": {"application/json"}}
	if c.key != "" {
		h.Set("X-SmartToken", c.key)
		return h, "", nil
	}
	t, err := c.tokens.Token(ctx, "access", c.fetchToken)
	if err != nil {
		return nil, "", err
	}
	h.Set("Authorization", "Bearer "+t.Value)
	return h, t.Value, nil
}

// fetchToken asks for an access token by client credentials.
// https://developers.smartrecruiters.com/docs/oauth-20
func (c *Connector) fetchToken(ctx context.Context) (connectors.Token, error) {
	resp, err := c.http.Do(ctx, httpx.Request{
		Method: http.MethodPost, URL: c.tokenURL, ReadOnly: true, Header: http.Header{"Accept": {"application/json"}},
		Body:  url.Values{"grant_type": {"client_credentials"}, "client_id": {c.id}, "client_secret": {c.secret}},
		Allow: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden},
	})
	if err != nil {
		return connectors.Token{}, explain(err, "no access token from SmartRecruiters")
	}
	if resp.Status >= 400 {
		// The vendor's text may repeat what was sent, so it is not passed on.
		return connectors.Token{}, staffing.Errorf(staffing.Unauthorized,
			"SmartRecruiters refused the OAuth client (status %d): check client ID and secret in Credential Manager", resp.Status)
	}
	var out struct {
		AccessToken string      `json:"access_token"`
		ExpiresIn   json.Number `json:"expires_in"`
	}
	if err := resp.Decode(&out); err != nil {
		return connectors.Token{}, unreadable(err, "the token")
	}
	if out.AccessToken == "" {
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "SmartRecruiters' token answer holds no access token")
	}
	life := defaultLife
	if s, err := out.ExpiresIn.Int64(); err == nil && s > 0 {
		life = time.Duration(s) * time.Second
	}
	return connectors.Token{Value: out.AccessToken, ExpiresAt: c.now().Add(life)}, nil
}
