package fieldglass

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// job is one run of a connector: a download, or an upload when it has a document.
type job struct {
	connector string // the tenant's name for it
	path      string // of a resource that is no connector; connector names it in messages
	header    http.Header
	query     url.Values
	upload    any
	allow     []int // statuses that are an answer although they are no success
}

// byRef asks for one object: a job posting or a work order by its id.
func byRef(id string) url.Values { return url.Values{"object_ref": {id}} }

// filter fills the first of a tenant-built connector's positional filters.
func filter(value string) url.Values { return url.Values{"__p1": {value}} }

// run runs a connector and gives its body; status is set when the body is nothing
// but Fieldglass's status envelope with a good code. On a refused token it asks
// the shared store again, once: another replica may have fetched a newer one.
func (c *Connector) run(ctx context.Context, j job) (body []byte, status *status, err error) {
	token, err := c.token(ctx)
	if err != nil {
		return nil, nil, err
	}
	body, status, err = c.send(ctx, j, token)
	if staffing.CodeOf(err) != staffing.Unauthorized {
		return body, status, err
	}
	if err := c.tokens.Drop(ctx, tokenName, token); err != nil {
		return nil, nil, err
	}
	if token, err = c.token(ctx); err != nil {
		return nil, nil, err
	}
	return c.send(ctx, j, token)
}

func (c *Connector) send(ctx context.Context, j job, token string) ([]byte, *status, error) {
	h := http.Header{"Accept": {"application/json"}, "Authorization": {"Bearer " + token}}
	c.applicationKey(h)
	maps.Copy(h, j.header)
	path := j.path
	if path == "" {
		path = "/api/vc/connector/" + url.PathEscape(j.connector)
	}
	req := httpx.Request{Method: http.MethodGet, URL: c.host + path, Query: j.query, Header: h, Allow: j.allow}
	if j.upload != nil {
		req.Method, req.Body = http.MethodPost, j.upload
	}
	resp, err := c.http.Do(ctx, req)
	if err != nil {
		st, err := c.explain(j, resp, err)
		return nil, st, err
	}
	if looksLikeHTML(resp.Body) {
		return nil, nil, &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: j.upload != nil,
			Message: "SAP Fieldglass answered with a web page instead of data: a maintenance page or a proxy stands in between"}
	}
	st := onlyStatus(resp.Body)
	if slices.Contains(j.allow, resp.Status) && (st == nil || st.code != codeNotAuth) {
		return resp.Body, st, nil // asked for to see whether it answers, whatever it says
	}
	if err := st.err(j); err != nil {
		return nil, st, err
	}
	return resp.Body, st, nil
}

// explain puts Fieldglass's own words, which its error answers carry in the same
// envelope, and the connector's name into a transport error. It gives the envelope
// too, if there was one.
func (c *Connector) explain(j job, resp *httpx.Response, err error) (*status, error) {
	var coded *staffing.Error
	if !errors.As(err, &coded) {
		return nil, err
	}
	var st *status
	if resp != nil && len(resp.Body) > 0 {
		st = onlyStatus(resp.Body)
	}
	// A return code that says something beats the bare status; "no information" and
	// "internal" do not, and who may call at all is the status's word.
	said := st.err(j)
	barred := coded.Code == staffing.Unauthorized || coded.Code == staffing.Forbidden || coded.Code == staffing.RateLimited
	if said != nil && staffing.CodeOf(said) != staffing.Unavailable && !barred {
		return st, said
	}
	e := *coded // keeps RetryAfter and OutcomeUnknown
	e.Err = err
	switch e.Code {
	case staffing.NotFound:
		e.Message = "SAP Fieldglass has no connector named “" + j.connector + "” for this user: ask the client's administrator for its exact name"
	case staffing.Forbidden:
		e.Message = "The web-service user may not run the connector “" + j.connector + "”: ask the client's administrator to enable it"
	}
	if st != nil && st.message != "" {
		e.Message += " (Fieldglass says: " + st.message + ")"
	}
	return st, &e
}

func looksLikeHTML(body []byte) bool {
	head := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 256)]))
	return bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html"))
}
