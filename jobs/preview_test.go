package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/greenhouse"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// draft begins or replaces the draft of a connection.
func (b *bench) draft(connection uuid.UUID, document string) store.Profile {
	b.t.Helper()
	return saveDraft(b.t, b.store, connection, document)
}

func saveDraft(tb testing.TB, s *store.Store, connection uuid.UUID, document string) (p store.Profile) {
	tb.Helper()
	ctx := context.Background()
	if err := s.InTx(ctx, func(tx *store.Tx) (err error) {
		if p, err = tx.StartDraft(ctx, connection, "am@example.com"); err != nil {
			return err
		}
		p, err = tx.SaveDraft(ctx, connection, p.Revision, document, "am@example.com")
		return err
	}); err != nil {
		tb.Fatal(err)
	}
	return p
}

// preview runs the draft over what is here and waits for the end.
func (b *bench) preview(connection uuid.UUID) store.Preview {
	b.t.Helper()
	id, err := b.hub.StartPreview(b.ctx, connection, fullPreview, "am@example.com")
	b.must(err)
	var p store.Preview
	b.eventually("the preview ends", func() string {
		p, err = b.store.Preview(b.ctx, id)
		b.must(err)
		return missing(p.State != store.PreviewRunning)
	})
	return p
}

// told gives the records of a preview as lines.
func (b *bench) told(p store.Preview) (out []string) {
	b.t.Helper()
	all, _, err := b.store.PreviewRecords(b.ctx, p.ID, store.PreviewFilter{Differs: true, Limit: 500})
	b.must(err)
	for _, r := range all {
		line := string(r.Subject) + " " + r.Title + ": " + r.Verdict
		for _, c := range r.Changes.V {
			line += fmt.Sprintf(" [%s: %q -> %q]", c.Field, c.Before, c.After)
		}
		out = append(out, strings.Join(append([]string{line}, r.Reasons.V...), " | "))
	}
	return out
}

func TestAPreviewTellsWhatADraftWouldDoAndDoesNothing(t *testing.T) {
	b := newBench(t)
	b.requisition("100", "Welder")
	b.synced("100")
	b.requisition("101", "Fitter", map[string]any{"status": "frozen"})
	b.requisition("102", "Rigger", map[string]any{"status": "draft"})
	b.requisition("103", "Boss", map[string]any{"openings": 7})
	b.synced("103")
	b.drained()
	wrote := b.ats.count("put job R-100") + b.ats.count("put job R-103")
	doc := strings.NewReplacer("hold: on_hold", "hold: on_hold, frozen: on_hold", "title: raw.title", `title: '{"Rigger": "Rigger II", "Welder": "Welder I"}[?raw.title].orValue(raw.title)'`).Replace(clientProfile) +
		"rules:\n  - {id: SMALL, on: requisition, assert: req.openings < 5, severity: error, message: 'At most 4, not {{ req.openings }}.'}\n"
	b.draft(b.clientID, doc)
	p := b.preview(b.clientID)
	sum := p.Summary.V
	if p.State != store.PreviewDone || p.Done != 4 || p.Total != 4 || sum.Affected() != 4 || sum.Held != 1 || sum.Released != 1 || sum.Changed != 1 || sum.Resubmit != 1 {
		t.Errorf("the preview is %+v", p)
	}
	if sum.Fields["title"] != 2 || sum.Reasons["rule:SMALL"] != 1 {
		t.Errorf("the summary is %+v", sum)
	}
	got := strings.Join(b.told(p), "\n")
	for _, want := range []string{
		`requisition Boss: held | At most 4, not 7.`,
		`requisition Rigger II: changed [title: "Rigger" -> "Rigger II"]`,
		`requisition Fitter: released [status: "" -> "on_hold"]`,
		`requisition Welder I: resubmit [title: "Welder" -> "Welder I"]`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %s but\n%s", want, got)
		}
	}
	b.drained()
	if now := b.ats.count("put job R-100") + b.ats.count("put job R-103"); now != wrote || b.req("101").State != store.RequisitionNeedsAttention {
		t.Errorf("the preview did something: %d writes", now-wrote)
	}
}

func TestAPreviewLooksAtStatusesSubmissionsAndHires(t *testing.T) {
	b := newBench(t)
	sub, _ := b.hired("100", "ada")
	b.says(*sub.ClientRef, "Archived", 60)
	b.failure(kindApplyStatus, "", store.FailureOpen)
	b.drained()
	b.draft(b.clientID, strings.NewReplacer("Hired: placed", "Hired: placed, Archived: closed_not_selected", "last: sub.candidate.last_name", "last: sub.candidate.last_name.upperAscii()",
		"purchase_order: raw.po", `purchase_order: '"PO " + raw.po'`).Replace(clientProfile))
	got := strings.Join(b.told(b.preview(b.clientID)), "\n")
	for _, want := range []string{
		`submission Archived: released [stage: "Unmapped" -> "Closed, not selected"] | No stage is mapped to the client's status "Archived".`,
		`submission Ada Byron, Welder: changed [last: "Byron" -> "BYRON"]`,
		`placement Ada Byron, Welder: changed [purchase_order: "PO-1" -> "PO PO-1"]`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %s but\n%s", want, got)
		}
	}
	b.draft(b.atsID, strings.Replace(atsProfile, "title: req.title", `title: req.title + "!"`, 1))
	if got := strings.Join(b.told(b.preview(b.atsID)), "\n"); got != `requisition Welder: resubmit [title: "Welder" -> "Welder!"]` {
		t.Errorf("of the internal ATS it says %s", got)
	}
	b.draft(b.erpID, strings.Replace(erpProfile, "po: bill.purchase_order", `po: '"none"'`, 1))
	if got := strings.Join(b.told(b.preview(b.erpID)), "\n"); got != `placement Ada Byron, Welder: changed [po: "PO-1" -> "none"]` {
		t.Errorf("of the ERP it says %s", got)
	}
}

