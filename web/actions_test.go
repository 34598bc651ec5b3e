package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/web"
)

// actions lists what the forms of a page would post to, but for signing out.
func actions(doc *goquery.Document) string {
	var out []string
	doc.Find("form[method=post]").Each(func(_ int, e *goquery.Selection) {
		if action, _ := e.Attr("action"); action != "/logout" {
			out = append(out, action)
		}
	})
	return strings.Join(out, " ")
}

func TestRenderNoButtonWithoutPermission(t *testing.T) {
	p := signedIn()
	p.May = web.Permissions{}
	for _, s := range samples() {
		switch s.path {
		case "/login", "/users", "/tokens", "/connections/k1/edit":
			continue // nobody without the permission gets these pages
		}
		if got := actions(render(t, s.page(p))); got != "" {
			t.Errorf("%s offers %s to a viewer who may do nothing", s.path, got)
		}
	}
}

func TestRenderNavigationByPermission(t *testing.T) {
	p := signedIn()
	p.May = web.Permissions{Audit: true}
	doc := render(t, web.HelpPage(web.HelpView{Page: p}))
	if doc.Find(`nav a[href="/audit"]`).Length() != 1 || doc.Find(`nav a[href="/users"]`).Length() != 0 {
		t.Error("the navigation does not follow the permissions")
	}
	p.User = nil
	if doc := render(t, web.LoginPage(web.LoginView{Page: p})); doc.Find("#nav").Length() != 0 {
		t.Error("a page for nobody has a navigation")
	}
}

func TestRenderPlacementDecisions(t *testing.T) {
	t.Run("approving sends the content that was reviewed, after a question", func(t *testing.T) {
		doc := render(t, web.PlacementPage(placement(signedIn())))
		form := doc.Find(`form[action="/placements/p1/approve"]`)
		if hash, _ := form.Find("input[name=hash]").Attr("value"); hash != "9f2c4be1" {
			t.Errorf("the form sends the hash %q", hash)
		}
		if q, _ := form.Attr("data-confirm"); q != "Post a bill of USD 4,160.00 to Meridian Health?" {
			t.Errorf("it asks %q", q)
		}
		if _, off := form.Find("button").Attr("disabled"); off {
			t.Error("the button is off")
		}
	})
	t.Run("who edited it cannot approve it, and reads why", func(t *testing.T) {
		v := placement(signedIn())
		v.ApproveBlocked = "You edited this placement, so another person must approve it."
		doc := render(t, web.PlacementPage(v))
		button := doc.Find(`form[action="/placements/p1/approve"] button`)
		why, _ := button.Attr("aria-describedby")
		if _, off := button.Attr("disabled"); !off || squash(doc.Find("#"+why).Text()) != v.ApproveBlocked {
			t.Error("the button is on, or does not say why it is off")
		}
	})
	t.Run("a posted one shows its number and offers nothing", func(t *testing.T) {
		doc := render(t, web.PlacementPage(posted(signedIn())))
		if got := actions(doc); got != "" {
			t.Errorf("it offers %s", got)
		}
		if href, _ := doc.Find(".erp-number a").Attr("href"); href != "https://erp.example/invoice/418" {
			t.Errorf("the number leads to %q", href)
		}
	})
	t.Run("an approved one that did not post can be posted again", func(t *testing.T) {
		v := placement(signedIn())
		v.State, v.CanCorrect, v.CanSendBack, v.CanRetryPost = "approved", false, false, true
		if got := actions(render(t, web.PlacementPage(v))); got != "/placements/p1/retry" {
			t.Errorf("it offers %s", got)
		}
	})
}

func TestRenderMoneyIsAlignedRight(t *testing.T) {
	doc := render(t, web.PlacementPage(placement(signedIn())))
	doc.Find(".bill td[data-label=Amount], .bill td[data-label='Unit price'], .bill .total").Each(func(_ int, e *goquery.Selection) {
		if !e.HasClass("num") {
			t.Errorf("%q is not aligned", e.Text())
		}
	})
	if got := squash(doc.Find(".bill .total").Text()); got != "USD 4,160.00" {
		t.Errorf("the total reads %q", got)
	}
}

func TestRenderFailuresByCause(t *testing.T) {
	doc := render(t, web.FailuresPage(failures(signedIn())))
	action, _ := doc.Find(".causes form").First().Attr("action")
	if action != "/failed/causes/submission.deliver%2Finvalid%2Fsecurity-id/retry" {
		t.Errorf("retry all posts to %q", action)
	}
	if got := squash(doc.Find(".causes form").First().Text()); got != "Retry all 9" {
		t.Errorf("the button says %q", got)
	}
	v := failure(signedIn())
	v.State = "discarded"
	if got := actions(render(t, web.FailurePage(v))); got != "" {
		t.Errorf("a discarded record offers %s", got)
	}
}

