package fieldglass

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

// rates writes one row for each rate class of the posting. @rateType says which
// side the supplier must fill in; the other goes along when it is known. Overtime
// follows from straight time by the posting's own factor.
func (f fields) rates(posting obj, found *problems) []any {
	position := at(posting, "StaffingPosition")
	payRequired := yes(at(position, "PositionRules", "PayRateRequired"))
	out := []any{}
	for _, asked := range many(at(position, "Rates")) {
		class := text(asked["Class"])
		bill, pay := f.side(asked, "BillAmount", f.ClassRates[class].Bill, f.BillRate, found), f.side(asked, "PayAmount", f.ClassRates[class].Pay, f.PayRate, found)
		side := strings.ToLower(text(asked["@rateType"]))
		if side != "pay" && bill == nil {
			found.add("BILL_RATE_REQUIRED", "bill_rate", "the job posting asks for a bill rate for "+class)
		}
		if (side == "pay" || payRequired) && pay == nil {
			found.add("PAY_RATE_REQUIRED", "pay_rate", "the job posting asks for a pay rate for "+class)
		}
		out = append(out, obj{
			"@rateType": text(asked["@rateType"]), "@rateStatus": "agreed",
			"BillAmount":    element(asked, "BillAmount", bill),
			"MinBillAmount": asked["MinBillAmount"], "MaxBillAmount": asked["MaxBillAmount"],
			"PayAmount": element(asked, "PayAmount", pay),
			"Class":     class, "Markup": nil, "Factor": asked["Factor"], "BaseClass": asked["BaseClass"],
		})
	}
	return out
}

// side works out one side of a class: the rate given for that class, else the
// straight-time rate times the factor. It does not convert units or currencies.
func (f fields) side(asked obj, name string, own, straight *amount, found *problems) *decimal.Decimal {
	a := own
	if a == nil {
		a = straight
	}
	if a == nil || a.Amount.IsZero() {
		return nil
	}
	field := strings.ToLower(strings.TrimSuffix(name, "Amount")) + "_rate"
	if currency := text(at(asked, name, "@currency")); currency != "" && a.Currency != "" && !strings.EqualFold(currency, a.Currency) {
		found.add("RATE_CURRENCY", field, "the rate is in "+a.Currency+", the job posting is in "+currency)
	}
	if unit := periodUnit(text(at(asked, name, "@rateAmountPeriod"))); unit != "" && a.Unit != "" && unit != a.Unit {
		found.add("RATE_UNIT", field, "the rate is per "+string(a.Unit)+", the job posting asks per "+string(unit))
	}
	v := a.Amount
	if own == nil {
		if factor, err := decimal.NewFromString(text(asked["Factor"])); err == nil && factor.IsPositive() {
			v = v.Mul(factor)
		}
	}
	v = v.Round(2)
	return &v
}

func element(asked obj, name string, v *decimal.Decimal) obj {
	out := obj{"@rateAmountPeriod": text(at(asked, name, "@rateAmountPeriod")), "@currency": text(at(asked, name, "@currency")), "$": "0.00"}
	if v != nil {
		out["$"] = v.StringFixed(2)
	}
	return out
}

// periodUnit reads @rateAmountPeriod. "Hr" is the documented one; "" for a word
// that is not known, which is then not checked.
func periodUnit(s string) staffing.Unit {
	switch strings.ToLower(s) {
	case "hr", "hour", "hourly":
		return staffing.Hour
	case "day", "daily":
		return staffing.Day
	case "wk", "week", "weekly":
		return staffing.Week
	case "mo", "mon", "month", "monthly":
		return staffing.Month
	case "yr", "year", "yearly":
		return staffing.Year
	}
	return ""
}
