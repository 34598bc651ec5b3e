package greenhouse

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// defaultLife is assumed when the answer does not say; the vendor's is an hour.
const defaultLife = 50 * time.Minute

func (c *Connector) token(ctx context.Context) (string, error) {
	t, err := c.tokens.Token(ctx, "access", c.fetchToken)
	return t.Value, err
}

// fetchToken asks for an access token by client credentials.
// https://harvestdocs.greenhouse.io/docs/authentication
func (c *Connector) fetchToken(ctx context.Context) (connectors.Token, error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	if c.user != "" {
		form.Set("sub", c.user)
	}
	basic := base64.StdEncoding.EncodeToString([]byte(c.id + ":" + c.secret))
	resp, err := c.http.Do(ctx, httpx.Request{
		Method: http.MethodPost, URL: c.tokenURL, Body: form, ReadOnly: true,
		Header: http.Header{"Authorization": {"Basic " + basic}, "Accept": {"application/json"}},
		Allow:  []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden},
	})
	if err != nil {
		return connectors.Token{}, explain(err, "no access token from Greenhouse")
	}
	if resp.Status >= 400 {
		// The vendor's text repeats the client id, so it is not passed on.
		return connectors.Token{}, staffing.Errorf(staffing.Unauthorized,
			"Greenhouse refused the client ID, the client secret or the acting user (status %d): check them at Configure > Dev Center > API Credentials", resp.Status)
	}
	var out struct {
		AccessToken string      `json:"access_token"`
		ExpiresIn   json.Number `json:"expires_in"`
	}
	if err := resp.Decode(&out); err != nil {
		return connectors.Token{}, unreadable(err, "the token")
	}
	if out.AccessToken == "" {
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "Greenhouse's token answer holds no access token")
	}
	life := defaultLife
	if s, err := out.ExpiresIn.Int64(); err == nil && s > 0 {
		life = time.Duration(s) * time.Second
	}
	return connectors.Token{Value: out.AccessToken, ExpiresAt: c.now().Add(life)}, nil
}

// claims is what a token says of itself. The token is a JWT [vendor]; that it
// carries its scopes, and under which name, is not documented: both customary
// names are read, and their absence is no fault.
type claims struct {
	Subject string
	Scopes  map[string]bool // nil: not visible
}

func readClaims(token string) claims {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return claims{}
	}
	body, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return claims{}
	}
	var in struct {
		Subject any `json:"sub"`
		Scope   any `json:"scope"`
		Scopes  any `json:"scopes"`
	}
	dec := json.NewDecoder(strings.NewReader(string(body)))
	dec.UseNumber()
	if dec.Decode(&in) != nil {
		return claims{}
	}
	out := claims{Subject: text(in.Subject)}
	for _, v := range []any{in.Scope, in.Scopes} {
		for _, s := range scopeWords(v) {
			if out.Scopes == nil {
				out.Scopes = map[string]bool{}
			}
			out.Scopes[s] = true
		}
	}
	return out
}

func scopeWords(v any) []string {
	switch v := v.(type) {
	case string:
		return strings.Fields(v)
	case []any:
		var out []string
		for _, s := range v {
			out = append(out, text(s))
		}
		return out
	}
	return nil
}
