package intacct

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	defaultLife = time.Hour
	// settleTime is how long whoever looks for a lost write waits before.
	settleTime = 15 * time.Second
)

// place names the token by what it was asked for with, so that other settings get
// another one.
func (c *Connector) place() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{c.set["base_url"], c.set["client_id"], c.set["client_secret"], c.set["username"]}, "\n")))
	return "access-" + hex.EncodeToString(sum[:8])
}

func (c *Connector) fetch(ctx context.Context) (connectors.Token, error) {
	var out struct {
		Token   string `json:"access_token"`
		Expires int64  `json:"expires_in"`
	}
	_, err := c.http.JSON(ctx, httpx.Request{Method: http.MethodPost, URL: c.set.URL("base_url") + "/oauth2/token", ReadOnly: true, Body: map[string]string{
		"grant_type": "client_credentials", "client_id": c.set["client_id"], "client_secret": c.set["client_secret"], "username": c.set["username"]}}, &out)
	switch code := staffing.CodeOf(err); {
	case code == staffing.Invalid || code == staffing.Unauthorized:
		return connectors.Token{}, &staffing.Error{Code: staffing.Unauthorized, Err: err,
			Message: "Sage Intacct refused the client ID, its secret or the user; is the application authorised in the company, and the user a Web Services user?"}
	case code == staffing.NotFound:
		return connectors.Token{}, &staffing.Error{Code: staffing.Unavailable, Err: err, Message: "there is no Sage Intacct at this address: check Address of the API"}
	case err != nil:
		return connectors.Token{}, explain(err, "no token from Sage Intacct")
	case out.Token == "":
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "Sage Intacct's answer to the token request holds no token")
	}
	life := defaultLife
	if out.Expires > 0 {
		life = time.Duration(out.Expires) * time.Second
	}
	return connectors.Token{Value: out.Token, ExpiresAt: c.now().Add(life)}, nil
}

// call sends a request and reads what stands under ia::result. A 401 may mean that
// the token was ended early: then there is one new token and one more try, which is
// safe for a write as well, because a refused request did nothing.
func (c *Connector) call(ctx context.Context, req httpx.Request, out any) (meta, error) {
	req.URL = c.set.URL("base_url") + req.URL
	for again := true; ; again = false {
		t, err := c.tokens.Token(ctx, c.place(), c.fetch)
		if err != nil {
			return meta{}, err
		}
		req.Header = http.Header{"Authorization": {"Bearer " + t.Value}, "Accept": {"application/json"}}
		if c.set["entity_id"] != "" {
			req.Header.Set("X-IA-API-Param-Entity", c.set["entity_id"])
		}
		resp, err := c.http.Do(ctx, req)
		if staffing.CodeOf(err) != staffing.Unauthorized || !again {
			if err != nil {
				return meta{}, c.refused(err, t.Value)
			}
			return c.result(resp, t.Value, !req.ReadOnly && req.Method != http.MethodGet, out)
		}
		if err := c.tokens.Drop(ctx, c.place(), t.Value); err != nil {
			return meta{}, err
		}
	}
}

// meta is what Sage Intacct says beside the result.
type meta struct {
	Next *int `json:"next"`
}

// result reads an answer of success, which may hold a refusal all the same.
func (c *Connector) result(resp *httpx.Response, token string, wrote bool, out any) (meta, error) {
	var body struct {
		Result json.RawMessage `json:"ia::result"`
		Meta   struct {
			meta
			Errors int `json:"totalError"`
		} `json:"ia::meta"`
	}
	if err := resp.Decode(&body); err != nil {
		return meta{}, err
	}
	if f, ok := findFault(resp.Body); ok {
		return meta{}, c.refusal(f, &staffing.Error{Code: staffing.Invalid}, token)
	}
	err := errors.New("no result")
	if len(body.Result) > 0 && string(body.Result) != "null" {
		err = json.Unmarshal(body.Result, out)
	}
	if err != nil || body.Meta.Errors > 0 {
		return meta{}, &staffing.Error{Code: staffing.Unavailable, Err: err, OutcomeUnknown: wrote, Message: "Sage Intacct's answer is not in the form it should be"}
	}
	return body.Meta.meta, nil
}

// question is a call of the query service.
type question struct {
	Object     string           `json:"object"`
	Fields     []string         `json:"fields"`
	Filters    []map[string]any `json:"filters,omitempty"`
	Expression string           `json:"filterExpression,omitempty"`
	Parameters map[string]any   `json:"filterParameters,omitempty"`
	Order      []map[string]any `json:"orderBy,omitempty"`
	Start      int              `json:"start"`
	Size       int              `json:"size"`
}

// ask runs a query; more says that there are rows beyond its size.
func ask[T any](ctx context.Context, c *Connector, q question) (rows []T, more bool, err error) {
	q.Start = 1
	rows, next, err := askFrom[T](ctx, c, q)
	return rows, next != 0, err
}

