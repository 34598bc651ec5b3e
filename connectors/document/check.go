package document

import (
	"fmt"
	"maps"
	"net/http"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// The styles of paging.
const (
	styleLink   = "link"
	styleURL    = "next_url"
	styleCursor = "cursor"
	stylePage   = "page"
	styleOffset = "offset"
)

const (
	defaultPages = 2_000
	mostPages    = 100_000
	mostSteps    = 10
)

var (
	names        = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)
	placeholders = regexp.MustCompile(`\{([a-z0-9_]*)\}`)
	// maskedHeader are names whose values the record of calls hides: package httpx
	// does not know an access token by its value.
	maskedHeader = regexp.MustCompile(`(?i)^[a-z0-9-]*(authorization|token|session|[a-z0-9]-key)[a-z0-9-]*$`)
)

// checker finds what the form alone does not show: parts that do not go together.
type checker struct {
	root     *yaml.Node
	problems Problems
}

// fail notes a problem at the place of a cell, as far down as the document has it.
func (c *checker) fail(cell, format string, args ...any) {
	n := c.root
	for part := range strings.SplitSeq(cell, ".") {
		name, index, _ := strings.Cut(part, "[")
		child := lookup(n, name)
		if child == nil {
			break
		}
		n = child
		if i, err := strconv.Atoi(strings.TrimSuffix(index, "]")); err == nil && n.Kind == yaml.SequenceNode && i < len(n.Content) {
			n = n.Content[i]
		}
	}
	c.problems = append(c.problems, Problem{Cell: cell, Line: n.Line, Column: n.Column, Message: fmt.Sprintf(format, args...)})
}

func lookup(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func (c *checker) document(d *Document) {
	c.auth(&d.Auth)
	c.headers("headers", d.Headers)
	c.errors(d.Errors)
	for i := range d.Check {
		c.call(fmt.Sprintf("check[%d].call", i), &d.Check[i].Call, false)
	}
	c.role(d)
	c.source("requisitions", d.Requisitions)
	c.source("statuses", d.Statuses)
	if d.Statuses != nil && d.Submit == nil {
		c.fail("statuses", "statuses are those of submissions: the document needs submit as well")
	}
	if d.Placement != nil && d.Statuses == nil {
		c.fail("placement", "a hire is learned from a status: the document needs statuses as well")
	}
	c.sink("submit", d.Submit)
	c.sink("billing", d.Billing)
	c.keyed(d.Billing)
	if d.Placement != nil {
		seen := map[string]bool{}
		for i := range d.Placement.Calls {
			cell := fmt.Sprintf("placement.calls[%d]", i)
			c.name(cell, d.Placement.Calls[i].Name, seen)
			c.call(cell+".call", &d.Placement.Calls[i].Call, false)
		}
		c.count("placement.calls", len(d.Placement.Calls))
	}
	c.webhook(d.Webhook)
}

// role says that a document is for a client's system or for books.
func (c *checker) role(d *Document) {
	client := d.Submit != nil || d.Statuses != nil || d.Placement != nil || d.Webhook != nil
	switch {
	case d.Billing == nil && d.Requisitions == nil:
		c.fail("document", "requisitions is missing (or billing, for books)")
	case d.Billing != nil && (client || d.Requisitions != nil):
		c.fail("billing", "books take bills and nothing else: billing stands without requisitions, submit, statuses, placement and webhook")
	case d.Billing != nil && len(d.Check) == 0:
		c.fail("billing", "books need check as well: there is no list to test the connection with")
	case d.Billing != nil && d.Billing.Resume != nil:
		c.fail("billing.resume", "a bill has no résumé")
	}
}

// keyed makes sure that a bill is found by its key alone: after a lost answer nothing
// else is known.
func (c *checker) keyed(s *Sink) {
	if s == nil {
		return
	}
	for i := range s.Steps {
		step, at := &s.Steps[i], fmt.Sprintf("billing.steps[%d]", i)
		for _, e := range append(step.Find.exprs(), step.When) {
			if e.set() && (e.prog.Uses(expr.Fields) || e.prog.Uses(expr.Bill)) {
				c.fail(at, "%s sees settings, key and answers only: a bill must be found by its key", e.prog.Cell())
			}
		}
		if step.Call.Multipart != nil {
			c.fail(at, "a bill has no file to upload")
		}
	}
}

// exprs gives the expressions of a find.
func (f *Find) exprs() []Expr {
	out := []Expr{f.Call.Path, f.Records, f.Match, f.Result}
	for _, list := range []map[string]Expr{f.Call.Query, f.Call.Headers, f.Call.Form} {
		out = slices.AppendSeq(out, maps.Values(list))
	}
	if f.Call.Body != nil {
		out = append(out, f.Call.Body.exprs()...)
	}
	return out
}

func (t Tree) exprs() []Expr {
	out := []Expr{t.leaf}
	for _, item := range t.items {
		out = append(out, item.exprs()...)
	}
	return out
}

func (c *checker) count(cell string, n int) {
	if n == 0 || n > mostSteps {
		c.fail(cell, "1 to %d entries are needed here", mostSteps)
	}
}

func (c *checker) name(cell, name string, seen map[string]bool) {
	if !names.MatchString(name) {
		c.fail(cell+".name", "a name is small letters, digits and _")
	}
	if seen[name] {
		c.fail(cell+".name", "the name %q stands twice", name)
	}
	seen[name] = true
}

func (c *checker) auth(a *Auth) {
	ways := 0
	for _, has := range []bool{a.Basic != nil, len(a.Header) > 0, a.OAuth2 != nil} {
		if has {
			ways++
		}
	}
	if ways > 1 {
		c.fail("auth", "one of basic, header and oauth2 is enough")
	}
	for name, v := range a.Header {
		if !validHeader(name) {
			c.fail("auth.header", "%q is no name of a header", clip(name, 60))
		}
		if !placeholders.MatchString(v) {
			c.fail("auth.header."+name, "a setting such as {token} is needed here: a secret does not stand in the document")
		}
	}
	if o := a.OAuth2; o != nil && o.Header != "" && !maskedHeader.MatchString(o.Header) {
		c.fail("auth.oauth2.header", "what is in this header would show in the record of calls: a name such as Authorization, X-Session or X-Api-Key is hidden there")
	}
	if o := a.OAuth2; o != nil && o.TokenPath != "" && !strings.HasPrefix(o.TokenPath, "/") {
		c.fail("auth.oauth2.token_path", "the path begins with / and lies below the base URL; another host goes into the setting token_url")
	}
}

func validHeader(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r > '~' || r <= ' ' || strings.ContainsRune("()<>@,;:\\\"/[]?={}", r)
	})
}

