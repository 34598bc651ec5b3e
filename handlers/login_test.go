package handlers

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/internal/password"
	"github.com/tributary-hub/tributary/store/storetest"
)

func credentials(email, plain, next string) url.Values {
	return url.Values{"email": {email}, "password": {plain}, "next": {next}}
}

func (b *browser) cookie(name string) string {
	u, _ := url.Parse(b.base)
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func TestSignInLeadsBackToWhereOneWanted(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	b := h.browser()
	u := storetest.User(t, h.store, finance, withPassword)
	a := b.get("/placements?tab=posted").must(t, http.StatusSeeOther)
	form := b.get(a.header.Get("Location")).must(t, http.StatusOK).page(t)
	next, _ := form.Find("input[name=next]").Attr("value")
	a = b.post("/login", credentials(strings.ToUpper(u.Email), testPassword, next)).must(t, http.StatusSeeOther)
	if got := a.header.Get("Location"); got != "/placements?tab=posted" {
		t.Errorf("it leads to %q", got)
	}
	if name := b.get("/help").page(t).Find(".who-name").Text(); name != u.Name {
		t.Errorf("the page is %q's", name)
	}
}

func TestSignInNeverLeadsOutside(t *testing.T) {
	t.Parallel()
	for _, next := range []string{"https://evil.test", "//evil.test", `/\evil.test`, `\\evil.test`, "javascript:alert(1)", "/login", "/%2F%2Fevil.test/..", "", "evil.test", "/\tevil", "https:/evil.test"} {
		if got := localPath(next); got != "/" && !strings.HasPrefix(got, "/%2F") {
			t.Errorf("%q leads to %q", next, got)
		}
	}
	for _, next := range []string{"/", "/placements?tab=posted", "/requisitions/1#x"} {
		if got := localPath(next); got != next {
			t.Errorf("%q leads to %q", next, got)
		}
	}
}

func TestSignInRefusesAlike(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	known := storetest.User(t, h.store, finance, withPassword)
	disabled := storetest.User(t, h.store, finance, withPassword)
	if err := h.store.SetUserDisabled(context.Background(), disabled.ID, true); err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, c := range []url.Values{credentials(known.Email, "wrong", "/audit"), credentials("nobody@example.com", testPassword, ""), credentials(disabled.Email, testPassword, ""), credentials(strings.Repeat("x", 300)+"@example.com", "x", "")} {
		b := h.browser()
		a := b.post("/login", c).must(t, http.StatusUnauthorized)
		words = append(words, a.page(t).Find("[role=alert]").Text())
		if email, _ := a.page(t).Find("input[name=email]").Attr("value"); email != c.Get("email") {
			t.Errorf("the form forgot %q", c.Get("email"))
		}
		if strings.Contains(a.body, c.Get("password")) && c.Get("password") != "x" {
			t.Error("the form shows the password")
		}
		b.get("/").must(t, http.StatusSeeOther)
	}
	for _, w := range words {
		if w != words[0] || w == "" {
			t.Errorf("one is told %q, another %q", words[0], w)
		}
	}
}

// An address that nobody has costs one comparison of the same cost as one that
// somebody has, so that the time of the answer does not tell who has an account.
func TestSignInCostsTheSameForAnUnknownUser(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	u := storetest.User(t, h.store, finance, withPassword)
	cost := func(email string) (out []string) {
		h.server.verify = func(hash, plain string) bool {
			parts := strings.Split(hash, "$")
			out = append(out, strings.Join(parts[:len(parts)-2], "$"))
			return password.Verify(hash, plain)
		}
		if _, err := h.server.compare(t.Context(), email, "wrong"); err == nil {
			t.Fatal("it fits")
		}
		return out
	}
	known, unknown := cost(u.Email), cost("nobody@example.com")
	if len(known) != 1 || !slices.Equal(known, unknown) {
		t.Errorf("a known user costs %q, an unknown one %q", known, unknown)
	}
}

func TestSessionIsNewAtSignIn(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	victim := storetest.User(t, h.store, admin, withPassword)
	b := h.browser()
	fixed := strings.Repeat("A", 43)
	u, _ := url.Parse(b.base)
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: "tributary", Value: fixed, Path: "/"}})
	b.post("/login", credentials(victim.Email, testPassword, "")).must(t, http.StatusSeeOther)
	if got := b.cookie("tributary"); got == fixed || got == "" {
		t.Errorf("the session is %q", got)
	}
	before := b.cookie("tributary")
	b.post("/login", credentials(victim.Email, testPassword, "")).must(t, http.StatusSeeOther)
	if b.cookie("tributary") == before {
		t.Error("a second sign-in keeps the session")
	}
	old := h.browser()
	old.client.Jar.SetCookies(u, []*http.Cookie{{Name: "tributary", Value: before, Path: "/"}})
	old.get("/").must(t, http.StatusSeeOther)
}

