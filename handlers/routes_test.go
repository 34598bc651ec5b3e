package handlers

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

const (
	all       = "account_manager finance operator admin"
	recorders = "account_manager operator admin"
	setters   = "account_manager admin"
)

// wanted is who may call what. It is written down twice on purpose: here, and in
// Routes. A route that is not here fails the test.
var wanted = map[string]string{
	"GET /healthz": "open", "GET /readyz": "open", "GET /metrics": "open", "GET /static/*": "open", "GET /login": "open", "POST /login": "open",
	"GET /api/openapi.yaml": "open", "GET /profile.schema.json": "open", "* /api/v1/*": "token", "POST /hooks/{connection_id}": "signature",
	"POST /logout": all, "GET /": all, "GET /help": all, "GET /api/docs": all, "GET /events": all,
	"GET /fragments/overview": all, "GET /fragments/placements": all, "GET /fragments/failed": all, "GET /fragments/connections/{id}/feeds": all,
	"GET /requisitions": all, "GET /requisitions/{id}": all, "POST /requisitions/{id}/revalidate": recorders,
	"GET /submissions": all, "GET /submissions/{id}": all, "POST /submissions/{id}/retry": recorders,
	"POST /clients/{id}/contract": "finance admin", "POST /clients/{id}/books": "account_manager finance admin", "POST /clients/{id}/orders": "finance admin", "POST /clients/{id}/orders/csv": "finance admin", "POST /clients/{id}/orders/{order}/drop": "finance admin",
	"GET /approvals": all, "POST /approvals/limits": "admin", "POST /approvals/limits/drop": "admin", "POST /approvals/delegations": "finance admin", "POST /approvals/delegations/{id}/end": "finance admin",
	"GET /reconciliation": all, "POST /reconciliation": "finance admin", "GET /reconciliation/csv": "finance operator admin", "POST /reconciliation/periods": "finance admin", "POST /reconciliation/periods/reopen": "admin", "GET /audit/export": "finance operator admin",
	"POST /placements/approve-batch": "finance admin", "POST /placements/{id}/bills/{bill}/approve": "finance admin", "POST /placements/{id}/bills/{bill}/refuse": "finance admin",
	"POST /placements/{id}/recheck": "account_manager finance admin", "POST /placements/{id}/amend": "account_manager finance admin",
	"GET /placements": all, "GET /placements/{id}": all, "POST /placements/{id}/approve": "finance admin", "POST /placements/{id}/send-back": "finance admin",
	"POST /placements/{id}/correct": "account_manager finance admin", "POST /placements/{id}/retry": "finance operator admin",
	"GET /failed": all, "GET /failed/{id}": all, "POST /failed/{id}/retry": recorders, "POST /failed/{id}/discard": recorders, "POST /failed/causes/{cause}/retry": recorders,
	"GET /connections": all, "GET /connections/{id}": all, "POST /connections": setters, "GET /connections/new": setters, "GET /connections/watch": all, "GET /connectors": all, "GET /notices": all, "POST /notices/digest": all, "POST /notices/hooks": "admin", "POST /notices/hooks/{id}/try": "admin", "POST /notices/hooks/{id}/drop": "admin", "POST /connections/{id}": setters, "GET /connections/{id}/edit": setters,
	"GET /connections/{id}/try": setters, "POST /connections/{id}/try": setters,
	"POST /connections/{id}/test": recorders, "POST /connections/{id}/pause": recorders, "POST /connections/{id}/resume": recorders, "POST /connections/{id}/poll": recorders, "POST /connections/{id}/backfill": recorders,
	"GET /connections/{id}/setup": setters, "GET /connections/{id}/profile/copy": setters, "POST /connections/{id}/profile/copy": setters, "POST /connections/{id}/setup/test": setters, "POST /connections/{id}/setup/secret": setters, "GET /fragments/connections/{id}/sample": all,
	"GET /connections/{id}/profile": all, "GET /connections/{id}/profile/cell": all, "POST /connections/{id}/profile/cell": setters,
	"POST /connections/{id}/profile/cell/remove": setters, "GET /connections/{id}/profile/statuses": all, "POST /connections/{id}/profile/statuses": setters,
	"POST /connections/{id}/profile/vocabulary": setters, "POST /connections/{id}/profile/ignore": setters,
	"GET /connections/{id}/profile/rules": all, "GET /connections/{id}/profile/rule": all, "POST /connections/{id}/profile/rules": setters,
	"POST /connections/{id}/profile/rules/remove": setters, "GET /connections/{id}/profile/lists": all, "POST /connections/{id}/profile/lists": setters,
	"GET /connections/{id}/profile/lists/{name}": all, "POST /connections/{id}/profile/lists/{name}": setters, "GET /connections/{id}/profile/preview": all,
	"POST /connections/{id}/profile/preview": setters, "POST /connections/{id}/profile/publish": setters, "POST /connections/{id}/profile/withdraw": setters,
	"POST /connections/{id}/profile/discard": setters, "GET /connections/{id}/profile/versions": all, "POST /connections/{id}/profile/rollback": setters,
	"POST /connections/{id}/profile/reprocess": setters, "POST /connections/{id}/profile/lists/{name}/drop": setters,
	"GET /fragments/connections/{id}/preview": all, "GET /fragments/connections/{id}/vocabulary": all,
	"GET /clients/{id}": all, "POST /clients/{id}": setters, "POST /connections/{id}/live": setters, "POST /connections/{id}/shadow": setters,
	"GET /clients": all, "POST /clients": setters, "GET /audit": "finance operator admin",
	"GET /users": "admin", "POST /users": "admin", "POST /users/{id}/role": "admin", "POST /users/{id}/disable": "admin", "POST /users/{id}/enable": "admin",
	"GET /tokens": "admin", "POST /tokens": "admin", "POST /tokens/{id}/revoke": "admin", "* /ops/river": "admin", "* /ops/river/*": "admin",
}

