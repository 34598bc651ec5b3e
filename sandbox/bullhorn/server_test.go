package bullhorn

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/sandbox/state"
)

func TestSignIn(t *testing.T) {
	t.Run("a code and a refresh token are good once", func(t *testing.T) {
		a := open(t, nil, Options{})
		code := a.code()
		first := a.grant(url.Values{"grant_type": {"authorization_code"}, "code": {code}})
		again := a.grant(url.Values{"grant_type": {"authorization_code"}, "code": {code}})
		if first.status != 200 || again.status != 400 {
			t.Errorf("%d, then %d", first.status, again.status)
		}
		refresh, _ := first.json(t)["refresh_token"].(string)
		v := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}}
		if r := a.grant(v); r.status != 200 || r.json(t)["refresh_token"] == refresh {
			t.Errorf("%s", r.body)
		}
		if r := a.grant(v); r.status != 400 {
			t.Errorf("a refresh token is good twice: %s", r.body)
		}
	})
	t.Run("a wrong password shows the sign-in page again", func(t *testing.T) {
		a := open(t, nil, Options{})
		body, header := form(url.Values{"client_id": {a.opts.ClientID}, "response_type": {"code"}, "action": {"Login"}, "username": {a.opts.Username}, "password": {"wrong"}})
		if r := a.raw("POST", "/oauth/authorize", body, header); !has(r, 200, "<html>") || r.header.Get("Location") != "" {
			t.Errorf("%d %s", r.status, r.body)
		}
	})
	t.Run("without a session 412, with an old one 401", func(t *testing.T) {
		a := open(t, nil, Options{})
		if r := a.raw("GET", "/rest-services/"+corp+"/ping", nil, nil); r.status != http.StatusPreconditionFailed {
			t.Errorf("without a session: %d", r.status)
		}
		if r := a.do("GET", "ping", nil, nil); r.status != 200 {
			t.Errorf("ping: %d", r.status)
		}
		a.ExpireSessions()
		if r := a.do("GET", "ping", nil, nil); !has(r, 401, "errorMessageKey") {
			t.Errorf("an ended session: %d %s", r.status, r.body)
		}
	})
	t.Run("a session ends by the clock", func(t *testing.T) {
		at := time.Now()
		a := open(t, nil, Options{Now: func() time.Time { return at }})
		at = at.Add(11 * time.Minute)
		if r := a.do("GET", "ping", nil, nil); r.status != 401 {
			t.Errorf("got %d", r.status)
		}
	})
	t.Run("the pace is limited", func(t *testing.T) {
		at := time.Now()
		a := open(t, nil, Options{PerMinute: 2, Now: func() time.Time { return at }})
		for i, want := range []int{200, 200, 429} {
			if r := a.do("GET", "ping", nil, nil); r.status != want {
				t.Errorf("call %d: %d", i, r.status)
			}
		}
	})
}

