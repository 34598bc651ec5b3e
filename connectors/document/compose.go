package document

import (
	"context"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// The capabilities build on each other: statuses are those of submissions, and a
// hire is learned from a status. So a document has one of four levels, with or
// without a webhook, and there is a type for each of the eight, and one for books
// that only take bills: a connector shows by its methods what it can do, and shows
// nothing that its document lacks.

type reader struct{ *engine }

// Requisitions implements [staffing.RequisitionSource].
func (r reader) Requisitions(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	return r.list(ctx, r.doc.Requisitions, cur)
}

type submitter struct{ *engine }

// Submit implements [staffing.SubmissionSink].
func (s submitter) Submit(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	sub, err := s.newSubmission(ctx, req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	return sub.put(ctx)
}

// FindSubmission implements [staffing.SubmissionSink].
func (s submitter) FindSubmission(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	sub, err := s.newSubmission(ctx, req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	return sub.findAll(ctx)
}

type watcher struct{ *engine }

// Statuses implements [staffing.StatusSource].
func (w watcher) Statuses(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	return w.list(ctx, w.doc.Statuses, cur)
}

type hirer struct{ *engine }

// Placement implements [staffing.PlacementSource].
func (h hirer) Placement(ctx context.Context, ref staffing.SubmissionRef) (staffing.Record, error) {
	return h.placement(ctx, ref)
}

type biller struct{ *engine }

// PutBilling implements [staffing.BillingSink].
func (b biller) PutBilling(ctx context.Context, req staffing.BillingRequest) (staffing.Receipt, error) {
	bill, err := b.newBill(ctx, req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	return bill.put(ctx)
}

// FindBilling implements [staffing.BillingSink].
func (b biller) FindBilling(ctx context.Context, key string) (staffing.Receipt, error) {
	s := b.scope().with(expr.Key, key)
	bill := &effect{engine: b.engine, sink: b.doc.Billing, scope: s, answers: expr.Object{}}
	return bill.findAll(ctx)
}

type bills struct {
	checks
	biller
}

type checks struct{ e *engine }

// Check implements [staffing.Checker].
func (c checks) Check(ctx context.Context) (staffing.Report, error) { return c.e.check(ctx) }

type reads struct {
	checks
	reader
}

type submits struct {
	reads
	submitter
}

type follows struct {
	submits
	watcher
}

type hires struct {
	follows
	hirer
}

func compose(e *engine) staffing.Checker {
	if e.doc.Billing != nil {
		return bills{checks{e}, biller{e}}
	}
	r := reads{checks{e}, reader{e}}
	s := submits{r, submitter{e}}
	f := follows{s, watcher{e}}
	h := hires{f, hirer{e}}
	hook := hooks{e}
	hears := e.doc.Webhook != nil
	switch {
	case e.doc.Placement != nil && hears:
		return struct {
			hires
			hooks
		}{h, hook}
	case e.doc.Placement != nil:
		return h
	case e.doc.Statuses != nil && hears:
		return struct {
			follows
			hooks
		}{f, hook}
	case e.doc.Statuses != nil:
		return f
	case e.doc.Submit != nil && hears:
		return struct {
			submits
			hooks
		}{s, hook}
	case e.doc.Submit != nil:
		return s
	case hears:
		return struct {
			reads
			hooks
		}{r, hook}
	}
	return r
}
