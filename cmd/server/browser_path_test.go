package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/tributary-hub/tributary/sandbox/bullhorn"
	"github.com/tributary-hub/tributary/sandbox/greenhouse"
)

// outside are the two systems that an account manager meets: a client's and the
// firm's own, simulated on loopback.
type outside struct {
	client   *greenhouse.Server
	internal *bullhorn.Server
	// Their addresses, as they are typed into the forms.
	clientURL, internalURL string
}

func openOutside(t *testing.T) *outside {
	t.Helper()
	o := &outside{client: greenhouse.New(nil, greenhouse.Options{}), internal: bullhorn.New(nil, bullhorn.Options{})}
	serve := func(h http.Handler) string {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s.URL
	}
	o.clientURL, o.internalURL = serve(o.client), serve(o.internal)
	o.internal.AddCompany("NORTHFIELD", "Northfield Robotics")
	return o
}

// open has the client's people enter a requisition in their own way: the highest
// rate is a text in a field of theirs.
func (o *outside) open(number, title, employment, order string) {
	t := greenhouse.Terms{EmploymentType: employment, Currency: "USD", HoursPerWeek: 40, PurchaseOrder: order, CostCentre: "CC-4100"}
	spec := greenhouse.JobSpec{Title: title, RequisitionID: number, Location: "Austin, TX", Department: "Automation", Openings: 2, ManagerName: "Robin Hale",
		ManagerEmail: "robin.hale@northfield.example", Currency: "USD", CustomFields: t.Fields()}
	spec.CustomFields["max_rate_text"] = greenhouse.Text("Max rate", "$95.50 / hr")
	o.client.OpenJob(spec)
}

// signIn signs in a person of that role.
func (w *window) signIn(role string) {
	w.t.Helper()
	w.open("/login")
	p := w.page()
	p.fill("E-mail", role+"@firm.test")
	p.fill("Password", testPassword)
	p.follow("button", "Sign in")
}

// addPerson adds a person by the command line.
func (in *installation) addPerson(role string) {
	in.t.Helper()
	in.command(testPassword+"\n", "user", "create", "--email", role+"@firm.test", "--name", "The "+role, "--role", role)
}

// TestAnAccountManagerGoesLiveFromAnEmptyHub walks the whole path by mouse and
// keyboard: client, both systems, a field, a gap, a rule, the preview, the
// publication with a second person, live; and the requisitions are jobs as mapped.
func TestAnAccountManagerGoesLiveFromAnEmptyHub(t *testing.T) {
	t.Parallel()
	in, o := install(t), openOutside(t)
	in.start()
	in.addPerson("account_manager")
	in.addPerson("admin")
	o.open("NR-1", "Controls Engineer", "Contract", "PO-70001")
	o.open("NR-2", "Robot Technician", "Umbrella", "PO-70002") // a word that nobody mapped
	o.open("NR-3", "Panel Builder", "Contract", "")            // the programme asks for an order
	w := openBrowser(t, in.base)
	w.signIn("account_manager")
	w.addClient()
	w.connectInternal(o)
	w.connectClient(o)
	w.readSamples()
	w.mapLimit()
	w.closeGap()
	w.addRule()
	w.preview()
	w.askToPublish()
	second := w.another()
	second.signIn("admin")
	second.confirmPublication()
	if jobs := o.internal.Jobs(); len(jobs) > 0 {
		t.Errorf("in shadow mode %d jobs were made", len(jobs))
	}
	w.goLive()
	in.eventually(patience, "the two that may go on are jobs", func() bool { return len(o.internal.OpenJobs()) >= 2 })
	o.asMapped(t)
	w.showsWhatWaits()
	w.quiet()
	second.quiet()
}

// asMapped holds the jobs of the internal ATS against what was clicked together.
func (o *outside) asMapped(t *testing.T) {
	t.Helper()
	jobs := map[string]bullhorn.Job{}
	for _, j := range o.internal.Jobs() {
		jobs[j.Title] = j
	}
	for _, title := range []string{"Controls Engineer (NR-1)", "Robot Technician (NR-2)"} {
		j := jobs[title]
		if !j.Open || j.Status != "Accepting Candidates" || j.Openings != 2 || j.Company != "Northfield Robotics" || j.BillRate != "95.5" {
			t.Errorf("%s came as %+v", title, j)
		}
	}
	if len(jobs) != 2 {
		t.Errorf("there are %d jobs, want the two that have an order: %v", len(jobs), jobs)
	}
}

// openClient goes to the client's page by the navigation.
func (w *window) openClient() place {
	w.t.Helper()
	p := w.page()
	p.follow("link", "Clients")
	p.follow("link", "Northfield Robotics")
	return p
}

// readSamples sees the first records come in on the guide, and reads once more.
func (w *window) readSamples() {
	w.t.Helper()
	w.says("3 requisitions are here", "Controls Engineer", "Robot Technician", "Panel Builder", `The code list "worker_types" has no entry for "umbrella"`)
	w.page().follow("button", "Read now")
	w.says("3 requisitions are here", "Last read")
}

// mapLimit takes the client's limit from a text of the client's own.
func (w *window) mapLimit() {
	w.t.Helper()
	p := w.openClient()
	p.follow("link", "Open the profile")
	p.follow("link", "Not to exceed (NTE)")
	p.click("radio", "Pick a field")
	p.fill("Search the fields", "max rate value")
	p.click("radio", "raw.custom_fields.max_rate_text.value…")
	p.choose("Transform", "Rate")
	p.fill("Currency", "USD")
	p.fill("Per", "hour")
	p.follow("button", "Try it")
	p.within("region", "Live value").says("95.5", "4000101")
	p.follow("button", "Save in the draft")
	w.says("A draft is open")
}

