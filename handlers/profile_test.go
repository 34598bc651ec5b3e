package handlers

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

const clientProfile = `requisition:
  external_id: string(raw.id)
  title: raw.name
  department: {cel: raw.department, list: departments}
  status: {cel: raw.status, table: requisition_status}
requisition_status: {open: open}
status: {word: raw.stage}
stages: {Onsite: interview}
lists: {departments: {IT: it}}
`

// desk is one connection with a profile in force, and some records.
func (h *hub) configured(text string) store.Connection {
	h.t.Helper()
	ctx := context.Background()
	c := storetest.Connection(h.t, h.store, staffing.RoleClient)
	h.publish(c, clientProfile)
	h.ok(h.store.InTx(ctx, func(tx *store.Tx) error {
		for _, id := range []string{"1", "2"} {
			raw, err := json.Marshal(map[string]any{"id": id, "name": " Nurse " + text, "department": "IT", "status": "open", "rate": map[string]any{"max": "95.50"}})
			if err != nil {
				return err
			}
			if _, _, err := tx.InsertRawIfChanged(ctx, c.ID, staffing.FeedRequisitions, staffing.Record{ExternalID: id, Raw: raw, UpdatedAt: time.Now()}); err != nil {
				return err
			}
		}
		return nil
	}))
	return c
}

// hidden gives what a page's form was opened on.
func hidden(doc *goquery.Document, action string) url.Values {
	out := url.Values{}
	doc.Find(`form[action="` + action + `"] input[type=hidden]`).Each(func(_ int, e *goquery.Selection) {
		name, _ := e.Attr("name")
		v, _ := e.Attr("value")
		out.Add(name, v)
	})
	return out
}

func with(v url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for k, list := range v {
		out[k] = list
	}
	for i := 0; i < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

func TestACellIsPickedTriedAndSaved(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.configured(""), h.as(accountManager)
	base := "/connections/" + c.ID.String() + "/profile"

	doc := b.get(base).must(t, http.StatusOK).page(t)
	if got := doc.Find("#c-title [data-label='Live value']").Text(); !strings.Contains(got, "Nurse") {
		t.Errorf("the live title is %q", got)
	}
	doc = b.get(base+"/cell?section=requisition&key=title").must(t, http.StatusOK).page(t)
	if got := doc.Find(".source input:checked").AttrOr("value", ""); got != "raw.name" {
		t.Errorf("picked is %q", got)
	}
	if got := doc.Find(`.source:has(input[value="raw.rate.max"])`).Text(); !strings.Contains(got, "2 of 2") || !strings.Contains(got, "95.50") {
		t.Errorf("the source raw.rate.max says %q", got)
	}
	form := with(hidden(doc, base+"/cell"), "mode", "pick", "source", "raw.name", "transform", "trim", "do", "try")
	doc = b.post(base+"/cell", form).must(t, http.StatusOK).page(t)
	if got := strings.TrimSpace(doc.Find(".live-big").Text()); got != "Nurse" {
		t.Errorf("tried gives %q", got)
	}
	form.Set("do", "save")
	b.post(base+"/cell", form).must(t, http.StatusSeeOther)
	if e := h.audited(b, "profile.cell_saved"); !strings.Contains(e.Detail, "requisition.title") {
		t.Errorf("the log says %s", e.Detail)
	}
	draft, err := h.store.Draft(context.Background(), c.ID)
	h.ok(err)
	if !strings.Contains(draft.Document, "title: trim(raw.name)") || draft.UpdatedBy != b.user.Email {
		t.Errorf("the draft is %s", draft.Document)
	}
	inForce, err := h.store.PublishedProfile(context.Background(), c.ID)
	h.ok(err)
	if inForce.Document != clientProfile {
		t.Error("what is in force changed")
	}
}

func TestAnExpressionIsRefusedAtItsColumn(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.configured(""), h.as(accountManager)
	base := "/connections/" + c.ID.String() + "/profile"
	doc := b.get(base + "/cell?section=requisition&key=title").page(t)
	form := with(hidden(doc, base+"/cell"), "mode", "cel", "cel", "trim(raw.name) + nonsense", "default", `"none"`, "do", "save")
	doc = b.post(base+"/cell", form).must(t, http.StatusUnprocessableEntity).page(t)
	if got := doc.Find("#f-cel-error").Text(); !strings.Contains(got, "Line 1, column 18") {
		t.Errorf("the error says %q", got)
	}
	if doc.Find("#f-cel").Text() != form.Get("cel") || doc.Find("#f-default").AttrOr("value", "") != `"none"` {
		t.Error("the form lost what was typed")
	}
	if _, err := h.store.Draft(context.Background(), c.ID); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("a draft was begun: %v", err)
	}
}

