package icims

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// defaultLife is assumed when the token's answer does not say.
const defaultLife = 50 * time.Minute

// call sends a request below the customer's address. A 401 may mean that the token
// was ended early: then there is one new token and one more try, which is safe for a
// write as well, because a refused request did nothing.
func (c *Connector) call(ctx context.Context, r httpx.Request) (*httpx.Response, error) {
	r.URL = c.base + "/" + r.URL
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set("Accept", "application/json")
	if c.set["auth"] == authBasic {
		r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(c.set["client_id"]+":"+c.set["client_secret"])))
		return c.http.Do(ctx, r)
	}
	for again := true; ; again = false {
		t, err := c.tokens.Token(ctx, "access", c.fetchToken)
		if err != nil {
			return nil, err
		}
		r.Header.Set("Authorization", "Bearer "+t.Value)
		resp, err := c.http.Do(ctx, r)
		if staffing.CodeOf(err) != staffing.Unauthorized || !again {
			return resp, err
		}
		if err := c.tokens.Drop(ctx, "access", t.Value); err != nil {
			return nil, err
		}
	}
}

func (c *Connector) fetchToken(ctx context.Context) (connectors.Token, error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {c.set["client_id"]}, "client_secret": {c.set["client_secret"]},
		"audience": {c.set["audience"]}}
	resp, err := c.http.Do(ctx, httpx.Request{Method: http.MethodPost, URL: c.set["token_url"], Body: form, ReadOnly: true,
		Header: http.Header{"Accept": {"application/json"}}})
	if s := httpx.StatusOf(err); s == http.StatusBadRequest || s == http.StatusUnauthorized || s == http.StatusForbidden {
		// The vendor's own text may repeat the credentials.
		return connectors.Token{}, staffing.Errorf(staffing.Unauthorized,
			"iCIMS refused the client id, the client secret or the audience (status %d): ask iCIMS support, which issues them", s)
	}
	if err != nil {
		return connectors.Token{}, explain(err, "cannot sign in to iCIMS")
	}
	var out struct {
		Access  string      `json:"access_token"`
		Expires json.Number `json:"expires_in"`
	}
	if err := resp.Decode(&out); err != nil {
		return connectors.Token{}, explain(err, "iCIMS's answer to the sign-in cannot be read")
	}
	if out.Access == "" {
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "iCIMS's answer to the sign-in holds no access token")
	}
	life := defaultLife
	if s, err := out.Expires.Int64(); err == nil && s > 0 && s < 1e6 {
		life = time.Duration(s) * time.Second
	}
	return connectors.Token{Value: out.Access, ExpiresAt: c.now().Add(life)}, nil
}

// filter is one condition of a search; all of a search must hold.
type filter struct {
	Name     string   `json:"name"`
	Value    []string `json:"value"`
	Operator string   `json:"operator"`
}

// search gives the ids of at most 1,000 records, the smallest first, and the
// vendor's clock. Staleness is how old, in minutes, a cached result may be.
func (c *Connector) search(ctx context.Context, what, staleness string, filters ...filter) ([]string, time.Time, error) {
	resp, err := c.call(ctx, httpx.Request{Method: http.MethodPost, ReadOnly: true, URL: "search/" + what, Query: url.Values{"staleness": {staleness}},
		Body: map[string]any{"filters": filters, "operator": "&"}})
	if err != nil {
		return nil, time.Time{}, c.unread(err, what)
	}
	var out struct {
		Results *[]struct {
			ID json.Number `json:"id"`
		} `json:"searchResults"`
	}
	if err := resp.Decode(&out); err != nil {
		return nil, time.Time{}, explain(err, "iCIMS's answer to a search of %s cannot be read", what)
	}
	if out.Results == nil { // nothing must not pass for an empty list, or a known person would be created anew
		return nil, time.Time{}, staffing.Errorf(staffing.Unavailable, "iCIMS's answer to a search of %s holds no searchResults", what)
	}
	ids := make([]string, 0, len(*out.Results))
	for _, r := range *out.Results {
		if !digits(r.ID.String()) {
			return nil, time.Time{}, staffing.Errorf(staffing.Unavailable, "iCIMS's answer to a search of %s holds something without an id", what)
		}
		ids = append(ids, r.ID.String())
	}
	date, _ := http.ParseTime(resp.Header.Get("Date")) // zero: the vendor did not say
	return ids, date, nil
}

// get reads one record; fields are those to be shown, none: what iCIMS shows by
// itself.
func (c *Connector) get(ctx context.Context, where string, fields ...string) (row, error) {
	q := url.Values{}
	if len(fields) > 0 {
		q.Set("fields", strings.Join(fields, ","))
	}
	resp, err := c.call(ctx, httpx.Request{URL: where, Query: q})
	if err != nil {
		return nil, c.unread(err, where)
	}
	var out row
	if err := resp.Decode(&out); err != nil {
		return nil, explain(err, "iCIMS's answer for %s cannot be read", where)
	}
	if out == nil {
		return nil, staffing.Errorf(staffing.Unavailable, "iCIMS's answer for %s is null", where)
	}
	return out, nil
}

// create makes a record and gives its id, which stands at the end of the Location.
func (c *Connector) create(ctx context.Context, what string, body any) (string, error) {
	resp, err := c.call(ctx, httpx.Request{Method: http.MethodPost, URL: what, Body: body})
	switch {
	case staffing.CodeOf(err) == staffing.Forbidden:
		return "", explain(err, "iCIMS does not let this user create %s: ask the client to let the Integration User group do so", what)
	case err != nil:
		return "", explain(err, "iCIMS did not confirm the new record of %s", what)
	}
	id := path.Base(strings.TrimRight(resp.Header.Get("Location"), "/"))
	if !digits(id) {
		return "", &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true,
			Message: "iCIMS answered, but did not say where the new record of " + what + " is"}
	}
	return id, nil
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == "" && len(s) < 19
}

func (c *Connector) unread(err error, what string) error {
	what, _, _ = strings.Cut(what, "/")
	if staffing.CodeOf(err) == staffing.Forbidden {
		return explain(err, "iCIMS does not let this user read %s: the user must be in the Integration User group, with rights on %s", what, what)
	}
	return explain(err, "cannot read %s from iCIMS", what)
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
