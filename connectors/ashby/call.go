package ashby

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	maxPerPage = 100 // the largest page [vendor]
	maxPages   = 200 // of a list that is read in one go; more is a fault
)

// refusal is the cause of an error that the vendor told with success: false. Its
// status is 200, so only its code says what it is.
type refusal struct{ code string }

// Error gives the vendor's code.
func (r *refusal) Error() string { return "ashby: " + r.code }

// refusalCode gives the vendor's code behind err; empty when there is none.
func refusalCode(err error) string {
	var r *refusal
	if errors.As(err, &r) {
		return r.code
	}
	return ""
}

// request is one call. Calls are POST, also those that read.
type request struct {
	method string // e.g. job.list
	body   map[string]any
	write  bool
	what   string // for people
}

// reply is the vendor's envelope.
type reply struct {
	Success   *bool           `json:"success"`
	Results   json.RawMessage `json:"results"`
	More      bool            `json:"moreDataAvailable"`
	Cursor    string          `json:"nextCursor"`
	SyncToken string          `json:"syncToken"`
	Errors    []string        `json:"errors"`
	ErrorInfo struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"errorInfo"`
}

// call sends a request and reads the envelope. A null or absent result of a
// success is no answer: nobody must take it for an empty list.
func (c *Connector) call(ctx context.Context, r request) (reply, error) {
	if r.body == nil {
		r.body = map[string]any{}
	}
	header := http.Header{"Accept": {"application/json; version=1"}, "Content-Type": {"application/json"},
		"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(c.key+":"))}}
	resp, err := c.http.Do(ctx, httpx.Request{Method: http.MethodPost, URL: c.base + "/" + r.method, Header: header, Body: r.body, ReadOnly: !r.write})
	switch {
	case staffing.CodeOf(err) == staffing.Forbidden && wrongKey(httpx.BodyOf(err)):
		return reply{}, &staffing.Error{Code: staffing.Unauthorized, Err: err,
			Message: "Ashby refuses the API key: it is wrong, or was switched off at Admin > Integrations > API keys"}
	case staffing.CodeOf(err) == staffing.Forbidden:
		return reply{}, explain(err, "Ashby does not let this key use %s: give it the permission at Admin > Integrations > API keys", r.method)
	case err != nil:
		return reply{}, explain(err, "Ashby did not answer %s", r.what)
	}
	var out reply
	if err := resp.Decode(&out); err != nil {
		return reply{}, explain(err, "Ashby's answer for %s cannot be read", r.what)
	}
	switch {
	case out.Success == nil:
		return reply{}, &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: r.write,
			Message: fmt.Sprintf("Ashby's answer for %s does not say whether it succeeded", r.what)}
	case !*out.Success:
		return reply{}, c.refused(out, r)
	case len(out.Results) == 0 || string(out.Results) == "null":
		return reply{}, &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: r.write,
			Message: fmt.Sprintf("Ashby's answer for %s holds no results", r.what)}
	}
	return out, nil
}

// wrongKey tells the two meanings of 403 apart: a key that is wrong or switched off
// comes with a sentence about it, a missing permission with a code of its own. The
// words of the sentence are not documented. https://developers.ashbyhq.com/docs/authentication
func wrongKey(body []byte) bool {
	said := strings.ToLower(string(body))
	return !strings.Contains(said, "permission") && strings.Contains(said, "api key")
}

// refused turns success: false into an error. The errors list is the older form.
func (c *Connector) refused(out reply, r request) error {
	code, said := out.ErrorInfo.Code, out.ErrorInfo.Message
	if code == "" && len(out.Errors) > 0 {
		code = out.Errors[0]
	}
	if said == "" {
		said = strings.Join(out.Errors, ", ")
	}
	e := &staffing.Error{Code: staffing.Invalid, Err: &refusal{code: code}}
	switch {
	case strings.Contains(code, "permission"):
		e.Code = staffing.Forbidden
	case strings.HasSuffix(code, "not_found"):
		e.Code = staffing.NotFound
	}
	e.Message = fmt.Sprintf("Ashby refused %s (%s)", r.what, code)
	if said != "" {
		e.Message += ": " + c.http.Mask("text/plain", []byte(said[:min(len(said), 300)]))
	}
	return e
}

// one reads a result that is an object.
func (c *Connector) one(ctx context.Context, r request) (row, error) {
	out, err := c.call(ctx, r)
	if err != nil {
		return nil, err
	}
	var obj row
	if err := json.Unmarshal(out.Results, &obj); err != nil || obj == nil {
		return nil, &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: r.write,
			Message: fmt.Sprintf("Ashby's answer for %s is no object", r.what)}
	}
	return obj, nil
}

// rows reads a result that is a list of objects with ids.
func rows(out reply, what string) ([]row, error) {
	var list []row
	err := json.Unmarshal(out.Results, &list)
	if err == nil && slices.ContainsFunc(list, func(r row) bool { return r.text("id") == "" }) {
		err = errors.New("an object has no id")
	}
	if err != nil {
		return nil, staffing.Errorf(staffing.Unavailable, "Ashby's answer for %s is no list of objects: %w", what, err)
	}
	return list, nil
}

// all reads every page of a list that is known to be short.
func (c *Connector) all(ctx context.Context, r request) ([]row, error) {
	var list []row
	body := map[string]any{"limit": maxPerPage}
	if unpaged[r.method] {
		body = map[string]any{}
	}
	for k, v := range r.body {
		body[k] = v
	}
	for range maxPages {
		out, err := c.call(ctx, request{method: r.method, body: body, what: r.what})
		if err != nil {
			return nil, err
		}
		some, err := rows(out, r.what)
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
		if !out.More {
			return list, nil
		}
		if out.Cursor == "" {
			break
		}
		body["cursor"] = out.Cursor
	}
	return nil, staffing.Errorf(staffing.Unavailable, "Ashby gives %s without an end", r.what)
}

// unpaged are the lists that come in one piece and know no limit.
var unpaged = map[string]bool{"candidate.search": true, "jobPosting.list": true, "interviewStage.list": true, "archiveReason.list": true}

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