func TestNobodysChangeIsLost(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, ada, bob := h.configured(""), h.as(accountManager), h.as(admin)
	base := "/connections/" + c.ID.String() + "/profile"
	forAda := hidden(ada.get(base+"/cell?section=requisition&key=title").page(t), base+"/cell")
	forBob := hidden(bob.get(base+"/cell?section=requisition&key=department").page(t), base+"/cell")

	bob.post(base+"/cell", with(forBob, "mode", "cel", "cel", "trim(raw.department)", "list", "departments", "do", "save")).must(t, http.StatusSeeOther)
	doc := ada.post(base+"/cell", with(forAda, "mode", "cel", "cel", "trim(raw.name + \"!\")", "do", "save")).must(t, http.StatusConflict).page(t)
	if got := doc.Find("[role=alert]").Text(); !strings.Contains(got, bob.user.Email) {
		t.Errorf("the conflict says %q", got)
	}
	if doc.Find("#f-cel").Text() != `trim(raw.name + "!")` {
		t.Error("what was typed is lost")
	}
	again := with(hidden(doc, base+"/cell"), "mode", "cel", "cel", doc.Find("#f-cel").Text(), "do", "save")
	ada.post(base+"/cell", again).must(t, http.StatusSeeOther)
	draft, err := h.store.Draft(context.Background(), c.ID)
	h.ok(err)
	if !strings.Contains(draft.Document, "trim(raw.department)") || !strings.Contains(draft.Document, "trim(raw.name +") {
		t.Errorf("the draft is %s", draft.Document)
	}
	ada.post(base+"/discard", url.Values{"revision": {"1"}}).must(t, http.StatusSeeOther) // and says why, where it came from
	if _, err := h.store.Draft(context.Background(), c.ID); err != nil {
		t.Errorf("the draft was discarded by an old page: %v", err)
	}
	ada.post(base+"/discard", url.Values{"revision": {strconv.Itoa(draft.Revision)}}).must(t, http.StatusSeeOther)
}

func TestWordsAreMapped(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.configured(""), h.as(accountManager)
	base := "/connections/" + c.ID.String() + "/profile"
	doc := b.get(base+"/statuses").must(t, http.StatusOK).page(t)
	form := hidden(doc, base+"/statuses")
	if form.Get("word.0") != "Onsite" || form.Get("reqword.0") != "open" {
		t.Fatalf("the page lists %v", form)
	}
	form = with(form, "stage.0", "interview", "word.1", "On ice", "stage.1", "client_review", "reqstage.0", "open")
	b.post(base+"/statuses", form).must(t, http.StatusSeeOther)
	if e := h.audited(b, "profile.statuses_saved"); !strings.Contains(e.Detail, "stages.On ice") || strings.Contains(e.Detail, "Onsite") {
		t.Errorf("the log says %s", e.Detail)
	}
	doc = b.get(base + "/statuses").page(t)
	form = with(hidden(doc, base+"/statuses"), "word.2", "Gone", "stage.2", "no_such_stage")
	doc = b.post(base+"/statuses", form).must(t, http.StatusUnprocessableEntity).page(t)
	if got := doc.Find("[role=alert]").Text(); !strings.Contains(got, "no_such_stage") {
		t.Errorf("the page says %q", got)
	}
}

