package staffing

import "github.com/shopspring/decimal"

// RequisitionStatus is the client's state of a requisition.
type RequisitionStatus string

// The states of a requisition. Closed ones carry their reason in the name.
const (
	ReqDraft     RequisitionStatus = "draft"
	ReqPending   RequisitionStatus = "pending_approval"
	ReqOpen      RequisitionStatus = "open"
	ReqOnHold    RequisitionStatus = "on_hold"
	ReqFilled    RequisitionStatus = "filled"
	ReqCancelled RequisitionStatus = "cancelled"
	ReqExpired   RequisitionStatus = "expired"
)

// RequisitionStatuses lists every state.
func RequisitionStatuses() []RequisitionStatus {
	return []RequisitionStatus{ReqDraft, ReqPending, ReqOpen, ReqOnHold, ReqFilled, ReqCancelled, ReqExpired}
}

// Closed says that the client takes no one any more.
func (s RequisitionStatus) Closed() bool {
	return s == ReqFilled || s == ReqCancelled || s == ReqExpired
}

// WorkerType is the kind of engagement the client asks for.
type WorkerType string

// The worker types.
const (
	Contract   WorkerType = "contract"
	TempToPerm WorkerType = "temp_to_perm"
	Permanent  WorkerType = "permanent"
)

// WorkerTypes lists every worker type.
func WorkerTypes() []WorkerType { return []WorkerType{Contract, TempToPerm, Permanent} }

// Location is a place of work. Text keeps the client's own words.
type Location struct {
	Code       string `json:"code,omitempty"` // the client's code, or one from the code list
	Text       string `json:"text,omitempty"`
	Address    string `json:"address,omitempty"`
	City       string `json:"city,omitempty"`
	Region     string `json:"region,omitempty"` // ISO 3166-2 subdivision where known
	PostalCode string `json:"postal_code,omitempty"`
	Country    string `json:"country,omitempty"` // ISO 3166-1 alpha-2 where known
	Remote     bool   `json:"remote,omitempty"`
}

// Allocation is a cost centre with its share.
type Allocation struct {
	Code    string          `json:"code"`
	Name    string          `json:"name,omitempty"`
	Percent decimal.Decimal `json:"percent"` // the shares of a record add up to 100
}

// Contact is a person at the client.
type Contact struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// Question is one entry of the form that a submission must fill in.
type Question struct {
	Name     string   `json:"name"`
	Required bool     `json:"required,omitempty"`
	Type     string   `json:"type,omitempty"` // text, number, date, pick_list, boolean
	Options  []string `json:"options,omitempty"`
	// OptionsComplete says that Options is the whole list; a value outside an
	// incomplete list is not wrong.
	OptionsComplete bool `json:"options_complete,omitempty"`
}

// Requisition is the canonical form of a client's request for workers.
type Requisition struct {
	ExternalID  string            `json:"external_id"`        // the vendor's id, stable
	Number      string            `json:"number,omitempty"`   // what people call it
	Revision    string            `json:"revision,omitempty"` // the vendor's version, if it has one
	Title       string            `json:"title"`
	Description string            `json:"description,omitempty"` // sanitised HTML
	Status      RequisitionStatus `json:"status"`
	RawStatus   string            `json:"raw_status,omitempty"`

	Openings             int      `json:"openings,omitempty"`
	OpeningsTotal        int      `json:"openings_total,omitempty"`
	AcceptingSubmissions bool     `json:"accepting_submissions"`
	MaxSubmissions       int      `json:"max_submissions,omitempty"` // 0: no limit known
	RespondBy            *Instant `json:"respond_by,omitempty"`

	WorkerType   WorkerType       `json:"worker_type,omitempty"`
	Locations    []Location       `json:"locations,omitempty"`
	Department   string           `json:"department,omitempty"`
	StartDate    Date             `json:"start_date,omitempty"`
	EndDate      Date             `json:"end_date,omitempty"`
	HoursPerWeek *decimal.Decimal `json:"hours_per_week,omitempty"`

	BillRate RateRange `json:"bill_rate"`
	PayRate  RateRange `json:"pay_rate"`
	NTE      *Rate     `json:"nte,omitempty"` // highest bill rate allowed
	Salary   RateRange `json:"salary"`        // permanent positions

	PurchaseOrder string       `json:"purchase_order,omitempty"`
	CostCentres   []Allocation `json:"cost_centres,omitempty"`

	HiringManager  Contact        `json:"hiring_manager"`
	URL            string         `json:"url,omitempty"`
	ResumeRequired bool           `json:"resume_required,omitempty"`
	Questions      []Question     `json:"questions,omitempty"`
	CustomFields   map[string]any `json:"custom_fields,omitempty"`
}
