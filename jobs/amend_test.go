package jobs

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

func (b *bench) bills(id uuid.UUID) []store.Bill {
	b.t.Helper()
	all, err := b.store.Bills(b.ctx, id)
	b.must(err)
	return all
}

// billsAre tells the bills of a placement as "kind total state", oldest first.
func (b *bench) billsAre(id uuid.UUID, want ...string) {
	b.t.Helper()
	var got []string
	for _, x := range b.bills(id) {
		got = append(got, string(x.Kind)+" "+x.Bill.V.Total.String()+" "+x.State)
	}
	if !slices.Equal(got, want) {
		b.t.Errorf("the bills are %s, want %s", strings.Join(got, ", "), strings.Join(want, ", "))
	}
}

// versionsAre tells the versions of a placement, oldest first.
func (b *bench) versionsAre(id uuid.UUID, want ...string) {
	b.t.Helper()
	all, err := b.store.PlacementVersions(b.ctx, id)
	b.must(err)
	var got []string
	for _, v := range slices.Backward(all) {
		got = append(got, string(v.Kind)+" "+string(v.EffectiveFrom))
	}
	if !slices.Equal(got, want) {
		b.t.Errorf("the versions are %s, want %s", strings.Join(got, ", "), strings.Join(want, ", "))
	}
}

// posted hires a candidate and has the first bill posted.
func (b *bench) posted(number, person string) (store.Submission, store.Placement) {
	b.t.Helper()
	sub, p := b.hired(number, person)
	b.must(b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash))
	return sub, b.placement(sub.ID, store.PlacementPosted)
}

// approveAll approves what waits, and waits until it is posted.
func (b *bench) approveAll(id uuid.UUID, by store.User) {
	b.t.Helper()
	for _, x := range b.bills(id) {
		if x.State == store.BillAwaitingReview {
			b.must(b.hub.Desk().ApproveBill(b.ctx, by, x.ID, x.ContentHash))
		}
	}
	b.eventually("all that was approved is posted", func() string {
		return missing(!slices.ContainsFunc(b.bills(id), func(x store.Bill) bool { return x.State == store.BillApproved }))
	})
}

func TestAmendmentsAfterThePosting(t *testing.T) {
	b := newBench(t)
	_, p := b.posted("100", "ada")
	desk := b.hub.Desk()
	amend := func(day staffing.Date, changes map[string]string) error {
		return desk.Amend(b.ctx, b.colleague, p.ID, staffing.Amendment{Kind: staffing.VersionAmendment, EffectiveFrom: day, Changes: changes, Reason: "the client's mail"})
	}
	b.must(amend("", map[string]string{"end_date": "2026-12-31"}))
	b.billsAre(p.ID, "first 3800 posted", "delta 3800 awaiting_review")
	delta := b.bills(p.ID)[1]
	codeIs(t, "who amended approves", desk.ApproveBill(b.ctx, b.colleague, delta.ID, delta.ContentHash), staffing.Forbidden)
	codeIs(t, "other content is approved", desk.ApproveBill(b.ctx, b.finance, delta.ID, "x"), staffing.Conflict)
	b.approveAll(p.ID, b.finance)
	b.billsAre(p.ID, "first 3800 posted", "delta 3800 posted")
	if made := b.erp.made("bill", delta.Reference); len(made) != 1 || !strings.Contains(string(made[0]), delta.Reference) {
		t.Errorf("the delta was posted as %s", made)
	}
	codeIs(t, "what is approved is approved again", desk.ApproveBill(b.ctx, b.finance, delta.ID, delta.ContentHash), staffing.Conflict)

	codeIs(t, "a rate changes without a day", amend("", map[string]string{"bill_rate": "99"}), staffing.Invalid)
	b.must(amend("2026-04-08", map[string]string{"bill_rate": "99"}))
	b.billsAre(p.ID, "first 3800 posted", "delta 3800 posted", "credit -6080 awaiting_review", "rebill 6336 awaiting_review")
	b.must(amend("2026-04-08", map[string]string{"bill_rate": "100"})) // another agreement for the same days
	b.billsAre(p.ID, "first 3800 posted", "delta 3800 posted", "credit -6080 refused", "rebill 6336 refused", "credit -6080 awaiting_review", "rebill 6400 awaiting_review")
	b.approveAll(p.ID, b.finance)
	sum := decimal.Zero
	for _, x := range b.bills(p.ID) {
		if x.State == store.BillPosted {
			sum = sum.Add(x.Bill.V.Total)
			if made := b.erp.made("bill", x.Reference); len(made) != 1 {
				t.Errorf("the %s is %d times in the ERP", x.Kind, len(made))
			}
		}
	}
	if want := decimal.NewFromInt(16*95 + 24*100 + 40*100); !sum.Equal(want) {
		t.Errorf("billed are %s in all, want %s", sum, want)
	}
	b.versionsAre(p.ID, "hire 2026-04-06", "amendment 2026-10-03", "amendment 2026-04-08", "amendment 2026-04-08")
	b.must(desk.Amend(b.ctx, b.colleague, p.ID, staffing.Amendment{Kind: staffing.VersionCancellation, Reason: "the project is off"}))
	b.approveAll(p.ID, b.finance)
	left := decimal.Zero
	for _, x := range b.bills(p.ID) {
		if x.State == store.BillPosted {
			left = left.Add(x.Bill.V.Total)
		}
	}
	if !left.IsZero() {
		t.Errorf("%s stay billed of a cancelled placement", left)
	}
	b.noFailures()
}

