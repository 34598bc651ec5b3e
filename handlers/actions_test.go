package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/internal/apitoken"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// audited fails unless the newest entry of the log is that.
func (h *hub) audited(by *browser, action string) store.AuditEntry {
	h.t.Helper()
	list, _, err := h.store.AuditLog(context.Background(), store.AuditFilter{Limit: 1})
	h.ok(err)
	if len(list) != 1 || list[0].Action != action || list[0].Actor != by.user.Email {
		h.t.Fatalf("the log ends with %+v, want %s by %s", list, action, by.user.Email)
	}
	return list[0]
}

func (h *hub) jobs(want ...string) {
	h.t.Helper()
	if got := strings.Join(h.queue.list(), "|"); got != strings.Join(want, "|") {
		h.t.Errorf("the queue holds %q, want %q", got, strings.Join(want, "|"))
	}
}

func TestRecordsAreTriedAgain(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	x := h.flow("")
	b := h.as(accountManager)
	b.post("/requisitions/"+x.requisition.ID.String()+"/revalidate", nil).must(t, http.StatusSeeOther)
	h.audited(b, "requisition.revalidated")
	b.post("/submissions/"+x.submission.ID.String()+"/retry", nil).must(t, http.StatusSeeOther)
	h.audited(b, "submission.retried")
	b.post("/failed/"+x.failure.ID.String()+"/retry", nil).must(t, http.StatusSeeOther)
	h.audited(b, "failure.retried")
	form, _ := b.get("/failed").page(t).Find(".causes form").Attr("action")
	a := b.post(form, nil).must(t, http.StatusSeeOther)
	h.audited(b, "failure.cause_retried")
	if said := b.get(a.header.Get("Location")).page(t).Find(".callout[role=status]").Text(); !strings.Contains(said, "1 record is tried again.") {
		t.Errorf("it says %q", said)
	}
	h.jobs("validate "+x.requisition.ID.String(), "retry submission.deliver", "retry submission.deliver", "retry submission.deliver")
	h.queue.err = errors.New("no queue")
	b.post("/failed/"+x.failure.ID.String()+"/retry", nil).must(t, http.StatusInternalServerError)
	h.audited(b, "failure.cause_retried")
}

func TestARecordIsDiscardedWithAReason(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	x := h.flow("")
	b := h.as(operator)
	path := "/failed/" + x.failure.ID.String()
	a := b.post(path+"/discard", url.Values{"reason": {" "}}).must(t, http.StatusUnprocessableEntity)
	if a.page(t).Find("form[action$='/discard'] [role=alert]").Text() != "A reason is needed." {
		t.Errorf("it says %q", a.text())
	}
	b.post(path+"/discard", url.Values{"reason": {"a test record"}}).must(t, http.StatusSeeOther)
	if e := h.audited(b, "failure.discarded"); strings.Contains(e.Detail, "a test record") {
		t.Error("the free text is in the log")
	}
	if text := b.get(path).text(); !strings.Contains(text, "Discarded by "+b.user.Email) || !strings.Contains(text, "a test record") {
		t.Errorf("the page says %q", text)
	}
	b.post(path+"/discard", url.Values{"reason": {"again"}}).must(t, http.StatusConflict)
	b.post(path+"/retry", nil).must(t, http.StatusConflict)
}

func TestAPostingIsTriedAgainOnlyWhenApproved(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	x := h.flow("")
	b := h.as(finance)
	path := "/placements/" + x.placement.ID.String()
	b.post(path+"/retry", nil).must(t, http.StatusConflict)
	h.ok(h.store.InTx(context.Background(), func(tx *store.Tx) error {
		return tx.Approve(context.Background(), x.placement.ID, storetest.User(t, h.store, finance).ID, nil, x.placement.ContentHash)
	}))
	h.ok(h.store.NoteFailure(context.Background(), store.Failure{Step: "placement.post", Subject: staffing.SubjectPlacement, SubjectID: x.placement.ID.String(), Code: staffing.Invalid,
		Cause: "c", Message: "The ERP knows no such party.", State: store.FailureOpen, Args: x.failure.Args}))
	doc := b.get(path).page(t)
	if doc.Find("[aria-labelledby=posting] .error-line").Text() != "The ERP knows no such party." || doc.Find("form[action$='/retry']").Length() != 1 {
		t.Error("the page does not offer to post again")
	}
	b.post(path+"/retry", nil).must(t, http.StatusSeeOther)
	h.audited(b, "placement.retried")
	h.jobs("retry placement.post")
}

