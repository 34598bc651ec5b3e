package oracle_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/sandbox/oracle"
)

func call(t *testing.T, s *oracle.Server, method, path, body string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, oracle.Base+path, strings.NewReader(body))
	r.SetBasicAuth("sandbox-user", "sandbox-password")
	r.Header.Set("REST-Framework-Version", "4")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s %s gives %d %s", method, path, w.Code, w.Body)
	}
	return w.Code, out
}

func TestWrongRequestsAreRefused(t *testing.T) {
	s := oracle.New(oracle.Options{})
	for path, want := range map[string]int{"/recruitingCandidates?limit=501": 400, "/recruitingCandidates?sort=x": 400, "/recruitingCandidates?q=Email~x": 400,
		"/recruitingCEJobRequisitions": 404, "/recruitingCandidates/x/child/attachments": 404} {
		if status, _ := call(t, s, http.MethodGet, path, ""); status != want {
			t.Errorf("%s gives %d", path, status)
		}
	}
	if status, _ := call(t, s, http.MethodPost, "/recruitingCandidates", `{"LastName":"Moss","Email":"a@b.c","Skills":"x"}`); status != http.StatusBadRequest {
		t.Errorf("an unknown attribute gives %d", status)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, oracle.Base+"/recruitingCandidates", nil))
	if w.Code != http.StatusUnauthorized {
		t.Errorf("nobody gives %d", w.Code)
	}
}

func TestFiltersAndPages(t *testing.T) {
	s := oracle.New(oracle.Options{})
	n := s.OpenRequisition("Nurse")
	for range 3 {
		s.Apply(n, "Eve", "Moss", "eve.o'moss@mail.example")
	}
	_, page := call(t, s, http.MethodGet, "/recruitingJobApplications?limit=2&totalResults=true", "")
	_, last := call(t, s, http.MethodGet, "/recruitingJobApplications?limit=2&offset=2", "")
	_, found := call(t, s, http.MethodGet, "/recruitingCandidates?q="+url.QueryEscape("Email='EVE.o''moss@mail.example'"), "")
	if page["hasMore"] != true || page["totalResults"] != float64(3) || last["hasMore"] != false || last["count"] != float64(1) || found["count"] != float64(3) {
		t.Errorf("%v\n%v\n%v", page, last, found)
	}
}
