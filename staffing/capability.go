package staffing

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// The capability interfaces: what a connector can do, one verb each. The hub
// finds them once, by type assertion, when it opens a connection. All errors
// are coded (*Error). A connector never retries and never sleeps: time belongs
// to the queue. Every method obeys ctx.

// Record is one vendor-native object. What it means is the mapping's business.
type Record struct {
	ExternalID string          // the vendor's stable id
	Version    string          // the vendor's version or revision, if it has one
	UpdatedAt  time.Time       // by the vendor's clock; zero when it does not say
	Raw        json.RawMessage // a JSON object; XML and CSV are turned into JSON by the connector
}

// Cursor is opaque to the hub and typed inside the connector; nil is "from the
// beginning". It is saved with its page, in one transaction, after the records.
type Cursor json.RawMessage

// Page is one step of a source.
type Page struct {
	Records []Record
	Next    Cursor // where the next call goes on, also when More is false
	More    bool   // call again now
	// Spooled names the spooled bodies that are wholly contained in this page. The
	// hub closes them in the transaction that saves the page.
	Spooled []int64
}

// RequisitionSource reads requisitions that are new or changed since the cursor.
// Overlap is allowed, loss is not.
type RequisitionSource interface {
	Requisitions(ctx context.Context, cur Cursor) (Page, error)
}

// StatusSource reads submissions (applications, job seekers) whose status may
// have changed since the cursor. A record's ExternalID is the [Receipt.ID] that
// Submit gave for it.
type StatusSource interface {
	Statuses(ctx context.Context, cur Cursor) (Page, error)
}

// CandidateEventSource reads candidate status changes from an internal ATS that
// is polled. Each record's Raw is a [CandidateStatusChanged].
type CandidateEventSource interface {
	CandidateEvents(ctx context.Context, cur Cursor) (Page, error)
}

// CandidateStatusChanged says that a recruiter moved a candidate on a job. It is
// also the data of the hub's own webhook of that name.
type CandidateStatusChanged struct {
	JobID        string    `json:"job_id"`        // id of the job in the internal ATS
	CandidateID  string    `json:"candidate_id"`  // id of the candidate there
	SubmissionID string    `json:"submission_id"` // id of the candidate-on-job there
	Status       string    `json:"status"`        // the internal ATS's own word
	OccurredAt   time.Time `json:"occurred_at"`
}

// SubmissionRef names a submission at the client.
type SubmissionRef struct {
	ID            string // Receipt.ID of Submit
	RequisitionID string // the requisition's external id
	Key           string // our key
}

// PlacementSource reads what the client's system knows of a hire: work order or
// offer. A [NotFound] error means: not there yet.
type PlacementSource interface {
	Placement(ctx context.Context, ref SubmissionRef) (Record, error)
}

// Receipt is the vendor's word that a write took effect.
type Receipt struct {
	ID      string    // the vendor's id of the thing written
	Number  string    // what people call it, if different
	URL     string    // where a person finds it
	At      time.Time // the vendor's clock, or ours
	Existed bool      // it was found by our key and not written again
	// Extra is kept with the receipt for later calls of the same connector, e.g. a
	// candidate id beside the application id.
	Extra map[string]string
}

// SubmissionRequest puts a candidate forward. Fields is vendor-native, made by
// the outbound map of the client's profile.
type SubmissionRequest struct {
	Key           string          // stable: our submission id
	RequisitionID string          // the requisition's external id
	Requisition   json.RawMessage // the requisition's raw record, for forms that it prescribes
	Fields        json.RawMessage
	Resume        *File // nil: none
}

// SubmissionSink writes submissions. Submit looks for Key (or for the natural
// key, where the vendor keeps no reference of ours) before it creates, and gives
// the same receipt when called again. FindSubmission only looks; [NotFound] says
// that nothing is there.
type SubmissionSink interface {
	Submit(ctx context.Context, req SubmissionRequest) (Receipt, error)
	FindSubmission(ctx context.Context, req SubmissionRequest) (Receipt, error)
}

// JobRequest creates or updates a job in the internal ATS. Fields is
// vendor-native, made by the outbound map of the internal ATS's profile.
type JobRequest struct {
	Key    string // stable: our requisition id or number, kept by the vendor as external id
	ID     string // the vendor's id when it is known: then this is an update
	Fields json.RawMessage
}

// JobSink writes jobs. PutJob looks for Key before it creates. FindJob only
// looks; [NotFound] says that nothing is there.
type JobSink interface {
	PutJob(ctx context.Context, req JobRequest) (Receipt, error)
	FindJob(ctx context.Context, key string) (Receipt, error)
}

// CandidateSource reads a candidate, and the résumé as a stream. A nil file
// means that the candidate has none.
type CandidateSource interface {
	Candidate(ctx context.Context, id string) (Record, error)
	Resume(ctx context.Context, candidateID string) (*File, error)
}

// SubmissionSource reads the candidate-on-job record of the internal ATS, with
// the rates the recruiter agreed.
type SubmissionSource interface {
	Submission(ctx context.Context, id string) (Record, error)
}

