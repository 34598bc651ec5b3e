package beeline

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const tokenName = "access"

func (c *Connector) fetchToken(ctx context.Context) (connectors.Token, error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	for _, key := range []string{"scope", "audience"} {
		if c.s[key] != "" {
			form.Set(key, c.s[key])
		}
	}
	basic := base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(c.s["client_id"]) + ":" + url.QueryEscape(c.s["client_secret"])))
	resp, err := c.http.Do(ctx, httpx.Request{Method: http.MethodPost, URL: c.base + "/oauth/token", Body: form, ReadOnly: true,
		Header: http.Header{"Authorization": {"Basic " + basic}, "Accept": {"application/json"}}, Allow: []int{400, 401, 403}})
	if err != nil {
		return connectors.Token{}, err
	}
	if resp.Status >= 400 { // the vendor's text may repeat the client id
		return connectors.Token{}, staffing.Errorf(staffing.Unauthorized, "Beeline refused the client ID or secret (status %d): check the integration client in the Beeline Supplier application", resp.Status)
	}
	var out struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
	}
	if err := resp.Decode(&out); err != nil {
		return connectors.Token{}, err
	}
	if out.AccessToken == "" {
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "Beeline's token answer holds no access token")
	}
	life := 50 * time.Minute
	if out.ExpiresIn > 0 {
		life = time.Duration(out.ExpiresIn) * time.Second
	}
	return connectors.Token{Value: out.AccessToken, ExpiresAt: c.now().Add(life)}, nil
}

// call sends a request with the token; a 401 costs one new token. A refused request did
// nothing, so a write may go out again.
func (c *Connector) call(ctx context.Context, req httpx.Request, out any) error {
	kind := ""
	if req.Header != nil {
		kind = req.Header.Get("Content-Type")
	}
	for again := true; ; again = false {
		t, err := c.tokens.Token(ctx, tokenName, c.fetchToken)
		if err != nil {
			return err
		}
		req.Header = http.Header{"Authorization": {"Bearer " + t.Value}, "Accept": {"application/json"}}
		if kind != "" {
			req.Header.Set("Content-Type", kind)
		}
		resp, err := c.http.Do(ctx, req)
		if err == nil && resp.Status != http.StatusNoContent {
			err = resp.Decode(out)
		}
		if staffing.CodeOf(err) != staffing.Unauthorized || !again {
			return err
		}
		if err := c.tokens.Drop(ctx, tokenName, t.Value); err != nil {
			return err
		}
	}
}

// row is one object as the vendor writes it.
type row struct {
	raw   json.RawMessage
	value map[string]any
}

// UnmarshalJSON keeps the text beside the value.
func (r *row) UnmarshalJSON(b []byte) error {
	r.raw = append(json.RawMessage(nil), b...)
	return json.Unmarshal(b, &r.value)
}

func (r row) text(name string) string {
	s, _ := r.value[name].(string) // another kind of value is none
	return s
}

// get reads one object.
func (c *Connector) get(ctx context.Context, q url.Values, parts ...string) (row, error) {
	var out row
	err := c.call(ctx, httpx.Request{URL: c.at(parts...), Query: q}, &out)
	if err == nil && out.value == nil {
		err = staffing.Errorf(staffing.Unavailable, "Beeline answered with something that is no object")
	}
	return out, err
}

// at joins a path of the settings with parts that are escaped.
func (c *Connector) at(parts ...string) string {
	out := c.base + "/" + strings.Trim(parts[0], "/")
	for _, p := range parts[1:] {
		out += "/" + url.PathEscape(p)
	}
	return out
}

// list reads one page of a list.
func (c *Connector) list(ctx context.Context, path string, q url.Values, offset int) ([]row, error) {
	if q == nil {
		q = url.Values{}
	}
	q.Set("limit", strconv.Itoa(pageSize))
	q.Set("offset", strconv.Itoa(offset))
	var out struct {
		Items *[]row `json:"items"`
	}
	if err := c.call(ctx, httpx.Request{URL: c.at(path), Query: q}, &out); err != nil {
		return nil, err
	}
	if out.Items == nil {
		return nil, staffing.Errorf(staffing.Unavailable, "Beeline's list of %s holds no items", path)
	}
	for _, r := range *out.Items {
		if r.text("uid") == "" {
			return nil, staffing.Errorf(staffing.Unavailable, "an entry of Beeline's list of %s has no uid", path)
		}
	}
	return *out.Items, nil
}

// find walks a list until an entry fits; nil: none does.
func (c *Connector) find(ctx context.Context, path string, q url.Values, fits func(row) bool) (*row, error) {
	for offset := 0; offset < maxSearch; offset += pageSize {
		rows, err := c.list(ctx, path, q, offset)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if fits(r) {
				return &r, nil
			}
		}
		if len(rows) < pageSize {
			return nil, nil
		}
	}
	return nil, staffing.Errorf(staffing.Unavailable, "Beeline's list of %s is longer than the %d entries that the hub looks through", path, maxSearch)
}

// Check tries what the connection needs.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	report := staffing.Report{Account: "integration client " + c.s["client_id"]}
	for _, p := range []struct{ path, name, purpose string }{
		{"postings_path", "job postings", "read requisitions"},
		{"candidates_path", "candidates", "submit, look for submissions, and read their statuses"},
		{"workers_path", "workers", "find the person before one is created"},
	} {
		var out row
		err := c.call(ctx, httpx.Request{URL: c.at(c.s[p.path]), Query: url.Values{"limit": {"1"}, "offset": {"0"}}}, &out)
		perm := staffing.Permission{Name: p.name, Purpose: p.purpose, Granted: err == nil}
		switch staffing.CodeOf(err) {
		case "":
		case staffing.Forbidden, staffing.NotFound:
			perm.Detail = "Beeline does not give this integration client " + p.name + ": ask your supplier administrator for the right, or correct the path in the settings (" + c.s[p.path] + ")."
		default:
			return report, err
		}
		report.Permissions = append(report.Permissions, perm)
	}
	return report, nil
}
