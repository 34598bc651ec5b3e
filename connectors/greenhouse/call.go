package greenhouse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	maxIDs     = 50  // the most ids that a list filter takes [vendor]
	maxPerPage = 500 // the largest page [vendor]
	maxPages   = 200 // of a list that hangs on one page of jobs; more is a fault
)

// call sends a request with the access token. A 401 may mean that the token was
// ended early: it is dropped and the request sent once more. That is safe for a
// write as well, because a refused request did nothing.
func (c *Connector) call(ctx context.Context, req httpx.Request) (*httpx.Response, error) {
	for again := true; ; again = false {
		tok, err := c.token(ctx)
		if err != nil {
			return nil, err
		}
		req.Header = http.Header{"Authorization": {"Bearer " + tok}, "Accept": {"application/json"}}
		if req.Body != nil {
			req.Header.Set("Content-Type", "application/json")
		}
		resp, err := c.http.Do(ctx, req)
		if staffing.CodeOf(err) != staffing.Unauthorized || !again {
			return resp, err
		}
		if err := c.tokens.Drop(ctx, "access", tok); err != nil {
			return nil, err
		}
	}
}

// listing is one page of a list.
type listing struct {
	rows []row
	next string    // the cursor of the next page; empty on the last
	date time.Time // the vendor's clock when it answered; zero when it did not say
}

// errCursor says that the vendor no longer takes a page cursor.
var errCursor = errors.New("page cursor refused")

// list reads one page. With a cursor, nothing else may be asked: the cursor
// carries the filters. https://harvestdocs.greenhouse.io/docs/pagination
func (c *Connector) list(ctx context.Context, path string, q url.Values, cursor string) (listing, error) {
	if cursor != "" {
		q = url.Values{"cursor": {cursor}}
	}
	resp, err := c.call(ctx, httpx.Request{Method: http.MethodGet, URL: c.base + "/" + path, Query: q,
		Allow: []int{http.StatusUnprocessableEntity}})
	switch {
	case staffing.CodeOf(err) == staffing.Forbidden:
		return listing{}, explain(err, "Greenhouse does not let this credential read %s: add the scope harvest:%s:list, and let a Site Admin act", path, path)
	case err != nil:
		return listing{}, explain(err, "cannot read %s from Greenhouse", path)
	case resp.Status == http.StatusUnprocessableEntity && cursor != "":
		return listing{}, fmt.Errorf("%w: %w", errCursor, refusal(resp, "the next page of "+path))
	case resp.Status == http.StatusUnprocessableEntity:
		return listing{}, refusal(resp, "a list of "+path)
	}
	var out listing
	if err := resp.Decode(&out.rows); err != nil {
		return listing{}, unreadable(err, path)
	}
	if err := wellFormed(out.rows); err != nil {
		return listing{}, unreadable(err, path)
	}
	if out.next, err = nextCursor(resp.Header); err != nil {
		return listing{}, err
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
		if r.int("id") == 0 {
			return fmt.Errorf("row %d has no id", i)
		}
	}
	return nil
}

// all reads every page of a list that is known to be short.
func (c *Connector) all(ctx context.Context, path string, q url.Values) ([]row, error) {
	q.Set("per_page", fmt.Sprint(maxPerPage))
	var rows []row
	cursor := ""
	for range maxPages {
		page, err := c.list(ctx, path, q, cursor)
		if err != nil {
			return nil, err
		}
		rows = append(rows, page.rows...)
		if cursor = page.next; cursor == "" {
			return rows, nil
		}
	}
	return nil, staffing.Errorf(staffing.Unavailable, "Greenhouse gives %s without an end", path)
}

