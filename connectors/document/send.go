package document

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// answer is what a call gave.
type answer struct {
	status    int
	header    http.Header
	body      any  // as a variable; nil: none
	missing   bool // one of the call's not_found statuses
	duplicate bool // one of its duplicate statuses
}

// request is a call with everything filled in.
type request struct {
	call   *Call
	http   httpx.Request
	writes bool
	allow  []int // further statuses that come back as an answer, not as an error
}

// prepare fills a call in.
func (e *engine) prepare(ctx context.Context, call *Call, s scope, writes bool) (request, error) {
	path, err := e.path(ctx, call.Path, s)
	if err != nil {
		return request{}, err
	}
	query, err := s.texts(ctx, call.Query)
	if err != nil {
		return request{}, err
	}
	header, err := e.headers(ctx, call, s)
	if err != nil {
		return request{}, err
	}
	r := request{call: call, writes: writes, http: httpx.Request{Method: either(call.Method, http.MethodGet), URL: e.base.String() + path,
		Query: url.Values(query), Header: header, Write: writes, ReadOnly: !writes}}
	switch {
	case call.Body != nil:
		body, err := s.tree(ctx, *call.Body)
		if err != nil {
			return request{}, err
		}
		r.http.Body = body
		if raw, err := json.Marshal(body); err == nil {
			r.http.Body = raw
			header.Set("Content-Type", either(header.Get("Content-Type"), "application/json"))
		}
	case len(call.Form) > 0:
		form, err := s.texts(ctx, call.Form)
		if err != nil {
			return request{}, err
		}
		r.http.Body = url.Values(form)
	}
	return r, nil
}

func (e *engine) headers(ctx context.Context, call *Call, s scope) (http.Header, error) {
	header := http.Header{"Accept": {"application/json"}}
	for _, list := range []map[string]Expr{e.doc.Headers, call.Headers} {
		texts, err := s.texts(ctx, list)
		if err != nil {
			return nil, err
		}
		for name, values := range texts {
			header.Set(name, strings.Map(noControl, strings.Join(values, ", ")))
		}
	}
	return header, nil
}

// path gives the path below the base URL, each part escaped. A list is a part for
// each element; a text is parts between slashes.
func (e *engine) path(ctx context.Context, p Expr, s scope) (string, error) {
	v, err := s.value(ctx, p)
	if err != nil {
		return "", err
	}
	var parts []string
	if v != nil {
		items, many := expr.Items(v)
		for _, item := range items {
			t, ok := expr.Text(item)
			if !ok || t == "" {
				return "", staffing.Errorf(staffing.Invalid, "a part of the path of %s is empty or no text", p.prog.Cell())
			}
			parts = append(parts, t)
		}
		if !many {
			t, ok := expr.Text(v)
			if !ok {
				return "", staffing.Errorf(staffing.Invalid, "the path of %s is no text and no list", p.prog.Cell())
			}
			if strings.ContainsAny(t, "?#") {
				return "", staffing.Errorf(staffing.Invalid, "the path of %s holds a ? or a #: parameters go into query; what is data goes into a list", p.prog.Cell())
			}
			parts = strings.Split(strings.Trim(t, "/"), "/")
		}
	}
	var out strings.Builder
	for _, part := range parts {
		if part == "." || part == ".." || part == "" && len(parts) > 1 {
			return "", staffing.Errorf(staffing.Invalid, "the path of %s has an empty part or one of dots, which would lead elsewhere", p.prog.Cell())
		}
		if part != "" {
			out.WriteString("/" + url.PathEscape(part))
		}
	}
	return out.String(), nil
}

// send sends a request, signed. A 401 may mean that the access token was ended
// early: it is dropped and the request sent once more. That is safe for a write as
// well, because a refused request did nothing.
func (e *engine) send(ctx context.Context, r request) (answer, error) {
	r.http.Allow = append(slices.Concat(r.call.NotFound, r.call.Duplicate), r.allow...)
	for again := e.auth.oauth != nil; ; again = false {
		token, err := e.token(ctx)
		if err != nil {
			return answer{}, err
		}
		req := r.http
		req.Header = r.http.Header.Clone()
		e.auth.sign(req.Header, token)
		resp, err := e.http.Do(ctx, req)
		if staffing.CodeOf(err) == staffing.Unauthorized && httpx.StatusOf(err) == http.StatusUnauthorized && again {
			if err := e.tokens.Drop(ctx, accessToken, token); err != nil {
				return answer{}, err
			}
			continue
		}
		if err != nil {
			return answer{}, unsure(e.refusal(ctx, err, token), slices.Contains(r.call.Unknown, httpx.StatusOf(err)))
		}
		return e.read(ctx, r, resp, token)
	}
}

