package jobadder_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/jobadder"
	"github.com/tributary-hub/tributary/staffing"
)

func TestARefreshTokenIsUsedOnceAndTheNextOneIsKept(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	c, d := openDeps(t, account, nil)
	for range 3 { // another process each time, after the access token has ended
		if _, err := again(t, d).Check(t.Context()); err != nil {
			t.Fatalf("the sign-in did not go on: %v", err)
		}
		endAccess(t, d)
	}
	if _, err := c.Check(t.Context()); err != nil {
		t.Errorf("the first process did not find the newest refresh token: %v", err)
	}
}

// endAccess makes the stored access token one that the account refuses.
func endAccess(t *testing.T, d connectors.Deps) {
	t.Helper()
	tokens, ok := d.Tokens.(*connectors.MemoryTokens)
	if !ok {
		t.Fatalf("tokens are kept in %T", d.Tokens)
	}
	name := "access." + fingerprint(d.Settings["refresh_token"])
	old, err := tokens.Token(t.Context(), name, func(context.Context) (connectors.Token, error) {
		return connectors.Token{}, errors.New("none is stored")
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := tokens.Drop(t.Context(), name, old.Value); err != nil {
		t.Fatal(err)
	}
}

func TestANewSignInOfAPersonBeginsAnew(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	_, d := openDeps(t, account, nil)
	if _, err := again(t, d).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.Settings = connectors.Settings{"client_id": "sandbox-client", "client_secret": "sandbox-secret", "refresh_token": "of-another-user", "currency": "AUD", "token_url": d.Settings["token_url"]}
	if _, err := again(t, d).Check(t.Context()); staffing.CodeOf(err) != staffing.Unauthorized {
		t.Errorf("the token of the old sign-in serves the new one: %v", err)
	}
}

func TestTheTokenGoesToJobAdderOnly(t *testing.T) {
	asked := 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	t.Cleanup(elsewhere.Close)
	c := open(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"access_token":"a-token","expires_in":3600,"refresh_token":"b","api":"` + elsewhere.URL + `/v2"}`))
	}), nil)
	if _, err := c.Check(t.Context()); staffing.CodeOf(err) != staffing.Invalid || asked != 0 {
		t.Errorf("got %v, and %d calls to another host", err, asked)
	}
}

func TestAJobThatSomebodyElseJustMadeIsFoundAndNotMadeTwice(t *testing.T) {
	account := sandbox.New(sandbox.Options{TakenJob: true})
	overrides := 0
	c := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Allow-Duplicates") != "" {
			overrides++
		}
		account.ServeHTTP(w, r)
	}), nil)
	rec, err := c.PutJob(t.Context(), staffing.JobRequest{Key: "req-1", Fields: []byte(`{"jobTitle":"Nurse"}`)})
	if err != nil || !rec.Existed || len(account.Jobs()) != 1 || overrides != 0 {
		t.Errorf("got %+v, %v, %d jobs, %d overrides", rec, err, len(account.Jobs()), overrides)
	}
}

func TestAJobIsFoundBehindThousandsOfOthers(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	for i := range 2300 { // most of them in one second, as an import makes them
		account.AddJob("Other", time.Now().Add(-time.Duration(max(0, i-1500))*time.Minute))
	}
	c := open(t, account, nil)
	first, err := c.PutJob(t.Context(), staffing.JobRequest{Key: "req-1", Fields: []byte(`{"jobTitle":"Nurse"}`)})
	if err != nil {
		t.Fatal(err)
	}
	found, err := c.FindJob(t.Context(), "req-1")
	if err != nil || found.ID != first.ID {
		t.Errorf("found %+v and %v, made %+v", found, err, first)
	}
}

func TestAnUpdateKeepsWhatTheFirmsPeopleEntered(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	company := account.AddCompany("Acme Corp")
	c := open(t, account, nil)
	req := staffing.JobRequest{Key: "req-1", Fields: []byte(`{"jobTitle":"Nurse","_client":{"name":"Acme Corp"},"_custom":{"13":"4410-20"}}`)}
	rec, err := c.PutJob(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	id, err := strconv.ParseInt(rec.ID, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	custom := []any{map[string]any{"fieldId": 14.0, "name": "Program", "type": "List", "value": "MSP"}, map[string]any{"fieldId": 15.0, "name": "Site", "type": "Lookup", "value": "x"}}
	account.Change(id, map[string]any{"jobDescription": "Written by Rita.", "custom": custom, "workType": map[string]any{"workTypeId": 2.0, "name": "Permanent"}})
	req.ID, req.Fields = rec.ID, []byte(`{"jobTitle":"Nurse, nights","companyId":1,"_custom":{"13":"4410-21"},"_status":"On Hold"}`)
	if _, err := c.PutJob(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	job := account.Jobs()[0]
	text, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"jobTitle":"Nurse, nights"`, `"Written by Rita."`, `"4410-21"`, `"MSP"`, `"Permanent"`, `"On Hold"`, `"source":"Tributary req-1"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the job lacks %s: %s", want, text)
		}
	}
	if got, _ := job["company"].(map[string]any); got["companyId"] != company {
		t.Errorf("the update moved the job to company %v", got["companyId"])
	}
}

func TestProblemsOfAJobSayWhatToDo(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	account.AddCompany("Twin")
	account.AddCompany("twin")
	c := open(t, account, nil)
	for fields, want := range map[string]string{
		`{"jobTitle":"x","_client":{"name":"Acme"}}`: "no company named",
		`{"jobTitle":"x","_client":{"name":"Twin"}}`: "2 companies named",
		`{"jobTitle":"x","_status":"Opened"}`:        "it has: Active, On Hold",
		`{"jobTitle":"x","_custom":{"14":"VMS"}}`:    "no such value",
		`{"jobTitle":"x","_custom":{"a":"VMS"}}`:     "not the number",
		`{"jobTitle":"x","source":"mine"}`:           "holds the hub's own key",
		`{"jobTitle":""}`:                            "Job title is required",
		`[]`:                                         "no JSON object",
	} {
		_, err := c.PutJob(t.Context(), staffing.JobRequest{Key: "req-1", Fields: []byte(fields)})
		if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), want) {
			t.Errorf("%s: %v", fields, err)
		}
	}
	if n := len(account.Jobs()); n != 0 {
		t.Errorf("%d jobs were made", n)
	}
}

func TestTheResumeIsTheFirmsOwnFormElseTheCandidates(t *testing.T) {
	plain := sandbox.File{Name: "ada.docx", Type: "Resume", Content: []byte("plain")}
	formatted := sandbox.File{Name: `C:\temp\Ada for Acme.pdf`, Type: "FormattedResume", Content: []byte("formatted")}
	licence := sandbox.File{Name: "licence.pdf", Type: "License", Content: []byte("licence")}
	for want, files := range map[string][]sandbox.File{"Ada for Acme.pdf": {plain, formatted, licence}, "ada.docx": {licence, plain}, "": {licence}} {
		account := sandbox.New(sandbox.Options{})
		f, err := open(t, account, nil).Resume(t.Context(), strconv.FormatInt(account.AddCandidate(person(), files...), 10))
		if err != nil || (f == nil) != (want == "") || f != nil && f.Name != want {
			t.Errorf("want %q, got %+v and %v", want, f, err)
		}
	}
	account := sandbox.New(sandbox.Options{})
	f, err := open(t, account, connectors.Settings{"resume_types": "Resume"}).Resume(t.Context(), strconv.FormatInt(account.AddCandidate(person(), formatted), 10))
	if f != nil || err != nil {
		t.Errorf("a type that is not in the settings is sent: %+v %v", f, err)
	}
}

func TestAStatusThatTheAccountLacksIsNamedWithThoseItHas(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	c := open(t, account, nil)
	id := strconv.FormatInt(submitted(account), 10)
	err := c.PutStatus(t.Context(), staffing.StatusRequest{SubmissionID: id, Status: "Client Review"})
	if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), "Rejected by client") {
		t.Errorf("%v", err)
	}
	if err := c.PutStatus(t.Context(), staffing.StatusRequest{SubmissionID: id, Status: "rejected by client"}); err != nil || account.Status(id) != "Rejected by client" {
		t.Errorf("%v, status %q", err, account.Status(id))
	}
}
