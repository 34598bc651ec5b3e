package document

import (
	"context"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// placement reads a hire by the calls of the document.
func (e *engine) placement(ctx context.Context, ref staffing.SubmissionRef) (staffing.Record, error) {
	r := e.doc.Placement
	answers := expr.Object{}
	base := e.scope().with(expr.SubmissionID, ref.ID).with(expr.RequisitionID, ref.RequisitionID).with(expr.Key, ref.Key)
	for i := range r.Calls {
		call, s := &r.Calls[i], base.with(expr.Answers, answers)
		due, err := s.holds(ctx, call.When, true)
		if err != nil {
			return staffing.Record{}, err
		}
		if !due {
			continue
		}
		a, err := e.do(ctx, &call.Call, s)
		if err != nil {
			return staffing.Record{}, err
		}
		if a.missing {
			continue
		}
		v, err := s.after(a).value(ctx, call.Result)
		if err != nil {
			return staffing.Record{}, err
		}
		if v != nil {
			answers[call.Name] = v
		}
	}
	return e.hire(ctx, ref, base.with(expr.Answers, answers))
}

func (e *engine) hire(ctx context.Context, ref staffing.SubmissionRef, s scope) (rec staffing.Record, err error) {
	r := e.doc.Placement
	there, err := s.holds(ctx, r.There, true)
	if err != nil {
		return rec, err
	}
	v, err := s.value(ctx, r.Record)
	if err != nil {
		return rec, err
	}
	if !there || v == nil {
		return rec, staffing.Errorf(staffing.NotFound, "%s has no hire for submission %s yet", e.host, ref.ID)
	}
	if _, ok := expr.Map(v); !ok {
		return rec, staffing.Errorf(staffing.Invalid, "the expression of placement.record gives no map")
	}
	rec.ExternalID = ref.ID
	if rec.UpdatedAt, err = s.moment(ctx, r.UpdatedAt); err != nil {
		return rec, err
	}
	rec.Raw, err = expr.JSON(v)
	return rec, err
}

// check makes the calls of check and names those that answer 403.
func (e *engine) check(ctx context.Context) (staffing.Report, error) {
	report := staffing.Report{Account: e.host}
	if len(e.doc.Check) == 0 {
		p := staffing.Permission{Name: "requisitions", Purpose: "to read requisitions", Granted: true}
		if _, err := e.list(ctx, e.doc.Requisitions, nil); err != nil {
			if err = denied(err, &p, "Let this credential read requisitions at "+e.host+"."); err != nil {
				return staffing.Report{}, err
			}
		}
		report.Permissions = append(report.Permissions, p)
		return report, nil
	}
	for i := range e.doc.Check {
		probe := &e.doc.Check[i]
		p := staffing.Permission{Name: probe.Name, Purpose: probe.Purpose, Granted: true}
		a, err := e.do(ctx, &probe.Call, e.scope())
		if err == nil && probe.Account.set() {
			var account string
			if account, err = e.scope().after(a).text(ctx, probe.Account); account != "" {
				report.Account = clip(account, 200)
			}
		}
		help := either(probe.Help, "Give this credential the permission "+probe.Name+" at "+e.host+".")
		if probe.Optional {
			help = "Optional: the hub works without it. " + help
		}
		if err = denied(err, &p, help); err != nil {
			return staffing.Report{}, err
		}
		report.Permissions = append(report.Permissions, p)
	}
	return report, nil
}

// denied turns a refused permission into a finding; other errors pass.
func denied(err error, p *staffing.Permission, help string) error {
	if staffing.CodeOf(err) != staffing.Forbidden {
		return err
	}
	p.Granted, p.Detail = false, help
	return nil
}
