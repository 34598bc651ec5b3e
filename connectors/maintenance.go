package connectors

import (
	"fmt"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// Maintenance is when a vendor is down by plan: windows that come back each week.
type Maintenance []weekly

type weekly struct {
	days  [7]bool // on which it begins, Sunday first
	begin time.Duration
	long  time.Duration
	zone  *time.Location
}

var weekdays = map[string]time.Weekday{"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}

// ParseMaintenance reads windows such as "Sat 22:00-02:00 America/New_York; daily
// 03:00-03:30 UTC". A window that ends before it begins ends on the next day. Empty:
// none. Errors are [staffing.Invalid] and say how a window is written.
func ParseMaintenance(text string) (out Maintenance, err error) {
	for _, part := range strings.Split(text, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		w, err := parseWeekly(strings.Fields(part))
		if err != nil {
			return nil, staffing.Errorf(staffing.Invalid, "the maintenance window %q: %w; write it like Sat 22:00-02:00 America/New_York", strings.TrimSpace(part), err)
		}
		out = append(out, w)
	}
	return out, nil
}

func parseWeekly(words []string) (w weekly, err error) {
	if len(words) != 3 {
		return w, fmt.Errorf("it needs days, times and a time zone")
	}
	if err := w.setDays(strings.ToLower(words[0])); err != nil {
		return w, err
	}
	from, to, ok := strings.Cut(words[1], "-")
	if !ok {
		return w, fmt.Errorf("%q is no span of time", words[1])
	}
	begin, err := clock(from)
	if err != nil {
		return w, err
	}
	end, err := clock(to)
	if err != nil {
		return w, err
	}
	w.begin, w.long = begin, end-begin
	if w.long <= 0 {
		w.long += 24 * time.Hour
	}
	if w.zone, err = time.LoadLocation(words[2]); err != nil {
		return w, fmt.Errorf("there is no time zone %q", words[2])
	}
	return w, nil
}

func (w *weekly) setDays(text string) error {
	if text == "daily" {
		w.days = [7]bool{true, true, true, true, true, true, true}
		return nil
	}
	for _, part := range strings.Split(text, ",") {
		first, last, span := strings.Cut(part, "-")
		if !span {
			last = first
		}
		from, known := weekdays[first]
		to, known2 := weekdays[last]
		if !known || !known2 {
			return fmt.Errorf("%q is no day of the week", part)
		}
		for d := from; ; d = (d + 1) % 7 {
			w.days[d] = true
			if d == to {
				break
			}
		}
	}
	return nil
}

func clock(text string) (time.Duration, error) {
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, fmt.Errorf("%q is no time of day", text)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// Until says whether now lies in a window, and when that ends.
func (m Maintenance) Until(now time.Time) (end time.Time, in bool) {
	for _, w := range m {
		local := now.In(w.zone)
		for _, back := range []int{0, 1} { // a window of yesterday may last until today
			day := time.Date(local.Year(), local.Month(), local.Day()-back, 0, 0, 0, 0, w.zone)
			begin := time.Date(day.Year(), day.Month(), day.Day(), int(w.begin/time.Hour), int(w.begin%time.Hour/time.Minute), 0, 0, w.zone)
			if e := begin.Add(w.long); w.days[day.Weekday()] && !now.Before(begin) && now.Before(e) && e.After(end) {
				end, in = e, true
			}
		}
	}
	return end, in
}

func checkMaintenance(text string) error {
	_, err := ParseMaintenance(text)
	return err
}

func checkDay(text string) error {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return fmt.Errorf("%q is no day; write it like 2027-01-31", text)
	}
	return nil
}
