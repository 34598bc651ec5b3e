package quickbooks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	minorVersion = "75"
	// throttleWait is what QuickBooks asks for after too many calls.
	throttleWait = 60 * time.Second
	// settleTime is how long whoever looks for a lost write waits before.
	settleTime = 10 * time.Second
)

// call sends a request below the company's address. A 401 may mean that the token was
// ended early: then there is one new token and one more try, which is safe for a
// write as well, because a refused request did nothing.
func (c *Connector) call(ctx context.Context, req httpx.Request, out any) error {
	req.URL = c.set.URL("base_url") + "/v3/company/" + c.set["realm_id"] + req.URL
	if req.Query == nil {
		req.Query = url.Values{}
	}
	req.Query.Set("minorversion", minorVersion)
	for again := true; ; again = false {
		t, err := c.access(ctx)
		if err != nil {
			return err
		}
		req.Header = http.Header{"Authorization": {"Bearer " + t.Value}, "Accept": {"application/json"}}
		err = c.send(ctx, req, t.Value, out)
		if staffing.CodeOf(err) != staffing.Unauthorized || !again {
			return err
		}
		if err := c.tokens.Drop(ctx, c.place("access"), t.Value); err != nil {
			return err
		}
	}
}

// fault is a refusal. It may come with status 200.
type fault struct {
	Fault *struct {
		Error []struct{ Message, Detail, Code, Element string } `json:"Error"`
		Type  string                                            `json:"type"`
	} `json:"Fault"`
}

func (c *Connector) send(ctx context.Context, req httpx.Request, token string, out any) error {
	resp, err := c.http.Do(ctx, req)
	if err != nil {
		return c.refused(err, httpx.StatusOf(err), httpx.BodyOf(err), token)
	}
	var f fault
	if json.Unmarshal(resp.Body, &f) == nil && f.Fault != nil {
		writes := req.Method == http.MethodPost
		return c.refused(&staffing.Error{Code: staffing.Invalid, Message: "QuickBooks refused it", OutcomeUnknown: writes}, resp.Status, resp.Body, token)
	}
	return resp.Decode(out)
}

// refused puts QuickBooks' words into an error, with the code that its kind of fault
// has, and the field that it is about.
func (c *Connector) refused(err error, status int, body []byte, token string) error {
	out := explain(err, "QuickBooks")
	switch {
	case status == http.StatusNotFound:
		// Not found would be read as: no such estimate, and be answered by a second one.
		out.Code, out.Message = staffing.Unavailable, "there is nothing at this address of QuickBooks: check Address of the API and Company ID"
		return out
	case out.Code == staffing.RateLimited && out.RetryAfter == 0:
		out.RetryAfter = throttleWait
	}
	var f fault
	if json.Unmarshal(body, &f) != nil || f.Fault == nil || len(f.Fault.Error) == 0 {
		return out
	}
	first := f.Fault.Error[0]
	if status == http.StatusOK || status == http.StatusBadRequest {
		out.Code = codeOf(f.Fault.Type, first.Code)
		out.OutcomeUnknown = out.OutcomeUnknown && out.Code == staffing.Unavailable
		if out.Code == staffing.RateLimited && out.RetryAfter == 0 {
			out.RetryAfter = throttleWait
		}
	}
	said := strings.TrimSpace(first.Message)
	if first.Detail != "" && first.Detail != first.Message {
		said += ": " + strings.TrimSpace(first.Detail)
	}
	out.Message = "QuickBooks refused it: " + c.discreet(said, token)
	if first.Code != "" {
		out.Message += " (" + c.discreet(first.Code, token) + ")"
	}
	if out.Code == staffing.Invalid || out.Code == staffing.Conflict {
		out.Field = fieldOf(first.Element + " " + said)
	}
	return out
}

// codeOf: 3200 is a dead token, 3100 and 120 a missing right, 6190 a subscription
// that ended, 3001 too many calls, 6140 a taken number, 5010 a stale version.
// https://developer.intuit.com/app/developer/qbo/docs/develop/troubleshooting/error-codes
func codeOf(kind, code string) staffing.Code {
	kind = strings.ToLower(kind)
	code = strings.TrimLeft(code, "0")
	switch {
	case code == "3001" || code == "3003":
		return staffing.RateLimited
	case code == "3200" || strings.HasPrefix(kind, "authentication"):
		return staffing.Unauthorized
	case slices.Contains([]string{"120", "3100", "6190"}, code) || strings.HasPrefix(kind, "authorization"):
		return staffing.Forbidden
	case code == "6140" || code == "5010":
		return staffing.Conflict
	case strings.HasPrefix(kind, "system") || strings.HasPrefix(kind, "service"):
		return staffing.Unavailable
	}
	return staffing.Invalid
}

// discreet makes the vendor's words fit for a page: they may repeat what was sent.
func (c *Connector) discreet(said, token string) string {
	return cut(c.http.Mask("text/plain", []byte(strings.ReplaceAll(said, token, "[token]"))))
}

// fieldOf finds which field of a bill a refusal is about; "" when it is about none.
func fieldOf(said string) string {
	lower := strings.ToLower(said)
	for _, f := range []struct{ sign, field string }{
		{"customer", "customer"}, {"itemref", "item"}, {"product", "item"}, {"class", "cost_centres"}, {"taxcode", "tax_code"}, {"tax", "tax_code"},
		{"docnumber", "reference"}, {"document number", "reference"}, {"currency", "currency"}, {"custom field", "purchase_order"}, {"customfield", "purchase_order"},
		{"period", "date"}, {"txndate", "date"}, {"date", "date"}, {"amount", "lines"}, {"qty", "lines"}, {"unitprice", "lines"},
	} {
		if strings.Contains(lower, f.sign) {
			return f.field
		}
	}
	return ""
}

// found are the rows of a query.
type found struct {
	Estimate, Customer, Item, Class, TaxCode []json.RawMessage
	Preferences                              []preferences
}

// query asks for an entity, in QuickBooks' own query language, which only looks like
// SQL; which is what comes after the entity's name. An answer without a QueryResponse
// is none: nothing found would be answered by a second estimate.
func (c *Connector) query(ctx context.Context, entity, which string) (found, error) {
	var out struct{ QueryResponse *found }
	if err := c.call(ctx, httpx.Request{URL: "/query", Query: url.Values{"query": {strings.TrimSpace("select * from " + entity + " " + which)}}}, &out); err != nil {
		return found{}, err
	}
	if out.QueryResponse == nil {
		return found{}, staffing.Errorf(staffing.Unavailable, "QuickBooks' answer to a query holds no result")
	}
	return *out.QueryResponse, nil
}

// is gives the condition that a field has a value; a quote in it is written \'.
func is(field, value string) string {
	return "where " + field + " = '" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
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
