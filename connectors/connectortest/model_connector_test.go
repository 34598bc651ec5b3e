package connectortest_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// modelKind is a connector to modelVendor. An empty flaw is the well-behaved one;
// any other makes it break exactly that promise.
func modelKind(flaw string) connectors.Kind {
	spec := connectors.Spec{
		{Key: "base_url", Label: "Address", Help: "of the model", Required: true, URL: true},
		{Key: "client_secret", Label: "Client secret", Help: "of the model", Required: true, Secret: true},
		{Key: "hook_secret", Label: "Hook secret", Help: "of the model", Secret: true},
	}
	can := connectors.CapabilitiesOf(&model{})
	if flaw == "keeps quiet about what it can" {
		can = can[1:]
	}
	return connectors.Kind{Can: can, Name: "model", Label: "Model", Role: staffing.RoleClient, DocsURL: "https://example.com", APIVersion: "1", Summary: "s",
		Spec: spec, Mapping: []byte("{}"), Open: func(d connectors.Deps) (staffing.Checker, error) {
			c := &model{Deps: d, flaw: flaw}
			if _, err := spec.Complete(d.Settings); err != nil && flaw != "opens without its settings" {
				return nil, err
			}
			if flaw == "calls the vendor when it opens" {
				_ = c.get(context.Background(), "/me", nil, nil)
			}
			return c, nil
		}}
}

type model struct {
	connectors.Deps
	flaw string
}

func (c *model) token(ctx context.Context) (string, error) {
	t, err := c.Tokens.Token(ctx, "access", func(ctx context.Context) (connectors.Token, error) {
		var out struct {
			AccessToken string `json:"access_token"`
		}
		_, err := c.HTTP.JSON(ctx, httpx.Request{Method: http.MethodPost, URL: c.Settings.URL("base_url") + "/token", ReadOnly: true,
			Body: url.Values{"client_secret": {c.Settings["client_secret"]}}}, &out)
		return connectors.Token{Value: out.AccessToken, ExpiresAt: time.Now().Add(time.Hour)}, err
	})
	return t.Value, err
}

// send is one call, with one new token after a 401.
func (c *model) send(ctx context.Context, req httpx.Request, out any) error {
	if c.flaw == "does not obey the context" {
		ctx = context.WithoutCancel(ctx)
	}
	req.URL = c.Settings.URL("base_url") + req.URL
	tries := map[string]int{"gets new tokens without end": 20}[c.flaw]
	for again := 0; ; again++ {
		tok, err := c.token(ctx)
		if err != nil {
			return err
		}
		req.Header = http.Header{"Authorization": {"Bearer " + tok}}
		_, err = c.HTTP.JSON(ctx, req, out)
		if staffing.CodeOf(err) == staffing.Unauthorized && again < max(1, tries) && c.flaw != "never gets a new token" {
			if err := c.Tokens.Drop(ctx, "access", tok); err != nil {
				return err
			}
			continue
		}
		if staffing.CodeOf(err) == staffing.Unavailable && again == 0 && c.flaw == "retries by itself" {
			continue
		}
		return c.spoil(err, tok)
	}
}

// spoil puts the flaws of error handling in.
func (c *model) spoil(err error, token string) error {
	var e *staffing.Error
	if !errors.As(err, &e) {
		return err
	}
	e2 := *e
	switch {
	case c.flaw == "ignores Retry-After":
		e2.RetryAfter = 0
	case c.flaw == "sleeps when limited" && e.Code == staffing.RateLimited:
		time.Sleep(4 * time.Second)
	case c.flaw == "reports failed instead of unknown":
		e2.OutcomeUnknown = false
	case c.flaw == "names its secret in errors":
		return fmt.Errorf("with %s: %w", c.Settings["client_secret"], err)
	case c.flaw == "passes the vendor's body on":
		return fmt.Errorf("vendor said %s: %w", httpx.BodyOf(err), err)
	case c.flaw == "names its token in errors":
		return fmt.Errorf("with %s: %w", token, err)
	case c.flaw == "gives errors without a code":
		return errors.New("it failed")
	case c.flaw == "calls every failure not found":
		e2.Code = staffing.NotFound
	case c.flaw == "calls a missing permission refused credentials" && e.Code == staffing.Forbidden:
		e2.Code = staffing.Unauthorized
	case c.flaw == "panics when the vendor fails":
		panic("no answer")
	}
	return &e2
}

