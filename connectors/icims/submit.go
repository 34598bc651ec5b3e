package icims

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	// maxResume is a cautious bound: iCIMS documents none for this call.
	maxResume = 5 << 20
	// maxPeople is how many profiles of one e-mail address are looked at.
	maxPeople = 20
)

func resumeTypes() []string {
	return []string{".pdf", ".doc", ".docx", ".rtf", ".txt", ".odt", ".html", ".htm"}
}

// profile is a submission read from the outbound map's fields.
type profile struct {
	job    string
	email  string
	fields map[string]any // the body of POST /people
}

// Submit makes sure of the person, then of the résumé, and at last ties the person
// to the job: that workflow is the submission, so it is whole as soon as it is there.
// iCIMS keeps no reference of ours; the natural key is e-mail and job.
func (c *Connector) Submit(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	p, err := readProfile(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	known, found, err := c.look(ctx, p)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if found.ID != "" {
		return found, nil
	}
	var content []byte
	if req.Resume != nil { // read first: a file that cannot be read must leave no person behind
		if content, err = readFile(ctx, req.Resume); err != nil {
			return staffing.Receipt{}, err
		}
	}
	var person string
	if len(known) > 0 {
		person = known[0]
	} else if person, err = c.create(ctx, people, p.fields); err != nil {
		return staffing.Receipt{}, err
	}
	if req.Resume != nil {
		if err := c.attach(ctx, person, req.Resume, content); err != nil {
			return staffing.Receipt{}, err
		}
	}
	id, err := c.create(ctx, workflows, c.workflow(p.job, person))
	if err != nil {
		return staffing.Receipt{}, err
	}
	return c.receipt(id, person, false), nil
}

// FindSubmission looks for the workflow of a submission.
func (c *Connector) FindSubmission(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	p, err := readProfile(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	_, found, err := c.look(ctx, p)
	if err == nil && found.ID == "" {
		err = staffing.Errorf(staffing.NotFound, "iCIMS has no applicant workflow of this candidate on job %s", p.job)
	}
	return found, err
}

func (c *Connector) receipt(id, person string, existed bool) staffing.Receipt {
	return staffing.Receipt{ID: id, At: c.now(), Existed: existed, Extra: map[string]string{"person_id": person}}
}

// workflow is the body of POST /applicantworkflows.
func (c *Connector) workflow(job, person string) map[string]any {
	body := map[string]any{"baseprofile": json.Number(job), "associatedprofile": json.Number(person)}
	if v := c.set["new_status"]; v != "" {
		body["status"] = map[string]string{"id": v}
	}
	for key, name := range map[string]string{"source": "source", "source_name": "sourcename"} {
		if v := c.set[key]; v != "" {
			body[name] = v
		}
	}
	return body
}

func readProfile(req staffing.SubmissionRequest) (profile, error) {
	p := profile{job: req.RequisitionID}
	dec := json.NewDecoder(bytes.NewReader(req.Fields))
	dec.UseNumber()
	if err := dec.Decode(&p.fields); err != nil || p.fields == nil {
		return p, staffing.Errorf(staffing.Invalid, "the submission's fields are not a JSON object")
	}
	p.email = text(p.fields["email"])
	switch {
	case !digits(p.job):
		return p, staffing.Errorf(staffing.Invalid, "the job's id is missing or is no number")
	case text(p.fields["firstname"]) == "" || text(p.fields["lastname"]) == "":
		return p, &staffing.Error{Code: staffing.Invalid, Field: "candidate.last_name", Message: "iCIMS needs the candidate's first and last name"}
	case !strings.Contains(p.email, "@"):
		return p, &staffing.Error{Code: staffing.Invalid, Field: "candidate.email",
			Message: "the candidate has no e-mail address: it is the only key by which iCIMS finds a person again"}
	}
	return p, checkResume(req.Resume)
}

// look finds the profiles of the e-mail address, and the workflow of one of them on
// the job. The pair is asked for directly, because a search may come from a cache.
func (c *Connector) look(ctx context.Context, p profile) (known []string, found staffing.Receipt, err error) {
	ids, _, err := c.search(ctx, people, c.set["lookup_staleness"], filter{Name: "person.email", Value: []string{p.email}, Operator: "="})
	if err != nil {
		return nil, found, err
	}
	if len(ids) > maxPeople {
		return nil, found, staffing.Errorf(staffing.Unavailable, "iCIMS finds %d people with one e-mail address: it does not apply the filter, or the address is shared", len(ids))
	}
	for _, id := range ids {
		who, err := c.get(ctx, people+"/"+id, "email")
		if staffing.CodeOf(err) == staffing.NotFound {
			continue
		}
		if err != nil {
			return nil, found, err
		}
		if !strings.EqualFold(who.text("email"), p.email) {
			continue // a filter that was not applied must not give a stranger
		}
		known = append(known, id)
		workflow, err := c.pair(ctx, id, p.job)
		if err != nil || workflow != "" {
			return known, c.receipt(workflow, id, true), err
		}
	}
	return known, found, nil
}

// pair gives the workflow of a person on a job; empty: there is none.
func (c *Connector) pair(ctx context.Context, person, job string) (string, error) {
	r, err := c.get(ctx, workflows+"/person/"+person+"/job/"+job)
	if staffing.CodeOf(err) == staffing.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if id := r.self(); id != "" {
		return id, nil
	}
	ids, _, err := c.search(ctx, workflows, c.set["lookup_staleness"],
		filter{Name: "applicantworkflow.person.id", Value: []string{person}, Operator: "="},
		filter{Name: "applicantworkflow.job.id", Value: []string{job}, Operator: "="})
	if err != nil {
		return "", err
	}
	if len(ids) != 1 {
		return "", staffing.Errorf(staffing.Unavailable, "iCIMS has a workflow of person %s on job %s, but its search gives %d", person, job, len(ids))
	}
	return ids[0], nil
}

// attach puts the résumé into the person's résumé field, in place of an older one.
func (c *Connector) attach(ctx context.Context, person string, file *staffing.File, content []byte) error {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	kind := file.ContentType
	if kind == "" {
		kind = "application/octet-stream"
	}
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {kind},
		"Content-Disposition": {multipart.FileContentDisposition("file", fileName(file))}})
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return staffing.Errorf(staffing.Internal, "the résumé cannot be written as a form: %w", err)
	}
	resp, err := c.call(ctx, httpx.Request{Method: http.MethodPatch, URL: people + "/" + person + "/fields/resume/binary", Body: buf.Bytes(),
		Header: http.Header{"Content-Type": {w.FormDataContentType()}}})
	if err != nil {
		return explain(err, "iCIMS did not confirm the résumé")
	}
	if kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err == nil && kind == "text/html" {
		return &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, Message: "something else than iCIMS answered when the résumé was sent: a web page came"}
	}
	return nil
}

