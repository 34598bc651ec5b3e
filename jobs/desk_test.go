package jobs

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

func (b *bench) now(id uuid.UUID) store.Placement {
	b.t.Helper()
	p, err := b.store.Placement(b.ctx, id)
	b.must(err)
	return p
}

func TestFourEyesAndTheHash(t *testing.T) {
	b := newBench(t)
	_, p := b.hired("100", "ada")
	desk := b.hub.Desk()
	b.must(desk.Correct(b.ctx, b.finance, p.ID, "purchase_order", " PO-9 ", "the client's mail"))
	p2 := b.now(p.ID)
	if p2.Canonical.V.Purchase != "PO-9" || p2.Bill.V.PurchaseOrder != "PO-9" || p2.ContentHash == p.ContentHash || p2.Extracted.V.Purchase != "PO-1" {
		t.Errorf("after the correction the placement is %+v", p2)
	}
	codeIs(t, "an editor approves", desk.Approve(b.ctx, b.finance, p.ID, p2.ContentHash), staffing.Forbidden)
	codeIs(t, "the old content is approved", desk.Approve(b.ctx, b.colleague, p.ID, p.ContentHash), staffing.Conflict)
	codeIs(t, "nothing is approved", desk.Approve(b.ctx, b.colleague, uuid.New(), ""), staffing.NotFound)
	codeIs(t, "no reason is given", desk.Correct(b.ctx, b.finance, p.ID, "purchase_order", "PO-9", " "), staffing.Invalid)
	codeIs(t, "a term is corrected that is none", desk.Correct(b.ctx, b.finance, p.ID, "worker_name", "Eve", "a joke"), staffing.Invalid)
	codeIs(t, "it is sent back without a reason", desk.SendBack(b.ctx, b.colleague, p.ID, ""), staffing.Invalid)
	if now := b.now(p.ID); now.State != store.PlacementAwaitingReview || now.Version != p2.Version || b.erp.count("bill "+p.ID.String()) != 0 {
		t.Errorf("what was refused left its mark: %+v", now)
	}
	b.must(desk.SendBack(b.ctx, b.colleague, p.ID, "which cost centre?"))
	codeIs(t, "what was sent back is approved", desk.Approve(b.ctx, b.colleague, p.ID, p2.ContentHash), staffing.Conflict)
	b.must(desk.Correct(b.ctx, b.finance, p.ID, "cost_centre", "CC-2", "the client's mail"))
	b.must(desk.Approve(b.ctx, b.colleague, p.ID, b.now(p.ID).ContentHash))
	codeIs(t, "it is approved twice", desk.Approve(b.ctx, b.colleague, p.ID, b.now(p.ID).ContentHash), staffing.Conflict)
	b.eventually("it is posted", func() string { return missing(b.now(p.ID).State == store.PlacementPosted) })
	codeIs(t, "a posted bill is corrected", desk.Correct(b.ctx, b.finance, p.ID, "purchase_order", "PO-8", "late"), staffing.Conflict)
	codeIs(t, "a posted bill is sent back", desk.SendBack(b.ctx, b.finance, p.ID, "late"), staffing.Conflict)
	if made := b.erp.made("bill", p.ID.String()); len(made) != 1 {
		t.Errorf("%d bills", len(made))
	}
	b.auditIs("job.created placement.corrected placement.sent_back placement.corrected placement.approved placement.posted")
}

func codeIs(t *testing.T, what string, err error, want staffing.Code) {
	t.Helper()
	if staffing.CodeOf(err) != want {
		t.Errorf("%s: %v, want %s", what, err, want)
	}
}

