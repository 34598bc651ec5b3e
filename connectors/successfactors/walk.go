package successfactors

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	requisitions = "JobRequisition"
	applications = "JobApplication"
	candidates   = "Candidate"
	offers       = "JobOffer"

	// pageSize is fewer rows than SAP's 1,000, because a requisition carries its texts in
	// every language. KBA 2489065.
	pageSize = "200"
	// overlap is how far a walk reaches back behind the start of the last one: a row
	// that was committed late carries a stamp that has passed already.
	overlap = time.Minute
	// maxRestarts is how often a refused page token starts a walk anew.
	maxRestarts = 3
)

// cursor is how far a feed has been read.
type cursor struct {
	Since    time.Time `json:"since,omitzero"` // the vendor's clock at the start of the last whole walk
	Start    time.Time `json:"start,omitzero"` // of the walk under way
	Next     string    `json:"next,omitempty"` // the query of the walk's next page
	Restarts int       `json:"restarts,omitempty"`
}

func readCursor(c staffing.Cursor) (*cursor, error) {
	out := &cursor{}
	if len(c) > 0 && string(c) != "null" {
		if err := json.Unmarshal(c, out); err != nil {
			return nil, staffing.Errorf(staffing.Internal, "the saved position of this feed cannot be read; reset the feed to read it from the beginning: %w", err)
		}
	}
	return out, nil
}

func (cu *cursor) page(records []staffing.Record, more bool) (staffing.Page, error) {
	next, err := json.Marshal(cu)
	if err != nil {
		return staffing.Page{}, staffing.Errorf(staffing.Internal, "the position of this feed cannot be written: %w", err)
	}
	return staffing.Page{Records: records, Next: next, More: more}, nil
}

// read gives the next page of a feed: the rows of entity that changed, by the id under
// key. keep says which rows are handed on.
func (c *Connector) read(ctx context.Context, entity, key string, q url.Values, cur staffing.Cursor, keep func(row) bool) (staffing.Page, error) {
	cu, err := readCursor(cur)
	if err != nil {
		return staffing.Page{}, err
	}
	q.Set("$format", "json")
	q.Set("customPageSize", pageSize)
	if c.set["paging"] != "none" {
		q.Set("paging", c.set["paging"])
	}
	if !cu.Since.IsZero() {
		q.Set("$filter", "lastModifiedDateTime ge datetimeoffset'"+cu.Since.Add(-overlap).UTC().Format("2006-01-02T15:04:05Z")+"'")
	}
	page, err := c.list(ctx, entity, q, cu.Next)
	if cu.Next != "" && httpx.StatusOf(err) == http.StatusBadRequest && staffing.CodeOf(err) != staffing.RateLimited && cu.Restarts < maxRestarts {
		// The page token is no longer good: the walk begins anew.
		return (&cursor{Since: cu.Since, Restarts: cu.Restarts + 1}).page(nil, true)
	}
	if err != nil {
		return staffing.Page{}, err
	}
	if cu.Start.IsZero() {
		if cu.Start = page.date.UTC(); page.date.IsZero() {
			cu.Start = c.now().Add(-time.Minute).UTC() // the vendor's clock is unknown: stay behind ours
		}
	}
	records := make([]staffing.Record, 0, len(page.rows))
	for _, r := range page.rows {
		id := r.text(key)
		if id == "" {
			return staffing.Page{}, staffing.Errorf(staffing.Unavailable, "SuccessFactors gives a %s without %s", entity, key)
		}
		if !keep(r) {
			continue
		}
		rec, err := r.record(id, r.changed())
		if err != nil {
			return staffing.Page{}, err
		}
		records = append(records, rec)
	}
	if cu.Next = page.next; cu.Next == "" {
		*cu = cursor{Since: cu.Start}
	}
	return cu.page(records, page.next != "")
}

// Requisitions gives the job requisitions that changed, with what the settings expand.
func (c *Connector) Requisitions(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	q := url.Values{}
	if e := list(c.set["requisition_expand"]); len(e) > 0 {
		q.Set("$expand", strings.Join(e, ","))
	}
	return c.read(ctx, requisitions, "jobReqId", q, cur, func(r row) bool { return !isTrue(r["isDraft"]) })
}

// Statuses gives the applications that changed, ours and others'; the hub knows its
// own by the id. What a candidate has only saved is not an application yet.
func (c *Connector) Statuses(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	return c.read(ctx, applications, "applicationId", c.applicationQuery(), cur, func(r row) bool { return !draft(r) })
}

// draft names SAP's words for what was begun and not sent. KBA 2541688, KBA 2918571.
func draft(r row) bool {
	return slices.Contains([]string{"Saved", "Non Applied", "Draft Application"}, r.text("status"))
}

func isTrue(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case string:
		return v == "true" || v == "1"
	}
	return false
}

// applicationQuery selects the fields of the settings, and expands what they go
// through.
func (c *Connector) applicationQuery() url.Values {
	fields := list(c.set["application_fields"])
	var expand []string
	for _, f := range fields {
		if i := strings.LastIndexByte(f, '/'); i > 0 && !slices.Contains(expand, f[:i]) {
			expand = append(expand, f[:i])
		}
	}
	q := url.Values{"$select": {strings.Join(fields, ",")}}
	if len(expand) > 0 {
		q.Set("$expand", strings.Join(expand, ","))
	}
	return q
}
