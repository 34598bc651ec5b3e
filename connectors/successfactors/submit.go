package successfactors

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/tributary-hub/tributary/staffing"
)

// maxResume is the limit that Recruiting has for attachments unless the tenant sets
// another; it is sent as base64 within the JSON.
const maxResume = 5 << 20

func resumeTypes() []string { return []string{".pdf", ".doc", ".docx", ".rtf", ".txt", ".odt"} }

// profile is a submission read from the outbound map's fields.
type profile struct {
	requisition            string
	email                  string
	candidate, application map[string]any
}

// Submit makes sure of the candidate, then makes the application with the résumé in
// the same call. SuccessFactors keeps no reference of ours; the natural key is e-mail
// and requisition.
func (c *Connector) Submit(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	p, err := readProfile(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	candidate, application, err := c.look(ctx, p)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if application != "" {
		return c.receipt(application, candidate, true), nil
	}
	if req.Resume != nil { // first: a file that cannot be read must leave no candidate behind
		if p.application["resume"], err = attachment(ctx, req.Resume); err != nil {
			return staffing.Receipt{}, err
		}
	}
	if candidate == "" {
		if candidate, err = c.upsert(ctx, c.set["candidate_entity"], p.candidate); err != nil {
			return staffing.Receipt{}, err
		}
	}
	p.application["jobReqId"], p.application["candidateId"] = p.requisition, candidate
	if c.set["source"] != "" && p.application["source"] == nil {
		p.application["source"] = c.set["source"]
	}
	application, err = c.upsert(ctx, applications, p.application)
	if staffing.CodeOf(err) == staffing.Conflict {
		return c.overtaken(ctx, p, err)
	}
	if err != nil {
		return staffing.Receipt{}, err
	}
	return c.receipt(application, candidate, false), nil
}

// overtaken looks for the application that SuccessFactors says is there: another one
// was first, or an earlier try of ours that was thought lost.
func (c *Connector) overtaken(ctx context.Context, p profile, refused error) (staffing.Receipt, error) {
	candidate, application, err := c.look(ctx, p)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if application == "" {
		return staffing.Receipt{}, refused
	}
	return c.receipt(application, candidate, true), nil
}

// FindSubmission looks for the application of a submission.
func (c *Connector) FindSubmission(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	p, err := readProfile(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	candidate, application, err := c.look(ctx, p)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if application == "" {
		return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "SuccessFactors has no application of this candidate on requisition %s", p.requisition)
	}
	return c.receipt(application, candidate, true), nil
}

func (c *Connector) receipt(application, candidate string, existed bool) staffing.Receipt {
	return staffing.Receipt{ID: application, At: c.now(), Existed: existed, Extra: map[string]string{"candidate_id": candidate}}
}

func readProfile(req staffing.SubmissionRequest) (profile, error) {
	p := profile{requisition: req.RequisitionID}
	var in struct{ Candidate, Application map[string]any }
	dec := json.NewDecoder(bytes.NewReader(req.Fields))
	dec.UseNumber()
	if err := dec.Decode(&in); err != nil {
		return p, staffing.Errorf(staffing.Invalid, "the submission's fields are not a JSON object with candidate and application")
	}
	p.candidate, p.application = in.Candidate, in.Application
	if p.application == nil {
		p.application = map[string]any{}
	}
	p.email = row(p.candidate).text("primaryEmail")
	switch {
	case !digits(p.requisition):
		return p, staffing.Errorf(staffing.Invalid, "the requisition's id is missing or is no number")
	case row(p.candidate).text("firstName") == "" || row(p.candidate).text("lastName") == "":
		return p, &staffing.Error{Code: staffing.Invalid, Field: "candidate.last_name", Message: "SuccessFactors needs the candidate's first and last name"}
	case !strings.Contains(p.email, "@"):
		return p, &staffing.Error{Code: staffing.Invalid, Field: "candidate.email",
			Message: "the candidate has no e-mail address: it is the only key by which SuccessFactors finds a candidate again"}
	}
	return p, checkResume(req.Resume)
}

// look finds the candidate by e-mail, and the candidate's application on the
// requisition. What a filter that was not applied would give is passed over.
func (c *Connector) look(ctx context.Context, p profile) (candidate, application string, err error) {
	rows, err := c.all(ctx, candidates, url.Values{"$format": {"json"}, "$filter": {"primaryEmail eq " + quote(p.email)}, "$select": {"candidateId,primaryEmail"}})
	if err != nil {
		return "", "", err
	}
	for _, r := range rows {
		if strings.EqualFold(r.text("primaryEmail"), p.email) && digits(r.text("candidateId")) {
			candidate = r.text("candidateId")
			break // the address is unique in a tenant
		}
	}
	if candidate == "" {
		return "", "", nil
	}
	rows, err = c.all(ctx, applications, url.Values{"$format": {"json"}, "$filter": {"candidateId eq " + candidate + " and jobReqId eq " + p.requisition},
		"$select": {"applicationId,candidateId,jobReqId,status"}})
	if err != nil {
		return "", "", err
	}
	for _, r := range rows {
		if r.text("candidateId") == candidate && r.text("jobReqId") == p.requisition && digits(r.text("applicationId")) && !draft(r) {
			return candidate, r.text("applicationId"), nil
		}
	}
	return candidate, "", nil
}

// attachment is the résumé as a part of an application.
func attachment(ctx context.Context, file *staffing.File) (map[string]any, error) {
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
	return map[string]any{"__metadata": map[string]string{"uri": "Attachment", "type": "SFOData.Attachment"}, "module": "RECRUITING", "moduleCategory": "RESUME",
		"fileName": fileName(file), "fileContent": base64.StdEncoding.EncodeToString(content)}, nil
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
	return &staffing.Error{Code: staffing.Invalid, Field: "resume", Message: "the résumé is larger than 5 MB, which is what the hub sends to SuccessFactors at most"}
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
