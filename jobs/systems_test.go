package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// clientSystem is a client's ATS: requisitions and statuses to read, submissions
// to take, hires to show, webhooks to send.
type clientSystem struct {
	*vendor
	requisitions, statuses feed
	apps                   map[string]staffing.Receipt // by our key: the first one made
	resumes                map[string]string           // by our key
	hires                  map[string]json.RawMessage  // by application
	report                 staffing.Report
}

func (c *clientSystem) Check(ctx context.Context) (out staffing.Report, err error) {
	err = c.do(ctx, "check", func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		out = c.report
	})
	return out, err
}

func (c *clientSystem) Requisitions(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	return c.read(ctx, "requisitions", &c.requisitions, cur)
}

func (c *clientSystem) Statuses(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	return c.read(ctx, "statuses", &c.statuses, cur)
}

// Submit makes another application at every call: only the hub keeps it from
// being two. A script names the requisition.
func (c *clientSystem) Submit(ctx context.Context, req staffing.SubmissionRequest) (rc staffing.Receipt, err error) {
	resume := ""
	if req.Resume != nil {
		f, err := req.Resume.Open(ctx)
		if err != nil {
			return rc, err
		}
		b, err := io.ReadAll(f)
		if err != nil {
			return rc, err
		}
		resume = string(b)
	}
	err = c.do(ctx, "submit "+req.RequisitionID, func() {
		rc.ID = fmt.Sprintf("app-%d", c.write("submit", req.Key, req.Fields))
		c.mu.Lock()
		defer c.mu.Unlock()
		if _, there := c.apps[req.Key]; !there {
			c.apps[req.Key], c.resumes[req.Key] = rc, resume
		}
	})
	return rc, err
}

func (c *clientSystem) FindSubmission(ctx context.Context, req staffing.SubmissionRequest) (rc staffing.Receipt, err error) {
	there := false
	err = c.do(ctx, "find submission", func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		rc, there = c.apps[req.Key]
	})
	if err == nil && !there {
		err = staffing.Errorf(staffing.NotFound, "no such application")
	}
	return rc, err
}

func (c *clientSystem) Placement(ctx context.Context, ref staffing.SubmissionRef) (rec staffing.Record, err error) {
	err = c.do(ctx, "placement", func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		rec = staffing.Record{ExternalID: ref.ID, Raw: c.hires[ref.ID]}
	})
	if err == nil && rec.Raw == nil {
		err = staffing.Errorf(staffing.NotFound, "no offer yet")
	}
	return rec, err
}

// hire shows terms for an application.
func (c *clientSystem) hire(app string, terms map[string]any) {
	body, err := json.Marshal(terms)
	if err != nil {
		panic(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hires[app] = body
}

// unhire shows no terms any more.
func (c *clientSystem) unhire(app string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.hires, app)
}

func (c *clientSystem) resume(key string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.resumes[key]
}

// hook is what the webhooks of the test systems look like.
type hook struct {
	Feed staffing.Feed   `json:"feed"`
	ID   string          `json:"id,omitempty"`
	Raw  json.RawMessage `json:"raw,omitempty"` // none: only a hint
}

func (v *vendor) Verify(http.Header, []byte, time.Time) error { return nil }

func (v *vendor) DeliveryID(_ http.Header, body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

func (v *vendor) Events(_ http.Header, body []byte) ([]staffing.Event, error) {
	var h hook
	if err := json.Unmarshal(body, &h); err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "the delivery cannot be read: %w", err)
	}
	e := staffing.Event{Feed: h.Feed}
	if h.Raw != nil {
		e.Record = &staffing.Record{ExternalID: h.ID, Raw: h.Raw}
	}
	return []staffing.Event{e}, nil
}

// atsSystem is the firm's own ATS.
type atsSystem struct {
	*vendor
	events   feed
	jobs     map[string]staffing.Receipt // by our key: the first one made
	fields   map[string]json.RawMessage  // by job id: as it stands
	people   map[string]map[string]any
	statuses map[string][]string // by candidate-on-job
	noResume map[string]bool
}

func (a *atsSystem) Check(context.Context) (staffing.Report, error) { return staffing.Report{}, nil }

