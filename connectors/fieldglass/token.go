package fieldglass

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// tokenName is where the tenant's one token lies in the token store.
const tokenName = "oauth"

// defaultLife is how long a token lives when the answer does not say.
const defaultLife = 7200 * time.Second

// token gives the token that all replicas share. A new token ends the last one
// at Fieldglass, so nobody ever fetches one for itself.
func (c *Connector) token(ctx context.Context) (string, error) {
	t, err := c.tokens.Token(ctx, tokenName, c.fetchToken)
	return t.Value, err
}

// fetchToken runs the client credentials grant. The parameters stand in the
// query, as the OAuth guide prints them.
func (c *Connector) fetchToken(ctx context.Context) (connectors.Token, error) {
	h := http.Header{"Accept": {"application/json"}}
	h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(c.set["client_id"]+":"+c.set["client_secret"])))
	c.applicationKey(h)
	resp, err := c.http.Do(ctx, httpx.Request{
		Method: http.MethodPost, URL: c.signIn + "/api/oauth2/v2.0/token", Header: h, ReadOnly: true,
		Query: url.Values{"grant_type": {"client_credentials"}, "response_type": {"token"}},
		Allow: []int{http.StatusBadRequest}, // some tenants answer bad credentials so
	})
	if err != nil {
		if staffing.CodeOf(err) == staffing.Unauthorized {
			return connectors.Token{}, refused(err)
		}
		return connectors.Token{}, err
	}
	if resp.Status == http.StatusBadRequest {
		return connectors.Token{}, refused(nil)
	}
	var out struct {
		AccessToken string      `json:"access_token"`
		ExpiresIn   json.Number `json:"expires_in"`
	}
	if err := resp.Decode(&out); err != nil {
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "SAP Fieldglass answered the token request with something that is not a token")
	}
	if out.AccessToken == "" {
		return connectors.Token{}, refused(nil)
	}
	life := defaultLife
	if s, err := out.ExpiresIn.Int64(); err == nil && s > 0 {
		life = time.Duration(s) * time.Second
	}
	return connectors.Token{Value: out.AccessToken, ExpiresAt: c.now().Add(life)}, nil
}

func (c *Connector) applicationKey(h http.Header) {
	if key := c.set["application_key"]; key != "" {
		h.Set("x-ApplicationKey", key)
	}
}

func refused(err error) error {
	return &staffing.Error{Code: staffing.Unauthorized, Err: err,
		Message: "SAP Fieldglass refuses the web-service user or its licence key: check both, and that the account is not locked"}
}
