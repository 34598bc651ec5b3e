package workday

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func do(s *Server, method, target, body string, signed bool) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if signed {
		r.SetBasicAuth(User, Password)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestReportsRefuseWhatTheyDoNotKnow(t *testing.T) {
	s := New(Options{})
	s.OpenRequisition("Operator", nil)
	for query, want := range map[string]int{
		"?format=json": 200, "?format=json&Updated_From=2026-11-22-08:00": 200, "?format=json&Updated_From=2026-11-22": 500,
		"?format=json&Since=2026-11-22-08:00": 500, "": 400, "?format=xml": 400,
	} {
		if w := do(s, http.MethodGet, ReportURL("", Requisitions)+query, "", true); w.Code != want {
			t.Errorf("%s: %d %s, want %d", query, w.Code, w.Body, want)
		}
	}
	if w := do(s, http.MethodGet, ReportURL("", Requisitions)+"?format=json", "", false); w.Code != 401 {
		t.Errorf("without credentials: %d", w.Code)
	}
	if w := do(s, http.MethodGet, ReportURL("", "Other")+"?format=json", "", true); w.Code != 404 {
		t.Errorf("another report: %d", w.Code)
	}
}

func TestEmptyColumnsAreLeftOutOrBlank(t *testing.T) {
	for blanks, want := range map[bool]bool{false: false, true: true} {
		s := New(Options{Blanks: blanks})
		s.Apply(s.OpenRequisition("Operator", nil), "Eve", "Moss", "eve@mail.example")
		body := do(s, http.MethodGet, ReportURL("", Applications)+"?format=json&Email="+url.QueryEscape("EVE@mail.example"), "", true).Body.String()
		if strings.Contains(body, `"Disposition":""`) != want || !strings.Contains(body, `"Stage":"Review"`) {
			t.Errorf("blanks %v: %s", blanks, body)
		}
	}
}

func envelopeOf(password, request string) string {
	return `<e:Envelope xmlns:e="` + soapNS + `" xmlns:wd="` + bsvcNS + `"><e:Header><Security><UsernameToken><Username>` + User + `</Username><Password Type="x#PasswordText">` +
		password + `</Password></UsernameToken></Security></e:Header><e:Body>` + request + `</e:Body></e:Envelope>`
}

func TestTheWebServiceRefusesInFaults(t *testing.T) {
	s := New(Options{})
	for name, tc := range map[string]struct{ body, want string }{
		"no envelope":              {`<a/>`, "no SOAP envelope"},
		"another password":         {envelopeOf("x", `<wd:Get_Candidates_Request wd:version="v45.2"/>`), "authenticationError"},
		"another version":          {envelopeOf(Password, `<wd:Get_Candidates_Request wd:version="v12.0"/>`), "Invalid request version"},
		"an unknown element":       {envelopeOf(Password, `<wd:Put_Candidate_Request wd:version="v45.2"><wd:Name/></wd:Put_Candidate_Request>`), "Name&#39; is not expected"},
		"elements out of order":    {envelopeOf(Password, `<wd:Put_Candidate_Request wd:version="v45.2"><wd:Candidate_Data/><wd:Candidate_Reference/></wd:Put_Candidate_Request>`), "Candidate_Reference&#39; is not expected"},
		"another namespace":        {envelopeOf(Password, `<Put_Candidate_Request version="v45.2"/>`), "not of the namespace"},
		"a requisition that isn't": {envelopeOf(Password, `<wd:Put_Candidate_Request wd:version="v45.2" wd:Add_Only="true"/>`), "Job_Requisition_ID"},
	} {
		w := do(s, http.MethodPost, ServiceURL(""), tc.body, false)
		if w.Code != 500 || !strings.Contains(w.Body.String(), tc.want) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if w := do(s, http.MethodPost, ServiceURL(""), envelopeOf(Password, `<wd:Get_Candidates_Request wd:version="v45.2"/>`), false); w.Code != 200 {
		t.Errorf("a good request: %d %s", w.Code, w.Body)
	}
	if s.CountApplications() != 0 {
		t.Error("something was written")
	}
}