func (c *model) get(ctx context.Context, path string, q url.Values, out any) error {
	return c.send(ctx, httpx.Request{Method: http.MethodGet, URL: path, Query: q}, out)
}

// Check implements staffing.Checker.
func (c *model) Check(ctx context.Context) (staffing.Report, error) {
	var me struct{ Account string }
	err := c.get(ctx, "/me", nil, &me)
	p := staffing.Permission{Name: "read", Purpose: "reading", Granted: true}
	switch {
	case c.flaw == "takes any credentials in Check":
		return staffing.Report{Account: "model"}, nil
	case c.flaw == "hides a missing permission" && staffing.CodeOf(err) == staffing.Forbidden:
		return staffing.Report{Permissions: []staffing.Permission{p}}, nil
	}
	return staffing.Report{Account: me.Account, Permissions: []staffing.Permission{p}}, err
}

type modelPage struct {
	Items []json.RawMessage
	More  bool
}

func (c *model) page(ctx context.Context, table string, cur staffing.Cursor) (staffing.Page, error) {
	after := 0
	if cur != nil {
		if err := json.Unmarshal(cur, &after); err != nil {
			return staffing.Page{}, staffing.Errorf(staffing.Internal, "the cursor cannot be read: %w", err)
		}
	}
	var in modelPage
	err := c.get(ctx, "/"+table, url.Values{"after": {strconv.Itoa(after)}}, &in)
	if swallowed := c.flaw == "takes forbidden for empty" && staffing.CodeOf(err) == staffing.Forbidden ||
		c.flaw == "takes a web page for empty" && httpx.StatusOf(err) == 200 || c.flaw == "takes a failure for empty" && err != nil; swallowed {
		return staffing.Page{Next: cur}, nil
	}
	if err != nil {
		return staffing.Page{}, err
	}
	return c.records(in, after, cur == nil)
}

func (c *model) records(in modelPage, after int, first bool) (staffing.Page, error) {
	out := staffing.Page{More: in.More && c.flaw != "reads the first page only"}
	next := after
	for i, raw := range in.Items {
		var row modelRow
		if err := json.Unmarshal(raw, &row); err != nil {
			return out, staffing.Errorf(staffing.Unavailable, "a row is no object: %w", err)
		}
		next = row.Seq
		if c.flaw == "loses the last row of a page" && i == pageSize-1 {
			continue
		}
		out.Records = append(out.Records, staffing.Record{ExternalID: row.ID, Raw: raw})
	}
	switch {
	case c.flaw == "loses the second page" && first && in.More:
		next += pageSize
	case c.flaw == "saves no cursor":
		next = 0
		out.More = false
	case c.flaw == "keeps its place in memory only":
		next = after
	case c.flaw == "sets its cursor far ahead" && !in.More:
		next += 2
	}
	out.Next = staffing.Cursor(strconv.Itoa(next))
	return out, nil
}

// Requisitions implements staffing.RequisitionSource.
func (c *model) Requisitions(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	return c.page(ctx, "requisitions", cur)
}

// Statuses implements staffing.StatusSource.
func (c *model) Statuses(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	return c.page(ctx, "statuses", cur)
}

// CandidateEvents implements staffing.CandidateEventSource on a queue that empties
// on reading.
func (c *model) CandidateEvents(ctx context.Context, _ staffing.Cursor) (staffing.Page, error) {
	pending, err := c.Spool.Pending(ctx, staffing.FeedCandidates)
	if err != nil {
		return staffing.Page{}, err
	}
	if c.flaw == "forgets what waits in the spool" {
		pending = nil
	}
	if len(pending) == 0 {
		var body json.RawMessage
		if err := c.send(ctx, httpx.Request{Method: http.MethodPost, URL: "/events"}, &body); err != nil {
			return staffing.Page{}, err
		}
		s := connectors.Spooled{Body: body}
		if c.flaw != "does not spool what reading consumes" {
			if s, err = c.Spool.Append(ctx, staffing.FeedCandidates, body); err != nil {
				return staffing.Page{}, err
			}
		}
		pending = []connectors.Spooled{s}
	}
	var in struct {
		Events []string
		More   bool
	}
	if err := json.Unmarshal(pending[0].Body, &in); err != nil {
		return staffing.Page{}, staffing.Errorf(staffing.Unavailable, "the events cannot be read: %w", err)
	}
	out := staffing.Page{More: in.More || len(pending) > 1, Spooled: []int64{pending[0].ID}, Next: staffing.Cursor("0")}
	if c.flaw == "closes a body that it gave only half" && len(in.Events) > 1 {
		in.Events = in.Events[:1]
	}
	for _, id := range in.Events {
		out.Records = append(out.Records, staffing.Record{ExternalID: id, Raw: json.RawMessage(`{}`)})
	}
	return out, nil
}

