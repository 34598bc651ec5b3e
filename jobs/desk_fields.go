package jobs

import (
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

// deskField is a term that a person may set, as they type it.
type deskField struct {
	name, label string
	set         func(p *staffing.Placement, text string) error
}

var deskFields = []deskField{
	{"start_date", "Start date", func(p *staffing.Placement, s string) error { return setDate(&p.StartDate, "start_date", s) }},
	{"end_date", "End date", func(p *staffing.Placement, s string) error { return setDate(&p.EndDate, "end_date", s) }},
	{"worker_type", "Worker type", setWorkerType},
	{"bill_rate", "Bill rate", func(p *staffing.Placement, s string) error {
		return setRate(&p.BillRate, "bill_rate", s, staffing.Hour)
	}},
	{"pay_rate", "Pay rate", func(p *staffing.Placement, s string) error { return setRate(&p.PayRate, "pay_rate", s, staffing.Hour) }},
	{"fee", "Placement fee", func(p *staffing.Placement, s string) error { return setRate(&p.Fee, "fee", s, staffing.Flat) }},
	{"currency", "Currency", setCurrency},
	{"hours_per_week", "Hours per week", setHours},
	{"purchase_order", "Purchase order", func(p *staffing.Placement, s string) error { return setText(&p.Purchase, "purchase_order", s) }},
	{"cost_centre", "Cost centre", setCostCentres},
	{"overtime_rate", "Bill rate of overtime", func(p *staffing.Placement, s string) error {
		return setRate(&p.OvertimeRate, "overtime_rate", s, staffing.Hour)
	}},
	{"overtime_multiplier", "Overtime multiplier", func(p *staffing.Placement, s string) error {
		return setFactor(&p.OvertimeMultiplier, "overtime_multiplier", s)
	}},
	{"billing_codes", "Billing codes", setBillingCodes},
	{"tax_region", "Tax region", func(p *staffing.Placement, s string) error { return setText(&p.TaxRegion, "tax_region", s) }},
	{"approver", "Approver of time", func(p *staffing.Placement, s string) error { return setContact(&p.Approver, "approver", s) }},
	{"bill_to", "Invoice goes to", func(p *staffing.Placement, s string) error { return setText(&p.BillTo, "bill_to", s) }},
	{"billing_contact", "Billing contact", func(p *staffing.Placement, s string) error {
		return setContact(&p.BillingContact, "billing_contact", s)
	}},
	{"timesheet_cycle", "Timesheet cycle", func(p *staffing.Placement, s string) error { return setText(&p.TimesheetCycle, "timesheet_cycle", s) }},
	{"billing_cycle", "Billing cycle", func(p *staffing.Placement, s string) error { return setText(&p.BillingCycle, "billing_cycle", s) }},
	{"net_days", "Due after days", func(p *staffing.Placement, s string) error { return setDays(&p.NetDays, "net_days", s) }},
	{"guarantee_days", "Guarantee in days", func(p *staffing.Placement, s string) error { return setDays(&p.GuaranteeDays, "guarantee_days", s) }},
	{"work_site", "Work site", func(p *staffing.Placement, s string) error { return setText(&p.WorkSite, "work_site", s) }},
}

func wrongTerm(field, format string, args ...any) error {
	e := staffing.Errorf(staffing.Invalid, format, args...)
	e.Field = field
	return e
}

func setDate(to *staffing.Date, field, s string) error {
	if s == "" {
		*to = ""
		return nil
	}
	d, err := staffing.ParseDate(s)
	if err != nil {
		return wrongTerm(field, "A date such as 2026-12-31 is needed, not %q.", s)
	}
	*to = d
	return nil
}

const maxText = 200

// setText takes one line; an empty one says that there is none.
func setText(to *string, field, s string) error {
	if len([]rune(s)) > maxText || strings.ContainsFunc(s, unicode.IsControl) {
		return wrongTerm(field, "One line of at most %d characters is needed.", maxText)
	}
	*to = s
	return nil
}

func setWorkerType(p *staffing.Placement, s string) error {
	for _, t := range staffing.WorkerTypes() {
		if string(t) == s {
			p.WorkerType = t
			return nil
		}
	}
	return wrongTerm("worker_type", "The worker type is contract, temp_to_perm or permanent, not %q.", s)
}

var amountForm = regexp.MustCompile(`^(\d{1,9}(?:\.\d{1,4})?)(?:\s+([A-Z]{3}))?(?:\s*/\s*(hour|day|week|month|year))?$`)

// setRate takes "95", "95.50 USD" or "760 EUR/day"; what is not said stays.
func setRate(to **staffing.Rate, field, s string, unit staffing.Unit) error {
	m := amountForm.FindStringSubmatch(s)
	if m == nil {
		return wrongTerm(field, "An amount such as 95.50, 95.50 USD or 760.00 EUR/day is needed, not %q.", s)
	}
	amount, err := decimal.NewFromString(m[1])
	if err != nil || !amount.IsPositive() {
		return wrongTerm(field, "The amount must be more than zero.")
	}
	rate := staffing.Rate{Unit: unit}
	if *to != nil {
		rate = **to
	}
	rate.Amount = amount
	if m[2] != "" {
		rate.Currency = m[2]
	}
	if m[3] != "" {
		rate.Unit = staffing.Unit(m[3])
	}
	*to = &rate
	return nil
}

var currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)

