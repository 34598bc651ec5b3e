package fieldglass

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzUploads sends any bytes as an upload: the tenant answers in its envelope, and
// takes no more than one job seeker.
func FuzzUploads(f *testing.F) {
	s := New(nil, Options{})
	id, err := s.OpenPosting(example())
	if err != nil {
		f.Fatal(err)
	}
	whole, err := json.Marshal(submission(id, nil))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(whole), ``, `{}`, `[]`, `{"HumanResource":[]}`, `{"HumanResource":{"Rates":{"Class":["ST"]}}}`,
		strings.ReplaceAll(string(whole), `"ST"`, `[[{}]]`), strings.ReplaceAll(string(whole), `{"IdValue":"`+id+`"}`, `[{"IdValue":"`+id+`"}]`)} {
		f.Add([]byte(seed))
	}
	token := s.newToken()
	f.Fuzz(func(t *testing.T, body []byte) {
		before := s.CountJobSeekers()
		req := httptest.NewRequest(http.MethodPost, "/api/vc/connector/"+url.PathEscape(JobSeekerUpload), bytes.NewReader(body))
		req.Header = http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}, "Authorization": {"Bearer " + token}}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, req)
		var said object
		if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		taken, code := s.CountJobSeekers()-before, textAt(said, "Status", "ReturnCode")
		if taken > 1 || (taken == 1) != (code == "0") {
			t.Errorf("%d taken, return code %q", taken, code)
		}
	})
}
