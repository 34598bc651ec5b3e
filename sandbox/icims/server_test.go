package icims_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/sandbox/icims"
)

func call(t *testing.T, s *icims.Server, method, path, user, body string) (int, http.Header, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.SetBasicAuth(user, "sandbox-secret")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Header(), w.Body.String()
}

func TestWrongRequestsAreRefused(t *testing.T) {
	s := icims.New(icims.Options{})
	job := s.OpenJob("Nurse")
	const filters = `{"filters":[{"name":"job.id","value":["0"],"operator":">"}],"operator":"&"}`
	for name, tc := range map[string]struct {
		method, path, user, body string
		want                     int
	}{
		"another user":           {"GET", "/customers/1234/jobs/" + job, "x", "", 401},
		"another customer":       {"GET", "/customers/1/jobs/" + job, "sandbox-client", "", 404},
		"no such job":            {"GET", "/customers/1234/jobs/1", "sandbox-client", "", 404},
		"a search of everything": {"POST", "/customers/1234/search/jobs", "sandbox-client", `{"filters":[],"operator":"&"}`, 400},
		"an unknown filter":      {"POST", "/customers/1234/search/jobs", "sandbox-client", strings.Replace(filters, "job.id", "job.colour", 1), 400},
		"a staleness of no time": {"POST", "/customers/1234/search/jobs?staleness=soon", "sandbox-client", filters, 400},
		"a person without name":  {"POST", "/customers/1234/people", "sandbox-client", `{"email":"a@b.example"}`, 400},
		"an unknown field":       {"POST", "/customers/1234/people", "sandbox-client", `{"firstname":"A","lastname":"B","email":"a@b.example","colour":"red"}`, 400},
		"a workflow of nobody":   {"POST", "/customers/1234/applicantworkflows", "sandbox-client", `{"baseprofile":` + job + `,"associatedprofile":1}`, 400},
		"a search":               {"POST", "/customers/1234/search/jobs", "sandbox-client", filters, 200},
		"a person":               {"POST", "/customers/1234/people", "sandbox-client", `{"firstname":"A","lastname":"B","email":"a@b.example"}`, 201},
	} {
		if status, _, body := call(t, s, tc.method, tc.path, tc.user, tc.body); status != tc.want {
			t.Errorf("%s: %d %s, want %d", name, status, body, tc.want)
		}
	}
}

func TestOnlyTheFieldsThatWereAskedForAreShown(t *testing.T) {
	s := icims.New(icims.Options{Now: func() time.Time { return time.Date(2026, 11, 2, 14, 7, 0, 0, time.UTC) }})
	job := s.OpenJob("Nurse")
	_, _, body := call(t, s, "GET", "/customers/1234/jobs/"+job+"?fields=jobtitle,secretfield,updateddate", "sandbox-client", "")
	if !strings.Contains(body, `"jobtitle":"Nurse"`) || !strings.Contains(body, `"updateddate":"2026-11-02 02:07 PM"`) || strings.Contains(body, "folder") || strings.Contains(body, "secretfield") {
		t.Error(body)
	}
}

func TestTokensAreGivenToTheRightAudienceAndTheDayIsCounted(t *testing.T) {
	s := icims.New(icims.Options{Daily: 1})
	for audience, want := range map[string]int{"https://api.icims.com/v1/": 200, "https://elsewhere.example": 403} {
		form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"sandbox-client"}, "client_secret": {"sandbox-secret"}, "audience": {audience}}
		r := httptest.NewRequest(http.MethodPost, "/oauth/token", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != want {
			t.Errorf("%s: %d %s", audience, w.Code, w.Body)
		}
	}
	for _, want := range []int{404, 429} {
		status, h, _ := call(t, s, "GET", "/customers/1234/jobs/1", "sandbox-client", "")
		if status != want || h.Get("X-RateLimit-Remaining") != "0" {
			t.Errorf("%d %v, want %d", status, h, want)
		}
	}
}
