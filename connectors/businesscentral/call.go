package businesscentral

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	defaultLife = 55 * time.Minute
	// settleTime is how long whoever looks for a lost write waits before: Business
	// Central may work on a call for minutes after we gave up.
	settleTime = time.Minute
	// throttleWait is when Business Central refuses a call for its limits and does not
	// say until when.
	throttleWait = 30 * time.Second
)

// access gives the access token that all replicas share.
// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
func (c *Connector) access(ctx context.Context) (connectors.Token, error) {
	return c.tokens.Token(ctx, c.place(), func(ctx context.Context) (connectors.Token, error) {
		form := url.Values{"grant_type": {"client_credentials"}, "client_id": {c.set["client_id"]}, "client_secret": {c.set["client_secret"]}, "scope": {c.set["scope"]}}
		resp, err := c.http.Do(ctx, httpx.Request{Method: http.MethodPost, URL: c.set.URL("login_url") + "/" + c.set["tenant_id"] + "/oauth2/v2.0/token", Body: form, ReadOnly: true,
			Header: http.Header{"Accept": {"application/json"}}})
		if err != nil {
			if s := httpx.StatusOf(err); s == http.StatusBadRequest || s == http.StatusUnauthorized || s == http.StatusForbidden {
				// The vendor's own text may repeat the credentials.
				return connectors.Token{}, staffing.Errorf(staffing.Unauthorized, "Microsoft refused the client ID or the client secret (status %d); a secret ends on the day shown under Certificates & secrets", s)
			}
			return connectors.Token{}, explain(err, "cannot sign in to Microsoft")
		}
		var out struct {
			Access  string  `json:"access_token"`
			Expires float64 `json:"expires_in"`
		}
		if err := resp.Decode(&out); err != nil {
			return connectors.Token{}, explain(err, "Microsoft's answer to the sign-in cannot be read")
		}
		if out.Access == "" {
			return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "Microsoft's answer to the sign-in holds no access token")
		}
		life := defaultLife
		if out.Expires > 0 && out.Expires < 1e6 {
			life = time.Duration(out.Expires * float64(time.Second))
		}
		return connectors.Token{Value: out.Access, ExpiresAt: c.now().Add(life)}, nil
	})
}

// place names the token of the credentials that a person entered: others begin anew.
func (c *Connector) place() string {
	sum := sha256.Sum256([]byte(c.set["tenant_id"] + "\n" + c.set["client_id"] + "\n" + c.set["client_secret"]))
	return "access." + hex.EncodeToString(sum[:6])
}

// get reads below the company.
func (c *Connector) get(ctx context.Context, path string, q url.Values, out any) error {
	return c.call(ctx, httpx.Request{URL: path, Query: q}, out)
}

// call sends a request below the company. A 401 may mean that the token was ended
// early: then there is one new token and one more try, which is safe for a write as
// well, because a refused request did nothing.
func (c *Connector) call(ctx context.Context, req httpx.Request, out any) error {
	req.URL = c.company + req.URL
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
		if err := c.tokens.Drop(ctx, c.place(), t.Value); err != nil {
			return err
		}
	}
}

// fault is a refusal; OData may break one off with status 200, after it began to
// answer.
type fault struct {
	Error *struct{ Code, Message string } `json:"error"`
}

func (c *Connector) send(ctx context.Context, req httpx.Request, token string, out any) error {
	resp, err := c.http.Do(ctx, req)
	if err != nil {
		return c.refused(err, httpx.StatusOf(err), httpx.BodyOf(err), token)
	}
	var f fault
	if json.Unmarshal(resp.Body, &f) == nil && f.Error != nil {
		broken := &staffing.Error{Code: staffing.Unavailable, Message: "it broke off its answer", OutcomeUnknown: req.Method == http.MethodPost}
		return c.refused(broken, resp.Status, resp.Body, token)
	}
	return resp.Decode(out)
}

// refused puts Business Central's words into an error, and the field that they are
// about.
// https://learn.microsoft.com/dynamics365/business-central/dev-itpro/api-reference/v1.0/dynamics_error_codes
func (c *Connector) refused(err error, status int, body []byte, token string) error {
	out := explain(err, "Business Central")
	if out.Code == staffing.RateLimited && out.RetryAfter == 0 {
		out.RetryAfter = throttleWait
	}
	var f fault
	if json.Unmarshal(body, &f) != nil || f.Error == nil { // another form, or none
		f.Error = &struct{ Code, Message string }{}
	}
	if status == http.StatusNotFound {
		// Not found would be read as: no such invoice, and be answered by a second one.
		out.Code, out.Message = staffing.Unavailable, "there is nothing at this address of Business Central: Tenant ID, Environment or Company ID is wrong, or the record was deleted meanwhile"
		return out
	}
	if f.Error.Code == "" && f.Error.Message == "" {
		return out
	}
	if status == http.StatusBadRequest {
		out.Code = codeOf(f.Error.Code)
		out.OutcomeUnknown = out.OutcomeUnknown || out.Code == staffing.Unavailable
	}
	if status == http.StatusPreconditionFailed {
		out.Code = staffing.Conflict
	}
	said, _, _ := strings.Cut(f.Error.Message, "CorrelationId:") // it is for Microsoft's support, and in the recorded exchange
	out.Message = "Business Central refused it: " + c.discreet(strings.TrimSpace(said), token)
	if out.Code == staffing.Invalid || out.Code == staffing.Conflict {
		out.Field = fieldOf(said)
	}
	return out
}

// codeOf reads the family of an error code that came with status 400.
func codeOf(code string) staffing.Code {
	switch {
	case strings.HasPrefix(code, "Authentication_"):
		return staffing.Unauthorized
	case strings.HasPrefix(code, "Authorization_"):
		return staffing.Forbidden
	case code == "Internal_EntityWithSameKeyExists", code == "Request_EntityChanged":
		return staffing.Conflict
	case code == "Internal_ServerError":
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
		{"external document", "reference"}, {"your reference", "purchase_order"}, {"dimension", "cost_centres"}, {"currency", "currency"},
		{"posting date", "date"}, {"allowed range", "date"}, {"customer", "customer"}, {"unit of measure", "unit"}, {"unit price", "lines"}, {"quantity", "lines"},
		{"g/l account", "line_number"}, {"resource", "line_number"}, {"item", "line_number"}, {"tax", "tax"}, {"vat", "tax"},
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

func cut(s string) string { return clip(s, 300) }

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-3]) + "..."
	}
	return s
}