// Each term, as a person types it, and what must not be taken.
func TestCorrectionOfEachTerm(t *testing.T) {
	b := newBench(t)
	_, p := b.hired("100", "ada")
	rate := func(r *staffing.Rate) string {
		if r == nil {
			return "none"
		}
		return r.String()
	}
	number := func(d *decimal.Decimal) string {
		if d == nil {
			return ""
		}
		return d.String()
	}
	days := func(n *int) string {
		if n == nil {
			return ""
		}
		return strconv.Itoa(*n)
	}
	shares := func(all []staffing.Allocation) (s string) {
		for _, a := range all {
			s += a.Code + ":" + a.Percent.String() + " "
		}
		return strings.TrimSpace(s)
	}
	cases := map[string]struct {
		good, bad []string
		shown     []string // for each good one
		get       func(p staffing.Placement) string
	}{
		"start_date":     {[]string{"2026-04-07"}, []string{"7.4.2026", "2026-02-30", "soon"}, []string{"2026-04-07"}, func(p staffing.Placement) string { return string(p.StartDate) }},
		"end_date":       {[]string{"2026-12-31", ""}, []string{"2026-13-01"}, []string{"2026-12-31", ""}, func(p staffing.Placement) string { return string(p.EndDate) }},
		"worker_type":    {[]string{"temp_to_perm", "contract"}, []string{"", "Contract", "robot"}, []string{"temp_to_perm", "contract"}, func(p staffing.Placement) string { return string(p.WorkerType) }},
		"bill_rate":      {[]string{"760.00 USD/day", "95"}, []string{"", "0", "-5", "95,50", "95 usd", "95 USD/fortnight", "NaN", "1e3", "95.12345"}, []string{"760.00 USD/day", "95.00 USD/hour"}, func(p staffing.Placement) string { return rate(p.BillRate) }},
		"pay_rate":       {[]string{"60.10"}, []string{"free"}, []string{"60.10 USD/hour"}, func(p staffing.Placement) string { return rate(p.PayRate) }},
		"fee":            {[]string{"12000 USD"}, []string{"20%"}, []string{"12000.00 USD"}, func(p staffing.Placement) string { return rate(p.Fee) }},
		"currency":       {[]string{"EUR", "USD"}, []string{"", "eur", "EURO"}, []string{"95.00 EUR/hour", "95.00 USD/hour"}, func(p staffing.Placement) string { return rate(p.BillRate) }},
		"hours_per_week": {[]string{"37.5"}, []string{"", "0", "-1", "169", "1e2", "40 h"}, []string{"37.5"}, func(p staffing.Placement) string { return p.HoursPerWeek.String() }},
		"purchase_order": {[]string{"PO 1/2", ""}, []string{strings.Repeat("x", 300), "PO\n1"}, []string{"PO 1/2", ""}, func(p staffing.Placement) string { return p.Purchase }},
		"cost_centre": {[]string{"CC-9", "A:60, B:40%", "A:33.3333,B:33.3333,C:33.3334"}, []string{"", "A:60,B:30", "A:60", ":100", "A:x", "A:100,B:0", "A:1e2", "A,B", strings.Repeat("x", 200)},
			[]string{"CC-9:100", "A:60 B:40", "A:33.3333 B:33.3333 C:33.3334"}, func(p staffing.Placement) string { return shares(p.CostCentres) }},
		"overtime_rate":       {[]string{"142.50 USD"}, []string{"", "a lot"}, []string{"142.50 USD/hour"}, func(p staffing.Placement) string { return rate(p.OvertimeRate) }},
		"overtime_multiplier": {[]string{"1.5", ""}, []string{"0", "-1", "1e2", "half"}, []string{"1.5", ""}, func(p staffing.Placement) string { return number(p.OvertimeMultiplier) }},
		"billing_codes":       {[]string{"Dept=D1, Project = P 2", ""}, []string{"D1", "=D1", "Dept="}, []string{"map[Dept:D1 Project:P 2]", "map[]"}, func(p staffing.Placement) string { return fmt.Sprint(p.BillingCodes) }},
		"tax_region":          {[]string{"US-NY"}, []string{strings.Repeat("x", 300)}, []string{"US-NY"}, func(p staffing.Placement) string { return p.TaxRegion }},
		"bill_to":             {[]string{"Acme Holding"}, []string{"a\nb"}, []string{"Acme Holding"}, func(p staffing.Placement) string { return p.BillTo }},
		"approver":            {[]string{"Ann Lee <ann@example.com>", "Ann"}, []string{"ann@", "a@b c@d"}, []string{"Ann Lee ann@example.com", "Ann "}, func(p staffing.Placement) string { return p.Approver.Name + " " + p.Approver.Email }},
		"billing_contact":     {[]string{"bills@example.com"}, []string{"bills@"}, []string{" bills@example.com"}, func(p staffing.Placement) string { return p.BillingContact.Name + " " + p.BillingContact.Email }},
		"timesheet_cycle":     {[]string{"weekly"}, []string{strings.Repeat("x", 300)}, []string{"weekly"}, func(p staffing.Placement) string { return p.TimesheetCycle }},
		"billing_cycle":       {[]string{"monthly"}, []string{strings.Repeat("x", 300)}, []string{"monthly"}, func(p staffing.Placement) string { return p.BillingCycle }},
		"net_days":            {[]string{"30", "0", ""}, []string{"-1", "1.5", "soon", "99999"}, []string{"30", "0", ""}, func(p staffing.Placement) string { return days(p.NetDays) }},
		"guarantee_days":      {[]string{"60"}, []string{"060"}, []string{"60"}, func(p staffing.Placement) string { return days(p.GuaranteeDays) }},
		"work_site":           {[]string{"Hall 3"}, []string{strings.Repeat("x", 300)}, []string{"Hall 3"}, func(p staffing.Placement) string { return p.WorkSite }},
	}
	desk := b.hub.Desk()
	for _, f := range desk.Fields() {
		c, known := cases[f[0]]
		if !known || f[1] == "" {
			t.Errorf("the term %q (%q) is not in this test", f[0], f[1])
			continue
		}
		for _, text := range c.bad {
			err := desk.Correct(b.ctx, b.finance, p.ID, f[0], text, "a test")
			if staffing.CodeOf(err) != staffing.Invalid || fieldOf(err) != f[0] || b.now(p.ID).Corrections.V[f[0]].By != "" {
				t.Errorf("%s: %.40q is taken, or refused as %v about %q", f[0], text, err, fieldOf(err))
			}
		}
		for i, text := range c.good {
			b.must(desk.Correct(b.ctx, b.finance, p.ID, f[0], text, "a test"))
			now := b.now(p.ID)
			if got := c.get(now.Canonical.V); got != c.shown[i] || now.Corrections.V[f[0]].By != b.finance.Email {
				t.Errorf("%s: %q gives %q, want %q", f[0], text, got, c.shown[i])
			}
		}
		b.uncorrect(p.ID)
	}
	if len(cases) != len(desk.Fields()) {
		t.Errorf("%d terms, %d in this test", len(desk.Fields()), len(cases))
	}
}

