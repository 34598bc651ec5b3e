package ashby

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func post(s *Server, key, path, body string) (int, string) {
	r := httptest.NewRequest(http.MethodPost, "/"+path, strings.NewReader(body))
	if key != "" {
		r.SetBasicAuth(key, "")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json; version=1")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestTheAccountRefusesWhatTheVendorRefuses(t *testing.T) {
	s := New(Options{Missing: []string{"offer.list"}})
	for _, tc := range []struct {
		key, path, body, says string
		status                int
	}{
		{"", "job.list", `{}`, "unauthorized", 401},
		{"another", "job.list", `{}`, "The API key is not valid", 403},
		{"sandbox-key", "offer.list", `{}`, "missing_endpoint_permission", 403},
		{"sandbox-key", "no.such", `{}`, "not_found", 404},
		{"sandbox-key", "job.list", `[]`, "invalid_input", 200},
		{"sandbox-key", "job.list", `{"x":1}`, "Unknown field", 200},
		{"sandbox-key", "job.list", `{"limit":101}`, "between 1 and 100", 200},
		{"sandbox-key", "job.list", `{"cursor":"x"}`, "invalid_next_cursor", 200},
		{"sandbox-key", "job.list", `{"syncToken":"x"}`, "sync_token_invalid", 200},
		{"sandbox-key", "job.list", `{}`, `"success":true`, 200},
	} {
		if status, body := post(s, tc.key, tc.path, tc.body); status != tc.status || !strings.Contains(body, tc.says) {
			t.Errorf("%s %s: %d %s", tc.path, tc.body, status, body)
		}
	}
}

func TestASyncTokenShowsWhatChangedSinceTheWalkBegan(t *testing.T) {
	s := New(Options{})
	first := s.OpenJob(JobSpec{Title: "Nurse"})
	s.OpenJob(JobSpec{Title: "Porter"})
	_, page := post(s, "sandbox-key", "job.list", `{"limit":1}`)
	if err := s.Change("job.list", first, func(j map[string]any) { j["title"] = "Senior nurse" }); err != nil {
		t.Fatal(err)
	}
	_, page = post(s, "sandbox-key", "job.list", `{"limit":1,"cursor":"`+between(page, `"nextCursor":"`)+`"}`)
	token := between(page, `"syncToken":"`)
	_, page = post(s, "sandbox-key", "job.list", `{"syncToken":"`+token+`"}`)
	if token == "" || !strings.Contains(page, "Senior nurse") || strings.Contains(page, "Porter") {
		t.Errorf("token %q: %s", token, page)
	}
}

func between(s, start string) string {
	_, rest, _ := strings.Cut(s, start)
	out, _, _ := strings.Cut(rest, `"`)
	return out
}

func TestTheStorageTakesOnlyWhatTheHandleSays(t *testing.T) {
	s := New(Options{})
	_, body := post(s, "sandbox-key", "file.createFileUploadHandle", `{"fileUploadContext":"CandidateResume","filename":"a.pdf","contentType":"application/pdf","contentLength":1}`)
	id := between(body, `"handle":"`)
	for path, want := range map[string]int{"storage/" + id: 403, "storage/none": 403} { // no form
		if status, _ := post(s, "", path, "x"); status != want {
			t.Errorf("%s: %d", path, status)
		}
	}
	if _, body := post(s, "sandbox-key", "candidate.uploadResume", `{"candidateId":"x","resumeHandle":"`+id+`"}`); !strings.Contains(body, "candidate_not_found") {
		t.Errorf("%s", body)
	}
}
