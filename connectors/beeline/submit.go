package beeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// maxResume and resumeTypes are cautious: Beeline documents neither.
const maxResume = 10 << 20

var resumeTypes = []string{"pdf", "doc", "docx", "rtf", "txt"}

const created = "CREATED" // a candidate that can still be edited, and was not sent

// submission is what the profile's outbound map makes.
type submission struct {
	Worker    map[string]any `json:"worker"`
	Candidate map[string]any `json:"candidate"`
	Answers   map[string]any `json:"answers"`
}

func parse(req staffing.SubmissionRequest) (out submission, err error) {
	dec := json.NewDecoder(bytes.NewReader(req.Fields))
	dec.UseNumber() // amounts stay as they are written
	if err := dec.Decode(&out); err != nil {
		return out, staffing.Errorf(staffing.Internal, "the submission's fields cannot be read: %w", err)
	}
	if email, _ := out.Worker["email"].(string); email == "" {
		return out, invalid("worker.email", "the candidate has no e-mail address: it is the key by which the worker is found again")
	}
	if req.RequisitionID == "" {
		return out, invalid("requisition_id", "the submission names no job posting")
	}
	return out, nil
}

func invalid(field, text string) error {
	return &staffing.Error{Code: staffing.Invalid, Field: field, Message: text}
}

// worker finds the person by e-mail address; nil: not there.
func (c *Connector) worker(ctx context.Context, s submission) (*row, error) {
	email, _ := s.Worker["email"].(string)
	return c.find(ctx, c.s["workers_path"], nil, func(r row) bool { return strings.EqualFold(r.text("email"), email) })
}

// candidate finds the person on the posting; nil: not there.
func (c *Connector) candidate(ctx context.Context, posting, worker string) (*row, error) {
	return c.find(ctx, c.s["candidates_path"], url.Values{"jobPostingUid": {posting}}, func(r row) bool {
		return r.text("workerUid") == worker && r.text("jobPostingUid") == posting
	})
}

func (c *Connector) receipt(r row, existed bool) staffing.Receipt {
	return staffing.Receipt{ID: r.text("uid"), At: c.now(), Existed: existed, Extra: map[string]string{"worker": r.text("workerUid")}}
}

