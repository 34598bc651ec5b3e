package tryton

import (
	"fmt"
	"slices"

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
// hold them: it keeps as many places of a quantity as its unit has (none of a
// "Unit"), four of a price, and rounds half to even where the hub rounds half up.
// Next comes the own quantity at the price that gives the amount, and last one
// piece at the amount; the line's text then says what the figures were.
func priceLine(l staffing.BillLine, unitDigits, currencyDigits int32) (pricing, error) {
	own := pricing{quantity: l.Quantity.Round(unitDigits), price: l.UnitPrice.Round(priceDigits)}
	if own.quantity.Equal(l.Quantity) && own.price.Equal(l.UnitPrice) && own.gives(l.Amount, currencyDigits) {
		return own, nil
	}
	note := fmt.Sprintf("%s %s at %s", l.Quantity, l.Unit, l.UnitPrice)
	tries := []pricing{{own.quantity, own.price, note}, {decimal.NewFromInt(1), l.Amount, note}}
	if !own.quantity.IsZero() {
		tries = slices.Insert(tries, 1, pricing{own.quantity, l.Amount.DivRound(own.quantity, priceDigits), note})
	}
	for _, p := range tries {
		if p.gives(l.Amount, currencyDigits) {
			return p, nil
		}
	}
	return pricing{}, &staffing.Error{Code: staffing.Invalid, Field: "lines",
		Message: fmt.Sprintf("the amount %s has more places than its currency has in Tryton (%d)", l.Amount, currencyDigits)}
}

func (p pricing) gives(amount decimal.Decimal, currencyDigits int32) bool {
	return p.quantity.Mul(p.price).RoundBank(currencyDigits).Equal(amount)
}