func TestARuleIsAddedChangedAndRemoved(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.configured(""), h.as(accountManager)
	base := "/connections/" + c.ID.String() + "/profile"
	doc := b.get(base+"/rule?form=free").must(t, http.StatusOK).page(t)
	form := with(hidden(doc, base+"/rules"), "on", "requisition", "id", "PO_REQUIRED", "assert", "req.purchase_order !=", "severity", "error", "message", "No PO on {{ req.title }}.")
	doc = b.post(base+"/rules", form).must(t, http.StatusUnprocessableEntity).page(t)
	if doc.Find("#f-assert").Text() != form.Get("assert") || doc.Find("#f-message").AttrOr("value", "") != form.Get("message") {
		t.Error("the form lost what was typed")
	}
	b.post(base+"/rules", with(form, "assert", `req.purchase_order != ""`)).must(t, http.StatusSeeOther)
	doc = b.get(base+"/rules").must(t, http.StatusOK).page(t)
	link, _ := doc.Find("#rule-requisition-PO_REQUIRED a").Attr("href")
	doc = b.get(link).must(t, http.StatusOK).page(t)
	b.post(base+"/rules", with(hidden(doc, base+"/rules"), "on", "requisition", "id", "PO_NEEDED", "form", "free", "assert", `req.purchase_order != ""`, "severity", "warning", "message", "No PO.")).must(t, http.StatusSeeOther)
	doc = b.get(base + "/rules").page(t)
	if doc.Find("#rule-requisition-PO_REQUIRED").Length() != 0 || doc.Find("#rule-requisition-PO_NEEDED").Length() != 1 {
		t.Error("the rule was not replaced")
	}
	doc = b.get(base+"/rule?on=requisition&id=PO_NEEDED").must(t, http.StatusOK).page(t)
	b.post(base+"/rules/remove", hidden(doc, base+"/rules/remove")).must(t, http.StatusSeeOther)
	h.audited(b, "profile.rule_removed")
}

func TestAReadyMadeRuleIsFilledIn(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.configured(""), h.as(accountManager)
	base := "/connections/" + c.ID.String() + "/profile"
	link, _ := b.get(base+"/rules").must(t, http.StatusOK).page(t).Find(`.cards-list a[href$="form=one_of"]`).Attr("href")
	doc := b.get(link).must(t, http.StatusOK).page(t)
	form := with(hidden(doc, base+"/rules"), "on", "requisition", "param.field", "department", "severity", "warning")
	doc = b.post(base+"/rules", form).must(t, http.StatusUnprocessableEntity).page(t)
	if doc.Find(`[id="f-param.values-error"]`).Length() != 1 || doc.Find(`[id="f-param.field"]`).AttrOr("value", "") != "department" {
		t.Error("the form does not say which value is missing, or lost the others")
	}
	b.post(base+"/rules", with(form, "param.values", "IT\r\nHR")).must(t, http.StatusSeeOther)
	draft, err := h.store.Draft(context.Background(), c.ID)
	h.ok(err)
	if !strings.Contains(draft.Document, `["IT", "HR"]`) {
		t.Errorf("the draft is %s", draft.Document)
	}
	link, _ = b.get(base + "/rules").page(t).Find("[id^=rule-requisition] a").Attr("href")
	doc = b.get(link).must(t, http.StatusOK).page(t)
	if got := doc.Find(`[id="f-param.values"]`).Text(); got != "IT\nHR" || doc.Find("#f-assert").Length() != 0 {
		t.Errorf("the form opens with %q", got)
	}
}

func TestHostileNamesInProfiles(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.configured(hostile), h.as(admin)
	base := "/connections/" + c.ID.String() + "/profile"
	for _, path := range []string{base, base + "/cell?section=requisition&key=title", base + "/statuses?word=" + url.QueryEscape(hostile), base + "/rules", base + "/rule?form=" + url.QueryEscape(hostile),
		base + "/lists", base + "/lists/departments?add=" + url.QueryEscape(hostile), base + "/preview", base + "/versions?from=" + url.QueryEscape(hostile)} {
		doc := b.get(path).must(t, http.StatusOK).page(t)
		if n := doc.Find("script:not([nonce]), img[src=x], [onerror]").Length(); n != 0 {
			t.Errorf("%s runs %d things of strangers", path, n)
		}
	}
}
