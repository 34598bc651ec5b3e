package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// ruled gives the draft of a connection a rule, and the form that removes it.
func (b *browser) ruled(base string) url.Values {
	b.t.Helper()
	doc := b.get(base+"/rule?form=free").must(b.t, http.StatusOK).page(b.t)
	b.post(base+"/rules", with(hidden(doc, base+"/rules"), "on", "requisition", "assert", `req.title != ""`, "severity", "error", "message", "No title.", "id", "TITLED")).must(b.t, http.StatusSeeOther)
	doc = b.get(base+"/rule?on=requisition&id=TITLED").must(b.t, http.StatusOK).page(b.t)
	return hidden(doc, base+"/rules/remove")
}

func TestARuleThatChangedMeanwhileStays(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, ada, bob := h.configured(""), h.as(accountManager), h.as(admin)
	base := "/connections/" + c.ID.String() + "/profile"
	form := ada.ruled(base)
	bob.drafted(c)
	doc := ada.post(base+"/rules/remove", form).must(t, http.StatusConflict).page(t)
	if got := doc.Find("[role=alert]").Text(); !strings.Contains(got, "Meanwhile "+bob.user.Email+" changed Title (Requisition) at ") {
		t.Errorf("the conflict says %q", got)
	}
	if doc.Find("input[name=was_id]").AttrOr("value", "") != "TITLED" {
		t.Error("the rule is not shown as it is")
	}
	bob.post(base+"/rules/remove", hidden(bob.get(base+"/rule?on=requisition&id=TITLED").page(t), base+"/rules/remove")).must(t, http.StatusSeeOther)
	doc = ada.post(base+"/rules/remove", form).must(t, http.StatusConflict).page(t)
	if got := doc.Find("[role=alert]").Text(); !strings.Contains(got, bob.user.Email+" removed the rule TITLED at ") || !strings.Contains(got, "not there any more") {
		t.Errorf("of a rule that is gone it says %q", got)
	}
}

func TestADraftThatSomebodyChangedIsNotDiscarded(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, ada, bob := h.configured(""), h.as(accountManager), h.as(admin)
	base := "/connections/" + c.ID.String() + "/profile"
	ada.drafted(c)
	form := hidden(ada.get(base+"/rules").page(t), base+"/discard")
	bob.ruled(base)
	if got := ada.post(base+"/discard", form).must(t, http.StatusSeeOther).header.Get("Location"); got != base+"/rules" {
		t.Errorf("it leads to %s", got)
	}
	doc := ada.get(base + "/rules").page(t)
	if got := doc.Text(); !strings.Contains(got, bob.user.Email+" saved the rule TITLED at ") || !strings.Contains(got, "Nothing was changed.") {
		t.Error("the page does not say who changed what")
	}
	bob.post(base+"/discard", hidden(bob.get(base).page(t), base+"/discard")).must(t, http.StatusSeeOther)
	ada.post(base+"/discard", form).must(t, http.StatusSeeOther)
	if got := ada.get(base + "/rules").page(t).Text(); !strings.Contains(got, bob.user.Email+" discarded the draft at ") {
		t.Error("the page does not say that the draft was discarded")
	}
}

func TestARequestThatIsGoneIsNotWithdrawn(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, ada, bob := h.configured(""), h.as(accountManager), h.as(admin)
	base := "/connections/" + c.ID.String() + "/profile"
	ada.drafted(c)
	ada.post(base+"/preview", url.Values{"records": {"1000"}}).must(t, http.StatusSeeOther)
	h.finish(c, 30)
	h.changes.affected, h.changes.limit = 30, 25
	form := hidden(ada.get(base+"/preview").page(t), base+"/publish")
	ada.post(base+"/publish", with(form, "note", "Trim")).must(t, http.StatusSeeOther)
	bob.ruled(base)
	doc := ada.post(base+"/withdraw", form).must(t, http.StatusConflict).page(t)
	if got := doc.Find("#preview [role=alert]").Text(); !strings.Contains(got, bob.user.Email+" saved the rule TITLED at ") {
		t.Errorf("the conflict says %q", got)
	}
	doc = ada.post(base+"/publish", with(form, "note", "My words")).must(t, http.StatusConflict).page(t)
	if got := doc.Find("#f-note").AttrOr("value", ""); got != "My words" {
		t.Errorf("the note became %q", got)
	}
}

