package teamtailor_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/sandbox/teamtailor"
)

func request(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Token token=sandbox-key")
	r.Header.Set("X-Api-Version", "20240904")
	r.Header.Set("Content-Type", "application/vnd.api+json")
	return r
}

func call(t *testing.T, s *teamtailor.Server, r *http.Request) (int, map[string]any) {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s %s gives %d %s", r.Method, r.URL, w.Code, w.Body)
	}
	return w.Code, out
}

func TestWrongRequestsAreRefused(t *testing.T) {
	s := teamtailor.New(teamtailor.Options{})
	s.OpenJob("Nurse")
	without := func(header string) *http.Request {
		r := request(http.MethodPost, "/v1/candidates", "{}")
		r.Header.Del(header)
		return r
	}
	for name, tc := range map[string]struct {
		r    *http.Request
		want int
	}{
		"no token":             {without("Authorization"), 401},
		"no version":           {without("X-Api-Version"), 406},
		"no JSON:API":          {without("Content-Type"), 415},
		"a page of 31":         {request(http.MethodGet, "/v1/jobs?page[size]=31", ""), 400},
		"an unknown filter":    {request(http.MethodGet, "/v1/jobs?filter[name]=x", ""), 400},
		"an unknown include":   {request(http.MethodGet, "/v1/jobs?include=salary", ""), 400},
		"an unknown attribute": {request(http.MethodPost, "/v1/candidates", `{"data":{"type":"candidates","attributes":{"skills":[]}}}`), 400},
		"a job that is gone":   {request(http.MethodGet, "/v1/jobs/999", ""), 404},
	} {
		if status, out := call(t, s, tc.r); status != tc.want || out["errors"] == nil {
			t.Errorf("%s gives %d %v", name, status, out)
		}
	}
}

func TestAnEMailAddressIsTakenOnceUnlessItIsMerged(t *testing.T) {
	s := teamtailor.New(teamtailor.Options{})
	person := func(more string) *http.Request {
		return request(http.MethodPost, "/v1/candidates", `{"data":{"type":"candidates","attributes":{"email":"eve@mail.example"`+more+`}}}`)
	}
	first, _ := call(t, s, person(""))
	second, _ := call(t, s, person(""))
	third, _ := call(t, s, person(`,"merge":true,"phone":"1"`))
	if first != 201 || second != 422 || third != 201 || s.Candidate("eve@mail.example")["phone"] != "1" {
		t.Errorf("%d %d %d %v", first, second, third, s.Candidate("eve@mail.example"))
	}
}

func TestTheOtherSideIsNamedOnlyWhenItIsIncluded(t *testing.T) {
	s := teamtailor.New(teamtailor.Options{})
	s.OpenJob("Nurse")
	for query, want := range map[string]bool{"": false, "?include=department": true} {
		_, out := call(t, s, request(http.MethodGet, "/v1/jobs"+query, ""))
		text, err := json.Marshal(out["data"])
		if err != nil || strings.Contains(string(text), `"departments"`) != want || (out["included"] != nil) != want {
			t.Errorf("%q: %s", query, text)
		}
	}
}

func TestTheEleventhCallMayBeTooMany(t *testing.T) {
	s := teamtailor.New(teamtailor.Options{RateLimit: 10})
	for range 10 {
		if status, _ := call(t, s, request(http.MethodGet, "/v1/jobs", "")); status != http.StatusOK {
			t.Fatalf("%d", status)
		}
	}
	if status, _ := call(t, s, request(http.MethodGet, "/v1/jobs", "")); status != http.StatusTooManyRequests {
		t.Errorf("%d", status)
	}
}
