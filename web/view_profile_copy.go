package web

// ProfileCopyView is the page at /connections/{id}/profile/copy: what the draft can
// start from, and in words what a copy would change. POST sends from, part (several),
// revision and base.
type ProfileCopyView struct {
	ProfileView
	At       Edition
	Drafted  bool // a draft is there, and would be replaced
	Sources  []CopySource
	From     string // chosen; empty: nothing yet
	Template bool   // what is chosen is the connector's template
	Parts    []Option
	Shown    bool // Changes are those of the copy that is chosen
	Changes  []ChangeRow
	Warnings []string
	Lists    []string // code lists that come along
	Error    string
}

// CopySource is something that a profile can start from.
type CopySource struct {
	Value  string
	Label  string
	Text   string
	Chosen bool
}

// copyLabel says what the button does.
func (v ProfileCopyView) copyLabel() string {
	if v.Drafted {
		return "Replace the draft"
	}
	return "Make it the draft"
}

// copyQuestion asks before somebody's draft is replaced.
func (v ProfileCopyView) copyQuestion() string {
	return "Replace the draft? What was changed in it and is not published is lost."
}
