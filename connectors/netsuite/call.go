package netsuite

import (
	"context"
	"encoding/json"
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
	recordPath = "/services/rest/record/v1/"
	queryPath  = "/services/rest/query/v1/suiteql"
	// settleTime is how long whoever looks for a lost write waits before.
	settleTime = 15 * time.Second
)

// call sends a request. A 401 may mean that the token was ended early: then there is
// one new token and one more try, which is safe for a write as well, because a refused
// request did nothing.
func (c *Connector) call(ctx context.Context, req httpx.Request) (*httpx.Response, error) {
	req.URL = c.base + req.URL
	for again := true; ; again = false {
		t, err := c.access(ctx)
		if err != nil {
			return nil, err
		}
		sent := req
		sent.Header = http.Header{"Authorization": {"Bearer " + t.Value}, "Accept": {"application/json"}}
		for k, v := range req.Header {
			sent.Header[k] = v
		}
		resp, err := c.http.Do(ctx, sent)
		if staffing.CodeOf(err) != staffing.Unauthorized || !again {
			if err != nil {
				return nil, c.refused(err, t.Value)
			}
			return resp, c.hidden(resp, t.Value)
		}
		if err := c.tokens.Drop(ctx, c.place(), t.Value); err != nil {
			return nil, err
		}
	}
}

// get reads a record, with its sublists in full.
func (c *Connector) get(ctx context.Context, path string, out any) error {
	resp, err := c.call(ctx, httpx.Request{Method: http.MethodGet, URL: recordPath + path, Query: url.Values{"expandSubResources": {"true"}}})
	if err != nil {
		return err
	}
	return resp.Decode(out)
}

// query is a question in SuiteQL to one of NetSuite's tables.
type query struct {
	columns string
	from    string
	where   string
	group   string
	order   string
}

func (q query) String() string {
	out := "SELECT " + q.columns + " FROM " + q.from + " WHERE " + q.where
	if q.group != "" {
		out += " GROUP BY " + q.group
	}
	if q.order != "" {
		out += " ORDER BY " + q.order
	}
	return out
}

// rows asks a query that gives few rows.
func rows[T any](ctx context.Context, c *Connector, q query, limit int) ([]T, error) {
	var out struct {
		Items   *[]T `json:"items"`
		HasMore bool `json:"hasMore"`
	}
	resp, err := c.call(ctx, httpx.Request{Method: http.MethodPost, URL: queryPath, Query: url.Values{"limit": {fmt.Sprint(limit)}, "offset": {"0"}},
		Header: http.Header{"Prefer": {"transient"}}, ReadOnly: true, Body: map[string]string{"q": q.String()}})
	if err == nil {
		err = resp.Decode(&out)
	}
	if err != nil {
		return nil, err
	}
	if out.Items == nil { // to be told from an empty list, which says: no such record
		return nil, staffing.Errorf(staffing.Unavailable, "NetSuite's answer to a query holds no rows")
	}
	if out.HasMore {
		return *out.Items, errTooMany
	}
	return *out.Items, nil
}

var errTooMany = staffing.Errorf(staffing.Invalid, "NetSuite has more of them than can be read")

// quote writes a text for SuiteQL.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// fault is the body of a refusal.
type fault struct {
	Title   string `json:"title"`
	Details []struct {
		Detail string `json:"detail"`
		Code   string `json:"o:errorCode"`
		Path   string `json:"o:errorPath"`
	} `json:"o:errorDetails"`
}

func (f fault) words() string {
	var said []string
	for _, d := range f.Details {
		if d.Detail = strings.TrimSpace(d.Detail); d.Detail != "" {
			said = append(said, d.Detail)
		}
	}
	if len(said) == 0 {
		return f.Title
	}
	return strings.Join(said, " ")
}

