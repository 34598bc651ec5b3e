package greenhouse

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

func TestTokens(t *testing.T) {
	c := newClock()
	a := open(t, nil, Options{Now: c.now})
	grant := url.Values{"grant_type": {"client_credentials"}}
	for _, tc := range []struct {
		name, id, secret string
		form             url.Values
		want             int
	}{
		{"a wrong secret", "sandbox-client", "x", grant, 401},
		{"an unknown client", "x", "sandbox-secret", grant, 400},
		{"no grant type", "sandbox-client", "sandbox-secret", url.Values{}, 400},
	} {
		if got, _ := a.askToken(tc.id, tc.secret, tc.form); got != tc.want {
			t.Errorf("%s: status %d, want %d", tc.name, got, tc.want)
		}
	}
	if got := a.get("jobs").status; got != 200 {
		t.Fatalf("with a token: %d", got)
	}
	c.at = c.at.Add(2 * time.Hour)
	if got := a.get("jobs").status; got != 401 {
		t.Errorf("after two hours: %d, want 401", got)
	}
}

func TestTokensCanBeEndedEarly(t *testing.T) {
	a := open(t, nil, Options{})
	a.ExpireTokens()
	if got := a.get("jobs").status; got != 401 {
		t.Errorf("status %d, want 401", got)
	}
}

func TestScopesAreChecked(t *testing.T) {
	a := open(t, nil, Options{Scopes: []string{"harvest:jobs:list"}})
	if got := a.get("jobs").status; got != 200 {
		t.Errorf("jobs: %d", got)
	}
	if got := a.get("offers").status; got != 403 {
		t.Errorf("offers: %d, want 403", got)
	}
	if got := a.post("candidates", map[string]any{}).status; got != 403 {
		t.Errorf("create candidate: %d, want 403", got)
	}
}

func TestPagesGoByCursorAlone(t *testing.T) {
	a := open(t, nil, Options{})
	for i := range 5 {
		a.OpenJob(JobSpec{Title: fmt.Sprintf("Job %d", i)})
	}
	var seen []string
	next := "jobs?per_page=2&status=open"
	for next != "" {
		r := a.get(next)
		for _, row := range a.rows(next) {
			seen = append(seen, row["name"].(string))
		}
		link := r.header.Get("Link")
		next = ""
		if link != "" {
			next = strings.Trim(strings.Split(link, ";")[0], "<>")
			if got := a.get(next + "&per_page=2").status; got != 422 {
				t.Fatalf("cursor with per_page: %d, want 422", got)
			}
		}
	}
	if got := strings.Join(seen, ","); got != "Job 4,Job 3,Job 2,Job 1,Job 0" {
		t.Errorf("got %s: every job once, the newest id first", got)
	}
}

func TestWhatAListDoesNotKnowIsRefused(t *testing.T) {
	a := open(t, nil, Options{})
	for _, q := range []string{"jobs?per_page=501", "jobs?per_page=0", "jobs?updated_since=x", "jobs?updated_at=2026-01-01", "applications?status=in_process",
		"jobs?cursor=nonsense", "jobs?ids=" + strings.Repeat("1,", 50) + "1"} {
		if got := a.get(q).status; got != 422 {
			t.Errorf("%s: %d, want 422", q, got)
		}
	}
	if got := a.get("jobs/12").status; got != 404 {
		t.Errorf("one job by path: %d, want 404: v3 has no single reads", got)
	}
}

func TestStatusFilterSpeaksOtherWordsThanTheAnswer(t *testing.T) {
	a := open(t, nil, Options{})
	job := a.OpenJob(JobSpec{Title: "Nurse"})
	if _, err := a.Apply(job, "Ada", "Grey", "ada@mail.example"); err != nil {
		t.Fatal(err)
	}
	rows := a.rows("applications?status=active")
	if len(rows) != 1 || rows[0]["status"] != "in_process" {
		t.Errorf("got %v", rows)
	}
}

func TestUpdatedAtFindsWhatChanged(t *testing.T) {
	c := newClock()
	a := open(t, nil, Options{Now: c.now})
	first := a.OpenJob(JobSpec{Title: "First"})
	c.at = c.at.Add(10 * time.Minute)
	a.OpenJob(JobSpec{Title: "Second"})
	q := "jobs?updated_at=gte|" + c.at.Format(time.RFC3339)
	if rows := a.rows(q); len(rows) != 1 || rows[0]["name"] != "Second" {
		t.Errorf("got %v", rows)
	}
	a.UpdateJob(first, func(j *Job) { j.Name = "First, changed" })
	if rows := a.rows(q); len(rows) != 2 {
		t.Errorf("got %v", rows)
	}
}

func TestCandidatesAreFoundByAddress(t *testing.T) {
	a := open(t, nil, Options{})
	job := a.OpenJob(JobSpec{Title: "Nurse"})
	a.post("candidates", candidate("Eve@Mail.example", job))
	if rows := a.rows("candidates?email=eve@mail.example"); len(rows) != 1 {
		t.Errorf("got %v", rows)
	}
	if rows := a.rows("candidates?email=eve@mail"); len(rows) != 0 {
		t.Errorf("part of an address found %v", rows)
	}
}

