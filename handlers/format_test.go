package handlers

import (
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

func TestMoneyReadsAsFinanceWritesIt(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"0": "0.00", "95": "95.00", "95.5": "95.50", "95.50": "95.50", "95.1250": "95.125", "1234567.8": "1,234,567.80", "-1234": "-1,234.00", "999.999": "999.999", "1e6": "1,000,000.00"} {
		if got := amount(decimal.RequireFromString(in)); got != want {
			t.Errorf("%s reads %q, want %q", in, got, want)
		}
	}
}

func TestRatesReadWithTheirUnit(t *testing.T) {
	t.Parallel()
	ten, twelve := decimal.NewFromInt(10), decimal.NewFromInt(12)
	for want, got := range map[string]string{
		"":                       rate(nil) + rateRange(staffing.RateRange{Currency: "USD"}),
		"USD 10.00 / hour":       rate(&staffing.Rate{Amount: ten, Currency: "USD", Unit: staffing.Hour}),
		"EUR 10.00":              rate(&staffing.Rate{Amount: ten, Currency: "EUR", Unit: staffing.Flat}),
		"10.00-12.00 / day":      rateRange(staffing.RateRange{Min: &ten, Max: &twelve, Unit: staffing.Day}),
		"USD 12.00":              rateRange(staffing.RateRange{Max: &twelve, Currency: "USD"}),
		"GBP 12.00 / week":       rateRange(staffing.RateRange{Min: &twelve, Max: &twelve, Currency: "GBP", Unit: staffing.Week}),
		"35 %":                   percent(decimal.RequireFromString("0.35")),
		"24.5 %":                 percent(decimal.RequireFromString("0.2449")),
		"CC-1":                   allocations([]staffing.Allocation{{Code: "CC-1", Percent: decimal.NewFromInt(100)}}),
		"CC-1:60,CC-2:40":        allocations([]staffing.Allocation{{Code: "CC-1", Percent: decimal.NewFromInt(60)}, {Code: "CC-2", Percent: decimal.NewFromInt(40)}}),
		"remote":                 location(staffing.Location{Remote: true}),
		"Boston, MA, US, remote": location(staffing.Location{City: "Boston", Region: "MA", Country: "US", Text: "HQ", Remote: true}),
		"HQ":                     location(staffing.Location{Text: "HQ"}),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "the key is none": "The key is none.", "Done!": "Done!", "élan": "Élan.", "\xff?": "\uFFFD?", "x": "X."} {
		if got := sentence(in); got != want {
			t.Errorf("%q reads %q, want %q", in, got, want)
		}
	}
}
