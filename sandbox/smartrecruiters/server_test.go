package smartrecruiters_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/sandbox/smartrecruiters"
)

func call(t *testing.T, s *smartrecruiters.Server, r *http.Request) (int, map[string]any) {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s %s gives %d %s", r.Method, r.URL, w.Code, w.Body)
	}
	return w.Code, out
}

func get(path, key string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("X-SmartToken", key)
	return r
}

func TestBothCredentialsSignIn(t *testing.T) {
	s := smartrecruiters.New(smartrecruiters.Options{})
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"sandbox-client"}, "client_secret": {"sandbox-client-secret"}}
	r := httptest.NewRequest(http.MethodPost, "/identity/oauth/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	_, token := call(t, s, r)
	bearer := httptest.NewRequest(http.MethodGet, "/jobs", nil)
	bearer.Header.Set("Authorization", "Bearer "+token["access_token"].(string))
	for name, tc := range map[string]struct {
		r    *http.Request
		want int
	}{
		"a key": {get("/jobs", "sandbox-smart-token"), 200}, "another key": {get("/jobs", "x"), 401},
		"a token": {bearer, 200}, "nothing": {httptest.NewRequest(http.MethodGet, "/jobs", nil), 401},
	} {
		if status, _ := call(t, s, tc.r); status != tc.want {
			t.Errorf("%s gives %d", name, status)
		}
	}
}

func TestWrongRequestsAreRefused(t *testing.T) {
	s := smartrecruiters.New(smartrecruiters.Options{RateLimit: 3})
	for path, want := range map[string]int{"/jobs?limit=101": 400, "/jobs?order=desc": 400, "/jobs?updatedAfter=yesterday": 400} {
		if status, out := call(t, s, get(path, "sandbox-smart-token")); status != want || out["message"] == "" {
			t.Errorf("%s gives %d %v", path, status, out)
		}
	}
	if status, _ := call(t, s, get("/jobs", "sandbox-smart-token")); status != http.StatusTooManyRequests {
		t.Errorf("the fourth call of a second gives %d", status)
	}
}

func TestOneEMailAddressIsOnePerson(t *testing.T) {
	s := smartrecruiters.New(smartrecruiters.Options{})
	a, b := s.OpenJob("A"), s.OpenJob("B")
	one, err := s.Apply(a, "Eve", "Moss", "eve@mail.example")
	if err != nil {
		t.Fatal(err)
	}
	if two, err := s.Apply(b, "Eve", "Moss", "EVE@mail.example"); err != nil || two != one || s.CountApplications() != 2 {
		t.Errorf("%s and %s, %d applications, %v", one, two, s.CountApplications(), err)
	}
}
