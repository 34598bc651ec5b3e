package lever_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/lever"
	"github.com/tributary-hub/tributary/staffing"
)

// clock moves by itself from call to call, so that what is given once lies out of
// the reach of the next walk's overlap.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Now()} }

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) pass(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

func TestAQuietAccountGivesNothingAgain(t *testing.T) {
	c := newClock()
	o := setup(t, sandbox.Options{Now: c.now}, nil)
	o.openMany(3)
	first, cur := readAll(t, o.Requisitions, nil)
	c.pass(time.Minute)
	_, cur = readAll(t, o.Requisitions, cur)
	again, _ := readAll(t, o.Requisitions, cur)
	if len(first) != 3 || len(again) != 0 {
		t.Errorf("%d records, then %d", len(first), len(again))
	}
}

func TestAHeadcountThatMovesNoStampIsStillNoticed(t *testing.T) {
	c := newClock()
	o := setup(t, sandbox.Options{Now: c.now}, nil)
	o.account.OpenPosting(sandbox.PostingSpec{Title: "Porter", Headcount: 1})
	id := o.account.OpenPosting(sandbox.PostingSpec{Title: "Nurse", Headcount: 1, RequisitionCode: "ENG-7"})
	c.pass(time.Minute)
	_, cur := readAll(t, o.Requisitions, nil)
	c.pass(time.Minute)
	o.must(o.account.ChangeRequisition("ENG-7", false, func(r map[string]any) { r["headcountTotal"] = 5 }))
	records, cur := readAll(t, o.Requisitions, cur)
	if len(records) != 1 || records[0].ExternalID != id {
		t.Fatalf("%d records, want the posting of the requisition that changed", len(records))
	}
	if req := requisition(t, records[0].Raw); req.OpeningsTotal != 5 {
		t.Errorf("openings %d", req.OpeningsTotal)
	}
	for _, status := range []string{"closed", "open"} { // away, and back again
		c.pass(time.Minute)
		o.must(o.account.ChangeRequisition("ENG-7", false, func(r map[string]any) { r["status"] = status }))
		if records, cur = readAll(t, o.Requisitions, cur); len(records) != 1 {
			t.Errorf("%s: %d records", status, len(records))
		}
	}
}

func TestPostingsListedWithoutTheirTextAreReadOneByOne(t *testing.T) {
	o := setup(t, sandbox.Options{BareLists: true}, nil)
	o.openMany(45)
	records, _ := readAll(t, o.Requisitions, nil)
	if len(records) != 45 || !strings.Contains(requisition(t, records[44].Raw).Description, "What it is about") {
		t.Errorf("%d records", len(records))
	}
}

func TestAKeyThatSeesNoRequisitionsStillReadsPostings(t *testing.T) {
	for _, path := range []string{"/requisitions", "/users"} {
		o := setup(t, sandbox.Options{}, nil)
		o.openMany(2)
		o.forbid(path)
		records, _ := readAll(t, o.Requisitions, nil)
		if len(records) != 2 || raw(t, records[0])["_unavailable"] == nil {
			t.Errorf("%s: %d records", path, len(records))
		}
	}
}

func TestConfidentialPostingsComeOnlyWhenAskedFor(t *testing.T) {
	for setting, want := range map[string]int{"": 1, "all": 2, "confidential": 1} {
		o := setup(t, sandbox.Options{}, connectors.Settings{"confidentiality": setting})
		o.account.OpenPosting(sandbox.PostingSpec{Title: "Nurse", Headcount: 1})
		o.account.OpenPosting(sandbox.PostingSpec{Title: "Head of something", Headcount: 1, Confidential: true})
		if records, _ := readAll(t, o.Requisitions, nil); len(records) != want {
			t.Errorf("%q: %d records, want %d", setting, len(records), want)
		}
	}
}

func TestWhatIsDeletedIsTold(t *testing.T) {
	c := newClock()
	o := setup(t, sandbox.Options{Now: c.now}, nil)
	posting, opp := o.job(), o.applyMany(1)[0]
	_, jobs := readAll(t, o.Requisitions, nil)
	_, people := readAll(t, o.Statuses, nil)
	c.pass(time.Minute)
	o.must(o.account.Delete("postings", posting))
	o.must(o.account.Delete("opportunities", opp))
	records, _ := readAll(t, o.Requisitions, jobs)
	if len(records) != 1 || requisition(t, records[0].Raw).Status != staffing.ReqCancelled {
		t.Errorf("postings: %d records", len(records))
	}
	if records, _ = readAll(t, o.Statuses, people); len(records) != 1 || raw(t, records[0])["_deleted"] != true {
		t.Errorf("opportunities: %d records", len(records))
	}
}

func TestStatusesCarryNothingPersonal(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	o.applyMany(1)
	records, _ := readAll(t, o.Statuses, nil)
	for _, s := range []string{"Eve", "person1@mail.example"} {
		if strings.Contains(string(records[0].Raw), s) {
			t.Errorf("the record holds %q", s)
		}
	}
}

func TestAnOffsetThatIsNoLongerTakenStartsTheWalkAnew(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	o.openMany(150)
	page, err := o.Requisitions(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	stale := staffing.Cursor(strings.Replace(string(page.Next), `"offset":"0.`, `"offset":"1.`, 1))
	records, _ := readAll(t, o.Requisitions, stale)
	if len(records) != 150 {
		t.Errorf("%d records, want all of them again", len(records))
	}
}

func TestAHireIsToldOnlyOnceItIsOne(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	id := o.applyMany(1)[0]
	for _, reason := range []string{"", "Underqualified"} {
		if reason != "" {
			o.must(o.account.Archive(id, reason))
		}
		if _, err := o.Placement(context.Background(), staffing.SubmissionRef{ID: id}); staffing.CodeOf(err) != staffing.NotFound {
			t.Errorf("archived %q: %v", reason, err)
		}
	}
	o.must(o.account.Archive(id, "Hired"))
	if _, err := o.Placement(context.Background(), staffing.SubmissionRef{ID: id}); err != nil {
		t.Errorf("hired without an offer: %v", err)
	}
}

func TestCheckNamesWhoActs(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	report, err := o.Check(context.Background())
	if err != nil || !report.OK() || !strings.Contains(report.Account, "Chandler Bing") {
		t.Errorf("%+v %v", report, err)
	}
	o = setup(t, sandbox.Options{}, connectors.Settings{"acting_user_id": "00000000-0000-0000-0000-000000000000"})
	if report, err = o.Check(context.Background()); err != nil || report.OK() {
		t.Errorf("an acting user that is none: %+v %v", report, err)
	}
}

func TestCustomFieldsAreOfferedWithTheirParts(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	fields, err := o.Fields(context.Background())
	if err != nil || len(fields) != 4 {
		t.Fatalf("%+v %v", fields, err)
	}
	if f := fields[1]; f.Key != "raw._requisition.customFields.cost_center.campus_code" || f.Label != "Cost center: Campus code" || f.Type != "number" {
		t.Errorf("%+v", f)
	}
	if f := fields[3]; f.Type != "choice" || len(f.Options) != 2 || f.Options[1].Value != "remote" {
		t.Errorf("%+v", f)
	}
}
