package workday

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// row is one Report_Entry: column aliases and texts, and lists of objects where the
// client's report has them. Whether an empty column is left out or empty is not
// documented: both are read alike.
type row map[string]any

func (r row) text(column string) string {
	switch v := r[column].(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	}
	return ""
}

// report reads a report row by row, never holding more than one; visit may end it
// with an error. A report as JSON has no pages: it comes whole.
func (c *Connector) report(ctx context.Context, address string, prompts url.Values, visit func(row) error) error {
	q := url.Values{"format": {"json"}}
	for k, v := range prompts {
		q[k] = v
	}
	return c.signed(ctx, func(h http.Header) error {
		h.Set("Accept", "application/json")
		if !c.oauth {
			basic(h, c.set["user"], c.set["password"])
		}
		body, _, err := c.http.Stream(ctx, httpx.Request{URL: address, Query: q, Header: h})
		if err != nil {
			return explain(err, "the report “"+reportName(address)+"” could not be read")
		}
		defer body.Close()
		return readReport(body, reportName(address), visit)
	})
}

func reportName(address string) string {
	name := address[strings.LastIndexByte(address, '/')+1:]
	if plain, err := url.PathUnescape(name); err == nil {
		return plain
	}
	return name
}

// visitorError ends a reading by the reader's own will.
type visitorError struct{ error }

func (e visitorError) Unwrap() error { return e.error }

// readReport parses {"Report_Entry": [...]}. What is no such thing, or is cut off,
// is an error: rows that came before it are not to be believed complete.
func readReport(body io.Reader, name string, visit func(row) error) error {
	d := json.NewDecoder(body)
	d.UseNumber()
	err := parseReport(d, visit)
	var own visitorError
	var coded *staffing.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return own.error
	case errors.As(err, &coded):
		return err // the transport's
	}
	return staffing.Errorf(staffing.Unavailable, "Workday's answer for the report “%s” is not the JSON of a report: %w", name, plain(err))
}

func parseReport(d *json.Decoder, visit func(row) error) error {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return either(err, errors.New("it is no object"))
	}
	keys, found := 0, false
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		keys++
		if key == "Report_Entry" && !found {
			found = true
			err = entries(d, visit)
		} else {
			var skipped json.RawMessage
			err = d.Decode(&skipped)
		}
		if err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return either(err, errors.New("something follows it"))
	}
	if keys > 0 && !found {
		return errors.New("it has no Report_Entry")
	}
	return nil
}

func entries(d *json.Decoder, visit func(row) error) error {
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return either(err, errors.New("Report_Entry is no list"))
	}
	for d.More() {
		var r row
		if err := d.Decode(&r); err != nil {
			return err
		}
		if r == nil {
			return errors.New("a row is null")
		}
		storable(map[string]any(r))
		if err := visit(r); err != nil {
			return visitorError{err}
		}
	}
	_, err := d.Token()
	return err
}

func either(err, fallback error) error {
	if err != nil {
		return err
	}
	return fallback
}

// plain keeps the place of a JSON error, not the value it met.
func plain(err error) error {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		return fmt.Errorf("a %s stands where another thing is expected", mismatch.Value)
	}
	return err
}

// storable drops what a PostgreSQL document cannot hold.
func storable(v any) any {
	switch x := v.(type) {
	case string:
		return strings.ReplaceAll(x, "\x00", "")
	case []any:
		for i := range x {
			x[i] = storable(x[i])
		}
	case map[string]any:
		for k, inner := range x {
			clean := strings.ReplaceAll(k, "\x00", "")
			if clean != k {
				delete(x, k)
			}
			x[clean] = storable(inner)
		}
	}
	return v
}

// page is the rows of a report that come after an id, in the order of their ids.
type page struct {
	rows map[string]row
	more bool
}

// after reads the page behind an id: of a report without pages, the smallest ids
// are kept, and the report is read again for the next ones. A row that is there all
// the time is never missed, whatever comes and goes between two readings.
func (c *Connector) after(ctx context.Context, address string, prompts url.Values, column, last string) (page, error) {
	p := page{rows: map[string]row{}}
	err := c.report(ctx, address, prompts, func(r row) error {
		id := r.text(column)
		if id == "" {
			return missing(address, column, r)
		}
		if id <= last {
			return nil
		}
		if old, twice := p.rows[id]; twice && c.changed(old).After(c.changed(r)) {
			return nil // a report with several rows per object: the newest one counts
		}
		p.rows[id] = r
		if len(p.rows) > 2*c.rows {
			p.cut(c.rows)
		}
		return nil
	})
	p.cut(c.rows)
	return p, err
}

// cut drops the largest ids.
func (p *page) cut(n int) {
	if len(p.rows) <= n {
		return
	}
	for _, id := range p.ids()[n:] {
		delete(p.rows, id)
	}
	p.more = true
}

func (p *page) ids() []string {
	out := make([]string, 0, len(p.rows))
	for id := range p.rows {
		out = append(out, id)
	}
	sort.Strings(out)
	return out
}

// missing names a column that the report does not have: the aliases are what the
// client agreed to.
func missing(address, column string, r row) error {
	var has []string
	for k := range r {
		has = append(has, k)
	}
	slices.Sort(has)
	return staffing.Errorf(staffing.Invalid, "the report “%s” has a row without the column %s; it has: %s", reportName(address), column, cut(strings.Join(has, ", "), 300))
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// changed reads the column of the last change; the zero time where there is none.
func (c *Connector) changed(r row) time.Time {
	v := r.text(c.set["updated"])
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02-07:00", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, v, c.zone); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// prompted writes a date as prompts want it: a day with the offset of its zone.
func (c *Connector) prompted(t time.Time) string { return t.In(c.zone).Format("2006-01-02-07:00") }
