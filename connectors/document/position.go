package document

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	defaultOverlap = 5 * time.Second
	// settled is how old a stamp must be to be sure that a second change within the
	// same second of the vendor's clock would have been seen.
	settled = 2 * time.Second
	// behind is how far the hub stays behind its own clock where the vendor does not
	// tell its own.
	behind = time.Minute
	// maxEdge caps the records remembered at the watermark; the rest is read again.
	maxEdge = 500
	// maxRepeats is how often a walk is begun anew at once; after that the watermark
	// stays where it is and the next round reads the same again.
	maxRepeats = 2
)

func (i *Incremental) fill() {
	if i.Overlap == 0 {
		i.Overlap = defaultOverlap
	}
	i.Format = either(i.Format, "rfc3339")
}

// position is how far a source was read.
type position struct {
	Since time.Time `json:"since"`          // the watermark, by the vendor's clock; zero: never read to the end
	Edge  []string  `json:"edge,omitempty"` // records (id@stamp) around the watermark that were given already
	Walk  *walk     `json:"walk,omitempty"` // nil: between walks
}

// walk is a list being read, from its first page to its last.
type walk struct {
	Style   string    `json:"style,omitempty"`
	Token   string    `json:"token,omitempty"`  // of the next page: a cursor, or a path with query
	Number  int       `json:"number,omitempty"` // pages read
	Offset  int       `json:"offset,omitempty"`
	Last    string    `json:"last,omitempty"` // id of the last record, which an offset reads again
	Start   time.Time `json:"start"`          // the vendor's clock at the first page
	High    time.Time `json:"high"`           // the latest stamp so far
	Edge    []string  `json:"edge,omitempty"`
	Total   string    `json:"total,omitempty"`
	Shifted bool      `json:"shifted,omitempty"` // records moved between pages: one may have been passed by
	Repeats int       `json:"repeats,omitempty"`
	Loop    loop      `json:"loop"`
}

// loop finds a page token that comes again, with the memory of one token (Brent's
// algorithm): the one remembered is replaced after 1, 2, 4, 8, ... pages.
type loop struct {
	Mark  string `json:"mark,omitempty"`
	Steps int    `json:"steps,omitempty"`
	Reach int    `json:"reach,omitempty"`
}

// again notes a token, and says whether it was the remembered one.
func (l *loop) again(token string) bool {
	sum := sha256.Sum256([]byte(token))
	h := hex.EncodeToString(sum[:8])
	if l.Reach > 0 && h == l.Mark {
		return true
	}
	if l.Steps == l.Reach {
		l.Mark, l.Reach, l.Steps = h, max(1, 2*l.Reach), 0
	}
	l.Steps++
	return false
}

func readPosition(c staffing.Cursor) (*position, error) {
	p := &position{}
	if len(c) == 0 || string(c) == "null" {
		return p, nil
	}
	if err := json.Unmarshal(c, p); err != nil {
		return nil, staffing.Errorf(staffing.Internal, "the saved position of this feed cannot be read; reset the feed to read it from the beginning: %w", err)
	}
	return p, nil
}

func (p *position) page(records []staffing.Record) (staffing.Page, error) {
	next, err := json.Marshal(p)
	if err != nil {
		return staffing.Page{}, staffing.Errorf(staffing.Internal, "the position of this feed cannot be written: %w", err)
	}
	return staffing.Page{Records: records, Next: next, More: p.Walk != nil}, nil
}

// begin starts a walk unless one of the same style is under way.
func (p *position) begin(style string) *walk {
	if p.Walk == nil || p.Walk.Style != style {
		p.Walk = &walk{Style: style}
	}
	return p.Walk
}

// repeat begins the walk anew, with the same watermark.
func (p *position) repeat() {
	p.Walk = &walk{Style: p.Walk.Style, Repeats: p.Walk.Repeats + 1}
}

// finish ends a walk that was read to its last page. The watermark is never later
// than the start of the walk by the vendor's clock: what changed while the walk
// went on may have been passed already. A walk whose pages shifted is repeated, and
// when it shifts time and again, the watermark stays.
func (p *position) finish(timed bool) {
	w := p.Walk
	if w.Shifted && w.Repeats < maxRepeats {
		p.repeat()
		return
	}
	p.Walk = nil
	if w.Shifted || !timed {
		return
	}
	since := w.High
	if since.After(w.Start) || since.IsZero() && p.Since.IsZero() {
		since = w.Start
	}
	if since.Before(p.Since) {
		since = p.Since
	}
	p.Since, p.Edge = since, w.Edge
}

// take notes a record, and says whether it is new to this position.
func (p *position) take(rec staffing.Record, overlap time.Duration) bool {
	w, at := p.Walk, rec.UpdatedAt
	if at.IsZero() {
		return true
	}
	if at.After(w.High) {
		w.High = at
		w.prune(overlap)
	}
	if at.After(w.Start.Add(-settled)) && w.Number > 0 {
		w.moved()
	}
	key := rec.ExternalID + "@" + at.Format(time.RFC3339Nano)
	if !at.After(w.Start.Add(-settled)) && !at.Before(w.High.Add(-overlap-time.Second)) && len(w.Edge) < maxEdge {
		w.Edge = append(w.Edge, key)
	}
	return !slices.Contains(p.Edge, key)
}

// moved notes that something changed while the list was being read.
func (w *walk) moved() { w.Shifted = true }

// prune keeps the records within reach of the next walk's overlap.
func (w *walk) prune(overlap time.Duration) {
	w.Edge = slices.DeleteFunc(w.Edge, func(k string) bool {
		at, err := time.Parse(time.RFC3339Nano, k[strings.LastIndexByte(k, '@')+1:])
		return err != nil || at.Before(w.High.Add(-overlap-time.Second))
	})
}
