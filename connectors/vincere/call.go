package vincere

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
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

// time reads a moment; zero when there is none that can be kept.
func (r row) time(name string) time.Time {
	t, err := time.Parse(time.RFC3339, r.text(name))
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t.UTC()
}

// call sends a request below /api/v2. A 401 may mean that the vendor ended the token
// early: then there is one new token and one more try, which is safe for a write as
// well, because a refused request did nothing.
func (c *Connector) call(ctx context.Context, req httpx.Request) (*httpx.Response, error) {
	req.URL = c.base + req.URL
	for again := true; ; again = false {
		t, err := c.access(ctx)
		if err != nil {
			return nil, err
		}
		req.Header = http.Header{"Id-Token": {t.Value}, "X-Api-Key": {c.set["api_key"]}, "Accept": {"application/json"}}
		resp, err := c.http.Do(ctx, req)
		if staffing.CodeOf(err) != staffing.Unauthorized || !again {
			return resp, err
		}
		if err := c.tokens.Drop(ctx, c.place("access"), t.Value); err != nil {
			return nil, err
		}
	}
}

// one reads an object.
func (c *Connector) one(ctx context.Context, path, id string) (row, error) {
	resp, err := c.call(ctx, httpx.Request{URL: path + "/" + id})
	if err != nil {
		return nil, explain(err, "cannot read %s/%s from Vincere", path, id)
	}
	var out row
	if err := resp.Decode(&out); err != nil {
		return nil, explain(err, "Vincere's answer for %s/%s cannot be read", path, id)
	}
	if got := out.text("id"); out == nil || got != "" && got != id {
		return nil, staffing.Errorf(staffing.Unavailable, "Vincere's answer for %s/%s is about something else", path, id)
	}
	out["id"] = json.Number(id)
	return out, nil
}

// found is what a search gave.
type found struct {
	items []row
	total int
}

// search asks the vendor's index. The fields stand in the path, as the vendor wants
// it: their = and , are not escaped.
func (c *Connector) search(ctx context.Context, path, fields, query string, limit int) (found, error) {
	q := url.Values{"start": {"0"}, "limit": {strconv.Itoa(limit)}}
	if query != "" {
		q.Set("q", query)
	}
	resp, err := c.call(ctx, httpx.Request{URL: path + "/search/fl=" + fields, Query: q})
	if err != nil {
		return found{}, explain(err, "cannot search %s in Vincere", path)
	}
	var out struct {
		Result *struct {
			Total int   `json:"total"`
			Items []row `json:"items"`
		} `json:"result"`
	}
	if err := resp.Decode(&out); err != nil {
		return found{}, explain(err, "Vincere's answer to the search of %s cannot be read", path)
	}
	if out.Result == nil {
		return found{}, staffing.Errorf(staffing.Unavailable, "Vincere's answer to the search of %s holds no result", path)
	}
	return found{out.Result.Items, out.Result.Total}, nil
}

// term makes one condition of the vendor's query language, which ends each with #.
func term(field, value string) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`#"\:()[]{}^~*?!+&|/`, r) {
			return ' '
		}
		return r
	}, value)
	return field + ":" + strings.TrimSpace(clean) + "#"
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
		return staffing.Errorf(staffing.Invalid, "%q is not the number of a %s in Vincere", id, what)
	}
	return nil
}