// uncorrect takes all corrections back, for the next term of a table.
func (b *bench) uncorrect(id uuid.UUID) {
	b.t.Helper()
	f, err := b.hub.fileOf(b.ctx, id)
	b.must(err)
	b.tx(func(tx *store.Tx) error {
		p, err := tx.LockPlacement(b.ctx, id)
		if err != nil {
			return err
		}
		p.Corrections.V = nil
		if err := b.hub.workOut(b.ctx, tx, &p, f); err != nil {
			return err
		}
		return tx.SaveTerms(b.ctx, p)
	})
}

// Fifty times approvals and corrections race: what is posted is what was approved,
// by somebody who did not edit it.
func TestApprovalAndEditRaced(t *testing.T) {
	b := newBench(t)
	const rounds = 50
	b.requisition("100", "Welder")
	job := *b.synced("100").JobID
	var events []staffing.CandidateStatusChanged
	for i := range rounds {
		id := fmt.Sprint("c", i)
		b.ats.person(id, "Ada", id, id+"@example.com")
		events = append(events, moved(job, id, "Submit"))
	}
	b.tells(events...)
	b.within(2*time.Minute, "all candidates are with the client", func() string {
		_, done, err := b.store.Submissions(b.ctx, store.SubmissionFilter{State: store.SubmissionDelivered})
		return missing(err == nil && done == rounds)
	})
	subs := make([]uuid.UUID, rounds)
	for i := range rounds {
		sub := b.delivered(job, fmt.Sprint("c", i))
		b.client.hire(*sub.ClientRef, goodTerms)
		b.says(*sub.ClientRef, "Hired", 30)
		subs[i] = sub.ID
	}
	approved := 0
	for i, id := range subs {
		approved += b.raceOver(b.placement(id, store.PlacementAwaitingReview), i)
	}
	b.drained()
	for i, id := range subs { // what nobody's approval survived is approved in peace
		if p, err := b.store.PlacementOf(b.ctx, id); err != nil || p.State == store.PlacementAwaitingReview {
			b.must(b.hub.Desk().Approve(b.ctx, b.other(i), p.ID, p.ContentHash))
		}
	}
	for _, id := range subs {
		p := b.placement(id, store.PlacementPosted)
		made := b.erp.made("bill", p.ID.String())
		if len(made) != 1 {
			t.Errorf("%d bills of one placement", len(made))
		}
		b.postedAsApproved(p, string(made[0]))
	}
	if approved == 0 {
		t.Error("no approval came through while the terms were edited: there was no race")
	}
	b.drained()
	b.noFailures()
	b.raceBills(subs)
}

