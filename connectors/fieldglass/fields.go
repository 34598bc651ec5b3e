package fieldglass

import (
	"encoding/json"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

// fields is what the outbound map gives: plain names. The connector writes
// Fieldglass's dialect from it and from the posting's own form.
type fields struct {
	FirstName     string        `json:"first_name"`
	LastName      string        `json:"last_name"`
	Email         string        `json:"email"`
	AvailableFrom staffing.Date `json:"available_from"`
	SecurityID    string        `json:"security_id"`
	BillRate      *amount       `json:"bill_rate"`
	PayRate       *amount       `json:"pay_rate"`
	// ClassRates are rates of single classes (OT, DT); a class without one follows
	// from the straight-time rate by the posting's factor.
	ClassRates    map[string]classRate `json:"rates"`
	Comments      string               `json:"comments"`
	Answers       map[string]any       `json:"answers"` // to the posting's JobSeeker fields, by name
	Quals         map[string]any       `json:"quals"`   // to its qualifications, by name
	WorkerPayType string               `json:"worker_pay_type"`
	RemitTo       string               `json:"remit_to"`
}

type classRate struct {
	Bill *amount `json:"bill"`
	Pay  *amount `json:"pay"`
}

// amount is a rate: the object that the hub's rates have, or a bare decimal.
type amount struct {
	Amount   decimal.Decimal `json:"amount"`
	Currency string          `json:"currency"`
	Unit     staffing.Unit   `json:"unit"`
}

// UnmarshalJSON accepts {"amount","currency","unit"}, "95.00" and 95.
func (a *amount) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		type plain amount
		return json.Unmarshal(b, (*plain)(a))
	}
	return a.Amount.UnmarshalJSON(b)
}