// What the client's system says after the posting is an amendment, and what it takes
// back is a credit.
func TestTheClientChangesWhatIsPosted(t *testing.T) {
	b := newBench(t)
	sub, p := b.posted("100", "ada")
	b.client.hire(*sub.ClientRef, termsWith("end", "2026-04-08"))
	b.says(*sub.ClientRef, "Hired", 40)
	b.eventually("the credit waits", func() string { return missing(len(b.bills(p.ID)) == 2) })
	b.billsAre(p.ID, "first 3800 posted", "credit -1520 awaiting_review")
	b.says(*sub.ClientRef, "Hired", 41) // the same again
	b.drained()
	b.billsAre(p.ID, "first 3800 posted", "credit -1520 awaiting_review")
	b.says(*sub.ClientRef, "Rejected", 42)
	b.eventually("the cancellation is here", func() string { return missing(len(b.bills(p.ID)) == 3) })
	b.billsAre(p.ID, "first 3800 posted", "credit -1520 refused", "credit -3800 awaiting_review")
	b.says(*sub.ClientRef, "Withdrawn", 43)
	b.drained()
	b.billsAre(p.ID, "first 3800 posted", "credit -1520 refused", "credit -3800 awaiting_review")
	b.versionsAre(p.ID, "hire 2026-04-06", "early_end 2026-04-09", "cancellation 2026-04-06")
	b.approveAll(p.ID, b.colleague)
	b.noFailures()
}

// A hire that does not come about ends the review, a hire after all begins it again.
func TestHiresThatDoNotComeAbout(t *testing.T) {
	b := newBench(t)
	sub, p := b.hired("100", "ada")
	b.state(b.erpID, staffing.ConnectionPaused)
	b.must(b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash))
	b.says(*sub.ClientRef, "Rejected", 40)
	p = b.placement(sub.ID, store.PlacementCancelled)
	if p.ApprovedBy != nil || p.Canonical.V.Outcome != staffing.OutcomeCancelled {
		t.Errorf("what was taken back is %+v", p)
	}
	codeIs(t, "it is approved", b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash), staffing.Conflict)
	codeIs(t, "it is corrected", b.hub.Desk().Correct(b.ctx, b.finance, p.ID, "purchase_order", "PO-9", "late"), staffing.Conflict)
	b.billsAre(p.ID, "first 3800 refused")
	b.state(b.erpID, staffing.ConnectionActive)
	b.says(*sub.ClientRef, "Hired", 41)
	p = b.placement(sub.ID, store.PlacementAwaitingReview)
	b.must(b.hub.Desk().Amend(b.ctx, b.colleague, p.ID, staffing.Amendment{Kind: staffing.VersionNoShow, Reason: "she did not come"}))
	b.says(*sub.ClientRef, "Hired", 42) // the record does not know it yet
	b.drained()
	b.placement(sub.ID, store.PlacementCancelled)
	b.versionsAre(p.ID, "hire 2026-04-06", "cancellation 2026-04-06", "amendment 2026-04-06", "no_show 2026-04-06")
	if made := b.erp.made("bill", p.ID.String()); len(made) != 0 {
		t.Errorf("%d bills were posted", len(made))
	}
	b.noFailures()
}

// Terms that wait for something are read again and again: that is no new version.
func TestReadingAgainMakesNoVersion(t *testing.T) {
	b := newBench(t)
	sub := b.submitted("100", "ada")
	b.client.hire(*sub.ClientRef, termsWith("start", nil))
	b.says(*sub.ClientRef, "Hired", 30)
	b.placement(sub.ID, store.PlacementNeedsAttention)
	b.drained() // the row is there before its terms are
	p := b.placement(sub.ID, store.PlacementNeedsAttention)
	b.says(*sub.ClientRef, "Hired", 31)
	b.drained()
	if now := b.now(p.ID); now.Version != p.Version {
		t.Errorf("it is at version %d after %d", now.Version, p.Version)
	}
	b.versionsAre(p.ID, "hire ")
}