// raceBills amends all posted placements while others approve what the amendments
// propose: each bill in the ERP is what somebody approved who did not amend.
func (b *bench) raceBills(subs []uuid.UUID) {
	b.t.Helper()
	desk := b.hub.Desk()
	var all sync.WaitGroup
	for i, id := range subs {
		p, err := b.store.PlacementOf(b.ctx, id)
		b.must(err)
		amended := make(chan struct{})
		all.Go(func() {
			defer close(amended)
			for n := range 3 {
				// refused while an approved bill is on its way
				_ = desk.Amend(b.ctx, b.other(i+1), p.ID, staffing.Amendment{Kind: staffing.VersionAmendment, EffectiveFrom: "2026-04-08", Reason: "a race",
					Changes: map[string]string{"bill_rate": fmt.Sprint(96 + n)}})
			}
		})
		all.Go(func() {
			for over := false; !over; {
				select {
				case <-amended:
					over = true
				default:
				}
				b.approveWhatWaits(p.ID, i)
			}
		})
	}
	all.Wait()
	b.within(60*time.Second, "all that is approved is posted", func() string {
		_, left, err := b.store.BillQueue(b.ctx, store.BillFilter{States: []string{store.BillApproved}})
		return missing(err == nil && left == 0)
	})
	posted := 0
	for _, id := range subs {
		p, err := b.store.PlacementOf(b.ctx, id)
		b.must(err)
		for _, x := range b.bills(p.ID) {
			posted += b.billAsApproved(x)
		}
	}
	if posted == 0 {
		b.t.Error("no bill of an amendment came through: there was no race")
	}
}

// approveWhatWaits lets both people try: who amended is refused.
func (b *bench) approveWhatWaits(id uuid.UUID, i int) {
	bills, err := b.store.Bills(b.ctx, id)
	for _, x := range bills {
		if err == nil && x.State == store.BillAwaitingReview {
			_ = b.hub.Desk().ApproveBill(b.ctx, b.other(i+1), x.ID, x.ContentHash)
			_ = b.hub.Desk().ApproveBill(b.ctx, b.other(i), x.ID, x.ContentHash)
		}
	}
}

func (b *bench) billAsApproved(x store.Bill) (posted int) {
	b.t.Helper()
	made := b.erp.made("bill", x.Reference)
	if x.State != store.BillPosted {
		if len(made) != 0 {
			b.t.Errorf("a %s bill is in the ERP", x.State)
		}
		return 0
	}
	v, err := b.store.TermsAt(b.ctx, x.PlacementID, x.Version)
	b.must(err)
	terms := v.Terms.V
	if x.Kind == staffing.BillFirst {
		terms = b.now(x.PlacementID).Canonical.V
	}
	hash, err := store.HashContent(terms, &x.Bill.V)
	b.must(err)
	if len(made) != 1 || x.ApprovedHash == nil || *x.ApprovedHash != hash || !strings.Contains(string(made[0]), `"total":"`+x.Bill.V.Total.String()+`"`) {
		b.t.Errorf("%d times in the ERP (%s), approved %v: %+v", len(made), made, x.ApprovedHash, x.Bill.V)
	}
	if slices.Contains(x.Editors, x.ApprovedBy.String()) {
		b.t.Error("who amended approved")
	}
	if x.Kind == staffing.BillFirst {
		return 0
	}
	return 1
}

// other is who approves in a round; the rest edits.
func (b *bench) other(i int) store.User {
	if i%2 == 0 {
		return b.finance
	}
	return b.colleague
}

// raceOver lets one person correct and another approve what they see, at once, and
// counts the approvals. What is refused is refused: the race is about what is left.
func (b *bench) raceOver(p store.Placement, i int) (approved int) {
	desk := b.hub.Desk()
	var all sync.WaitGroup
	all.Go(func() {
		editor := b.other(i + 1)
		for n := range 3 {
			_ = desk.Correct(b.ctx, editor, p.ID, "purchase_order", fmt.Sprintf("PO-%d-%d", i, n), "a race")
			if now, err := b.store.Placement(b.ctx, p.ID); err == nil {
				_ = desk.Approve(b.ctx, editor, p.ID, now.ContentHash)
			}
		}
	})
	all.Go(func() {
		for range 10 {
			now, err := b.store.Placement(b.ctx, p.ID)
			if err == nil && desk.Approve(b.ctx, b.other(i), p.ID, now.ContentHash) == nil {
				approved++
			}
		}
	})
	all.Wait()
	return approved
}

