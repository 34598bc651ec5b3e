package xero

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

const uuidPattern = `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`

// settleTime is how long whoever looks for a lost write waits before.
const settleTime = 10 * time.Second

// get reads path into out.
func (c *Connector) get(ctx context.Context, path string, q url.Values, out any) (http.Header, error) {
	return c.call(ctx, httpx.Request{Method: http.MethodGet, URL: path, Query: q}, out)
}

// call sends a request below the address of the API. A 401 may mean that the token
// was ended early: then there is one new token and one more try, which is safe for a
// write as well, because a refused request did nothing.
func (c *Connector) call(ctx context.Context, req httpx.Request, out any) (http.Header, error) {
	req.URL = c.set.URL("base_url") + req.URL
	for again := true; ; again = false {
		t, err := c.access(ctx)
		if err != nil {
			return nil, err
		}
		header := http.Header{"Authorization": {"Bearer " + t.Value}, "Xero-Tenant-Id": {c.set["tenant_id"]}, "Accept": {"application/json"}}
		for k, v := range req.Header {
			header[k] = v
		}
		sent := req
		sent.Header = header
		resp, err := c.http.Do(ctx, sent)
		if staffing.CodeOf(err) != staffing.Unauthorized || !again {
			if err != nil {
				return nil, c.refused(err, t.Value)
			}
			return resp.Header, resp.Decode(out)
		}
		if err := c.tokens.Drop(ctx, c.place("access"), t.Value); err != nil {
			return nil, err
		}
	}
}

// fault is the body of a refusal.
// https://github.com/XeroAPI/Xero-OpenAPI, schema Error
type fault struct {
	Message  string
	Detail   string // of a 401 or 403
	Elements []struct{ ValidationErrors []validation }
}

type validation struct{ Message string }

// refused puts Xero's words into an error, and the field that they are about.
func (c *Connector) refused(err error, token string) error {
	out := explain(err, "Xero")
	switch httpx.StatusOf(err) {
	case http.StatusNotFound:
		// Not found would be read as: no such invoice, and be answered by a second one.
		out.Code, out.Message = staffing.Unavailable, "there is nothing at this address of Xero's API: check Address of the API"
		return out
	case http.StatusTooManyRequests:
		if what := httpx.HeaderOf(err).Get("X-Rate-Limit-Problem"); what != "" {
			out.Message = "Xero asks to slow down: the limit by " + c.discreet(what, token) + " is used up"
		}
		return out
	case http.StatusBadRequest, http.StatusForbidden:
	default:
		return out
	}
	var f fault
	if json.Unmarshal(httpx.BodyOf(err), &f) != nil { // another form, or none
		return out
	}
	said := saying(f.Elements...)
	if said == "" {
		said = strings.TrimSpace(f.Message + " " + f.Detail)
	}
	if said != "" {
		out.Message = "Xero refused it: " + c.discreet(said, token)
		out.Field = fieldOf(said)
	}
	return out
}

// discreet makes the vendor's words fit for a page: they may repeat what was sent.
func (c *Connector) discreet(said, token string) string {
	return cut(c.http.Mask("text/plain", []byte(strings.ReplaceAll(said, token, "[token]"))))
}

func saying(elements ...struct{ ValidationErrors []validation }) string {
	var said []string
	for _, e := range elements {
		for _, v := range e.ValidationErrors {
			said = append(said, strings.TrimSpace(v.Message))
		}
	}
	return strings.Join(said, " ")
}

// fieldOf finds which field of a bill a refusal is about, by the names that Xero's
// sentences use; "" when it is about none.
func fieldOf(said string) string {
	lower := strings.ToLower(said)
	for _, f := range []struct{ sign, field string }{
		{"account code", "account_code"}, {"item code", "item_code"}, {"tax", "tax_type"}, {"tracking", "cost_centres"}, {"contact", "contact"},
		{"invoice #", "reference"}, {"invoicenumber", "reference"}, {"invoice number", "reference"}, {"credit note number", "reference"},
		{"currency", "currency"}, {"lock date", "date"}, {"due date", "due_days"}, {"date", "date"}, {"line total", "lines"}, {"quantity", "lines"},
	} {
		if strings.Contains(lower, f.sign) {
			return f.field
		}
	}
	return ""
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
