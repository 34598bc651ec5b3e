package web

import "github.com/tributary-hub/tributary/staffing"

// connectionLead says what the connection is, below its name.
func connectionLead(v ConnectionView) string {
	lead := stateWord(string(v.Role)).label + " · " + v.System
	if v.Client != "" {
		lead += " · " + v.Client
	}
	return lead
}

// ok says that the test found everything granted.
func (t TestReport) ok() bool { return t.Error == "" && t.missing() == 0 }

func (t TestReport) missing() (n int) {
	for _, p := range t.Permissions {
		if !p.Granted {
			n++
		}
	}
	return n
}

// sorted gives the permissions that are granted, or those that are missing.
func (t TestReport) sorted(granted bool) (out []Permission) {
	for _, p := range t.Permissions {
		if p.Granted == granted {
			out = append(out, p)
		}
	}
	return out
}

// summary tells the result in one sentence.
func (t TestReport) summary() string {
	who := ""
	if t.Account != "" {
		who = " Signed in as " + t.Account + "."
	}
	switch n := t.missing(); n {
	case 0:
		return "The connection works and nothing is missing." + who
	case 1:
		return "The connection works, but 1 permission is missing." + who
	default:
		return "The connection works, but " + number(n) + " permissions are missing." + who
	}
}

func testIcon(t TestReport) string {
	if t.ok() {
		return "circle-check"
	}
	return "alert-triangle"
}

func grantedWord(granted bool) word {
	if granted {
		return word{"Granted", ToneOK}
	}
	return word{"Missing", ToneBad}
}

// action gives the address that the form posts to.
func (v ConnectionFormView) action() string {
	if v.ID == "" {
		return "/connections"
	}
	return string(to("connections", v.ID))
}

// back gives the page that the form was opened from.
func (v ConnectionFormView) back() string {
	switch {
	case v.ID != "":
		return string(to("connections", v.ID))
	case v.ClientID != "":
		return string(withQuery("/connections/new", "client", v.ClientID))
	default:
		return "/connections/new"
	}
}

// saveLabel says what follows on saving: the guide, for a new connection.
func (v ConnectionFormView) saveLabel() string {
	if v.ID == "" {
		return "Save and go on"
	}
	return "Save"
}

// plain and advanced part the fields.
func (v ConnectionFormView) plain() []FormField    { return v.fields(false) }
func (v ConnectionFormView) advanced() []FormField { return v.fields(true) }

func (v ConnectionFormView) fields(advanced bool) (out []FormField) {
	for _, f := range v.Fields {
		if f.Advanced == advanced {
			out = append(out, f)
		}
	}
	return out
}

// advancedOpen says that one of the fields that are folded away is wrong, or was
// changed before.
func (v ConnectionFormView) advancedOpen() bool {
	for _, f := range v.advanced() {
		if f.Error != "" || f.Changed || f.IsSet {
			return true
		}
	}
	return false
}

// follows are the steps of connecting; URL holds the icon.
func (v ConnectionFormView) follows() []ClientStep {
	out := []ClientStep{{Name: "Settings", Text: "Each field says where in the vendor's pages its value stands.", URL: "settings"},
		{Name: "Test", Text: "Which permissions are there, and which are missing.", URL: "plug-connected"}}
	if v.Kind.Webhooks {
		out = append(out, ClientStep{Name: "Webhook", Text: "An address and a secret to paste into the vendor's page. It can wait.", URL: "webhook"})
	}
	if v.Kind.Role == staffing.RoleClient {
		return append(out, ClientStep{Name: "First records", Text: "Real requisitions, as the connector's mapping reads them.", URL: "clipboard-list"},
			ClientStep{Name: "Map, then go live", Text: "Nothing is written outside before you turn it on.", URL: "rocket"})
	}
	return append(out, ClientStep{Name: "Go on", Text: "The connector's mapping is in force at once.", URL: "arrow-right"})
}

// heading names what the form does.
func (v ConnectionFormView) heading() string {
	if v.ID == "" {
		return "Connect " + v.Kind.Label
	}
	return "Settings of " + v.Name
}

// inputType keeps secrets off the screen and brings up the right keyboard.
func (f FormField) inputType() string {
	switch {
	case f.Secret:
		return "password"
	case f.URL:
		return "url"
	default:
		return "text"
	}
}

// must says that the browser should insist: a stored secret may stay empty.
func (f FormField) must() bool { return f.Required && !(f.Secret && f.IsSet) }

// hasErrors says that the server refused the form; it then speaks instead of the
// browser.
func (v ConnectionFormView) hasErrors() bool {
	for _, f := range v.Fields {
		if f.Error != "" {
			return true
		}
	}
	return v.Error != "" || v.NameError != "" || v.ClientError != ""
}
