package jobs

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// costCentreList is the code list of a client's connection that its cost centres
// are held against.
const costCentreList = "cost_centres"

// rateCardList is the code list with the highest bill rate by job title, written
// "95.00 USD/hour". It counts where the requisition names no limit.
const rateCardList = "rate_card"

// A start that lies further from today than this is looked at.
const (
	longestBack  = 30  // days
	longestAhead = 120 // days
)

// checking is what the built-in checks of a placement look at.
type checking struct {
	client  store.Client
	terms   *staffing.Placement
	offered staffing.Offered
	req     staffing.Requisition
	today   staffing.Date
	orders  []store.PurchaseOrder // of the client
	others  []store.OtherTerms    // of the same worker, or on the same purchase order
	worker  string                // id of the candidate
	centres map[string]string     // nil: there is no list
	card    map[string]string     // nil: there is no list
}

// checking reads what the checks need.
func (h *Hub) checking(ctx context.Context, tx *store.Tx, f *file, p *store.Placement, terms *staffing.Placement) (c checking, err error) {
	c = checking{client: f.client, terms: terms, offered: f.sub.Canonical.V.Offered, req: f.req.Canonical.V, today: todayOf(f.client, h.now()), worker: f.sub.CandidateID.String()}
	if c.orders, err = tx.PurchaseOrders(ctx, f.client.ID); err != nil {
		return c, err
	}
	if c.others, err = tx.OtherPlacements(ctx, *p, f.sub.CandidateID, terms.Purchase); err != nil {
		return c, err
	}
	for name, to := range map[string]*map[string]string{costCentreList: &c.centres, rateCardList: &c.card} {
		if *to, _, err = tx.CodeList(ctx, f.sub.ConnectionID, name); err != nil && staffing.CodeOf(err) != staffing.NotFound {
			return c, err
		}
	}
	return c, nil
}

// todayOf is the date at the client.
func todayOf(c store.Client, now time.Time) staffing.Date {
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		zone = time.UTC
	}
	return staffing.DateOf(now.In(zone))
}

// all runs the checks that fit the placement. What a rule decides already, its
// finding decides.
func (c checking) all(findings []staffing.Finding) (out []staffing.Check) {
	for _, r := range c.ruled() {
		for _, f := range findings {
			if f.Rule == r.Code {
				r.Result, r.Message, r.Field = resultOf(f.Severity), f.Message, f.Field
			}
		}
		out = append(out, r)
	}
	for _, check := range []func() staffing.Check{c.limit, c.margin, c.markup, c.overtime, c.orderPresent, c.orderValid, c.orderBalance,
		c.costCentre, c.taxRegion, c.startNear, c.overlap, c.duplicate, c.billingContact} {
		if r := check(); r.Code != "" {
			out = append(out, r)
		}
	}
	return out
}

func resultOf(s staffing.Severity) staffing.CheckResult {
	if s == staffing.SeverityError {
		return staffing.CheckFail
	}
	return staffing.CheckWarn
}

func passed(code, field, format string, args ...any) staffing.Check {
	return staffing.Check{Code: code, Result: staffing.CheckPass, Field: field, Message: fmt.Sprintf(format, args...)}
}

func warned(code, field, format string, args ...any) staffing.Check {
	return staffing.Check{Code: code, Result: staffing.CheckWarn, Field: field, Message: fmt.Sprintf(format, args...)}
}

func failed(code, field, format string, args ...any) staffing.Check {
	return staffing.Check{Code: code, Result: staffing.CheckFail, Field: field, Message: fmt.Sprintf(format, args...)}
}

// ruled are the checks that the baseline makes as rules, which a profile may change,
// as they read when no rule speaks.
func (c checking) ruled() []staffing.Check {
	rate := "The bill rate is the agreed one."
	if c.offered.BillRate == nil {
		rate = "No bill rate was agreed in the submission, so there is nothing to hold the client's against."
	}
	currency := "The currency is that of the agreement."
	if c.client.Currency != "" {
		currency = "The currency is that of the client, " + c.client.Currency + ", or of the offer."
	}
	return []staffing.Check{passed("RATE_DIFFERS", "bill_rate", "%s", rate), passed("CURRENCY_MISMATCH", "bill_rate.currency", "%s", currency),
		passed("PAY_ABOVE_BILL", "pay_rate", "The pay rate is not above the bill rate.")}
}

func sameMeasure(a, b *staffing.Rate) bool {
	return a != nil && b != nil && a.Currency == b.Currency && a.Unit == b.Unit
}

