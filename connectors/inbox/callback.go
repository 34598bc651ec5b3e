package inbox

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/internal/stdhooks"
	"github.com/tributary-hub/tributary/staffing"
)

// The types of what goes to the client's address.
const submissionCreated = "submission.created"

// Check sends a ping: the client's address proves that it knows the secret by taking it.
func (c *caller) Check(ctx context.Context) (staffing.Report, error) {
	body, err := c.message(ping, nil)
	if err != nil {
		return staffing.Report{}, err
	}
	p := staffing.Permission{Name: "submissions", Purpose: "hand over submissions at " + c.url, Granted: true}
	_, err = c.call(ctx, httpx.Request{Method: http.MethodPost, URL: c.url, Body: body, ReadOnly: true}, ping, body)
	if staffing.CodeOf(err) == staffing.Forbidden || staffing.CodeOf(err) == staffing.NotFound {
		p.Granted, p.Detail = false, staffing.MessageOf(err)+". Ask the client whether address and secret are right, and whether it takes the type ping."
	} else if err != nil {
		return staffing.Report{}, err
	}
	report, err := c.receiver.Check(ctx)
	report.Account = "pushes, and takes submissions at " + c.url
	report.Permissions = append(report.Permissions, p)
	return report, err
}

// message is what is sent: the same form in which the client pushes to us.
func (c *caller) message(kind string, data any) ([]byte, error) {
	body, err := json.Marshal(map[string]any{"type": kind, "timestamp": c.now().UTC().Format(time.RFC3339), "data": data})
	if err != nil {
		return nil, staffing.Errorf(staffing.Internal, "the message cannot be written as JSON: %w", err)
	}
	return body, nil
}

// call signs a request by Standard Webhooks, with our key as its id, and reads the JSON
// object of the answer.
func (c *caller) call(ctx context.Context, req httpx.Request, key string, body []byte) (map[string]any, error) {
	req.Header = http.Header{"Accept": {"application/json"}}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if err := stdhooks.SetHeaders(req.Header, c.secret, key, c.now(), body); err != nil {
		return nil, err
	}
	var raw json.RawMessage
	if _, err := c.http.JSON(ctx, req, &raw); err != nil {
		return nil, err
	}
	var out map[string]any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&out); err != nil || out == nil {
		return nil, &staffing.Error{Code: staffing.Unavailable, Message: "the client's address answered with something that is no JSON object", OutcomeUnknown: req.Method == http.MethodPost && !req.ReadOnly}
	}
	return out, nil
}

// FindSubmission asks the client's address for our key: {"found": false}, or true with
// the id.
func (c *caller) FindSubmission(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	answer, err := c.call(ctx, httpx.Request{URL: c.url, Query: url.Values{"key": {req.Key}}}, req.Key, nil)
	if staffing.CodeOf(err) == staffing.NotFound { // a wrong address is no word about a submission
		return staffing.Receipt{}, staffing.Errorf(staffing.Invalid, "the client's address does not answer when it is asked for a key: %w", err)
	}
	if err != nil {
		return staffing.Receipt{}, err
	}
	there, ok := answer["found"].(bool)
	switch {
	case !ok:
		return staffing.Receipt{}, staffing.Errorf(staffing.Unavailable, "the client's address does not say whether it found the key")
	case !there:
		return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "the client has no submission under this key")
	}
	return c.receipt(answer, req.Key, true)
}

// Submit looks for our key, then posts. A conflict means that it is there.
func (c *caller) Submit(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	if err := c.acceptable(req.Resume); err != nil {
		return staffing.Receipt{}, err
	}
	found, err := c.FindSubmission(ctx, req)
	if staffing.CodeOf(err) != staffing.NotFound {
		return found, err
	}
	data := map[string]any{"key": req.Key, "requisition_id": req.RequisitionID, "fields": req.Fields}
	if req.Resume != nil {
		if data["resume"], err = c.resume(ctx, req.Resume); err != nil {
			return staffing.Receipt{}, err
		}
	}
	body, err := c.message(submissionCreated, data)
	if err != nil {
		return staffing.Receipt{}, err
	}
	answer, err := c.call(ctx, httpx.Request{Method: http.MethodPost, URL: c.url, Body: body}, req.Key, body)
	if staffing.CodeOf(err) == staffing.Conflict {
		return c.FindSubmission(ctx, req)
	}
	if err != nil {
		return staffing.Receipt{}, err
	}
	return c.receipt(answer, req.Key, false)
}

func (c *caller) receipt(answer map[string]any, key string, existed bool) (staffing.Receipt, error) {
	id := key
	if path := c.s["answer_id_path"]; path != none {
		var ok bool
		if id, ok = text(at(answer, path)); !ok || id == "" {
			return staffing.Receipt{}, &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: !existed,
				Message: fmt.Sprintf("the answer of the client's address has no id at %q", path)}
		}
	}
	link, _ := text(answer["url"])
	return staffing.Receipt{ID: id, URL: link, At: c.now(), Existed: existed}, nil
}

func refused(format string, args ...any) error {
	return &staffing.Error{Code: staffing.Invalid, Field: "resume", Message: fmt.Sprintf(format, args...)}
}

func ending(f *staffing.File) string {
	return strings.TrimPrefix(strings.ToLower(path.Ext(f.Name)), ".")
}

// acceptable refuses a résumé before anything is sent.
func (c *caller) acceptable(f *staffing.File) error {
	switch {
	case f == nil:
		return nil
	case !slices.Contains(c.types, ending(f)):
		return refused("the résumé is a .%s file; by the connection's settings the client takes %s", ending(f), strings.Join(c.types, ", "))
	case f.Size > c.maxSize:
		return refused("the résumé has %d bytes; by the connection's settings the client takes %d MB", f.Size, c.maxSize>>20)
	}
	return nil
}

func (c *caller) resume(ctx context.Context, f *staffing.File) (map[string]any, error) {
	in, err := f.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	content, err := io.ReadAll(io.LimitReader(in, c.maxSize+1))
	var coded *staffing.Error
	switch {
	case errors.As(err, &coded):
		return nil, coded
	case err != nil:
		return nil, staffing.Errorf(staffing.Unavailable, "the résumé could not be read: %w", err)
	case int64(len(content)) > c.maxSize:
		return nil, refused("the résumé is larger than the %d MB that the client takes by the connection's settings", c.maxSize>>20)
	}
	return map[string]any{"name": "resume." + ending(f), "content_type": f.ContentType, "data": base64.StdEncoding.EncodeToString(content)}, nil
}

var (
	_ staffing.WebhookReceiver = (*receiver)(nil)
	_ staffing.SubmissionSink  = (*caller)(nil)
)
