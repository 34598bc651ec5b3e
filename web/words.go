package web

import (
	"strconv"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// Tone colours a word: what it means for the reader, not what colour it has.
type Tone string

// The tones.
const (
	ToneOK    Tone = "ok"    // done, fine
	ToneInfo  Tone = "info"  // on the way, or asks for a routine act
	ToneWarn  Tone = "warn"  // somebody should look
	ToneBad   Tone = "bad"   // broken
	ToneMuted Tone = "muted" // over, or not of interest
)

// word is what a page says for a state.
type word struct {
	label string
	tone  Tone
}

// words gives label and tone of the states that the hub's records have. A state
// that is not here shows its own word, in a muted tone.
func words() map[string]word {
	return map[string]word{
		"received":         {"Received", ToneInfo},
		"needs_attention":  {"Needs attention", ToneWarn},
		"valid":            {"Valid", ToneInfo},
		"synced":           {"In the ATS", ToneOK},
		"draft":            {"Draft", ToneMuted},
		"pending_approval": {"Pending approval", ToneInfo},
		"open":             {"Open", ToneOK},
		"on_hold":          {"On hold", ToneWarn},
		"filled":           {"Filled", ToneMuted},
		"cancelled":        {"Cancelled", ToneMuted},
		"expired":          {"Expired", ToneMuted},
		"pending":          {"Being delivered", ToneInfo},
		"delivered":        {"Delivered", ToneOK},
		"awaiting_review":  {"Awaiting review", ToneInfo},
		"sent_back":        {"Sent back", ToneWarn},
		"approved":         {"Approved, posting", ToneInfo},
		"posted":           {"Posted", ToneOK},
		"active":           {"Active", ToneOK},
		"paused":           {"Paused", ToneMuted},
		"intended":         {"Not sent yet", ToneInfo},
		"sent":             {"Sent, no answer yet", ToneInfo},
		"unknown":          {"Outcome unknown, being looked up", ToneWarn},
		"done":             {"Done", ToneOK},
		"refused":          {"Refused", ToneBad},
		"retrying":         {"Retrying", ToneInfo},
		"resolved":         {"Resolved", ToneOK},
		"discarded":        {"Discarded", ToneMuted},
		"contract":         {"Contract", ToneMuted},
		"temp_to_perm":     {"Temp to perm", ToneMuted},
		"permanent":        {"Permanent", ToneMuted},
		"client":           {"Client system", ToneMuted},
		"internal_ats":     {"Internal ATS", ToneMuted},
		"erp":              {"ERP", ToneMuted},
		"hub":              {"Tributary", ToneMuted},
		"account_manager":  {"Account manager", ToneMuted},
		"finance":          {"Finance", ToneMuted},
		"operator":         {"Operator", ToneMuted},
		"admin":            {"Admin", ToneMuted},
	}
}

// stateWord finds the word of a state.
func stateWord(state string) word {
	if w, ok := words()[state]; ok {
		return w
	}
	return word{humanise(state), ToneMuted}
}

// failureWord is [stateWord] for a failed record, whose "open" waits for a person.
func failureWord(state string) word {
	if state == "open" {
		return word{"Waits for you", ToneBad}
	}
	return stateWord(state)
}

// humanise turns a snake_case word into a label.
func humanise(s string) string {
	s = strings.ReplaceAll(s, "_", " ")
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// number groups thousands with a comma.
func number(n int) string {
	if n < 0 {
		return "-" + number(-n)
	}
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural gives the count with the word that fits it.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// severityTone colours a finding by what it does.
func severityTone(severity string) Tone {
	if severity == string(staffing.SeverityError) {
		return ToneBad
	}
	return ToneWarn
}

// severityLabel says what a finding does.
func severityLabel(severity string) string {
	if severity == string(staffing.SeverityError) {
		return "Blocks"
	}
	return "Warning"
}

// stageWord gives label and tone of a stage.
func stageWord(s staffing.Stage) word {
	switch {
	case !s.Known():
		return word{s.Label(), ToneWarn}
	case s.Hired():
		return word{s.Label(), ToneOK}
	case s.Exit():
		return word{s.Label(), ToneMuted}
	default:
		return word{s.Label(), ToneInfo}
	}
}

// moveWord says what an event did to a submission.
func moveWord(m staffing.Move) word {
	switch m {
	case staffing.MoveForward:
		return word{"Moved forward", ToneOK}
	case staffing.MoveExit:
		return word{"Ended", ToneMuted}
	case staffing.MoveBack:
		return word{"Stepped back", ToneWarn}
	case staffing.MoveReopened:
		return word{"Re-opened", ToneInfo}
	case staffing.MoveNone:
		return word{"Same stage again", ToneMuted}
	case staffing.MoveLate:
		return word{"Arrived late, moved nothing", ToneMuted}
	case staffing.MoveUnmapped:
		return word{"Unknown word, moved nothing", ToneWarn}
	default:
		return word{humanise(string(m)), ToneMuted}
	}
}

// codeLabel says what kind of problem an error code is.
func codeLabel(code string) string {
	switch staffing.Code(code) {
	case staffing.Invalid:
		return "The record is not accepted"
	case staffing.Unauthorized:
		return "The credentials are refused"
	case staffing.Forbidden:
		return "A permission is missing"
	case staffing.NotFound:
		return "Something is not there"
	case staffing.Conflict:
		return "It changed meanwhile"
	case staffing.RateLimited:
		return "The other system asks to slow down"
	case staffing.Unavailable:
		return "The other system does not answer"
	default:
		return "A fault of the hub"
	}
}

// failureIcon marks what waits apart from what is over.
func failureIcon(live bool) string {
	if live {
		return "circle-x"
	}
	return "info-circle"
}

// retryLabel names the button of a cause.
func retryLabel(count int) string {
	if count == 1 {
		return "Retry"
	}
	return "Retry all " + number(count)
}
