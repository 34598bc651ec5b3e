package web

import "time"

// ReconciliationView is the page at /reconciliation, with from, to and client. POST
// /reconciliation sends the same and begins a comparison; /reconciliation/csv gives its
// rows; POST /reconciliation/periods closes a month and /reconciliation/periods/reopen
// opens it again.
type ReconciliationView struct {
	Page
	From, To string
	Clients  []Option
	Client   string
	Problem  string
	Run      *ReconciliationRun
	Rows     []ReconciliationRow
	Counts   []Field
	CSVURL   string
	Closed   []ClosedPeriod
	Close    ClosedForm
	MayClose bool
}

// ReconciliationRun says how a comparison stands.
type ReconciliationRun struct {
	State   string // running, done, failed
	ERP     string
	Error   string
	By      string
	At      time.Time
	CutOff  bool
	CanList bool
}

// ReconciliationRow is one bill of the period.
type ReconciliationRow struct {
	ID      string
	URL     string
	Result  string // both, different, only_here, only_there, unknown
	Worker  string
	Client  string
	Kind    string
	Date    string
	Amount  string
	Number  string
	ERPURL  string
	Details []string // the differences, or why
}

// ClosedPeriod is a month whose books are closed.
type ClosedPeriod struct {
	Month string // 2026-04
	Note  string
	By    string
	At    time.Time
}

// ClosedForm is the state of the form after a refusal.
type ClosedForm struct {
	Month string
	Note  string
	Error string
}

func (r ReconciliationRow) word() word {
	switch r.Result {
	case "both":
		return word{"In both", ToneOK}
	case "different":
		return word{"Different", ToneBad}
	case "only_here":
		return word{"Only here", ToneWarn}
	case "only_there":
		return word{"Only there", ToneWarn}
	default:
		return word{"Not known", ToneMuted}
	}
}