func TestADraftThatDoesNotCompileIsNotPreviewed(t *testing.T) {
	b := newBench(t)
	b.draft(b.clientID, "requisition: {title: raw.}")
	if _, err := b.hub.StartPreview(b.ctx, b.clientID, fullPreview, "am@example.com"); staffing.CodeOf(err) != staffing.Invalid {
		t.Errorf("the error is %v", err)
	}
	for _, n := range []int{0, MaxPreview + 1} {
		if _, err := b.hub.StartPreview(b.ctx, b.clientID, n, "am@example.com"); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("a preview of %d records gives %v", n, err)
		}
	}
}

// fenced is a hub whose connectors cannot be opened: what a preview does, it does
// without the outside.
func fenced(tb testing.TB, payloads int) (*Hub, *store.Store, uuid.UUID) {
	tb.Helper()
	ctx := context.Background()
	s, dsn := storetest.NewWithDSN(tb)
	kind := greenhouse.Kind()
	kind.Open = func(connectors.Deps) (staffing.Checker, error) {
		tb.Error("the preview opened a connector")
		return nil, staffing.Errorf(staffing.Internal, "nothing may be called")
	}
	registry, err := connectors.NewRegistry(kind)
	ready(tb, err)
	c := storetest.Connection(tb, s, staffing.RoleClient, func(c *store.Connection) { c.Kind = kind.Name })
	raw, err := os.ReadFile("../connectors/greenhouse/testdata/requisition.json")
	ready(tb, err)
	ready(tb, s.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.PublishProfile(ctx, c.ID, string(kind.Mapping), "hub", "default"); err != nil {
			return err
		}
		for i := range payloads {
			if err := storeCopy(ctx, tx, c, raw, i); err != nil {
				return err
			}
		}
		return nil
	}))
	listener, err := store.OpenListener(ctx, dsn, true)
	ready(tb, err)
	tb.Cleanup(listener.Close)
	h, err := New(Config{Store: s, Listener: listener, Registry: registry, WorksHere: true, Log: testLog()})
	ready(tb, err)
	ready(tb, h.Start(ctx))
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		ready(tb, h.Stop(ctx))
	})
	return h, s, c.ID
}

func ready(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// storeCopy keeps the payload once more, under another id and title.
func storeCopy(ctx context.Context, tx *store.Tx, c store.Connection, raw []byte, i int) error {
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		return err
	}
	doc["id"], doc["requisition_id"] = 5_000_000+i, fmt.Sprintf("REQ-%d", i)
	doc["_job_post"].(map[string]any)["title"] = fmt.Sprintf("Engineer %d", i)
	doc["_job_post"].(map[string]any)["content"] = "<p>" + strings.Repeat("We <b>build</b> things that last. ", 60) + "</p>"
	body, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	id := fmt.Sprint(doc["id"])
	rawID, _, err := tx.InsertRawIfChanged(ctx, c.ID, staffing.FeedRequisitions, staffing.Record{ExternalID: id, Raw: body})
	if err != nil {
		return err
	}
	_, err = tx.ReceiveRequisition(ctx, *c.ClientID, c.ID, id, rawID)
	return err
}

// previewed runs the draft over the payloads and gives how long it took, from the
// request to the end.
func previewed(tb testing.TB, h *Hub, s *store.Store, connection uuid.UUID, n int) (p store.Preview, took time.Duration) {
	tb.Helper()
	ctx := context.Background()
	began := time.Now()
	id, err := h.StartPreview(ctx, connection, n, "am@example.com")
	ready(tb, err)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for time.Since(began) < time.Minute {
		p, err = s.Preview(ctx, id)
		ready(tb, err)
		if p.State != store.PreviewRunning {
			return p, time.Since(began)
		}
		<-tick.C
	}
	tb.Fatalf("after a minute the preview is at %d of %d", p.Done, p.Total)
	return p, 0
}

const oneCell = "purchase_order: raw.custom_fields.po_number.value"

