package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

func TestConnectingFromAClientsPageKeepsTheClient(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	b := h.as(accountManager)
	storetest.Client(t, h.store)
	client := storetest.Client(t, h.store, func(c *store.Client) { c.Name = "Meridian Health" })
	doc := b.get("/clients/"+client.ID.String()).must(t, http.StatusOK).page(t)
	catalogue, _ := doc.Find(".step-next a").Attr("href")
	doc = b.get(catalogue).must(t, http.StatusOK).page(t)
	if got := plainWords(doc.Find(".catalogue-group h2").Text()); got != "A client's system" {
		t.Errorf("for a client it offers %q", got)
	}
	form, _ := doc.Find(".catalogue h3 a").Attr("href")
	doc = b.get(form).must(t, http.StatusOK).page(t)
	if got, _ := doc.Find("#f-client option[selected]").Attr("value"); got != client.ID.String() {
		t.Errorf("the form has %q as client", got)
	}
	if got, _ := doc.Find("#f-name").Attr("value"); got != "Meridian Health · Test test" {
		t.Errorf("the form suggests the name %q", got)
	}
	if got := b.get("/connections/new?kind=test&client="+uuid.NewString()).must(t, http.StatusOK).page(t).Find("#f-client option[selected]").Length(); got != 0 {
		t.Error("a client that is none is chosen")
	}
}

func TestWithoutAClientTheFormLeadsThere(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	doc := h.as(accountManager).get("/connections/new?kind=test").must(t, http.StatusOK).page(t)
	if doc.Find(`.callout a[href="/clients"]`).Length() != 1 || doc.Find(".form-actions button[disabled]").Length() != 1 {
		t.Error("the form of a client's system does not lead to the clients")
	}
}

// guide connects a client's system through the form and gives the address of what
// follows.
func (h *hub) guide(b *browser, client store.Client) string {
	h.t.Helper()
	form := url.Values{"kind": {"test"}, "name": {"Meridian"}, "client": {client.ID.String()}, "setting.base_url": {"https://x.test"}, "setting.api_key": {"s3cr3t"}}
	return b.post("/connections", form).must(h.t, http.StatusSeeOther).header.Get("Location")
}

func TestTheGuideLeadsFromTheSettingsToTheProfile(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	ctx, b := context.Background(), h.as(accountManager)
	client := storetest.Client(t, h.store)
	guide := h.guide(b, client)
	id := h.systems.adopted[0]
	if guide != "/connections/"+id.String()+"/setup?test=now" {
		t.Fatalf("saving leads to %s", guide)
	}
	h.systems.put(id, hookSystem{plainSystem{report: staffing.Report{Account: "hub@acme", Permissions: []staffing.Permission{{Name: "jobs.read", Granted: true}, {Name: "jobs.write", Detail: "Tick it under Roles."}}}}})

	a := b.get(guide).must(t, http.StatusOK)
	doc := a.page(t)
	if trigger, _ := doc.Find("#step-test form").Attr("hx-trigger"); trigger != "load, submit" || strings.Contains(a.body, "s3cr3t") {
		t.Errorf("the test begins on %q", trigger)
	}
	if got := doc.Find("#step-webhook code").Text(); got != "/hooks/"+id.String() || !strings.Contains(doc.Find("#step-webhook").Text(), "Enter it under Settings.") {
		t.Errorf("the webhook step says %q", got)
	}
	if got := plainWords(doc.Find("#sample").Text()); !strings.Contains(got, "Reading the first requisitions.") {
		t.Errorf("before the first read it says %q", got)
	}

	t.Run("tests within the page", func(t *testing.T) {
		r := b.request("POST", "/connections/"+id.String()+"/setup/test", nil)
		r.Header.Set("Origin", b.base)
		r.Header.Set("HX-Request", "true")
		part := b.do(r).must(t, http.StatusOK)
		if got := plainWords(part.page(t).Find("#step-test").Text()); !strings.Contains(got, "1 permission is missing. Signed in as hub@acme.") || !strings.Contains(got, "Tick it under Roles.") || strings.Contains(part.body, "<html") {
			t.Errorf("the test says %q", got)
		}
	})
	t.Run("remembers the test", func(t *testing.T) {
		doc := b.get("/connections/"+id.String()+"/setup").must(t, http.StatusOK).page(t)
		if got := plainWords(doc.Find("#step-test").Text()); !strings.Contains(got, "Signed in as hub@acme.") || doc.Find("#step-test [hx-trigger]").Length() != 0 {
			t.Errorf("opened again, the step says %q", got)
		}
	})
	t.Run("tests without scripts", func(t *testing.T) {
		if got := b.post("/connections/"+id.String()+"/setup/test", nil).must(t, http.StatusOK).page(t).Find("h1").Text(); got != "Set up Meridian" {
			t.Errorf("the page is %q", got)
		}
	})
	t.Run("shows what the first read brought", func(t *testing.T) {
		c, err := h.store.Connection(ctx, id)
		h.ok(err)
		h.publish(c, "requisition: {title: raw.name}")
		for range sampleRows + 1 {
			storetest.Requisition(t, h.store, c, func(r *staffing.Requisition) { r.Title = "Welder" })
		}
		h.ok(h.store.NoteGaps(ctx, id, []staffing.Gap{{Kind: staffing.GapStatus, Field: "requisition_status", Value: "On ice?", Message: "Unknown word."}}))
		doc := b.get("/fragments/connections/"+id.String()+"/sample").must(t, http.StatusOK).page(t)
		if n := doc.Find("tbody tr").Length(); n != sampleRows || doc.Find(".row-link").First().Text() != "Welder" {
			t.Errorf("it shows %d records", n)
		}
		if got := plainWords(doc.Find(".all-clear").Text()); got != "21 requisitions are here, and 1 value has no meaning yet." {
			t.Errorf("it says %q", got)
		}
		if doc.Find(`.guide-gaps a[href^="/connections/`+id.String()+`/profile/statuses"]`).Length() != 1 {
			t.Error("the gap leads nowhere")
		}
	})
	t.Run("reads again and comes back", func(t *testing.T) {
		back := b.post("/connections/"+id.String()+"/poll", url.Values{"feed": {"requisitions"}, "back": {"setup"}}).must(t, http.StatusSeeOther).header.Get("Location")
		if back != "/connections/"+id.String()+"/setup#step-records" {
			t.Errorf("reading leads to %s", back)
		}
	})
	h.as(operator).get(guide).must(t, http.StatusForbidden)
	b.get("/connections/"+uuid.NewString()+"/setup").must(t, http.StatusNotFound)
}

