package avionte

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	tokenName   = "access"
	defaultLife = 50 * time.Minute // an hour, by a public client
)

// row is one of the vendor's objects; numbers are json.Number.
type row map[string]any

func (r row) text(name string) string {
	switch v := r[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// time reads a moment, which may come without a zone; zero when there is none that
// can be kept.
func (r row) time(name string) time.Time {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05.999"} {
		if t, err := time.Parse(form, r.text(name)); err == nil && t.Year() > 1 && t.Year() < 9999 {
			return t.UTC()
		}
	}
	return time.Time{}
}

func (c *Connector) signIn(ctx context.Context) (connectors.Token, error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {c.set["client_id"]}, "client_secret": {c.set["client_secret"]}, "scope": {c.set["scope"]}}
	resp, err := c.http.Do(ctx, httpx.Request{Method: http.MethodPost, URL: c.base + "/authorize/token", Body: form, ReadOnly: true,
		Header: http.Header{"X-Api-Key": {c.set["api_key"]}, "Accept": {"application/json"}}})
	if err != nil {
		if s := httpx.StatusOf(err); s == http.StatusBadRequest || s == http.StatusUnauthorized || s == http.StatusForbidden {
			// The vendor's own text may repeat the credentials.
			return connectors.Token{}, staffing.Errorf(staffing.Unauthorized, "Avionté refused the client ID, the client secret, the API key or the scope (status %d)", s)
		}
		return connectors.Token{}, explain(err, "cannot sign in to Avionté")
	}
	var out struct {
		Token   string  `json:"access_token"`
		Expires float64 `json:"expires_in"`
	}
	if err := resp.Decode(&out); err != nil {
		return connectors.Token{}, explain(err, "Avionté's answer to the sign-in cannot be read")
	}
	if out.Token == "" {
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "Avionté's answer to the sign-in holds no access token")
	}
	life := defaultLife
	if out.Expires > 0 && out.Expires < 1e6 {
		life = time.Duration(out.Expires * float64(time.Second))
	}
	return connectors.Token{Value: out.Token, ExpiresAt: c.now().Add(life)}, nil
}

// get reads below /front-office/v1. A 401 may mean that the vendor ended the token
// early: then there is one new token and one more try.
func (c *Connector) get(ctx context.Context, path string, q url.Values) (*httpx.Response, error) {
	for again := true; ; again = false {
		t, err := c.tokens.Token(ctx, tokenName, c.signIn)
		if err != nil {
			return nil, err
		}
		h := http.Header{"Authorization": {"Bearer " + t.Value}, "X-Api-Key": {c.set["api_key"]}, "Accept": {"application/json"}}
		h.Set(c.set["tenant_header"], c.set["tenant"])
		resp, err := c.http.Do(ctx, httpx.Request{URL: c.base + "/front-office/v1" + path, Query: q, Header: h})
		if staffing.CodeOf(err) != staffing.Unauthorized || !again {
			if err != nil {
				return nil, explain(err, "cannot read %s from Avionté", path)
			}
			return resp, nil
		}
		if err := c.tokens.Drop(ctx, tokenName, t.Value); err != nil {
			return nil, err
		}
	}
}

// one reads an object.
func (c *Connector) one(ctx context.Context, path, id string, q url.Values) (row, error) {
	resp, err := c.get(ctx, path+"/"+id, q)
	if err != nil {
		return nil, err
	}
	var out row
	if err := resp.Decode(&out); err != nil {
		return nil, explain(err, "Avionté's answer for %s/%s cannot be read", path, id)
	}
	if out.text("id") != id {
		return nil, staffing.Errorf(staffing.Unavailable, "Avionté's answer for %s/%s is about something else", path, id)
	}
	return out, nil
}

// explain puts a sentence before err's own and keeps its code, its wait and
// whether the outcome is known.
func explain(err error, format string, args ...any) error {
	out := &staffing.Error{Code: staffing.CodeOf(err), Err: err}
	var e *staffing.Error
	if errors.As(err, &e) {
		*out = *e
		out.Err = err
	}
	out.Message = fmt.Sprintf(format, args...)
	if e != nil && e.Message != "" {
		out.Message += ": " + e.Message
	}
	return out
}

func checkID(what, id string) error {
	if id == "" || len(id) > 18 || strings.Trim(id, "0123456789") != "" {
		return staffing.Errorf(staffing.Invalid, "%q is not the number of a %s in Avionté", id, what)
	}
	return nil
}
