package staffing

import "github.com/shopspring/decimal"

// BillLine is one line of a billing record.
type BillLine struct {
	Description string          `json:"description"`
	Quantity    decimal.Decimal `json:"quantity"`
	Unit        Unit            `json:"unit"`
	UnitPrice   decimal.Decimal `json:"unit_price"`
	Amount      decimal.Decimal `json:"amount"`
	CostCentre  string          `json:"cost_centre,omitempty"`
}

// BillKind is why a bill is sent.
type BillKind string

// The kinds of bill.
const (
	BillFirst  BillKind = "first"  // the first period of a contract placement, or the fee of a permanent one
	BillDelta  BillKind = "delta"  // what an amendment adds or takes away from its day on
	BillCredit BillKind = "credit" // takes back what was billed: quantities and amounts are negative
	BillRebill BillKind = "rebill" // bills what was taken back by the new terms
)

// Bill is a billing record that a placement causes in the ERP. It is always a draft
// there; the ERP's own staff post it.
type Bill struct {
	Reference     string          `json:"reference"`          // our key, found again at the ERP
	Kind          BillKind        `json:"kind,omitempty"`     // "": first, as it was written before there were others
	Corrects      string          `json:"corrects,omitempty"` // the reference of the bill that a credit or rebill is of
	ClientCode    string          `json:"client_code"`
	ClientName    string          `json:"client_name"`
	Item          string          `json:"item,omitempty"` // the code of what every line sells, in the books; empty: the connection's own
	Currency      string          `json:"currency"`
	Date          Date            `json:"date"`
	PeriodFrom    Date            `json:"period_from,omitempty"`
	PeriodTo      Date            `json:"period_to,omitempty"`
	PurchaseOrder string          `json:"purchase_order,omitempty"`
	Lines         []BillLine      `json:"lines"`
	Total         decimal.Decimal `json:"total"`
}

// Tax works out what a percentage of the bill is, in the currency's smallest unit: a hint
// for who approves. What is binding is what the ERP works out.
func (b Bill) Tax(percent decimal.Decimal) decimal.Decimal {
	return RoundMoney(b.Total.Mul(percent).Shift(-2), b.Currency)
}

// Period gives the days that a bill is of.
func (b Bill) Period() Period {
	if b.PeriodFrom != "" {
		return Period{b.PeriodFrom, b.PeriodTo}
	}
	if len(b.Lines) == 0 {
		return Period{b.Date, b.Date}
	}
	return billingPeriod(b.Lines[0].Unit, b.Date)
}

// FirstBill works out the billing record of a placement: one standard week of
// hours (or one day, month or year, by the rate's unit) for a contract placement,
// the fee for a permanent one. A placement that ends within that period is billed
// for its workdays. Amounts are rounded in the currency's smallest unit. It gives an
// [Invalid] error that names the missing field.
func FirstBill(reference, clientCode, clientName string, p Placement) (Bill, error) {
	if err := p.billable(); err != nil {
		return Bill{}, err
	}
	b := Bill{Reference: reference, Kind: BillFirst, ClientCode: clientCode, ClientName: clientName, Date: p.StartDate, PurchaseOrder: p.Purchase}
	span := billingPeriod(p.rateOf().Unit, p.StartDate)
	title := "First period: "
	if p.WorkerType == Permanent {
		title, span = "Placement fee: ", Period{p.StartDate, p.StartDate}
	}
	if p.EndDate >= p.StartDate && p.EndDate < span.To {
		span.To = p.EndDate
	}
	p.bill(&b, title, span)
	return b, nil
}

// billable names the first term that a bill lacks.
func (p Placement) billable() error {
	missing := func(field, what string) error {
		return &Error{Code: Invalid, Field: field, Message: "the bill cannot be worked out: the placement has no " + what}
	}
	r := p.rateOf()
	switch {
	case p.StartDate == "":
		return missing("start_date", "start date")
	case p.WorkerType == Permanent && r == nil:
		return missing("fee", "fee")
	case r == nil || p.WorkerType != Permanent && r.IsZero():
		return missing("bill_rate", "bill rate")
	case r.Currency == "":
		return missing("bill_rate.currency", "currency")
	}
	return nil
}

// bill adds the lines that a span of days costs by the terms of p.
func (p Placement) bill(b *Bill, title string, span Period) {
	r := p.rateOf()
	line := BillLine{Description: title + p.WorkerName, Unit: r.Unit, UnitPrice: r.Amount, Quantity: decimal.NewFromInt(1)}
	if p.WorkerType == Permanent {
		line.Unit = Flat
	} else {
		line.Quantity = p.quantity(r.Unit, span)
	}
	if p.JobTitle != "" {
		line.Description += ", " + p.JobTitle
	}
	line.Amount = RoundMoney(line.Quantity.Mul(line.UnitPrice), r.Currency)
	b.Currency, b.PeriodFrom, b.PeriodTo = r.Currency, span.From, span.To
	b.add(splitLine(line, p.CostCentres, r.Currency)...)
}

// add appends lines and counts their amounts.
func (b *Bill) add(lines ...BillLine) {
	for _, l := range lines {
		b.Lines, b.Total = append(b.Lines, l), b.Total.Add(l.Amount)
	}
}

// splitLine spreads a line over cost centres; the amounts add up to the whole.
func splitLine(line BillLine, centres []Allocation, currency string) []BillLine {
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
		part.Amount = RoundMoney(line.Amount.Mul(c.Percent).Div(hundred), currency)
		if i == len(centres)-1 {
			part.Quantity, part.Amount = leftQty, left
		}
		left, leftQty = left.Sub(part.Amount), leftQty.Sub(part.Quantity)
		out = append(out, part)
	}
	return out
}
