package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// publish puts a document in force.
func (h *hub) publish(c store.Connection, document string) {
	h.t.Helper()
	ctx := context.Background()
	h.ok(h.store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.PublishProfile(ctx, c.ID, document, "test", "first")
		return err
	}))
}

func TestClientPageLeadsThroughTheSetUp(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	ctx, b := context.Background(), h.as(accountManager)
	client := storetest.Client(t, h.store)
	path := "/clients/" + client.ID.String()

	doc := b.get(path).must(t, http.StatusOK).page(t)
	if got := doc.Find(".step-next").Text(); !strings.Contains(got, "No system is connected yet") {
		t.Errorf("a fresh client begins with %q", got)
	}
	c := storetest.Connection(t, h.store, staffing.RoleClient, storetest.Of(client.ID), func(c *store.Connection) { c.Mode = store.ModeShadow })
	h.publish(c, "requisition: {title: raw.name, department: {cel: raw.department, list: departments}}\nlists: {departments: {a: b}}\nrules: [{id: PO, on: requisition, assert: 'true', severity: error, message: no}]\n")
	h.ok(h.store.NoteGaps(ctx, c.ID, []staffing.Gap{{Kind: staffing.GapStatus, Field: "stages", Value: "On ice?", Message: "Unknown word."},
		{Kind: staffing.GapCode, Field: "requisition.department", Value: "IT & co", Message: "Unknown code."}, {Kind: staffing.GapRequired, Field: "requisition.title", Message: "Empty."}}))

	doc = b.get(path).must(t, http.StatusOK).page(t)
	profile := "/connections/" + c.ID.String() + "/profile"
	for _, want := range []string{profile + "/statuses?word=On+ice%3F#stage-words", profile + "/lists/departments?add=IT+%26+co", profile + "/cell?key=title&section=requisition"} {
		if doc.Find(`[aria-labelledby=gaps] a[href="`+want+`"]`).Length() != 1 {
			t.Errorf("no gap leads to %s", want)
		}
	}
	if got := doc.Find(".step-done").Text(); !strings.Contains(got, "1 rule of this client") {
		t.Errorf("done is %q", got)
	}
	live := doc.Find(`form[action="/connections/` + c.ID.String() + `/live"]`)
	if live.Length() != 0 || doc.Find(`.flow a[href="/connections/new"]`).Length() != 2 {
		t.Error("without the firm's own systems something can be turned on")
	}
	h.firm()
	doc = b.get(path).page(t)
	live = doc.Find(`form[action="/connections/` + c.ID.String() + `/live"]`)
	if question, _ := live.Attr("data-confirm"); !strings.Contains(question, c.Name) {
		t.Errorf("going live asks %q", question)
	}
	b.post("/connections/"+c.ID.String()+"/live", nil).must(t, http.StatusSeeOther)
	if doc = b.get(path).page(t); doc.Find(`.system-actions form[action$="/shadow"]`).Length() != 1 {
		t.Error("a live connection cannot go back to shadow mode")
	}
	b.post("/connections/"+c.ID.String()+"/shadow", nil).must(t, http.StatusSeeOther)
	if doc = h.as(finance).get(path).must(t, http.StatusOK).page(t); doc.Find("main form[method=post]:not([action$='/contract']):not([action*='/orders']):not([action$='/books'])").Length() != 0 {
		t.Error("finance is offered what it may not do")
	}
}

// firm connects the firm's own systems, which take jobs and bills.
func (h *hub) firm() {
	h.t.Helper()
	for _, role := range []staffing.Role{staffing.RoleInternalATS, staffing.RoleERP} {
		h.systems.put(storetest.Connection(h.t, h.store, role).ID, sinkSystem{})
	}
}

// sinkSystem takes jobs and bills, and does nothing with them.
type sinkSystem struct {
	plainSystem
	staffing.JobSink
	staffing.BillingSink
}