func (c *model) record(ctx context.Context, table, id string) (staffing.Record, error) {
	var raw json.RawMessage
	err := c.get(ctx, "/"+table+"/"+id, nil, &raw)
	if err != nil {
		return staffing.Record{}, err
	}
	return staffing.Record{ExternalID: id, Raw: raw}, nil
}

// Placement implements staffing.PlacementSource.
func (c *model) Placement(ctx context.Context, ref staffing.SubmissionRef) (staffing.Record, error) {
	return c.record(ctx, "placements", ref.ID)
}

// Submission implements staffing.SubmissionSource.
func (c *model) Submission(ctx context.Context, id string) (staffing.Record, error) {
	return c.record(ctx, "records", id)
}

// Candidate implements staffing.CandidateSource.
func (c *model) Candidate(ctx context.Context, id string) (staffing.Record, error) {
	return c.record(ctx, "candidates", id)
}

// Resume implements staffing.CandidateSource.
func (c *model) Resume(_ context.Context, id string) (*staffing.File, error) {
	return &staffing.File{Name: "cv.pdf", Size: -1, Open: func(ctx context.Context) (io.ReadCloser, error) {
		for again := 0; ; again++ {
			tok, err := c.token(ctx)
			if err != nil {
				return nil, err
			}
			body, _, err := c.HTTP.Stream(ctx, httpx.Request{Method: http.MethodGet, URL: c.Settings.URL("base_url") + "/candidates/" + id + "/resume",
				Header: http.Header{"Authorization": {"Bearer " + tok}}})
			if staffing.CodeOf(err) == staffing.Unauthorized && again == 0 {
				if err := c.Tokens.Drop(ctx, "access", tok); err != nil {
					return nil, err
				}
				continue
			}
			if err == nil && c.flaw == "takes half a résumé for a whole" {
				half, _ := io.ReadAll(body)
				return io.NopCloser(bytes.NewReader(half)), nil
			}
			return body, err
		}
	}}, nil
}

func (c *model) find(ctx context.Context, table, key string) (staffing.Receipt, error) {
	var in struct{ Items []modelRow }
	if c.flaw == "finds whatever is there" {
		key = ""
	}
	if err := c.get(ctx, "/"+table, url.Values{"key": {key}}, &in); err != nil {
		return staffing.Receipt{}, err
	}
	if len(in.Items) == 0 {
		if c.flaw == "creates when it should find" {
			return c.create(ctx, table, key)
		}
		return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "there is no %s %s", table, key)
	}
	return staffing.Receipt{ID: in.Items[0].ID, Existed: true}, nil
}

func (c *model) put(ctx context.Context, table, key string) (staffing.Receipt, error) {
	if c.flaw != "creates without looking" {
		rec, err := c.find(ctx, table, key)
		if c.flaw == "gives another receipt for the same effect" && err == nil {
			rec.ID += "-again"
		}
		if staffing.CodeOf(err) != staffing.NotFound && (err == nil || c.flaw != "creates when looking fails") {
			return rec, err
		}
	}
	return c.create(ctx, table, key)
}

func (c *model) create(ctx context.Context, table, key string) (staffing.Receipt, error) {
	var row modelRow
	err := c.send(ctx, httpx.Request{Method: http.MethodPost, URL: "/" + table, Body: modelRow{Key: key}}, &row)
	switch {
	case c.flaw == "takes a failed create for success" && err != nil:
		return staffing.Receipt{ID: "unknown"}, nil //nolint:nilerr // the flaw that the suite must find
	case c.flaw == "creates again when the answer is lost" && staffing.IsOutcomeUnknown(err):
		err = c.send(ctx, httpx.Request{Method: http.MethodPost, URL: "/" + table, Body: modelRow{Key: key}}, &row)
	}
	return staffing.Receipt{ID: row.ID}, err
}

