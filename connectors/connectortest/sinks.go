package connectortest

import (
	"context"

	"github.com/tributary-hub/tributary/staffing"
)

// sink is one effect to be: one request, on an opened connector.
type sink struct {
	put   func(context.Context) (staffing.Receipt, error)
	find  func(context.Context) (staffing.Receipt, error)
	count func() int
}

// effect is a kind of effect.
type effect struct {
	name    string
	present func(Vendor, staffing.Checker) bool
	// request makes a request with a new key, and gives its sink on any connector: a
	// connector that is opened again continues it.
	request func(Vendor) func(staffing.Checker) sink
}

func submissions() effect {
	return effect{"submission",
		func(v Vendor, c staffing.Checker) bool { return v.Submission != nil && is[staffing.SubmissionSink](c) },
		func(v Vendor) func(staffing.Checker) sink {
			req := v.Submission()
			return func(c staffing.Checker) sink {
				s, _ := c.(staffing.SubmissionSink) // see present
				return sink{
					func(ctx context.Context) (staffing.Receipt, error) { return s.Submit(ctx, req) },
					func(ctx context.Context) (staffing.Receipt, error) { return s.FindSubmission(ctx, req) }, v.CountSubmissions}
			}
		}}
}

func jobs() effect {
	return effect{"job",
		func(v Vendor, c staffing.Checker) bool { return v.Job != nil && is[staffing.JobSink](c) },
		func(v Vendor) func(staffing.Checker) sink {
			req := v.Job()
			return func(c staffing.Checker) sink {
				s, _ := c.(staffing.JobSink) // see present
				return sink{
					func(ctx context.Context) (staffing.Receipt, error) { return s.PutJob(ctx, req) },
					func(ctx context.Context) (staffing.Receipt, error) { return s.FindJob(ctx, req.Key) }, v.CountJobs}
			}
		}}
}

func billings() effect {
	return effect{"billing record",
		func(v Vendor, c staffing.Checker) bool { return v.Billing != nil && is[staffing.BillingSink](c) },
		func(v Vendor) func(staffing.Checker) sink {
			req := v.Billing()
			return func(c staffing.Checker) sink {
				s, _ := c.(staffing.BillingSink) // see present
				return sink{
					func(ctx context.Context) (staffing.Receipt, error) { return s.PutBilling(ctx, req) },
					func(ctx context.Context) (staffing.Receipt, error) { return s.FindBilling(ctx, req.Key) }, v.CountBillings}
			}
		}}
}
