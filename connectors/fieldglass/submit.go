package fieldglass

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// Submit uploads one job seeker. Fieldglass has no idempotency key, so it looks
// for our reference first, and once more when Fieldglass refuses the record: an
// earlier upload may have arrived late. Receipt.ID is our reference (see
// seeker.ref), Receipt.Number is Fieldglass's job seeker id as soon as it shows.
func (c *Connector) Submit(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	found, err := c.FindSubmission(ctx, req)
	if staffing.CodeOf(err) != staffing.NotFound {
		return found, err
	}
	posting, err := c.posting(ctx, req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	doc, f, err := c.humanResource(ctx, req, posting)
	if err != nil {
		return staffing.Receipt{}, err
	}
	_, st, err := c.run(ctx, job{connector: c.set["job_seeker_upload"], upload: doc})
	if err == nil && st == nil {
		err = &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true,
			Message: "SAP Fieldglass took the upload but did not say what became of it"}
	}
	switch {
	case staffing.CodeOf(err) == staffing.Invalid:
		if found, ferr := c.FindSubmission(ctx, req); ferr == nil {
			return found, nil
		}
		return staffing.Receipt{}, f.mask(err)
	case err != nil:
		return staffing.Receipt{}, f.mask(err)
	}
	return c.readBack(ctx, req, st, f)
}

// FindSubmission looks for our reference among the job seekers of the posting.
func (c *Connector) FindSubmission(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	if req.Key == "" || req.RequisitionID == "" {
		return staffing.Receipt{}, staffing.Errorf(staffing.Invalid, "a submission needs the hub's key and the job posting's id")
	}
	s, err := c.seeker(ctx, req.RequisitionID, req.Key, "")
	if err != nil {
		return staffing.Receipt{}, err
	}
	r := c.receipt(s)
	r.Existed = true
	return r, nil
}

// readBack completes the receipt of an upload that Fieldglass accepted. One that does
// not show yet is processed later: the audit trail may say already that it failed. Else
// that is no error: return code 0 is Fieldglass's word, the status feed brings the job
// seeker under the same id, and watches for a failure.
func (c *Connector) readBack(ctx context.Context, req staffing.SubmissionRequest, st *status, f fields) (staffing.Receipt, error) {
	s, err := c.seeker(ctx, req.RequisitionID, req.Key, "")
	if err != nil {
		if v, aerr := c.audit(ctx, st.transaction); aerr == nil && v.failed {
			return staffing.Receipt{}, f.mask(staffing.Errorf(staffing.Invalid, "VENDOR_REJECTED: SAP Fieldglass refused the record: %s", v.reason))
		}
		c.log.WarnContext(ctx, "the job seeker does not show in the status download yet", "reference", req.Key, "code", string(staffing.CodeOf(err)))
		c.remember(ctx, lateUpload{Transaction: st.transaction, Reference: req.Key, Posting: req.RequisitionID, At: c.now().UTC()})
		s = seeker{reference: req.Key}
	}
	r := c.receipt(s)
	if st.transaction != "" {
		r.Extra["transaction_id"] = st.transaction
	}
	return r, nil
}

func (c *Connector) receipt(s seeker) staffing.Receipt {
	r := staffing.Receipt{ID: s.ref(), Number: s.id, At: s.updated.UTC(), Extra: map[string]string{}}
	if s.updated.IsZero() {
		r.At = c.now().UTC()
	}
	if s.id != "" {
		r.Extra["job_seeker_id"] = s.id
	}
	return r
}

// posting gives the job posting whose form the submission fills in: the one the
// hub holds, else it is read by its id. The full download is asked, because the
// changes download is the feed's alone.
func (c *Connector) posting(ctx context.Context, req staffing.SubmissionRequest) (obj, error) {
	if len(req.Requisition) > 0 && string(req.Requisition) != "null" {
		roots, _, err := parseRoots(req.Requisition)
		for _, r := range unwrap(roots) {
			if text(at(r.value, "OrderId", "IdValue")) != "" {
				return r.value, nil
			}
		}
		return nil, staffing.Errorf(staffing.Invalid, "the stored job posting %s cannot be read: %w", req.RequisitionID, err)
	}
	connector := c.set["postings_full"]
	data, _, err := c.run(ctx, job{connector: connector, query: byRef(req.RequisitionID)})
	if err != nil {
		return nil, err
	}
	roots, err := parseAnswer(data, connector)
	if err != nil {
		return nil, err
	}
	for _, r := range unwrap(roots) {
		if text(at(r.value, "OrderId", "IdValue")) == req.RequisitionID {
			return r.value, nil
		}
	}
	return nil, staffing.Errorf(staffing.NotFound, "SAP Fieldglass has no job posting %s for this supplier", req.RequisitionID)
}

// problems are the reasons why a submission cannot be sent, each with one of the
// stable code words of the house.
type problems []problem

type problem struct{ code, field, text string }

func (p *problems) add(code, field, text string) { *p = append(*p, problem{code, field, text}) }

// err gives all problems at once; nil when there is none.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	parts := make([]string, len(p))
	for i, x := range p {
		parts[i] = x.code + ": " + x.text
	}
	return &staffing.Error{Code: staffing.Invalid, Field: p[0].field, Message: strings.Join(parts, "; ")}
}

// mask takes what the candidate's record held out of the vendor's words: error
// texts carry no personal data.
func (f fields) mask(err error) error {
	var coded *staffing.Error
	if !errors.As(err, &coded) {
		return err
	}
	e := *coded
	for _, personal := range []string{f.Email, f.SecurityID, f.FirstName + " " + f.LastName, f.LastName + ", " + f.FirstName, f.LastName, f.FirstName} {
		if len(strings.TrimSpace(personal)) > 2 {
			e.Message = strings.ReplaceAll(e.Message, personal, "[candidate]")
		}
	}
	return &e
}

func decodeFields(raw json.RawMessage) (fields, error) {
	var f fields
	if err := json.Unmarshal(raw, &f); err != nil {
		return f, staffing.Errorf(staffing.Invalid, "the outbound map does not give the fields of a job seeker: %w", err)
	}
	return f, nil
}
