package web

import "strings"

type profileTab struct{ key, label, url string }

// tabs gives the pages of a profile.
func (v ProfileView) tabs() []profileTab {
	base := string(to("connections", v.ID, "profile"))
	out := []profileTab{{"fields", "Fields", base}}
	for _, t := range []profileTab{{"statuses", "Statuses", ""}, {"rules", "Rules", ""}, {"lists", "Lists", ""}, {"preview", "Preview", ""}, {"versions", "Versions", ""}} {
		t.url = base + "/" + t.key
		out = append(out, t)
	}
	return out
}

func (v ProfileView) back() string {
	if v.ClientID != "" {
		return string(to("clients", v.ClientID))
	}
	return string(to("connections", v.ID))
}

func (v ProfileView) backLabel() string {
	if v.ClientID != "" {
		return v.Client
	}
	return v.Name
}

// lead says what is in force.
func (v ProfileView) lead() string {
	lead := v.System
	if v.Client != "" {
		lead += " · " + v.Client
	}
	if v.Version == 0 {
		return lead + " · nothing is in force yet"
	}
	return lead + " · version " + itoa(v.Version) + " is in force"
}

func (v ProfileView) draftWords() string {
	if v.Draft.Base == 0 {
		return "Begun from nothing,"
	}
	return "Begun from version " + itoa(v.Draft.Base) + ","
}

// transformWords says what happens to the value.
func (f FieldRow) transformWords() string {
	switch {
	case !f.Mapped:
		return ""
	case f.Transform != "":
		return f.Transform
	case f.Source != "":
		return "As it is"
	default:
		return "Advanced"
	}
}

// cut shortens a text for a table; the title or the editor has all of it.
func cut(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// verdictWord says what a draft would do to a record.
func verdictWord(verdict string) word {
	switch verdict {
	case "same":
		return word{"Same", ToneMuted}
	case "changed":
		return word{"Changed", ToneInfo}
	case "held":
		return word{"Newly held", ToneBad}
	case "released":
		return word{"Newly released", ToneOK}
	case "resubmit":
		return word{"Would be sent again", ToneWarn}
	default:
		return word{humanise(verdict), ToneMuted}
	}
}

// versionWord says what a version is.
func versionWord(state string) word {
	switch state {
	case "published":
		return word{"In force", ToneOK}
	case "superseded":
		return word{"Superseded", ToneMuted}
	default:
		return word{"Draft", ToneInfo}
	}
}

// percentDone of a preview.
func (r PreviewRun) percentDone() int {
	if r.Total == 0 {
		return 0
	}
	return 100 * r.Done / r.Total
}

// editionFields are the hidden fields by which a form says what it was opened on.
type hiddenField struct{ name, value string }

func (e Edition) fields() []hiddenField {
	return []hiddenField{{"revision", itoa(e.Revision)}, {"base", itoa(e.Base)}}
}