func TestSessionCookie(t *testing.T) {
	t.Parallel()
	h := openHub(t, func(c *Config) { c.SecureCookies = true })
	u := storetest.User(t, h.store, finance, withPassword)
	set := h.browser().post("/login", credentials(u.Email, testPassword, "")).must(t, http.StatusSeeOther).header.Get("Set-Cookie")
	for _, want := range []string{"__Host-tributary=", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
		if !strings.Contains(set, want) {
			t.Errorf("the cookie %q lacks %s", set, want)
		}
	}
	if strings.Contains(set, "Domain") || strings.Contains(set, "Expires") {
		t.Errorf("the cookie %q goes to subdomains or outlives the browser", set)
	}
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, end := range map[string]func(h *hub, b *browser) error{
		"when the user is disabled":      func(h *hub, b *browser) error { return h.store.SetUserDisabled(ctx, b.user.ID, true) },
		"when the password is another":   func(h *hub, b *browser) error { return h.store.SetUserPassword(ctx, b.user.ID, "other") },
		"when the user signs out":        func(_ *hub, b *browser) error { b.post("/logout", nil).must(t, http.StatusSeeOther); return nil },
		"for a stolen copy of the token": func(_ *hub, b *browser) error { b.post("/logout", nil); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := openHub(t)
			b := h.as(finance)
			copied := h.browser()
			u, _ := url.Parse(b.base)
			copied.client.Jar.SetCookies(u, []*http.Cookie{{Name: "tributary", Value: b.cookie("tributary"), Path: "/"}})
			copied.get("/").must(t, http.StatusOK)
			if err := end(h, b); err != nil {
				t.Fatal(err)
			}
			b.get("/").must(t, http.StatusSeeOther)
			copied.get("/").must(t, http.StatusSeeOther)
			copied.get("/fragments/overview").must(t, http.StatusUnauthorized)
		})
	}
}

func TestSessionEndsByTime(t *testing.T) {
	t.Parallel()
	clock := &movedClock{}
	h := openHubOn(t, storetest.NewAt(t, clock.now))
	b := h.as(finance)
	clock.move(20 * time.Minute)
	b.get("/").must(t, http.StatusOK)
	clock.move(sessionIdle + time.Minute)
	b.get("/").must(t, http.StatusSeeOther)
}

// movedClock is the real clock, moved: sessions end by the real one.
type movedClock struct {
	mu sync.Mutex
	by time.Duration
}

func (c *movedClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.by)
}

func (c *movedClock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by += d
}

func TestRoleCountsAtOnce(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	b := h.as(admin)
	b.get("/users").must(t, http.StatusOK)
	if err := h.store.SetUserRole(context.Background(), b.user.ID, finance); err != nil {
		t.Fatal(err)
	}
	b.get("/users").must(t, http.StatusForbidden)
}

