package tryton

import (
	"math/rand/v2"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/tributary-hub/tributary/staffing"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func TestPricesAreTheBillsOwnWhereTrytonCanHoldThem(t *testing.T) {
	for _, c := range []struct {
		name, quantity, price, amount string
		digits                        int32
		wantQuantity, wantPrice       string
		noted                         bool
	}{
		{"plain hours", "40", "95.00", "3800.00", 2, "40", "95", false},
		{"four places of a price", "37.5", "95.1234", "3567.13", 2, "37.5", "95.1234", false},
		{"half a cent, which Tryton rounds to even", "37.5", "95.35", "3575.63", 2, "37.5", "95.3501", true},
		{"a share with more places than hours have", "13.3333", "95.00", "1266.66", 2, "13.33", "95.0233", true},
		{"a share of a fee, of which there is no part", "0.4", "25000", "10000.00", 0, "1", "10000", true},
		{"the larger share of a fee", "0.6", "25000", "15000.00", 0, "1", "15000", true},
		{"many pieces at an odd amount", "1000", "0.3333", "333.33", 0, "1", "333.33", true},
	} {
		l := staffing.BillLine{Quantity: dec(c.quantity), Unit: staffing.Hour, UnitPrice: dec(c.price), Amount: dec(c.amount)}
		got, err := priceLine(l, c.digits, 2)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !got.quantity.Equal(dec(c.wantQuantity)) || !got.price.Equal(dec(c.wantPrice)) || (got.note != "") != c.noted {
			t.Errorf("%s: %s at %s (%s), want %s at %s", c.name, got.quantity, got.price, got.note, c.wantQuantity, c.wantPrice)
		}
	}
}

func TestEveryAmountOfCentsCanBePriced(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		l := staffing.BillLine{Quantity: decimal.New(random.Int64N(2_000_000), -4), UnitPrice: decimal.New(random.Int64N(3_000_000), -4)}
		l.Amount = l.Quantity.Mul(l.UnitPrice).Round(2)
		p, err := priceLine(l, int32(random.IntN(3)), 2)
		if err != nil || !p.gives(l.Amount, 2) {
			t.Fatalf("%s at %s is %s: got %+v, %v", l.Quantity, l.UnitPrice, l.Amount, p, err)
		}
	}
}

func TestAnAmountBelowACentIsRefused(t *testing.T) {
	_, err := priceLine(staffing.BillLine{Quantity: dec("1"), UnitPrice: dec("0.005"), Amount: dec("0.005")}, 2, 2)
	if staffing.CodeOf(err) != staffing.Invalid {
		t.Errorf("got %v", err)
	}
}
