package document

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"cel.dev/cel-go/common/types/ref"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// maxPerPage bounds what one page may hold; with a call for each record, fewer.
const (
	maxPerPage = 5_000
	maxGets    = 50
)

// list reads the next page of a source.
func (e *engine) list(ctx context.Context, src *Source, cur staffing.Cursor) (staffing.Page, error) {
	p, err := readPosition(cur)
	if err != nil {
		return staffing.Page{}, err
	}
	style := ""
	if src.Paging != nil {
		style = src.Paging.Style
	}
	w, began := p.begin(style), e.now()
	a, err := e.page(ctx, src, p)
	if err != nil {
		return staffing.Page{}, err
	}
	if src.Paging != nil && slices.Contains(src.Paging.RestartOn, a.status) {
		if w.Repeats > maxRepeats {
			return staffing.Page{}, staffing.Errorf(staffing.Unavailable, "%s refuses its own page tokens time and again", e.host)
		}
		p.repeat()
		return p.page(nil)
	}
	if w.Start.IsZero() {
		w.Start = vendorTime(a.header, e.now()).Add(-e.now().Sub(began)) // when it was asked, not when it answered
	}
	rows, err := e.rows(ctx, src, a)
	if err != nil {
		return staffing.Page{}, err
	}
	fresh := e.fresh(src, p, rows)
	records, err := e.complete(ctx, src, fresh)
	if err != nil {
		return staffing.Page{}, err
	}
	return e.advance(ctx, src, p, a, rows, records)
}

// vendorTime is the vendor's clock, or ours, held back.
func vendorTime(h http.Header, now time.Time) time.Time {
	if at, err := http.ParseTime(h.Get("Date")); err == nil {
		return at.UTC()
	}
	return now.Add(-behind).UTC()
}

// page asks for the page that p stands before.
func (e *engine) page(ctx context.Context, src *Source, p *position) (answer, error) {
	s := e.pageScope(src, p)
	r, err := e.prepare(ctx, &src.Call, s, false)
	if err != nil {
		return answer{}, err
	}
	if pg := src.Paging; pg != nil {
		r.allow = pg.RestartOn
		if p.Walk.Token != "" && pg.Style != styleCursor {
			r.http.URL, r.http.Query = e.base.Scheme+"://"+e.base.Host+p.Walk.Token, nil
		}
	}
	a, err := e.send(ctx, r)
	if err == nil && a.missing {
		return a, staffing.Errorf(staffing.NotFound, "%s does not have this list", e.host)
	}
	return a, err
}

func (e *engine) pageScope(src *Source, p *position) scope {
	s := e.scope()
	if inc := src.Incremental; inc != nil && !p.Since.IsZero() {
		s = s.with(expr.Since, sinceText(inc, p.Since))
	}
	pg, w := src.Paging, p.Walk
	if pg == nil {
		return s
	}
	page := expr.Object{"size": int64(pg.Size)}
	switch pg.Style {
	case styleCursor:
		if w.Token != "" {
			page["cursor"] = w.Token
		}
	case stylePage:
		page["number"] = int64(pg.firstPage() + w.Number)
	case styleOffset:
		page["offset"] = int64(w.Offset)
	}
	return s.with(expr.PageVar, page)
}

func (p *Paging) firstPage() int {
	if p.First == nil {
		return 1
	}
	return *p.First
}

func sinceText(inc *Incremental, since time.Time) string {
	at := since.Add(-inc.Overlap).UTC()
	switch inc.Format {
	case "unix":
		return strconv.FormatInt(at.Unix(), 10)
	case "unix_ms":
		return strconv.FormatInt(at.UnixMilli(), 10)
	case "date":
		return at.Format(time.DateOnly)
	}
	return at.Format(time.RFC3339)
}

// row is one element of a list, read.
type row struct {
	staffing.Record
	object expr.Object
	keep   bool
}

// rows reads the list in an answer. Anything but a list of objects with ids is an
// error: nothing must not pass for an empty list, or records would be lost.
func (e *engine) rows(ctx context.Context, src *Source, a answer) ([]row, error) {
	s := e.scope()
	v, err := s.after(a).value(ctx, src.Records)
	if err != nil {
		return nil, err
	}
	items, ok := expr.Items(v)
	if !ok {
		return nil, staffing.Errorf(staffing.Unavailable, "the answer of %s holds no list where %s looks for one", e.host, src.Records.prog.Cell())
	}
	if most := src.mostRows(); len(items) > most {
		return nil, staffing.Errorf(staffing.Unavailable, "%s gives %d records on one page; the hub takes %d: ask for smaller pages", e.host, len(items), most)
	}
	rows := make([]row, 0, len(items))
	for i, item := range items {
		r, err := e.row(ctx, src, s, item)
		if err != nil {
			return nil, err
		}
		if r.ExternalID == "" {
			return nil, staffing.Errorf(staffing.Unavailable, "record %d of the list from %s has no external id, or is no object", i+1, e.host)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func (src *Source) mostRows() int {
	if src.Get != nil {
		return maxGets
	}
	return maxPerPage
}

// row reads id, version and time of one element.
func (e *engine) row(ctx context.Context, src *Source, s scope, item ref.Val) (r row, err error) {
	object, ok := expr.Map(item)
	if !ok {
		return r, nil
	}
	r.object, s = object, s.over(object)
	if r.ExternalID, err = s.text(ctx, src.ExternalID); err != nil {
		return r, err
	}
	if r.Version, err = s.text(ctx, src.Version); err != nil {
		return r, err
	}
	if r.UpdatedAt, err = s.moment(ctx, src.UpdatedAt); err != nil {
		return r, err
	}
	if r.keep, err = s.holds(ctx, src.Keep, true); err != nil {
		return r, err
	}
	r.Raw, err = expr.JSON(item)
	return r, err
}

// fresh notes the rows in the position and gives those to be handed on.
func (e *engine) fresh(src *Source, p *position, rows []row) (out []row) {
	overlap := defaultOverlap
	if src.Incremental != nil {
		overlap = src.Incremental.Overlap
	}
	for _, r := range rows {
		if p.take(r.Record, overlap) && r.keep {
			out = append(out, r)
		}
	}
	return out
}

// complete makes records of rows, with a call for each where the document asks for
// one. A record that is gone meanwhile is passed over.
func (e *engine) complete(ctx context.Context, src *Source, rows []row) ([]staffing.Record, error) {
	records := make([]staffing.Record, 0, len(rows))
	for _, r := range rows {
		if src.Get == nil {
			records = append(records, r.Record)
			continue
		}
		s := e.scope().over(r.object)
		a, err := e.do(ctx, &src.Get.Call, s)
		if err != nil {
			return nil, err
		}
		if a.missing {
			continue
		}
		v, err := s.after(a).value(ctx, src.Get.Record)
		if err != nil {
			return nil, err
		}
		if _, ok := expr.Map(v); !ok {
			return nil, staffing.Errorf(staffing.Unavailable, "the answer of %s for record %s holds no object", e.host, r.ExternalID)
		}
		if r.Raw, err = expr.JSON(v); err != nil {
			return nil, err
		}
		records = append(records, r.Record)
	}
	return records, nil
}
