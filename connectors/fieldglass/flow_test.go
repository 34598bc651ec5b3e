package fieldglass_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/sandbox/fault"
	sandbox "github.com/tributary-hub/tributary/sandbox/fieldglass"
	"github.com/tributary-hub/tributary/staffing"
)

func rate(amount string) *staffing.Rate {
	return &staffing.Rate{Amount: decimal.RequireFromString(amount), Currency: "USD", Unit: staffing.Hour}
}

// One record goes all the way through the default mapping.
func TestFromPostingToPlacementThroughTheDefaultMapping(t *testing.T) {
	t.Parallel()
	ctx, p := context.Background(), program(t)
	b := setup(t, sandbox.Options{}, nil)
	id := b.post()
	raw := b.drain()[id].Raw
	req, gaps, err := p.Requisition(raw, acme)
	if err != nil || len(gaps) > 0 || req.Status != staffing.ReqOpen || req.NTE == nil || req.NTE.String() != "95.00 USD/hour" {
		t.Fatalf("requisition %+v %v %v", req, gaps, err)
	}
	sub := staffing.Submission{Key: "HUB-SUB-000123",
		Candidate: staffing.Candidate{FirstName: "Sam", LastName: "Rivera", Email: "sam.rivera@example.test", SecurityID: "01151234SR"},
		Offered:   staffing.Offered{BillRate: rate("92.00"), PayRate: rate("58.00"), StartDate: "2027-01-11"},
		Answers:   map[string]any{"Has the candidate ever worked at ACME as an employee?": "No", "4-Year Degree": true}}
	fields, gaps, err := p.Submission(mapping.SubmissionInput{Submission: sub, Requisition: req, RequisitionRaw: raw, Client: acme})
	if err != nil || len(gaps) > 0 {
		t.Fatal(gaps, err)
	}
	receipt, err := b.open().Submit(ctx, staffing.SubmissionRequest{Key: sub.Key, RequisitionID: id, Requisition: raw, Fields: fields, Resume: resume("cv.pdf", "%PDF")})
	if err != nil {
		t.Fatal(err)
	}
	order, err := b.Hire(b.JobSeekers()[0].ID, sandbox.WorkOrderSpec{PurchaseOrder: "4500099999", EndDate: "2027-06-30"})
	if err != nil {
		t.Fatal(err)
	}
	record, err := b.open().Placement(ctx, staffing.SubmissionRef{ID: receipt.ID, RequisitionID: id, Key: sub.Key})
	if err != nil {
		t.Fatal(err)
	}
	plc, gaps, err := p.Placement(record.Raw, sub, req, acme)
	if err != nil || len(gaps) > 0 {
		t.Fatal(gaps, err)
	}
	got := fmt.Sprintf("%s r%s %s %s %s-%s %s %s %s %v %s %s", plc.ExternalID, plc.Revision, plc.Status, plc.WorkerName, plc.StartDate, plc.EndDate,
		plc.BillRate, plc.PayRate, plc.Purchase, plc.CostCentres, plc.WorkSite, plc.Approver.Name)
	want := order + " r0 Activated Sam Rivera 2027-01-11-2027-06-30 92.00 USD/hour 58.00 USD/hour 4500099999 [{4410-20 Platform 100}] US-CO-Denver Doe, Alex"
	if got != want {
		t.Errorf("placement\n got %s\nwant %s", got, want)
	}
}

func TestEveryStatusOfTheTenantIsMapped(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	path, exits := sandbox.Statuses()
	for _, word := range append(path, exits...) {
		b.must(b.SetStatus(b.apply(), word, ""))
	}
	own := b.apply()
	b.must(b.SetStatus(own, "In der Fachabteilung", ""))
	page, err := b.open().Statuses(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range page.Records {
		st, gaps, err := program(t).Status(r.Raw)
		if known := r.ExternalID != own; err != nil || known != (len(gaps) == 0) || known != st.Stage.Known() {
			t.Errorf("%s: %+v %v %v", r.ExternalID, st, gaps, err)
		}
	}
}

func TestTheStatusDownloadIsReadInEveryForm(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]sandbox.Options{"JSON": {}, "XML": {XML: true}, "CSV": {StatusCSV: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts.Zone = time.FixedZone("MST", -7*3600)
			b := setup(t, opts, connectors.Settings{"time_zone": "Etc/GMT+7"})
			id := b.apply()
			b.clock.pass(time.Hour)
			b.must(b.RejectJobSeeker(id, "Rate too high"))
			page, err := b.open().Statuses(context.Background(), nil)
			if err != nil || len(page.Records) != 1 {
				t.Fatal(len(page.Records), err)
			}
			row := tree(t, page.Records[0].Raw).(map[string]any)
			if row["status"] != "Rejected" || row["reason"] != "Rate too high" || row["job_posting_id"] == nil || page.Records[0].ExternalID != id {
				t.Errorf("%v", row)
			}
			if !page.Records[0].UpdatedAt.Equal(b.clock.now()) {
				t.Errorf("changed at %s, want %s", page.Records[0].UpdatedAt, b.clock.now())
			}
		})
	}
}

