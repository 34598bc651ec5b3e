package smartrecruiters

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	maxPerPage = 100 // the largest page [vendor]
	maxPages   = 100 // of a list that is read in one go; more is a fault
)

// errPage says that the vendor no longer takes a page's token.
var errPage = errors.New("page token refused")

// call sends a request. A 401 may mean that the token was ended early: it is
// dropped and the request sent once more. That is safe for a write as well, because
// a refused request did nothing.
func (c *Connector) call(ctx context.Context, req httpx.Request, kind string) (*httpx.Response, error) {
	for again := true; ; again = false {
		h, tok, err := c.sign(ctx)
		if err != nil {
			return nil, err
		}
		if req.Header = h; kind != "" {
			h.Set("Content-Type", kind)
		}
		resp, err := c.http.Do(ctx, req)
		if staffing.CodeOf(err) != staffing.Unauthorized || !again || tok == "" {
			return resp, err
		}
		if err := c.tokens.Drop(ctx, "access", tok); err != nil {
			return nil, err
		}
	}
}

// listing is one page of a list, in either generation of the vendor's paging.
type listing struct {
	rows  []row
	token string    // nextPageId; empty on the last page, and where the list pages by offset
	next  int       // offset of the next page; 0: there is none
	total int       // how many rows match
	date  time.Time // the vendor's clock when it answered; zero when it did not say
}

// list reads one page: by the token of the page before, else by offset. Without q,
// the list is one that takes no limit.
func (c *Connector) list(ctx context.Context, path string, q url.Values, token string, offset int) (listing, error) {
	if q = maps.Clone(q); q == nil {
		q = url.Values{}
	} else if q.Get("limit") == "" {
		q.Set("limit", strconv.Itoa(maxPerPage))
	}
	switch {
	case token != "":
		q.Set("pageId", token)
	case offset > 0:
		q.Set("offset", strconv.Itoa(offset))
	}
	if path == candidates {
		if err := c.searchAlone(ctx); err != nil {
			return listing{}, err
		}
		defer func() { <-c.searching }()
	}
	resp, err := c.call(ctx, httpx.Request{URL: c.base + "/" + path, Query: q}, "")
	switch status := httpx.StatusOf(err); {
	case err != nil && token != "" && (status == http.StatusBadRequest || status == http.StatusNotFound || status == http.StatusUnprocessableEntity):
		return listing{}, fmt.Errorf("%w: %w", errPage, err)
	case err != nil:
		return listing{}, c.unread(err, path)
	}
	out, err := readList(resp, path)
	if end := offset + len(out.rows); token == "" && out.token == "" && len(out.rows) > 0 && end < out.total {
		out.next = end
	}
	return out, err
}

func readList(resp *httpx.Response, path string) (listing, error) {
	var body struct {
		Total      *int   `json:"totalFound"`
		NextPageID string `json:"nextPageId"`
		Content    []row  `json:"content"`
	}
	if err := resp.Decode(&body); err != nil {
		return listing{}, unreadable(err, path)
	}
	if err := wellFormed(body.Content); err != nil {
		return listing{}, unreadable(err, path)
	}
	out := listing{rows: body.Content, token: body.NextPageID}
	out.date, _ = http.ParseTime(resp.Header.Get("Date")) // zero: the vendor did not say
	if body.Total != nil {
		out.total = *body.Total
	}
	return out, nil
}

// searchAlone waits until no other search of candidates is under way: the vendor
// takes one at a time.
func (c *Connector) searchAlone(ctx context.Context) error {
	select {
	case c.searching <- struct{}{}:
		return nil
	case <-ctx.Done():
		return staffing.Errorf(staffing.Unavailable, "another search of candidates is still running: %w", ctx.Err())
	}
}

// wellFormed refuses what is JSON but no list of objects with ids: null must not
// pass for an empty list, or a known candidate would be created anew.
func wellFormed(rows []row) error {
	if rows == nil {
		return errors.New("no list of content")
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
	var page listing
	for range maxPages {
		var err error
		if page, err = c.list(ctx, path, q, page.token, page.next); err != nil {
			return nil, err
		}
		rows = append(rows, page.rows...)
		if page.token == "" && page.next == 0 {
			return rows, nil
		}
	}
	return nil, staffing.Errorf(staffing.Unavailable, "SmartRecruiters gives %s without an end", path)
}

// get reads one object. What has no id of its own, such as a candidate's status on
// a job, is told by another key.
func (c *Connector) get(ctx context.Context, path, key string) (row, error) {
	resp, err := c.call(ctx, httpx.Request{URL: c.base + "/" + path}, "")
	if err != nil {
		return nil, c.unread(err, path)
	}
	return object(resp, path, key)
}

func object(resp *httpx.Response, what, key string) (row, error) {
	var r row
	if err := resp.Decode(&r); err != nil {
		return nil, unreadable(err, what)
	}
	if r.text(key) == "" {
		return nil, unreadable(fmt.Errorf("an object without %s", key), what)
	}
	return r, nil
}

// path joins the parts of a path, each escaped.
func path(parts ...string) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = url.PathEscape(p)
	}
	return strings.Join(out, "/")
}

// unread says what could not be read, and which scope is missing.
func (c *Connector) unread(err error, path string) error {
	resource := strings.Split(path, "/")[0]
	if staffing.CodeOf(err) == staffing.Forbidden {
		return explain(err, "SmartRecruiters does not let this credential read %s: give it the scope %s_read in Credential Manager", resource, resource)
	}
	return explain(err, "cannot read %s from SmartRecruiters", resource)
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
	e := staffing.Errorf(staffing.Unavailable, "SmartRecruiters' answer for %s is not the JSON it should be: %w", what, err)
	var coded *staffing.Error
	if errors.As(err, &coded) {
		e.OutcomeUnknown = coded.OutcomeUnknown
	}
	return e
}
