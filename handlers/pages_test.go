package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// river is one record of each kind, as the worker leaves them.
type river struct {
	connection  store.Connection
	erp         store.Connection
	requisition store.Requisition
	submission  store.Submission
	placement   store.Placement
	failure     store.Failure
}

// flow fills the hub with a river. text is what strangers wrote.
func (h *hub) flow(text string) (x river) {
	h.t.Helper()
	ctx := context.Background()
	x.connection = storetest.Connection(h.t, h.store, staffing.RoleClient)
	x.erp = storetest.Connection(h.t, h.store, staffing.RoleERP, func(c *store.Connection) { c.Kind = "books" })
	h.systems.put(x.connection.ID, hookSystem{})
	h.systems.put(x.erp.ID, plainSystem{})
	x.requisition = storetest.Requisition(h.t, h.store, x.connection, func(r *staffing.Requisition) {
		lowest, highest := decimal.NewFromInt(80), decimal.RequireFromString("95.5")
		r.Title, r.Description, r.Department = "Network Engineer "+text, "<p>"+text+"</p>", text
		r.BillRate = staffing.RateRange{Min: &lowest, Max: &highest, Currency: "USD", Unit: staffing.Hour}
		r.Locations = []staffing.Location{{City: "Boston", Region: "MA", Remote: true}}
	})
	x.submission = storetest.Deliver(h.t, h.store, storetest.Submission(h.t, h.store, x.requisition))
	x.placement = storetest.Placement(h.t, h.store, x.submission, func(p *staffing.Placement) { p.WorkSite = text; p.StartDate = "2026-04-13" })
	h.ok(h.store.UpsertFeed(ctx, x.connection.ID, staffing.FeedRequisitions, 60e9))
	h.ok(h.store.NoteFailure(ctx, store.Failure{Step: "submission.deliver", Subject: staffing.SubjectSubmission, SubjectID: x.submission.ID.String(), ConnectionID: &x.connection.ID,
		Code: staffing.Invalid, Cause: "submission.deliver/invalid/a b%2F", Message: "The client refused it. " + text, State: store.FailureOpen, Args: store.Doc(json.RawMessage(`{}`))}))
	h.ok(h.store.NoteGaps(ctx, x.connection.ID, []staffing.Gap{{Kind: staffing.GapStatus, Field: "stages", Value: text + "?", Message: "Unknown word."}}))
	list, _, err := h.store.Failures(ctx, store.FailureFilter{})
	h.ok(err)
	x.failure = list[0].Failure
	return x
}

func (h *hub) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// pages are the addresses of every page that shows the river.
func (x river) pages() []string {
	profile := "/connections/" + x.connection.ID.String() + "/profile"
	return []string{profile, profile + "?section=submission", profile + "?section=placement", profile + "/cell?section=requisition&key=title", profile + "/statuses?word=x", profile + "/rules", profile + "/rule?form=free",
		profile + "/lists", profile + "/preview", profile + "/versions", "/connections/" + x.erp.ID.String() + "/profile?section=bill", "/", "/requisitions", "/requisitions?state=valid&q=network", "/requisitions/" + x.requisition.ID.String(), "/submissions", "/submissions?view=board", "/submissions/" + x.submission.ID.String(),
		"/placements", "/placements?tab=posted", "/placements/" + x.placement.ID.String(), "/failed", "/failed?state=resolved", "/failed/" + x.failure.ID.String(),
		"/connections", "/connections/" + x.connection.ID.String(), "/connections/" + x.connection.ID.String() + "/edit", "/connections/new", "/connections/watch", "/connectors", "/notices", "/connections/new?kind=test",
		"/clients", "/clients/" + x.connection.ClientID.String(), "/approvals", "/reconciliation", "/audit", "/users", "/tokens", "/help", "/api/docs", "/fragments/overview", "/fragments/placements", "/fragments/failed", "/fragments/connections/" + x.connection.ID.String() + "/feeds"}
}

