package connectortest

import (
	"net/http"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/sandbox/fault"
	"github.com/tributary-hub/tributary/staffing"
)

// Vendor is one fresh simulated vendor, and the ways to change it behind the
// connector's back. Leave the functions of absent capabilities nil: the suite
// checks that the connector and its Vendor agree.
type Vendor struct {
	// Handler is the simulator. The suite puts faults before it and serves it on
	// loopback. Nil: the system only pushes, and the connector calls nobody; but see Wire.
	Handler http.Handler
	// Wire is for a vendor that is called by another protocol than HTTP; Handler is nil
	// then. The simulator calls meet in each of its operations and plays the fault that
	// it gives, as far as its protocol has it.
	Wire func(meet func(op string) (fault.Rule, bool))
	// Settings are valid, complete settings for the vendor at baseURL, with every
	// secret (also a webhook secret) set. WrongSecret are the same with a credential
	// that the vendor refuses.
	Settings    func(baseURL string) connectors.Settings
	WrongSecret func(baseURL string) connectors.Settings

	// AddRequisitions adds n open requisitions and gives their external ids;
	// TouchRequisition changes one. For a staffing.RequisitionSource.
	AddRequisitions  func(n int) []string
	TouchRequisition func(id string)
	// AddStatuses adds n submissions that have a status and gives their ids;
	// MoveStatus moves one on. For a staffing.StatusSource.
	AddStatuses func(n int) []string
	MoveStatus  func(id string)
	// AddCandidateEvents makes n candidates change status and gives the records'
	// external ids. For a staffing.CandidateEventSource.
	AddCandidateEvents func(n int) []string
	// Placement makes a hire and gives its submission. For a staffing.PlacementSource.
	Placement func() staffing.SubmissionRef
	// Candidate adds a candidate with a résumé. For a staffing.CandidateSource.
	Candidate func() (id string, resume []byte)

	// SubmissionRecord adds a candidate-on-job record to the internal ATS and gives
	// its id. For a staffing.SubmissionSource.
	SubmissionRecord func() (id string)

	// Submission gives a request that the vendor accepts, with a key of its own each
	// time; CountSubmissions counts what the vendor has. For a staffing.SubmissionSink.
	Submission       func() staffing.SubmissionRequest
	CountSubmissions func() int
	// Job and CountJobs are the same for a staffing.JobSink.
	Job       func() staffing.JobRequest
	CountJobs func() int
	// Billing and CountBillings are the same for a staffing.BillingSink.
	Billing       func() staffing.BillingRequest
	CountBillings func() int
	// Status gives a request that sets a new status; StatusOf reads it at the vendor.
	// For a staffing.StatusSink.
	Status   func() staffing.StatusRequest
	StatusOf func(submissionID string) string

	// Webhook gives a delivery signed now, valid with Settings. For a
	// staffing.WebhookReceiver.
	Webhook func() (http.Header, []byte)
	// SignedTime says that the scheme signs a timestamp, so an old delivery must be
	// refused. UnsignedBody says that the vendor signs no body: a shared secret in a
	// header is all there is.
	SignedTime   bool
	UnsignedBody bool
	// Forged is for a vendor whose proof stands in the body and does not cover all of
	// it: deliveries made from a good one whose proof is broken. The suite then asks
	// no header for the proof, and bends no byte that nothing protects.
	Forged func(body []byte) [][]byte

	// PageSize is a number of records that fit on no single page: three times as
	// many need at least three pages. Zero: the vendor pages nothing.
	PageSize int
	// Unpaged names feeds that the vendor gives in one piece.
	Unpaged []staffing.Feed
	// Consumes names feeds whose reading uses records up at the vendor, which then
	// cannot give them again: an answer that is lost on its way is lost, and a
	// full read or a reconciliation has to heal it.
	Consumes []staffing.Feed
}
