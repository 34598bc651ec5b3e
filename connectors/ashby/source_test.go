package ashby_test

import (
	"context"
	"strings"
	"testing"

	sandbox "github.com/tributary-hub/tributary/sandbox/ashby"
	"github.com/tributary-hub/tributary/staffing"
)

func TestAQuietAccountGivesNothingAgain(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	o.openMany(30)
	first, cur := readAll(t, o.Requisitions, nil)
	o.take()
	again, cur := readAll(t, o.Requisitions, cur)
	third, _ := readAll(t, o.Requisitions, cur)
	if len(first) != 30 || len(again) != 0 || len(third) != 0 {
		t.Errorf("%d records, then %d, then %d", len(first), len(again), len(third))
	}
	if calls := o.take(); len(calls) != 6 {
		t.Errorf("two quiet rounds took %d calls, want 3 each", len(calls))
	}
}

func TestChangesOfOpeningsAndPostingsBringTheirJob(t *testing.T) {
	for what, change := range map[string]func(o *bench) error{
		"an opening": func(o *bench) error {
			return o.account.Change("opening.list", o.account.Ids("opening.list")[1], func(e map[string]any) { e["openingState"] = "Filled" })
		},
		"a closed opening": func(o *bench) error {
			return o.account.Change("opening.list", o.account.Ids("opening.list")[1], func(e map[string]any) { e["openingState"] = "Closed" })
		},
		"the posting's text": func(o *bench) error {
			return o.account.Change("jobPosting.info", o.account.Ids("jobPosting.info")[1], func(e map[string]any) {
				e["descriptionHtml"], e["updatedAt"] = "<p>Anew.</p>", "2027-01-01T00:00:00.000Z"
			})
		},
		"an unpublished posting": func(o *bench) error {
			return o.account.Change("jobPosting.info", o.account.Ids("jobPosting.info")[1], func(e map[string]any) { e["_unpublished"] = true })
		},
	} {
		now := false
		o := setup(t, sandbox.Options{}, nil)
		ids := o.openMany(3)
		_, cur := readAll(t, o.Requisitions, nil)
		o.must(change(o))
		records, cur := readAll(t, o.Requisitions, cur)
		for _, r := range records {
			now = now || r.ExternalID == ids[1]
		}
		if !now || len(records) != 1 {
			t.Errorf("%s: %d records, want the job of it", what, len(records))
		}
		if records, _ = readAll(t, o.Requisitions, cur); len(records) != 0 && what != "the posting's text" {
			t.Errorf("%s: %d records once more", what, len(records))
		}
	}
}

func TestARefusedSyncTokenStartsAFullSync(t *testing.T) {
	for _, code := range []string{"sync_token_expired", "sync_token_invalid", "incremental_sync_too_large", "next_cursor_expired", "invalid_next_cursor"} {
		o := setup(t, sandbox.Options{}, nil)
		o.applyMany(3)
		_, cur := readAll(t, o.Statuses, nil)
		o.answerOnce("application.list", refusedWith(code))
		records, cur := readAll(t, o.Statuses, cur)
		if len(records) != 3 {
			t.Errorf("%s: %d records, want all of them again", code, len(records))
		}
		if records, _ = readAll(t, o.Statuses, cur); len(records) != 0 {
			t.Errorf("%s: %d records, want none after the full sync", code, len(records))
		}
	}
}

func TestASyncThatGrewTooLargeIsReadInFull(t *testing.T) {
	o := setup(t, sandbox.Options{MaxSyncPages: 1}, nil)
	_, cur := readAll(t, o.Statuses, nil)
	o.applyMany(150)
	if records, _ := readAll(t, o.Statuses, cur); len(records) < 150 {
		t.Errorf("%d records", len(records))
	}
}

func TestARefusalWithStatus200IsNoAnswer(t *testing.T) {
	for reply, want := range map[string]staffing.Code{
		refusedWith("missing_endpoint_permission"):               staffing.Forbidden,
		refusedWith("application_not_found"):                     staffing.NotFound,
		refusedWith("invalid_input"):                             staffing.Invalid,
		`{"success":false,"errors":["invalid_input"]}`:           staffing.Invalid,
		`{"success":true,"results":null}`:                        staffing.Unavailable,
		`{"success":true}`:                                       staffing.Unavailable,
		`{"results":[]}`:                                         staffing.Unavailable,
		`{"success":true,"results":[{"x":1}]}`:                   staffing.Unavailable,
		`{"success":true,"results":{}}`:                          staffing.Unavailable,
		`{"success":true,"results":[],"moreDataAvailable":true}`: staffing.Unavailable,
	} {
		o := setup(t, sandbox.Options{}, nil)
		o.answerOnce("application.list", reply)
		if _, err := o.Statuses(context.Background(), nil); staffing.CodeOf(err) != want {
			t.Errorf("%s: %v, want %s", reply, err, want)
		}
	}
}