// PutJob makes another job at every call without an id. A script names the number
// that people know the requisition by.
func (a *atsSystem) PutJob(ctx context.Context, req staffing.JobRequest) (rc staffing.Receipt, err error) {
	var says struct{ Number string }
	if err := json.Unmarshal(req.Fields, &says); err != nil {
		return rc, err
	}
	verb := "put job"
	if req.ID != "" {
		verb = "update job"
	}
	rc.ID = req.ID
	err = a.do(ctx, verb+" "+says.Number, func() {
		n := a.write(verb, req.Key, req.Fields)
		a.mu.Lock()
		defer a.mu.Unlock()
		if req.ID == "" {
			rc.ID = fmt.Sprintf("job-%d", n)
			if _, there := a.jobs[req.Key]; !there {
				a.jobs[req.Key] = rc
			}
		}
		a.fields[rc.ID] = req.Fields
	})
	return rc, err
}

func (a *atsSystem) FindJob(ctx context.Context, key string) (rc staffing.Receipt, err error) {
	there := false
	err = a.do(ctx, "find job", func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		rc, there = a.jobs[key]
	})
	if err == nil && !there {
		err = staffing.Errorf(staffing.NotFound, "no such job")
	}
	return rc, err
}

// job gives the fields of a job as they stand.
func (a *atsSystem) job(id string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return string(a.fields[id])
}

func (a *atsSystem) CandidateEvents(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	return a.read(ctx, "candidate events", &a.events, cur)
}

func (a *atsSystem) Candidate(ctx context.Context, id string) (rec staffing.Record, err error) {
	var person map[string]any
	err = a.do(ctx, "candidate "+id, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		person = a.people[id]
	})
	if err != nil {
		return rec, err
	}
	if person == nil {
		return rec, staffing.Errorf(staffing.NotFound, "no such candidate")
	}
	rec = staffing.Record{ExternalID: id}
	rec.Raw, err = json.Marshal(person)
	return rec, err
}

func (a *atsSystem) Resume(_ context.Context, id string) (*staffing.File, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.noResume[id] {
		return nil, nil
	}
	text := "the résumé of " + id
	return &staffing.File{Name: id + ".txt", ContentType: "text/plain", Size: int64(len(text)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}, nil
}

func (a *atsSystem) Submission(ctx context.Context, id string) (rec staffing.Record, err error) {
	err = a.do(ctx, "submission", func() {
		rec = staffing.Record{ExternalID: id, Raw: json.RawMessage(`{"bill": "95.00", "pay": "61.75"}`)}
	})
	return rec, err
}

func (a *atsSystem) PutStatus(ctx context.Context, req staffing.StatusRequest) error {
	return a.do(ctx, "put status", func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.statuses[req.SubmissionID] = append(a.statuses[req.SubmissionID], req.Status)
	})
}

// status gives the word that the ATS shows for a candidate-on-job.
func (a *atsSystem) status(id string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if all := a.statuses[id]; len(all) > 0 {
		return all[len(all)-1]
	}
	return ""
}

// person adds a candidate.
func (a *atsSystem) person(id, first, last, email string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.people[id] = map[string]any{"id": id, "first": first, "last": last, "email": email}
}

// erpSystem keeps the books.
type erpSystem struct {
	*vendor
	bills map[string]staffing.Receipt // by our key: the first one made
	list  []staffing.BillingRecord    // what stands in the books, in pages of two
}

// ListBilling gives two records at a time.
func (e *erpSystem) ListBilling(ctx context.Context, _, _ staffing.Date, cursor string) (page staffing.BillingPage, err error) {
	from := len(cursor)
	err = e.do(ctx, "list bills", func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		to := min(from+2, len(e.list))
		page.Records = e.list[from:to]
		if to < len(e.list) {
			page.Next = strings.Repeat("x", to)
		}
	})
	return page, err
}

func (e *erpSystem) Check(context.Context) (staffing.Report, error) { return staffing.Report{}, nil }

// PutBilling makes another bill at every call.
func (e *erpSystem) PutBilling(ctx context.Context, req staffing.BillingRequest) (rc staffing.Receipt, err error) {
	err = e.do(ctx, "bill "+req.Key, func() {
		n := e.write("bill", req.Key, req.Fields)
		rc = staffing.Receipt{ID: fmt.Sprint(n), Number: fmt.Sprintf("INV-%d", n)}
		e.mu.Lock()
		defer e.mu.Unlock()
		if _, there := e.bills[req.Key]; !there {
			e.bills[req.Key] = rc
		}
	})
	return rc, err
}

func (e *erpSystem) FindBilling(ctx context.Context, key string) (rc staffing.Receipt, err error) {
	there := false
	err = e.do(ctx, "find bill", func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		rc, there = e.bills[key]
	})
	if err == nil && !there {
		err = staffing.Errorf(staffing.NotFound, "no such bill")
	}
	return rc, err
}
