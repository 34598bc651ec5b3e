package bullhorn_test

import (
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/bullhorn"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	sandbox "github.com/tributary-hub/tributary/sandbox/bullhorn"
	"github.com/tributary-hub/tributary/staffing"
)

// jobsOnly is a connector of which the suite sees no more than how it writes jobs.
type jobsOnly struct {
	staffing.Checker
	staffing.JobSink
}

// TestConformanceWithCompaniesMade holds jobs against the suite where the client has no
// company yet: whatever is lost on the way, there is one job, one company, one contact.
func TestConformanceWithCompaniesMade(t *testing.T) {
	t.Parallel()
	kind := bullhorn.Kind()
	open := kind.Open
	kind.Can = []connectors.Capability{connectors.WritesJobs}
	kind.Open = func(d connectors.Deps) (staffing.Checker, error) {
		c, err := open(d)
		if err != nil {
			return nil, err
		}
		jobs, _ := c.(staffing.JobSink) // the conformance of the whole says that it is one
		return jobsOnly{c, jobs}, nil
	}
	connectortest.Run(t, kind, func(t *testing.T) connectortest.Vendor {
		t.Helper()
		account := sandbox.New(nil, sandbox.Options{PerMinute: 100_000})
		all := vendor(t, sandbox.New(nil, sandbox.Options{})) // for its requests only
		create := func(of func(string) connectors.Settings) func(string) connectors.Settings {
			return func(base string) connectors.Settings {
				s := of(base)
				s["missing_company"] = "create"
				return s
			}
		}
		return connectortest.Vendor{Handler: account, Settings: create(all.Settings), WrongSecret: create(all.WrongSecret), Job: all.Job,
			CountJobs: func() int {
				more := max(account.CountCompanies()-1, 0) + max(account.CountContacts()-1, 0)
				return len(account.Jobs()) + more
			}}
	})
}