// A start that moves before the posting re-opens the approval.
func TestALateOfferReopensTheApproval(t *testing.T) {
	b := newBench(t)
	sub, p := b.hired("100", "ada")
	b.state(b.erpID, staffing.ConnectionPaused)
	b.must(b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash))
	b.client.hire(*sub.ClientRef, termsWith("start", "2026-04-13"))
	b.says(*sub.ClientRef, "Hired", 40)
	p = b.placement(sub.ID, store.PlacementAwaitingReview)
	if p.ApprovedBy != nil || p.Bill.V.Date != "2026-04-13" {
		t.Errorf("after the start moved it is %+v", p)
	}
	b.versionsAre(p.ID, "hire 2026-04-06", "amendment 2026-04-06")
	b.state(b.erpID, staffing.ConnectionActive)
	b.must(b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash))
	b.placement(sub.ID, store.PlacementPosted)
}

// What the ERP does not take comes back to the desk with its words.
func TestARefusedPostingReturnsToTheDesk(t *testing.T) {
	b := newBench(t)
	sub, p := b.hired("100", "ada")
	refusal := &staffing.Error{Code: staffing.Invalid, Field: "customer", Message: "There is no customer ACME."}
	b.erp.next("bill "+p.ID.String(), failsWith(refusal))
	b.must(b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash))
	b.eventually("it is back", func() string { return missing(b.now(p.ID).ERPError != "") })
	p = b.placement(sub.ID, store.PlacementAwaitingReview)
	if p.ERPError != refusal.Message || p.ERPErrorField != "customer" || p.ApprovedBy != nil || !slices.ContainsFunc(p.Findings.V, func(f staffing.Finding) bool {
		return f.Rule == "ERP_REFUSED" && f.Field == "customer" && strings.Contains(f.Message, "There is no customer ACME.")
	}) {
		t.Errorf("what the ERP refused is %+v", p)
	}
	b.billsAre(p.ID, "first 3800 refused")
	b.must(b.hub.Desk().Recheck(b.ctx, b.finance, p.ID))
	b.must(b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash)) // the customer is there now
	p = b.placement(sub.ID, store.PlacementPosted)
	if made := b.erp.made("bill", p.ID.String()); len(made) != 1 || p.ERPError != "" {
		t.Errorf("%d bills, the placement says %q", len(made), p.ERPError)
	}
	b.noFailures()
	// and the same for a bill that follows
	b.must(b.hub.Desk().Amend(b.ctx, b.colleague, p.ID, staffing.Amendment{Kind: staffing.VersionAmendment, Changes: map[string]string{"end_date": "2026-12-31"}, Reason: "longer"}))
	delta := b.bills(p.ID)[1]
	b.erp.next("bill "+delta.Reference, failsWith(refusal))
	b.must(b.hub.Desk().ApproveBill(b.ctx, b.finance, delta.ID, delta.ContentHash))
	b.eventually("it is back", func() string { return missing(b.bills(p.ID)[1].ERPError != "") })
	b.billsAre(p.ID, "first 3800 posted", "delta 3800 refused")
	b.must(b.hub.Desk().ApproveBill(b.ctx, b.finance, delta.ID, delta.ContentHash))
	b.eventually("it is posted", func() string { return missing(b.bills(p.ID)[1].State == store.BillPosted) })
	b.noFailures()
}

// Each term says where it came from.
func TestTermsSayWhereTheyCameFrom(t *testing.T) {
	b := newBench(t)
	_, p := b.hired("100", "ada")
	b.must(b.hub.Desk().Correct(b.ctx, b.finance, p.ID, "cost_centre", "CC-7", "the client's mail"))
	p = b.now(p.ID)
	from := p.Provenance.V
	if s := from["bill_rate"]; s.Path != `rate(raw.rate, "USD", "hour")` || s.ProfileVersion != 1 {
		t.Errorf("the bill rate is from %+v", s)
	}
	if s := from["cost_centres"]; s.Person != b.finance.Email || s.Reason != "the client's mail" || s.At.IsZero() || s.Path != "" {
		t.Errorf("the cost centre is from %+v", s)
	}
	if s := from["markup"]; s.Path == "" || p.Canonical.V.Markup.String() != "0.5385" {
		t.Errorf("the markup of %s is from %+v", p.Canonical.V.Markup, s)
	}
	if _, there := from["fee"]; there {
		t.Error("a term that nobody gave has a source")
	}
}

