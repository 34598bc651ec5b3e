package web

import (
	"github.com/a-h/templ"

	"github.com/tributary-hub/tributary/staffing"
)

// SetupView is the guide at /connections/{id}/setup: what follows on the settings,
// step by step on one page. POST /connections/{id}/setup/test tests the connection,
// POST /connections/{id}/setup/secret makes a secret, and POST
// /connections/{id}/poll with back=setup reads.
type SetupView struct {
	Page
	ConnectionRow
	Test    *TestReport
	Tested  bool // the system has answered before
	TestNow bool // the page tests as soon as it is open
	Webhook SetupWebhook
	Sample  SampleView
	Profile int // version in force
	Draft   bool
	Other   []KindLink // what the firm has not connected yet
}

// SetupWebhook is what is pasted into the vendor's pages.
type SetupWebhook struct {
	URL     string // empty: the system sends no webhooks
	Help    string
	Secrets []SetupSecret
	Arrived bool // a delivery was taken already
}

// SetupSecret is a secret that both sides are given.
type SetupSecret struct {
	Key   string
	Label string
	IsSet bool
	Fresh string // just made: it is shown this once
}

// SampleView is what a first read brought, at /fragments/connections/{id}/sample.
type SampleView struct {
	Page
	ConnectionID string
	ClientID     string
	Active       bool  // the hub may call the system
	Feed         *Feed // nil: no requisitions are read from this system
	Total        int   // requisitions that were mapped
	Rows         []RequisitionRow
	Gaps         []Gap
}

// KindLink leads to a connector's form.
type KindLink struct {
	Label string
	URL   string
}

// KindGroup are the systems of one role in the catalogue.
type KindGroup struct {
	Role  staffing.Role
	Title string
	Text  string
	Kinds []KindCard
	Have  []string // names of those that are connected
}

// groups sorts the catalogue by role; a role without a system is left out.
func (v CatalogueView) groups() (out []KindGroup) {
	for _, g := range []KindGroup{
		{Role: staffing.RoleClient, Title: "A client's system", Text: "Their ATS, VMS or HRIS: requisitions come from it, candidates go to it."},
		{Role: staffing.RoleInternalATS, Title: "Your internal ATS", Text: "Where recruiters work: requisitions become jobs there, and it says which candidate goes to the client."},
		{Role: staffing.RoleERP, Title: "Your ERP", Text: "Where placements become bills."},
	} {
		for _, k := range v.Kinds {
			if k.Role == g.Role {
				g.Kinds = append(g.Kinds, k)
			}
		}
		g.Have = v.Have[g.Role]
		if len(g.Kinds) > 0 && (v.ClientID == "" || g.Role == staffing.RoleClient) {
			out = append(out, g)
		}
	}
	return out
}

// formURL leads to the form of a kind, for the client that was chosen.
func (v CatalogueView) formURL(kind string) string {
	u := string(withQuery("/connections/new", "kind", kind))
	if v.ClientID != "" {
		u += "&" + string(withQuery("", "client", v.ClientID))[1:]
	}
	return u
}

func (v CatalogueView) title() string {
	if v.Browse {
		return "Connectors"
	}
	return "Connect a system"
}

// lead asks the question of the catalogue.
func (v CatalogueView) lead() string {
	if v.Browse {
		return "The systems that this build of Tributary can be connected to."
	}
	if v.Client != "" {
		return "In which system does " + v.Client + " keep its requisitions?"
	}
	return "Which one is it?"
}

// isClients says that the connection is a client's system.
func (v SetupView) isClients() bool { return v.Role == staffing.RoleClient }

// lead tells what the guide is for.
func (v SetupView) lead() string {
	if v.isClients() && v.Mode == "shadow" {
		return "A few steps. Nothing is written outside for this client until you say so."
	}
	return "A few steps, and it works."
}

// tested says that the system answered: now, or before.
func (v SetupView) tested() bool { return v.Test == nil && v.Tested || v.Test != nil && v.Test.ok() }

// backURL leads to where the guide was opened from.
func (v SetupView) backURL() string {
	if v.ClientID != "" {
		return string(to("clients", v.ClientID))
	}
	return "/connections"
}

func (v SetupView) backLabel() string { return orElse(v.Client, "Connections") }

// testTrigger lets the form send itself when the page is open.
func testTrigger(now bool) templ.Attributes {
	if !now {
		return nil
	}
	return templ.Attributes{"hx-trigger": "load, submit"}
}

// confirmAttr asks before a form is sent.
func confirmAttr(ask bool, question string) templ.Attributes {
	if !ask {
		return nil
	}
	return templ.Attributes{"data-confirm": question}
}

// webhookTag says whether webhooks arrive.
func webhookTag(w SetupWebhook) word {
	if w.Arrived {
		return word{"Arriving", ToneOK}
	}
	return word{"Optional", ToneMuted}
}

// stepTag says how far a step of the guide is.
func stepTag(done bool) word {
	if done {
		return word{"Done", ToneOK}
	}
	return word{"To do", ToneMuted}
}

// busy says that records are being read, or about to be.
func (v SampleView) busy() bool {
	return v.Feed != nil && v.Active && (v.Feed.Running || v.Feed.LastSuccess.IsZero() && v.Feed.Error == "")
}

// read says that the system was read, or is being read and something came.
func (v SampleView) read() bool {
	return v.Feed != nil && (!v.Feed.LastSuccess.IsZero() || len(v.Rows) > 0)
}

// waiting counts the shown records that wait for a person.
func (v SampleView) waiting() (n int) {
	for _, r := range v.Rows {
		if r.State == "needs_attention" {
			n++
		}
	}
	return n
}

// waitingWords tells of them.
func (v SampleView) waitingWords() string {
	return plural(v.waiting(), "of these waits for a person", "of these wait for a person") + "; the reason stands below the title."
}

// summary tells what came.
func (v SampleView) summary() string {
	out := plural(v.Total, "requisition is here", "requisitions are here")
	if n := len(v.Gaps); n > 0 {
		return out + ", and " + plural(n, "value has no meaning yet.", "values have no meaning yet.")
	}
	return out + ", and every value has a meaning."
}

// summaryIcon fits [SampleView.summary].
func (v SampleView) summaryIcon() string {
	if len(v.Gaps) > 0 {
		return "alert-triangle"
	}
	return "circle-check"
}
