package bullhorn_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/bullhorn"
	sandbox "github.com/tributary-hub/tributary/sandbox/bullhorn"
	"github.com/tributary-hub/tributary/staffing"
)

func TestReplicasShareOneSession(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	tokens := &connectors.MemoryTokens{}
	share := func(d *connectors.Deps) { d.Tokens = tokens }
	var replicas []*bullhorn.Connector
	for range 3 {
		replicas = append(replicas, openAt(t, settings(b.url), share))
	}
	all := func() {
		var wg sync.WaitGroup
		for _, c := range replicas {
			wg.Go(func() {
				if _, err := c.FindJob(t.Context(), "x"); staffing.CodeOf(err) != staffing.NotFound {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	all()
	if n := b.account.Logins(); n != 1 {
		t.Errorf("three replicas opened %d sessions", n)
	}
	b.account.ExpireSessions()
	all()
	if n := b.account.Logins(); n != 2 {
		t.Errorf("after the session ended there were %d sign-ins, want 2", n)
	}
}

func TestSignInFollowsToAnotherDataCentre(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	b.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		east, moved := strings.CutPrefix(r.URL.Path, "/east")
		if moved {
			r.URL.Path = east
			return false
		}
		if r.URL.Path == "/rest-services/login" || strings.HasPrefix(r.URL.Path, "/oauth/") || strings.HasSuffix(r.URL.Path, "/loginInfo") {
			w.Header().Set("Location", "http://"+r.Host+"/east"+r.URL.RequestURI())
			w.WriteHeader(http.StatusTemporaryRedirect)
			return true
		}
		return false
	})
	if _, err := b.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCredentialsGoNowhereElse(t *testing.T) {
	thief := ""
	for name, hijack := range map[string]func(w http.ResponseWriter, r *http.Request) bool{
		"where loginInfo points": func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/loginInfo") {
				_, _ = w.Write([]byte(`{"oauthUrl":"` + thief + `/oauth","restUrl":"` + thief + `/rest-services"}`))
				return true
			}
			return false
		},
		"where a redirect points": func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/oauth/authorize" {
				w.Header().Set("Location", thief+r.URL.Path)
				w.WriteHeader(http.StatusTemporaryRedirect)
				return true
			}
			return false
		},
		"where the session points": func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/rest-services/login" {
				_, _ = w.Write([]byte(`{"BhRestToken":"t0ken","restUrl":"` + thief + `/rest-services/x/"}`))
				return true
			}
			return false
		},
	} {
		t.Run(name, func(t *testing.T) {
			other := setup(t, sandbox.Options{}, nil)
			thief = other.url
			b := setup(t, sandbox.Options{}, nil)
			b.intercept(hijack)
			if _, err := b.Check(t.Context()); staffing.CodeOf(err) != staffing.Invalid {
				t.Errorf("got %v", err)
			}
			if n := other.count(""); n != 0 {
				t.Errorf("%d calls reached another host", n)
			}
		})
	}
}

func TestALimitWithoutAHeaderAsksForASecond(t *testing.T) {
	b := setup(t, sandbox.Options{PerMinute: 1}, nil)
	_, err := b.FindJob(t.Context(), "x")
	for range 3 { // a minute may begin in between
		if staffing.CodeOf(err) == staffing.RateLimited {
			break
		}
		_, err = b.FindJob(t.Context(), "x")
	}
	if staffing.CodeOf(err) != staffing.RateLimited || staffing.RetryAfterOf(err) != time.Second {
		t.Errorf("%v, wait %s", err, staffing.RetryAfterOf(err))
	}
}

func TestCheckNamesWhatIsMissing(t *testing.T) {
	b := setup(t, sandbox.Options{RequiredJobFields: []string{"customText10"}, Entitlements: map[string][]string{
		"Candidate": {"READ"}, "JobSubmission": {"READ_CORPORATE"}, "JobOrder": {"CREATE", "READ_DEPARTMENT", "UPDATE_CORPORATE"}}}, nil)
	report, err := b.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var missing, details []string
	for _, p := range report.Permissions {
		if !p.Granted {
			missing = append(missing, p.Name)
		}
		details = append(details, p.Detail)
	}
	if got := strings.Join(missing, ", "); got != "Candidate READ_CORPORATE, JobSubmission UPDATE" {
		t.Errorf("missing: %s", got)
	}
	for _, want := range []string{"customText10", "Client Submission", "department only"} {
		if !strings.Contains(strings.Join(details, " "), want) {
			t.Errorf("no detail tells of %s", want)
		}
	}
	if b.count("GET event/subscription/tributary-test/") != 1 || b.count("GET event/subscription/tributary-test") != 1 {
		t.Error("Check must not read the subscription, which would use events up")
	}
}

func TestASettingOfAnotherFormIsRefused(t *testing.T) {
	for key, value := range map[string]string{"subscription": "a/b", "currency": "usd", "time_zone": "Mars/Base", "candidate_fields": "customText1;drop", "login_url": "https://u:p@x.example"} {
		s := settings("https://rest.bullhornstaffing.com")
		s[key] = value
		if _, err := bullhorn.Kind().Open(connectors.Deps{Settings: s}); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%s=%s: %v", key, value, err)
		}
	}
}
