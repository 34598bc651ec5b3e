package jobs

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

func dollars(amount string) *staffing.Rate {
	return &staffing.Rate{Amount: decimal.RequireFromString(amount), Currency: "USD", Unit: staffing.Hour}
}

func some(s string) *decimal.Decimal {
	d := decimal.RequireFromString(s)
	return &d
}

// soundCase is a placement that passes every check: 26 weeks of 40 hours at 95 USD,
// planned at 98,800 USD.
func soundCase() checking {
	worker := uuid.New()
	return checking{
		client: store.Client{Name: "Acme", Currency: "USD", Contract: store.Contract{TaxRegion: "US-NY", MarginFloor: some("20"), PORequired: true, BillingContactEmail: "bills@acme.test"}},
		terms: &staffing.Placement{JobTitle: "Welder", StartDate: "2026-04-06", EndDate: "2026-10-02", BillRate: dollars("95"), PayRate: dollars("61.75"), OvertimeRate: dollars("142.50"),
			OvertimeMultiplier: some("1.5"), Markup: some("0.5385"), Purchase: "PO-1", TaxRegion: "us-ny", CostCentres: []staffing.Allocation{{Code: "CC-1", Percent: decimal.NewFromInt(100)}}},
		offered: staffing.Offered{BillRate: dollars("95")}, req: staffing.Requisition{NTE: dollars("100")}, today: "2026-04-01",
		orders:  []store.PurchaseOrder{{Number: "PO-1", ValidFrom: "2026-01-01", ValidTo: "2026-12-31", Amount: some("150000"), Currency: "USD"}},
		worker:  worker.String(),
		centres: map[string]string{"CC-1": "Welding"},
	}
}

func (c *checking) other(change func(*staffing.Placement), same bool) {
	o := store.OtherTerms{CandidateID: uuid.New(), Terms: store.Doc(*c.terms)}
	if same {
		o.CandidateID = uuid.MustParse(c.worker)
	}
	change(&o.Terms.V)
	c.others = append(c.others, o)
}

func TestChecksOfAPlacement(t *testing.T) {
	for _, c := range everyCheck(t, soundCase()) {
		if c.Result != staffing.CheckPass {
			t.Errorf("a sound placement has %+v", c)
		}
	}
	fail, warn := staffing.CheckFail, staffing.CheckWarn
	for name, x := range map[string]struct {
		spoil  func(*checking)
		code   string
		result staffing.CheckResult
		says   string
	}{
		"a rate above the NTE":  {func(c *checking) { c.req.NTE = dollars("94.99") }, "RATE_OVER_NTE", fail, "95.00 USD/hour is above the client's limit of 94.99 USD/hour"},
		"a rate above the card": {func(c *checking) { c.req.NTE, c.req.BillRate = nil, staffing.RateRange{Max: some("90")} }, "RATE_OVER_NTE", fail, "90"},
		"a rate above the firm's card": {func(c *checking) {
			c.req.NTE, c.card = nil, map[string]string{"welder": "94 USD/hour", "Fitter": "120 USD/hour"}
		}, "RATE_OVER_NTE", fail, "95.00 USD/hour is above the client's limit of 94.00 USD/hour"},
		"a limit in another measure":         {func(c *checking) { c.req.NTE.Unit = staffing.Day }, "RATE_OVER_NTE", warn, "cannot be compared"},
		"a margin below the floor":           {func(c *checking) { c.client.MarginFloor = some("35.01") }, "MARGIN_FLOOR", fail, "35.00 % is below the floor of 35.01 %"},
		"no pay rate":                        {func(c *checking) { c.terms.PayRate = nil }, "MARGIN_FLOOR", warn, "no pay rate"},
		"a markup that does not fit":         {func(c *checking) { c.terms.Markup = some("0.5") }, "MARKUP_DIFFERS", warn, "50 %"},
		"overtime below the rate":            {func(c *checking) { c.terms.OvertimeRate = dollars("94") }, "OVERTIME_DIFFERS", warn, "below"},
		"overtime that does not fit":         {func(c *checking) { c.terms.OvertimeMultiplier = some("2") }, "OVERTIME_DIFFERS", warn, "142.50"},
		"overtime in another currency":       {func(c *checking) { c.terms.OvertimeRate.Currency = "EUR" }, "OVERTIME_DIFFERS", fail, "EUR"},
		"no purchase order":                  {func(c *checking) { c.terms.Purchase = "" }, "PO_REQUIRED", fail, "Acme"},
		"a purchase order of nobody":         {func(c *checking) { c.terms.Purchase = "PO-2" }, "PO_VALID", fail, "PO-2"},
		"a purchase order that expired":      {func(c *checking) { c.orders[0].ValidTo = "2026-03-31" }, "PO_VALID", fail, "ended on 2026-03-31"},
		"a purchase order that begins late":  {func(c *checking) { c.orders[0].ValidFrom = "2026-05-01" }, "PO_VALID", fail, "begins on 2026-05-01"},
		"a purchase order that ends early":   {func(c *checking) { c.orders[0].ValidTo = "2026-09-01" }, "PO_VALID", warn, "2026-09-01"},
		"a purchase order in euros":          {func(c *checking) { c.orders[0].Currency = "EUR" }, "PO_VALID", fail, "EUR"},
		"a purchase order that is too small": {func(c *checking) { c.orders[0].Amount = some("98799.99") }, "PO_BALANCE", fail, "Planned are 98800 USD"},
		"a purchase order used by others": {func(c *checking) {
			c.other(func(p *staffing.Placement) { p.EndDate = "2026-08-07" }, false)
		}, "PO_BALANCE", fail, "has 81600 left of 150000"},
		"no end, so no plan":      {func(c *checking) { c.terms.EndDate = ""; c.orders[0].ValidTo = "" }, "PO_BALANCE", warn, "not known"},
		"a cost centre of nobody": {func(c *checking) { c.terms.CostCentres[0].Code = "CC-2" }, "COST_CENTRE", fail, "CC-2"},
		"another tax region":      {func(c *checking) { c.terms.TaxRegion = "US-NJ" }, "TAX_REGION", fail, "US-NJ"},
		"no tax region":           {func(c *checking) { c.terms.TaxRegion = "" }, "TAX_REGION", warn, "US-NY"},
		"a start long ago":        {func(c *checking) { c.today = "2026-05-20" }, "START_FAR", warn, "past"},
		"a start far ahead":       {func(c *checking) { c.today = "2025-11-01"; c.orders[0].ValidFrom = "" }, "START_FAR", warn, "ahead"},
		"another job in that time": {func(c *checking) {
			c.other(func(p *staffing.Placement) { p.JobTitle, p.StartDate, p.Purchase = "Fitter", "2026-09-28", "" }, true)
		}, "OVERLAP", warn, "Fitter"},
		"the same placement again":          {func(c *checking) { c.other(func(p *staffing.Placement) { p.Purchase = "" }, true) }, "DUPLICATE", fail, "Welder"},
		"nobody to send the bill to":        {func(c *checking) { c.client.BillingContactEmail = "" }, "BILLING_CONTACT", warn, "Acme"},
		"a rule that says the rate differs": {func(c *checking) { c.offered.BillRate = dollars("94") }, "RATE_DIFFERS", fail, "as a rule says"},
	} {
		t.Run(name, func(t *testing.T) {
			c := soundCase()
			x.spoil(&c)
			var findings []staffing.Finding
			if x.code == "RATE_DIFFERS" {
				findings = []staffing.Finding{{Rule: x.code, Severity: staffing.SeverityError, Message: "as a rule says"}}
			}
			found := false
			for _, got := range c.all(findings) {
				found = found || got.Code == x.code && got.Result == x.result && strings.Contains(got.Message, x.says)
			}
			if !found {
				t.Errorf("got %+v, want %s %s", c.all(findings), x.code, x.result)
			}
		})
	}
}