// checkResume refuses a file in words before anything is called.
func checkResume(file *staffing.File) error {
	if file == nil {
		return nil
	}
	if ext := strings.ToLower(path.Ext(fileName(file))); !slices.Contains(resumeTypes(), ext) {
		return &staffing.Error{Code: staffing.Invalid, Field: "resume", Message: "the résumé is a " + ext + " file; send one of " + strings.Join(resumeTypes(), ", ")}
	}
	if file.Size > maxResume {
		return tooLarge()
	}
	return nil
}

func tooLarge() error {
	return &staffing.Error{Code: staffing.Invalid, Field: "resume", Message: "the résumé is larger than 5 MB, which is what the hub sends to iCIMS at most"}
}

func readFile(ctx context.Context, file *staffing.File) ([]byte, error) {
	in, err := file.Open(ctx)
	if err != nil {
		return nil, explain(err, "the résumé cannot be read from where it is kept")
	}
	defer in.Close()
	content, err := io.ReadAll(io.LimitReader(in, maxResume+1))
	switch {
	case err != nil:
		return nil, staffing.Errorf(staffing.Unavailable, "the résumé broke off while it was read: %w", err)
	case len(content) > maxResume:
		return nil, tooLarge()
	case len(content) == 0:
		return nil, staffing.Errorf(staffing.Invalid, "the résumé is an empty file")
	}
	return content, nil
}

// fileName gives a plain name: no folder, no control characters.
func fileName(file *staffing.File) string {
	name := strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, path.Base(strings.ReplaceAll(file.Name, `\`, "/"))))
	if name == "" || name == "." || name == "/" {
		return "resume.pdf"
	}
	return name
}