// reserved are headers that the sign-in or HTTP itself sets.
func reserved() []string {
	return []string{"Authorization", "Proxy-Authorization", "Cookie", "Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "Te", "Trailer"}
}

func (c *checker) headers(cell string, list map[string]Expr) {
	for name := range list {
		switch {
		case !validHeader(name):
			c.fail(cell, "%q is no name of a header", clip(name, 60))
		case slices.Contains(reserved(), textproto.CanonicalMIMEHeaderKey(name)):
			c.fail(cell+"."+name, "this header is set by auth or by HTTP itself")
		}
	}
}

// codes are the codes that an answer may be given.
func codes() []staffing.Code {
	return []staffing.Code{staffing.Invalid, staffing.Unauthorized, staffing.Forbidden, staffing.NotFound, staffing.Conflict, staffing.RateLimited, staffing.Unavailable}
}

func (c *checker) errors(e *Errors) {
	if e == nil {
		return
	}
	for status, code := range e.Status {
		if n, err := strconv.Atoi(status); err != nil || n < 300 || n > 599 {
			c.fail("errors.status."+status, "a status between 300 and 599 is needed here")
		}
		if !slices.Contains(codes(), staffing.Code(code)) {
			c.fail("errors.status."+status, "%q is no code", clip(code, 40))
		}
	}
	if e.Code.set() && !e.When.set() {
		c.fail("errors.code", "code goes with when")
	}
}

func (c *checker) call(cell string, call *Call, writes bool) {
	c.headers(cell+".headers", call.Headers)
	bodies := 0
	for _, has := range []bool{call.Body != nil, len(call.Form) > 0, call.Multipart != nil} {
		if has {
			bodies++
		}
	}
	if bodies > 1 {
		c.fail(cell, "one of body, form and multipart is enough")
	}
	if bodies > 0 && (call.Method == "" || call.Method == http.MethodGet) {
		c.fail(cell, "a call with a body needs another method than GET")
	}
	if !writes && slices.Contains([]string{http.MethodPut, http.MethodPatch, http.MethodDelete}, call.Method) {
		c.fail(cell+".method", "this call only reads: GET, or POST for a search")
	}
	if writes && (call.Method == "" || call.Method == http.MethodGet) {
		c.fail(cell, "this call writes: a method such as POST is needed")
	}
	if !writes && (call.Multipart != nil || len(call.Duplicate)+len(call.Unknown) > 0) {
		c.fail(cell, "multipart, duplicate and unknown are for calls that write")
	}
	for _, list := range [][]int{call.NotFound, call.Duplicate, call.Unknown} {
		for _, n := range list {
			if n < 400 || n > 499 || n == http.StatusUnauthorized || n == http.StatusTooManyRequests {
				c.fail(cell, "%d cannot mean that: a status from 400 to 499 is needed, without 401 and 429", n)
			}
		}
	}
}

func (c *checker) source(cell string, s *Source) {
	if s == nil {
		return
	}
	c.call(cell+".call", &s.Call, false)
	if s.Get != nil {
		c.call(cell+".get.call", &s.Get.Call, false)
	}
	c.paging(cell+".paging", s.Paging)
	if s.Incremental != nil && !s.UpdatedAt.set() {
		c.fail(cell+".incremental", "an incremental list needs updated_at: without it nobody knows how far it was read")
	}
}

func (c *checker) paging(cell string, p *Paging) {
	if p == nil {
		return
	}
	if needs := p.Style == styleURL || p.Style == styleCursor; needs != p.Next.set() {
		c.fail(cell+".next", "next goes with the styles next_url and cursor, and those need it")
	}
	if p.MaxPages > mostPages {
		c.fail(cell+".max_pages", "%d pages at most", mostPages)
	}
	for _, n := range p.RestartOn {
		if n < 400 || n > 499 || n == http.StatusUnauthorized || n == http.StatusTooManyRequests {
			c.fail(cell+".restart_on", "a status from 400 to 499 is needed here, without 401 and 429")
		}
	}
}

func (c *checker) sink(cell string, s *Sink) {
	if s == nil {
		return
	}
	c.count(cell+".steps", len(s.Steps))
	seen := map[string]bool{}
	for i := range s.Steps {
		step, at := &s.Steps[i], fmt.Sprintf("%s.steps[%d]", cell, i)
		c.name(at, step.Name, seen)
		c.call(at+".call", &step.Call, true)
		c.call(at+".find.call", &step.Find.Call, false)
		c.paging(at+".find.paging", step.Find.Paging)
		if step.Find.Records.set() != step.Find.Match.set() {
			c.fail(at+".find", "records and match go together: a filter that the vendor did not apply must not give a stranger")
		}
		if step.Find.Paging != nil && !step.Find.Records.set() {
			c.fail(at+".find.paging", "only records have pages")
		}
	}
}

const mostTolerance = 15 * time.Minute

func (c *checker) webhook(w *Webhook) {
	if w == nil {
		return
	}
	for _, name := range w.Secrets {
		if !names.MatchString(name) {
			c.fail("webhook.secrets", "%q is no name of a setting", clip(name, 60))
		}
	}
	if len(w.Secrets) == 0 || len(w.Secrets) > 4 {
		c.fail("webhook.secrets", "one to four names of settings are needed here")
	}
	if !validHeader(w.Header) {
		c.fail("webhook.header", "%q is no name of a header", clip(w.Header, 60))
	}
	if w.Scheme == "secret" {
		if w.Signed != "" || w.Timestamp != nil || w.Encoding != "" {
			c.fail("webhook", "a plain secret signs nothing: signed, timestamp and encoding go with hmac-sha256")
		}
		return
	}
	c.signed(w)
}

func (c *checker) signed(w *Webhook) {
	what := w.Signed
	if what == "" {
		what = "{body}"
	}
	for _, m := range placeholders.FindAllStringSubmatch(what, -1) {
		if m[1] != "body" && m[1] != "timestamp" {
			c.fail("webhook.signed", "{%s} is nothing that a delivery has: {body} and {timestamp} are", clip(m[1], 40))
		}
	}
	if strings.Count(what, "{body}") != 1 {
		c.fail("webhook.signed", "{body} must stand in it once: a signature that leaves the body out proves nothing")
	}
	if has := strings.Contains(what, "{timestamp}"); has != (w.Timestamp != nil) {
		c.fail("webhook.signed", "{timestamp} and the map timestamp go together: a time that is not signed proves nothing")
	}
	if w.Timestamp != nil && w.Timestamp.Tolerance > mostTolerance {
		c.fail("webhook.timestamp.tolerance", "%s at most", mostTolerance)
	}
}