func TestPagesShowTheRiver(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	x := h.flow("")
	b := h.as(admin)
	for path, wants := range map[string]map[string]string{
		"/":                       {"#overview .river-step:first-child .river-count": "1", ".fresh a": x.connection.Name},
		"/requisitions":           {"td[data-label=Rate]": "USD 80.00-95.50 / hour Contract", "td[data-label=Where]": "Boston, MA, remote", ".row-link": x.requisition.Title},
		"/requisitions?q=nothing": {".empty-title": "Nothing matches"},
		"/requisitions/" + x.requisition.ID.String(): {"h1": x.requisition.Title, "[aria-labelledby=submissions] .cell-main": "Ada Byron"},
		"/submissions":                             {".row-link": "Ada Byron", "td[data-label=Rate]": "USD 95.00 / hour"},
		"/submissions?q=ada&state=delivered":       {".row-link": "Ada Byron"},
		"/submissions?view=board":                  {"[aria-label='Internal submittal'] .board-card a": "Ada Byron"},
		"/submissions/" + x.submission.ID.String(): {"h1": "Ada Byron", ".page-actions a[href^='/placements/']": "Placement"},
		"/placements":                              {".row-link": "Ada Byron", "td[data-label=Bill]": "USD 3,800.00"},
		"/placements?q=4711":                       {".empty-title": "Nothing matches"},
		"/placements?q=byron":                      {".row-link": "Ada Byron"},
		"/placements?tab=posted":                   {".empty-title": "Nothing is posted yet"},
		"/placements?tab=hunter2":                  {".row-link": "Ada Byron"},
		"/placements/" + x.placement.ID.String():   {".bill .total": "USD 3,800.00", ".bill td[data-label=Quantity]": "40 hours", "input[name=hash][value='" + x.placement.ContentHash + "']": ""},
		"/failed":                                  {".row-link": "Submission Ada Byron, Network Engineer", ".cause-count": "1"},
		"/failed/" + x.failure.ID.String():         {".note-title": "The client refused it."},
		"/connections":                             {"td[data-label='Mapping gaps']": "0"},
		"/connections/" + x.connection.ID.String(): {"h1": x.connection.Name, "[aria-labelledby=webhook] code": "/hooks/" + x.connection.ID.String()},
		"/connections/new":                         {".catalogue h3": "Test testTest books", ".catalogue-group h2": "A client's systemYour ERP"},
		"/connections/new?kind=test":               {"label[for='f-setting.api_key']": "API key secret"},
		"/audit?actor=nobody":                      {".empty-title": "Nothing matches"},
		"/help":                                    {"h1": "Glossary and keys"},
		"/api/docs":                                {"h1": "API"},
	} {
		doc := b.get(path).must(t, http.StatusOK).page(t)
		for selector, want := range wants {
			found := doc.Find(selector)
			if selector == ".row-link" || strings.HasPrefix(selector, "td") {
				found = found.Last()
			}
			if got := strings.Join(strings.Fields(found.Text()), " "); found.Length() == 0 || !strings.Contains(got, strings.Join(strings.Fields(want), " ")) {
				t.Errorf("%s: %s says %q, want %q", path, selector, got, want)
			}
		}
	}
}

func TestEveryPageOpensForEveryRole(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	x := h.flow("")
	for _, role := range []string{accountManager, finance, operator, admin} {
		b := h.as(role)
		for _, path := range x.pages() {
			if a := b.get(path); a.status != http.StatusOK && a.status != http.StatusForbidden {
				t.Errorf("%s on %s gets %d: %s", role, path, a.status, a.text())
			}
		}
	}
}

