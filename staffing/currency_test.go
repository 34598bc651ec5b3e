package staffing_test

import (
	"testing"

	"golang.org/x/text/currency"

	"github.com/tributary-hub/tributary/staffing"
)

// The domain imports no table of currencies; it is held against one here. Where
// money is counted in daily life without the decimals that ISO 4217 gives it, the
// bill follows ISO 4217, as ERPs do.
func TestMinorUnitsAreThoseOfTheStandard(t *testing.T) {
	for _, code := range []string{"USD", "EUR", "GBP", "CHF", "CAD", "AUD", "INR", "BRL", "MXN", "PLN", "SEK", "HUF", "CZK", "ZAR", "SGD", "CNY",
		"JPY", "KRW", "CLP", "ISK", "VND", "XOF", "XAF", "PYG", "UGX", "KWD", "BHD", "JOD", "OMR", "TND", "LYD"} {
		unit, err := currency.ParseISO(code)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := currency.Standard.Rounding(unit)
		if got := staffing.MinorUnits(code); got != int32(want) {
			t.Errorf("%s has %d decimals, want %d", code, got, want)
		}
	}
}