// read turns an answer into variables.
func (e *engine) read(ctx context.Context, r request, resp *httpx.Response, token string) (answer, error) {
	a := answer{status: resp.Status, header: resp.Header, missing: slices.Contains(r.call.NotFound, resp.Status),
		duplicate: slices.Contains(r.call.Duplicate, resp.Status)}
	if a.missing || a.duplicate || slices.Contains(r.allow, resp.Status) {
		return a, nil
	}
	if len(strings.TrimSpace(string(resp.Body))) == 0 {
		return a, nil
	}
	var raw json.RawMessage
	if err := resp.Decode(&raw); err != nil {
		return a, err
	}
	var err error
	if a.body, err = expr.DecodeAny(raw); err != nil {
		return a, &staffing.Error{Code: staffing.Unavailable, Message: "the answer of " + e.host + " cannot be read", Err: err, OutcomeUnknown: r.writes}
	}
	return a, e.hidden(ctx, a, r.writes, token)
}

// hidden finds a refusal in an answer whose status is good.
func (e *engine) hidden(ctx context.Context, a answer, writes bool, token string) error {
	rules := e.doc.Errors
	if rules == nil || !rules.When.set() {
		return nil
	}
	s := e.scope().after(a)
	is, err := s.holds(ctx, rules.When, false)
	if err != nil {
		return unsure(err, writes)
	}
	if !is {
		return nil
	}
	code := staffing.Invalid
	word, err := s.text(ctx, rules.Code)
	if err != nil {
		return unsure(err, writes)
	}
	if slices.Contains(codes(), staffing.Code(word)) {
		code = staffing.Code(word)
	}
	out := staffing.Errorf(code, "%s refused the request", e.host)
	if said := e.said(ctx, a, token); said != "" {
		out.Message += ": " + said
	}
	return out
}

// refusal puts the document's words and codes on an error of the transport.
func (e *engine) refusal(ctx context.Context, err error, token string) error {
	rules, status := e.doc.Errors, httpx.StatusOf(err)
	var coded *staffing.Error
	if rules == nil || status < 300 || !errors.As(err, &coded) {
		return err
	}
	out := *coded
	if code := rules.Status[strconv.Itoa(status)]; code != "" {
		out.Code = staffing.Code(code)
	}
	if s, bad := strconv.Atoi(httpx.HeaderOf(err).Get("Retry-After")); out.Code == staffing.RateLimited && out.RetryAfter == 0 && bad == nil {
		out.RetryAfter = time.Duration(min(max(s, 1), 3600)) * time.Second
	}
	body, bad := expr.DecodeAny(httpx.BodyOf(err))
	if bad == nil {
		if said := e.said(ctx, answer{body: body, header: httpx.HeaderOf(err)}, token); said != "" {
			out.Message = e.host + " refused the request (status " + strconv.Itoa(status) + "): " + said
		}
	}
	return &out
}

// said gives the vendor's sentence, without secrets and personal data.
func (e *engine) said(ctx context.Context, a answer, token string) string {
	s := e.scope().after(a)
	said, err := s.text(ctx, e.doc.Errors.Message)
	if err != nil || said == "" {
		return "" // the status stands for itself
	}
	if len(token) >= 4 {
		said = strings.ReplaceAll(said, token, "***")
	}
	for _, v := range e.auth.header {
		if len(v) >= 4 {
			said = strings.ReplaceAll(said, v, "***")
		}
	}
	return clip(e.http.Mask("text/plain", []byte(said)), 300)
}

// unsure marks an error after a write whose effect may be there.
func unsure(err error, writes bool) error {
	var coded *staffing.Error
	if !writes || err == nil || !errors.As(err, &coded) {
		return err
	}
	out := *coded
	out.OutcomeUnknown = true
	return &out
}

// do fills a call in and sends it.
func (e *engine) do(ctx context.Context, call *Call, s scope) (answer, error) {
	r, err := e.prepare(ctx, call, s, false)
	if err != nil {
		return answer{}, err
	}
	return e.send(ctx, r)
}