func TestDraftsAreReadAndSoAreJobsWithoutAPosting(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	o.account.OpenJob(sandbox.JobSpec{Title: "Nurse", Status: "Draft"})
	o.answerOnce("jobPosting.info", refusedWith("job_posting_not_found"))
	records, _ := readAll(t, o.Requisitions, nil)
	if len(records) == 0 || raw(t, records[0])["_posting"] != nil || requisition(t, records[0].Raw).Status != staffing.ReqDraft {
		t.Errorf("%d records", len(records))
	}
}

func TestStatusesCarryNothingPersonal(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	o.applyMany(1)
	records, _ := readAll(t, o.Statuses, nil)
	if strings.Contains(string(records[0].Raw), "Eve") || strings.Contains(string(records[0].Raw), "maria@") {
		t.Errorf("the record is %s", records[0].Raw)
	}
}

func TestAHireIsToldOnlyOnceItIsOne(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	id := o.applyMany(1)[0]
	for _, ref := range []string{id, "e9ed20fd-d45f-4aad-8a00-a19bfba0083e"} {
		if _, err := o.Placement(context.Background(), staffing.SubmissionRef{ID: ref}); staffing.CodeOf(err) != staffing.NotFound {
			t.Errorf("%s: %v", ref, err)
		}
	}
	o.must(o.account.Archive(id, "Too inexperienced", "RejectedByOrg"))
	if _, err := o.Placement(context.Background(), staffing.SubmissionRef{ID: id}); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("archived: %v", err)
	}
}

// Neither a draft nor an offer that nobody took tells of a hire that was undone.
func TestOnlyAnOfferThatWasDecidedCanBeTakenBack(t *testing.T) {
	const cancelled = `"acceptanceStatus":"Cancelled","offerStatus":"OfferCancelled"`
	for name, tc := range map[string]struct {
		offers string
		want   string // of the offer that is given
	}{
		"accepted and cancelled":                  {`[{"id":"x","applicationId":"A",` + cancelled + `,"decidedAt":"2026-11-02T09:00:00Z"}]`, "x"},
		"cancelled before anybody answered":       {`[{"id":"x","applicationId":"A",` + cancelled + `}]`, ""},
		"declined":                                {`[{"id":"x","applicationId":"A","acceptanceStatus":"Declined","offerStatus":"CandidateRejected","decidedAt":"2026-11-02T09:00:00Z"}]`, ""},
		"waiting for an answer":                   {`[{"id":"x","applicationId":"A","acceptanceStatus":"WaitingOnResponse","offerStatus":"WaitingOnCandidateResponse"}]`, ""},
		"another application's":                   {`[{"id":"x","applicationId":"B",` + cancelled + `,"decidedAt":"2026-11-02T09:00:00Z"}]`, ""},
		"cancelled, and another one is under way": {`[{"id":"x","applicationId":"A",` + cancelled + `,"decidedAt":"2026-11-02T09:00:00Z","latestVersion":{"createdAt":"2026-11-01T09:00:00Z"}},{"id":"y","applicationId":"A","acceptanceStatus":"Created","offerStatus":"WaitingOnApprovalStart","latestVersion":{"createdAt":"2026-11-03T09:00:00Z"}}]`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := setup(t, sandbox.Options{}, nil)
			ref := o.hire()
			o.answerOnce("offer.list", `{"success":true,"results":`+strings.ReplaceAll(tc.offers, `"A"`, `"`+ref.ID+`"`)+`}`)
			rec, err := o.Placement(context.Background(), ref)
			o.must(err)
			offer, _ := raw(t, rec)["offer"].(map[string]any) // nil: none is given
			if got, _ := offer["id"].(string); got != tc.want {
				t.Errorf("the record has the offer %q, want %q", got, tc.want)
			}
		})
	}
}

func TestCheckNamesTheKeyAndWhatItLacks(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	report, err := o.Check(context.Background())
	if err != nil || !report.OK() || !strings.Contains(report.Account, "Sandbox key") {
		t.Errorf("%+v %v", report, err)
	}
	o = setup(t, sandbox.Options{Missing: []string{"apiKey.info", "offer.list"}}, nil)
	report, err = o.Check(context.Background())
	if err != nil || report.OK() {
		t.Fatalf("%+v %v", report, err)
	}
	for _, p := range report.Permissions {
		if p.Granted == (p.Name == "offersRead") {
			t.Errorf("%+v", p)
		}
	}
}

func TestCustomFieldsAreOfferedByTheNameOfTheirTitle(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	fields, err := o.Fields(context.Background())
	if err != nil || len(fields) != 2 {
		t.Fatalf("%+v %v", fields, err)
	}
	if fields[0].Key != "raw._custom.cost_center" || !fields[0].Required || fields[1].Key != "raw.offer._custom.shift" || fields[1].Options[1].Label != "Night" {
		t.Errorf("%+v", fields)
	}
	words, err := o.DeclaredStatuses(context.Background())
	if err != nil || words[1].Word != "Application Review" {
		t.Errorf("%+v %v", words, err)
	}
}
