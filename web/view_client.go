package web

// ClientView is the page of a client at /clients/{id}: how far it is set up, its
// connections and what their mappings do not know. POST /clients/{id} sends name,
// currency, timezone and threshold.
type ClientView struct {
	Page
	ClientRow
	Steps       []ClientStep
	Connections []ClientConnection
	Gaps        []ClientGap
	Form        ClientForm
	Threshold   ClientThreshold
	Locked      string // why nothing can be switched here; empty: it can
}

// ClientStep is one line of the checklist.
type ClientStep struct {
	Name string
	Text string // how far it is, in a sentence
	Done bool
	URL  string // where it is done; empty: nothing to do
	Do   string // label of that link
}

// ClientConnection is one system of the client with its mode.
type ClientConnection struct {
	ConnectionRow
	Profile int  // version in force
	Draft   bool // somebody is changing it
	Score   []Field
}

// ClientGap is a mapping gap with the place that closes it.
type ClientGap struct {
	Gap
	Connection string
	RecordsURL string // the records that wait
}

// ClientThreshold is how many records a publication may change before a second
// person looks.
type ClientThreshold struct {
	Value string
	Error string
}

// done counts the finished steps.
func (v ClientView) done() (n int) {
	for _, s := range v.Steps {
		if s.Done {
			n++
		}
	}
	return n
}

// progress tells how far the client is set up.
func (v ClientView) progress() string {
	if v.done() == len(v.Steps) {
		return "Everything is set up."
	}
	return number(v.done()) + " of " + number(len(v.Steps)) + " steps are done."
}

// next says that this is the first step that is not done.
func (v ClientView) next(at int) bool {
	for i, s := range v.Steps {
		if !s.Done {
			return i == at
		}
	}
	return false
}

// stepWord says in a word how far a step is, for those who do not see the icon.
func stepWord(s ClientStep) string {
	if s.Done {
		return "Done:"
	}
	return "To do:"
}

func stepIcon(s ClientStep) string {
	if s.Done {
		return "circle-check"
	}
	return "circle"
}

// modeWord says whether a connection writes outside.
func modeWord(mode string) word {
	if mode == "shadow" {
		return word{"Shadow: writes nothing", ToneInfo}
	}
	return word{"Live", ToneOK}
}
