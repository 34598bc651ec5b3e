package handlers

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/store"
)

// finish ends the newest preview of a draft with a result.
func (h *hub) finish(c store.Connection, held int) {
	h.t.Helper()
	ctx := context.Background()
	p, err := h.store.LatestPreview(ctx, c.ID, 0)
	h.ok(err)
	version, lists, err := h.store.ProfileStamp(ctx, c.ID)
	h.ok(err)
	h.ok(h.store.InTx(ctx, func(tx *store.Tx) error {
		p.BaseVersion, p.Lists = version, lists
		var rows []store.PreviewRecord
		for i := range held {
			rows = append(rows, store.PreviewRecord{Ordinal: i + 1, Subject: "requisition", SubjectID: strconv.Itoa(i), Title: "Record " + strconv.Itoa(i), Verdict: store.VerdictHeld,
				Changes: store.Doc([]store.FieldChange{{Field: "title", Before: "was", After: "is"}}), Reasons: store.Doc([]string{"No PO."})})
		}
		if err := tx.RestartPreview(ctx, p.ID, held+2); err != nil {
			return err
		}
		if err := tx.SavePreviewBatch(ctx, p.ID, rows, store.PreviewSummary{Same: 2, Held: held, Reasons: map[string]int{"PO_REQUIRED": held}}, held+2); err != nil {
			return err
		}
		return tx.EndPreview(ctx, p.ID, "")
	}))
}

// drafted begins a draft that changes the title.
func (b *browser) drafted(c store.Connection) {
	b.t.Helper()
	base := "/connections/" + c.ID.String() + "/profile"
	form := hidden(b.get(base+"/cell?section=requisition&key=title").page(b.t), base+"/cell")
	b.post(base+"/cell", with(form, "mode", "cel", "cel", "trim(raw.name)", "do", "save")).must(b.t, http.StatusSeeOther)
}

func TestAPublicationWaitsForASecondPerson(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, ada, bob := h.configured(""), h.as(accountManager), h.as(admin)
	base := "/connections/" + c.ID.String() + "/profile"
	ada.drafted(c)
	doc := ada.get(base+"/preview").must(t, http.StatusOK).page(t)
	if _, off := doc.Find(`form[action="` + base + `/publish"] button`).Attr("disabled"); !off {
		t.Error("a draft that nobody tried can be published")
	}
	ada.post(base+"/preview", url.Values{"records": {"1000"}}).must(t, http.StatusSeeOther)
	doc = ada.get(base + "/preview").page(t)
	if poll, _ := doc.Find("#preview").Attr("hx-get"); poll != "/fragments/connections/"+c.ID.String()+"/preview" || doc.Find("progress").Length() != 1 {
		t.Errorf("a running preview asks for %q", poll)
	}
	h.finish(c, 30)
	h.changes.affected, h.changes.limit = 30, 25

	doc = ada.get("/fragments/connections/"+c.ID.String()+"/preview").must(t, http.StatusOK).page(t)
	if _, polls := doc.Find("#preview").Attr("hx-get"); polls || !strings.Contains(doc.Find(".verdict-held").Text(), "30") || doc.Find(".before-after del").First().Text() != "was" {
		t.Errorf("a finished preview says %s", doc.Text())
	}
	doc = ada.get(base + "/preview").page(t)
	form := hidden(doc, base+"/publish")
	doc = ada.post(base+"/publish", form).must(t, http.StatusUnprocessableEntity).page(t)
	if !strings.Contains(doc.Find("#preview [role=alert]").Text(), "note") {
		t.Error("a publication needs a note")
	}
	ada.post(base+"/publish", with(form, "note", "Trim titles")).must(t, http.StatusSeeOther)
	doc = ada.get(base + "/preview").page(t)
	if doc.Find(`form[action="`+base+`/publish"] button`).Length() != 0 || !strings.Contains(doc.Find("#preview .why").Text(), "somebody else") {
		t.Error("who asked is offered to confirm")
	}
	ada.post(base+"/publish", with(form, "note", "Trim titles")).must(t, http.StatusForbidden)
	doc = bob.get(base + "/preview").page(t)
	if got := doc.Find(`form[action="` + base + `/publish"]`).Text(); !strings.Contains(got, "Trim titles") || !strings.Contains(got, "Confirm and publish") {
		t.Errorf("the second person reads %q", got)
	}
	bob.post(base+"/publish", hidden(doc, base+"/publish")).must(t, http.StatusSeeOther)
	p, err := h.store.PublishedProfile(context.Background(), c.ID)
	h.ok(err)
	if p.Version != 2 || p.PublishedBy != bob.user.Email || p.Note != "Trim titles" {
		t.Errorf("in force is %+v", p)
	}
}

