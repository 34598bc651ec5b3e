package businesscentral

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

// The places that the hub sends to Business Central: of a quantity and of a unit price. An
// amount has those of its currency.
const (
	quantityPlaces = 4
	pricePlaces    = 4
)

// number is a decimal that stands in JSON as a number, digit by digit.
type number struct{ decimal.Decimal }

// MarshalJSON writes the digits without quotes and without an exponent.
func (n number) MarshalJSON() ([]byte, error) { return []byte(n.String()), nil }

// pricing is a bill line as Business Central can hold it.
type pricing struct {
	quantity, price decimal.Decimal
	note            string // what the bill's own figures were, when they could not be kept
}

// priceLine finds a quantity and a unit price whose product is the line's amount,
// whichever way halves are rounded. They are the line's own whenever Business Central can hold
// them; else the own quantity at the price that gives the amount; else one piece at
// the amount. The line's text then says what the figures were.
func priceLine(l staffing.BillLine, currency string) (pricing, error) {
	places := staffing.MinorUnits(currency)
	own := pricing{quantity: l.Quantity.Round(quantityPlaces), price: l.UnitPrice.Round(pricePlaces)}
	if own.quantity.Equal(l.Quantity) && own.price.Equal(l.UnitPrice) && own.gives(l.Amount, places) {
		return own, nil
	}
	note := fmt.Sprintf("%s %s at %s", l.Quantity, l.Unit, l.UnitPrice)
	tries := []pricing{{own.quantity, own.price, note}, {decimal.NewFromInt(1), l.Amount, note}}
	if !own.quantity.IsZero() {
		tries = slices.Insert(tries, 1, pricing{own.quantity, l.Amount.DivRound(own.quantity, pricePlaces), note})
	}
	for _, p := range tries {
		if p.gives(l.Amount, places) {
			return p, nil
		}
	}
	return pricing{}, &staffing.Error{Code: staffing.Invalid, Field: "lines",
		Message: fmt.Sprintf("the amount %s has more than the %d places of its currency", l.Amount, places)}
}

func (p pricing) gives(amount decimal.Decimal, places int32) bool {
	exact := p.quantity.Mul(p.price)
	return exact.Round(places).Equal(amount) && exact.RoundBank(places).Equal(amount)
}

func money(d decimal.Decimal, currency string) string {
	return d.StringFixed(staffing.MinorUnits(currency))
}