func TestAOneCellChangeOverAThousandPayloadsIsPreviewedInSeconds(t *testing.T) {
	t.Parallel()
	h, s, connection := fenced(t, 1000)
	doc := string(greenhouse.Kind().Mapping)
	changed := strings.Replace(doc, oneCell, `purchase_order: '"PO " + raw.custom_fields.po_number.value'`, 1)
	if changed == doc {
		t.Fatal("the default profile has no such cell")
	}
	saveDraft(t, s, connection, changed)
	p, took := previewed(t, h, s, connection, 1000)
	t.Logf("1,000 payloads in %s", took)
	if p.State != store.PreviewDone || p.Summary.V.Changed != 1000 || p.Summary.V.Fields["purchase_order"] != 1000 || len(p.Summary.V.Fields) != 1 || took > 20*time.Second { // a machine that runs other tests too; the benchmark measures
		t.Errorf("after %s the preview is %s %s %+v", took, p.State, p.Error, p.Summary.V)
	}
}

// BenchmarkPreview previews a one-cell change over 1,000 stored payloads, from the
// request to the last row. It needs a database: scripts/test -run '^$' -bench Preview ./jobs
func BenchmarkPreview(b *testing.B) {
	h, s, connection := fenced(b, 1000)
	saveDraft(b, s, connection, strings.Replace(string(greenhouse.Kind().Mapping), oneCell, `purchase_order: '"PO " + raw.custom_fields.po_number.value'`, 1))
	b.ResetTimer()
	var all time.Duration
	for b.Loop() {
		_, took := previewed(b, h, s, connection, 1000)
		all += took
	}
	b.ReportMetric(float64(b.N)*1000/all.Seconds(), "records/s")
}

// BenchmarkPreviewEngine is what a preview computes of one payload, without the
// database: both profiles, their rules, and the comparison.
func BenchmarkPreviewEngine(b *testing.B) {
	raw, err := os.ReadFile("../connectors/greenhouse/testdata/requisition.json")
	ready(b, err)
	doc := string(greenhouse.Kind().Mapping)
	t := &trial{clients: map[uuid.UUID]staffing.Client{uuid.Nil: {Code: "ACME", Currency: "USD"}}}
	t.now, err = compileProfile(doc, nil)
	ready(b, err)
	t.next, err = compileProfile(strings.Replace(doc, oneCell, `purchase_order: '"PO " + raw.custom_fields.po_number.value'`, 1), nil)
	ready(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if f := t.requisition(b.Context(), store.RawRecord{ID: 1, ExternalID: "1", Raw: raw}, store.Requisition{}); f.record.Verdict != store.VerdictChanged {
			b.Fatalf("the verdict is %+v", f.record)
		}
	}
}

func TestAPreviewTellsWhichMovesWouldSubmit(t *testing.T) {
	b := newBench(t)
	sub := b.submitted("100", "ada")
	job := *b.req("100").JobID
	b.ats.person("ben", "Ben", "Byron", "ben@example.com")
	b.tells(moved(job, "ben", "Client Ready"))
	b.tells(moved("9999", "ben", "Client Ready")) // on a job that is not the hub's
	b.drained()
	b.draft(b.atsID, strings.Replace(atsProfile, "triggers: [Submit]", "triggers: [Client Ready]", 1))
	p := b.preview(b.atsID)
	got := strings.Join(b.told(p), "\n")
	for _, want := range []string{`submission Client Ready, Welder: changed [submits: "false" -> "true"]`, `submission Submit, Welder: changed [submits: "true" -> "false"]`} {
		if strings.Count(got, want) != 1 {
			t.Errorf("it does not say once %s but\n%s", want, got)
		}
	}
	scope, err := b.store.PreviewScope(b.ctx, p.ID)
	if err != nil || len(scope) != 2 || scope[0] != (store.PreviewScope{Subject: staffing.SubjectRequisition, Count: 1}) || scope[1] != (store.PreviewScope{Subject: staffing.SubjectSubmission, Said: true, Count: 2}) {
		t.Errorf("tried is %+v (%v)", scope, err)
	}
	if _, err := b.store.SubmissionByATS(b.ctx, b.atsID, "ben"); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("the preview submitted somebody: %v", err)
	}
	if now, err := b.store.Submission(b.ctx, sub.ID); err != nil || now.State != store.SubmissionDelivered {
		t.Errorf("the submission became %+v (%v)", now, err)
	}
}

func TestTwoLongValuesShowWhereTheyDiffer(t *testing.T) {
	long := strings.Repeat("ä", 1000)
	for name, c := range map[string]struct{ before, after, wantBefore, wantAfter string }{
		"short ones":       {"old", "new", "old", "new"},
		"at the end":       {long + "old", long + "new", "…" + long[:120] + "old", "…" + long[:120] + "new"},
		"one is empty":     {long, "", long[:600] + "…", ""},
		"one goes on":      {long, long + "!", "…" + long[:120], "…" + long[:120] + "!"},
		"one is the start": {"ä", long, "ä", long[:600] + "…"},
	} {
		if before, after := around(c.before, c.after); before != c.wantBefore || after != c.wantAfter {
			t.Errorf("%s: %q and %q", name, before, after)
		}
	}
}