func TestWhoMadeTheMappingCannotApprove(t *testing.T) {
	b := newBench(t)
	b.tx(func(tx *store.Tx) error {
		doc, err := tx.PublishedProfile(b.ctx, b.clientID)
		if err != nil {
			return err
		}
		_, err = tx.PublishProfile(b.ctx, b.clientID, doc.Document, b.finance.Email, "as before")
		return err
	})
	_, p := b.hired("100", "ada")
	codeIs(t, "who published the mapping approves", b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash), staffing.Forbidden)
	b.must(b.hub.Desk().Approve(b.ctx, b.colleague, p.ID, p.ContentHash))
}

func TestLimitsAndDelegates(t *testing.T) {
	b := newBench(t)
	_, p := b.hired("100", "ada")
	desk := b.hub.Desk()
	few := decimal.NewFromInt(3000)
	b.must(b.store.SetApprovalLimit(b.ctx, "finance", "USD", &few))
	b.must(b.store.SetApprovalLimit(b.ctx, "finance", "JPY", &few))
	codeIs(t, "an amount above the limit is approved", desk.Approve(b.ctx, b.finance, p.ID, p.ContentHash), staffing.Forbidden)
	manager, boss := storetest.User(t, b.store, "account_manager"), storetest.User(t, b.store, "admin")
	codeIs(t, "an account manager approves", desk.Approve(b.ctx, manager, p.ID, p.ContentHash), staffing.Forbidden)
	away := func(from store.User, until time.Time) store.Delegation {
		d, err := b.store.AddDelegation(b.ctx, store.Delegation{FromUser: from.ID, ToUser: manager.ID, FromAt: time.Now().Add(-time.Hour), UntilAt: until, CreatedBy: from.Email})
		b.must(err)
		return d
	}
	away(b.finance, time.Now().Add(time.Hour))
	codeIs(t, "a delegate goes beyond the limit of who is away", desk.Approve(b.ctx, manager, p.ID, p.ContentHash), staffing.Forbidden)
	away(boss, time.Now().Add(-time.Minute))
	codeIs(t, "a delegate decides after the absence", desk.Approve(b.ctx, manager, p.ID, p.ContentHash), staffing.Forbidden)
	ended := away(boss, time.Now().Add(time.Hour))
	b.must(b.store.EndDelegation(b.ctx, ended.ID))
	codeIs(t, "a delegate decides after it was taken back", desk.Approve(b.ctx, manager, p.ID, p.ContentHash), staffing.Forbidden)
	away(boss, time.Now().Add(time.Hour))
	b.must(desk.Correct(b.ctx, boss, p.ID, "purchase_order", "PO-9", "by phone"))
	p = b.now(p.ID)
	codeIs(t, "a delegate approves what who is away has edited", desk.Approve(b.ctx, manager, p.ID, p.ContentHash), staffing.Forbidden)
	b.uneditedBy(p.ID)
	b.must(desk.Approve(b.ctx, manager, p.ID, p.ContentHash))
	log, _, err := b.store.AuditLog(b.ctx, store.AuditFilter{Action: "placement.approved"})
	if err != nil || len(log) != 1 || log[0].Actor != manager.Email || !strings.Contains(log[0].Detail, boss.Email) {
		t.Errorf("the audit log says %+v (%v)", log, err)
	}
}

// uneditedBy forgets who edited, for the next step of a test.
func (b *bench) uneditedBy(id uuid.UUID) {
	b.t.Helper()
	_, err := b.store.DB().ExecContext(b.ctx, `update placements set editors = '{}' where id = $1`, id)
	b.must(err)
}

// What was approved before the hub derived anything stays approved when the client's
// record is read again by the new program.
func TestAnUpgradeEndsNoApproval(t *testing.T) {
	b := newBench(t)
	sub, p := b.hired("100", "ada")
	_, err := b.store.DB().ExecContext(b.ctx, `update placements set canonical = canonical - 'markup', bill = bill - 'kind' - 'period_from' - 'period_to', content_hash = 'old' where id = $1`, p.ID)
	b.must(err)
	b.state(b.erpID, staffing.ConnectionPaused)
	b.must(b.hub.Desk().Approve(b.ctx, b.finance, p.ID, "old"))
	b.says(*sub.ClientRef, "Hired", 40)
	b.drained()
	if now := b.now(p.ID); now.State != store.PlacementApproved || now.Version != p.Version {
		t.Errorf("the upgrade made it %s at version %d", now.State, now.Version)
	}
	b.client.hire(*sub.ClientRef, termsWith("po", "PO-2"))
	b.says(*sub.ClientRef, "Hired", 41)
	b.placement(sub.ID, store.PlacementAwaitingReview)
}

