package stdhooks

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

const goodPayload = `{"type":"candidate.status_changed","timestamp":"2026-11-30T09:15:02Z","note":"extra members are passed over",
 "data":{"job_id":"J-7","candidate_id":901,"submission_id":"S-3","status":" Client Submission ","occurred_at":"2026-11-30T10:15:00.5+01:00"}}`

func TestParseCandidateStatusChanged(t *testing.T) {
	got, err := ParseCandidateStatusChanged([]byte(goodPayload))
	want := staffing.CandidateStatusChanged{JobID: "J-7", CandidateID: "901", SubmissionID: "S-3", Status: "Client Submission",
		OccurredAt: time.Date(2026, 11, 30, 9, 15, 0, 500_000_000, time.UTC)}
	if err != nil || got != want {
		t.Fatalf("%+v %v", got, err)
	}
}

func TestParseNamesTheFieldThatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, from, to, field string }{
		{"no type", `"type":"candidate.status_changed",`, "", "type"},
		{"another type", "candidate.status_changed", "candidate.deleted", "type"},
		{"no timestamp", `"timestamp":"2026-11-30T09:15:02Z",`, "", "timestamp"},
		{"a date for a timestamp", "2026-11-30T09:15:02Z", "2026-11-30", "timestamp"},
		{"no data", `"data":{`, `"date":{`, "data"},
		{"data is a list", `"data":{`, `"data":[],"x":{`, "data"},
		{"no job", `"job_id":"J-7",`, "", "data.job_id"},
		{"the job in capitals", `"job_id"`, `"JOB_ID"`, "data.job_id"},
		{"an empty job", `"J-7"`, `"  "`, "data.job_id"},
		{"a job that is an object", `"J-7"`, `{"id":7}`, "data.job_id"},
		{"a negative candidate", `901`, `-901`, "data.candidate_id"},
		{"a broken number", `901`, `9.01`, "data.candidate_id"},
		{"a submission of null", `"S-3"`, `null`, "data.submission_id"},
		{"a zero byte", `"S-3"`, `"S\u00003"`, "data.submission_id"},
		{"a huge id", `"S-3"`, `"` + strings.Repeat("S", 201) + `"`, "data.submission_id"},
		{"a status that is a number", `" Client Submission "`, `3`, "data.status"},
		{"no zone", `10:15:00.5+01:00`, `10:15:00`, "data.occurred_at"},
		{"an impossible day", `2026-11-30T10`, `2026-11-31T10`, "data.occurred_at"},
		{"a year before computers", `2026-11-30T10`, `0026-11-30T10`, "data.occurred_at"},
		{"cut off", `}}`, `}`, "payload"},
		{"two values", `}}`, `}} {}`, "payload"},
		{"no UTF-8", `extra`, "\xff", "payload"},
		{"huge", `extra`, strings.Repeat("x", 1<<16), "payload"},
	} {
		body := strings.Replace(goodPayload, c.from, c.to, 1)
		if body == goodPayload {
			t.Fatalf("%s changes nothing", c.name)
		}
		_, err := ParseCandidateStatusChanged([]byte(body))
		var coded *staffing.Error
		if ce := (*staffing.Error)(nil); errors.As(err, &ce) {
			coded = ce
		}
		if coded == nil || coded.Code != staffing.Invalid || coded.Field != c.field {
			t.Errorf("%s: %#v", c.name, err)
		}
	}
}

func TestAPingIsNoEventAndNoCandidate(t *testing.T) {
	events, err := Events(http.Header{HeaderID: {"m"}}, []byte(`{"type":"ping","timestamp":"2026-11-30T09:15:02Z","data":{}}`))
	if err != nil || len(events) != 0 {
		t.Fatal(events, err)
	}
	if _, err := ParseCandidateStatusChanged([]byte(`{"type":"ping"}`)); staffing.CodeOf(err) != staffing.Invalid {
		t.Fatal(err)
	}
}

func FuzzEvents(f *testing.F) {
	f.Add([]byte(goodPayload))
	f.Add([]byte(`{"type":"ping"}`))
	f.Add([]byte(`{"type":"candidate.status_changed","timestamp":"2026-11-30T09:15:02Z","data":{"job_id":1e3}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := Events(http.Header{HeaderID: {"m"}}, body)
		if err != nil {
			if staffing.CodeOf(err) != staffing.Invalid {
				t.Fatal(err)
			}
			return
		}
		for _, e := range events {
			var c staffing.CandidateStatusChanged
			if err := json.Unmarshal(e.Record.Raw, &c); err != nil {
				t.Fatal(err)
			}
			if c.JobID == "" || c.CandidateID == "" || c.SubmissionID != e.Record.ExternalID || c.Status == "" || c.OccurredAt.IsZero() {
				t.Fatalf("half an event: %+v", c)
			}
			if strings.ContainsRune(string(e.Record.Raw), 0) || strings.Contains(string(e.Record.Raw), `\u0000`) {
				t.Fatal("a zero byte reached the record")
			}
		}
	})
}
