package web

import "time"

// WatchView is the page at /connections/watch.
type WatchView struct {
	Page
	Rows []WatchRow // the soonest first
}

// WatchRow is one thing that will stop a connection unless somebody acts.
type WatchRow struct {
	ID         string // of the connection
	Connection string
	System     string
	What       string
	Text       string
	On         time.Time // zero: it is so already
	Days       int       // that are left; below zero: past
	Tone       Tone
}

// left says how much time there is.
func (r WatchRow) left() string {
	switch {
	case r.On.IsZero():
		return "now"
	case r.Days < 0:
		return "past since " + plural(-r.Days, "day", "days")
	case r.Days == 0:
		return "today"
	default:
		return plural(r.Days, "day", "days") + " left"
	}
}
