package lever

import (
	"context"
	"encoding/base64"
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
	maxPerPage = "100" // the largest page, and the default [vendor]
	maxPages   = 200   // of a list that is read in one go; more is a fault
)

// errOffset says that the vendor no longer takes an offset token.
var errOffset = errors.New("offset token refused")

func (c *Connector) header() http.Header {
	return http.Header{"Accept": {"application/json"},
		"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(c.key+":"))}}
}

// listing is one page of a list.
type listing struct {
	rows []row
	next string    // the token of the next page; empty on the last
	date time.Time // the vendor's clock when it answered; zero when it did not say
}

// list reads one page. The offset token belongs to the filters it came with, so
// they are sent again unchanged.
func (c *Connector) list(ctx context.Context, path string, q url.Values, offset string) (listing, error) {
	q = cloneValues(q)
	if q.Get("limit") == "" {
		q.Set("limit", maxPerPage)
	}
	if offset != "" {
		q.Set("offset", offset)
	}
	resp, err := c.http.Do(ctx, httpx.Request{URL: c.base + "/" + path, Query: q, Header: c.header()})
	switch {
	case err != nil && offset != "" && httpx.StatusOf(err) == http.StatusBadRequest:
		return listing{}, fmt.Errorf("%w: %w", errOffset, err)
	case err != nil:
		return listing{}, c.unread(err, path)
	}
	var body struct {
		Data    []row  `json:"data"`
		HasNext bool   `json:"hasNext"`
		Next    string `json:"next"`
	}
	if err := resp.Decode(&body); err != nil {
		return listing{}, unreadable(err, path)
	}
	if err := wellFormed(body.Data); err != nil {
		return listing{}, unreadable(err, path)
	}
	if body.HasNext && body.Next == "" {
		return listing{}, staffing.Errorf(staffing.Unavailable, "Lever says there are more %s but gives no token for them", path)
	}
	out := listing{rows: body.Data}
	if body.HasNext {
		out.next = body.Next
	}
	out.date, _ = http.ParseTime(resp.Header.Get("Date")) // zero: the vendor did not say
	return out, nil
}

// wellFormed refuses what is JSON but no list of objects with ids: null must not
// pass for an empty list, or a known candidate would be created anew.
func wellFormed(rows []row) error {
	if rows == nil {
		return errors.New("null instead of a list")
	}
	for i, r := range rows {
		if r.text("id") == "" {
			return fmt.Errorf("row %d has no id", i)
		}
	}
	return nil
}

// all reads every page of a list that is known to be short.
func (c *Connector) all(ctx context.Context, path string, q url.Values) ([]row, error) {
	var rows []row
	offset := ""
	for range maxPages {
		page, err := c.list(ctx, path, q, offset)
		if err != nil {
			return nil, err
		}
		rows = append(rows, page.rows...)
		if offset = page.next; offset == "" {
			return rows, nil
		}
	}
	return nil, staffing.Errorf(staffing.Unavailable, "Lever gives %s without an end", path)
}

// get reads one object. An id that is none gives 404 like one that is gone.
func (c *Connector) get(ctx context.Context, path string, q url.Values) (row, error) {
	resp, err := c.http.Do(ctx, httpx.Request{URL: c.base + "/" + path, Query: q, Header: c.header()})
	if err != nil {
		return nil, c.unread(err, path)
	}
	return object(resp, path)
}

// object reads the object that an answer holds.
func object(resp *httpx.Response, what string) (row, error) {
	var body struct {
		Data row `json:"data"`
	}
	if err := resp.Decode(&body); err != nil {
		return nil, unreadable(err, what)
	}
	if body.Data.text("id") == "" {
		return nil, unreadable(errors.New("an object without an id"), what)
	}
	return body.Data, nil
}

// unread says what could not be read, and which permission is missing.
func (c *Connector) unread(err error, path string) error {
	resource := strings.Split(path, "/")[0]
	if strings.HasSuffix(path, "/offers") {
		resource = "offers"
	}
	if staffing.CodeOf(err) == staffing.Forbidden {
		return explain(err, "Lever does not let this key read %s: make a key with the permission %s:read:admin", resource, resource)
	}
	return explain(err, "cannot read %s from Lever", resource)
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
	e := staffing.Errorf(staffing.Unavailable, "Lever's answer for %s is not the JSON it should be: %w", what, err)
	var coded *staffing.Error
	if errors.As(err, &coded) {
		e.OutcomeUnknown = coded.OutcomeUnknown
	}
	return e
}

func cloneValues(q url.Values) url.Values {
	out := url.Values{}
	for k, v := range q {
		out[k] = v
	}
	return out
}
