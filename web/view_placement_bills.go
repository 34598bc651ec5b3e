package web

import (
	"strings"
	"time"
)

// Check is one thing that was held against the terms.
type Check struct {
	Result  string // pass, warn, fail
	Message string
}

func (c Check) word() word {
	switch c.Result {
	case "fail":
		return word{"Fails", ToneBad}
	case "warn":
		return word{"Look", ToneWarn}
	default:
		return word{"Passes", ToneOK}
	}
}

// BillCard is one bill of a placement with its state. POST
// /placements/{id}/bills/{bill}/approve sends its hash, /refuse a reason.
type BillCard struct {
	ID         string
	Kind       string // first, delta, credit, rebill
	Version    int    // of the terms
	State      string // proposed, awaiting_review, approved, posted, refused
	Reason     string
	Corrects   string // what the ERP calls the bill that it takes back, else our reference
	Number     string
	URL        string
	Error      string // the ERP's words
	ErrorField string
	Hash       string
	Open       bool   // it can be approved or refused
	Blocked    string // why the viewer cannot approve it
	Bill       Bill
	Mapped     Document // in the ERP's own fields; a note alone says why there are none
}

func (b BillCard) title() string {
	return billKind(b.Kind).label + " of " + b.Bill.Currency + " " + b.Bill.Total
}

func (b BillCard) question() string {
	return "Post a " + strings.ToLower(billKind(b.Kind).label) + " of " + b.Bill.Currency + " " + b.Bill.Total + " to " + b.Bill.ClientName + "?"
}

func (b BillCard) state() word {
	switch b.State {
	case "proposed":
		return word{"Something is open", ToneWarn}
	case "refused":
		if b.Error != "" {
			return word{"Refused by the ERP", ToneBad}
		}
		return word{"Refused", ToneMuted}
	default:
		return stateWord(b.State)
	}
}

// TermsVersion is one state of the terms.
type TermsVersion struct {
	Number   int
	Kind     string
	From     string // the first day on which it holds
	Author   string
	At       time.Time
	Reason   string
	Changes  []string // over the version before, in words
	Problems []string
}

// versionKind says in a word why there is another version.
func versionKind(kind string) word {
	switch kind {
	case "hire":
		return word{"Hire", ToneOK}
	case "correction":
		return word{"Correction", ToneInfo}
	case "amendment":
		return word{"Change", ToneInfo}
	case "early_end":
		return word{"Early end", ToneWarn}
	case "cancellation":
		return word{"Cancelled", ToneWarn}
	case "no_show":
		return word{"No show", ToneWarn}
	default:
		return word{humanise(kind), ToneMuted}
	}
}

// AmendForm is a change of terms from a day on. POST /placements/{id}/amend sends
// what, value, from, reason and do (preview or propose).
type AmendForm struct {
	Allowed   bool
	Whats     []Option
	What      string
	Label     string // of What
	Value     string
	From      string
	Reason    string
	Error     string
	Previewed bool
	First     bool // the first bill has not left yet: it changes itself
	Bills     []BillCard
	Problems  []string
	Blocked   bool // a problem blocks it
}

func (f AmendForm) title() string {
	return "What “" + f.Label + "” causes"
}

func (f AmendForm) nothing() string {
	if f.First {
		return "Nothing was posted yet, so nothing is billed or credited for it."
	}
	return "It costs the same: no bill follows."
}

// mapped is the first bill in the ERP's own fields.
func (v PlacementView) mapped() Document {
	for _, b := range v.Bills {
		if b.Kind == "first" {
			return b.Mapped
		}
	}
	return Document{}
}
