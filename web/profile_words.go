package web

// wordColumns names the form's fields of a status table.
type wordColumns struct{ word, stage, meaning string }

// wordLabel is what a screen reader says for the select of a word.
func wordLabel(w WordRow, c wordColumns) string {
	if w.Word == "" {
		return c.meaning + " of the other word"
	}
	return c.meaning + " of " + w.Word
}

// backToMap gives the table that the cell stands in.
func (v CellView) backToMap() string {
	return string(withQuery(string(to("connections", v.ID, "profile")), "section", v.Section))
}

func (l ListRow) versionWords() string {
	if l.Version == 0 {
		return "in the profile"
	}
	return "version " + itoa(l.Version)
}

// shown says how much of a list the page holds.
func (v ListView) shown() string {
	if len(v.Entries) < v.Total {
		return "The first " + number(len(v.Entries)) + " of " + number(v.Total) + ". Search for the others."
	}
	return plural(v.Total, "entry", "entries") + "."
}

func (r PreviewRun) noRows() string {
	if r.Filtered {
		return "No record of this kind."
	}
	return "No record would change."
}

// summary says in a line what happens to a record.
func (x PreviewRow) summary() string {
	switch {
	case len(x.Reasons) > 0:
		return cut(x.Reasons[0], 100)
	case len(x.Changes) > 0:
		return plural(len(x.Changes), "field changes", "fields change")
	default:
		return ""
	}
}

// ready says that this draft was tried and can be published.
func (v PreviewView) ready() bool { return v.Run != nil && v.Run.State == "done" && v.Run.Stale == "" }

func (v PreviewView) affected() int {
	if v.Run == nil {
		return 0
	}
	return v.Run.Affected
}

// alone says that one person may publish it.
func (v PreviewView) alone() bool { return v.affected() <= v.Limit }

// waitsForOther says that the viewer asked, and must not confirm.
func (v PreviewView) waitsForOther() bool {
	return v.Draft.Requested != "" && v.Draft.Yours && !v.alone()
}

func (v PreviewView) publishLabel() string {
	switch {
	case v.alone():
		return "Publish"
	case v.Draft.Requested != "":
		return "Confirm and publish"
	default:
		return "Ask a second person"
	}
}

func (v PreviewView) publishWords() string {
	n := plural(v.affected(), "record", "records")
	switch {
	case !v.ready():
		return "Run the preview first, and look at it: publishing rests on it."
	case v.alone():
		return "It changes " + n + "."
	case v.Draft.Requested != "":
		return "It changes " + n + ", more than " + number(v.Limit) + ". You are the second person: look at the table above before you confirm."
	default:
		return "It changes " + n + ", more than " + number(v.Limit) + ": a second person has to confirm it on this page."
	}
}

func (v PreviewView) publishQuestion() string {
	if !v.alone() && v.Draft.Requested == "" {
		return "Ask for the publication? A second person confirms it on this page."
	}
	return "Put this draft in force? It changes " + plural(v.affected(), "record", "records") + " of those that were tried."
}

func (x VersionRow) title() string {
	if x.Version == 0 {
		return "The draft"
	}
	return "Version " + itoa(x.Version)
}

// people says who began a version, who asked for it and who put it in force.
func (x VersionRow) people() (out []string) {
	if x.Author != "" && (x.Author != x.PublishedBy || x.RequestedBy != "") {
		out = append(out, "Begun by "+x.Author)
	}
	switch {
	case x.RequestedBy != "" && x.PublishedBy == "":
		out = append(out, x.RequestedBy+" asks for it")
	case x.RequestedBy != "" && x.RequestedBy != x.PublishedBy:
		out = append(out, "Asked for by "+x.RequestedBy, "Confirmed by "+x.PublishedBy)
	case x.PublishedBy != "":
		out = append(out, "Published by "+x.PublishedBy)
	}
	return out
}

// about says what a source holds, and how often.
func (s SourceRow) about() string {
	if s.Type == "" {
		return "in " + s.Present
	}
	return s.Type + " · in " + s.Present
}

// noteFor gives back what was typed for a version that did not come back.
func (v VersionsView) noteFor(x VersionRow) string {
	if v.Rolled == x.Version {
		return v.Note
	}
	return ""
}
