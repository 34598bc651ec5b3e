package jobadder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// request is a call below the address of the API.
type request struct {
	method string // empty: GET
	path   string
	query  url.Values
	body   any
	accept string // empty: JSON
}

func (r request) on(t connectors.Token) httpx.Request {
	accept := "application/json"
	if r.accept != "" {
		accept = r.accept
	}
	return httpx.Request{Method: r.method, URL: t.Extra[keptAPI] + r.path, Query: r.query, Body: r.body,
		Header: http.Header{"Authorization": {"Bearer " + t.Value}, "Accept": {accept}}}
}

// call sends a request and reads the whole answer.
func (c *Connector) call(ctx context.Context, r request) (resp *httpx.Response, err error) {
	err = c.withToken(ctx, func(t connectors.Token) error {
		resp, err = c.http.Do(ctx, r.on(t))
		return err
	})
	return resp, err
}

// stream sends a request and gives its body unread.
func (c *Connector) stream(ctx context.Context, r request) (body io.ReadCloser, err error) {
	err = c.withToken(ctx, func(t connectors.Token) error {
		body, _, err = c.http.Stream(ctx, r.on(t))
		return err
	})
	return body, err
}

// withToken runs send with the token. A 401 may mean that the vendor ended it
// early: then there is one new token and one more try, which is safe for a write as
// well, because a refused request did nothing.
func (c *Connector) withToken(ctx context.Context, send func(connectors.Token) error) error {
	for again := true; ; again = false {
		t, err := c.access(ctx)
		if err != nil {
			return err
		}
		err = send(t)
		if staffing.CodeOf(err) != staffing.Unauthorized || !again {
			return err
		}
		if err := c.tokens.Drop(ctx, c.place("access"), t.Value); err != nil {
			return err
		}
	}
}

// one reads an object.
func (c *Connector) one(ctx context.Context, path, idField, id string) (row, error) {
	resp, err := c.call(ctx, request{path: path})
	if err != nil {
		return nil, explain(err, "cannot read %s from JobAdder", path)
	}
	var out row
	if err := resp.Decode(&out); err != nil {
		return nil, explain(err, "JobAdder's answer for %s cannot be read", path)
	}
	if out.text(idField) != id {
		return nil, staffing.Errorf(staffing.Unavailable, "JobAdder's answer for %s is about something else", path)
	}
	return out, nil
}

// page is one answer of a list.
type page struct {
	items  []row
	total  int // of all that match; 0 where the vendor does not page
	header http.Header
}

// list reads one page of a list. By the vendor's document items may be null.
func (c *Connector) list(ctx context.Context, path string, q url.Values) (page, error) {
	resp, err := c.call(ctx, request{path: path, query: q})
	if err != nil {
		return page{}, explain(err, "cannot read %s from JobAdder", path)
	}
	var out row
	if err := resp.Decode(&out); err != nil {
		return page{}, explain(err, "JobAdder's answer for %s cannot be read", path)
	}
	list, isList := out["items"].([]any)
	if null, there := out["items"]; !isList && (!there || null != nil) || len(out.rows("items")) != len(list) {
		return page{}, staffing.Errorf(staffing.Unavailable, "JobAdder's answer for %s holds no list", path)
	}
	return page{items: out.rows("items"), total: int(out.int("totalCount")), header: resp.Header}, nil
}

// explain puts a sentence before err's own and keeps its code, its wait and
// whether the outcome is known. The vendor's list of errors names a field.
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
	if out.Field == "" {
		out.Field = fieldOf(httpx.BodyOf(err))
	}
	return out
}

// fieldOf gives the first field that a refusal names, "" when it names none.
func fieldOf(body []byte) string {
	var in struct {
		Errors []struct {
			Fields []string `json:"fields"`
		} `json:"errors"`
	}
	if json.Unmarshal(body, &in) != nil { // another form, or none
		return ""
	}
	for _, e := range in.Errors {
		if len(e.Fields) > 0 && len(e.Fields[0]) <= 60 {
			return e.Fields[0]
		}
	}
	return ""
}

func checkID(what, id string) error {
	if id == "" || len(id) > 18 || strings.Trim(id, "0123456789") != "" {
		return staffing.Errorf(staffing.Invalid, "%q is not the number of a %s in JobAdder", id, what)
	}
	return nil
}
