package file

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// pageRows is how many records one page has at most.
const pageRows = 200

// reader reads the files of one feed.
type reader struct {
	layout
	open       opener
	dir        string
	pattern    string
	ready      string // settle, marker, manifest
	settle     time.Duration
	marker     string // ending of a done-marker or of a manifest
	full       bool   // every file has all records
	byTime     bool   // files follow each other by time, not by name
	archive    string // where read files go; empty: they stay
	quarantine string // where bad files go
	now        func() time.Time
	log        *slog.Logger

	mu    sync.Mutex
	cache *parsed // the file that was read last: a large one is several pages
}

type parsed struct {
	path, since string
	mark
	records []staffing.Record
}

// item is a file of the feed.
type item struct {
	entry
	dir      string
	archived bool
	marker   *entry
}

func (f item) path() string { return within(f.dir, f.name) }

// walk is one page in the making.
type walk struct {
	*reader
	share  share
	cursor *cursor
	skip   map[string]bool
	bad    []error
}

func (r *reader) page(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	c, err := readCursor(cur)
	if err != nil {
		return staffing.Page{}, err
	}
	sh, err := r.open(ctx)
	if err != nil {
		return staffing.Page{}, err
	}
	defer sh.close()
	w := &walk{reader: r, share: sh, cursor: c, skip: map[string]bool{}}
	return w.page()
}

// page gives the next records. A bad file is set aside and told as an error, once; one
// that cannot be moved does not stand in the way of the others.
func (w *walk) page() (staffing.Page, error) {
	files, err := w.files()
	if err != nil {
		return staffing.Page{}, err
	}
	if files, err = w.putAway(files); err != nil {
		return staffing.Page{}, err
	}
	for {
		i := w.next(files)
		if i < 0 {
			break
		}
		page, err := w.give(files, i)
		var f *flaw
		switch {
		case errors.As(err, &f):
			if err := w.setAside(files[i], f); err != nil {
				return staffing.Page{}, err
			}
		case isNotFound(err): // taken away meanwhile
		case err != nil:
			return staffing.Page{}, err
		default:
			return page, nil
		}
		w.skip[files[i].path()] = true
	}
	if len(w.bad) > 0 {
		return staffing.Page{}, w.bad[0]
	}
	w.cursor.Back = false
	w.cursor.forget(slices.DeleteFunc(files, func(f item) bool { return f.archived }))
	return w.cursor.page(nil, false)
}

// files lists the feed, in the order in which it is read.
func (w *walk) files() ([]item, error) {
	out, err := w.listed(w.dir, false)
	if err != nil {
		return nil, err
	}
	if w.archive != "" && w.cursor.Back {
		old, err := w.listed(within(w.dir, w.archive), true)
		if err != nil && !isNotFound(err) {
			return nil, err
		}
		out = append(out, old...)
	}
	slices.SortFunc(out, func(a, b item) int {
		if w.byTime && a.at.Unix() != b.at.Unix() {
			return cmp.Compare(a.at.Unix(), b.at.Unix())
		}
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.dir, b.dir))
	})
	w.cursor.forget(out)
	return out, nil
}

func (w *walk) listed(dir string, archived bool) (out []item, err error) {
	list, err := w.share.list(dir)
	if err != nil {
		return nil, err
	}
	markers := map[string]*entry{}
	for i := range list {
		markers[list[i].name] = &list[i]
	}
	for _, e := range list {
		if ok, _ := path.Match(w.pattern, e.name); ok && !w.apart(e.name) { // the pattern was checked with the settings
			m := markers[e.name+w.marker]
			if m == nil {
				m = markers[strings.TrimSuffix(e.name, path.Ext(e.name))+w.marker]
			}
			out = append(out, item{e, dir, archived, m})
		}
	}
	return out, nil
}

// apart tells files that hold no records: hidden and half-uploaded ones by the habits of
// common programs, markers, and our own notes.
func (w *walk) apart(name string) bool {
	for _, end := range []string{".tmp", ".part", ".filepart", ".crdownload", noteEnd} {
		if strings.HasSuffix(strings.ToLower(name), end) {
			return true
		}
	}
	return strings.HasPrefix(name, ".") || w.marker != "" && strings.HasSuffix(name, w.marker)
}

// next finds what is to be read: the first unread file, of full files the newest. -1:
// nothing.
func (w *walk) next(files []item) int {
	found := -1
	for i, f := range files {
		if w.cursor.Read[f.path()].is(f) {
			if w.full {
				found = -1 // what is older than a file that was read adds nothing
			}
			continue
		}
		if w.skip[f.path()] || !w.isReady(f) {
			continue
		}
		if !w.full {
			return i
		}
		found = i
	}
	return found
}