func TestVersionsAreComparedAndRolledBack(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.configured(""), h.as(accountManager)
	base := "/connections/" + c.ID.String() + "/profile"
	h.publish(c, strings.Replace(clientProfile, "title: raw.name", "title: raw.headline", 1))
	doc := b.get(base+"/versions?from=1&to=2").must(t, http.StatusOK).page(t)
	if got := doc.Find("[aria-labelledby=diff]").Text(); !strings.Contains(got, "raw.headline") || !strings.Contains(got, "raw.name") {
		t.Errorf("the difference reads %q", got)
	}
	b.post(base+"/rollback", url.Values{"version": {"1"}}).must(t, http.StatusUnprocessableEntity)
	b.post(base+"/rollback", url.Values{"version": {"2"}, "note": {"no"}}).must(t, http.StatusConflict)
	b.post(base+"/rollback", url.Values{"version": {"1"}, "note": {"The new title is empty."}}).must(t, http.StatusSeeOther)
	p, err := h.store.PublishedProfile(context.Background(), c.ID)
	h.ok(err)
	if p.Version != 3 || p.Document != clientProfile || p.Note != "The new title is empty." {
		t.Errorf("in force is %+v", p)
	}
}

func TestListsTellEachWrongLine(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.configured(""), h.as(accountManager)
	base := "/connections/" + c.ID.String() + "/profile"
	doc := b.post(base+"/lists", url.Values{"name": {"sites"}, "text": {"code,value\nB1,Boston\n,empty\nB1,Berlin\na,b,c\n"}}).must(t, http.StatusUnprocessableEntity).page(t)
	got := strings.Join(strings.Fields(doc.Find(".line-errors").Text()), " ")
	for _, want := range []string{"Line 3 the code is empty", `Line 4 the code "B1" stands on line 2 already`, "Line 5 it has 3 columns"} {
		if !strings.Contains(got, want) {
			t.Errorf("the errors are %q, want %q", got, want)
		}
	}
	if v := doc.Find("#f-text").Text(); !strings.Contains(v, "B1,Berlin") {
		t.Error("what was pasted is lost")
	}
	doc = b.post(base+"/lists", url.Values{"name": {"My Sites"}, "text": {"B1,Boston"}}).must(t, http.StatusUnprocessableEntity).page(t)
	if doc.Find("#f-name-error").Length() != 1 {
		t.Error("a name that no expression can use is taken")
	}
	b.post(base+"/lists", url.Values{"name": {"sites"}, "text": {"B1;Boston\nB2;Berlin"}}).must(t, http.StatusSeeOther)
	b.post(base+"/lists/sites", url.Values{"code": {"B3"}, "value": {"Bonn"}}).must(t, http.StatusSeeOther)
	doc = b.get(base+"/lists/sites?q=bo").must(t, http.StatusOK).page(t)
	if rows := doc.Find("section[aria-label=Entries] tbody tr"); rows.Length() != 2 || !strings.Contains(rows.Text(), "Bonn") {
		t.Errorf("the search finds %q", rows.Text())
	}
	entries, version, err := h.store.CodeList(context.Background(), c.ID, "sites")
	h.ok(err)
	if version != 2 || len(entries) != 3 || entries["B2"] != "Berlin" {
		t.Errorf("version %d is %v", version, entries)
	}
	b.post(base+"/lists/departments", url.Values{"code": {"HR"}}).must(t, http.StatusSeeOther)
	if entries, _, err = h.store.CodeList(context.Background(), c.ID, "departments"); err != nil || entries["IT"] != "it" || entries["HR"] != "HR" {
		t.Errorf("the profile's own list became %v (%v)", entries, err)
	}
}

func TestALongListIsReadInSeconds(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.configured(""), h.as(accountManager)
	var text strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&text, "C-%06d,Cost centre %d\n", i, i)
	}
	b.post("/connections/"+c.ID.String()+"/profile/lists", url.Values{"name": {"cost_centres"}, "text": {text.String()}}).must(t, http.StatusSeeOther)
	lists, err := h.store.CodeLists(context.Background(), c.ID)
	h.ok(err)
	if len(lists) != 1 || lists[0].Count != 100_000 {
		t.Errorf("saved is %+v", lists)
	}
}