func TestRenderSecretsNeverComeBack(t *testing.T) {
	doc := render(t, web.ConnectionFormPage(form(signedIn())))
	secret := doc.Find(`input[name="setting.client_secret"]`)
	if v, has := secret.Attr("value"); has {
		t.Errorf("the form shows the secret %q", v)
	}
	if kind, _ := secret.Attr("type"); kind != "password" {
		t.Error("the secret can be read while it is typed")
	}
	if _, must := secret.Attr("required"); must {
		t.Error("a stored secret must be typed again")
	}
	broken := doc.Find(`input[name="setting.base_url"]`)
	if bad, _ := broken.Attr("aria-invalid"); bad != "true" || doc.Find("#f-setting\\.base_url-error").Length() != 1 {
		t.Error("the field does not carry its error")
	}
}

func TestRenderConnectionControls(t *testing.T) {
	v := connection(signedIn())
	if got := actions(render(t, web.ConnectionPage(v))); !strings.Contains(got, "/pause") || strings.Contains(got, "/resume") || !strings.Contains(got, "/poll") {
		t.Errorf("an active connection offers %s", got)
	}
	v.State = staffing.ConnectionPaused
	if got := actions(render(t, web.ConnectionPage(v))); strings.Contains(got, "/pause") || !strings.Contains(got, "/resume") || strings.Contains(got, "/poll") {
		t.Errorf("a paused connection offers %s", got)
	}
}

func TestRenderFreshnessInWords(t *testing.T) {
	base := web.Feed{State: staffing.ConnectionActive, Interval: time.Minute, LastSuccess: ago(30 * time.Second), NextPoll: clock().Add(30 * time.Second), Name: staffing.FeedStatuses}
	tune := func(f func(*web.Feed)) web.Feed { out := base; f(&out); return out }
	for want, feed := range map[string]web.Feed{
		"Fresh, nothing new":        base,
		"Fresh, 1 record last time": tune(func(f *web.Feed) { f.Records = 1 }),
		"Failing, 3 times in a row": tune(func(f *web.Feed) { f.Failures = 3 }),
		"Late: last read 4 min ago": tune(func(f *web.Feed) { f.LastSuccess = ago(4 * time.Minute) }),
		"Not read yet":              tune(func(f *web.Feed) { f.LastSuccess = time.Time{} }),
		"Paused by a person":        tune(func(f *web.Feed) { f.State = staffing.ConnectionPaused }),
		"Stopped: the password was changed": tune(func(f *web.Feed) {
			f.State, f.StateReason = staffing.ConnectionNeedsAttention, "the password was changed"
		}),
	} {
		doc := render(t, web.FeedsFragment(web.ConnectionView{Page: signedIn(), ConnectionRow: web.ConnectionRow{ID: "k", State: staffing.ConnectionActive, Feeds: []web.Feed{feed}}}))
		if got := squash(doc.Find("[data-label=Freshness] .chip").Text()); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRenderThemeOfTheCookie(t *testing.T) {
	for theme, want := range map[string]string{"dark": "dark", "light": "light", "": "", `x" onload="alert(1)`: ""} {
		p := signedIn()
		p.Theme = theme
		doc := render(t, web.HelpPage(web.HelpView{Page: p}))
		if got, _ := doc.Find("html").Attr("data-bs-theme"); got != want {
			t.Errorf("cookie %q gives the theme %q, want %q", theme, got, want)
		}
	}
}

func TestRenderTimelineKeepsBothClocks(t *testing.T) {
	doc := render(t, web.SubmissionPage(submission(signedIn())))
	second := doc.Find("[aria-labelledby=timeline] .tl").Eq(1)
	if title, _ := second.Find("time").First().Attr("title"); !strings.Contains(title, "2026-03-11T11:20:00-07:00") {
		t.Errorf("the vendor's spelling is not there: %q", title)
	}
	text := squash(doc.Find("[aria-labelledby=timeline]").Text())
	for _, want := range []string{"Unmapped “Pending VP nod” Unknown word, moved nothing", "Arrived late, moved nothing", "received 19 h ago", "Not shown in the internal ATS yet"} {
		if !strings.Contains(text, want) {
			t.Errorf("the timeline does not say %q: %s", want, text)
		}
	}
}

func TestRenderTimesAsSeenFromNow(t *testing.T) {
	for want, at := range map[string]time.Time{
		"just now":    clock(),
		"42 s ago":    ago(42 * time.Second),
		"59 min ago":  ago(59*time.Minute + 59*time.Second),
		"47 h ago":    ago(47*time.Hour + 30*time.Minute),
		"2 days ago":  ago(48 * time.Hour),
		"in 11 min":   clock().Add(11 * time.Minute),
		"12 Jan 2025": time.Date(2025, 1, 12, 23, 0, 0, 0, time.UTC),
	} {
		doc := render(t, web.AuditPage(web.AuditView{Page: signedIn(), Rows: []web.AuditRow{{At: at}}}))
		if got := squash(doc.Find("td[data-label=When]").Text()); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	p := signedIn()
	p.Now = time.Time{}
	doc := render(t, web.AuditPage(web.AuditView{Page: p, Rows: []web.AuditRow{{At: clock()}}}))
	if got := squash(doc.Find("td[data-label=When]").Text()); got != "2026-03-12 14:20:00 UTC" {
		t.Errorf("without a clock the page says %q", got)
	}
}