func TestWritesAreValidated(t *testing.T) {
	a := open(t, nil, Options{RequiredJobFields: []string{"customText10"}})
	company := a.AddCompany("ACME", "Acme")
	contact := a.tables["ClientContact"].List(nil)[0].id()
	good := func() map[string]any {
		return map[string]any{"title": "Nurse", "clientCorporation": map[string]any{"id": company}, "clientContact": map[string]any{"id": contact},
			"employmentType": "Contract", "onSite": "On-Site", "customText10": "x"}
	}
	for name, c := range map[string]struct {
		field string
		value any
		word  string
	}{
		"unknown field":             {"nope", 1, "Unknown or invalid field 'nope'"},
		"a read-only field":         {"dateLastModified", 1, "read-only"},
		"a missing field":           {"employmentType", nil, "Missing required property 'employmentType'"},
		"a field this account asks": {"customText10", nil, "Missing required property 'customText10'"},
		"a text too long":           {"costCenter", strings.Repeat("9", 31), "longer than 30"},
		"a number as text":          {"payRate", "60", "must be a number"},
		"a half millisecond":        {"startDate", 1.5, "whole number"},
		"a word out of the list":    {"onSite", "Somewhere", "one of"},
		"a company that is not":     {"clientCorporation", map[string]any{"id": 9}, "no ClientCorporation"},
		"a company by name":         {"clientCorporation", map[string]any{"name": "Acme"}, "nothing but an id"},
		"a to-many list":            {"skills", []int{1}, "call of their own"},
		"an address part":           {"address", map[string]any{"street": "x"}, "no part street"},
		"a long city":               {"address", map[string]any{"city": strings.Repeat("x", 41)}, "longer than 40"},
	} {
		t.Run(name, func(t *testing.T) {
			body := good()
			body[c.field] = c.value
			if r := a.do("PUT", "entity/JobOrder", nil, body); !has(r, 400, c.word) {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	made := a.do("PUT", "entity/JobOrder", nil, good())
	if !has(made, 200, `"changeType":"INSERT"`) || len(a.Jobs()) != 1 {
		t.Errorf("%d %s", made.status, made.body)
	}
	id := a.Jobs()[0].ID
	path := fmt.Sprintf("entity/JobOrder/%d", id)
	if r := a.do("POST", path, nil, map[string]any{"title": ""}); r.status != 400 {
		t.Errorf("emptying a required field: %d", r.status)
	}
	if r := a.do("POST", path, nil, map[string]any{"isOpen": false}); !has(r, 200, "UPDATE") || len(a.OpenJobs()) != 0 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := a.do("DELETE", path, nil, nil); r.status != 200 || len(a.Jobs()) != 0 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := a.do("PUT", "entity/JobSubmissionHistory", nil, map[string]any{}); r.status != 405 {
		t.Errorf("history can be written: %d", r.status)
	}
}

func TestFieldsMustBeNamed(t *testing.T) {
	a := open(t, nil, Options{})
	job, candidate, _ := a.world()
	path := fmt.Sprintf("entity/JobOrder/%d", job)
	for fields, word := range map[string]string{"": "required", "*": "missing", "id,nope": "Invalid field 'nope'", "owner(nope)": "Invalid field 'nope'",
		"id,title(x)": "no fields of its own", "owner(id": "not closed", "submissions[99]": "too many", "clientCorporation(clientContacts)": "top level"} {
		if r := a.do("GET", path, url.Values{"fields": {fields}}, nil); !has(r, 400, word) {
			t.Errorf("fields=%s: %d %s", fields, r.status, r.body)
		}
	}
	data, _ := a.get(path, "title,clientCorporation(name),owner,submissions(status,candidate(lastName))")["data"].(map[string]any)
	if fmt.Sprint(data["clientCorporation"]) != fmt.Sprintf("map[id:%v name:ACME]", a.tables["ClientCorporation"].List(nil)[0].id()) ||
		!strings.Contains(fmt.Sprint(data["submissions"]), "lastName:Grey") {
		t.Errorf("%v", data)
	}
	many := a.get(fmt.Sprintf("entity/Candidate/%d,999", candidate), "id")
	if list, _ := many["data"].([]any); len(list) != 1 {
		t.Errorf("a missing id among several is left out: %v", many)
	}
	if r := a.do("GET", "entity/Candidate/999", url.Values{"fields": {"id"}}, nil); r.status != 404 {
		t.Errorf("a missing candidate: %d", r.status)
	}
}

func TestQueries(t *testing.T) {
	a := open(t, nil, Options{IndexLag: time.Hour})
	job, candidate, sub := a.world()
	a.AddJob(JobSpec{Title: "It's a job", CompanyCode: "ACME", Reference: "R-1"})
	for where, want := range map[string]int{
		"id > 0":                      2,
		"externalID = 'r-1'":          1,
		"title = 'It''s a job'":       1,
		"externalID IS NULL":          1,
		"NOT (externalID IS NULL)":    1,
		"externalID IN ('R-1','R-2')": 1,
		"clientCorporation.externalID = 'ACME' AND isOpen = true":              2,
		"isDeleted = true OR title = 'Nurse'":                                  1,
		fmt.Sprintf("id NOT IN (%d)", job):                                     1,
		fmt.Sprintf("dateAdded >= %d", time.Now().Add(-time.Hour).UnixMilli()): 2,
	} {
		r := a.do("GET", "query/JobOrder", url.Values{"where": {where}, "fields": {"id"}, "orderBy": {"-id"}}, nil)
		if r.status != 200 || r.json(t)["count"] != float64(want) {
			t.Errorf("%s: %d %s, want %d", where, r.status, r.body, want)
		}
	}
	for _, where := range []string{"", "nope = 1", "id =", "id = 'x", "id = 1 AND", "(id = 1", "id = 1)", "owner.nope = 1", "id ~ 1", "submissions = 1", "id IN ()"} {
		if r := a.do("GET", "query/JobOrder", url.Values{"where": {where}, "fields": {"id"}}, nil); r.status != 400 {
			t.Errorf("%s: %d %s", where, r.status, r.body)
		}
	}
	one := url.Values{"where": {"id > 0"}, "fields": {"id"}, "count": {"1"}, "start": {"1"}}
	if r := a.do("GET", "query/JobOrder", one, nil).json(t); r["count"] != 1.0 || r["start"] != 1.0 || r["total"] != 2.0 {
		t.Errorf("%v", r)
	}
	if r := a.do("POST", "query/JobSubmission", url.Values{"fields": {"id"}}, map[string]string{"where": fmt.Sprintf("candidate.id = %d", candidate)}).json(t); r["count"] != 1.0 || r["total"] != nil {
		t.Errorf("submission %d: %v", sub, r)
	}
	if r := a.do("GET", "search/JobOrder", url.Values{"query": {"title:nurse"}, "fields": {"id"}}, nil).json(t); r["count"] != 0.0 {
		t.Errorf("the index is an hour behind, but finds %v", r)
	}
	if r := a.do("GET", "search/JobSubmission", url.Values{"query": {"id:1"}, "fields": {"id"}}, nil); r.status != 400 {
		t.Errorf("submissions have no index: %d", r.status)
	}
}

func TestSearch(t *testing.T) {
	a := open(t, nil, Options{})
	a.world()
	a.AddJob(JobSpec{Title: "Senior Go Engineer", CompanyCode: "ACME", Reference: "R-1"})
	for query, want := range map[string]int{"title:nurse": 1, `title:"go engineer"`: 1, "title:eng*": 1, "isDeleted:0 AND NOT title:nurse": 1, "title:nurse title:go": 2,
		"(title:nurse OR title:go) AND isOpen:1": 2, "numOpenings:[1 TO *]": 2, "numOpenings:[5 TO 9]": 0, `externalID:"R-1"`: 1} {
		r := a.do("GET", "search/JobOrder", url.Values{"query": {query}, "fields": {"id"}}, nil)
		if r.status != 200 || r.json(t)["count"] != float64(want) {
			t.Errorf("%s: %d %s, want %d", query, r.status, r.body, want)
		}
	}
	for _, query := range []string{"", "title", "nope:1", `title:"x`, "id:[1 2]", "(title:x"} {
		if r := a.do("GET", "search/JobOrder", url.Values{"query": {query}, "fields": {"id"}}, nil); r.status != 400 {
			t.Errorf("%s: %d %s", query, r.status, r.body)
		}
	}
}

func TestEventsAreUsedUpByReading(t *testing.T) {
	a := open(t, nil, Options{})
	at := "event/subscription/mine"
	most := url.Values{"maxEvents": {"100"}}
	if r := a.do("GET", at, most, nil); r.status != 404 {
		t.Errorf("a subscription that is not there: %d", r.status)
	}
	a.do("PUT", at, url.Values{"type": {"entity"}, "names": {"JobSubmission"}, "eventTypes": {"INSERTED,UPDATED"}}, nil)
	if r := a.do("GET", at, most, nil); strings.TrimSpace(string(r.body)) != "{}" {
		t.Errorf("nothing waits: %s", r.body)
	}
	_, _, sub := a.world()
	if err := a.SetStatus(sub, "Client Submission"); err != nil {
		t.Fatal(err)
	}
	first := a.do("GET", at, most, nil)
	if got := first.json(t); got["requestId"] != 1.0 || !has(first, 200, `"updatedProperties":["status"]`) || a.Waiting() != 0 {
		t.Errorf("%s", first.body)
	}
	if r := a.do("GET", at, most, nil); strings.TrimSpace(string(r.body)) != "{}" {
		t.Errorf("they come twice: %s", r.body)
	}
	if r := a.do("GET", at+"/lastRequestId", nil, nil).json(t); r["result"] != 1.0 {
		t.Errorf("%v", r)
	}
	if r := a.do("GET", at, url.Values{"requestId": {"1"}}, nil); string(r.body) != string(first.body) {
		t.Errorf("read again: %s", r.body)
	}
	if r := a.do("DELETE", at, nil, nil); !has(r, 200, "true") {
		t.Errorf("%s", r.body)
	}
}

func TestAPlacementMovesItsSubmission(t *testing.T) {
	a := open(t, nil, Options{})
	job, candidate, sub := a.world()
	ref := func(id int64) map[string]any { return map[string]any{"id": id} }
	r := a.do("PUT", "entity/Placement", nil, map[string]any{"candidate": ref(candidate), "jobOrder": ref(job), "jobSubmission": ref(sub), "status": "Approved",
		"dateBegin": 1799625600000, "payRate": 58, "salary": 0, "salaryUnit": "Hourly", "fee": 0, "hoursPerDay": 8, "durationWeeks": 26, "daysGuaranteed": 0,
		"daysProRated": 0, "referralFee": 0, "referralFeeType": "Flat Fee"})
	if r.status != 200 || a.Submissions()[0].Status != "Placed" {
		t.Errorf("%d %s, %+v", r.status, r.body, a.Submissions())
	}
}

func TestTheAPIUsersRightsAreKept(t *testing.T) {
	a := open(t, nil, Options{Entitlements: map[string][]string{"JobOrder": {"READ"}, "Candidate": {}}})
	job, candidate, _ := a.world()
	for path, want := range map[string]int{fmt.Sprintf("GET entity/JobOrder/%d", job): 200, fmt.Sprintf("POST entity/JobOrder/%d", job): 403, "PUT entity/JobOrder": 403,
		fmt.Sprintf("GET entity/Candidate/%d", candidate): 403, fmt.Sprintf("GET file/Candidate/%d/1", candidate): 403, "GET query/Candidate": 403} {
		method, p, _ := strings.Cut(path, " ")
		if r := a.do(method, p, url.Values{"fields": {"id"}}, map[string]any{}); r.status != want {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
}

func TestTheAccountSurvivesARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j, err := state.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	a := open(t, j, Options{})
	a.do("PUT", "event/subscription/mine", url.Values{"type": {"entity"}, "names": {"JobSubmission"}, "eventTypes": {"INSERTED"}}, nil)
	_, candidate, sub := a.world()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if j, err = state.Open(path); err != nil {
		t.Fatal(err)
	}
	b := open(t, j, Options{})
	if len(b.Jobs()) != 1 || b.Submissions()[0].ID != sub || b.Submissions()[0].BillRate != "92.5" || b.Waiting() != 1 || b.tables["CorporateUser"].Len() != 2 {
		t.Errorf("%+v %+v, %d events wait", b.Jobs(), b.Submissions(), b.Waiting())
	}
	file := b.get(fmt.Sprintf("entity/Candidate/%d/fileAttachments", candidate), "id,name,type")["data"].([]any)[0].(map[string]any)
	if r := b.do("GET", fmt.Sprintf("file/Candidate/%d/%v", candidate, file["id"]), nil, nil); !has(r, 200, `"fileContent":"JVBERg=="`) {
		t.Errorf("%s", r.body)
	}
}

func TestWatchersHearOfRecruitersOnly(t *testing.T) {
	a := open(t, nil, Options{})
	var heard []string
	a.OnStatus(func(c StatusChange) {
		heard = append(heard, c.Status)
		if c.JobID == 0 || c.CandidateID == 0 || c.At.IsZero() || len(a.Submissions()) == 0 { // no lock is held
			t.Errorf("%+v", c)
		}
	})
	_, _, sub := a.world()
	for _, s := range []string{"Client Submission", "Client Submission"} {
		if err := a.SetStatus(sub, s); err != nil {
			t.Fatal(err)
		}
	}
	a.do("POST", fmt.Sprintf("entity/JobSubmission/%d", sub), nil, map[string]any{"status": "Placed"})
	if got := strings.Join(heard, ", "); got != "Internally Submitted, Client Submission" {
		t.Errorf("heard %s", got)
	}
	if err := a.SetStatus(sub, "No Such Word"); err == nil {
		t.Error("a word that the account does not have is taken")
	}
}
