package staffing

import (
	"time"

	"github.com/shopspring/decimal"
)

// Placement is the canonical form of an engagement after a hire. Every rate and
// code comes from the client's system or from a person; nothing is guessed.
type Placement struct {
	ExternalID   string           `json:"external_id,omitempty"` // work order or offer at the client
	Revision     string           `json:"revision,omitempty"`
	Status       string           `json:"status,omitempty"` // the client's word
	WorkerType   WorkerType       `json:"worker_type,omitempty"`
	WorkerName   string           `json:"worker_name"`
	JobTitle     string           `json:"job_title,omitempty"`
	StartDate    Date             `json:"start_date,omitempty"`
	EndDate      Date             `json:"end_date,omitempty"`
	BillRate     *Rate            `json:"bill_rate,omitempty"`
	PayRate      *Rate            `json:"pay_rate,omitempty"`
	Fee          *Rate            `json:"fee,omitempty"` // permanent placements: one fixed fee
	HoursPerWeek *decimal.Decimal `json:"hours_per_week,omitempty"`
	// OvertimeRate is the bill rate of overtime. Where only a multiplier is known, the
	// client's programme says what it multiplies.
	OvertimeRate       *Rate             `json:"overtime_rate,omitempty"`
	OvertimeMultiplier *decimal.Decimal  `json:"overtime_multiplier,omitempty"`
	Markup             *decimal.Decimal  `json:"markup,omitempty"` // (bill - pay) / pay as a fraction
	Purchase           string            `json:"purchase_order,omitempty"`
	CostCentres        []Allocation      `json:"cost_centres,omitempty"`
	BillingCodes       map[string]string `json:"billing_codes,omitempty"` // HR-XML CustomerReportingRequirements names
	WorkSite           string            `json:"work_site,omitempty"`
	TaxRegion          string            `json:"tax_region,omitempty"` // a hint; the ERP works tax out
	Approver           Contact           `json:"approver"`             // of the worker's time

	BillTo         string  `json:"bill_to,omitempty"` // who is invoiced, where it is not the client
	BillingContact Contact `json:"billing_contact,omitzero"`
	TimesheetCycle string  `json:"timesheet_cycle,omitempty"` // the client's word, e.g. weekly
	BillingCycle   string  `json:"billing_cycle,omitempty"`   // the client's word
	NetDays        *int    `json:"net_days,omitempty"`        // an invoice is due after so many days
	GuaranteeDays  *int    `json:"guarantee_days,omitempty"`  // permanent: a leaver within them costs the fee

	EffectiveFrom Date    `json:"effective_from,omitempty"` // the first day of changed terms
	Outcome       Outcome `json:"outcome,omitempty"`        // "": it goes on
}

// Outcome says that an engagement did not come about, or is over. A map says it;
// the hub does not read it out of the client's words.
type Outcome string

// The outcomes.
const (
	OutcomeEnded     Outcome = "ended"     // over; the end date says when
	OutcomeCancelled Outcome = "cancelled" // taken back before or after the start
	OutcomeNoShow    Outcome = "no_show"   // the worker never came
)

// Outcomes lists every outcome.
func Outcomes() []Outcome { return []Outcome{OutcomeEnded, OutcomeCancelled, OutcomeNoShow} }

// Void says that nothing of the engagement is to be billed.
func (o Outcome) Void() bool { return o == OutcomeCancelled || o == OutcomeNoShow }

// Source says where a term came from: a cell of the profile's map, or a person.
type Source struct {
	Path           string    `json:"path,omitempty"`            // the map's expression over the payload
	Default        string    `json:"default,omitempty"`         // what stands in where the payload is empty
	ProfileVersion int       `json:"profile_version,omitempty"` // whose map it is
	Person         string    `json:"person,omitempty"`
	Reason         string    `json:"reason,omitempty"`
	At             time.Time `json:"at,omitzero"`
}

// Derive fills in what follows from other terms, and gives the names of what it
// filled: the markup, where bill and pay rate can be compared.
func (p *Placement) Derive() []string {
	if p.Markup != nil || !sameMeasure(p.BillRate, p.PayRate) || p.PayRate.IsZero() {
		return nil
	}
	m := Markup(p.BillRate.Amount, p.PayRate.Amount)
	p.Markup = &m
	return []string{"markup"}
}

// sameMeasure says that two rates are in the same currency and unit.
func sameMeasure(a, b *Rate) bool {
	return a != nil && b != nil && a.Currency == b.Currency && a.Unit == b.Unit
}