// refused puts NetSuite's words into an error, and the field that they are about.
func (c *Connector) refused(err error, token string) error {
	out := explain(err, "NetSuite")
	if e := (&staffing.Error{}); errors.As(err, &e) && e.OutcomeUnknown {
		out.RetryAfter = max(out.RetryAfter, settleTime)
	}
	var f fault
	if json.Unmarshal(httpx.BodyOf(err), &f) != nil { // another form, or none
		f = fault{}
	}
	switch httpx.StatusOf(err) {
	case http.StatusNotFound:
		// Not found would be read as: no such order, and be answered by a second one.
		out.Code, out.Message = staffing.Unavailable, "NetSuite has nothing at this address: check Account ID, and whether REST Web Services is on (Setup > Company > Enable Features > SuiteCloud)"
	case http.StatusForbidden:
		out.Message = "the hub's role in NetSuite lacks a permission" + c.after(f, token)
	case http.StatusBadRequest, http.StatusConflict:
		return c.refusal(f, out, token)
	}
	return out
}

func (c *Connector) after(f fault, token string) string {
	if said := f.words(); said != "" {
		return ": " + c.discreet(said, token)
	}
	return ""
}

func (c *Connector) refusal(f fault, out *staffing.Error, token string) error {
	for _, d := range f.Details {
		switch d.Code {
		case "SSS_REQUEST_LIMIT_EXCEEDED", "CONCURRENCY_LIMIT_EXCEEDED":
			out.Code, out.Message = staffing.RateLimited, "NetSuite has too many calls of this account at once"
			return out
		case "INSUFFICIENT_PERMISSION":
			out.Code, out.Message = staffing.Forbidden, "the hub's role in NetSuite lacks a permission"+c.after(f, token)
			return out
		}
		if out.Field == "" {
			out.Field = fieldOf(d.Path, d.Detail)
		}
	}
	out.Message = "NetSuite refused it" + c.after(f, token)
	return out
}

// hidden finds a refusal that came with a status of success.
func (c *Connector) hidden(resp *httpx.Response, token string) error {
	var f fault
	if err := json.Unmarshal(resp.Body, &f); err != nil || len(f.Details) == 0 {
		return nil //nolint:nilerr // an empty body is a success, and another one is its reader's to judge
	}
	return c.refusal(f, &staffing.Error{Code: staffing.Invalid}, token)
}

// fieldOf finds which field of a bill a refusal is about: by the path of the record's
// field, else by the names in the sentence.
func fieldOf(path, detail string) string {
	for _, text := range []string{strings.ToLower(path), strings.ToLower(detail)} {
		for _, f := range []struct{ sign, field string }{
			{"entity", "customer"}, {"custbody", "custom_fields"}, {"otherrefnum", "reference"}, {"externalid", "reference"}, {"currency", "currency"},
			{"subsidiary", "subsidiary_id"}, {"department", "cost_centres"}, {"class", "cost_centres"}, {"location", "cost_centres"},
			{"accounting period", "date"}, {"trandate", "date"}, {"period", "date"}, {"orderstatus", "state"}, {"rate", "lines"}, {"quantity", "lines"}, {"amount", "lines"}, {"item", "item"},
		} {
			if strings.Contains(text, f.sign) {
				return f.field
			}
		}
	}
	return ""
}

// discreet makes the vendor's words fit for a page: they may repeat what was sent.
func (c *Connector) discreet(said, token string) string {
	return cut(c.http.Mask("text/plain", []byte(strings.ReplaceAll(said, token, "[token]"))))
}

// explain puts a sentence before err's own and keeps its code, its wait, its field
// and whether the outcome is known.
func explain(err error, format string, args ...any) *staffing.Error {
	out := &staffing.Error{Code: staffing.CodeOf(err), Err: err}
	var e *staffing.Error
	if errors.As(err, &e) {
		*out = *e
	}
	out.Message = fmt.Sprintf(format, args...)
	if e != nil && e.Message != "" {
		out.Message += ": " + e.Message
	}
	return out
}

func cut(s string) string {
	if r := []rune(s); len(r) > 300 {
		return string(r[:300]) + "..."
	}
	return s
}