func TestEachFlowHasItsSwitch(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	ctx, b := context.Background(), h.as(accountManager)
	client := storetest.Client(t, h.store)
	path := "/clients/" + client.ID.String()
	c := storetest.Connection(t, h.store, staffing.RoleClient, storetest.Of(client.ID), func(c *store.Connection) { c.Mode = store.ModeShadow })
	h.firm()
	req := storetest.Requisition(t, h.store, c)
	h.ok(h.store.InTx(ctx, func(tx *store.Tx) error {
		return tx.NoteShadow(ctx, store.ShadowEvent{ConnectionID: c.ID, Step: store.FlowJobs.Step(), Subject: staffing.SubjectRequisition, SubjectID: req.ID, Words: "Shadow mode: a job would be created."})
	}))
	flows := func() (out []string) {
		b.get(path).must(t, http.StatusOK).page(t).Find(".flow").Each(func(_ int, s *goquery.Selection) {
			out = append(out, strings.Join(strings.Fields(s.Find(".note-title").Text()+" "+s.Find(".flow-now").Text()+" "+s.Find("button").Text()), " "))
		})
		return out
	}
	same := func(want ...string) {
		t.Helper()
		if got := flows(); !slices.Equal(got, want) {
			t.Errorf("the flows are %q", got)
		}
	}
	same("Jobs Held back 1 job is created or updated at once. Turn on", "Candidates Held back", "Statuses Held back", "Bills Held back")
	b.post("/connections/"+c.ID.String()+"/live", url.Values{"flow": {"jobs"}}).must(t, http.StatusSeeOther)
	same("Jobs Live Hold back", "Candidates Held back Nothing waits for it. Turn on", "Statuses Held back", "Bills Held back")
	doc := b.get(path).page(t)
	if got := strings.Join(strings.Fields(doc.Find(".check-step").Last().Text()), " "); !strings.Contains(got, c.Name+": jobs are live. Still held back: candidates, statuses, bills.") {
		t.Errorf("the checklist says %q", got)
	}
	if got := doc.Find(".system-tags").Text(); !strings.Contains(got, "Partly live: jobs") {
		t.Errorf("the connection says %q", got)
	}
	b.post("/connections/"+c.ID.String()+"/shadow", url.Values{"flow": {"jobs"}}).must(t, http.StatusSeeOther)
	if want := []string{"switch jobs true\n", "switch jobs false\n"}; !slices.Equal(h.changes.did, want) {
		t.Errorf("it did %q", h.changes.did)
	}
	h.as(finance).post("/connections/"+c.ID.String()+"/live", url.Values{"flow": {"jobs"}}).must(t, http.StatusForbidden)
}

func TestClientFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	b, client := h.as(accountManager), storetest.Client(t, h.store)
	path := "/clients/" + client.ID.String()
	form := url.Values{"name": {"New name " + hostile}, "currency": {"EUR"}, "timezone": {"Europe/Berlin"}, "threshold": {"-1"}}
	doc := b.post(path, form).must(t, http.StatusUnprocessableEntity).page(t)
	if v, _ := doc.Find("#f-name").Attr("value"); v != form.Get("name") || doc.Find("#f-threshold-error").Length() != 1 {
		t.Errorf("the form holds %q", v)
	}
	form.Set("threshold", "0")
	b.post(path, form).must(t, http.StatusSeeOther)
	if e := h.audited(b, "client.updated"); !strings.Contains(e.Detail, "currency name threshold timezone") {
		t.Errorf("the log says %s", e.Detail)
	}
	got, err := h.store.Client(context.Background(), client.ID)
	h.ok(err)
	if got.ReviewThreshold != 0 || got.Currency != "EUR" || got.Code != client.Code {
		t.Errorf("saved is %+v", got)
	}
}

func TestWithoutThePortProfilesCannotBeChanged(t *testing.T) {
	t.Parallel()
	h := openHub(t, func(c *Config) { c.Profiles = nil })
	b, client := h.as(admin), storetest.Client(t, h.store)
	c := storetest.Connection(t, h.store, staffing.RoleClient, storetest.Of(client.ID))
	a := b.get("/clients/"+client.ID.String()).must(t, http.StatusOK)
	if !strings.Contains(a.text(), "Profiles cannot be changed here.") || a.page(t).Find(`form[action$="/shadow"]`).Length() != 0 {
		t.Errorf("the page says %s", a.text())
	}
	b.post("/connections/"+c.ID.String()+"/live", nil).must(t, http.StatusServiceUnavailable)
}