// Terms and changes that reach into a closed month say so before anybody approves.
func TestAClosedMonthIsTold(t *testing.T) {
	b := newBench(t)
	b.tx(func(tx *store.Tx) error {
		return tx.ClosePeriod(b.ctx, store.ClosedPeriod{Month: "2026-04-01", Note: "audited", ClosedBy: b.colleague.Email})
	})
	tells := func(all []staffing.Finding) bool {
		return slices.ContainsFunc(all, func(f staffing.Finding) bool {
			return f.Rule == "PERIOD_CLOSED" && f.Severity == staffing.SeverityWarning && strings.Contains(f.Message, "April 2026")
		})
	}
	_, p := b.posted("100", "ada")
	if !tells(p.Findings.V) {
		t.Errorf("a hire in a closed month has %+v", p.Findings.V)
	}
	for _, day := range []staffing.Date{"2026-05-04", "2026-04-08"} {
		closed := day < "2026-05-01"
		b.must(b.hub.Desk().Amend(b.ctx, b.colleague, p.ID, staffing.Amendment{Kind: staffing.VersionEarlyEnd, EffectiveFrom: day, Changes: map[string]string{"end_date": string(day.AddDays(-1))}, Reason: "over"}))
		v, err := b.store.CurrentTerms(b.ctx, p.ID)
		b.must(err)
		if tells(v.Findings.V) != closed {
			t.Errorf("a change from %s on has %+v", day, v.Findings.V)
		}
	}
}

// Who repeats another's change on the same day must not free that person to approve it.
func TestAChangeThatIsProposedAgainKeepsItsEditor(t *testing.T) {
	b := newBench(t)
	sub, p := b.hired("100", "ada")
	desk := b.hub.Desk()
	b.must(desk.Approve(b.ctx, b.finance, p.ID, p.ContentHash))
	b.placement(sub.ID, store.PlacementPosted)
	third := storetest.User(t, b.store, "finance")
	b.must(desk.Amend(b.ctx, b.finance, p.ID, staffing.Amendment{Kind: staffing.VersionAmendment, EffectiveFrom: "2026-04-06", Changes: map[string]string{"bill_rate": "99"}, Reason: "agreed by mail"}))
	b.must(desk.Amend(b.ctx, b.colleague, p.ID, staffing.Amendment{Kind: staffing.VersionAmendment, EffectiveFrom: "2026-04-06", Changes: map[string]string{"purchase_order": "PO-9"}, Reason: "their new order"}))
	checked := 0
	for _, bill := range b.bills(p.ID) {
		if bill.State != store.BillAwaitingReview {
			continue
		}
		checked++
		codeIs(t, "who changed the rate first approves it", desk.ApproveBill(b.ctx, b.finance, bill.ID, bill.ContentHash), staffing.Forbidden)
		codeIs(t, "who proposed it again approves it", desk.ApproveBill(b.ctx, b.colleague, bill.ID, bill.ContentHash), staffing.Forbidden)
		b.must(desk.ApproveBill(b.ctx, third, bill.ID, bill.ContentHash))
	}
	if checked == 0 {
		t.Error("nothing is proposed")
	}
}

// A token is nobody: what it publishes or extends counts as done by who issued it.
func TestWhoIssuedATokenApprovesNothingThatItMade(t *testing.T) {
	b := newBench(t)
	_, err := b.store.InsertAPIToken(b.ctx, store.APIToken{Name: "deploy", Scopes: []string{"profiles:write"}, CreatedBy: b.finance.Email, ExpiresAt: time.Now().Add(time.Hour)})
	b.must(err)
	b.tx(func(tx *store.Tx) error {
		doc, err := tx.PublishedProfile(b.ctx, b.clientID)
		if err != nil {
			return err
		}
		_, err = tx.PublishProfile(b.ctx, b.clientID, doc.Document, store.TokenActor+"deploy", "as before")
		return err
	})
	_, p := b.hired("100", "ada")
	codeIs(t, "who issued the token approves", b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash), staffing.Forbidden)
	people, err := b.store.PeopleBehind(b.ctx, store.TokenActor+"deploy")
	if err != nil || len(people) != 1 || people[0] != b.finance.ID {
		t.Errorf("behind the token are %v (%v)", people, err)
	}
	if people, err = b.store.PeopleBehind(b.ctx, "hub"); err != nil || len(people) != 0 {
		t.Errorf("behind the hub are %v (%v)", people, err)
	}
}
