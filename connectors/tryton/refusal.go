package tryton

import (
	"encoding/json"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// refusal turns the error member of an answer into a coded error. Its first entry
// is the class of a business error, or else the bare text of a Python exception.
func refusal(parts []json.RawMessage, method string, readOnly bool) error {
	class := text(parts[0])
	var details []string
	if len(parts) > 1 {
		details = texts(parts[1])
	}
	switch class {
	case "UserError":
		return userError(method, details)
	case "UserWarning": // name, message, description; nothing we do should need one
		if len(details) > 1 {
			details = details[1:]
		}
		return staffing.Errorf(staffing.Invalid, "Tryton warns and waits for a person: %s", words(details))
	case "ConcurrencyException":
		return staffing.Errorf(staffing.Conflict, "somebody changed the record in Tryton at the same moment")
	case "LoginException":
		return staffing.Errorf(staffing.Unauthorized, "Tryton asks for more than a password at login: two-factor login must be off for this user")
	}
	return exception(class, method, readOnly)
}

func userError(method string, details []string) error {
	said := words(details)
	// The language of the call is English, so the words of the standard translation
	// may be relied on to tell a missing right from a wrong record.
	if strings.HasPrefix(said, "You are not allowed to access") {
		return staffing.Errorf(staffing.Forbidden, "Tryton: %s It was asked for %s; the user needs the group Account.", said, method)
	}
	return staffing.Errorf(staffing.Invalid, "Tryton refused it: %s", said)
}

// exception reads a text that was meant for a log. A database that is away has
// status 200 as well.
func exception(said, method string, readOnly bool) error {
	lower := strings.ToLower(said)
	switch {
	case strings.HasPrefix(lower, "duplicate key value"):
		return staffing.Errorf(staffing.Conflict, "Tryton's database refused a second record with the same key")
	case strings.HasPrefix(said, "'") && strings.HasSuffix(said, "'"): // a KeyError
		return staffing.Errorf(staffing.Invalid, "Tryton does not know %s, which %s uses: is a module missing?", cut(said), method)
	case lower == "missing context argument":
		return staffing.Errorf(staffing.Internal, "the call of %s was made without its context", method)
	}
	code := staffing.Internal
	for _, sign := range []string{"connection", "terminating", "database", "server closed", "cursor", "serialize", "deadlock", "could not obtain lock", "canceling statement", "timeout", "too many clients"} {
		if strings.Contains(lower, sign) {
			code = staffing.Unavailable
		}
	}
	e := staffing.Errorf(code, "Tryton failed at %s", method)
	if code == staffing.Unavailable {
		e.Message = "Tryton is there, but its database does not answer"
	}
	e.OutcomeUnknown = !readOnly
	return e
}

// words joins what Tryton tells its users; it is for people and may be long.
func words(details []string) string {
	var said []string
	for _, d := range details {
		if d = strings.TrimSpace(d); d != "" {
			said = append(said, d)
		}
	}
	if len(said) == 0 {
		return "it gave no reason."
	}
	return cut(strings.Join(said, " "))
}

func cut(s string) string {
	if r := []rune(s); len(r) > 300 {
		return string(r[:300]) + "..."
	}
	return s
}

func text(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s) // not a text: no words
	return s
}

// texts gives the texts of a list, or a lone text.
func texts(raw json.RawMessage) []string {
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		return []string{text(raw)}
	}
	out := make([]string, 0, len(parts))
	for _, p := range parts {
		out = append(out, text(p))
	}
	return out
}
