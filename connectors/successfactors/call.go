package successfactors

import (
	"bytes"
	"context"
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
	defaultLife = 50 * time.Minute // where the token's answer does not say
	// blocked is how long SAP keeps a user away who began too many snapshots, and slow
	// what it recommends after a 429 without Retry-After. KBA 2749091, KBA 3159263.
	blocked = 30 * time.Minute
	slow    = 5 * time.Minute
)

// call sends a request below the API's address. A 401 may mean that the token was
// ended early: then there is one new token and one more try, which is safe for a
// write as well, because a refused request did nothing.
func (c *Connector) call(ctx context.Context, r httpx.Request) (*httpx.Response, error) {
	r.URL = c.base + "/" + r.URL
	if r.Header == nil {
		r.Header = http.Header{"Accept": {"application/json"}}
	}
	if c.key == nil { // the certificate says who we are
		resp, err := c.http.Do(ctx, r)
		return resp, pace(err)
	}
	for again := true; ; again = false {
		t, err := c.tokens.Token(ctx, "access", c.fetchToken)
		if err != nil {
			return nil, err
		}
		r.Header.Set("Authorization", "Bearer "+t.Value)
		resp, err := c.http.Do(ctx, r)
		if staffing.CodeOf(err) != staffing.Unauthorized || !again {
			return resp, pace(err)
		}
		if err := c.tokens.Drop(ctx, "access", t.Value); err != nil {
			return nil, err
		}
	}
}

// pace adds how long to wait where SAP says so elsewhere than in a header.
func pace(err error) error {
	var e *staffing.Error
	if !errors.As(err, &e) {
		return err
	}
	out := *e
	out.Err = err
	switch {
	case bytes.Contains(httpx.BodyOf(err), []byte("COE_SNAPSHOT_BAD_REQUEST")):
		out.Code, out.RetryAfter = staffing.RateLimited, blocked
		out.Message = "SuccessFactors keeps this user from paging for 30 minutes, because too many lists were begun and not read to their end"
	case e.Code == staffing.RateLimited && e.RetryAfter == 0:
		out.RetryAfter = slow
	default:
		return err
	}
	return &out
}

func (c *Connector) fetchToken(ctx context.Context) (connectors.Token, error) {
	assertion, err := c.assertion(c.now())
	if err != nil {
		return connectors.Token{}, err
	}
	form := url.Values{"company_id": {c.set["company_id"]}, "client_id": {c.set["client_id"]},
		"grant_type": {"urn:ietf:params:oauth:grant-type:saml2-bearer"}, "assertion": {assertion}}
	resp, err := c.http.Do(ctx, httpx.Request{Method: http.MethodPost, URL: c.tokenURL, Body: form, ReadOnly: true,
		Header: http.Header{"Accept": {"application/json"}}})
	if s := httpx.StatusOf(err); s == http.StatusBadRequest || s == http.StatusUnauthorized || s == http.StatusForbidden {
		// The vendor's own text may repeat the assertion.
		return connectors.Token{}, staffing.Errorf(staffing.Unauthorized, "SuccessFactors refused the assertion (status %d): check company id, API key, user id and that "+
			"the registered certificate belongs to the private key and has not ended (Admin Center > API Center)", s)
	}
	if err != nil {
		return connectors.Token{}, explain(err, "cannot sign in to SuccessFactors")
	}
	var out struct {
		Access  string      `json:"access_token"`
		Expires json.Number `json:"expires_in"`
	}
	if err := resp.Decode(&out); err != nil {
		return connectors.Token{}, explain(err, "SuccessFactors's answer to the sign-in cannot be read")
	}
	if out.Access == "" {
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "SuccessFactors's answer to the sign-in holds no access token")
	}
	life := defaultLife
	if s, err := out.Expires.Int64(); err == nil && s > 0 && s < 1e7 {
		life = time.Duration(s) * time.Second
	}
	return connectors.Token{Value: out.Access, ExpiresAt: c.now().Add(life)}, nil
}

// listing is one page of a list.
type listing struct {
	rows []row
	next string    // the query of the next page; empty on the last
	date time.Time // the vendor's clock when it answered; zero when it did not say
}

// list reads one page: the first of a query, or the one that next names. The host of
// a next page's address is not followed.
func (c *Connector) list(ctx context.Context, entity string, q url.Values, next string) (listing, error) {
	r := httpx.Request{URL: entity, Query: q}
	if next != "" {
		r.URL, r.Query = entity+"?"+next, nil
	}
	resp, err := c.call(ctx, r)
	if err != nil {
		return listing{}, unread(err, entity)
	}
	var body struct {
		D struct {
			Results *[]row `json:"results"`
			Next    string `json:"__next"`
		} `json:"d"`
	}
	if err := resp.Decode(&body); err != nil {
		return listing{}, explain(err, "SuccessFactors's answer for %s cannot be read", entity)
	}
	if body.D.Results == nil { // nothing must not pass for an empty list, or a known candidate would be created anew
		return listing{}, staffing.Errorf(staffing.Unavailable, "SuccessFactors's answer for %s holds no list", entity)
	}
	out := listing{rows: *body.D.Results}
	if body.D.Next != "" {
		u, err := url.Parse(body.D.Next)
		if err != nil || u.RawQuery == "" || !strings.HasSuffix(u.Path, "/"+entity) {
			return listing{}, staffing.Errorf(staffing.Unavailable, "SuccessFactors names a next page of %s that cannot be read", entity)
		}
		out.next = u.RawQuery
	}
	out.date, _ = http.ParseTime(resp.Header.Get("Date")) // zero: the vendor did not say
	return out, nil
}