// hostile tries every door of a page.
const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(2)>`

func TestHostileTextDoesNothing(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	x := h.flow(hostile)
	b := h.as(admin)
	shown := 0
	for _, path := range append(x.pages(), "/requisitions?q="+url.QueryEscape(hostile), "/audit?actor="+url.QueryEscape(hostile), "/login?next="+url.QueryEscape(hostile), "/failed?cause="+url.QueryEscape(hostile)) {
		a := b.get(path)
		doc := a.page(t)
		if n := doc.Find("script:not([nonce]), img[src=x], [onerror], [onclick]").Length(); n != 0 {
			t.Errorf("%s lets %d elements of a stranger through", path, n)
		}
		if strings.Contains(doc.Text(), "<script>alert(1)") {
			shown++
		}
	}
	if shown < 8 {
		t.Errorf("only %d pages show the text: the test proves little", shown)
	}
}

func TestSecretsAreInNoPage(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	x := h.flow("")
	b := h.as(admin)
	for _, path := range x.pages() {
		a := b.get(path)
		for _, secret := range []string{"hunter2", testHash(), b.cookie("tributary")} { // storetest's connections have the key hunter2
			if strings.Contains(a.body, secret) {
				t.Errorf("%s shows a secret", path)
			}
		}
	}
	if strings.Contains(h.log.String(), "hunter2") {
		t.Error("the log holds a secret")
	}
}

func TestListsAreCutIntoPages(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c := storetest.Connection(t, h.store, staffing.RoleClient)
	for range rowsPerPage + 3 {
		storetest.Requisition(t, h.store, c)
	}
	b := h.as(operator)
	first := b.get("/requisitions?q=engineer&state=valid").page(t)
	next, _ := first.Find("a[rel=next]").Attr("href")
	second := b.get(next).page(t)
	if first.Find("[data-row]").Length() != rowsPerPage || second.Find("[data-row]").Length() != 3 {
		t.Errorf("the pages hold %d and %d rows; the second is %s", first.Find("[data-row]").Length(), second.Find("[data-row]").Length(), next)
	}
	if q, _ := second.Find("main input[name=q]").Attr("value"); q != "engineer" {
		t.Errorf("the second page forgot the filter: %q", q)
	}
	for _, odd := range []string{"page=0", "page=-1", "page=x", "page=99999999999", "client=x", "state=%27%3B--", "q=" + strings.Repeat("x", 3000), "q=%00", "q=%25_"} {
		b.get("/requisitions?"+odd).must(t, http.StatusOK)
	}
}

func TestAPlacementOfAnEditorShowsFourEyes(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	x := h.flow("")
	b := h.as(finance)
	h.ok(h.store.InTx(context.Background(), func(tx *store.Tx) error {
		p, err := tx.LockPlacement(context.Background(), x.placement.ID)
		if err != nil {
			return err
		}
		p.Editors = append(p.Editors, b.user.ID.String())
		return tx.SaveTerms(context.Background(), p)
	}))
	path := "/placements/" + x.placement.ID.String()
	button := b.get(path).page(t).Find("form[action='" + path + "/approve'] button")
	if _, off := button.Attr("disabled"); !off {
		t.Error("the editor is offered to approve")
	}
	if why := b.get(path).page(t).Find("#approve-why").Text(); why != "You edited this placement, so another person must approve it." {
		t.Errorf("the page says %q", why)
	}
	if b.get("/placements").page(t).Find("[data-row] .chip[title]").Text() != "You edited it" {
		t.Error("the queue does not say so")
	}
	if _, off := h.as(finance).get(path).page(t).Find("form[action='" + path + "/approve'] button").Attr("disabled"); off {
		t.Error("another person is not offered to approve")
	}
	h.desk.err = staffing.Errorf(staffing.Forbidden, "who edited a placement cannot approve it")
	a := b.post(path+"/approve", url.Values{"hash": {"h"}}).must(t, http.StatusForbidden)
	if got := a.page(t).Find(".callout[role=alert]").Text(); !strings.Contains(got, "Who edited a placement cannot approve it.") {
		t.Errorf("the refusal reads %q", got)
	}
}

func TestDecisionsReachTheDesk(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	x := h.flow("")
	b := h.as(finance)
	path := "/placements/" + x.placement.ID.String()
	a := b.post(path+"/approve", url.Values{"hash": {x.placement.ContentHash}}).must(t, http.StatusSeeOther)
	if doc := b.get(a.header.Get("Location")).page(t); !strings.HasPrefix(strings.TrimSpace(doc.Find(".callout[role=status]").Text()), "Approved.") {
		t.Error("the page does not say that it is approved")
	}
	if b.get(path).page(t).Find(".callout[role=status]").Length() != 0 {
		t.Error("the message stays")
	}
	b.post(path+"/send-back", url.Values{"reason": {" no PO "}}).must(t, http.StatusSeeOther)
	b.post(path+"/send-back", url.Values{"reason": {"  "}}).must(t, http.StatusUnprocessableEntity)
	b.post(path+"/correct", url.Values{"field": {"bill_rate"}, "value": {"96"}, "reason": {"typo"}}).must(t, http.StatusSeeOther)
	want := fmt.Sprintf("approve %[1]s %[2]s|send back %[1]s no PO|correct %[1]s bill_rate 96 typo", b.user.Email, x.placement.ContentHash)
	if got := strings.Join(h.desk.did, "|"); got != want {
		t.Errorf("the desk heard\n%s\nwant\n%s", got, want)
	}
	h.desk.err = &staffing.Error{Code: staffing.Invalid, Field: "value", Message: "that is no rate"}
	form := b.post(path+"/correct", url.Values{"field": {"cost_centre"}, "value": {hostile}, "reason": {"because"}}).must(t, http.StatusUnprocessableEntity).page(t).Find("form[action$='/correct']")
	v, _ := form.Find("input[name=value]").Attr("value")
	why, _ := form.Find("input[name=reason]").Attr("value")
	field, _ := form.Find("option[selected]").Attr("value")
	if v != hostile || why != "because" || field != "cost_centre" || form.Find("[role=alert]").Text() != "That is no rate." {
		t.Errorf("the refused form holds %q %q %q %q", v, why, field, form.Find("[role=alert]").Text())
	}
	h.desk.err = staffing.Errorf(staffing.Conflict, "it changed meanwhile")
	b.post(path+"/approve", url.Values{"hash": {"old"}}).must(t, http.StatusConflict)
}

func TestTermsStandSideBySide(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	sub := storetest.Deliver(t, h.store, storetest.Submission(t, h.store, storetest.Requisition(t, h.store, storetest.Connection(t, h.store, staffing.RoleClient))))
	p := storetest.Placement(t, h.store, sub, func(p *staffing.Placement) { p.BillRate.Amount = decimal.RequireFromString("97.125") })
	rows := h.as(accountManager).get("/placements/" + p.ID.String()).page(t).Find(".terms tbody tr.differs")
	if got := strings.Join(strings.Fields(rows.Text()), " "); got != "Bill rate Differs –USD 95.00 / hourUSD 97.125 / hourUSD 97.125 / hour" {
		t.Errorf("the rates that differ read %q", got)
	}
}

func TestAnUnknownIDIsNotThere(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	b := h.as(admin)
	for _, path := range []string{"/requisitions/", "/submissions/", "/placements/", "/failed/", "/connections/"} {
		b.get(path+uuid.NewString()).must(t, http.StatusNotFound)
	}
	b.get("/connections/"+uuid.NewString()+"/edit").must(t, http.StatusNotFound)
	b.get("/connections/new?kind=nothing").must(t, http.StatusNotFound)
}
