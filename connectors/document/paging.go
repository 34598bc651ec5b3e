package document

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// advance moves the position behind a page, and gives the page.
func (e *engine) advance(ctx context.Context, src *Source, p *position, a answer, rows []row, records []staffing.Record) (staffing.Page, error) {
	more := false
	if src.Paging != nil {
		var err error
		if more, err = e.goOn(ctx, src.Paging, p.Walk, a, rows); err != nil {
			return staffing.Page{}, err
		}
	}
	if !more {
		if src.Paging != nil && src.Paging.Stable || p.Walk.Number == 0 {
			p.Walk.Shifted = false // pages that do not shift, or a single one
		}
		p.finish(src.Incremental != nil)
	}
	return p.page(records)
}

// goOn says whether there is another page, and moves the walk to it.
func (e *engine) goOn(ctx context.Context, pg *Paging, w *walk, a answer, rows []row) (bool, error) {
	s := e.scope().after(a)
	total, err := s.text(ctx, pg.Total)
	if err != nil {
		return false, err
	}
	if total != "" && w.Total != "" && total != w.Total {
		w.moved()
	}
	w.Total = total
	more, err := false, error(nil)
	switch pg.Style {
	case styleLink, styleURL, styleCursor:
		more, err = e.nextToken(ctx, pg, w, a)
	case stylePage:
		more, err = s.holds(ctx, pg.More, !pg.short(len(rows)))
		more = more && len(rows) > 0
		if more && rows[0].ExternalID == w.Last {
			return false, e.endless()
		}
		if len(rows) > 0 {
			w.Last = rows[0].ExternalID // the same first record again: the same page again
		}
	case styleOffset:
		more, err = e.nextOffset(ctx, pg, w, s, rows)
	}
	if err != nil || !more {
		return false, err
	}
	if w.Number++; w.Number >= pg.MaxPages {
		return false, staffing.Errorf(staffing.Unavailable, "%s gives more than %d pages: if the list is that long, raise max_pages", e.host, pg.MaxPages)
	}
	return true, nil
}

func (p *Paging) short(n int) bool { return n == 0 || p.Size > 0 && n < p.Size }

func (e *engine) endless() error {
	return staffing.Errorf(staffing.Unavailable, "%s gives the same page again and again", e.host)
}

// nextOffset steps to one record before the next page: when that record is not the
// last one of this page any more, the list shifted.
func (e *engine) nextOffset(ctx context.Context, pg *Paging, w *walk, s scope, rows []row) (bool, error) {
	more, err := s.holds(ctx, pg.More, !pg.short(len(rows)))
	if err != nil {
		return false, err
	}
	overlaps := w.Last != ""
	if overlaps && (len(rows) == 0 || rows[0].ExternalID != w.Last) {
		w.moved()
	}
	if len(rows) == 0 || overlaps && len(rows) == 1 {
		return false, nil // nothing, or only the record that was read already
	}
	if len(rows) == 1 { // pages of one record cannot overlap
		w.Offset++
		return more, nil
	}
	w.Offset += len(rows) - 1
	w.Last = rows[len(rows)-1].ExternalID
	return more, nil
}

// nextToken finds the token of the next page.
func (e *engine) nextToken(ctx context.Context, pg *Paging, w *walk, a answer) (bool, error) {
	token, err := nextLink(a.header), error(nil)
	if pg.Style != styleLink {
		token, err = e.scope().after(a).text(ctx, pg.Next)
	}
	if err == nil && token != "" && pg.Style != styleCursor {
		token, err = e.relative(token)
	}
	if err != nil || token == "" {
		return false, err
	}
	if token == w.Token || w.Loop.again(token) {
		return false, e.endless()
	}
	w.Token = token
	return true, nil
}

// relative gives path and query of an address that the vendor named. The host must
// be the connection's: no answer sends a secret elsewhere.
func (e *engine) relative(link string) (string, error) {
	u, err := url.Parse(link)
	if err != nil {
		return "", staffing.Errorf(staffing.Unavailable, "the next page of %s has no readable address", e.host)
	}
	u = e.base.JoinPath("/").ResolveReference(u)
	if !strings.EqualFold(u.Host, e.base.Host) || u.User != nil {
		return "", staffing.Errorf(staffing.Unavailable, "%s names a next page at another host (%s), which the hub does not follow", e.host, clip(u.Host, 80))
	}
	return u.RequestURI(), nil
}

var (
	linkForm = regexp.MustCompile(`<([^>]*)>([^<]*)`) // target, parameters
	relNext  = regexp.MustCompile(`(?i)\brel\s*=\s*("([^"]*\s)?next(\s[^"]*)?"|'next'|next\b)`)
)

// nextLink finds the target of rel="next"; empty: this is the last page.
func nextLink(h http.Header) string {
	for _, link := range linkForm.FindAllStringSubmatch(strings.Join(h.Values("Link"), ","), -1) {
		if relNext.MatchString(link[2]) {
			return link[1]
		}
	}
	return ""
}
