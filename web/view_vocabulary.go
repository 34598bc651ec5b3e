package web

import (
	"strings"
	"time"
)

// VocabularyView says what the hub knows of a system's own fields and statuses.
// POST /connections/{id}/profile/vocabulary reads them again; while that goes on,
// /fragments/connections/{id}/vocabulary tells when the page has news.
type VocabularyView struct {
	Tells    bool // false: the system cannot tell
	Reading  bool // it is being asked
	ReadAt   time.Time
	Error    string // why the last reading failed
	FailedAt time.Time
	Fields   int
	Statuses int
}

// words says what is known.
func (v VocabularyView) words() string {
	switch {
	case v.Fields == 0:
		return plural(v.Statuses, "status", "statuses")
	case v.Statuses == 0:
		return plural(v.Fields, "field", "fields")
	}
	return plural(v.Fields, "field", "fields") + " and " + plural(v.Statuses, "status", "statuses")
}

// NewField is a field that records have had a value under only since the profile in
// force was published. POST /connections/{id}/profile/ignore sends path.
type NewField struct {
	Path    string
	Example string
	Count   int
	FirstAt time.Time
	MapURL  string // an editor with the field picked; empty: this map takes no further fields
}

// valueWords names the first values of a pick list.
func (f FieldRow) valueWords() string {
	const few = 4
	if len(f.Values) <= few {
		return strings.Join(f.Values, ", ")
	}
	return strings.Join(f.Values[:few], ", ") + " and " + itoa(len(f.Values)-few) + " more"
}