func setCurrency(p *staffing.Placement, s string) error {
	if !currencyForm.MatchString(s) {
		return wrongTerm("currency", "A currency is three capitals such as USD, not %q.", s)
	}
	for _, r := range []**staffing.Rate{&p.BillRate, &p.PayRate, &p.Fee, &p.OvertimeRate} {
		if *r != nil {
			changed := **r
			changed.Currency = s
			*r = &changed
		}
	}
	return nil
}

// numberForm is what a share or a number of hours may look like. A decimal's own
// parser takes 1e999999999 too, and the sum then takes all memory.
var numberForm = regexp.MustCompile(`^\d{1,3}(\.\d{1,6})?$`)

func setHours(p *staffing.Placement, s string) error {
	d, err := decimal.NewFromString(s)
	if !numberForm.MatchString(s) || err != nil || !d.IsPositive() || d.GreaterThan(decimal.NewFromInt(168)) {
		return wrongTerm("hours_per_week", "The hours per week lie between 0 and 168, not %q.", s)
	}
	p.HoursPerWeek = &d
	return nil
}

// setCostCentres takes one code, or CODE:60,CODE:40 in percent.
func setCostCentres(p *staffing.Placement, s string) error {
	var out []staffing.Allocation
	sum, hundred := decimal.Zero, decimal.NewFromInt(100)
	parts := strings.Split(s, ",")
	for _, part := range parts {
		code, share, split := strings.Cut(strings.TrimSpace(part), ":")
		percent := hundred
		if split {
			var err error
			share = strings.TrimSuffix(strings.TrimSpace(share), "%")
			if percent, err = decimal.NewFromString(share); !numberForm.MatchString(share) || err != nil || !percent.IsPositive() {
				return wrongTerm("cost_centre", "The share of cost centre %s must be a percentage, not %q.", code, share)
			}
		}
		if code = strings.TrimSpace(code); code == "" || len(code) > 100 {
			return wrongTerm("cost_centre", "A cost centre is a code, or several as CODE:60,CODE:40.")
		}
		sum = sum.Add(percent)
		out = append(out, staffing.Allocation{Code: code, Percent: percent})
	}
	if !sum.Equal(hundred) {
		return wrongTerm("cost_centre", "The shares of the cost centres add up to %s and not to 100.", sum)
	}
	p.CostCentres = out
	return nil
}

// setFactor takes a number such as 1.5; an empty text says that there is none.
func setFactor(to **decimal.Decimal, field, s string) error {
	if s == "" {
		*to = nil
		return nil
	}
	d, err := decimal.NewFromString(s)
	if !numberForm.MatchString(s) || err != nil || !d.IsPositive() {
		return wrongTerm(field, "A number such as 1.5 is needed, not %q.", s)
	}
	*to = &d
	return nil
}

// longestTerm is ten years; nobody waits longer for money.
const longestTerm = 3650

// setDays takes a number of days; an empty text says that there is none.
func setDays(to **int, field, s string) error {
	if s == "" {
		*to = nil
		return nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > longestTerm || strconv.Itoa(n) != s {
		return wrongTerm(field, "A number of days such as 30 is needed, not %q.", s)
	}
	*to = &n
	return nil
}

// setContact takes "Ann Lee <ann@example.com>", a name, or an address alone.
func setContact(to *staffing.Contact, field, s string) error {
	var c staffing.Contact
	if err := setText(&c.Name, field, s); err != nil {
		return err
	}
	if strings.Contains(s, "@") {
		a, err := mail.ParseAddress(s)
		if err != nil {
			return wrongTerm(field, "A name and an address such as Ann Lee <ann@example.com> are needed, not %q.", s)
		}
		c.Name, c.Email = a.Name, a.Address
	}
	*to = c
	return nil
}

// setBillingCodes takes NAME=CODE, several with commas; an empty text: none.
func setBillingCodes(p *staffing.Placement, s string) error {
	out := map[string]string{}
	for part := range strings.SplitSeq(s, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, code, ok := strings.Cut(part, "=")
		name, code = strings.TrimSpace(name), strings.TrimSpace(code)
		if !ok || name == "" || code == "" {
			return wrongTerm("billing_codes", "Billing codes are written NAME=CODE, with commas between them, not %q.", s)
		}
		if err := setText(&code, "billing_codes", code); err != nil {
			return err
		}
		out[name] = code
	}
	p.BillingCodes = out
	return nil
}
