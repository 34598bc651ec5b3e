package document_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors/document"
	"github.com/tributary-hub/tributary/staffing"
)

func TestCallsAreSigned(t *testing.T) {
	for name, tc := range map[string]struct{ auth, header, want string }{
		"nothing":         {"", "Authorization", ""},
		"basic":           {"auth: {basic: {username: '{username}', password: '{password}'}}\n", "Authorization", "Basic YWRhOnJpdmVyLXBhc3N3b3Jk"},
		"token as name":   {"auth: {basic: {username: '{token}'}}\n", "Authorization", "Basic dG9wLXNlY3JldC10b2tlbjo="},
		"bearer":          {"auth: {header: {Authorization: 'Bearer {token}'}}\n", "Authorization", "Bearer top-secret-token"},
		"a header of two": {"auth: {header: {X-Api-Key: '{client_id}:{token}'}}\n", "X-Api-Key", "the-client:top-secret-token"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			read := newBench(t, func(w http.ResponseWriter, r *http.Request) {
				got = r.Header.Get(tc.header)
				answer(w, `{"jobs":[]}`)
			}).requisitions(tc.auth + least)
			if _, err := read(nil); err != nil || got != tc.want {
				t.Errorf("the vendor got %q (%v), want %q", got, err, tc.want)
			}
		})
	}
}

func TestAMissingSettingIsNamed(t *testing.T) {
	b := newBench(t, nil)
	delete(b.settings, "token")
	for source, want := range map[string]string{
		"auth: {header: {Authorization: 'Bearer {token}'}}\n": "token",
		"auth: {header: {X: '{no_such_setting}'}}\n":          "no_such_setting",
		"auth: {oauth2: {grant: client_credentials}}\n":       "token address",
	} {
		doc, err := document.Parse([]byte(source + least))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := document.Open(b.deps(), spec(), doc, nil); staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%s opens with %v", source, err)
		}
	}
}

// issuer gives tokens, each good until the next, and refresh tokens, each good once.
type issuer struct {
	mu      sync.Mutex
	issued  int
	refresh string
	rotates bool
	form    []string
	life    int
}

// ServeHTTP answers /api/token and /api/jobs.
func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	current := fmt.Sprintf("access-%d", i.issued)
	if r.URL.Path == "/api/jobs" {
		if r.Header.Get("Authorization") != "Bearer "+current {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		answer(w, `{"jobs":[{"id":1}]}`)
		return
	}
	if err := r.ParseForm(); err != nil {
		panic(err)
	}
	id, secret, _ := r.BasicAuth()
	i.form = append(i.form, r.PostForm.Encode()+" "+id+":"+secret)
	if r.PostForm.Get("grant_type") == "refresh_token" && r.PostForm.Get("refresh_token") != i.refresh {
		w.WriteHeader(http.StatusBadRequest)
		answer(w, `{"error":"invalid_grant"}`)
		return
	}
	i.issued++
	extra := ""
	if i.rotates {
		i.refresh = fmt.Sprintf("refresh-%d", i.issued)
		extra = `,"refresh_token":"` + i.refresh + `"`
	}
	answer(w, fmt.Sprintf(`{"access_token":"access-%d","expires_in":%d%s}`, i.issued, i.life, extra))
}

func TestClientCredentialsFetchOneTokenAndAnotherWhenItEndsEarly(t *testing.T) {
	vendor := &issuer{life: 3600}
	read := newBench(t, vendor.ServeHTTP).requisitions("auth: {oauth2: {grant: client_credentials, token_path: /token, scope: jobs, extra: {audience: x}}}\n" + least)
	for range 3 {
		if _, err := read(nil); err != nil {
			t.Fatal(err)
		}
	}
	if want := "audience=x&grant_type=client_credentials&scope=jobs the-client:client-top-secret"; len(vendor.form) != 1 || vendor.form[0] != want {
		t.Fatalf("tokens were asked for by %q, want %q", vendor.form, want)
	}
	vendor.issued = 50 // the token that the hub has is ended
	if _, err := read(nil); err != nil || len(vendor.form) != 2 {
		t.Errorf("after an early end %d tokens were asked for: %v", len(vendor.form), err)
	}
}

func TestRefreshTokensThatRotateAreKept(t *testing.T) {
	for name, rotates := range map[string]bool{"rotating": true, "lasting": false} {
		t.Run(name, func(t *testing.T) {
			vendor := &issuer{life: 30, refresh: "refresh-0", rotates: rotates} // each token has too little life to be kept
			b := newBench(t, vendor.ServeHTTP)
			source := "auth: {oauth2: {grant: refresh_token, token_path: /token, client_in: body}}\n" + least
			for n := range 5 { // each time another process
				if _, err := b.requisitions(source)(nil); err != nil {
					t.Fatalf("round %d: %v (%q)", n, err, vendor.form)
				}
			}
			if len(vendor.form) != 5 || !strings.Contains(vendor.form[0], "client_secret=client-top-secret") {
				t.Errorf("tokens were asked for by %q", vendor.form)
			}
			vendor.refresh = "refresh-of-a-new-consent"
			b.settings["refresh_token"] = vendor.refresh
			if _, err := b.requisitions(source)(nil); err != nil {
				t.Errorf("a refresh token that a person entered anew: %v", err)
			}
			vendor.refresh = "revoked"
			if _, err := b.requisitions(source)(nil); staffing.CodeOf(err) != staffing.Unauthorized {
				t.Errorf("a revoked refresh token gives %v", err)
			}
		})
	}
}

// The expressions of a document see everything but secrets, wherever they stand.
func TestNoSecretIsAVariable(t *testing.T) {
	asked := ""
	b := newBench(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.RequestURI()
		answer(w, `{"jobs":[]}`)
	})
	source := `auth: {header: {Authorization: 'Bearer {token}'}}
requisitions:
  call: {path: '"/jobs"', query: {a: settings.token, b: settings.client_secret, c: 'settings["password"]', d: settings.hook, e: settings.document, f: settings.member, g: settings.username}}
  records: body.jobs
  external_id: raw.id
`
	if _, err := b.requisitions(source)(nil); err != nil || asked != "/api/jobs?f=m-1&g=ada" {
		t.Errorf("the vendor is asked %s (%v)", asked, err)
	}
}

func TestNoCallLeavesTheHostOfTheSettings(t *testing.T) {
	var elsewhere []string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { elsewhere = append(elsewhere, r.URL.Path) }))
	t.Cleanup(other.Close)
	for _, path := range []string{`"` + other.URL + `/jobs"`, `"//` + strings.TrimPrefix(other.URL, "http://") + `/jobs"`, `"@` + strings.TrimPrefix(other.URL, "http://") + `/jobs"`, `["` + other.URL + `"]`, `"/../../jobs"`} {
		b := newBench(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, `{"jobs":[]}`) })
		_, err := b.requisitions(strings.Replace(least, `"/jobs"`, path, 1))(nil)
		if len(elsewhere) > 0 {
			t.Errorf("the path %s leads to another host (%v)", path, err)
		}
	}
}
