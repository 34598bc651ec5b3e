package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// fakeNotices takes or refuses every ping.
type fakeNotices struct{ err error }

func (f *fakeNotices) TryNoticeHook(context.Context, store.NoticeHook) error { return f.err }

func TestAnAdministratorSendsNoticesToAnAddress(t *testing.T) {
	t.Parallel()
	tries := &fakeNotices{}
	h := openHub(t, func(c *Config) { c.Notices = tries })
	b := h.as("admin")
	for name, c := range map[string]struct {
		form url.Values
		want string
	}{
		"no address":      {url.Values{"url": {"nonsense"}, "kind": {store.NoticeOverdue}}, "plain https address"},
		"no kind":         {url.Values{"url": {"https://chat.test/in"}}, "Choose at least one"},
		"an unknown kind": {url.Values{"url": {"https://chat.test/in"}, "kind": {"gossip"}}, "no such kind"},
	} {
		doc := b.post("/notices/hooks", c.form).must(t, http.StatusUnprocessableEntity).page(t)
		if got := doc.Find(".field-error").Text(); !strings.Contains(got, c.want) {
			t.Errorf("%s: the page says %q", name, got)
		}
	}
	good := url.Values{"url": {"https://chat.test/in"}, "kind": {store.NoticeOverdue, store.NoticePosting}}
	secret := b.post("/notices/hooks", good).must(t, http.StatusOK).page(t).Find("code.secret").Text()
	if !strings.HasPrefix(secret, "whsec_") {
		t.Errorf("the secret is %q", secret)
	}
	doc := b.get("/notices").must(t, http.StatusOK).page(t)
	if strings.Contains(doc.Text(), secret) {
		t.Error("the secret is shown twice")
	}
	if got := b.post("/notices/hooks", good).must(t, http.StatusUnprocessableEntity).page(t).Find(".field-error").Text(); !strings.Contains(got, "already") {
		t.Errorf("the same address again: %q", got)
	}
	try, _ := doc.Find(`form[action$="/try"]`).Attr("action")
	b.post(try, nil).must(t, http.StatusSeeOther)
	tries.err = staffing.Errorf(staffing.Unavailable, "chat.test answered with status 502")
	if got := b.post(try, nil).must(t, http.StatusUnprocessableEntity).page(t).Find(".field-error").Text(); !strings.Contains(got, "502") {
		t.Errorf("a ping that is not taken: %q", got)
	}
	drop, _ := doc.Find(`form[action$="/drop"]`).Attr("action")
	b.post(drop, nil).must(t, http.StatusSeeOther)
	if n := b.get("/notices").page(t).Find(`form[action$="/drop"]`).Length(); n != 0 {
		t.Errorf("%d addresses are left", n)
	}
}

func TestEachPersonSaysHowOftenMailComes(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	b := h.as("finance")
	if got, _ := b.get("/notices").must(t, http.StatusOK).page(t).Find("input[name=digest][checked]").Attr("value"); got != "daily" {
		t.Errorf("at first it is %q", got)
	}
	b.post("/notices/digest", url.Values{"digest": {"often"}}).must(t, http.StatusUnprocessableEntity)
	b.post("/notices/digest", url.Values{"digest": {"off"}}).must(t, http.StatusSeeOther)
	if got, _ := b.get("/notices").page(t).Find("input[name=digest][checked]").Attr("value"); got != "off" {
		t.Errorf("then it is %q", got)
	}
}
