package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// ReadVocabulary notes that the system is asked, and answers nothing.
func (f *fakeProfiles) ReadVocabulary(ctx context.Context, id uuid.UUID, by store.User) error {
	if err := f.note("vocabulary", by.Email); err != nil {
		return err
	}
	return f.store.AskVocabulary(ctx, id, time.Now().Add(time.Hour))
}

const atsProfile = `job:
  title: req.title
  kind: '"Contract"'
triggers: [Client Submission]
internal_status: {placed: Placed, offer: Offer Made}
`

// tells saves what a system says of itself.
func (h *hub) tells(c store.Connection, fields []staffing.VendorField, words ...string) {
	h.t.Helper()
	var statuses []staffing.DeclaredStatus
	for _, w := range words {
		statuses = append(statuses, staffing.DeclaredStatus{Subject: staffing.SubjectSubmission, Word: w, Label: w})
	}
	h.ok(h.store.InTx(context.Background(), func(tx *store.Tx) error { return tx.SaveVocabulary(context.Background(), c.ID, fields, statuses) }))
}

func kindField(values ...string) staffing.VendorField {
	f := staffing.VendorField{Section: "job", Key: "kind", Label: "Kind of work", Type: "choice"}
	for _, v := range values {
		f.Options = append(f.Options, staffing.FieldOption{Value: v, Label: v})
	}
	return f
}

// talkingATS is an internal ATS that told its fields and statuses.
func (h *hub) talkingATS() store.Connection {
	h.t.Helper()
	c := storetest.Connection(h.t, h.store, staffing.RoleInternalATS)
	h.publish(c, atsProfile)
	h.tells(c, []staffing.VendorField{kindField("Contract", "Permanent"), {Section: "job", Key: "customText1", Label: "Line of business", Type: "text", Required: true},
		{Section: "job", Key: "customText2", Label: "Work week", Type: "text"}}, "New Lead", "Client Submission", "Placed")
	return c
}

func TestAMapOffersTheSystemsOwnFields(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.talkingATS(), h.as(accountManager)
	base := "/connections/" + c.ID.String() + "/profile"
	doc := b.get(base).must(t, http.StatusOK).page(t)
	first := doc.Find("table.fields tbody tr").First()
	if got := first.Text(); !strings.Contains(got, "Line of business") || !strings.Contains(got, "Required") || !strings.Contains(got, "Choose a source") {
		t.Errorf("the required field of the system does not stand first: %q", got)
	}
	if got := doc.Find("#c-kind").Text(); !strings.Contains(got, "Kind of work") || !strings.Contains(got, "choice") || !strings.Contains(got, "Contract, Permanent") {
		t.Errorf("the field with a pick list says %q", got)
	}
	if got := doc.Find("details.vendor-fields").Text(); !strings.Contains(got, "Work week") || strings.Contains(got, "Line of business") {
		t.Errorf("further fields are %q", got)
	}
	doc = b.get(base+"/cell?section=job&key=kind").must(t, http.StatusOK).page(t)
	if got := choicesOf(doc.Find(`select[name="param.constant.value"]`)); got != "Choose a value, Contract*, Permanent" {
		t.Errorf("the fixed values to choose are %s", got)
	}
	h.tells(c, []staffing.VendorField{kindField("Permanent")}, "New Lead")
	doc = b.get(base+"/cell?section=job&key=kind").must(t, http.StatusOK).page(t)
	if got := choicesOf(doc.Find(`select[name="param.constant.value"]`)); got != "Choose a value, Contract (not in the list)*, Permanent" {
		t.Errorf("after Contract was taken away: %s", got)
	}
	if doc = b.get(base).page(t); doc.Find("#c-customText1").Length() > 0 {
		t.Error("a field that the system no longer has is offered")
	}
}

// choicesOf joins the options of a select; the chosen one has a star.
func choicesOf(s *goquery.Selection) string {
	var out []string
	s.Find("option").Each(func(_ int, o *goquery.Selection) {
		text := strings.TrimSpace(o.Text())
		if _, chosen := o.Attr("selected"); chosen {
			text += "*"
		}
		out = append(out, text)
	})
	return strings.Join(out, ", ")
}