func TestAPollAsksForWhatChangedSinceTheDayBefore(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	old := b.apply()
	c, ctx := b.open(), context.Background()
	first, err := c.Statuses(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	b.clock.pass(72 * time.Hour)
	b.ExpireToken()
	fresh := b.apply()
	second, err := c.Statuses(ctx, first.Next) // six hours are over: everything
	if err != nil || len(second.Records) != 2 {
		t.Fatal(len(second.Records), err)
	}
	b.clock.pass(time.Hour)
	third, err := c.Statuses(ctx, second.Next)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range third.Records {
		ids = append(ids, r.ExternalID)
	}
	if !slices.Contains(ids, fresh) || slices.Contains(ids, old) {
		t.Errorf("a poll gave %v; want %s and not the old %s", ids, fresh, old)
	}
}

func TestPlacementTellsNotYetFromNeverAndFollowsRevisions(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	c, ctx := b.open(), context.Background()
	id := b.apply()
	ref := staffing.SubmissionRef{ID: id, RequisitionID: b.JobSeekers()[0].PostingID, Key: "k"}
	_, err := c.Placement(ctx, ref)
	wantCode(t, err, staffing.NotFound, "no work order")
	order, err := b.IssueWorkOrder(id, sandbox.WorkOrderSpec{BillRate: "90"})
	b.must(err)
	first, err := c.Placement(ctx, ref)
	if err != nil || first.ExternalID != order || first.Version != "0" {
		t.Fatalf("%+v %v", first, err)
	}
	b.must(b.ReviseWorkOrder(order, func(w *sandbox.WorkOrderSpec) { w.BillRate = "94.50" }))
	second, err := c.Placement(ctx, ref)
	if err != nil || second.Version != "1" || second.ExternalID != order || !strings.Contains(string(second.Raw), "94.50") {
		t.Errorf("%+v %v", second, err)
	}
	_, err = c.Placement(ctx, staffing.SubmissionRef{ID: "ACMEJS00009999", RequisitionID: ref.RequisitionID})
	wantCode(t, err, staffing.NotFound)
	b.faults.Add(fault.Rule{Kind: fault.Status500, Match: onCall(sandbox.WorkOrders)})
	_, err = c.Placement(ctx, ref)
	wantCode(t, err, staffing.Unavailable)
}

func TestPushesNameTheFeedThatIsDue(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	c := b.open()
	var mu sync.Mutex
	seen, ids := map[staffing.Feed]int{}, map[string]bool{}
	b.SetPush(sandbox.Subscription{URL: "http://hub.example", User: "hub-push", Password: "push-password-0815",
		Post: func(_ context.Context, _ string, h http.Header, body []byte) (int, error) {
			mu.Lock()
			defer mu.Unlock()
			if err := c.Verify(h, body, time.Now()); err != nil {
				t.Error(err)
			}
			ids[c.DeliveryID(h, body)] = true
			events, err := c.Events(h, body)
			if err != nil || len(events) != 1 {
				t.Errorf("%s gives %v %v", body, events, err)
			}
			for _, e := range events {
				seen[e.Feed]++
			}
			return http.StatusOK, nil
		}})
	posting := b.post()                                                     // requisitions
	id, err := b.AddJobSeeker(posting, "Ada", "Grey", "ada.g@mail.example") // statuses
	b.must(err)                                                             //
	b.must(b.UpdatePosting(posting, func(*sandbox.PostingSpec) {}))         // requisitions
	order, err := b.IssueWorkOrder(id, sandbox.WorkOrderSpec{})             // statuses
	b.must(err)                                                             //
	b.must(b.ReviseWorkOrder(order, func(*sandbox.WorkOrderSpec) {}))       // statuses
	b.FlushPushes()
	if seen[staffing.FeedRequisitions] != 2 || seen[staffing.FeedStatuses] != 3 || len(ids) != 5 {
		t.Errorf("%v, %d delivery ids", seen, len(ids))
	}
}
