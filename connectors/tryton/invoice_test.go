package tryton

import (
	"testing"

	"github.com/shopspring/decimal"
)

// A thousandth of a dinar is money too: an amount that differs by one must not read
// the same.
func TestAmountsKeepTheThirdPlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"12": "12.00", "12.5": "12.50", "12.345": "12.345", "12.3450": "12.345", "-0.001": "-0.001", "0": "0.00"} {
		if got := money(decimal.RequireFromString(text)); got != want {
			t.Errorf("%s is written %s, want %s", text, got, want)
		}
	}
}
