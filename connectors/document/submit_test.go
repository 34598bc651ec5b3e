package document_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
)

// desk is a vendor that takes a submission in three calls: a candidate, an
// application, and the résumé as an upload.
type desk struct {
	mu           sync.Mutex
	candidates   map[string]string // e-mail to id
	applications map[string]string // candidate/job to id
	files        map[string]string // application to name and content
	duplicate    bool              // the first search finds nothing although it is there
	hidden       bool              // an application does not show after it was made
	writes       []string
}

func newDesk() *desk {
	return &desk{candidates: map[string]string{}, applications: map[string]string{}, files: map[string]string{}}
}

// ServeHTTP answers /api/.
func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/api/")
	if r.Method == http.MethodPost {
		d.write(w, r, path)
		return
	}
	switch part := strings.Split(path, "/"); part[0] {
	case "candidates":
		id, ok := d.candidates[r.URL.Query().Get("email")]
		if !ok || d.duplicate {
			d.duplicate = false
			answer(w, `{"list":[{"id":"stranger","email":"else@mail.example"}]}`)
			return
		}
		answer(w, fmt.Sprintf(`{"list":[{"id":"stranger","email":"x@y"},{"id":%q,"email":%q}]}`, id, r.URL.Query().Get("email")))
	case "applications":
		id, ok := d.applications[part[1]+"/"+part[2]]
		if !ok || d.hidden {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		answer(w, fmt.Sprintf(`{"id":%q,"number":"A-%s"}`, id, id))
	case "files":
		answer(w, fmt.Sprintf(`{"file":%q}`, d.files[part[1]]))
	}
}

func (d *desk) write(w http.ResponseWriter, r *http.Request, path string) {
	d.writes = append(d.writes, path)
	switch path {
	case "candidates":
		var in struct{ Email, Name string }
		if json.NewDecoder(r.Body).Decode(&in) != nil || in.Name == "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if d.candidates[in.Email] != "" {
			w.WriteHeader(http.StatusConflict)
			return
		}
		d.candidates[in.Email] = fmt.Sprintf("c%d", len(d.candidates)+1)
		answer(w, fmt.Sprintf(`{"id":%q}`, d.candidates[in.Email]))
	case "applications":
		_ = r.ParseForm() // an empty form shows below
		d.applications[r.PostForm.Get("candidate")+"/"+r.PostForm.Get("job")] = fmt.Sprintf("a%d", len(d.applications)+1)
		w.WriteHeader(http.StatusCreated)
	case "files":
		f, head, err := r.FormFile("resume")
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		content, _ := io.ReadAll(f) // what is there shows below
		d.files[r.FormValue("application")] = head.Filename + "=" + string(content)
		answer(w, `{"done":true}`)
	}
}

const threeSteps = least + `submit:
  require:
    - {test: fields.name != "", message: the candidate needs a name, field: candidate.last_name}
  resume: {types: [pdf, docx], max_size: 20}
  steps:
    - name: candidate
      find:
        call: {path: '"candidates"', query: {email: fields.email}}
        records: body.list
        match: raw.email == fields.email
        result: raw.id
      call: {method: POST, path: '"candidates"', body: {email: fields.email, name: fields.name, ours: key}, duplicate: [409]}
      result: body.id
    - name: application
      find: {call: {path: '["applications", answers.candidate, requisition_id]', not_found: [404]}, result: body}
      call: {method: POST, path: '"applications"', form: {candidate: answers.candidate, job: requisition_id}}
    - name: resume
      when: file != null
      find: {call: {path: '["files", answers.application.id]'}, result: 'body.file == "" ? null : body.file'}
      call: {method: POST, path: '"files"', multipart: {file: resume, fields: {application: answers.application.id}}}
      result: body.done
  receipt: {id: answers.application.id, number: answers.application.number, extra: {candidate_id: answers.candidate}}
`

func request(file string) staffing.SubmissionRequest {
	req := staffing.SubmissionRequest{Key: "k1", RequisitionID: "j1", Fields: json.RawMessage(`{"email":"a@b.example","name":"Ada"}`)}
	if file != "" {
		req.Resume = &staffing.File{Name: "../cv\r\n.pdf", ContentType: "application/pdf", Size: int64(len(file)),
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte(file))), nil }}
	}
	return req
}

func (b *bench) sink(source string) staffing.SubmissionSink {
	b.t.Helper()
	s, ok := b.open(source).(staffing.SubmissionSink)
	if !ok {
		b.t.Fatal("the document submits nobody")
	}
	return s
}

func TestASubmissionOfThreeCallsIsMadeOnce(t *testing.T) {
	d := newDesk()
	s := newBench(t, d.ServeHTTP).sink(threeSteps)
	if _, err := s.FindSubmission(t.Context(), request("resume")); staffing.CodeOf(err) != staffing.NotFound {
		t.Fatalf("before it is there: %v", err)
	}
	for n := range 3 {
		rec, err := s.Submit(t.Context(), request("resume"))
		if err != nil || rec.ID != "a1" || rec.Number != "A-a1" || rec.Extra["candidate_id"] != "c1" || rec.Existed != (n > 0) {
			t.Fatalf("submit %d: %+v %v", n, rec, err)
		}
	}
	if got := strings.Join(d.writes, " "); got != "candidates applications files" {
		t.Errorf("it wrote %s", got)
	}
	if d.files["a1"] != "cv.pdf=resume" {
		t.Errorf("the vendor has the file %q", d.files["a1"])
	}
	delete(d.files, "a1")
	if _, err := s.FindSubmission(t.Context(), request("resume")); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("a submission without its résumé counts as whole: %v", err)
	}
	if _, err := s.FindSubmission(t.Context(), request("")); err != nil {
		t.Errorf("one that has none: %v", err)
	}
}