func (b *bench) postedAsApproved(p store.Placement, bill string) {
	b.t.Helper()
	hash, err := store.HashContent(p.Canonical.V, p.Bill.V)
	b.must(err)
	if p.ApprovedHash == nil || *p.ApprovedHash != hash || !strings.Contains(bill, `"po":"`+p.Canonical.V.Purchase+`"`) {
		b.t.Errorf("posted is %s, approved %v, the terms are %+v", bill, p.ApprovedHash, p.Bill.V)
	}
	for _, editor := range p.Editors {
		if p.ApprovedBy == nil || editor == p.ApprovedBy.String() {
			b.t.Errorf("%s edited and approved", editor)
		}
	}
}

func TestChangedTermsAtTheClient(t *testing.T) {
	b := newBench(t)
	sub, p := b.hired("100", "ada")
	desk := b.hub.Desk()
	b.state(b.erpID, staffing.ConnectionPaused) // the bill waits
	b.must(desk.Approve(b.ctx, b.finance, p.ID, p.ContentHash))
	b.failure(kindPost, p.ID.String(), store.FailureOpen)

	b.says(*sub.ClientRef, "Hired", 31) // the same terms again: the approval stands
	b.drained()
	if now := b.now(p.ID); now.State != store.PlacementApproved || now.Version != p.Version {
		t.Errorf("the same terms again made it %s at version %d", now.State, now.Version)
	}
	b.client.hire(*sub.ClientRef, termsWith("po", "PO-2"))
	b.says(*sub.ClientRef, "Hired", 32)
	p = b.placement(sub.ID, store.PlacementAwaitingReview)
	if p.ApprovedBy != nil || p.Canonical.V.Purchase != "PO-2" {
		t.Errorf("the changed terms left the approval: %+v", p)
	}
	b.must(desk.SendBack(b.ctx, b.colleague, p.ID, "which site?"))
	b.says(*sub.ClientRef, "Hired", 33)
	b.drained()
	if now := b.now(p.ID); now.State != store.PlacementSentBack || now.SentBackReason == "" {
		t.Errorf("the same terms again made what was sent back %s", now.State)
	}
	b.client.hire(*sub.ClientRef, termsWith("po", "PO-3"))
	b.says(*sub.ClientRef, "Hired", 34)
	p = b.placement(sub.ID, store.PlacementAwaitingReview)
	b.must(desk.Approve(b.ctx, b.finance, p.ID, p.ContentHash))
	b.state(b.erpID, staffing.ConnectionActive)
	p = b.placement(sub.ID, store.PlacementPosted)
	if made := b.erp.made("bill", p.ID.String()); len(made) != 1 {
		t.Errorf("%d bills", len(made))
	}
	b.noFailures()

	b.client.hire(*sub.ClientRef, termsWith("rate", "99.00"))
	b.says(*sub.ClientRef, "Hired", 35)
	f := b.failure(kindExtract, sub.ID.String(), store.FailureOpen)
	if f.Code != staffing.Invalid || !strings.Contains(f.Message, "from which day on") {
		t.Errorf("the change after the posting is told as %+v", f)
	}
	if now := b.now(p.ID); now.Version != p.Version+1 || now.ContentHash != p.ContentHash || now.Canonical.V.BillRate.Amount.String() != "95" || now.State != store.PlacementPosted {
		t.Errorf("the change after the posting changed the first bill: %+v", now)
	}
	if bills := b.bills(p.ID); len(bills) != 1 {
		t.Errorf("a change without a day proposes %+v", bills)
	}
	b.must(desk.Amend(b.ctx, b.colleague, p.ID, staffing.Amendment{Kind: staffing.VersionAmendment, EffectiveFrom: "2026-04-06", Reason: "the client's mail"}))
	b.billsAre(p.ID, "first 3800 posted", "credit -3800 awaiting_review", "rebill 3960 awaiting_review")
	b.must(b.store.InTx(b.ctx, func(tx *store.Tx) error { return b.hub.Retry(b.ctx, tx, f) }))
	b.drained()
	b.noFailures()
	b.billsAre(p.ID, "first 3800 posted", "credit -3800 awaiting_review", "rebill 3960 awaiting_review")
}

