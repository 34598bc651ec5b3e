package connectortest

import (
	"context"
	"io"

	"github.com/tributary-hub/tributary/staffing"
)

// operation is one call of a capability, with all that it needs prepared at the
// vendor.
type operation struct {
	name string
	call func(context.Context) error
	// file: the last answer is a file, so a proper answer with wrong bytes in it is not
	// to be told from a right one.
	file bool
}

// operations gives one operation per method that the connector has.
func (b *bench) operations(c staffing.Checker) []operation {
	list := []operation{{name: "Check", call: func(ctx context.Context) error {
		r, err := c.Check(ctx)
		if err == nil && !r.OK() {
			return missing(r)
		}
		return err
	}}}
	for _, s := range b.sources(c) {
		list = append(list, operation{name: s.name, call: func(ctx context.Context) error { _, err := s.read(ctx, nil); return err }})
	}
	list = append(list, b.readers(c)...)
	for _, s := range b.sinks(c) {
		list = append(list,
			operation{name: "put of a " + s.name, call: func(ctx context.Context) error { _, err := s.put(ctx); return err }},
			operation{name: "find of a " + s.name, call: func(ctx context.Context) error { _, err := s.find(ctx); return err }})
	}
	if sink, ok := c.(staffing.StatusSink); ok && b.vendor.Status != nil {
		req := b.vendor.Status()
		list = append(list, operation{name: "PutStatus", call: func(ctx context.Context) error { return sink.PutStatus(ctx, req) }})
	}
	return list
}

func (b *bench) readers(c staffing.Checker) (list []operation) {
	if src, ok := c.(staffing.PlacementSource); ok && b.vendor.Placement != nil {
		ref := b.vendor.Placement()
		list = append(list, operation{name: "Placement", call: func(ctx context.Context) error { _, err := src.Placement(ctx, ref); return err }})
	}
	if src, ok := c.(staffing.SubmissionSource); ok && b.vendor.SubmissionRecord != nil {
		id := b.vendor.SubmissionRecord()
		list = append(list, operation{name: "Submission", call: func(ctx context.Context) error { _, err := src.Submission(ctx, id); return err }})
	}
	if src, ok := c.(staffing.CandidateSource); ok && b.vendor.Candidate != nil {
		id, _ := b.vendor.Candidate()
		list = append(list,
			operation{name: "Candidate", call: func(ctx context.Context) error { _, err := src.Candidate(ctx, id); return err }},
			operation{name: "Resume", file: true, call: func(ctx context.Context) error { _, err := readResume(ctx, src, id); return err }})
	}
	return list
}

// readResume reads a résumé to its end; nil when there is none.
func readResume(ctx context.Context, src staffing.CandidateSource, id string) ([]byte, error) {
	f, err := src.Resume(ctx, id)
	if err != nil || f == nil {
		return nil, err
	}
	r, err := f.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// missing is the error that a report with a missing permission stands for.
func missing(r staffing.Report) error {
	text := "missing:"
	for _, p := range r.Permissions {
		if !p.Granted {
			text += " " + p.Name + " (" + p.Detail + ")"
		}
	}
	return staffing.Errorf(staffing.Forbidden, "%s", text)
}

// source is one feed of a connector.
type source struct {
	name  string
	feed  staffing.Feed
	read  func(context.Context, staffing.Cursor) (staffing.Page, error)
	add   func(int) []string
	touch func(string) // nil: records of this feed do not change
}

func (b *bench) sources(c staffing.Checker) (list []source) {
	if s, ok := c.(staffing.RequisitionSource); ok && b.vendor.AddRequisitions != nil {
		list = append(list, source{"Requisitions", staffing.FeedRequisitions, s.Requisitions, b.vendor.AddRequisitions, b.vendor.TouchRequisition})
	}
	if s, ok := c.(staffing.StatusSource); ok && b.vendor.AddStatuses != nil {
		list = append(list, source{"Statuses", staffing.FeedStatuses, s.Statuses, b.vendor.AddStatuses, b.vendor.MoveStatus})
	}
	if s, ok := c.(staffing.CandidateEventSource); ok && b.vendor.AddCandidateEvents != nil {
		list = append(list, source{"CandidateEvents", staffing.FeedCandidates, s.CandidateEvents, b.vendor.AddCandidateEvents, nil})
	}
	return list
}

// source gives the source of one feed on an opened connector.
func (b *bench) source(c staffing.Checker, feed staffing.Feed) source {
	for _, s := range b.sources(c) {
		if s.feed == feed {
			return s
		}
	}
	b.Fatalf("the connector gives no %s", feed)
	return source{}
}

// sink is one kind of effect, with one request.
type sink struct {
	name  string
	put   func(context.Context) (staffing.Receipt, error)
	find  func(context.Context) (staffing.Receipt, error)
	count func() int
}

// sinkMaker gives the sink of an opened connector; the request is made once, so
// that a connector opened again continues it.
type sinkMaker func(b *bench) func(staffing.Checker) (sink, bool)

func (b *bench) sinks(c staffing.Checker) (list []sink) {
	for _, make := range []sinkMaker{submissionSink, jobSink, billingSink} {
		if s, ok := make(b)(c); ok {
			list = append(list, s)
		}
	}
	return list
}

func submissionSink(b *bench) func(staffing.Checker) (sink, bool) {
	if b.vendor.Submission == nil {
		return func(staffing.Checker) (sink, bool) { return sink{}, false }
	}
	req := b.vendor.Submission()
	return func(c staffing.Checker) (sink, bool) {
		s, ok := c.(staffing.SubmissionSink)
		return sink{"submission",
			func(ctx context.Context) (staffing.Receipt, error) { return s.Submit(ctx, req) },
			func(ctx context.Context) (staffing.Receipt, error) { return s.FindSubmission(ctx, req) }, b.vendor.CountSubmissions}, ok
	}
}

func jobSink(b *bench) func(staffing.Checker) (sink, bool) {
	if b.vendor.Job == nil {
		return func(staffing.Checker) (sink, bool) { return sink{}, false }
	}
	req := b.vendor.Job()
	return func(c staffing.Checker) (sink, bool) {
		s, ok := c.(staffing.JobSink)
		return sink{"job",
			func(ctx context.Context) (staffing.Receipt, error) { return s.PutJob(ctx, req) },
			func(ctx context.Context) (staffing.Receipt, error) { return s.FindJob(ctx, req.Key) }, b.vendor.CountJobs}, ok
	}
}

func billingSink(b *bench) func(staffing.Checker) (sink, bool) {
	if b.vendor.Billing == nil {
		return func(staffing.Checker) (sink, bool) { return sink{}, false }
	}
	req := b.vendor.Billing()
	return func(c staffing.Checker) (sink, bool) {
		s, ok := c.(staffing.BillingSink)
		return sink{"billing record",
			func(ctx context.Context) (staffing.Receipt, error) { return s.PutBilling(ctx, req) },
			func(ctx context.Context) (staffing.Receipt, error) { return s.FindBilling(ctx, req.Key) }, b.vendor.CountBillings}, ok
	}
}