// closeGap tells the hub what the client's word means; the record that waited for
// it goes on.
func (w *window) closeGap() {
	w.t.Helper()
	p := w.openClient()
	w.says(`The code list "worker_types" has no entry for "umbrella"`)
	w.examine("path-gap")
	p.follow("link", "Close it: …")
	p = p.within("region", "Add an entry")
	p.fill("Means", "contract")
	p.follow("button", "Add")
	w.says("umbrella is added, and in force")
	w.openClient()
	w.untilAfresh("the record that waited is released", "Every value that this client sent is mapped")
}

// addRule asks for a purchase order, as the client's programme does.
func (w *window) addRule() {
	w.t.Helper()
	p := w.openClient()
	p.follow("link", "Open the profile")
	p.follow("link", "Rules")
	p.follow("link", "A field is filled in")
	p.choose("On", "Requisition")
	p.fill("Field", "purchase_order")
	p.choose("What it does", "Blocks…")
	p.fill("Message", "The programme asks for a purchase order on {{ req.number }}.")
	p.follow("button", "Save in the draft")
	w.says("REQUIRED_PURCHASE_ORDER")
}

// preview tries the draft on what was read: one would be held.
func (w *window) preview() {
	w.t.Helper()
	p := w.page()
	p.follow("link", "Preview and publish")
	p.follow("button", "Run the preview")
	w.says("3 records were tried", "1 Newly held", "purchase order on NR-3")
	w.examine("path-preview")
}

// askToPublish publishes what needs a second person, because the client's page
// says: always.
func (w *window) askToPublish() {
	w.t.Helper()
	p := w.page().within("region", "Publish")
	p.fill("Note", "Their limit is a text, and every requisition needs an order")
	p.click("button", "Ask a second person")
	w.page().confirm("Ask for the publication?", "Ask a second person")
	w.says("asked for its publication", "somebody else has to confirm it")
}

// confirmPublication is what the second person does, in a window of their own.
func (w *window) confirmPublication() {
	w.t.Helper()
	p := w.openClient()
	p.follow("link", "Open the profile")
	p.follow("link", "Preview and publish")
	w.says("1 Newly held", "You are the second person")
	p.click("button", "Confirm and publish")
	p.confirm("Put this draft in force?", "Confirm and publish")
	w.says("Version 2 is in force")
}

// goLive lets the hub create jobs, and nothing else yet.
func (w *window) goLive() {
	w.t.Helper()
	p := w.openClient()
	w.says("Shadow", "The shadow run so far", "Held back")
	p.click("button", "Turn on jobs…")
	p.confirm("Turn on jobs", "Turn on")
	p.find("button", "Hold back jobs…")
}

// showsWhatWaits finds the one that the rule holds, with the reason in words.
func (w *window) showsWhatWaits() {
	w.t.Helper()
	w.page().follow("link", "Requisitions")
	w.untilAfresh("the list says where each is", "The programme asks for a purchase order on NR-3", "In the ATS")
}

func (w *window) addClient() {
	w.t.Helper()
	w.page().follow("link", "Clients")
	c := w.page().within("region", "Add a client")
	c.fill("Name", "Northfield Robotics")
	c.fill("Code", "NORTHFIELD")
	c.fill("Time zone", "America/Chicago")
	c.follow("button", "Add the client")
	w.says("Northfield Robotics is added")
	c = w.page().within("region", "The client")
	c.fill("Second person from", "0")
	c.follow("button", "Save")
}

// connect opens the form of a system, fills it in, saves, and tests in the guide.
func (w *window) connect(system, name string, fill func(place)) {
	w.t.Helper()
	p := w.page()
	p.follow("link", "Connections")
	p.follow("link", "Connect a system")
	p.follow("link", system)
	p.fill("Name", name)
	p.unfold("More settings…")
	fill(p)
	p.follow("button", "Save and go on")
	w.says("The connection works and nothing is missing") // it tests itself once
	p.click("button", "Test connection")
	w.says("The connection works and nothing is missing", "Tested just now")
	w.until("the permissions can be read", func() (bool, string) {
		p.unfold("…permissions are granted") // the answer of the test folds them again
		missing := lacks(w.text(), []string{"Permission", "Granted"})
		return missing == "", "it does not say " + missing
	})
}

func (w *window) connectInternal(o *outside) {
	w.t.Helper()
	w.connect("Bullhorn", "Our ATS", func(p place) {
		p.fill("API user name", "api.tributary")
		p.fill("API user password", "sandbox-password")
		p.fill("Client ID", "sandbox-client")
		p.fill("Client secret", "sandbox-secret")
		p.fill("Event subscription", "tributary-test")
		p.fill("Sign-in address", o.internalURL+"/rest-services")
	})
}

func (w *window) connectClient(o *outside) {
	w.t.Helper()
	w.connect("Greenhouse", "Northfield ATS", func(p place) {
		p.choose("Client", "Northfield Robotics…")
		p.fill("Client ID", "sandbox-client")
		p.fill("Client secret", "sandbox-secret")
		p.fill("API address", o.clientURL+"/v3")
		p.fill("Token address", o.clientURL+"/token")
	})
}
