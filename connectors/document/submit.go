package document

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"cel.dev/cel-go/common/types/ref"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// maxFindPages bounds the pages that find looks through.
const maxFindPages = 50

// effect is one thing that is being written: a submission, or a bill.
type effect struct {
	engine  *engine
	sink    *Sink
	scope   scope
	answers expr.Object
	file    *staffing.File
	content []byte // of file, once read
}

// newSubmission checks the request, so that what cannot work is refused before
// anything is called.
func (e *engine) newSubmission(ctx context.Context, req staffing.SubmissionRequest) (*effect, error) {
	s := e.scope().with(expr.Key, req.Key).with(expr.RequisitionID, req.RequisitionID)
	fields, err := object(req.Fields, "the submission's fields")
	if err != nil {
		return nil, err
	}
	requisition, err := object(req.Requisition, "the requisition")
	if err != nil {
		return nil, err
	}
	s = s.with(expr.Fields, fields).with(expr.Requisition, requisition)
	if req.Resume != nil {
		s = s.with(expr.FileVar, expr.Object{"name": fileName(req.Resume), "type": req.Resume.ContentType, "size": req.Resume.Size})
	}
	sub := &effect{engine: e, sink: e.doc.Submit, scope: s, answers: expr.Object{}, file: req.Resume}
	if err := sub.allowed(ctx); err != nil {
		return nil, err
	}
	return sub, e.doc.Submit.Resume.check(req.Resume)
}

// newBill is newSubmission for a billing record.
func (e *engine) newBill(ctx context.Context, req staffing.BillingRequest) (*effect, error) {
	fields, err := object(req.Fields, "the bill's fields")
	if err != nil {
		return nil, err
	}
	s := e.scope().with(expr.Key, req.Key).with(expr.Fields, fields)
	s.bill = expr.Record(req.Bill)
	bill := &effect{engine: e, sink: e.doc.Billing, scope: s, answers: expr.Object{}}
	return bill, bill.allowed(ctx)
}

func (s *effect) allowed(ctx context.Context) error {
	for _, r := range s.sink.Require {
		ok, err := s.scope.holds(ctx, r.Test, true)
		if err != nil {
			return err
		}
		if !ok {
			return &staffing.Error{Code: staffing.Invalid, Field: r.Field, Message: r.Message}
		}
	}
	return nil
}

// view is what expressions see now, the answers so far included.
func (s *effect) view() scope { return s.scope.with(expr.Answers, s.answers) }

// put does what of the steps is not done yet: each is looked for before it is
// written.
func (s *effect) put(ctx context.Context) (staffing.Receipt, error) {
	wrote := false
	for i := range s.sink.Steps {
		made, err := s.step(ctx, &s.sink.Steps[i])
		if err != nil {
			return staffing.Receipt{}, unsure(err, wrote)
		}
		wrote = wrote || made
	}
	rec, err := s.receipt(ctx, !wrote)
	return rec, unsure(err, wrote)
}

// step makes sure that one step is done, and says whether it wrote.
func (s *effect) step(ctx context.Context, step *Step) (wrote bool, err error) {
	due, err := s.view().holds(ctx, step.When, true)
	if err != nil || !due {
		return false, err
	}
	found, err := s.find(ctx, &step.Find)
	if err != nil {
		return false, err
	}
	if found != nil {
		s.answers[step.Name] = found
		return false, nil
	}
	a, err := s.write(ctx, &step.Call)
	if err != nil {
		return false, err
	}
	var result ref.Val
	if !a.duplicate {
		if result, err = s.view().after(a).value(ctx, step.Result); err != nil {
			return false, unsure(err, true)
		}
	}
	if result == nil {
		if result, err = s.confirm(ctx, step, a); err != nil {
			return false, err
		}
	}
	s.answers[step.Name] = result
	return !a.duplicate, nil
}

// confirm looks up what a step has just written, or what the vendor says is there
// already.
func (s *effect) confirm(ctx context.Context, step *Step, a answer) (ref.Val, error) {
	found, err := s.find(ctx, &step.Find)
	switch {
	case err != nil:
		return nil, unsure(err, !a.duplicate)
	case found != nil:
		return found, nil
	case a.duplicate:
		return nil, staffing.Errorf(staffing.Conflict, "%s says that this is there already (status %d), but does not show it: another submitter may have been first", s.engine.host, a.status)
	}
	return nil, &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true,
		Message: fmt.Sprintf("%s took the step %q but does not show its result yet", s.engine.host, step.Name)}
}

// findAll looks for all steps; [staffing.NotFound] when one is not done.
func (s *effect) findAll(ctx context.Context) (staffing.Receipt, error) {
	for i := range s.sink.Steps {
		step := &s.sink.Steps[i]
		due, err := s.view().holds(ctx, step.When, true)
		if err != nil {
			return staffing.Receipt{}, err
		}
		if !due {
			continue
		}
		found, err := s.find(ctx, &step.Find)
		if err != nil {
			return staffing.Receipt{}, err
		}
		if found == nil {
			return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "%s does not have this, or not all of it (%s)", s.engine.host, step.Name)
		}
		s.answers[step.Name] = found
	}
	return s.receipt(ctx, true)
}

