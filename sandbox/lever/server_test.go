package lever

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func call(t *testing.T, s *Server, path string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/v1/"+path, http.NoBody)
	r.SetBasicAuth("sandbox-key", "")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestTheAccountRefusesWhatTheVendorRefuses(t *testing.T) {
	s := New(Options{})
	s.OpenPosting(PostingSpec{Title: "Nurse", Headcount: 1})
	s.OpenPosting(PostingSpec{Title: "Porter"})
	for path, want := range map[string]int{
		"postings":     200,
		"postings?x=1": 400, "postings?limit=101": 400, "postings?updated_at_start=yesterday": 400,
		"postings?updated_at_start=1&confidentiality=all": 200, "postings?updated_at_start=1&state=published": 400,
		"postings/no-such-id": 404, "postings?offset=0.1.x": 400, "nothing": 404, "opportunities/x/offers": 200,
	} {
		if got, body := call(t, s, path); got != want {
			t.Errorf("%s: %d %s, want %d", path, got, body, want)
		}
	}
}

func TestAnOffsetIsBoundToItsFilters(t *testing.T) {
	s := New(Options{})
	s.OpenPosting(PostingSpec{Title: "Nurse"})
	s.OpenPosting(PostingSpec{Title: "Porter"})
	_, body := call(t, s, "postings?limit=1")
	_, next, _ := strings.Cut(body, `"next":"`)
	next, _, _ = strings.Cut(next, `"`)
	if code, body := call(t, s, "postings?limit=1&offset="+next); code != 200 || !strings.Contains(body, "Porter") || strings.Contains(body, `"hasNext":true`) {
		t.Errorf("%d %s", code, body)
	}
	if code, _ := call(t, s, "postings?limit=1&confidentiality=all&offset="+next); code != 400 {
		t.Errorf("with another filter: %d", code)
	}
}

func TestTheBucketAllowsABurstAndThenTheSteadyRate(t *testing.T) {
	at := time.Now()
	s := New(Options{PerSecond: 10, Now: func() time.Time { return at }})
	var codes []string
	for range 22 {
		code, _ := call(t, s, "stages")
		codes = append(codes, fmt.Sprint(code))
	}
	at = at.Add(150 * time.Millisecond)
	for range 2 {
		code, _ := call(t, s, "stages")
		codes = append(codes, fmt.Sprint(code))
	}
	if got, want := strings.Join(codes[19:], " "), "200 429 429 200 429"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAKeyIsAUserWithoutAPassword(t *testing.T) {
	for _, auth := range [][2]string{{"another", ""}, {"sandbox-key", "x"}} {
		r := httptest.NewRequest(http.MethodGet, "/v1/stages", http.NoBody)
		r.SetBasicAuth(auth[0], auth[1])
		w := httptest.NewRecorder()
		New(Options{}).ServeHTTP(w, r)
		if w.Code != http.StatusUnauthorized {
			t.Errorf("%v: %d", auth, w.Code)
		}
	}
}