func TestAStatusThatMeansDuplicateIsLookedUp(t *testing.T) {
	d := newDesk()
	d.candidates["a@b.example"], d.duplicate = "c9", true
	rec, err := newBench(t, d.ServeHTTP).sink(threeSteps).Submit(t.Context(), request(""))
	if err != nil || rec.Extra["candidate_id"] != "c9" || len(d.candidates) != 1 {
		t.Errorf("%+v %v", rec, err)
	}
}

func TestADuplicateThatDoesNotShowIsAConflict(t *testing.T) {
	vendor := func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusConflict)
			return
		}
		answer(w, `{"list":[]}`)
	}
	_, err := newBench(t, vendor).sink(threeSteps).Submit(t.Context(), request(""))
	if staffing.CodeOf(err) != staffing.Conflict || staffing.IsOutcomeUnknown(err) {
		t.Errorf("it says %v", err)
	}
}

func TestAStatusMayLeaveOpenWhatHappened(t *testing.T) {
	vendor := func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusConflict)
			return
		}
		answer(w, `{"list":[]}`)
	}
	_, err := newBench(t, vendor).sink(strings.Replace(threeSteps, "duplicate: [409]", "unknown: [409]", 1)).Submit(t.Context(), request(""))
	if staffing.CodeOf(err) != staffing.Conflict || !staffing.IsOutcomeUnknown(err) {
		t.Errorf("it says %v", err)
	}
}

func TestAWriteThatDoesNotShowIsUnknown(t *testing.T) {
	d := newDesk()
	d.hidden = true
	if _, err := newBench(t, d.ServeHTTP).sink(threeSteps).Submit(t.Context(), request("")); !staffing.IsOutcomeUnknown(err) {
		t.Errorf("it says %v", err)
	}
}

func TestWhatTheVendorDoesNotTakeIsRefusedBeforeAnythingIsCalled(t *testing.T) {
	d := newDesk()
	s := newBench(t, d.ServeHTTP).sink(threeSteps)
	nameless := request("")
	nameless.Fields = json.RawMessage(`{"email":"a@b.example"}`)
	long := request(strings.Repeat("x", 21))
	liar := request(strings.Repeat("x", 21))
	liar.Resume.Size = -1
	word := request("x")
	word.Resume.Name = "cv.exe"
	broken := request("")
	broken.Fields = json.RawMessage(`{`)
	for want, req := range map[string]staffing.SubmissionRequest{"needs a name": nameless, "this client takes 0 KB at most": long, `is a "exe" file; this client takes pdf, docx`: word, "fields cannot be read": broken} {
		if _, err := s.Submit(t.Context(), req); staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("it says %v, want %q", err, want)
		}
	}
	if len(d.writes) != 0 {
		t.Errorf("it wrote %v", d.writes)
	}
	if _, err := s.Submit(t.Context(), liar); staffing.CodeOf(err) != staffing.Invalid {
		t.Errorf("a file that is larger than it says: %v", err)
	}
}

func TestASearchOfSeveralPagesFindsTheRightOne(t *testing.T) {
	pages := 0
	vendor := func(w http.ResponseWriter, r *http.Request) {
		pages++
		switch r.URL.Query().Get("after") {
		case "":
			answer(w, `{"list":[{"id":"1","key":"other"}],"next":"p2"}`)
		case "p2":
			answer(w, `{"list":[{"id":"2","key":"k1"}],"next":"p3"}`)
		default:
			t.Error("it reads on although it has found it")
		}
	}
	rec, err := newBench(t, vendor).sink(least+`submit:
  steps:
    - name: one
      find:
        call: {path: '"x"', query: {after: page.cursor}}
        records: body.list
        paging: {style: cursor, next: body.next}
        match: raw.key == key
        result: raw.id
      call: {method: POST, path: '"x"'}
  receipt: {id: answers.one}
`).Submit(t.Context(), request(""))
	if err != nil || rec.ID != "2" || !rec.Existed || pages != 2 {
		t.Errorf("%+v %v after %d pages", rec, err, pages)
	}
}

func TestAHireIsReadInSeveralCalls(t *testing.T) {
	vendor := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/s/1":
			answer(w, `{"state":"hired","rate":"95.50","at":"2026-11-02T09:00:00Z"}`)
		case "/api/s/2":
			answer(w, `{"state":"interview"}`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}
	src, ok := newBench(t, vendor).open(least + sink + strings.Replace(least, "requisitions", "statuses", 1) + `placement:
  calls:
    - {name: sub, call: {path: '["s", submission_id]', not_found: [404]}, result: body}
    - {name: order, when: answers.sub.state == "hired", call: {path: '["orders", submission_id]', not_found: [404]}, result: body}
  there: answers.sub.state == "hired"
  record: '{"sub": answers.sub, "order": answers.order, "job": requisition_id}'
  updated_at: answers.sub.at
`).(staffing.PlacementSource)
	if !ok {
		t.Fatal("the document reads no hires")
	}
	rec, err := src.Placement(t.Context(), staffing.SubmissionRef{ID: "1", RequisitionID: "j1"})
	if err != nil || rec.ExternalID != "1" || rec.UpdatedAt.IsZero() || string(rec.Raw) != `{"job":"j1","sub":{"at":"2026-11-02T09:00:00Z","rate":"95.50","state":"hired"}}` {
		t.Errorf("%s %+v %v", rec.Raw, rec, err)
	}
	for _, id := range []string{"2", "3"} {
		if _, err := src.Placement(t.Context(), staffing.SubmissionRef{ID: id}); staffing.CodeOf(err) != staffing.NotFound {
			t.Errorf("submission %s: %v", id, err)
		}
	}
}
