package staffing

import "github.com/shopspring/decimal"

// Placement is the canonical form of an engagement after a hire. Every rate and
// code comes from the client's system or from a person; nothing is guessed.
type Placement struct {
	ExternalID   string            `json:"external_id,omitempty"` // work order or offer at the client
	Revision     string            `json:"revision,omitempty"`
	Status       string            `json:"status,omitempty"` // the client's word
	WorkerType   WorkerType        `json:"worker_type,omitempty"`
	WorkerName   string            `json:"worker_name"`
	JobTitle     string            `json:"job_title,omitempty"`
	StartDate    Date              `json:"start_date,omitempty"`
	EndDate      Date              `json:"end_date,omitempty"`
	BillRate     *Rate             `json:"bill_rate,omitempty"`
	PayRate      *Rate             `json:"pay_rate,omitempty"`
	Fee          *Rate             `json:"fee,omitempty"` // permanent placements: one fixed fee
	HoursPerWeek *decimal.Decimal  `json:"hours_per_week,omitempty"`
	Purchase     string            `json:"purchase_order,omitempty"`
	CostCentres  []Allocation      `json:"cost_centres,omitempty"`
	BillingCodes map[string]string `json:"billing_codes,omitempty"` // HR-XML CustomerReportingRequirements names
	WorkSite     string            `json:"work_site,omitempty"`
	Approver     Contact           `json:"approver"`
}

// BillLine is one line of a billing record.
type BillLine struct {
	Description string          `json:"description"`
	Quantity    decimal.Decimal `json:"quantity"`
	Unit        Unit            `json:"unit"`
	UnitPrice   decimal.Decimal `json:"unit_price"`
	Amount      decimal.Decimal `json:"amount"`
	CostCentre  string          `json:"cost_centre,omitempty"`
}

// Bill is the one billing record that a placement causes in the ERP: the first
// period of a contract placement, or the fee of a permanent one. It is always a
// draft there; the ERP's own staff post it.
type Bill struct {
	Reference     string          `json:"reference"` // our key, found again at the ERP
	ClientCode    string          `json:"client_code"`
	ClientName    string          `json:"client_name"`
	Currency      string          `json:"currency"`
	Date          Date            `json:"date"`
	PurchaseOrder string          `json:"purchase_order,omitempty"`
	Lines         []BillLine      `json:"lines"`
	Total         decimal.Decimal `json:"total"`
}

// FirstBill works out the billing record of a placement: one standard week of
// hours (or one day, month or year, by the rate's unit) for a contract
// placement, the fee for a permanent one. Amounts are rounded half up to two
// places. It gives an [Invalid] error that names the missing field.
func FirstBill(reference, clientCode, clientName string, p Placement) (Bill, error) {
	b := Bill{Reference: reference, ClientCode: clientCode, ClientName: clientName, Date: p.StartDate, PurchaseOrder: p.Purchase}
	missing := func(field, what string) (Bill, error) {
		return Bill{}, &Error{Code: Invalid, Field: field, Message: "the bill cannot be worked out: the placement has no " + what}
	}
	if p.StartDate == "" {
		return missing("start_date", "start date")
	}
	line := BillLine{Quantity: decimal.NewFromInt(1)}
	switch {
	case p.WorkerType == Permanent && p.Fee == nil:
		return missing("fee", "fee")
	case p.WorkerType == Permanent:
		b.Currency, line.Unit, line.UnitPrice = p.Fee.Currency, Flat, p.Fee.Amount
		line.Description = "Placement fee: " + p.WorkerName
	case p.BillRate == nil || p.BillRate.IsZero():
		return missing("bill_rate", "bill rate")
	default:
		b.Currency, line.Unit, line.UnitPrice = p.BillRate.Currency, p.BillRate.Unit, p.BillRate.Amount
		line.Description = "First period: " + p.WorkerName
		if p.BillRate.Unit == Hour {
			line.Quantity = decimal.NewFromInt(40)
			if p.HoursPerWeek != nil {
				line.Quantity = *p.HoursPerWeek
			}
		}
	}
	if b.Currency == "" {
		return missing("bill_rate.currency", "currency")
	}
	if p.JobTitle != "" {
		line.Description += ", " + p.JobTitle
	}
	b.Lines = splitLine(line, p.CostCentres)
	for _, l := range b.Lines {
		b.Total = b.Total.Add(l.Amount)
	}
	return b, nil
}

// splitLine spreads a line over cost centres; the amounts add up to the whole.
func splitLine(line BillLine, centres []Allocation) []BillLine {
	line.Amount = line.Quantity.Mul(line.UnitPrice).Round(2)
	if len(centres) == 0 {
		return []BillLine{line}
	}
	if len(centres) == 1 {
		line.CostCentre = centres[0].Code
		return []BillLine{line}
	}
	left, leftQty := line.Amount, line.Quantity
	out := make([]BillLine, 0, len(centres))
	hundred := decimal.NewFromInt(100)
	for i, c := range centres {
		part := line
		part.CostCentre = c.Code
		part.Quantity = line.Quantity.Mul(c.Percent).DivRound(hundred, 4)
		part.Amount = line.Amount.Mul(c.Percent).DivRound(hundred, 2)
		if i == len(centres)-1 {
			part.Quantity, part.Amount = leftQty, left
		}
		left, leftQty = left.Sub(part.Amount), leftQty.Sub(part.Quantity)
		out = append(out, part)
	}
	return out
}