func TestValidationIsTheVendors(t *testing.T) {
	a := open(t, nil, Options{})
	job := a.OpenJob(JobSpec{Title: "Nurse"})
	closed := a.OpenJob(JobSpec{Title: "Closed"})
	a.CloseJob(closed)
	for name, body := range map[string]map[string]any{
		"no name":          {"last_name": "Moss"},
		"an unknown key":   {"first_name": "Eve", "last_name": "Moss", "shoe_size": 40},
		"a bad address":    {"first_name": "Eve", "last_name": "Moss", "email_addresses": []any{map[string]any{"value": "nowhere", "type": "personal"}}},
		"an unknown type":  {"first_name": "Eve", "last_name": "Moss", "phone_numbers": []any{map[string]any{"value": "1", "type": "pager"}}},
		"a closed job":     candidate("eve@mail.example", closed),
		"an unknown job":   candidate("eve@mail.example", 1),
		"a text for a job": {"first_name": "Eve", "last_name": "Moss", "application": map[string]any{"job_id": fmt.Sprint(job)}},
	} {
		r := a.post("candidates", body)
		if r.status != 422 || !strings.Contains(string(r.body), `"errors":[`) {
			t.Errorf("%s: %d %s, want 422 with errors", name, r.status, r.body)
		}
	}
	if n := a.CountCandidates(); n != 0 {
		t.Errorf("%d candidates were made by refused requests", n)
	}
}

func TestANewResumeReplacesTheEarlierOne(t *testing.T) {
	a := open(t, nil, Options{})
	job := a.OpenJob(JobSpec{Title: "Nurse"})
	a.post("candidates", candidate("eve@mail.example", job))
	app := a.Applications()[0].ID
	for _, name := range []string{"one.pdf", "two.pdf"} {
		if r := a.post("attachments", map[string]any{"application_id": app, "filename": name, "type": "resume", "content": "JVBERg=="}); r.status != 201 {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	if rows := a.rows(fmt.Sprintf("attachments?application_ids=%d&type=resume", app)); len(rows) != 1 || rows[0]["filename"] != "two.pdf" {
		t.Errorf("résumés: %v", rows)
	}
	if files := a.Attachments(app); len(files) != 2 || string(files[0].Content) != "%PDF" {
		t.Errorf("files: %v", files)
	}
}

func TestTooManyRequestsWaitForTheWindow(t *testing.T) {
	c := newClock()
	a := open(t, nil, Options{Now: c.now, RateLimit: 2})
	a.get("jobs")
	a.get("jobs")
	r := a.get("jobs")
	if r.status != http.StatusTooManyRequests || r.header.Get("Retry-After") != "31" || r.header.Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("third request: %d %v", r.status, r.header)
	}
	c.at = c.at.Add(windowLength)
	if got := a.get("jobs").status; got != 200 {
		t.Errorf("in the next window: %d", got)
	}
}

func TestTheAccountOutlivesItsProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j, err := state.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	a := open(t, j, Options{})
	job, app := busy(t, a.Server)
	before := a.rows("applications")
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j2, err := state.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer j2.Close()
	b := open(t, j2, Options{})
	if got := b.rows("applications"); fmt.Sprint(got) != fmt.Sprint(before) {
		t.Errorf("applications changed:\n%v\n%v", before, got)
	}
	if next := b.OpenJob(JobSpec{Title: "Next"}); next <= job || len(b.Attachments(app)) != 1 {
		t.Errorf("next job has number %d after %d", next, job)
	}
	if n := len(b.rows("rejection_reasons?include_defaults=true")); n != 6 {
		t.Errorf("%d reasons: the account was seeded twice", n)
	}
}

func TestAHireFillsAnOpeningAndTheLastClosesTheJob(t *testing.T) {
	a := open(t, nil, Options{})
	job := a.OpenJob(JobSpec{Title: "Nurse", Openings: 1})
	app, err := a.Apply(job, "Ada", "Grey", "ada@mail.example")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Hire(app, "2026-12-01"); err != nil {
		t.Fatal(err)
	}
	if rows := a.rows("jobs"); rows[0]["status"] != "closed" {
		t.Errorf("job is %v", rows[0]["status"])
	}
	if rows := a.rows(fmt.Sprintf("openings?application_ids=%d", app)); len(rows) != 1 || rows[0]["open"] != false {
		t.Errorf("opening: %v", rows)
	}
	if err := a.Reject(app, "Rate too high"); err == nil {
		t.Error("a hired application was rejected")
	}
}

func TestStageMovesOverHTTPCompareAndSwap(t *testing.T) {
	a := open(t, nil, Options{})
	job := a.OpenJob(JobSpec{Title: "Nurse"})
	app, err := a.Apply(job, "Ada", "Grey", "ada@mail.example")
	if err != nil {
		t.Fatal(err)
	}
	stages := a.pipeline(job)
	path := fmt.Sprintf("applications/%d/move", app)
	if got := a.post(path, map[string]any{"from_stage_id": stages[1].ID, "to_stage_id": stages[2].ID}).status; got != 422 {
		t.Errorf("from a stage it is not in: %d, want 422", got)
	}
	if got := a.post(path, map[string]any{"from_stage_id": stages[0].ID, "to_stage_id": stages[2].ID}).status; got != 204 {
		t.Errorf("move: %d, want 204", got)
	}
	if v := a.Applications()[0]; v.StageName != stages[2].Name {
		t.Errorf("stage is %s", v.StageName)
	}
}

func TestASchemaChangeReachesTheWire(t *testing.T) {
	a := open(t, nil, Options{})
	a.OpenJob(JobSpec{Title: "Nurse"})
	a.ChangeSchema("jobs", SchemaChange{Rename: map[string]string{"name": "title"}, Remove: []string{"notes"},
		Custom: map[string]CustomField{"new_field": Text("New", "x")}})
	row := a.rows("jobs")[0]
	fields, _ := row["custom_fields"].(map[string]any)
	if row["title"] != "Nurse" || row["name"] != nil || fields["new_field"] == nil {
		t.Errorf("got %v", row)
	}
	a.ChangeSchema("jobs", SchemaChange{})
	if row := a.rows("jobs")[0]; row["name"] != "Nurse" {
		t.Errorf("taken back: %v", row)
	}
}