// everything is a hub with all its optional parts.
func everything(c *Config) {
	ok := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	c.Jobs, c.Metrics = ok, ok
}

func TestEveryRouteIsWrittenDown(t *testing.T) {
	t.Parallel()
	h := openHub(t, everything)
	router, ok := h.server.router.(chi.Routes)
	if !ok {
		t.Fatal("the router cannot be walked")
	}
	table := map[string]bool{}
	for _, route := range h.server.Routes() {
		key := route.Method + " " + route.Pattern
		table[key] = true
		if wanted[key] != route.Access.String() {
			t.Errorf("%s is for %q, want %q", key, route.Access, wanted[key])
		}
	}
	for key := range wanted {
		if !table[key] {
			t.Errorf("%s is gone", key)
		}
	}
	err := chi.Walk(router, func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if !table[method+" "+pattern] && !table["* "+pattern] {
			t.Errorf("%s %s is not in the table", method, pattern)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryRoleOnEveryRoute(t *testing.T) {
	t.Parallel()
	h := openHub(t, everything)
	nobody := h.browser()
	for _, role := range []string{accountManager, finance, operator, admin} {
		b := h.as(role)
		for _, route := range h.server.Routes() {
			if route.Access.kind != peopleKind && route.Access.kind != liveKind || route.Pattern == "/logout" {
				continue
			}
			r := b.request(methodOf(route), concrete(route.Pattern), nil)
			ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
			resp, err := b.client.Do(r.WithContext(ctx))
			if err != nil {
				t.Fatal(err)
			}
			stop()
			resp.Body.Close()
			allowed := strings.Contains(" "+wanted[route.Method+" "+route.Pattern]+" ", " "+role+" ")
			refused := resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusUnauthorized
			if allowed == refused || resp.StatusCode >= 500 {
				t.Errorf("%s on %s %s gets %d", role, route.Method, route.Pattern, resp.StatusCode)
			}
		}
		if a := b.post("/logout", nil); a.status != http.StatusSeeOther || b.get("/").header.Get("Location") != "/login" {
			t.Errorf("%s is not signed out", role)
		}
	}
	for _, route := range h.server.Routes() {
		if route.Access.kind != peopleKind && route.Access.kind != liveKind {
			continue
		}
		a := nobody.do(nobody.request(methodOf(route), concrete(route.Pattern), nil))
		led := a.status == http.StatusSeeOther && strings.HasPrefix(a.header.Get("Location"), "/login")
		if !led && a.status != http.StatusUnauthorized {
			t.Errorf("nobody on %s %s gets %d", route.Method, route.Pattern, a.status)
		}
	}
}

func methodOf(r Route) string {
	if r.Method == "*" {
		return "POST"
	}
	return r.Method
}

func concrete(pattern string) string {
	return strings.NewReplacer("{id}", uuid.NewString(), "{cause}", "x", "{name}", "x", "*", "x").Replace(pattern)
}

func TestPagesOfferWhatTheRoutesAllow(t *testing.T) {
	t.Parallel()
	table := map[string]Access{}
	for _, r := range openHub(t, everything).server.Routes() {
		table[r.Method+" "+r.Pattern] = r.Access
	}
	for _, role := range []string{accountManager, finance, operator, admin} {
		may := permissions(role)
		for route, offered := range map[string]bool{
			"POST /requisitions/{id}/revalidate": may.Revalidate, "POST /placements/{id}/approve": may.Review, "POST /placements/{id}/send-back": may.Review,
			"POST /placements/{id}/correct": may.Correct, "POST /failed/{id}/retry": may.Retry, "POST /failed/causes/{cause}/retry": may.Retry, "POST /submissions/{id}/retry": may.Retry,
			"POST /failed/{id}/discard": may.Discard, "POST /connections/{id}/test": may.Operate, "POST /connections/{id}/backfill": may.Operate,
			"POST /connections": may.Configure, "POST /clients": may.Configure, "GET /audit": may.Audit, "GET /users": may.Administer, "* /ops/river": may.Administer,
		} {
			if table[route].Allows(role) != offered {
				t.Errorf("pages offer %s to %s: %v", route, role, offered)
			}
		}
	}
}

func TestHeadersOfEveryPage(t *testing.T) {
	t.Parallel()
	h := openHub(t, func(c *Config) { c.SecureCookies = true })
	b := h.browser()
	seen := map[string]bool{}
	for _, path := range []string{"/login", "/", "/nothing", "/static/app.css", "/healthz", "/hooks/x", "/api/v1/requisitions"} {
		a := b.get(path)
		policy := a.header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || seen[policy] {
			t.Errorf("%s has the policy %q", path, policy)
		}
		seen[policy] = true
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000; includeSubDomains"} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s has %s %q", path, name, got)
			}
		}
	}
	a := b.get("/login")
	nonce, _ := a.page(t).Find("script[src='/static/app.js']").Attr("nonce")
	if nonce == "" || !strings.Contains(a.header.Get("Content-Security-Policy"), "'nonce-"+nonce+"'") {
		t.Error("the page's scripts do not carry the nonce of its policy")
	}
}

func TestStaticFilesAreAskedForOnce(t *testing.T) {
	t.Parallel()
	b := openHub(t).browser()
	a := b.get("/static/app.css").must(t, http.StatusOK)
	r := b.request("GET", "/static/app.css", nil)
	r.Header.Set("If-None-Match", a.header.Get("ETag"))
	if again := b.do(r); again.status != http.StatusNotModified {
		t.Errorf("the same file again gives %d", again.status)
	}
	if a.header.Get("Set-Cookie") != "" {
		t.Error("a file sets a cookie")
	}
	b.get("/static/").must(t, http.StatusNotFound)
	b.get("/static/../go.mod").must(t, http.StatusNotFound)
}