// Submit implements staffing.SubmissionSink.
func (c *model) Submit(ctx context.Context, r staffing.SubmissionRequest) (staffing.Receipt, error) {
	return c.put(ctx, "submissions", r.Key)
}

// FindSubmission implements staffing.SubmissionSink.
func (c *model) FindSubmission(ctx context.Context, r staffing.SubmissionRequest) (staffing.Receipt, error) {
	return c.find(ctx, "submissions", r.Key)
}

// PutJob implements staffing.JobSink.
func (c *model) PutJob(ctx context.Context, r staffing.JobRequest) (staffing.Receipt, error) {
	if c.flaw == "makes a new job of an update" && r.ID != "" {
		return c.create(ctx, "jobs", r.Key)
	}
	if r.ID != "" {
		return staffing.Receipt{ID: r.ID, Existed: true}, c.send(ctx, httpx.Request{Method: http.MethodPut, URL: "/jobs/" + r.ID, Body: modelRow{}}, nil)
	}
	return c.put(ctx, "jobs", r.Key)
}

// FindJob implements staffing.JobSink.
func (c *model) FindJob(ctx context.Context, key string) (staffing.Receipt, error) {
	return c.find(ctx, "jobs", key)
}

// PutBilling implements staffing.BillingSink.
func (c *model) PutBilling(ctx context.Context, r staffing.BillingRequest) (staffing.Receipt, error) {
	return c.put(ctx, "billings", r.Key)
}

// FindBilling implements staffing.BillingSink.
func (c *model) FindBilling(ctx context.Context, key string) (staffing.Receipt, error) {
	return c.find(ctx, "billings", key)
}

// PutStatus implements staffing.StatusSink.
func (c *model) PutStatus(ctx context.Context, r staffing.StatusRequest) error {
	var row modelRow
	err := c.send(ctx, httpx.Request{Method: http.MethodPut, URL: "/applications/" + r.SubmissionID, Body: modelRow{Status: r.Status}}, &row)
	if c.flaw == "takes a failed status for set" {
		return nil
	}
	return err
}

// Verify implements staffing.WebhookReceiver.
func (c *model) Verify(h http.Header, body []byte, now time.Time) error {
	refused := staffing.Errorf(staffing.Unauthorized, "the delivery is not signed as it should be")
	secret, got := c.Settings["hook_secret"], h.Get("X-Signature")
	switch {
	case c.flaw == "accepts unsigned webhooks" && got == "", c.flaw == "accepts everything without a secret" && secret == "":
		return nil
	case secret == "":
		return refused
	}
	stamp := h.Get("X-Timestamp")
	at, err := strconv.ParseInt(stamp, 10, 64)
	age := now.Sub(time.Unix(at, 0)).Abs()
	if (err != nil || age > 5*time.Minute) && c.flaw != "accepts old webhooks" {
		return refused
	}
	want := "v1=" + sign(secret, stamp, body)
	switch {
	case c.flaw == "signs the time only":
		want = "v1=" + sign(secret, stamp, nil)
		got = "v1=" + sign(secret, stamp, nil)
	case c.flaw == "compares a prefix of the signature":
		n := min(len(got), len(want), 12)
		got, want = got[:n], want[:n]
	case c.flaw == "calls a forged webhook invalid":
		refused.Code = staffing.Invalid
	}
	if !hmac.Equal([]byte(got), []byte(want)) {
		return refused
	}
	return nil
}

// DeliveryID implements staffing.WebhookReceiver.
func (c *model) DeliveryID(_ http.Header, body []byte) string {
	switch c.flaw {
	case "gives every delivery a new id":
		return strconv.FormatInt(time.Now().UnixNano(), 10)
	case "gives all deliveries one id":
		return "delivery"
	}
	var in struct{ Delivery string }
	if json.Unmarshal(body, &in) != nil {
		return ""
	}
	return in.Delivery
}

// Events implements staffing.WebhookReceiver.
func (c *model) Events(_ http.Header, body []byte) ([]staffing.Event, error) {
	var in map[string]any
	err := json.Unmarshal(body, &in)
	if c.flaw == "panics on garbage" {
		_ = in["event"].(string)
	}
	if err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "the delivery is no JSON: %w", err)
	}
	return []staffing.Event{{Feed: staffing.FeedRequisitions}}, nil
}
