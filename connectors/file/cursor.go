package file

import (
	"encoding/json"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// cursor is what was read, by the path of each file below the connection's folder.
type cursor struct {
	Read map[string]mark `json:"read,omitempty"` // read to the end
	Seen map[string]seen `json:"seen,omitempty"` // perhaps still being written
	Part *part           `json:"part,omitempty"` // being read
	// Last is the newest full file that was read: what it had and the next one has not
	// is gone.
	Last *last `json:"last,omitempty"`
	// Back says that the archive is read again too: the reading began from nothing.
	Back bool `json:"back,omitempty"`
}

// mark tells one state of a file from the next.
type mark struct {
	Size int64  `json:"s"`
	At   int64  `json:"t"`           // nanoseconds since 1970, by the server
	Hash string `json:"h,omitempty"` // empty: a newer full file made reading it needless
}

func (m mark) is(f item) bool { return m.Size == f.size && m.At == f.at.UnixNano() }

type seen struct {
	mark
	Since int64 `json:"since"` // seconds since 1970, by the hub
}

type part struct {
	Path string `json:"path"`
	Hash string `json:"h"`
	Row  int    `json:"row"` // the next one
}

type last struct {
	Path string `json:"path"`
	mark
}

func readCursor(cur staffing.Cursor) (*cursor, error) {
	c := &cursor{Back: len(cur) == 0}
	if len(cur) > 0 {
		if err := json.Unmarshal(cur, c); err != nil {
			return nil, staffing.Errorf(staffing.Internal, "the cursor cannot be read: %w", err)
		}
	}
	if c.Read == nil {
		c.Read = map[string]mark{}
	}
	if c.Seen == nil {
		c.Seen = map[string]seen{}
	}
	return c, nil
}

func (c *cursor) page(records []staffing.Record, more bool) (staffing.Page, error) {
	next, err := json.Marshal(c)
	if err != nil {
		return staffing.Page{}, staffing.Errorf(staffing.Internal, "the cursor cannot be written: %w", err)
	}
	return staffing.Page{Records: records, Next: next, More: more}, nil
}

// forget drops what is no longer there.
func (c *cursor) forget(files []item) {
	here := map[string]bool{}
	for _, f := range files {
		here[f.path()] = true
	}
	for p := range c.Read {
		if !here[p] {
			delete(c.Read, p)
		}
	}
	for p := range c.Seen {
		if !here[p] {
			delete(c.Seen, p)
		}
	}
}

// settled says that a file was seen unchanged for so long; the first look begins it.
func (c *cursor) settled(f item, wait time.Duration, now time.Time) bool {
	if wait == 0 {
		return true
	}
	if s, ok := c.Seen[f.path()]; ok && s.is(f) {
		return now.Sub(time.Unix(s.Since, 0)) >= wait
	}
	c.Seen[f.path()] = seen{mark{Size: f.size, At: f.at.UnixNano()}, now.Unix()}
	return false
}
