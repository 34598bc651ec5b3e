package teamtailor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	mediaType = "application/vnd.api+json"
	perPage   = "30" // the largest page [vendor]
	maxPages  = 100  // of a list that is read in one go; more is a fault
)

func (c *Connector) do(ctx context.Context, req httpx.Request) (*httpx.Response, answer, error) {
	req.Header = http.Header{"Accept": {mediaType}, "Authorization": {"Token token=" + c.key}, "X-Api-Version": {c.version}}
	if req.Body != nil {
		req.Header.Set("Content-Type", mediaType)
	}
	resp, err := c.http.Do(ctx, req)
	if err != nil {
		return nil, answer{}, err
	}
	var a answer
	if err := resp.Decode(&a); err != nil {
		return nil, answer{}, unreadable(err, req.URL[len(c.base)+1:])
	}
	return resp, a, nil
}

// listing is one page of a list.
type listing struct {
	rows  []resource
	in    map[ref]resource
	next  string    // the query of the next page; empty on the last
	count int       // how many match; -1 when it does not say
	date  time.Time // the vendor's clock when it answered; zero when it did not say
}

// list reads one page. Of the link to the next page only the query is taken: the key
// goes nowhere but to the address of the settings.
func (c *Connector) list(ctx context.Context, path string, q url.Values) (listing, error) {
	if q.Get("page[size]") == "" {
		q.Set("page[size]", perPage)
	}
	resp, a, err := c.do(ctx, httpx.Request{URL: c.base + "/" + path, Query: q})
	if err != nil {
		return listing{}, unread(err, path)
	}
	out := listing{in: a.index(), count: -1}
	if out.rows, err = a.many(); err != nil {
		return listing{}, unreadable(err, path)
	}
	if a.Meta.Count != nil {
		out.count = *a.Meta.Count
	}
	out.date, _ = http.ParseTime(resp.Header.Get("Date")) // zero: the vendor did not say
	if a.Links.Next == "" {
		return out, nil
	}
	u, err := url.Parse(a.Links.Next)
	if err != nil || u.RawQuery == "" || u.Query().Encode() == q.Encode() {
		return listing{}, staffing.Errorf(staffing.Unavailable, "Teamtailor's link to the next page of %s leads nowhere", path)
	}
	out.next = u.RawQuery
	return out, nil
}

// all reads every page of a list that is known to be short.
func (c *Connector) all(ctx context.Context, path string, q url.Values) (listing, error) {
	var whole listing
	for range maxPages {
		page, err := c.list(ctx, path, q)
		if err != nil {
			return listing{}, err
		}
		if whole.in == nil {
			whole.in = page.in
		}
		for k, v := range page.in {
			whole.in[k] = v
		}
		whole.rows = append(whole.rows, page.rows...)
		if page.next == "" {
			return whole, nil
		}
		if q, err = url.ParseQuery(page.next); err != nil {
			return listing{}, unreadable(err, path)
		}
	}
	return listing{}, staffing.Errorf(staffing.Unavailable, "Teamtailor gives %s without an end", path)
}

// get reads one resource, and what is included with it.
func (c *Connector) get(ctx context.Context, path string, q url.Values) (resource, map[ref]resource, error) {
	_, a, err := c.do(ctx, httpx.Request{URL: c.base + "/" + path, Query: q})
	if err != nil {
		return resource{}, nil, unread(err, path)
	}
	r, err := a.one()
	if err != nil {
		return resource{}, nil, unreadable(err, path)
	}
	return r, a.index(), nil
}

// create writes one resource. An answer that cannot be read leaves open what came
// of it.
func (c *Connector) create(ctx context.Context, kind string, attributes row, relationships map[string]ref) (resource, error) {
	data := map[string]any{"type": kind, "attributes": attributes}
	if len(relationships) > 0 {
		rel := map[string]any{}
		for name, to := range relationships {
			rel[name] = map[string]any{"data": to}
		}
		data["relationships"] = rel
	}
	_, a, err := c.do(ctx, httpx.Request{Method: http.MethodPost, URL: c.base + "/" + kind, Body: map[string]any{"data": data}})
	if staffing.CodeOf(err) == staffing.Forbidden {
		return resource{}, explain(err, "Teamtailor does not let this key write %s: make a key with the scope Admin and the permission Read/Write", kind)
	}
	if err != nil {
		return resource{}, explain(err, "Teamtailor did not confirm the %s", strings.ReplaceAll(strings.TrimSuffix(kind, "s"), "-", " "))
	}
	made, err := a.one()
	if err != nil {
		return resource{}, &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, Err: err,
			Message: "Teamtailor answered, but not with what it made"}
	}
	return made, nil
}

// unread says what could not be read, and what the key lacks.
func unread(err error, path string) error {
	name := strings.Split(path, "/")[0]
	if staffing.CodeOf(err) == staffing.Forbidden {
		return explain(err, "Teamtailor does not let this key read %s: make a key with the scope Admin and the permission Read/Write", name)
	}
	return explain(err, "cannot read %s from Teamtailor", name)
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

func unreadable(err error, what string) *staffing.Error {
	e := staffing.Errorf(staffing.Unavailable, "Teamtailor's answer for %s is not the JSON it should be: %w", what, err)
	var coded *staffing.Error
	if errors.As(err, &coded) {
		e.OutcomeUnknown = coded.OutcomeUnknown
	}
	return e
}