// askFrom runs a query from a row on; next is the row that follows, 0 after the last.
func askFrom[T any](ctx context.Context, c *Connector, q question) (rows []T, next int, err error) {
	m, err := c.call(ctx, httpx.Request{Method: http.MethodPost, URL: "/services/core/query", ReadOnly: true, Body: q}, &rows)
	if m.Next != nil {
		next = *m.Next
	}
	return rows, next, err
}

func equal(field, value string) map[string]any {
	return map[string]any{"$eq": map[string]string{field: value}}
}

func contains(field, text string) map[string]any {
	return map[string]any{"$contains": map[string]string{field: text}}
}

// fault is a refusal's body.
type fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Details json.RawMessage
}

// findFault reads a refusal in each of the three forms that Sage Intacct has been seen
// to use.
func findFault(body []byte) (fault, bool) {
	var outer struct {
		Error  json.RawMessage `json:"ia::error"`
		Result json.RawMessage `json:"ia::result"`
		Plain  json.RawMessage `json:"error"`
	}
	if json.Unmarshal(body, &outer) != nil {
		return fault{}, false
	}
	var inner struct {
		Error json.RawMessage `json:"ia::error"`
	}
	_ = json.Unmarshal(outer.Result, &inner) // a list or nothing: no error in it
	for _, raw := range []json.RawMessage{outer.Error, inner.Error, outer.Plain} {
		var f struct {
			fault
			Details json.RawMessage `json:"details"`
		}
		if len(raw) > 0 && json.Unmarshal(raw, &f) == nil && (f.Code != "" || f.Message != "") {
			f.fault.Details = f.Details
			return f.fault, true
		}
	}
	return fault{}, false
}

// words joins the message and those of the details, which tell more.
func (f fault) words() string {
	type detail struct {
		Message    string `json:"message"`
		Correction string `json:"correction"`
	}
	var list []detail
	if json.Unmarshal(f.Details, &list) != nil {
		list = make([]detail, 1)
		_ = json.Unmarshal(f.Details, &list[0]) // neither form: the message has to do
	}
	said := []string{f.Message}
	for _, d := range list {
		said = append(said, d.Message, d.Correction)
	}
	var out []string
	for _, s := range said {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

// refused puts Sage Intacct's words into an error, and the field that they are about.
func (c *Connector) refused(err error, token string) error {
	out := explain(err, "Sage Intacct")
	if out.OutcomeUnknown {
		out.RetryAfter = max(out.RetryAfter, settleTime)
	}
	f, _ := findFault(httpx.BodyOf(err))
	switch httpx.StatusOf(err) {
	case http.StatusNotFound:
		// Not found would be read as: no such invoice, and be answered by a second one.
		out.Code, out.Message = staffing.Unavailable, "Sage Intacct has nothing at this address: check Address of the API"
	case http.StatusForbidden:
		out.Message = "the hub's user in Sage Intacct lacks a permission" + c.after(f, token)
	case http.StatusTooManyRequests:
		if out.RetryAfter == 0 {
			out.RetryAfter = retryAfter(httpx.HeaderOf(err))
		}
	case http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity:
		return c.refusal(f, out, token)
	}
	return out
}

func (c *Connector) refusal(f fault, out *staffing.Error, token string) error {
	out.Message, out.Field = "Sage Intacct refused it"+c.after(f, token), fieldOf(f.words())
	return out
}

func (c *Connector) after(f fault, token string) string {
	said := f.words()
	if said == "" {
		return ""
	}
	return ": " + cut(c.http.Mask("text/plain", []byte(strings.ReplaceAll(said, token, "[token]"))))
}

// retryAfter reads the headers that Sage Intacct has for its several limits.
func retryAfter(h http.Header) time.Duration {
	longest := 0
	for _, name := range []string{"X-IA-Throttle-Limit-Retry-After", "X-IA-Hour-Rate-Limit-Retry-After", "X-IA-Minute-Rate-Limit-Retry-After", "X-IA-Tenant-Throttle-Limit-Retry-After"} {
		if n, err := strconv.Atoi(h.Get(name)); err == nil && n > longest && n <= 24*3600 {
			longest = n
		}
	}
	return time.Duration(longest) * time.Second
}

// fieldOf finds which field of a bill a refusal is about, by the names that the API
// gives its fields; "" when it is about none.
func fieldOf(said string) string {
	lower := strings.ToLower(said)
	for _, f := range []struct{ sign, field string }{
		{"invoicenumber", "reference"}, {"invoice number", "reference"}, {"adjustmentnumber", "reference"}, {"customer", "customer"},
		{"glaccount", "account"}, {"gl account", "account"}, {"department", "cost_centres"}, {"project", "cost_centres"}, {"class", "cost_centres"}, {"location", "location"},
		{"currency", "currency"}, {"exchange rate", "currency"}, {"duedate", "due_days"}, {"due date", "due_days"}, {"period", "date"}, {"date", "date"}, {"amount", "lines"},
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