func TestConnectionForm(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	client := storetest.Client(t, h.store)
	b := h.as(accountManager)
	bad := url.Values{"kind": {"test"}, "name": {""}, "client": {"nobody"}, "setting.base_url": {"ftp://x"}, "setting.api_key": {"s3cr3t"}, "setting.region": {"mars"}}
	a := b.post("/connections", bad).must(t, http.StatusUnprocessableEntity)
	doc := a.page(t)
	for _, id := range []string{"name", "client", `setting\.base_url`, `setting\.region`} {
		if doc.Find("#f-"+id+"-error").Length() != 1 {
			t.Errorf("the field %s does not carry its error", id)
		}
	}
	if v, _ := doc.Find(`#f-setting\.base_url`).Attr("value"); v != "ftp://x" || strings.Contains(a.body, "s3cr3t") {
		t.Errorf("the form keeps %q, or shows the secret", v)
	}
	good := url.Values{"kind": {"test"}, "name": {"Acme at Vendor"}, "client": {client.ID.String()}, "setting.base_url": {"https://x.test"}, "setting.api_key": {"s3cr3t"}, "setting.region": {""}}
	h.systems.tryErr = staffing.Errorf(staffing.Invalid, "the key is none")
	if a := b.post("/connections", good).must(t, http.StatusUnprocessableEntity); !strings.Contains(a.text(), "The key is none.") {
		t.Errorf("it says %q", a.text())
	}
	h.systems.tryErr = nil
	guide := b.post("/connections", good).must(t, http.StatusSeeOther).header.Get("Location")
	place, _, _ := strings.Cut(guide, "/setup")
	if e := h.audited(b, "connection.created"); strings.Contains(e.Detail, "s3cr3t") {
		t.Error("the log holds the secret")
	}
	if len(h.systems.adopted) != 1 || h.queue.wakes != 1 {
		t.Errorf("%d adopted, %d wakes", len(h.systems.adopted), h.queue.wakes)
	}
	t.Run("keeps a secret that is left empty", func(t *testing.T) {
		edit := url.Values{"name": {"Acme"}, "setting.base_url": {"https://x.test"}, "setting.api_key": {""}, "setting.region": {"eu"}}
		b.post(place, edit).must(t, http.StatusSeeOther)
		if e := h.audited(b, "connection.updated"); e.Detail != `{"fields":"name region"}` {
			t.Errorf("the log says %s", e.Detail)
		}
		c, err := h.store.Connection(context.Background(), h.systems.adopted[0])
		h.ok(err)
		secrets, err := h.store.ConnectionSecrets(c)
		h.ok(err)
		if secrets["api_key"] != "s3cr3t" || c.Name != "Acme" || c.Settings.V["region"] != "eu" || c.Settings.V["api_key"] != "" || len(h.systems.forgotten) != 1 {
			t.Errorf("it keeps %+v", c)
		}
	})
	t.Run("sends no stored secret to another address", func(t *testing.T) {
		doc := b.post(place, url.Values{"name": {"Acme"}, "setting.base_url": {"https://evil.test"}, "setting.api_key": {""}}).must(t, http.StatusUnprocessableEntity).page(t)
		if got := doc.Find(`#f-setting\.api_key-error`).Text(); got != "Enter it again, because the address changed." {
			t.Errorf("it says %q", got)
		}
	})
	t.Run("takes a new secret", func(t *testing.T) {
		b.post(place, url.Values{"name": {"Acme"}, "setting.base_url": {"https://y.test"}, "setting.api_key": {"n3w"}, "setting.region": {"eu"}}).must(t, http.StatusSeeOther)
		if e := h.audited(b, "connection.updated"); e.Detail != `{"fields":"base_url api_key"}` {
			t.Errorf("the log says %s", e.Detail)
		}
	})
	t.Run("ends with the secret hidden", func(t *testing.T) {
		if text := b.get(place).text(); !strings.Contains(text, hiddenSecret) || strings.Contains(text, "n3w") {
			t.Errorf("the page says %q", text)
		}
	})
	b.post("/connections", url.Values{"kind": {"nothing"}}).must(t, http.StatusNotFound)
}

