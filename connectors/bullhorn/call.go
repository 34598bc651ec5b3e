package bullhorn

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// politeWait is what the vendor advises after a 429; it sends no header.
const politeWait = time.Second

// request is a call below the session's base address.
type request struct {
	method   string // empty: GET
	path     string
	query    url.Values
	body     any
	readOnly bool
	allow    []int
}

func (r request) on(s connectors.Token) httpx.Request {
	return httpx.Request{Method: r.method, URL: s.Extra["rest"] + r.path, Query: r.query, Body: r.body, ReadOnly: r.readOnly, Allow: r.allow,
		Header: http.Header{"Bhresttoken": {s.Value}, "Accept": {"application/json"}}}
}

// call sends a request and reads the whole answer.
func (c *Connector) call(ctx context.Context, r request) (resp *httpx.Response, err error) {
	err = c.withSession(ctx, func(s connectors.Token) error {
		resp, err = c.http.Do(ctx, r.on(s))
		return err
	})
	return resp, err
}

// stream sends a request and gives its body unread.
func (c *Connector) stream(ctx context.Context, r request) (body io.ReadCloser, err error) {
	err = c.withSession(ctx, func(s connectors.Token) error {
		body, _, err = c.http.Stream(ctx, r.on(s))
		return err
	})
	return body, err
}

// withSession runs send with the session. A 401 may mean that the vendor ended it
// early: then there is one new session and one more try, which is safe for a write
// as well, because a refused request did nothing.
func (c *Connector) withSession(ctx context.Context, send func(connectors.Token) error) error {
	for again := true; ; again = false {
		s, err := c.session(ctx)
		if err != nil {
			return wait(err)
		}
		err = send(s)
		if staffing.CodeOf(err) != staffing.Unauthorized || !again {
			return wait(err)
		}
		if err := c.tokens.Drop(ctx, sessionName, s.Value); err != nil {
			return err
		}
	}
}

func wait(err error) error {
	var e *staffing.Error
	if errors.As(err, &e) && e.Code == staffing.RateLimited && e.RetryAfter == 0 {
		e.RetryAfter = politeWait
	}
	return err
}

// one reads an object. Bullhorn gives it inside data, and in some of its own
// examples bare.
func (c *Connector) one(ctx context.Context, entity, id, fields string) (row, error) {
	if err := checkID(entity, id); err != nil {
		return nil, err
	}
	resp, err := c.call(ctx, request{path: "entity/" + entity + "/" + id, query: url.Values{"fields": {fields}}})
	if err != nil {
		return nil, explain(err, "cannot read %s %s from Bullhorn", entity, id)
	}
	var out row
	if err := resp.Decode(&out); err != nil {
		return nil, explain(err, "Bullhorn's answer for %s %s cannot be read", entity, id)
	}
	if data := out.object("data"); data != nil {
		out = data
	}
	if out.text("id") != id {
		return nil, staffing.Errorf(staffing.Unavailable, "Bullhorn's answer for %s %s is about something else", entity, id)
	}
	if out.bool("isDeleted") {
		return nil, staffing.Errorf(staffing.NotFound, "%s %s was deleted in Bullhorn", entity, id)
	}
	return out, nil
}

// list reads one page of a list.
func (c *Connector) list(ctx context.Context, path string, q url.Values) ([]row, error) {
	resp, err := c.call(ctx, request{path: path, query: q})
	what, _, _ := strings.Cut(strings.TrimPrefix(path, "query/"), "?")
	if err != nil {
		return nil, explain(err, "cannot read %s from Bullhorn", what)
	}
	var out struct {
		Data *[]row `json:"data"`
	}
	if err := resp.Decode(&out); err != nil {
		return nil, explain(err, "Bullhorn's answer for %s cannot be read", what)
	}
	if out.Data == nil {
		return nil, staffing.Errorf(staffing.Unavailable, "Bullhorn's answer for %s holds no list", what)
	}
	return *out.Data, nil
}

// write creates (PUT) or changes (POST) an object and gives its id. Anything but
// a clear refusal leaves the outcome open.
func (c *Connector) write(ctx context.Context, method, path string, body row, what string) (string, error) {
	resp, err := c.call(ctx, request{method: method, path: path, body: body})
	if err != nil {
		return "", refusal(err, what)
	}
	var out row
	if err := resp.Decode(&out); err != nil {
		return "", explain(err, "Bullhorn's answer to %s cannot be read", what)
	}
	id := out.text("changedEntityId")
	if id == "" {
		e := staffing.Errorf(staffing.Unavailable, "Bullhorn's answer to %s names no id", what)
		e.OutcomeUnknown = true
		return "", e
	}
	return id, nil
}

// refusal explains why a write failed; a missing right says where it is given.
func refusal(err error, what string) error {
	out := explain(err, "Bullhorn did not confirm %s", what)
	var e *staffing.Error
	if errors.As(out, &e) && e.Code == staffing.Forbidden {
		e.Message += ". The API user's entitlements decide: Bullhorn: Menu > Admin > User Type"
	}
	return out
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

func checkID(entity, id string) error {
	if id == "" || len(id) > 18 || strings.Trim(id, "0123456789") != "" {
		return staffing.Errorf(staffing.Invalid, "%q is not the number of a %s in Bullhorn", id, entity)
	}
	return nil
}

// quote makes a text of the vendor's query language.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
