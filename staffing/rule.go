package staffing

// Severity says what a broken rule does.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"   // blocks: the record waits as "needs attention"
	SeverityWarning Severity = "warning" // flags: the record goes on
)

// Subject is what a rule, a finding or a failure is about.
type Subject string

// The subjects.
const (
	SubjectRequisition Subject = "requisition"
	SubjectSubmission  Subject = "submission"
	SubjectPlacement   Subject = "placement"
	SubjectWebhook     Subject = "webhook"
	SubjectConnection  Subject = "connection"
)

// Rule is one check of a profile. When and Assert are CEL expressions; Message
// may quote values as {{ expression }}.
type Rule struct {
	ID       string   `json:"id" yaml:"id"` // stable, e.g. RATE_OVER_NTE
	On       Subject  `json:"on" yaml:"on"`
	When     string   `json:"when,omitempty" yaml:"when,omitempty"` // empty: always
	Assert   string   `json:"assert" yaml:"assert"`
	Severity Severity `json:"severity" yaml:"severity"`
	Message  string   `json:"message" yaml:"message"`
	Field    string   `json:"field,omitempty" yaml:"field,omitempty"`
}

// Finding is a rule that a record broke.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Message  string   `json:"message"`
	Field    string   `json:"field,omitempty"`
}

// Blocked says whether any finding blocks the record.
func Blocked(findings []Finding) bool {
	for _, f := range findings {
		if f.Severity == SeverityError {
			return true
		}
	}
	return false
}

// GapKind says what a mapping does not know.
type GapKind string

// The kinds of mapping gap.
const (
	GapStatus   GapKind = "status"   // a vendor status that no status table knows
	GapCode     GapKind = "code"     // a value that a code list does not hold
	GapRequired GapKind = "required" // a required canonical field came out empty
	GapValue    GapKind = "value"    // an expression gave a value of the wrong form
	GapField    GapKind = "field"    // a field in the vendor's records that no cell reads
	GapOption   GapKind = "option"   // a value of ours that the vendor's pick list does not have
)

// Holds says that records wait for such a gap. The others tell of something that a
// person may want to look at.
func (k GapKind) Holds() bool { return k != GapField && k != GapOption }

// Gap is a place where a mapping met something it does not know. It blocks the
// record that has it and moves nothing.
type Gap struct {
	Kind    GapKind `json:"kind"`
	Field   string  `json:"field"` // the cell or table that closes it, e.g. requisition.status
	Value   string  `json:"value"` // what was met; empty for a required field
	Message string  `json:"message"`
}

// Client is what maps and rules may know of a client.
type Client struct {
	Code     string `json:"code"` // stable, unique; the key of the party at the ERP
	Name     string `json:"name"`
	Currency string `json:"currency,omitempty"` // ISO 4217
	Timezone string `json:"timezone,omitempty"` // IANA
}