func TestConnectionTest(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	x := h.flow("")
	b := h.as(operator)
	path := "/connections/" + x.connection.ID.String()
	h.ok(h.store.MarkNeedsAttention(context.Background(), x.connection.ID, "the key was refused"))
	state := func() staffing.ConnectionState {
		c, err := h.store.Connection(context.Background(), x.connection.ID)
		h.ok(err)
		return c.State
	}
	h.systems.put(x.connection.ID, plainSystem{err: staffing.Errorf(staffing.Unauthorized, "the vendor refuses the key")})
	if a := b.post(path+"/test", nil).must(t, http.StatusOK); !strings.Contains(a.text(), "The vendor refuses the key.") || state() != staffing.ConnectionNeedsAttention {
		t.Errorf("a refused key gives %q", a.text())
	}
	lacking := staffing.Report{Account: "hub@acme", Permissions: []staffing.Permission{{Name: "jobs.read", Purpose: "Reading jobs", Granted: true}, {Name: "jobs.write", Purpose: "Writing jobs", Detail: "Tick it under Roles."}}}
	h.systems.put(x.connection.ID, plainSystem{report: lacking})
	doc := b.post(path+"/test", nil).must(t, http.StatusOK).page(t)
	if text := strings.Join(strings.Fields(doc.Find("[aria-labelledby=test]").Text()), " "); !strings.Contains(text, "1 permission is missing. Signed in as hub@acme.") || !strings.Contains(text, "Tick it under Roles.") || state() != staffing.ConnectionNeedsAttention {
		t.Errorf("a missing permission reads %q", text)
	}
	h.systems.put(x.connection.ID, plainSystem{report: staffing.Report{Account: "hub@acme"}})
	b.post(path+"/test", nil).must(t, http.StatusOK)
	if h.audited(b, "connection.recovered"); state() != staffing.ConnectionActive {
		t.Error("a good test does not end the stop")
	}
}

func TestConnectionControls(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	x := h.flow("")
	b := h.as(operator)
	path := "/connections/" + x.connection.ID.String()
	b.post(path+"/pause", nil).must(t, http.StatusSeeOther)
	h.audited(b, "connection.paused")
	b.post(path+"/resume", nil).must(t, http.StatusSeeOther)
	h.audited(b, "connection.resumed")
	b.post(path+"/poll", url.Values{"feed": {"requisitions"}}).must(t, http.StatusSeeOther)
	if e := h.audited(b, "connection.polled"); e.Detail != `{"feed":"requisitions"}` {
		t.Errorf("the log says %s", e.Detail)
	}
	b.post(path+"/poll", url.Values{"feed": {"statuses"}}).must(t, http.StatusNotFound)
	b.post(path+"/backfill", url.Values{"feed": {"requisitions"}}).must(t, http.StatusSeeOther)
	h.audited(b, "connection.backfilled")
	if h.queue.wakes != 3 {
		t.Errorf("the queue was woken %d times", h.queue.wakes)
	}
}

func TestClientForm(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	b := h.as(accountManager)
	good := url.Values{"name": {"Meridian"}, "code": {"MER-1"}, "currency": {"USD"}, "timezone": {"America/Chicago"}}
	for field, v := range map[string]string{"name": "", "code": "mer 1", "currency": "dollars", "timezone": "Local"} {
		form := url.Values{}
		for k := range good {
			form.Set(k, good.Get(k))
		}
		form.Set(field, v)
		doc := b.post("/clients", form).must(t, http.StatusUnprocessableEntity).page(t)
		for k := range good {
			if got, _ := doc.Find("#f-" + k).Attr("value"); got != form.Get(k) && !(k == field && v == "") {
				t.Errorf("with a wrong %s the form holds %q for %s", field, got, k)
			}
		}
	}
	b.post("/clients", good).must(t, http.StatusSeeOther)
	h.audited(b, "client.created")
	if a := b.post("/clients", good).must(t, http.StatusConflict); a.page(t).Find("#f-code-error").Text() != "Another client has this code." {
		t.Errorf("it says %q", a.text())
	}
}

