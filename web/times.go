package web

import (
	"fmt"
	"time"
)

// exact gives a time as it stands in titles.
func exact(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// machine gives a time for the datetime attribute, which app.js reads.
func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// relative tells t as seen from now: "3 min ago", "in 20 s". Far away, or
// without a clock, it is a date. The script that keeps pages current says it in
// the same words.
func relative(now, t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	if now.IsZero() {
		return exact(t)
	}
	d := now.Sub(t)
	switch {
	case d > 30*24*time.Hour || d < -30*24*time.Hour:
		return t.UTC().Format("2 Jan 2006")
	case d < 0:
		return "in " + span(-d)
	case d < 5*time.Second:
		return "just now"
	default:
		return span(d) + " ago"
	}
}

// span tells a duration in its largest unit.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days", int(d.Hours())/24)
	}
}