// maxPages bounds a list that is read in one go.
const maxPages = 50

// all reads every page of a list that is known to be short.
func (c *Connector) all(ctx context.Context, entity string, q url.Values) (rows []row, err error) {
	next := ""
	for range maxPages {
		page, err := c.list(ctx, entity, q, next)
		if err != nil {
			return nil, err
		}
		rows = append(rows, page.rows...)
		if next = page.next; next == "" {
			return rows, nil
		}
	}
	return nil, staffing.Errorf(staffing.Unavailable, "SuccessFactors gives %s without an end", entity)
}

// one reads an object by its key.
func (c *Connector) one(ctx context.Context, entity, id string, q url.Values) (row, error) {
	resp, err := c.call(ctx, httpx.Request{URL: entity + "(" + id + "L)", Query: q})
	if err != nil {
		return nil, unread(err, entity)
	}
	var body struct {
		D row `json:"d"`
	}
	if err := resp.Decode(&body); err != nil {
		return nil, explain(err, "SuccessFactors's answer for %s cannot be read", entity)
	}
	if body.D == nil {
		return nil, staffing.Errorf(staffing.Unavailable, "SuccessFactors's answer for %s holds no object", entity)
	}
	return body.D, nil
}

// alreadyThere is what SAP says of a candidate who is on the requisition already, also
// when the same write is still under way. KBA 2879386.
const alreadyThere = "Override not allowed"

// upserted is one entry of an upsert's answer.
type upserted struct {
	Key      string `json:"key"`
	Status   string `json:"status"`
	HTTPCode int    `json:"httpCode"`
	Message  string `json:"message"`
}

// upsert writes one object and gives its id. The answer is 200 also when the write
// was refused: the truth stands inside.
func (c *Connector) upsert(ctx context.Context, entity string, fields map[string]any) (string, error) {
	body := map[string]any{"__metadata": map[string]string{"uri": entity, "type": "SFOData." + entity}}
	for k, v := range fields {
		if k != "__metadata" {
			body[k] = v
		}
	}
	resp, err := c.call(ctx, httpx.Request{Method: http.MethodPost, URL: "upsert", Query: url.Values{"$format": {"json"}}, Body: body})
	switch {
	case staffing.CodeOf(err) == staffing.Forbidden:
		return "", explain(err, "SuccessFactors does not let this user create %s: its role needs the OData API right to create it", entity)
	case err != nil:
		return "", explain(err, "SuccessFactors did not confirm the %s", entity)
	}
	var out struct {
		D []upserted `json:"d"`
	}
	if err := resp.Decode(&out); err != nil {
		return "", explain(err, "SuccessFactors answered, but not with what became of the %s", entity)
	}
	if len(out.D) != 1 {
		return "", unknown(entity, "its answer holds no result")
	}
	return out.D[0].id(entity)
}

func (u upserted) id(entity string) (string, error) {
	if u.Status == "OK" {
		_, id, found := strings.Cut(u.Key, "=")
		if id = strings.TrimSuffix(id, "L"); !found || !digits(id) {
			return "", unknown(entity, "its answer does not name what was written")
		}
		return id, nil
	}
	code := staffing.Invalid
	switch {
	case strings.Contains(u.Message, alreadyThere) || u.HTTPCode == http.StatusConflict:
		code = staffing.Conflict
	case u.HTTPCode == http.StatusForbidden:
		code = staffing.Forbidden
	case u.HTTPCode == http.StatusTooManyRequests:
		code = staffing.RateLimited
	case u.Status != "ERROR" || u.HTTPCode >= 500 && !strings.Contains(u.Message, " required") && !strings.HasPrefix(u.Message, "[COE"):
		return "", unknown(entity, u.Message)
	} // what was refused by the rules comes with code 500 as well: KBA 2481513, KBA 2879386
	return "", staffing.Errorf(code, "SuccessFactors refused the %s: %s", entity, u.Message)
}

func unknown(entity, why string) error {
	return &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, Message: fmt.Sprintf("SuccessFactors did not confirm the %s: %s", entity, why)}
}

func unread(err error, entity string) error {
	if staffing.CodeOf(err) == staffing.Forbidden {
		return explain(err, "SuccessFactors does not let this user read %s: its role needs the OData API right to export it (Admin Center > Manage Permission Roles)", entity)
	}
	return explain(err, "cannot read %s from SuccessFactors", entity)
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

// quote writes a text as an OData literal.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == "" && len(s) < 19
}