// An approved bill whose ERP is paused waits for it, goes on by itself, and does not
// go to another ERP meanwhile once it may be in the first.
func TestAPausedERPHoldsTheBill(t *testing.T) {
	b := newBench(t)
	sub, p := b.hired("100", "ada")
	b.state(b.erpID, staffing.ConnectionPaused)
	b.must(b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash))
	b.failure(kindPost, p.ID.String(), store.FailureOpen)
	if n := b.erp.count("bill " + p.ID.String()); n != 0 {
		t.Errorf("the paused ERP was called %d times", n)
	}
	b.erp.next("bill "+p.ID.String(), func(ctx context.Context, commit func()) error {
		commit()
		b.state(b.erpID, staffing.ConnectionPaused) // somebody pauses it again, while the answer gets lost
		return lostAnswer()
	})
	b.state(b.erpID, staffing.ConnectionActive)
	b.eventually("the bill may be in the ERP", func() string { return missing(b.erp.count("bill "+p.ID.String()) == 1) })
	second := b.connect(staffing.RoleERP, "our-books")
	b.eventually("it waits for the first ERP", func() string {
		f, _ := b.live(kindPost, p.ID.String())
		return missing(f.State == store.FailureOpen && f.Cause == "connection/"+b.erpID.String())
	})
	b.state(b.erpID, staffing.ConnectionActive)
	p = b.placement(sub.ID, store.PlacementPosted)
	if made := b.erp.made("bill", p.ID.String()); len(made) != 1 || *p.ERPConnectionID != b.erpID {
		t.Errorf("%d bills, the one kept is of %s, not of %s (the other is %s)", len(made), *p.ERPConnectionID, b.erpID, second)
	}
	b.noFailures()
}

// Terms that do not hold wait, and a person can put them right.
func TestTermsThatDoNotHoldWaitForAPerson(t *testing.T) {
	b := newBench(t)
	sub := b.submitted("100", "ada")
	b.client.hire(*sub.ClientRef, termsWith("start", nil))
	b.says(*sub.ClientRef, "Hired", 30)
	p := b.placement(sub.ID, store.PlacementNeedsAttention)
	codeIs(t, "a placement without a start is approved", b.hub.Desk().Approve(b.ctx, b.colleague, p.ID, p.ContentHash), staffing.Conflict)
	b.must(b.hub.Desk().Correct(b.ctx, b.finance, p.ID, "start_date", "2026-04-06", "by phone"))
	p = b.placement(sub.ID, store.PlacementAwaitingReview)
	b.must(b.hub.Desk().Approve(b.ctx, b.colleague, p.ID, p.ContentHash))
	b.placement(sub.ID, store.PlacementPosted)
}

// A hire of which the client's system shows nothing yet is looked at again.
func TestAHireThatIsNotThereYetIsLookedAtAgain(t *testing.T) {
	b := newBench(t)
	sub := b.submitted("100", "ada")
	b.says(*sub.ClientRef, "Hired", 30)
	f := b.failure(kindExtract, sub.ID.String(), store.FailureRetrying)
	if f.Code != staffing.Unavailable || f.NextAt == nil {
		t.Errorf("the wait is told as %+v", f)
	}
	b.client.hire(*sub.ClientRef, goodTerms)
	b.retry(f)
	b.placement(sub.ID, store.PlacementAwaitingReview)
	b.noFailures()
}

// Terms that were read before a change and arrive after it do not come back.
func TestTermsThatArriveLateDoNotUndoNewerOnes(t *testing.T) {
	for name, rescued := range map[string]bool{"from another job": false, "from an attempt that was given up": true} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			sub := b.submitted("100", "ada")
			b.client.hire(*sub.ClientRef, goodTerms)
			gate := make(chan struct{})
			b.client.next("placement", keepsAnswer(gate))
			b.says(*sub.ClientRef, "Hired", 30)
			b.eventually("the first terms are read", func() string { return missing(b.client.count("placement") == 1) })
			b.client.hire(*sub.ClientRef, termsWith("po", "PO-2"))
			if rescued {
				b.rescue(kindExtract)
			} else {
				b.says(*sub.ClientRef, "Hired", 31)
			}
			p := b.placement(sub.ID, store.PlacementAwaitingReview)
			ended := b.steps(b.hub, kindExtract)
			close(gate)
			b.eventually("the first reading has ended", func() string { return missing(b.steps(b.hub, kindExtract) > ended) })
			b.drained()
			if now := b.now(p.ID); now.Canonical.V.Purchase != "PO-2" || now.Version != p.Version {
				t.Errorf("the purchase order is %s at version %d", now.Canonical.V.Purchase, now.Version)
			}
			b.noFailures()
		})
	}
}