func TestASharedSecretIsMadeAndShownOnce(t *testing.T) {
	t.Parallel()
	kind := testKind("test", staffing.RoleClient)
	kind.Spec = append(kind.Spec, connectors.Field{Key: "hook_secret", Label: "Hook secret", Help: "Both sides have it.", Secret: true, Generate: connectors.SharedSecret})
	registry, err := connectors.NewRegistry(kind)
	if err != nil {
		t.Fatal(err)
	}
	h := openHub(t, func(c *Config) { c.Registry = registry })
	b := h.as(accountManager)
	h.guide(b, storetest.Client(t, h.store))
	id := h.systems.adopted[0]
	h.systems.put(id, hookSystem{})
	path := "/connections/" + id.String() + "/setup"
	doc := b.post(path+"/secret", url.Values{"key": {"hook_secret"}}).must(t, http.StatusOK).page(t)
	fresh := doc.Find("#step-webhook dd code").Last().Text()
	c, err := h.store.Connection(context.Background(), id)
	h.ok(err)
	secrets, err := h.store.ConnectionSecrets(c)
	h.ok(err)
	if len(fresh) != 64 || secrets["hook_secret"] != fresh || secrets["api_key"] != "s3cr3t" || len(h.systems.forgotten) != 1 {
		t.Errorf("made is %q", fresh)
	}
	if e := h.audited(b, "connection.updated"); e.Detail != `{"fields":"hook_secret"}` {
		t.Errorf("the log says %s", e.Detail)
	}
	if a := b.get(path).must(t, http.StatusOK); strings.Contains(a.body, fresh) || !strings.Contains(a.text(), "Set. Paste the same value there.") {
		t.Error("it is shown a second time")
	}
	b.post(path+"/secret", url.Values{"key": {"api_key"}}).must(t, http.StatusUnprocessableEntity)
}

func TestAnEmptyHubLeadsToAFirstClient(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	b := h.as(accountManager)
	next := func(want string) string {
		t.Helper()
		doc := b.get("/").must(t, http.StatusOK).page(t)
		link := doc.Find("#overview .step-next a")
		if got := plainWords(link.Text()); got != want {
			t.Errorf("the next step is %q, want %q", got, want)
		}
		href, _ := link.Attr("href")
		return href
	}
	if to := next("Add a client"); to != "/clients" {
		t.Errorf("a client is added at %s", to)
	}
	client := storetest.Client(t, h.store, func(c *store.Client) { c.Name = "Meridian" })
	if to := next("Connect the system of Meridian"); to != "/connections/new?client="+client.ID.String() {
		t.Errorf("it is connected at %s", to)
	}
	c := storetest.Connection(t, h.store, staffing.RoleClient, storetest.Of(client.ID), func(c *store.Connection) { c.Mode = store.ModeShadow })
	next("Connect it")
	h.firm()
	if to := next("Go on with Meridian"); to != "/clients/"+client.ID.String() {
		t.Errorf("it goes on at %s", to)
	}
	if doc := h.as(finance).get("/").must(t, http.StatusOK).page(t); doc.Find("#overview .checklist a").Length() != 0 || !strings.Contains(doc.Find("#overview").Text(), "Ask an account manager") {
		t.Error("finance is offered what it may not do")
	}
	h.ok(h.changes.SwitchFlow(context.Background(), c.ID, store.FlowJobs, true, b.user))
	if doc := b.get("/").page(t); doc.Find("#overview .checklist").Length() != 0 {
		t.Error("with a live flow the start is still shown")
	}
}

// plainWords is a text with single spaces.
func plainWords(text string) string { return strings.Join(strings.Fields(text), " ") }
