package workday

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const tokenName = "access"

// signed runs call with the headers that prove who we are. A bearer token that is
// refused is fetched again, once: another replica may have a newer one.
func (c *Connector) signed(ctx context.Context, call func(http.Header) error) error {
	h := http.Header{}
	if !c.oauth {
		return call(h)
	}
	for try := range 2 {
		token, err := c.tokens.Token(ctx, tokenName, c.fetchToken)
		if err != nil {
			return err
		}
		h.Set("Authorization", "Bearer "+token.Value)
		err = call(h)
		if staffing.CodeOf(err) != staffing.Unauthorized || try == 1 {
			return err
		}
		if err := c.tokens.Drop(ctx, tokenName, token.Value); err != nil {
			return err
		}
	}
	return nil
}

// fetchToken trades the refresh token, which has no end, for an access token.
func (c *Connector) fetchToken(ctx context.Context) (connectors.Token, error) {
	h := http.Header{"Accept": {"application/json"}}
	basic(h, c.set["client_id"], c.set["client_secret"])
	resp, err := c.http.Do(ctx, httpx.Request{Method: http.MethodPost, URL: c.set["token_url"], ReadOnly: true, Header: h,
		Body:  url.Values{"grant_type": {"refresh_token"}, "refresh_token": {c.set["refresh_token"]}},
		Allow: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden}})
	if err != nil {
		return connectors.Token{}, explain(err, "no access token from Workday")
	}
	if resp.Status >= 400 {
		// The vendor's text may repeat what was sent, so it is not passed on.
		return connectors.Token{}, staffing.Errorf(staffing.Unauthorized,
			"Workday refused the API client (status %d): check its ID, secret and refresh token, and that the refresh token belongs to the integration user", resp.Status)
	}
	var out struct {
		AccessToken string      `json:"access_token"`
		ExpiresIn   json.Number `json:"expires_in"`
	}
	if err := resp.Decode(&out); err != nil {
		return connectors.Token{}, err
	}
	if out.AccessToken == "" {
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "Workday's token answer holds no access token")
	}
	life := time.Hour // as documented, where the answer does not say
	if s, err := out.ExpiresIn.Int64(); err == nil && s > 0 {
		life = time.Duration(s) * time.Second
	}
	return connectors.Token{Value: out.AccessToken, ExpiresAt: c.now().Add(life)}, nil
}

func basic(h http.Header, user, password string) {
	r := http.Request{Header: h}
	r.SetBasicAuth(user, password)
}

// explain puts our words before the transport's and keeps its code, wait and
// outcome.
func explain(err error, sentence string) error {
	var coded *staffing.Error
	if !errors.As(err, &coded) {
		return err
	}
	e := *coded
	e.Message = sentence + ": " + coded.Message
	return &e
}
