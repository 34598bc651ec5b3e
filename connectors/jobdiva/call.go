package jobdiva

import (
	"context"
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
	tokenName = "access"
	// tokenLife is careful: one public client says 24 hours.
	tokenLife = 8 * time.Hour
)

// signIn gets a token, which comes as plain text. The credentials stand in the
// address, which is the vendor's way: the client of the hub masks them.
func (c *Connector) signIn(ctx context.Context) (connectors.Token, error) {
	q := url.Values{"clientid": {c.set["client_id"]}, "username": {c.set["username"]}, "password": {c.set["password"]}}
	resp, err := c.http.Do(ctx, httpx.Request{URL: c.base + "/apiv2/authenticate", Query: q})
	if err != nil {
		if s := httpx.StatusOf(err); s >= 400 && s < 500 && s != http.StatusTooManyRequests && s != http.StatusRequestTimeout {
			// The vendor's own text may repeat the credentials.
			return connectors.Token{}, staffing.Errorf(staffing.Unauthorized, "JobDiva refused the client ID, the user name or the password (status %d)", s)
		}
		return connectors.Token{}, explain(err, "cannot sign in to JobDiva")
	}
	token := strings.Trim(strings.TrimSpace(string(resp.Body)), `"`)
	if len(token) < 8 || len(token) > 8192 || strings.ContainsAny(token, " \t\r\n<>{}\"") {
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "JobDiva's answer to the sign-in is no token")
	}
	return connectors.Token{Value: token, ExpiresAt: c.now().Add(tokenLife)}, nil
}

// call sends a request with the token. A 401 may mean that the vendor ended it
// early: then there is one new token and one more try, which is safe for a write as
// well, because a refused request did nothing.
func (c *Connector) call(ctx context.Context, req httpx.Request) (*httpx.Response, error) {
	req.URL = c.base + req.URL
	for again := true; ; again = false {
		t, err := c.tokens.Token(ctx, tokenName, c.signIn)
		if err != nil {
			return nil, err
		}
		req.Header = http.Header{"Authorization": {t.Value}, "Accept": {"application/json"}}
		resp, err := c.http.Do(ctx, req)
		if staffing.CodeOf(err) != staffing.Unauthorized || !again {
			return resp, err
		}
		if err := c.tokens.Drop(ctx, tokenName, t.Value); err != nil {
			return nil, err
		}
	}
}

// report reads a BI report. Without alternateFormat its rows would be bare lists.
func (c *Connector) report(ctx context.Context, name string, q url.Values) ([]row, error) {
	q.Set("alternateFormat", "true")
	resp, err := c.call(ctx, httpx.Request{URL: "/apiv2/bi/" + name, Query: q})
	if err != nil {
		return nil, explain(err, "cannot read %s from JobDiva", name)
	}
	return c.rows(resp, name)
}

// search runs a search, which is a POST that changes nothing.
func (c *Connector) search(ctx context.Context, name string, body map[string]any) ([]row, error) {
	resp, err := c.call(ctx, httpx.Request{Method: http.MethodPost, URL: "/apiv2/jobdiva/" + name, Body: body, ReadOnly: true})
	if err != nil {
		return nil, explain(err, "cannot run %s at JobDiva", name)
	}
	return c.rows(resp, name)
}

// rows reads a list, which comes bare or inside data.
func (c *Connector) rows(resp *httpx.Response, name string) ([]row, error) {
	var out any
	if err := resp.Decode(&out); err != nil {
		return nil, explain(err, "JobDiva's answer to %s cannot be read", name)
	}
	if m, ok := out.(map[string]any); ok {
		out = m["data"]
	}
	list, ok := out.([]any)
	if !ok {
		return nil, staffing.Errorf(staffing.Unavailable, "JobDiva's answer to %s holds no list", name)
	}
	rows := make([]row, 0, len(list))
	for _, e := range list {
		m, ok := e.(map[string]any)
		if !ok {
			return nil, staffing.Errorf(staffing.Unavailable, "JobDiva's answer to %s holds rows without names", name)
		}
		rows = append(rows, clean(m))
	}
	return rows, nil
}

// write sends a write and reads its bare answer: a number, or true.
func (c *Connector) write(ctx context.Context, name string, body map[string]any, out any) error {
	resp, err := c.call(ctx, httpx.Request{Method: http.MethodPost, URL: "/apiv2/jobdiva/" + name, Body: body})
	if err != nil {
		err = explain(err, "JobDiva did not confirm %s", name)
		var e *staffing.Error
		if errors.As(err, &e) && e.Code == staffing.Forbidden {
			e.Message += ". JobDiva Support grants each operation to the API user"
		}
		return err
	}
	if err := resp.Decode(out); err != nil {
		return explain(err, "JobDiva's answer to %s cannot be read", name)
	}
	return nil
}

// unknown is the error of a write whose answer proves nothing.
func unknown(format string, args ...any) error {
	e := staffing.Errorf(staffing.Unavailable, format, args...)
	e.OutcomeUnknown = true
	return e
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
		return staffing.Errorf(staffing.Invalid, "%q is not the number of a %s in JobDiva", id, what)
	}
	return nil
}
