package jobs

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// orderPresent asks for a purchase order where the contract wants one.
func (c checking) orderPresent() staffing.Check {
	const code, field = "PO_REQUIRED", "purchase_order"
	switch {
	case c.terms.Purchase != "":
		return passed(code, field, "The purchase order is %s.", c.terms.Purchase)
	case c.client.PORequired:
		return failed(code, field, "%s pays nothing without a purchase order, and there is none.", c.client.Name)
	}
	return passed(code, field, "The contract asks for no purchase order.")
}

// order finds the purchase order; known is false when the hub keeps none of the
// client, or the terms name none.
func (c checking) order() (po *store.PurchaseOrder, known bool) {
	for i := range c.orders {
		if c.orders[i].Number == c.terms.Purchase {
			return &c.orders[i], true
		}
	}
	return nil, len(c.orders) > 0 && c.terms.Purchase != ""
}

// orderValid holds the dates and the currency against the purchase order.
func (c checking) orderValid() staffing.Check {
	const code, field = "PO_VALID", "purchase_order"
	po, known := c.order()
	if !known {
		return staffing.Check{}
	}
	t := c.terms
	_, currency, _ := t.Planned()
	switch {
	case po == nil && c.client.PORequired:
		return failed(code, field, "The purchase order %s is none that %s has given.", t.Purchase, c.client.Name)
	case po == nil:
		return warned(code, field, "The purchase order %s is none that is kept of %s.", t.Purchase, c.client.Name)
	case po.ValidTo != "" && (po.ValidTo < t.StartDate || po.ValidTo < c.today):
		return failed(code, field, "The purchase order %s ended on %s.", po.Number, po.ValidTo)
	case po.ValidFrom != "" && t.StartDate != "" && po.ValidFrom > t.StartDate:
		return failed(code, field, "The purchase order %s begins on %s, after the start on %s.", po.Number, po.ValidFrom, t.StartDate)
	case po.Currency != "" && currency != "" && po.Currency != currency:
		return failed(code, field, "The purchase order %s is in %s, the placement in %s.", po.Number, po.Currency, currency)
	case po.ValidTo != "" && (t.EndDate == "" || t.EndDate > po.ValidTo):
		return warned(code, field, "The purchase order %s ends on %s, before the placement.", po.Number, po.ValidTo)
	}
	return passed(code, field, "The purchase order %s holds for the dates.", po.Number)
}

// orderBalance holds what is planned against what the purchase order has left after
// the other placements that are charged to it.
func (c checking) orderBalance() staffing.Check {
	const code, field = "PO_BALANCE", "purchase_order"
	po, _ := c.order()
	if po == nil || po.Amount == nil {
		return staffing.Check{}
	}
	planned, currency, ok := c.terms.Planned()
	if !ok {
		return warned(code, field, "What is planned is not known, so the purchase order's balance is not either: an end date or a rate is missing.")
	}
	left := *po.Amount
	for _, o := range c.others {
		if amount, _, ok := o.Terms.V.Planned(); ok && o.Terms.V.Purchase == po.Number {
			left = left.Sub(amount)
		}
	}
	if planned.GreaterThan(left) {
		return failed(code, field, "Planned are %s %s; the purchase order %s has %s left of %s.", planned, currency, po.Number, decimal.Max(left, decimal.Zero), po.Amount)
	}
	return passed(code, field, "Planned are %s %s; the purchase order %s has %s left of %s.", planned, currency, po.Number, left, po.Amount)
}

// costCentre looks the cost centres up in the client's code list, by code or value.
func (c checking) costCentre() staffing.Check {
	const code, field = "COST_CENTRE", "cost_centres"
	if c.centres == nil || len(c.terms.CostCentres) == 0 {
		return staffing.Check{}
	}
	valid := map[string]bool{}
	for key, value := range c.centres {
		valid[key], valid[value] = true, true
	}
	var unknown []string
	for _, a := range c.terms.CostCentres {
		if !valid[a.Code] {
			unknown = append(unknown, a.Code)
		}
	}
	if len(unknown) > 0 {
		return failed(code, field, "The code list %s does not have %s.", costCentreList, strings.Join(unknown, ", "))
	}
	return passed(code, field, "The code list %s has the cost centres.", costCentreList)
}

func (c checking) taxRegion() staffing.Check {
	const code, field = "TAX_REGION", "tax_region"
	agreed, has := c.client.TaxRegion, c.terms.TaxRegion
	switch {
	case agreed == "":
		return staffing.Check{}
	case has == "":
		return warned(code, field, "The contract is for the tax region %s; the placement names none.", agreed)
	case !strings.EqualFold(agreed, has):
		return failed(code, field, "The placement is in the tax region %s; the contract is for %s.", has, agreed)
	}
	return passed(code, field, "The tax region is that of the contract, %s.", agreed)
}

func (c checking) startNear() staffing.Check {
	const code, field = "START_FAR", "start_date"
	start := c.terms.StartDate
	switch {
	case start == "":
		return staffing.Check{}
	case start < c.today.AddDays(-longestBack):
		return warned(code, field, "The start on %s is more than %d days past.", start, longestBack)
	case start > c.today.AddDays(longestAhead):
		return warned(code, field, "The start on %s is more than %d days ahead.", start, longestAhead)
	}
	return passed(code, field, "The start on %s is near today.", start)
}

// overlap finds another placement of the worker at the client in the same time.
func (c checking) overlap() staffing.Check {
	const code, field = "OVERLAP", "start_date"
	for _, o := range c.others {
		t := o.Terms.V
		if o.CandidateID.String() == c.worker && t.StartDate != "" && (c.terms.EndDate == "" || t.StartDate <= c.terms.EndDate) && (t.EndDate == "" || t.EndDate >= c.terms.StartDate) {
			return warned(code, field, "The worker has another placement at %s in that time: %s, from %s to %s.", c.client.Name, first(t.JobTitle, "another job"), t.StartDate, first(string(t.EndDate), "no end"))
		}
	}
	return passed(code, field, "The worker has no other placement at %s in that time.", c.client.Name)
}

// duplicate finds the same engagement a second time.
func (c checking) duplicate() staffing.Check {
	const code, field = "DUPLICATE", "start_date"
	for _, o := range c.others {
		t := o.Terms.V
		same := t.StartDate == c.terms.StartDate && t.JobTitle == c.terms.JobTitle || t.ExternalID != "" && t.ExternalID == c.terms.ExternalID
		if o.CandidateID.String() == c.worker && same {
			return failed(code, field, "The worker has the same placement already: %s from %s on.", first(t.JobTitle, "a job"), t.StartDate)
		}
	}
	return passed(code, field, "It is no duplicate of an earlier placement.")
}

func (c checking) billingContact() staffing.Check {
	const code, field = "BILLING_CONTACT", "billing_contact"
	for _, email := range []string{c.terms.BillingContact.Email, c.client.BillingContactEmail} {
		if email != "" {
			return passed(code, field, "The bill goes to %s.", email)
		}
	}
	return warned(code, field, "Nobody at %s is named to send bills to.", c.client.Name)
}
