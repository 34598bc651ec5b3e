package connectortest

import (
	"context"
	"io"

	"github.com/tributary-hub/tributary/staffing"
)

// operation is one call of a capability.
type operation struct {
	name string
	// prepare makes at the vendor what the call needs, and gives the call.
	prepare func() func(context.Context) error
	// file: the last answer is a file, so a proper answer with wrong bytes in it is not
	// to be told from a right one.
	file bool
	// probes: the call may go on after a missing permission, to name them all.
	probes bool
}

func always(call func(context.Context) error) func() func(context.Context) error {
	return func() func(context.Context) error { return call }
}

// operations gives one operation per method that the connector has.
func (b *bench) operations(c staffing.Checker) []operation {
	list := []operation{{name: "Check", probes: true, prepare: always(func(ctx context.Context) error {
		r, err := c.Check(ctx)
		if err == nil && !r.OK() {
			return missing(r)
		}
		return err
	})}}
	for _, s := range b.sources(c) {
		list = append(list, operation{name: s.name, prepare: always(func(ctx context.Context) error { _, err := s.read(ctx, nil); return err })})
	}
	list = append(list, b.readers(c)...)
	list = append(list, b.vocabulary(c)...)
	for _, e := range []effect{submissions(), jobs(), billings()} {
		if e.present(b.vendor, c) {
			list = append(list, b.writers(c, e)...)
		}
	}
	if sink, ok := c.(staffing.StatusSink); ok && b.vendor.Status != nil {
		list = append(list, operation{name: "PutStatus", prepare: func() func(context.Context) error {
			req := b.vendor.Status()
			return func(ctx context.Context) error { return sink.PutStatus(ctx, req) }
		}})
	}
	return list
}

func (b *bench) readers(c staffing.Checker) (list []operation) {
	if src, ok := c.(staffing.PlacementSource); ok && b.vendor.Placement != nil {
		list = append(list, operation{name: "Placement", prepare: func() func(context.Context) error {
			ref := b.vendor.Placement()
			return func(ctx context.Context) error { _, err := src.Placement(ctx, ref); return err }
		}})
	}
	if src, ok := c.(staffing.SubmissionSource); ok && b.vendor.SubmissionRecord != nil {
		list = append(list, operation{name: "Submission", prepare: func() func(context.Context) error {
			id := b.vendor.SubmissionRecord()
			return func(ctx context.Context) error { _, err := src.Submission(ctx, id); return err }
		}})
	}
	if src, ok := c.(staffing.CandidateSource); ok && b.vendor.Candidate != nil {
		list = append(list,
			operation{name: "Candidate", prepare: func() func(context.Context) error {
				id, _ := b.vendor.Candidate()
				return func(ctx context.Context) error { _, err := src.Candidate(ctx, id); return err }
			}},
			operation{name: "Resume", file: true, prepare: func() func(context.Context) error {
				id, _ := b.vendor.Candidate()
				return func(ctx context.Context) error { _, err := readResume(ctx, src, id); return err }
			}})
	}
	return list
}

// writers gives put and find of one kind of effect.
func (b *bench) writers(c staffing.Checker, e effect) []operation {
	return []operation{
		{name: "put of a " + e.name, prepare: func() func(context.Context) error {
			s := e.request(b.vendor)(c)
			return func(ctx context.Context) error { _, err := s.put(ctx); return err }
		}},
		{name: "find of a " + e.name, prepare: func() func(context.Context) error {
			s := e.request(b.vendor)(c)
			return func(ctx context.Context) error { _, err := s.find(ctx); return err }
		}},
	}
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
