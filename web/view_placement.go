package web

import "time"

// PlacementView is the detail at /placements/{id}.
type PlacementView struct {
	Page
	ID            string
	Worker        string
	Title         string
	Client        string
	WorkerType    string
	SubmissionID  string
	RequisitionID string
	Requisition   string
	State         string
	Since         time.Time
	Version       int
	ContentHash   string // the approve form sends it back as "hash"
	// ApproveBlocked is the sentence why the viewer cannot approve (they edited
	// it, something blocks, it is approved already); empty: they can.
	ApproveBlocked string
	SentBackReason string
	SentBackBy     string
	ApprovedBy     string
	ApprovedAt     time.Time
	CanCorrect     bool // the state allows corrections
	CanSendBack    bool // the state allows it
	CanRetryPost   bool // approved, posting failed: POST /placements/{id}/retry
	Bill           *Bill
	BillProblem    string // why there is no bill
	Terms          []Term
	Margin         string // e.g. 24.5 %
	Markup         string
	Posting        Posting
	Findings       []Finding
	Gaps           []Gap
	Source         Document
	History        []Event
	Effects        []Effect
	Exchanges      []Exchange
	Correction     CorrectionForm
	Checks         []Check
	Bills          []BillCard // oldest first
	Versions       []TermsVersion
	Invoice        []Field // the first invoice that the bill leads to
	Amend          AmendForm
	ERPRefusal     string // the ERP's words, when it did not take the first bill
	ERPField       string // the field that they are about
	Standing       string // whose delegate the approver was; empty: nobody's
}

// Bill is the billing record that the placement causes, formatted.
type Bill struct {
	Reference     string
	ClientCode    string
	ClientName    string
	Currency      string
	Date          string
	PurchaseOrder string
	Lines         []BillLine
	Total         string
}

// BillLine is one line of a bill, formatted.
type BillLine struct {
	Description string
	Quantity    string
	Unit        string
	UnitPrice   string
	Amount      string
	CostCentre  string
}

// Posting says where the billing record stands in the ERP.
type Posting struct {
	System string // name of the ERP connection
	Number string // empty: not posted yet
	URL    string
	At     time.Time
	Error  string // of the last try
}

// Term is one agreed value beside the one that the client's system gave.
type Term struct {
	Field     string // canonical name, the "field" of a correction
	Label     string
	Agreed    string // at submission; empty: nothing was agreed
	Asked     string // of the requisition: NTE, rate card, purchase order; empty: none
	Extracted string // from the client's payload; empty: not given
	Current   string // what the bill uses
	Differs   bool   // agreed and current differ
	// Correction of a person, if any.
	CorrectedBy string
	Reason      string
	CorrectedAt time.Time
	// Source is where the current value came from, when no person set it: a path of the
	// payload and the version of the profile.
	Source string
}

// CorrectionForm is the state of the form after a refused correction.
type CorrectionForm struct {
	Fields []Option // what may be corrected
	Value  string
	Reason string
	Error  string
}