func TestTheSystemsOwnStatusesAreOffered(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.talkingATS(), h.as(accountManager)
	base := "/connections/" + c.ID.String() + "/profile/statuses"
	doc := b.get(base).must(t, http.StatusOK).page(t)
	if got := choicesOf(doc.Find(`select[name="internal.offer"]`)); got != "Show nothing, Offer Made (not a status there)*, New Lead, Client Submission, Placed" {
		t.Errorf("to show for an offer: %s", got)
	}
	if got := doc.Find(`input[name=trigger]:checked`).AttrOr("value", ""); got != "Client Submission" {
		t.Errorf("the trigger is %q", got)
	}
	form := with(hidden(doc, base), "internal.offer", "New Lead", "internal.placed", "Placed", "triggers", "Handed over\n")
	form["trigger"] = []string{"New Lead", "Client Submission"}
	b.post(base, form).must(t, http.StatusSeeOther)
	draft, err := h.store.Draft(context.Background(), c.ID)
	h.ok(err)
	d, err := mapping.Parse([]byte(draft.Document))
	h.ok(err)
	if got := strings.Join(d.Triggers, ", "); got != "Client Submission, New Lead, Handed over" || d.InternalStatus[staffing.Offer] != "New Lead" {
		t.Errorf("the draft has the triggers %s and for an offer %q", got, d.InternalStatus[staffing.Offer])
	}
}

func TestDeclaredWordsOfAClientAreOfferedBeforeTheyAreSeen(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.configured(""), h.as(accountManager)
	h.tells(c, nil, "Onsite", "Agency Screen", "Offer")
	h.tells(c, nil, "Agency Screen", "Offer")
	doc := b.get("/connections/"+c.ID.String()+"/profile/statuses").must(t, http.StatusOK).page(t)
	row := func(word string) *goquery.Selection {
		return doc.Find("#stage-words").Closest("section").Find("tbody tr").FilterFunction(func(_ int, e *goquery.Selection) bool {
			return strings.TrimSpace(e.Find("label.word").Text()) == word
		})
	}
	if got := row("Agency Screen").Text(); !strings.Contains(got, "not seen yet") || row("Agency Screen").HasClass("differs") {
		t.Errorf("a declared word says %q", got)
	}
	if got := row("Onsite").Text(); !strings.Contains(got, "no longer in") {
		t.Errorf("a word that vanished says %q", got)
	}
}

func TestTheSystemIsAskedByAButtonAndAFailureIsToldThere(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.talkingATS(), h.as(accountManager)
	base := "/connections/" + c.ID.String() + "/profile"
	doc := b.get(base).page(t)
	if got := doc.Find("#vocabulary").Text(); !strings.Contains(got, "3 fields and 3 statuses") {
		t.Errorf("the page says %q", got)
	}
	b.post(base+"/vocabulary", url.Values{"tab": {"statuses"}}).must(t, http.StatusSeeOther)
	doc = b.get(base + "/statuses").page(t)
	if e := doc.Find("#vocabulary"); e.AttrOr("hx-get", "") == "" || !strings.Contains(e.Text(), "is being asked") {
		t.Errorf("while it is read the page says %q", e.Text())
	}
	next := time.Now().Add(time.Hour)
	h.ok(h.store.FailVocabulary(context.Background(), c.ID, "the scope meta is missing", &next))
	r := b.get("/fragments/connections/"+c.ID.String()+"/vocabulary?tab=fields").must(t, http.StatusOK)
	if r.header.Get("HX-Refresh") != "true" {
		t.Error("the page does not load again after the answer")
	}
	if got := b.get(base).page(t).Find("#vocabulary").Text(); !strings.Contains(got, "The scope meta is missing") || !strings.Contains(got, "3 fields") {
		t.Errorf("after a failure the page says %q", got)
	}
	h.as(finance).post(base+"/vocabulary", url.Values{}).must(t, http.StatusForbidden)
}

func TestEachKindOfGapShowsLinksAndCloses(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	ctx := context.Background()
	c, b := h.configured(""), h.as(accountManager)
	gaps := []staffing.Gap{
		{Kind: staffing.GapStatus, Field: "stages.status", Value: "Agency Screen", Message: "No stage for the word Agency Screen."},
		{Kind: staffing.GapCode, Field: "requisition.department", Value: "HR", Message: "The list has no code HR."},
		{Kind: staffing.GapRequired, Field: "requisition.title", Message: "The title is empty."},
		{Kind: staffing.GapField, Field: "requisition", Value: "raw.custom_fields.clearance", Message: "A new field, for example “secret”."},
		{Kind: staffing.GapOption, Field: "stages.Onsite", Value: "Onsite", Message: "The system has no status Onsite any more."},
	}
	h.ok(h.store.NoteGaps(ctx, c.ID, gaps))
	doc := b.get("/clients/"+c.ClientID.String()).must(t, http.StatusOK).page(t)
	for _, g := range gaps {
		link := doc.Find(`a[aria-label$=": ` + g.Message + `"]`)
		target := link.AttrOr("href", "")
		if target == "" {
			t.Errorf("the gap %q has no link", g.Message)
			continue
		}
		page := b.get(strings.Split(target, "#")[0]).must(t, http.StatusOK).page(t)
		if at := strings.SplitN(target, "#", 2); len(at) == 2 && page.Find(`[id="`+at[1]+`"]`).Length() == 0 {
			t.Errorf("%s: there is no such place on the page", target)
		}
	}
	if list, err := h.store.Gaps(ctx, c.ID); err != nil || list[len(list)-1].Kind.Holds() || list[0].Kind == staffing.GapField {
		t.Errorf("what holds records does not stand first: %+v, %v", list, err)
	}
	h.publish(c, clientProfile+"about: again\n")
	h.ok(h.store.CloseGaps(ctx, c.ID))
	if got := b.get("/clients/" + c.ClientID.String()).page(t).Find("#gaps").Closest("section").Text(); !strings.Contains(got, "Every value that this client sent is mapped") {
		t.Errorf("after publishing: %q", got)
	}
}

