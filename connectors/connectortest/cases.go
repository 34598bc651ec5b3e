package connectortest

import (
	"fmt"
	"slices"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
)

// capability is one interface of package staffing, and the functions of Vendor
// that it needs.
type capability struct {
	name    string
	has     func(staffing.Checker) bool
	harness func(Vendor) bool
	needs   string
	cases   func() []testCase
}

func is[I any](c staffing.Checker) bool { _, ok := c.(I); return ok }

func capabilities() []capability {
	return []capability{
		{"RequisitionSource", is[staffing.RequisitionSource], func(v Vendor) bool { return v.AddRequisitions != nil && v.TouchRequisition != nil },
			"AddRequisitions and TouchRequisition", func() []testCase { return sourceCases(staffing.FeedRequisitions) }},
		{"StatusSource", is[staffing.StatusSource], func(v Vendor) bool { return v.AddStatuses != nil && v.MoveStatus != nil },
			"AddStatuses and MoveStatus", func() []testCase { return sourceCases(staffing.FeedStatuses) }},
		{"CandidateEventSource", is[staffing.CandidateEventSource], func(v Vendor) bool { return v.AddCandidateEvents != nil },
			"AddCandidateEvents", func() []testCase { return sourceCases(staffing.FeedCandidates) }},
		{"PlacementSource", is[staffing.PlacementSource], func(v Vendor) bool { return v.Placement != nil }, "Placement", placementCases},
		{"CandidateSource", is[staffing.CandidateSource], func(v Vendor) bool { return v.Candidate != nil }, "Candidate", candidateCases},
		{"SubmissionSource", is[staffing.SubmissionSource], func(v Vendor) bool { return v.SubmissionRecord != nil }, "SubmissionRecord", submissionRecordCases},
		{"SubmissionSink", is[staffing.SubmissionSink], func(v Vendor) bool { return v.Submission != nil && v.CountSubmissions != nil },
			"Submission and CountSubmissions", func() []testCase { return sinkCases(submissions()) }},
		{"JobSink", is[staffing.JobSink], func(v Vendor) bool { return v.Job != nil && v.CountJobs != nil },
			"Job and CountJobs", func() []testCase { return append(sinkCases(jobs()), jobUpdateCase()) }},
		{"BillingSink", is[staffing.BillingSink], func(v Vendor) bool { return v.Billing != nil && v.CountBillings != nil },
			"Billing and CountBillings", func() []testCase { return sinkCases(billings()) }},
		{"StatusSink", is[staffing.StatusSink], func(v Vendor) bool { return v.Status != nil && v.StatusOf != nil }, "Status and StatusOf", statusCases},
		{"WebhookReceiver", is[staffing.WebhookReceiver], func(v Vendor) bool { return v.Webhook != nil }, "Webhook", webhookCases},
	}
}

// casesFor gives the cases for the capabilities that the connector and its
// Vendor have.
func casesFor(s *suite) []testCase {
	s.Helper()
	v := s.start()
	if v.Settings == nil || (v.Handler != nil || v.Wire != nil) && v.WrongSecret == nil {
		s.Fatalf("the Vendor needs Settings, and with a Handler or Wire also WrongSecret")
	}
	conn, err := s.kind.Open(deps(s.kind, v.Settings("http://127.0.0.1:9"), openOptions{}))
	if err != nil {
		s.Fatalf("the connector does not open with the Vendor's settings: %v", err)
	}
	list := append(settingsCases(), healthyCase(), catalogueCase(conn))
	switch {
	case v.Wire != nil:
		list = append(list, wireCases()...)
	case v.Handler == nil:
		list = append(list, silentCase())
	default:
		list = append(append(list, checkCases()...), faultCases()...)
	}
	for _, c := range capabilities() {
		has, harness := c.has(conn), c.harness(v)
		if has != harness {
			list = append(list, disagreement(c, has))
		} else if has {
			list = append(list, c.cases()...)
		}
	}
	for _, c := range optional() {
		if c.has(conn) {
			list = append(list, c.cases()...)
		}
	}
	return list
}

// catalogueCase holds what the catalogue says against what is there.
func catalogueCase(conn staffing.Checker) testCase {
	return testCase{"the catalogue says what the connector can", func(s *suite) {
		said, can := slices.Sorted(slices.Values(s.kind.Can)), slices.Sorted(slices.Values(connectors.CapabilitiesOf(conn)))
		if (s.kind.Can != nil || !s.kind.Shaped) && !slices.Equal(said, can) {
			s.Errorf("Kind.Can is %q, and the opened connector can %q", said, can)
		}
	}}
}

func disagreement(c capability, has bool) testCase {
	return testCase{fmt.Sprintf("connector and Vendor agree on %s", c.name), func(s *suite) {
		if has {
			s.Fatalf("the connector is a %s, but the Vendor lacks %s", c.name, c.needs)
		}
		s.Fatalf("the Vendor has %s, but the connector is no %s", c.needs, c.name)
	}}
}

func settingsCases() []testCase {
	return []testCase{
		{"settings: complete settings are accepted, and opening calls nobody", settingsComplete},
		{"settings: each missing required setting is named", settingsMissing},
	}
}

func settingsComplete(s *suite) {
	b := s.bench(openOptions{})
	if _, err := connectors.NewRegistry(s.kind); err != nil {
		s.Errorf("the registry refuses the kind: %v", err)
	}
	if _, err := s.kind.Spec.Complete(b.settings); err != nil {
		s.Errorf("valid settings are refused: %v", err)
	}
	b.open()
	if n := b.faults.Calls(nil); n != 0 {
		s.Errorf("opening made %d calls; it must do no I/O", n)
	}
}

func settingsMissing(s *suite) {
	b := s.bench(openOptions{})
	for _, f := range s.kind.Spec {
		if !f.Required || f.Default != "" {
			continue
		}
		less := connectors.Settings{}
		for k, v := range b.settings {
			if k != f.Key {
				less[k] = v
			}
		}
		if _, err := s.kind.Spec.Complete(less); err == nil {
			s.Errorf("settings without %s count as complete", f.Key)
		} else {
			b.coded("settings without "+f.Key, err, staffing.Invalid)
		}
		if _, err := s.kind.Open(deps(s.kind, less, openOptions{})); err == nil {
			s.Errorf("the connector opens without %s", f.Key)
		}
	}
}