func TestAListThatAProfileNeedsIsNotDropped(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, ada, bob := h.configured(""), h.as(accountManager), h.as(admin)
	base := "/connections/" + c.ID.String() + "/profile"
	h.publish(c, strings.Replace(clientProfile, "lists: {departments: {IT: it}}\n", "", 1)) // the list is the connection's own
	for _, name := range []string{"departments", "sites"} {
		ada.post(base+"/lists", url.Values{"name": {name}, "text": {"B1,Boston"}}).must(t, http.StatusSeeOther)
	}
	doc := ada.get(base+"/lists/departments").must(t, http.StatusOK).page(t)
	if doc.Find(`form[action="`+base+`/lists/departments/drop"]`).Length() != 0 || !strings.Contains(doc.Text(), "Department") {
		t.Error("a list in use is offered to be dropped, or nobody is told what uses it")
	}
	doc = ada.post(base+"/lists/departments/drop", url.Values{"version": {"1"}}).must(t, http.StatusConflict).page(t)
	if got := doc.Find("[role=alert]").Text(); !strings.Contains(got, "Department") {
		t.Errorf("the refusal says %q", got)
	}
	form := hidden(ada.get(base+"/lists/sites").page(t), base+"/lists/sites/drop")
	bob.post(base+"/lists/sites", url.Values{"code": {"B2"}}).must(t, http.StatusSeeOther)
	doc = ada.post(base+"/lists/sites/drop", form).must(t, http.StatusConflict).page(t)
	if got := doc.Find("[role=alert]").Text(); !strings.Contains(got, bob.user.Email) || !strings.Contains(got, "version 2") {
		t.Errorf("the conflict says %q", got)
	}
	ada.post(base+"/lists/sites/drop", hidden(doc, base+"/lists/sites/drop")).must(t, http.StatusSeeOther)
	if _, _, err := h.store.CodeList(context.Background(), c.ID, "sites"); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("the list is still there: %v", err)
	}
	ada.post(base+"/lists/sites/drop", form).must(t, http.StatusSeeOther)
	if got := ada.get(base + "/lists").page(t).Text(); !strings.Contains(got, ada.user.Email+" deleted the list sites at ") {
		t.Error("nobody is told that the list is gone")
	}
}

func TestASavedListSaysWhatItTriesAgain(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.configured(""), h.as(accountManager)
	base := "/connections/" + c.ID.String() + "/profile"
	r := storetest.Requisition(t, h.store, c)
	h.ok(h.store.InTx(context.Background(), func(tx *store.Tx) error {
		r.State = store.RequisitionNeedsAttention
		return tx.SaveValidation(context.Background(), r)
	}))
	for _, form := range []struct {
		path string
		form url.Values
	}{{"/lists", url.Values{"name": {"sites"}, "text": {"B1,Boston"}}}, {"/lists/sites", url.Values{"code": {"B2"}}}} {
		b.post(base+form.path, form.form).must(t, http.StatusSeeOther)
		if got := b.get(base + "/lists").page(t).Text(); !strings.Contains(got, "1 held record is tried again now") {
			t.Errorf("%s does not say what it tries again", form.path)
		}
	}
}

func TestOlderRecordsAreOfferedAndExplained(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.configured(""), h.as(accountManager)
	base := "/connections/" + c.ID.String() + "/profile"
	storetest.Requisition(t, h.store, c)
	h.publish(c, clientProfile)
	doc := b.get(base+"/versions").must(t, http.StatusOK).page(t)
	panel := doc.Find("[aria-labelledby=again]").Text()
	for _, want := range []string{"1 requisition: mapped and checked again", "No record waits today", "Process again what older versions made (1 record)", "Nothing that comes out the same is sent again"} {
		if !strings.Contains(panel, want) {
			t.Errorf("the panel does not say %q: %s", want, panel)
		}
	}
	b.post(base+"/reprocess", hidden(doc, base+"/reprocess")).must(t, http.StatusSeeOther)
	if got := b.get(base + "/versions").page(t).Text(); !strings.Contains(got, "1 record is processed again now") {
		t.Error("nobody is told how many records are processed again")
	}
	if got := strings.Join(h.changes.did, ""); !strings.Contains(got, "reprocess 1") {
		t.Errorf("done is %q", got)
	}
	h.as(finance).post(base+"/reprocess", nil).must(t, http.StatusForbidden)
}