func TestUserForm(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	b := h.as(admin)
	good := url.Values{"name": {"Ada Byron"}, "email": {"Ada@Example.com"}, "role": {"finance"}, "password": {"a long password"}}
	for field, v := range map[string]string{"name": "", "email": "Ada <ada@example.com>", "role": "king", "password": "short"} {
		form := url.Values{}
		for k := range good {
			form.Set(k, good.Get(k))
		}
		form.Set(field, v)
		a := b.post("/users", form).must(t, http.StatusUnprocessableEntity)
		if a.page(t).Find("form[action='/users'] [role=alert]").Length() != 1 || strings.Contains(a.body, "a long password") {
			t.Errorf("with a wrong %s it says %q", field, a.text())
		}
	}
	b.post("/users", good).must(t, http.StatusSeeOther)
	h.audited(b, "user.created")
	b.post("/users", good).must(t, http.StatusConflict)
	h.browser().post("/login", credentials("ada@example.com", "a long password", "")).must(t, http.StatusSeeOther)
	other := h.as(operator)
	path := "/users/" + other.user.ID.String()
	b.post(path+"/role", url.Values{"role": {"finance"}}).must(t, http.StatusSeeOther)
	h.audited(b, "user.role_changed")
	b.post(path+"/role", url.Values{"role": {"king"}}).must(t, http.StatusUnprocessableEntity)
	b.post(path+"/disable", nil).must(t, http.StatusSeeOther)
	h.audited(b, "user.disabled")
	other.get("/").must(t, http.StatusSeeOther)
	b.post(path+"/enable", nil).must(t, http.StatusSeeOther)
	own := "/users/" + b.user.ID.String()
	for _, a := range []answer{b.post(own+"/disable", nil), b.post(own+"/role", url.Values{"role": {"finance"}})} {
		a.must(t, http.StatusForbidden)
	}
}

func TestTokenIsShownOnce(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	b := h.as(admin)
	for _, bad := range []url.Values{{"name": {""}, "scopes": {"read"}, "days": {"30"}}, {"name": {"x"}, "days": {"30"}}, {"name": {"x"}, "scopes": {"all"}, "days": {"30"}}, {"name": {"x"}, "scopes": {"read"}, "days": {"9999"}}} {
		b.post("/tokens", bad).must(t, http.StatusUnprocessableEntity)
	}
	token := b.post("/tokens", url.Values{"name": {"payroll"}, "scopes": {"read"}, "days": {"30"}}).must(t, http.StatusOK).page(t).Find(".callout .copyable code").Text()
	if e := h.audited(b, "token.created"); token == "" || strings.Contains(e.Detail, token) {
		t.Errorf("the token is %q, the log says %s", token, e.Detail)
	}
	key, err := h.store.NamedSecret(context.Background(), apitoken.KeyName, apitoken.NewKey)
	h.ok(err)
	parsed, err := apitoken.Parse(key, token, time.Now())
	if err != nil || !parsed.Has("read") {
		t.Errorf("the token says %+v (%v)", parsed, err)
	}
	list := b.get("/tokens").must(t, http.StatusOK)
	if strings.Contains(list.body, token) || !strings.Contains(list.text(), "payroll") {
		t.Error("the token is shown again, or not listed")
	}
	b.post("/tokens/"+parsed.ID.String()+"/revoke", nil).must(t, http.StatusSeeOther)
	h.audited(b, "token.revoked")
	if kept, err := h.store.APIToken(context.Background(), parsed.ID); err != nil || kept.RevokedAt == nil {
		t.Errorf("it is not revoked: %v", err)
	}
}

func TestAuditLogTellsItsState(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	b := h.as(admin)
	b.post("/clients", url.Values{"name": {"Meridian"}, "code": {"MER"}, "currency": {"USD"}, "timezone": {"UTC"}}).must(t, http.StatusSeeOther)
	text := b.get("/audit?action=client").must(t, http.StatusOK).text()
	if !strings.Contains(text, "Chain verified: 1 entry") || !strings.Contains(text, "client.created") || !strings.Contains(text, b.user.Email) {
		t.Errorf("the page says %q", text)
	}
}

func TestABodyThatIsTooLarge(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	b := h.as(admin)
	b.post("/clients", url.Values{"name": {strings.Repeat("x", formBody)}}).must(t, http.StatusRequestEntityTooLarge)
	b.post("/clients", url.Values{"name": {strings.Repeat("x", 1000)}}).must(t, http.StatusUnprocessableEntity)
}
