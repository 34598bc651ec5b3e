package bullhorn

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	// lookBack is how far a first read reaches back: as long as the vendor keeps
	// unread events, by the smaller of the numbers it names.
	lookBack = 7 * 24 * time.Hour
	// overlap is how far a repair reaches back behind the last good read.
	overlap    = 15 * time.Minute
	repairPage = 50
)

// repair is a walk over the submissions that changed while no subscription took
// note, by number.
type repair struct {
	From  int64 `json:"from"`  // milliseconds
	After int64 `json:"after"` // the last submission that was given
}

// saw notes that everything up to t was read.
func (at *cursor) saw(t time.Time) {
	if t.After(at.Seen) {
		at.Seen = t
	}
}

// startRepair begins a repair at now, of all since the last good read.
func (at *cursor) startRepair(now time.Time) {
	from := at.Seen.Add(-overlap)
	if at.Seen.IsZero() {
		from = now.Add(-lookBack)
	}
	if at.Repair == nil {
		at.Repair = &repair{From: from.UnixMilli()}
	}
	at.saw(now)
}

// repairPage gives the changes of the next submissions. They come from the
// database, not from the search index, which is behind.
func (c *Connector) repairPage(ctx context.Context, at cursor) (staffing.Page, error) {
	r := *at.Repair
	rows, err := c.list(ctx, "query/JobSubmission", url.Values{
		"where":  {fmt.Sprintf("dateLastModified >= %d AND id > %d AND isDeleted = false", r.From, r.After)},
		"fields": {"id"}, "orderBy": {"id"}, "count": {strconv.Itoa(repairPage)}})
	if err != nil {
		return staffing.Page{}, err
	}
	dirty := map[int64]int64{}
	for _, s := range rows {
		dirty[s.int("id")] = r.From + slack.Milliseconds() // changes reaches back by as much
		r.After = max(r.After, s.int("id"))
	}
	records, err := c.changes(ctx, dirty)
	if err != nil {
		return staffing.Page{}, err
	}
	at.Repair = &r
	more := len(rows) == repairPage
	if !more {
		at.Repair = nil
	}
	return at.page(records, true, nil)
}
