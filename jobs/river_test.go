package jobs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// The whole river, from the client's requisition to the ERP's number.
func TestRiver(t *testing.T) {
	b := newBench(t)
	sub := b.submitted("100", "ada")
	req := b.synced("100")
	if made := b.ats.made("put job", req.ID.String()); len(made) != 1 || !strings.Contains(string(made[0]), `"number":"R-100"`) {
		t.Errorf("the ATS got %s", made)
	}
	if made := b.client.made("submit", sub.ID.String()); len(made) != 1 || string(made[0]) != `{"email":"ada@example.com","first":"Ada","job":"100","last":"Byron","rate":"95"}` {
		t.Errorf("the client got %s", made)
	}
	if got := b.client.resume(sub.ID.String()); got != "the résumé of ada" {
		t.Errorf("the résumé is %q", got)
	}
	b.shows(sub, "Sent")
	b.says(*sub.ClientRef, "Review", 5)
	b.stage(sub.ID, staffing.ClientReview)
	b.shows(sub, "In review")
	b.client.hire(*sub.ClientRef, goodTerms)
	b.says(*sub.ClientRef, "Hired", 10)
	p := b.placement(sub.ID, store.PlacementAwaitingReview)
	b.shows(sub, "Placed")
	b.must(b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash))
	p = b.placement(sub.ID, store.PlacementPosted)
	bills := b.erp.made("bill", p.ID.String())
	if len(bills) != 1 || !strings.Contains(string(bills[0]), `"total":"3800"`) || !strings.HasPrefix(p.ERPNumber, "INV-") {
		t.Errorf("the ERP got %s, and the number kept is %q", bills, p.ERPNumber)
	}
	b.timelineIs(sub, "client_submitted client_review placed")
	b.auditIs("job.created placement.approved placement.posted")
	b.drained()
	b.noFailures()
}

func (b *bench) timelineIs(sub store.Submission, want string) {
	b.t.Helper()
	events, err := b.store.StageEvents(b.ctx, sub.ID)
	b.must(err)
	var got []string
	for _, e := range events {
		got = append(got, string(e.Stage))
	}
	if s := strings.Join(got, " "); s != want {
		b.t.Errorf("the timeline is %s, want %s", s, want)
	}
}

// auditIs compares the audit log, oldest first, and verifies its chain.
func (b *bench) auditIs(want string) {
	b.t.Helper()
	entries, _, err := b.store.AuditLog(b.ctx, store.AuditFilter{})
	b.must(err)
	var got []string
	for i := range entries {
		got = append(got, entries[len(entries)-1-i].Action)
	}
	if s := strings.Join(got, " "); s != want {
		b.t.Errorf("the audit log is %s, want %s", s, want)
	}
	if _, _, err := b.store.VerifyAudit(b.ctx, nil); err != nil {
		b.t.Errorf("the audit log does not verify: %v", err)
	}
}

// A step starts when the one before it commits, and not when the queue looks next.
func TestStepsFollowEachOtherAtOnce(t *testing.T) {
	b := newBench(t)
	const rounds = 7
	for i := range rounds {
		b.requisition(fmt.Sprint(100+i), "Welder")
		b.synced(fmt.Sprint(100 + i))
	}
	rows, err := b.store.DB().QueryContext(b.ctx, `select extract(epoch from attempted_at - created_at) from river_job where kind = $1 order by 1`, kindSync)
	b.must(err)
	defer func() { _ = rows.Close() }()
	var waits []float64
	for rows.Next() {
		var seconds float64
		b.must(rows.Scan(&seconds))
		waits = append(waits, seconds)
	}
	b.must(rows.Err())
	if len(waits) != rounds || waits[rounds/2] > 0.2 {
		t.Errorf("the syncs waited for %v seconds", waits)
	}
}
