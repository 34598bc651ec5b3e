package mapping

import (
	"encoding/json"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// SubmissionInput is what the outbound map of a submission sees.
type SubmissionInput struct {
	Submission     staffing.Submission
	Requisition    staffing.Requisition
	RequisitionRaw json.RawMessage // the client's own record; may be empty
	Client         staffing.Client
}

// Submission makes the client's JSON of a submission.
func (p *Program) Submission(in SubmissionInput) (json.RawMessage, []staffing.Gap, error) {
	s, err := p.section(secSubmission)
	if err != nil {
		return nil, nil, err
	}
	vars := &expr.Vars{Sub: expr.Record(in.Submission)}
	if s.uses[expr.Req] {
		vars.Req = expr.Record(in.Requisition)
	}
	if s.uses[expr.Client] {
		vars.Client = expr.Record(in.Client)
	}
	if s.uses[expr.Raw] && len(in.RequisitionRaw) > 0 {
		if vars.Raw, err = expr.Decode(in.RequisitionRaw); err != nil {
			return nil, nil, err
		}
	}
	return p.outbound(s, vars)
}

// Job makes the internal ATS's JSON of a job.
func (p *Program) Job(req staffing.Requisition, client staffing.Client) (json.RawMessage, []staffing.Gap, error) {
	s, err := p.section(secJob)
	if err != nil {
		return nil, nil, err
	}
	return p.outbound(s, &expr.Vars{Req: expr.Record(req), Client: expr.Record(client)})
}

// Bill makes the ERP's JSON of a billing record.
func (p *Program) Bill(bill staffing.Bill, plc staffing.Placement, client staffing.Client) (json.RawMessage, []staffing.Gap, error) {
	s, err := p.section(secBill)
	if err != nil {
		return nil, nil, err
	}
	return p.outbound(s, &expr.Vars{Bill: expr.Record(bill), Plc: expr.Record(plc), Client: expr.Record(client)})
}

// outbound gives JSON whose keys are sorted, so that the same record always
// gives the same bytes.
func (p *Program) outbound(s *section, vars *expr.Vars) (json.RawMessage, []staffing.Gap, error) {
	root := map[string]any{}
	gaps, err := s.run(vars, p.tables, func(c *cell, v any) error {
		put(root, c.path, v)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	b, err := json.Marshal(root)
	if err != nil {
		return nil, nil, &staffing.Error{Code: staffing.Invalid, Message: "the result of the section " + quote(s.name) + " has no form in JSON", Err: err}
	}
	return b, gaps, nil
}