func TestGuessesMeetTheWaitNotTheHash(t *testing.T) {
	t.Parallel()
	clock := storetest.NewClock()
	h := openHubOn(t, storetest.NewAt(t, clock.Now))
	u := storetest.User(t, h.store, finance, withPassword)
	other := storetest.User(t, h.store, finance, withPassword)
	var tried, waiting int
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 60 {
		all.Go(func() {
			_, err := h.server.authenticate(context.Background(), u.Email, "wrong", "203.0.113.7")
			mu.Lock()
			defer mu.Unlock()
			if statusOf(err) == http.StatusUnauthorized {
				tried++
			} else {
				waiting++
			}
		})
	}
	all.Wait()
	if tried > freePerAccount+4 || tried < freePerAccount-1 || tried+waiting != 60 {
		t.Errorf("%d guesses were compared, %d had to wait", tried, waiting)
	}
	b := h.browser()
	a := b.post("/login", credentials(u.Email, testPassword, "")).must(t, http.StatusTooManyRequests)
	if a.header.Get("Set-Cookie") != "" && b.get("/").status == http.StatusOK {
		t.Error("the right password passes while the account waits")
	}
	if word := a.page(t).Find("[role=alert]").Text(); !strings.Contains(word, "Try again in") {
		t.Errorf("it says %q", word)
	}
	b.post("/login", credentials(other.Email, testPassword, "")).must(t, http.StatusSeeOther)
	clock.Advance(16 * time.Minute)
	h.browser().post("/login", credentials(u.Email, testPassword, "")).must(t, http.StatusSeeOther)
}

func TestGuessesOverManyAccountsMeetTheWaitOfTheAddress(t *testing.T) {
	t.Parallel()
	h := openHubOn(t, storetest.NewAt(t, storetest.NewClock().Now))
	waited := false
	for i := range freePerAddress + 2 {
		_, err := h.server.authenticate(context.Background(), strings.Repeat("a", i+1)+"@example.com", "wrong", "2001:db8:1:2::"+string(rune('1'+i%9)))
		waited = waited || statusOf(err) == http.StatusTooManyRequests
	}
	if !waited {
		t.Error("one network guesses without end")
	}
}

func TestOtherSitesCannotPost(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	b := h.as(admin)
	for name, headers := range map[string]map[string]string{
		"by their origin":        {"Origin": "https://evil.test"},
		"by the browser's words": {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"},
		"from a sibling site":    {"Sec-Fetch-Site": "same-site"},
		"without an origin":      {"Origin": "null"},
	} {
		for _, path := range []string{"/clients", "/logout", "/login"} {
			r := b.request("POST", path, strings.NewReader("name=x"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for k, v := range headers {
				r.Header.Set(k, v)
			}
			if a := b.do(r); a.status != http.StatusForbidden {
				t.Errorf("%s to %s gives %d", name, path, a.status)
			}
		}
	}
	b.get("/").must(t, http.StatusOK)
}

func TestTheFirstSignInIsExplained(t *testing.T) {
	t.Parallel()
	h := openHub(t, func(c *Config) { c.LoginHint = []string{"ada@demo / secret"} })
	a := h.browser().get("/login").must(t, http.StatusOK)
	if !strings.Contains(a.text(), "server user create") || !strings.Contains(a.text(), "ada@demo / secret") {
		t.Errorf("the page says %q", a.text())
	}
	storetest.User(t, h.store, admin)
	if a := h.browser().get("/login"); strings.Contains(a.text(), "server user create") {
		t.Error("the hint stays after the first user")
	}
}

func TestTheAddressBehindAProxy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		proxies   []netip.Prefix
		forwarded string
		want      string
	}{
		"without proxies the header is not believed": {nil, "203.0.113.9", "127.0.0.1"},
		"a proxy's word is taken":                    {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, "203.0.113.9", "203.0.113.9"},
		"what the client wrote before it is not":     {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, "198.51.100.1, 203.0.113.9", "203.0.113.9"},
		"another's proxy is none of ours":            {[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, "203.0.113.9", "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := openHub(t, func(cfg *Config) { cfg.TrustedProxies = c.proxies })
			b := h.browser()
			r := b.request("GET", "/login?token=hunter2", nil)
			r.Header.Set("X-Forwarded-For", c.forwarded)
			b.do(r)
			h.http.Close()
			if line := h.log.String(); !strings.Contains(line, "address="+c.want) || strings.Contains(line, "hunter2") {
				t.Errorf("the log says %s", line)
			}
		})
	}
}