// FindSubmission implements [staffing.SubmissionSink]. A candidate that was created and
// not yet sent is none.
func (c *Connector) FindSubmission(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	s, err := parse(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	absent := staffing.Errorf(staffing.NotFound, "Beeline has no submitted candidate of this person on the posting")
	w, err := c.worker(ctx, s)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if w == nil {
		return staffing.Receipt{}, absent
	}
	found, err := c.candidate(ctx, req.RequisitionID, w.text("uid"))
	if err != nil {
		return staffing.Receipt{}, err
	}
	if found == nil || found.text("status") == created {
		return staffing.Receipt{}, absent
	}
	return c.receipt(*found, true), nil
}

// Submit makes the worker, the candidate and its résumé, as far as they are not there,
// and sends the candidate to the client. Beeline answers SUBMITTING; whether the client's
// system took it comes with the statuses.
func (c *Connector) Submit(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	s, err := parse(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	file, err := c.resume(ctx, req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	w, err := c.worker(ctx, s)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if w == nil {
		if w, err = c.create(ctx, c.s["workers_path"], s.Worker); err != nil {
			return staffing.Receipt{}, err
		}
	}
	found, err := c.candidate(ctx, req.RequisitionID, w.text("uid"))
	if err != nil {
		return staffing.Receipt{}, err
	}
	if found != nil && found.text("status") != created {
		return c.receipt(*found, true), nil
	}
	if found == nil {
		if found, err = c.newCandidate(ctx, req, s, w.text("uid")); err != nil {
			return staffing.Receipt{}, err
		}
	}
	uid := found.text("uid")
	if file != nil {
		if err := c.attach(ctx, uid, file); err != nil {
			return staffing.Receipt{}, err
		}
	}
	var answer row
	if err := c.call(ctx, httpx.Request{Method: http.MethodPost, URL: c.at(c.s["candidates_path"], uid, c.s["submit_path"]), Body: map[string]any{}}, &answer); err != nil {
		return staffing.Receipt{}, err
	}
	return staffing.Receipt{ID: uid, At: c.now(), Extra: map[string]string{"worker": w.text("uid")}}, nil
}

func (c *Connector) create(ctx context.Context, path string, body map[string]any) (*row, error) {
	var out row
	if err := c.call(ctx, httpx.Request{Method: http.MethodPost, URL: c.at(path), Body: body}, &out); err != nil {
		return nil, err
	}
	if out.text("uid") == "" {
		return nil, &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, Message: "Beeline took a new entry of " + path + " and gave no uid for it"}
	}
	return &out, nil
}

func (c *Connector) newCandidate(ctx context.Context, req staffing.SubmissionRequest, s submission, worker string) (*row, error) {
	body := map[string]any{"jobPostingUid": req.RequisitionID, "workerUid": worker}
	for k, v := range s.Candidate {
		body[k] = v
	}
	fields, err := c.customFields(ctx, req.RequisitionID, s.Answers)
	if err != nil {
		return nil, err
	}
	if len(fields) > 0 {
		body["customFields"] = fields
	}
	return c.create(ctx, c.s["candidates_path"], body)
}

// customFields asks the posting's candidate metadata which fields it wants, and fills
// them from the answers, by name or reference. A required one without an answer is
// refused before a candidate is made.
func (c *Connector) customFields(ctx context.Context, posting string, answers map[string]any) ([]map[string]any, error) {
	if c.s["metadata_path"] == "-" {
		return nil, nil
	}
	var meta struct {
		CustomFields []struct {
			ReferenceID string `json:"referenceId"`
			Name        string `json:"name"`
			Required    bool   `json:"required"`
		} `json:"customFields"`
	}
	if err := c.call(ctx, httpx.Request{URL: c.at(c.s["metadata_path"]), Query: url.Values{"jobPostingUid": {posting}}}, &meta); err != nil {
		return nil, err
	}
	var out []map[string]any
	var missing []string
	for _, f := range meta.CustomFields {
		v, ok := answers[f.Name]
		if !ok {
			v, ok = answers[f.ReferenceID]
		}
		switch {
		case ok && v != nil && v != "":
			out = append(out, map[string]any{"referenceId": f.ReferenceID, "value": v})
		case f.Required:
			missing = append(missing, f.Name)
		}
	}
	if len(missing) > 0 {
		return nil, invalid("answers", "the job posting asks of every candidate: "+strings.Join(missing, ", "))
	}
	return out, nil
}

// document is a résumé in memory.
type document struct {
	name, kind string
	content    []byte
}

// resume reads and checks the file before anything is written. Its name tells our key
// and nothing of the person.
func (c *Connector) resume(ctx context.Context, req staffing.SubmissionRequest) (*document, error) {
	f := req.Resume
	if f == nil {
		return nil, nil
	}
	ext := strings.TrimPrefix(strings.ToLower(path.Ext(f.Name)), ".")
	switch {
	case !slices.Contains(resumeTypes, ext):
		return nil, invalid("resume", fmt.Sprintf("the résumé is a .%s file; send one of %s", ext, strings.Join(resumeTypes, ", ")))
	case f.Size > maxResume:
		return nil, invalid("resume", fmt.Sprintf("the résumé is larger than %d MB", maxResume>>20))
	}
	in, err := f.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	content, err := io.ReadAll(io.LimitReader(in, maxResume+1))
	var coded *staffing.Error
	switch {
	case errors.As(err, &coded):
		return nil, coded
	case err != nil:
		return nil, staffing.Errorf(staffing.Unavailable, "the résumé could not be read: %w", err)
	case len(content) > maxResume:
		return nil, invalid("resume", fmt.Sprintf("the résumé is larger than %d MB", maxResume>>20))
	}
	return &document{"resume-" + req.Key + "." + ext, f.ContentType, content}, nil
}

// attach adds the résumé unless the candidate has it.
func (c *Connector) attach(ctx context.Context, uid string, d *document) error {
	detail, err := c.get(ctx, nil, c.s["candidates_path"], uid)
	if err != nil {
		return err
	}
	list, _ := detail.value["media"].([]any) // another kind of value holds no file
	for _, m := range list {
		if one, ok := m.(map[string]any); ok && one["fileName"] == d.name {
			return nil
		}
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	err = form.WriteField("type", "RESUME")
	if err == nil {
		var part io.Writer
		if part, err = form.CreateFormFile("file", d.name); err == nil {
			_, err = part.Write(d.content)
		}
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		return staffing.Errorf(staffing.Internal, "the résumé cannot be put into a form: %w", err)
	}
	var answer row
	return c.call(ctx, httpx.Request{Method: http.MethodPost, URL: c.at(c.s["candidates_path"], uid, c.s["media_path"]), Body: body.Bytes(),
		Header: http.Header{"Content-Type": {form.FormDataContentType()}}}, &answer)
}