func TestANewFieldIsMappedOrIgnored(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	ctx := context.Background()
	c, b := h.configured(""), h.as(accountManager)
	base := "/connections/" + c.ID.String() + "/profile"
	const path = "raw.custom_fields.clearance"
	h.ok(h.store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.NotePayloadKeys(ctx, c.ID, staffing.FeedRequisitions, []store.PayloadKey{{Path: path, Example: "secret", Count: 2}}); err != nil {
			return err
		}
		return tx.NoteGapCounts(ctx, c.ID, []store.CountedGap{{Count: 2, Gap: staffing.Gap{Kind: staffing.GapField, Field: "requisition", Value: path, Message: "new"}}})
	}))
	doc := b.get(base+"?section=requisition").must(t, http.StatusOK).page(t)
	row := doc.Find("#new-fields").Closest("section").Find("tbody tr")
	if got := row.Text(); !strings.Contains(got, path) || !strings.Contains(got, "secret") || !strings.Contains(got, "2") {
		t.Errorf("the new field says %q", got)
	}
	editor := b.get(row.Find("a").AttrOr("href", "")).must(t, http.StatusOK).page(t)
	if got := editor.Find(".source input:checked").AttrOr("value", ""); got != path {
		t.Errorf("the editor has picked %q", got)
	}
	form := with(hidden(editor, base+"/cell"), "mode", "pick", "source", path, "transform", "copy", "do", "save")
	b.post(base+"/cell", form).must(t, http.StatusSeeOther)
	draft, err := h.store.Draft(ctx, c.ID)
	h.ok(err)
	if !strings.Contains(draft.Document, "custom_fields.clearance: raw.custom_fields.clearance") {
		t.Errorf("the draft is %s", draft.Document)
	}
	b.post(base+"/ignore", url.Values{"path": {path}, "section": {"requisition"}}).must(t, http.StatusSeeOther)
	if e := h.audited(b, "field.ignored"); !strings.Contains(e.Detail, path) {
		t.Errorf("the log says %s", e.Detail)
	}
	if doc = b.get(base + "?section=requisition").page(t); doc.Find("#new-fields").Length() > 0 {
		t.Error("the ignored field still is told of")
	}
}

func TestADateIsReadInAFormAndAZone(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c, b := h.configured(""), h.as(accountManager)
	base := "/connections/" + c.ID.String() + "/profile"
	doc := b.get(base+"/cell?section=requisition&key=start_date").must(t, http.StatusOK).page(t)
	for _, name := range []string{"param.date.format", "param.date.zone"} {
		if doc.Find(`[name="`+name+`"]`).Length() != 1 {
			t.Errorf("the editor does not ask for %s", name)
		}
	}
	if doc.Find(`[id="s-param.date.zone"] option[value="America/Chicago"]`).Length() != 1 {
		t.Error("no zone of the country is suggested")
	}
	form := with(hidden(doc, base+"/cell"), "mode", "pick", "source", "raw.starts", "transform", "date", "param.date.format", "01/02/2006 15:04", "param.date.zone", "America/Chicago", "do", "save")
	b.post(base+"/cell", form).must(t, http.StatusSeeOther)
	draft, err := h.store.Draft(context.Background(), c.ID)
	h.ok(err)
	if !strings.Contains(draft.Document, `parse_date(raw.starts, "01/02/2006 15:04", "America/Chicago")`) {
		t.Errorf("the draft is %s", draft.Document)
	}
	doc = b.get(base+"/cell?section=requisition&key=start_date").must(t, http.StatusOK).page(t)
	if got := doc.Find(`[name="param.date.zone"]`).AttrOr("value", ""); got != "America/Chicago" {
		t.Errorf("opened again the zone is %q", got)
	}
}
