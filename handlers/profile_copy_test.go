package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

const oldClients = `
about: the old client
poll: {requisitions: 5m}
requisition: {external_id: string(raw.id), title: raw.name, department: {cel: raw.department, list: departments}}
requisition_status: {open: open}
rules: [{id: PO, on: requisition, assert: 'req.title != ""', severity: error, message: no title}]
`

const newClients = `
about: the new client
poll: {requisitions: 1h}
requisition: {external_id: string(raw.id), title: raw.titel}
requisition_status: {offen: open}
`

// pair connects two systems of clients, each with its profile.
func (h *hub) pair() (from, to store.Connection) {
	from = storetest.Connection(h.t, h.store, staffing.RoleClient, func(c *store.Connection) { c.Kind, c.Name = "test", "Old" })
	to = storetest.Connection(h.t, h.store, staffing.RoleClient, func(c *store.Connection) { c.Kind, c.Name = "test", "New" })
	h.publish(from, oldClients)
	h.publish(to, newClients)
	h.ok(h.store.InTx(context.Background(), func(tx *store.Tx) error {
		_, err := tx.SaveCodeList(context.Background(), from.ID, "departments", map[string]string{"D1": "Nursing"}, "x")
		return err
	}))
	return from, to
}

func (h *hub) draftOf(c store.Connection) mapping.Document {
	h.t.Helper()
	p, err := h.store.Draft(context.Background(), c.ID)
	h.ok(err)
	d, err := mapping.Parse([]byte(p.Document))
	h.ok(err)
	return d
}

func TestAProfileStartsFromAnotherClients(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	ctx, b := context.Background(), h.as(accountManager)
	from, to := h.pair()
	path := "/connections/" + to.ID.String() + "/profile/copy"
	storetest.Requisition(t, h.store, to)

	doc := b.get(path).must(t, http.StatusOK).page(t)
	if got := plainWords(doc.Find(".copy-sources .note-title").Text()); got != "The connector's templateOld" {
		t.Errorf("it offers %q", got)
	}
	doc = b.get(path+"?from="+from.ID.String()).must(t, http.StatusOK).page(t)
	text := plainWords(doc.Find("main").Text())
	for _, want := range []string{"Rule PO", "raw.titel", "Code lists that come along: departments.", "nothing is found for: ", "Nothing is in force before"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q: %s", want, text)
		}
	}
	if p, err := optional(h.store.Draft(ctx, to.ID)); err != nil || p.State == store.ProfileDraft {
		t.Error("looking makes a draft")
	}
	form := url.Values{"from": {from.ID.String()}, "part": {"fields", "rules", "lists"}, "revision": {"0"}, "base": {"1"}}
	b.post(path, form).must(t, http.StatusSeeOther)
	d := h.draftOf(to)
	if c, _ := d.Cell("requisition", "title"); c.CEL != "raw.name" || len(d.Rules) != 1 || d.RequisitionStatus["offen"] == "" || d.RequisitionStatus["open"] != "" || d.About != "the new client" {
		t.Errorf("the draft is %+v", d)
	}
	if list, _, err := h.store.CodeList(ctx, to.ID, "departments"); err != nil || list["D1"] != "Nursing" {
		t.Errorf("the code list is %v (%v)", list, err)
	}
	if p, err := h.store.PublishedProfile(ctx, to.ID); err != nil || p.Version != 1 {
		t.Errorf("in force is version %d (%v)", p.Version, err)
	}
	if e := h.audited(b, "profile.copied"); !strings.Contains(e.Detail, `"from":"Old"`) || !strings.Contains(e.Detail, `"lists":"departments"`) {
		t.Errorf("the log says %s", e.Detail)
	}

	t.Run("an old page overwrites nobody's work", func(t *testing.T) {
		if a := b.post(path, form).must(t, http.StatusConflict); !strings.Contains(a.text(), "eanwhile ") {
			t.Errorf("it says %q", a.text())
		}
	})
	t.Run("the draft can go back to the template", func(t *testing.T) {
		p, err := h.store.Draft(ctx, to.ID)
		h.ok(err)
		doc := b.get(path+"?from=template").must(t, http.StatusOK).page(t)
		if revision, _ := doc.Find(`main form[method=post] input[name=revision]`).Last().Attr("value"); revision == "" {
			t.Fatal("the form names no revision")
		}
		parts := url.Values{"from": {"template"}, "part": {"fields", "statuses", "rules", "triggers"}, "revision": {strconv.Itoa(p.Revision)}, "base": {"1"}}
		b.post(path, parts).must(t, http.StatusSeeOther)
		if d := h.draftOf(to); len(d.Requisition) != 0 || len(d.Rules) != 0 {
			t.Errorf("the draft is %+v", d)
		}
		h.audited(b, "profile.reset")
	})
	t.Run("a list that is there stays as it is", func(t *testing.T) {
		h.ok(h.store.InTx(ctx, func(tx *store.Tx) error {
			_, err := tx.SaveCodeList(ctx, to.ID, "departments", map[string]string{"D1": "Theatre"}, "x")
			return err
		}))
		done, err := h.server.copyProfileBy(ctx, "x", profileCopy{to: to.ID, from: from.ID, parts: []string{partLists, partFields}})
		h.ok(err)
		if list, _, err := h.store.CodeList(ctx, to.ID, "departments"); err != nil || list["D1"] != "Theatre" || len(done.Lists) != 0 || done.Revision == 0 {
			t.Errorf("the code list is %v (%v)", list, err)
		}
	})
	b.get(path+"?from="+to.ID.String()).must(t, http.StatusOK)
	b.get(path+"?from=nobody").must(t, http.StatusNotFound)
	h.as(finance).get(path).must(t, http.StatusForbidden)
}

func TestACopySaysWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	elsewhere := testKind("elsewhere", staffing.RoleClient)
	elsewhere.Mapping = []byte("about: x\nrules: [{id: VENDORS, on: requisition, assert: 'true', severity: error, message: of the template}]\n")
	registry, err := connectors.NewRegistry(testKind("test", staffing.RoleClient), elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	h := openHub(t, func(c *Config) { c.Registry = registry })
	ctx := context.Background()
	from, to := h.pair()
	erp := storetest.Connection(t, h.store, staffing.RoleERP)
	h.publish(erp, "bill: {total: bill.total}")
	if _, err := h.server.copyPreview(ctx, profileCopy{to: to.ID, from: erp.ID}); staffing.CodeOf(err) != staffing.Invalid {
		t.Errorf("the ERP's profile is copied: %v", err)
	}
	if _, err := h.server.copyPreview(ctx, profileCopy{to: to.ID, from: uuid.New()}); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("a profile of nobody is copied: %v", err)
	}
	out, err := h.server.copyPreview(ctx, profileCopy{to: to.ID, from: from.ID})
	h.ok(err)
	if !slices.ContainsFunc(out.Warnings, func(w string) bool { return strings.Contains(w, "departments") }) {
		t.Errorf("without the list it warns %q", out.Warnings)
	}
	other := storetest.Connection(t, h.store, staffing.RoleClient, func(c *store.Connection) { c.Kind = "elsewhere" })
	h.publish(other, strings.Replace(oldClients, "rules: [", "rules: [{id: VENDORS, on: requisition, assert: 'true', severity: error, message: of the template}, ", 1))
	out, err = h.server.copyPreview(ctx, profileCopy{to: to.ID, from: other.ID})
	h.ok(err)
	if len(out.Warnings) == 0 || !strings.Contains(out.Warnings[0], "is another connector (Test elsewhere, not Test test)") {
		t.Errorf("of another connector it warns %q", out.Warnings)
	}
	out, err = h.server.copyPreview(ctx, profileCopy{to: to.ID, from: other.ID, parts: []string{partRules}})
	h.ok(err)
	if len(out.Changes) != 1 || !strings.Contains(out.Changes[0].Words, "Rule PO on a requisition: new") {
		t.Errorf("of another connector it takes the rules %v", out.Changes)
	}
	doc := h.as(accountManager).get("/connections/"+to.ID.String()+"/profile/copy?from="+other.ID.String()).must(t, http.StatusOK).page(t)
	var on []string
	doc.Find("input[name=part][checked]").Each(func(_ int, s *goquery.Selection) {
		v, _ := s.Attr("value")
		on = append(on, v)
	})
	if !slices.Equal(on, []string{partRules, partTriggers, partLists}) {
		t.Errorf("of another connector it takes %q", on)
	}
}
