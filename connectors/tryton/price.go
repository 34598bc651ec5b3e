package tryton

import (
	"fmt"

	"github.com/shopspring/decimal"
	"github.com/tributary-hub/tributary/staffing"
)

// priceDigits is Tryton's default for the places of a unit price; more are refused.
const priceDigits = 4

// pricing is a bill line as Tryton can hold it.
type pricing struct {
	quantity decimal.Decimal
	price    decimal.Decimal
	note     string // what the client's own figures were, when they could not be kept
}

// priceLine finds a quantity and a unit price whose product, as Tryton rounds it,
// is the line's amount to the cent. They are the line's own whenever Tryton can
// hold them: it keeps as many places of a quantity as its unit has, four of a
// price, and rounds half to even where the hub rounds half up.
func priceLine(l staffing.BillLine, unitDigits, currencyDigits int32) (pricing, error) {
	if !l.Amount.Equal(l.Amount.Round(currencyDigits)) {
		return pricing{}, &staffing.Error{Code: staffing.Invalid, Field: "lines",
			Message: fmt.Sprintf("the amount %s has more places than its currency has in Tryton (%d)", l.Amount, currencyDigits)}
	}
	p := pricing{quantity: l.Quantity.Round(unitDigits), price: l.UnitPrice.Round(priceDigits)}
	exact := p.quantity.Equal(l.Quantity) && p.price.Equal(l.UnitPrice)
	if !p.gives(l.Amount, currencyDigits) && !p.quantity.IsZero() {
		p.price, exact = l.Amount.DivRound(p.quantity, priceDigits), false
	}
	if !p.gives(l.Amount, currencyDigits) {
		return pricing{}, &staffing.Error{Code: staffing.Invalid, Field: "lines",
			Message: fmt.Sprintf("%s times %s is %s, which Tryton cannot hold with %d places of a quantity and %d of a price", l.Quantity, l.UnitPrice, l.Amount, unitDigits, priceDigits)}
	}
	if !exact {
		p.note = fmt.Sprintf("%s %s at %s", l.Quantity, l.Unit, l.UnitPrice)
	}
	return p, nil
}

func (p pricing) gives(amount decimal.Decimal, currencyDigits int32) bool {
	return p.quantity.Mul(p.price).RoundBank(currencyDigits).Equal(amount)
}