// find looks for one thing; nil: it is not there.
func (s *effect) find(ctx context.Context, f *Find) (ref.Val, error) {
	if !f.Records.set() {
		a, err := s.engine.do(ctx, &f.Call, s.view())
		if err != nil || a.missing {
			return nil, err
		}
		return s.view().after(a).value(ctx, f.Result)
	}
	src := &Source{Call: f.Call, Paging: f.Paging}
	p := &position{}
	style := ""
	if f.Paging != nil {
		style = f.Paging.Style
	}
	p.begin(style)
	for range maxFindPages {
		a, items, err := s.findPage(ctx, f, src, p)
		if err != nil || a.missing {
			return nil, err
		}
		for _, item := range items {
			if found, err := s.match(ctx, f, a, item); found != nil || err != nil {
				return found, err
			}
		}
		if f.Paging == nil {
			return nil, nil
		}
		rows := make([]row, len(items))
		for i := range items { // pages of a search carry no ids that matter
			rows[i].ExternalID = fmt.Sprintf("%d/%d", p.Walk.Number, i)
		}
		p.Walk.Last = ""
		if more, err := s.engine.goOn(ctx, f.Paging, p.Walk, a, rows); err != nil || !more {
			return nil, err
		}
	}
	return nil, staffing.Errorf(staffing.Unavailable, "%s gives more than %d pages for a search that should find one thing", s.engine.host, maxFindPages)
}

func (s *effect) findPage(ctx context.Context, f *Find, src *Source, p *position) (answer, []ref.Val, error) {
	view := s.view()
	if page, ok := s.engine.pageScope(src, p).call[expr.PageVar]; ok {
		view = view.with(expr.PageVar, page)
	}
	r, err := s.engine.prepare(ctx, &f.Call, view, false)
	if err != nil {
		return answer{}, nil, err
	}
	if f.Paging != nil && p.Walk.Token != "" && f.Paging.Style != styleCursor {
		r.http.URL, r.http.Query = s.engine.base.Scheme+"://"+s.engine.base.Host+p.Walk.Token, nil
	}
	a, err := s.engine.send(ctx, r)
	if err != nil || a.missing {
		return a, nil, err
	}
	v, err := s.view().after(a).value(ctx, f.Records)
	if err != nil {
		return a, nil, err
	}
	items, ok := expr.Items(v)
	if !ok || len(items) > maxPerPage {
		return a, nil, staffing.Errorf(staffing.Unavailable, "the answer of %s holds no list where %s looks for one, or too long a list", s.engine.host, f.Records.prog.Cell())
	}
	return a, items, nil
}

func (s *effect) match(ctx context.Context, f *Find, a answer, item ref.Val) (ref.Val, error) {
	record, ok := expr.Map(item)
	if !ok {
		return nil, staffing.Errorf(staffing.Unavailable, "the list from %s holds something that is no object", s.engine.host)
	}
	view := s.view().after(a).over(record)
	if yes, err := view.holds(ctx, f.Match, false); err != nil || !yes {
		return nil, err
	}
	return view.value(ctx, f.Result)
}

// write sends a step's call, with the résumé where the call takes it.
func (s *effect) write(ctx context.Context, call *Call) (answer, error) {
	view := s.view()
	if s.file != nil && (call.Multipart != nil || call.usesFile()) {
		if err := s.load(ctx); err != nil {
			return answer{}, err
		}
		view = view.with(expr.FileVar, s.fileVar())
	}
	r, err := s.engine.prepare(ctx, call, view, true)
	if err != nil {
		return answer{}, err
	}
	if call.Multipart != nil {
		if err := s.multipart(ctx, call.Multipart, view, &r); err != nil {
			return answer{}, err
		}
	}
	a, err := s.engine.send(ctx, r)
	if err == nil && a.missing {
		err = staffing.Errorf(staffing.NotFound, "%s does not have what this is written to (status %d)", s.engine.host, a.status)
	}
	if err == nil && a.status == http.StatusAccepted {
		s.engine.log.DebugContext(ctx, "the vendor accepted a write for later", "host", s.engine.host)
	}
	return a, err
}

func (s *effect) receipt(ctx context.Context, existed bool) (rec staffing.Receipt, err error) {
	r, view := s.sink.Receipt, s.view()
	rec.Existed = existed
	for _, t := range []struct {
		to   *string
		from Expr
	}{{&rec.ID, r.ID}, {&rec.Number, r.Number}, {&rec.URL, r.URL}} {
		if *t.to, err = view.text(ctx, t.from); err != nil {
			return rec, err
		}
	}
	if rec.ID == "" {
		return rec, staffing.Errorf(staffing.Unavailable, "the answer of %s holds no id for the receipt", s.engine.host)
	}
	if rec.At, err = view.moment(ctx, r.At); err != nil {
		return rec, err
	}
	if rec.At.IsZero() {
		rec.At = s.engine.now()
	}
	extra, err := view.texts(ctx, r.Extra)
	if err != nil {
		return rec, err
	}
	for name, values := range extra {
		if rec.Extra == nil {
			rec.Extra = map[string]string{}
		}
		rec.Extra[name] = slices.Concat(values)[0]
	}
	return rec, nil
}