// carded gives the highest rate that the client's rate card has for the job; nil: none.
func (c checking) carded() *staffing.Rate {
	var rate *staffing.Rate
	for title, text := range c.card {
		if strings.EqualFold(strings.TrimSpace(title), c.terms.JobTitle) && setRate(&rate, "bill_rate", strings.TrimSpace(text), staffing.Hour) == nil {
			return rate
		}
	}
	return nil
}

// limit holds the bill rate against the requisition: its NTE, else its highest rate,
// else the rate card.
func (c checking) limit() staffing.Check {
	const code, field = "RATE_OVER_NTE", "bill_rate"
	most, rate := c.req.NTE, c.terms.BillRate
	if most == nil && c.req.BillRate.Max != nil {
		most = &staffing.Rate{Amount: *c.req.BillRate.Max, Currency: c.req.BillRate.Currency, Unit: c.req.BillRate.Unit}
	}
	if most == nil {
		most = c.carded()
	}
	switch {
	case rate == nil:
		return staffing.Check{}
	case most == nil:
		return passed(code, field, "Neither the requisition nor a rate card names a highest rate.")
	case most.Currency != "" && most.Currency != rate.Currency || most.Unit != "" && most.Unit != rate.Unit:
		return warned(code, field, "The bill rate %s cannot be compared with the client's limit of %s.", rate, most)
	case rate.Amount.GreaterThan(most.Amount):
		return failed(code, field, "The bill rate %s is above the client's limit of %s.", rate, most)
	}
	return passed(code, field, "The bill rate %s is within the client's limit of %s.", rate, most)
}

// margin holds bill and pay rate against the floor of the client's contract.
func (c checking) margin() staffing.Check {
	const code, field = "MARGIN_FLOOR", "pay_rate"
	bill, pay, floor := c.terms.BillRate, c.terms.PayRate, c.client.MarginFloor
	switch {
	case bill == nil || c.terms.WorkerType == staffing.Permanent:
		return staffing.Check{}
	case pay == nil && floor != nil:
		return warned(code, field, "There is no pay rate, so the margin cannot be held against the floor of %s %%.", floor)
	case pay == nil:
		return passed(code, field, "There is no pay rate and no floor for the margin.")
	case !sameMeasure(bill, pay):
		return warned(code, field, "Bill rate %s and pay rate %s are not in the same measure; the margin is not known.", bill, pay)
	}
	percent := staffing.Margin(bill.Amount, pay.Amount).Mul(decimal.NewFromInt(100))
	switch {
	case floor == nil:
		return passed(code, field, "The margin is %s %%; the contract names no floor.", percent.StringFixed(2))
	case percent.LessThan(*floor):
		return failed(code, field, "The margin of %s %% is below the floor of %s %%.", percent.StringFixed(2), floor)
	}
	return passed(code, field, "The margin of %s %% is above the floor of %s %%.", percent.StringFixed(2), floor)
}

// markup holds a markup that was given against the one that the rates make.
func (c checking) markup() staffing.Check {
	bill, pay, given := c.terms.BillRate, c.terms.PayRate, c.terms.Markup
	if given == nil || !sameMeasure(bill, pay) {
		return staffing.Check{}
	}
	const code, field = "MARKUP_DIFFERS", "markup"
	made := staffing.Markup(bill.Amount, pay.Amount)
	hundred := decimal.NewFromInt(100)
	if made.Sub(*given).Abs().GreaterThan(decimal.New(1, -3)) {
		return warned(code, field, "The markup is given as %s %%; %s over %s makes %s %%.", given.Mul(hundred), bill, pay, made.Mul(hundred))
	}
	return passed(code, field, "The markup of %s %% fits bill and pay rate.", given.Mul(hundred))
}

// overtime holds a rate for overtime against the bill rate and the multiplier.
func (c checking) overtime() staffing.Check {
	bill, over, times := c.terms.BillRate, c.terms.OvertimeRate, c.terms.OvertimeMultiplier
	if bill == nil || over == nil {
		return staffing.Check{}
	}
	const code, field = "OVERTIME_DIFFERS", "overtime_rate"
	switch {
	case !sameMeasure(bill, over):
		return failed(code, field, "The overtime rate %s is not in the measure of the bill rate %s.", over, bill)
	case over.Amount.LessThan(bill.Amount):
		return warned(code, field, "The overtime rate %s is below the bill rate %s.", over, bill)
	case times != nil && !staffing.RoundMoney(bill.Amount.Mul(*times), bill.Currency).Equal(staffing.RoundMoney(over.Amount, over.Currency)):
		return warned(code, field, "The overtime rate is %s; %s times %s makes another.", over, bill, times)
	}
	return passed(code, field, "The overtime rate %s fits the bill rate.", over)
}
