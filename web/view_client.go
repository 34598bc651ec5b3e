package web

import (
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

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
	Contract    ClientContract
	Books       ClientBooks
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
	Flows   []ClientFlow
}

// ClientFlow is one kind of write, with its switch. POST
// /connections/{id}/live and /shadow send its key as flow.
type ClientFlow struct {
	Key        string // jobs, candidates, statuses, bills
	Live       bool
	Waiting    int    // writes that are done at once when it is turned on
	Needs      string // the flow that goes first, and is not live yet
	System     string // the firm's system that is not connected yet, e.g. internal ATS
	MissingURL string // where that is connected
}

var flowWords = map[string]struct{ name, text, icon, one, many string }{
	"jobs":       {"Jobs", "Clean requisitions become jobs in the internal ATS.", "clipboard-list", "job is created or updated", "jobs are created or updated"},
	"candidates": {"Candidates", "Candidates whom recruiters move to a trigger status go to the client.", "user-share", "candidate goes to the client", "candidates go to the client"},
	"statuses":   {"Statuses", "The internal ATS shows the client's stages.", "timeline", "stage is shown in the internal ATS", "stages are shown in the internal ATS"},
	"bills":      {"Bills", "Placements that finance approved are posted in the ERP.", "receipt", "bill is posted", "bills are posted"},
}

func (f ClientFlow) name() string { return orElse(flowWords[f.Key].name, f.Key) }
func (f ClientFlow) text() string { return flowWords[f.Key].text }
func (f ClientFlow) icon() string { return orElse(flowWords[f.Key].icon, "arrow-right") }

// phrase names the flow within a sentence.
func (f ClientFlow) phrase() string { return strings.ToLower(f.name()) }

// now says what happens at once when the flow is turned on.
func (f ClientFlow) now() string {
	if f.Waiting == 0 {
		return "Nothing waits for it."
	}
	return plural(f.Waiting, flowWords[f.Key].one, flowWords[f.Key].many) + " at once."
}

// missing says what has to come first; empty: nothing.
func (f ClientFlow) missing() string {
	switch {
	case f.Live:
		return ""
	case f.System != "":
		return "No " + f.System + " is connected that could take them."
	case f.Needs != "":
		return "Turn on " + strings.ToLower(ClientFlow{Key: f.Needs}.name()) + " first."
	default:
		return ""
	}
}

// next says that this is the first flow that can be turned on.
func (c ClientConnection) next(f ClientFlow) bool {
	for _, x := range c.Flows {
		if !x.Live && x.missing() == "" {
			return x.Key == f.Key
		}
	}
	return false
}

// ready says that every flow has a system to write to.
func (c ClientConnection) ready() bool {
	for _, f := range c.Flows {
		if f.System != "" {
			return false
		}
	}
	return true
}

// liveQuestion asks before everything is turned on.
func (c ClientConnection) liveQuestion() string {
	var at []string
	for _, f := range c.Flows {
		if !f.Live && f.Waiting > 0 {
			at = append(at, strings.TrimSuffix(f.now(), " at once."))
		}
	}
	if len(at) == 0 {
		return "Go live with " + c.Name + "? Nothing waits; from now on everything happens by itself."
	}
	return "Go live with " + c.Name + "? At once: " + strings.Join(at, "; ") + "."
}

// ClientGap is a mapping gap with the place that closes it.
type ClientGap struct {
	Gap
	Connection string
	RecordsURL string // the records that wait
}

// holds says that records wait for the gap.
func (g ClientGap) holds() bool { return staffing.GapKind(g.Kind).Holds() }

// do says what its link is for.
func (g ClientGap) do() string {
	if g.holds() {
		return "Close it"
	}
	return "Look"
}

// gaps gives those that records wait for, or the others.
func (v ClientView) gaps(holding bool) (out []ClientGap) {
	for _, g := range v.Gaps {
		if g.holds() == holding {
			out = append(out, g)
		}
	}
	return out
}

// ClientThreshold is how many records a publication may change before a second
// person looks.
type ClientThreshold struct {
	Value string
	Error string
}

// mayswitch says that the viewer may turn flows on and off here.
func (v ClientView) mayswitch() bool { return v.May.Configure && v.Locked == "" }

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
func modeWord(c ConnectionRow) word {
	switch {
	case c.Mode != "shadow":
		return word{"Live", ToneOK}
	case len(c.Live) > 0:
		return word{"Partly live: " + strings.Join(c.Live, ", "), ToneInfo}
	default:
		return word{"Shadow: writes nothing", ToneInfo}
	}
}