// StatusRequest sets the status of a candidate on a job in the internal ATS.
type StatusRequest struct {
	Key          string // stable: our stage event id
	SubmissionID string // id of the candidate-on-job
	Status       string // the internal ATS's own word
	Comment      string
}

// StatusSink writes statuses. Setting the status that is set already is no error.
type StatusSink interface {
	PutStatus(ctx context.Context, req StatusRequest) error
}

// BillingRequest writes one billing record. Fields is vendor-native, made by the
// outbound map of the ERP's profile; Bill is what it stands for.
type BillingRequest struct {
	Key    string // our reference, kept on the record
	Bill   Bill
	Fields json.RawMessage
}

// BillingSink writes billing records. PutBilling looks for Key before it
// creates, and reads back what it wrote. FindBilling only looks; [NotFound] says
// that nothing is there.
type BillingSink interface {
	PutBilling(ctx context.Context, req BillingRequest) (Receipt, error)
	FindBilling(ctx context.Context, key string) (Receipt, error)
}

// VendorField is a field of the vendor's own that a map can write or read.
type VendorField struct {
	// Section is the map whose field it is, by its name in a mapping document: job,
	// submission and bill write it; requisition, status, placement, candidate and
	// offered read it.
	Section string
	// Key is what the map has in its place: the cell's key where the map writes (e.g.
	// custom_fields.cost_center), the expression where it reads (e.g. raw.customText1).
	Key      string
	Label    string // as the vendor's people see it
	Type     string // a word for people: text, number, amount, date, choice, ...
	Required bool   // the vendor's people must fill it in
	Options  []FieldOption
}

// FieldOption is one value of a pick list.
type FieldOption struct {
	Value string // as it stands in the vendor's JSON
	Label string // as people see it; often the same
}

// FieldLister reads which fields this account has, its custom fields first of all.
// What a full answer leaves out counts as gone, so half an answer is an error. No
// fields is a valid answer.
type FieldLister interface {
	Fields(ctx context.Context) ([]VendorField, error)
}

// DeclaredStatus is one status word that the vendor's own setup holds.
type DeclaredStatus struct {
	Subject Subject // [SubjectRequisition] or [SubjectSubmission]
	Word    string  // as the status tables key it
	Label   string  // as people see it
}

// StatusLister reads which statuses this account has, per subject in the order in
// which the vendor shows them. What a full answer leaves out counts as gone.
type StatusLister interface {
	DeclaredStatuses(ctx context.Context) ([]DeclaredStatus, error)
}

// Permission is one right that a connection needs, and whether it has it.
type Permission struct {
	Name    string // the vendor's own word, e.g. a scope
	Purpose string // what the hub needs it for
	Granted bool
	Detail  string // what to do when it is missing
}

// Report is the result of a connection test.
type Report struct {
	Account     string // who the vendor says we are
	Permissions []Permission
	ExpiresAt   time.Time // when the vendor ends the credential; zero when it does not say
}

// OK says that no permission is missing.
func (r Report) OK() bool {
	for _, p := range r.Permissions {
		if !p.Granted {
			return false
		}
	}
	return true
}

// Checker tests a connection. Every connector is one. An error means that no
// report could be made (unreachable, refused credentials).
type Checker interface {
	Check(ctx context.Context) (Report, error)
}

// Event is one thing that a webhook delivery says.
type Event struct {
	// DeliveryID is the vendor's id of the delivery; the same id again is ignored.
	// A vendor without one gets a hash of the body.
	DeliveryID string
	// Feed is what the event touches. An event without a Record makes that feed due
	// at once: the hub re-reads instead of trusting the payload.
	Feed Feed
	// Record is the payload itself, where it carries all that is needed (as the
	// hub's own candidate.status_changed does).
	Record *Record
}

// WebhookReceiver proves and reads webhook deliveries. Verify works over the raw
// bytes and refuses whatever is missing or wrong with [Unauthorized]; it is
// called with a clock so that signed timestamps can be checked. DeliveryID is
// called after Verify and must not fail. Events is called later, in a job; no
// events is a valid answer (a ping).
type WebhookReceiver interface {
	Verify(h http.Header, body []byte, now time.Time) error
	DeliveryID(h http.Header, body []byte) string
	Events(h http.Header, body []byte) ([]Event, error)
}

// WebhookUnpacker is a [WebhookReceiver] whose vendor sends packed bodies. Its methods
// get the bytes as they came; Unpacks names the Content-Encoding that it reads, and it
// bounds what comes out. Deliveries to all others are refused when they are packed.
type WebhookUnpacker interface {
	Unpacks(encoding string) bool
}

// WebhookGreeter is a [WebhookReceiver] whose vendor asks, before it signs anything,
// whether its address listens. Greet is called with a delivery that Verify refused.
// It gives the headers of a 200 that answers the question, or nil for whatever is no
// such question. It must give nothing but what came: anybody may ask.
type WebhookGreeter interface {
	Greet(h http.Header, body []byte) http.Header
}
