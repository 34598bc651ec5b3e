package expr

import (
	"strings"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// stampLayouts are the forms of a moment that are read without being told.
func stampLayouts() []string {
	return []string{
		time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05.999999999",
		"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02T15:04", time.DateOnly,
	}
}

// parseDate gives YYYY-MM-DD. A moment gives the date in its own zone, or in the
// zone of the third value, an IANA name. Layouts (one or a list) are those of Go's
// time package.
func (l *library) parseDate(a []ref.Val) ref.Val {
	zone := time.UTC
	if len(a) > 2 {
		name, _ := text(a[2])
		known := false
		if zone, known = l.zone(name); !known {
			return types.NewErr("there is no time zone %s", quoted(name))
		}
	}
	if ts, ok := a[0].(types.Timestamp); ok {
		if len(a) > 2 {
			ts.Time = ts.In(zone)
		}
		return types.String(ts.Format(time.DateOnly))
	}
	s, ok := text(a[0])
	if s = strings.TrimSpace(s); ok && s == "" {
		return absent{}
	}
	if _, isText := a[0].(types.String); !ok || !isText {
		return types.NewErr("a date must be a text, not %s", kindOf(a[0]))
	}
	t, ok := parseStamp(s, layoutsOf(a, 1), zone)
	if !ok {
		return types.NewErr("%s is not a date of a known form", quoted(s))
	}
	if len(a) > 2 {
		t = t.In(zone)
	}
	return types.String(t.Format(time.DateOnly))
}

// parseTime gives {"at", "original"}. Without an offset in the text the moment
// is in the zone of the third value, an IANA name, or in UTC.
func (l *library) parseTime(a []ref.Val) ref.Val {
	if ts, ok := a[0].(types.Timestamp); ok {
		return instant(ts.Time, ts.Format(time.RFC3339))
	}
	s, ok := text(a[0])
	if ok && strings.TrimSpace(s) == "" {
		return absent{}
	}
	if _, isText := a[0].(types.String); !ok || !isText {
		return types.NewErr("a time must be a text, not %s", kindOf(a[0]))
	}
	zone := time.UTC
	if len(a) > 2 {
		name, _ := text(a[2])
		if zone, ok = l.zone(name); !ok {
			return types.NewErr("there is no time zone %s", quoted(name))
		}
	}
	t, ok := parseStamp(strings.TrimSpace(s), layoutsOf(a, 1), zone)
	if !ok {
		return types.NewErr("%s is not a time of a known form", quoted(s))
	}
	return instant(t, s)
}

// zone finds a time zone by its IANA name; those that exist are kept, since the
// standard library reads a file each time.
func (l *library) zone(name string) (*time.Location, bool) {
	if kept, ok := l.zones.Load(name); ok {
		z, isZone := kept.(*time.Location)
		return z, isZone
	}
	z, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, false
	}
	l.zones.Store(name, z)
	return z, true
}

func instant(t time.Time, original string) ref.Val {
	return Object{"at": t.UTC().Format(time.RFC3339Nano), "original": original}
}

func layoutsOf(a []ref.Val, i int) []string {
	if len(a) <= i {
		return nil
	}
	var out []string
	for e := range elements(a[i]) {
		if s, ok := text(e); ok && s != "" {
			out = append(out, s)
		}
	}
	return out
}

// parseStamp tries the given layouts first, then the known ones.
func parseStamp(s string, layouts []string, zone *time.Location) (time.Time, bool) {
	if len(s) > 64 {
		return time.Time{}, false
	}
	if len(layouts) == 0 && len(s) == len(time.DateOnly) { // the common case first
		t, err := time.ParseInLocation(time.DateOnly, s, zone)
		return t, err == nil
	}
	for _, layout := range append(layouts, stampLayouts()...) {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil && t.Year() > 0 && t.Year() < 10000 {
			return t, true
		}
	}
	return time.Time{}, false
}

// millis gives the epoch milliseconds of a text or a timestamp; a date is its
// midnight in UTC.
func millis(a []ref.Val) ref.Val {
	switch x := a[0].(type) {
	case types.Timestamp:
		return types.Int(x.UnixMilli())
	case Object:
		return millis([]ref.Val{x.Get(types.String("at"))})
	}
	s, ok := text(a[0])
	if ok && strings.TrimSpace(s) == "" {
		return absent{}
	}
	t, ok := parseStamp(strings.TrimSpace(s), nil, time.UTC)
	if !ok {
		return types.NewErr("%s is not a time of a known form", quoted(s))
	}
	return types.Int(t.UnixMilli())
}

// millisAt gives the epoch milliseconds of an hour (UTC) of a date.
func millisAt(a []ref.Val) ref.Val {
	hour, ok := a[1].(types.Int)
	if !ok || hour < 0 || hour > 23 {
		return types.NewErr("millis_at needs an hour from 0 to 23")
	}
	m := millis(a[:1])
	n, ok := m.(types.Int)
	if !ok {
		return m
	}
	day := time.UnixMilli(int64(n)).UTC().Truncate(24 * time.Hour)
	return types.Int(day.Add(time.Duration(hour) * time.Hour).UnixMilli())
}

// momentOf reads epoch milliseconds, also when they come as text.
func momentOf(v ref.Val) (t time.Time, ok bool, err ref.Val) {
	var n int64
	switch x := v.(type) {
	case types.Int:
		n = int64(x)
	case types.Double:
		n = int64(x)
	default:
		s, _ := text(v)
		if s = strings.TrimSpace(s); s == "" && !isList(v) {
			return t, false, nil
		}
		i, ok := number(s).(types.Int)
		if !ok {
			return t, false, types.NewErr("%s is not a number of milliseconds", kindOf(v))
		}
		n = int64(i)
	}
	t = time.UnixMilli(n).UTC()
	if y := t.Year(); y < 1 || y > 9999 {
		return t, false, types.NewErr("%d milliseconds is no date", n)
	}
	return t, true, nil
}

func isList(v ref.Val) bool {
	_, ok := text(v)
	return !ok
}

func dateOfMillis(a []ref.Val) ref.Val {
	t, ok, err := momentOf(a[0])
	switch {
	case err != nil:
		return err
	case !ok:
		return absent{}
	}
	return types.String(t.Format(time.DateOnly))
}

func timeOfMillis(a []ref.Val) ref.Val {
	t, ok, err := momentOf(a[0])
	switch {
	case err != nil:
		return err
	case !ok:
		return absent{}
	}
	return types.String(t.Format(time.RFC3339Nano))
}
