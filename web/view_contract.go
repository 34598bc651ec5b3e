package web

import "time"

// ContractForm is what was agreed with a client. POST /clients/{id}/contract.
type ContractForm struct {
	TaxRegion    string
	MarginFloor  string
	TaxPercent   string
	PORequired   bool
	ContactName  string
	ContactEmail string
	NetDays      string
	Problems     map[string]string // by field
}

// OrderRow is a purchase order of a client.
type OrderRow struct {
	ID       string
	Number   string
	From     string
	To       string
	Amount   string // formatted, with its currency
	Over     bool   // its time is over
	Unlinked bool
}

// OrdersForm is the state of the forms after a refusal. POST /clients/{id}/orders sends
// number, from, to, amount and currency; /orders/csv sends csv.
type OrdersForm struct {
	Number, From, To, Amount, Currency string
	Error                              string
	CSV                                string
	CSVErrors                          []string // by line
}

// ClientContract is the panel of finance on the page of a client.
type ClientContract struct {
	Allowed bool // the viewer may change it
	Form    ContractForm
	Orders  []OrderRow
	Add     OrdersForm
}

// ApprovalsView is the page at /approvals: how much a role may approve, and who decides
// for whom. POST /approvals/limits sends role, currency and amount, /approvals/limits/drop
// role and currency; POST /approvals/delegations sends to, from and until, and
// /approvals/delegations/{id}/end ends one.
type ApprovalsView struct {
	Page
	Limits      []LimitRow
	Limit       LimitForm
	Delegations []DelegationRow
	Delegate    DelegateForm
}

// LimitRow is the highest amount that one decision of a role may be about.
type LimitRow struct {
	Role     string
	Currency string
	Amount   string
}

// LimitForm is the state of the form after a refusal.
type LimitForm struct {
	Roles    []Option
	Currency string
	Amount   string
	Error    string
}

// DelegationRow lets somebody decide for somebody else.
type DelegationRow struct {
	ID    string
	From  string
	To    string
	Begin time.Time
	Until time.Time
	State string // now, later, over, ended
	End   bool   // the viewer may end it
}

// DelegateForm is the state of the form after a refusal.
type DelegateForm struct {
	Allowed bool
	People  []Option
	From    string
	Until   string
	Error   string
}

func (d DelegationRow) word() word {
	switch d.State {
	case "now":
		return word{"Holds now", ToneOK}
	case "later":
		return word{"Later", ToneInfo}
	case "ended":
		return word{"Taken back", ToneMuted}
	default:
		return word{"Over", ToneMuted}
	}
}
