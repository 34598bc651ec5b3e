package connectortest

import (
	"bytes"
	"context"

	"github.com/tributary-hub/tributary/staffing"
)

func placementCases() []testCase {
	return []testCase{{"placement: a hire is read with its id and a JSON object", func(s *suite) {
		b := s.bench(openOptions{})
		src, _ := b.warm().(staffing.PlacementSource)
		ref := b.vendor.Placement()
		b.reads("Placement", func(ctx context.Context) (staffing.Record, error) { return src.Placement(ctx, ref) })
	}}}
}

func submissionRecordCases() []testCase {
	return []testCase{{"candidate on job: the record is read with its id", func(s *suite) {
		b := s.bench(openOptions{})
		src, _ := b.warm().(staffing.SubmissionSource)
		id := b.vendor.SubmissionRecord()
		rec := b.reads("Submission", func(ctx context.Context) (staffing.Record, error) { return src.Submission(ctx, id) })
		if rec.ExternalID != id {
			b.Errorf("Submission of %q has the external id %q", id, rec.ExternalID)
		}
	}}}
}

func candidateCases() []testCase {
	return []testCase{
		{"candidate: the record is read with its id", func(s *suite) {
			b := s.bench(openOptions{})
			src, _ := b.warm().(staffing.CandidateSource)
			id, _ := b.vendor.Candidate()
			rec := b.reads("Candidate", func(ctx context.Context) (staffing.Record, error) { return src.Candidate(ctx, id) })
			if rec.ExternalID != id {
				b.Errorf("Candidate %q has the external id %q", id, rec.ExternalID)
			}
		}},
		{"candidate: the résumé comes whole, and a second time", func(s *suite) {
			b := s.bench(openOptions{})
			src, _ := b.warm().(staffing.CandidateSource)
			id, want := b.vendor.Candidate()
			for range 2 {
				var got []byte
				err := b.within(patient, "Resume", func(ctx context.Context) (err error) { got, err = readResume(ctx, src, id); return err })
				if err != nil || !bytes.Equal(got, want) {
					b.Errorf("Resume gives %d bytes and %v, want %d bytes", len(got), err, len(want))
				}
			}
		}},
	}
}

// reads takes one record and checks its form.
func (b *bench) reads(what string, f func(context.Context) (staffing.Record, error)) staffing.Record {
	b.Helper()
	var rec staffing.Record
	if err := b.within(patient, what, func(ctx context.Context) (err error) { rec, err = f(ctx); return err }); err != nil {
		b.Fatalf("%s: %v", what, err)
	}
	b.wellFormed(what, rec)
	return rec
}