func TestAVersionTellsWhoAskedAndWhoConfirmed(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.configured(""), h.as(accountManager)
	h.ok(h.store.InTx(context.Background(), func(tx *store.Tx) error {
		d, err := tx.StartDraft(context.Background(), c.ID, "ann@example.com")
		if err != nil {
			return err
		}
		if err := tx.RequestPublication(context.Background(), c.ID, d.Revision, "ann@example.com", "Trim titles"); err != nil {
			return err
		}
		_, err = tx.PublishDraft(context.Background(), c.ID, d.Revision, "ben@example.com", "")
		return err
	}))
	doc := b.get("/connections/"+c.ID.String()+"/profile/versions?from=1&to=2").must(t, http.StatusOK).page(t)
	for _, part := range []string{"section[aria-label=Versions] tbody tr:first-child", "[aria-labelledby=diff]"} {
		got := doc.Find(part).Text()
		for _, want := range []string{"Asked for by ann@example.com", "Confirmed by ben@example.com", "Trim titles"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s does not say %q: %s", part, want, got)
			}
		}
	}
}

func TestAPreviewSpeaksOfFieldsAndValuesInWords(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.configured(""), h.as(accountManager)
	base := "/connections/" + c.ID.String() + "/profile"
	b.drafted(c)
	b.post(base+"/preview", url.Values{"records": {"1000"}}).must(t, http.StatusSeeOther)
	ctx := context.Background()
	p, err := h.store.LatestPreview(ctx, c.ID, 0)
	h.ok(err)
	changes := []store.FieldChange{{Field: "bill_rate.max", Before: "1250.5", After: ""}, {Field: "start_date", Before: "2026-04-06", After: "2026-04-13"},
		{Field: "status", Before: "on_hold", After: "open"}, {Field: "locations.0.city", After: "Austin"}}
	raw := int64(1)
	h.ok(h.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.RestartPreview(ctx, p.ID, 2); err != nil {
			return err
		}
		if err := tx.SavePreviewBatch(ctx, p.ID, []store.PreviewRecord{
			{Ordinal: 1, Subject: staffing.SubjectRequisition, Title: "Welder", Verdict: store.VerdictChanged, Changes: store.Doc(changes)},
			{Ordinal: 2, Subject: staffing.SubjectSubmission, RawID: &raw, Title: "Onsite", Verdict: store.VerdictChanged, Changes: store.Doc([]store.FieldChange{{Field: "word", Before: "a", After: "b"}})},
		}, store.PreviewSummary{Changed: 2}, 2); err != nil {
			return err
		}
		return tx.EndPreview(ctx, p.ID, "")
	}))
	doc := b.get(base+"/preview").must(t, http.StatusOK).page(t)
	got := ""
	doc.Find(".before-after tbody td").Each(func(_ int, e *goquery.Selection) { got += strings.TrimSpace(e.Text()) + " " })
	for _, want := range []string{"Bill rate (max) 1,250.50 empty", "Start date 6 April 2026 13 April 2026", "Status on hold open", "Places of work 1 (city) empty Austin", "The client's word a b"} {
		if !strings.Contains(got, want) {
			t.Errorf("the drill-down does not say %q: %s", want, got)
		}
	}
	if strings.Contains(got, "bill_rate") {
		t.Errorf("the drill-down is for programmers: %s", got)
	}
	if got := doc.Find(".preview-scope").Text(); !strings.Contains(got, "1 requisition, 1 status of the client") || strings.Contains(got, "Not tried") {
		t.Errorf("tried is %q", got)
	}
}

func TestWhatAPreviewCannotTryIsSaid(t *testing.T) {
	t.Parallel()
	const before = "candidate: {external_id: raw.id}\ntriggers: [Submit]\n"
	for name, c := range map[string]struct {
		document string
		want     int
	}{
		"nothing":              {before, 0},
		"a trigger":            {strings.Replace(before, "Submit", "Send", 1), 0},
		"a candidate's cell":   {strings.Replace(before, "raw.id", "raw.key", 1), 1},
		"how often it is read": {before + "poll: {requisitions: 5m}\n", 1},
	} {
		got := untried(profile{published: store.Profile{Document: before}, draft: store.Profile{Document: c.document}})
		if len(got) != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