// byIDs reads the rows whose filter holds one of ids, in as many calls as the
// vendor's cap on ids asks for.
func (c *Connector) byIDs(ctx context.Context, path, filter string, ids []int64, q url.Values) ([]row, error) {
	var rows []row
	for start := 0; start < len(ids); start += maxIDs {
		part := url.Values{filter: {joinIDs(ids[start:min(start+maxIDs, len(ids))])}}
		for k, v := range q {
			part[k] = v
		}
		some, err := c.all(ctx, path, part)
		if err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	return rows, nil
}

// write posts a body and gives the created object. A refusal by the vendor's
// validation is an error of ours to mend, not to repeat.
func (c *Connector) write(ctx context.Context, path string, body any, what string) (row, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, staffing.Errorf(staffing.Internal, "the request for %s cannot be written as JSON: %w", what, err)
	}
	resp, err := c.call(ctx, httpx.Request{Method: http.MethodPost, URL: c.base + "/" + path, Body: raw,
		Allow: []int{http.StatusBadRequest, http.StatusUnprocessableEntity}})
	if staffing.CodeOf(err) == staffing.Forbidden {
		return nil, explain(err, "Greenhouse does not let this credential create %s: add the scope harvest:%s:create", path, path)
	}
	if err != nil {
		return nil, explain(err, "Greenhouse did not confirm %s", what)
	}
	if resp.Status >= 400 {
		return nil, refusal(resp, what)
	}
	var out row
	if err := resp.Decode(&out); err != nil {
		e := unreadable(err, what)
		e.OutcomeUnknown = true
		return nil, e
	}
	return out, nil
}

var (
	linkForm = regexp.MustCompile(`<([^>]*)>([^<]*)`) // target, parameters
	relNext  = regexp.MustCompile(`(?i)\brel\s*=\s*("([^"]*\s)?next(\s[^"]*)?"|'next'|next\b)`)
)

// nextCursor finds the cursor of rel="next"; empty: this is the last page. Only
// the cursor is taken from the link: the host stays the one that the connection
// is set to. A next page without a cursor is an error, not an end: rows would be
// lost.
func nextCursor(h http.Header) (string, error) {
	for _, link := range linkForm.FindAllStringSubmatch(strings.Join(h.Values("Link"), ","), -1) {
		if !relNext.MatchString(link[2]) {
			continue
		}
		u, err := url.Parse(link[1])
		if err == nil && u.Query().Get("cursor") != "" {
			return u.Query().Get("cursor"), nil
		}
		return "", staffing.Errorf(staffing.Unavailable, "Greenhouse's link to the next page holds no cursor")
	}
	return "", nil
}

var address = regexp.MustCompile(`[^\s'"<>]+@[^\s'"<>]+`)

// refusal turns the vendor's validation answer into a sentence without personal
// data. Its form is {"message", "errors": [text | {field: text}]} [vendor].
func refusal(resp *httpx.Response, what string) *staffing.Error {
	var body struct {
		Message string `json:"message"`
		Errors  []any  `json:"errors"`
	}
	_ = json.Unmarshal(resp.Body, &body) // no JSON: the sentence does without details
	var parts []string
	field := ""
	for _, e := range body.Errors {
		switch e := e.(type) {
		case string:
			parts = append(parts, e)
		case map[string]any:
			for _, k := range sortedKeys(e) {
				field = k
				parts = append(parts, k+" "+text(e[k]))
			}
		}
	}
	if len(parts) == 0 {
		parts = []string{body.Message}
	}
	detail := address.ReplaceAllString(strings.Join(parts, "; "), "(address)")
	if r := []rune(detail); len(r) > 300 {
		detail = string(r[:300]) + "..."
	}
	if detail == "" {
		detail = "it gave no reason"
	}
	e := staffing.Errorf(staffing.Invalid, "Greenhouse refused %s: %s", what, detail)
	e.Field = field
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

func unreadable(err error, what string) *staffing.Error {
	e := staffing.Errorf(staffing.Unavailable, "Greenhouse's answer for %s is not the JSON it should be: %w", what, err)
	var coded *staffing.Error
	if errors.As(err, &coded) {
		e.OutcomeUnknown = coded.OutcomeUnknown
	}
	return e
}
