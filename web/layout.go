package web

import (
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"
)

// themeAttr pins the theme that the viewer chose; otherwise the system decides.
func themeAttr(theme string) templ.Attributes {
	if theme != "light" && theme != "dark" {
		return nil
	}
	return templ.Attributes{"data-bs-theme": theme}
}

// currentAttr marks the link of the page that is open.
func currentAttr(current bool) templ.Attributes {
	if !current {
		return nil
	}
	return templ.Attributes{"aria-current": "page"}
}

// describedBy links a control with its help and, when there is one, its error.
func describedBy(id string, failed bool) templ.Attributes {
	a := templ.Attributes{"aria-describedby": id + "-help"}
	if failed {
		a["aria-describedby"] = id + "-error " + id + "-help"
		a["aria-invalid"] = "true"
	}
	return a
}

// initials gives up to two letters for the picture of a person.
func initials(name string) string {
	var out strings.Builder
	for i, part := range strings.Fields(name) {
		if r, _ := utf8.DecodeRuneInString(part); i < 2 {
			out.WriteRune(r)
		}
	}
	return strings.ToUpper(out.String())
}

// flashRole makes a problem interrupt a screen reader, and the rest wait.
func flashRole(t Tone) string {
	if t == ToneBad || t == ToneWarn {
		return "alert"
	}
	return "status"
}

// toneIcon gives the icon that says the tone without colour.
func toneIcon(t Tone) string {
	switch t {
	case ToneOK:
		return "circle-check"
	case ToneWarn:
		return "alert-triangle"
	case ToneBad:
		return "circle-x"
	default:
		return "info-circle"
	}
}
