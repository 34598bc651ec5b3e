package setu

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func do(s *Server, method, target, body string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.SetBasicAuth(User, Secret)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("setuVersionId", "2.0")
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

const offerPath = "/setu/purchase-to-pay/human-resource/u-1"

func TestOffersAreTakenOnceAndOnlyInForm(t *testing.T) {
	s := New(Options{})
	rfq := s.Publish(Order{})
	good := `{"documentId":{"value":"u-1"},"person":{"name":{"formattedName":"Ada Grey"},"communication":{}},"staffingIds":{"requestForQuotationId":{"value":"` + rfq + `"}}}`
	for name, tc := range map[string]struct {
		body   string
		change func(*http.Request)
		want   int
	}{
		"no sign-in":           {good, func(r *http.Request) { r.Header.Del("Authorization") }, 401},
		"no version":           {good, func(r *http.Request) { r.Header.Del("setuVersionId") }, 400},
		"an unknown member":    {strings.Replace(good, "{", `{"status":"new",`, 1), nil, 400},
		"contact data":         {strings.Replace(good, `"communication":{}`, `"communication":{"email":[]}`, 1), nil, 400},
		"another document":     {strings.Replace(good, "u-1", "u-2", 1), nil, 400},
		"another order":        {strings.Replace(good, rfq, "RFQ9", 1), nil, 400},
		"nobody's name":        {strings.Replace(good, "Ada Grey", "", 1), nil, 400},
		"something that is no": {`x`, nil, 400},
	} {
		if w := do(s, http.MethodPost, offerPath, tc.body, tc.change); w.Code != tc.want || s.CountOffers() != 0 {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, tc.want)
		}
	}
	if w := do(s, http.MethodGet, offerPath, "", nil); w.Code != 404 {
		t.Errorf("before: %d", w.Code)
	}
	for _, want := range []int{201, 400} {
		if w := do(s, http.MethodPost, offerPath, good, nil); w.Code != want || s.CountOffers() != 1 {
			t.Errorf("%d %s, want %d", w.Code, w.Body, want)
		}
	}
	if w := do(s, http.MethodGet, offerPath, "", nil); w.Code != 200 || !strings.Contains(w.Body.String(), "Ada Grey") {
		t.Errorf("after: %d %s", w.Code, w.Body)
	}
}

func TestTheListComesInBothForms(t *testing.T) {
	for _, xml := range []bool{false, true} {
		s := New(Options{XMLList: xml})
		s.Publish(Order{Title: "Lasser & Bankwerker"})
		w := do(s, http.MethodGet, OrdersURL(""), "", nil)
		if w.Code != 200 || strings.HasPrefix(w.Body.String(), "<?xml") != xml || !strings.Contains(w.Body.String(), "Bankwerker") {
			t.Errorf("XML %v: %d %s", xml, w.Code, w.Body)
		}
	}
}