func (w *walk) isReady(f item) bool {
	switch {
	case f.archived:
		return true
	case w.ready == "settle":
		return w.cursor.settled(f, w.settle, w.now())
	}
	return f.marker != nil && f.marker.at.Unix() >= f.at.Unix() // an older one is of the file before
}

// give makes a page of the file's next rows.
func (w *walk) give(files []item, i int) (staffing.Page, error) {
	f, c := files[i], w.cursor
	p, err := w.load(f)
	if err != nil {
		return staffing.Page{}, err
	}
	start := 0
	if c.Part != nil && c.Part.Path == p.path && c.Part.Hash == p.Hash {
		start = min(c.Part.Row, len(p.records))
	}
	if known := c.Read[p.path]; known.Hash == p.Hash {
		start = len(p.records) // touched, and not changed
	}
	end := min(start+pageRows, len(p.records))
	if end < len(p.records) {
		c.Part = &part{p.path, p.Hash, end}
		return c.page(p.records[start:end], true)
	}
	w.forgetContent()
	c.Part = nil
	delete(c.Seen, p.path)
	c.Read[p.path] = p.mark
	if w.full {
		c.Last = &last{p.path, p.mark}
		for _, older := range files[:i] {
			if !c.Read[older.path()].is(older) && w.isReady(older) && !w.skip[older.path()] {
				c.Read[older.path()] = mark{Size: older.size, At: older.at.UnixNano()}
			}
		}
	}
	return c.page(p.records[start:end], true)
}

// load reads and parses a file, all of it.
func (w *walk) load(f item) (*parsed, error) {
	since := ""
	if w.full && w.cursor.Last != nil {
		since = w.cursor.Last.Hash
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if p := w.cache; p != nil && p.path == f.path() && p.is(f) && p.since == since {
		return p, nil
	}
	content, err := w.content(f)
	if err != nil {
		return nil, err
	}
	records, err := w.parse(f.name, content)
	if err == nil {
		err = w.promised(f, content, len(records))
	}
	if err != nil {
		return nil, err
	}
	p := &parsed{path: f.path(), since: since, mark: mark{f.size, f.at.UnixNano(), hashOf(content)}, records: records}
	if since != "" && since != p.Hash {
		gone, err := w.gone(records)
		if err != nil {
			return nil, err
		}
		p.records = append(p.records, gone...)
	}
	w.cache = p
	return p, nil
}

// forgetContent drops the file that is read to its end: its successor may look the same
// in a listing.
func (w *walk) forgetContent() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cache = nil
}

func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

func (w *walk) content(f item) ([]byte, error) {
	if f.size > maxFile {
		return nil, flawed(0, "it has more than the %d MB that the hub reads", maxFile>>20)
	}
	content, err := w.share.read(f.path(), maxFile)
	if err != nil {
		return nil, err
	}
	if int64(len(content)) != f.size {
		return nil, staffing.Errorf(staffing.Unavailable, "%s has %d bytes by the listing, but %d were read: it is being written, or the transfer broke off", f.name, f.size, len(content))
	}
	return content, nil
}

// absent is the key that a record gets when a full file no longer has it.
const absent = "_absent"

// gone gives the records that the full file before had and this one has not.
func (w *walk) gone(now []staffing.Record) ([]staffing.Record, error) {
	l := w.cursor.Last
	content, err := w.share.read(l.Path, maxFile)
	if isNotFound(err) && w.archive != "" {
		content, err = w.share.read(within(within(w.dir, w.archive), stamped(path.Base(l.Path), l.mark)), maxFile)
	}
	if isNotFound(err) || err == nil && hashOf(content) != l.Hash {
		w.log.Warn("the full file before is no longer there: records that vanished from it are not told", "file", l.Path)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	old, err := w.parse(path.Base(l.Path), content)
	if err != nil {
		return nil, nil //nolint:nilerr // the settings were changed meanwhile: nothing can be compared
	}
	return vanished(old, now), nil
}

func vanished(old, now []staffing.Record) (out []staffing.Record) {
	here := map[string]bool{}
	for _, r := range now {
		here[r.ExternalID] = true
	}
	for _, r := range old {
		if here[r.ExternalID] {
			continue
		}
		here[r.ExternalID] = true
		var value map[string]any
		if json.Unmarshal(r.Raw, &value) != nil {
			continue // it was written by us
		}
		value[absent] = true
		raw, err := json.Marshal(value)
		if err != nil {
			continue // likewise
		}
		r.Raw = raw
		out = append(out, r)
	}
	return out
}