// everyCheck runs every check once and holds that none is missing on a sound placement.
func everyCheck(t *testing.T, c checking) []staffing.Check {
	t.Helper()
	out := c.all(nil)
	if len(out) != 16 {
		t.Errorf("%d checks ran", len(out))
	}
	return out
}

// Checks read contract, orders and other placements from the database, and what fails
// holds the placement until it is put right.
func TestAFailedCheckHoldsThePlacement(t *testing.T) {
	b := newBench(t)
	sub, p := b.hired("100", "ada")
	if len(p.Checks.V) == 0 || p.State != store.PlacementAwaitingReview {
		t.Errorf("before it is %s with %+v", p.State, p.Checks.V)
	}
	b.must(b.store.SavePurchaseOrder(b.ctx, store.PurchaseOrder{ClientID: p.ClientID, Number: "PO-1", Amount: some("1000"), Currency: "USD"}))
	desk := b.hub.Desk()
	b.must(desk.Recheck(b.ctx, b.finance, p.ID))
	held := b.placement(sub.ID, store.PlacementNeedsAttention)
	if held.Version != p.Version || held.ContentHash != p.ContentHash {
		t.Errorf("a check made version %d of %d", held.Version, p.Version)
	}
	codeIs(t, "a placement beyond its order is approved", desk.Approve(b.ctx, b.finance, p.ID, p.ContentHash), staffing.Conflict)
	b.must(b.store.SavePurchaseOrder(b.ctx, store.PurchaseOrder{ClientID: p.ClientID, Number: "PO-1", Amount: some("100000"), Currency: "USD"}))
	b.must(desk.Recheck(b.ctx, b.finance, p.ID))
	b.must(desk.Approve(b.ctx, b.finance, p.ID, p.ContentHash)) // who only looked again is no editor
	b.placement(sub.ID, store.PlacementPosted)
	codeIs(t, "what is posted is checked again", desk.Recheck(b.ctx, b.finance, p.ID), staffing.Conflict)
	b.noFailures()
}

// The answer to a delta gets lost; it is looked for, and is in the ERP once.
func TestALostAnswerToADelta(t *testing.T) {
	b := newBench(t)
	_, p := b.posted("100", "ada")
	b.must(b.hub.Desk().Amend(b.ctx, b.colleague, p.ID, staffing.Amendment{Kind: staffing.VersionAmendment, Changes: map[string]string{"end_date": "2026-12-31"}, Reason: "longer"}))
	delta := b.bills(p.ID)[1]
	b.erp.next("bill "+delta.Reference, losesAnswer)
	b.must(b.hub.Desk().ApproveBill(b.ctx, b.finance, delta.ID, delta.ContentHash))
	b.eventually("it is found", func() string { return missing(b.bills(p.ID)[1].State == store.BillPosted) })
	if made := b.erp.made("bill", delta.Reference); len(made) != 1 {
		t.Errorf("%d deltas are in the ERP", len(made))
	}
	if x := b.bills(p.ID)[1]; x.ERPNumber == "" || x.PostedAt == nil {
		t.Errorf("the delta is %+v", x)
	}
}
