package greenhouse_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	sandbox "github.com/tributary-hub/tributary/sandbox/greenhouse"
	"github.com/tributary-hub/tributary/staffing"
)

func TestJobsComeWithWhatHangsOnThem(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	id := b.account.OpenJob(sandbox.JobSpec{Title: "Backend Engineer", PostTitle: "Senior Backend Engineer", Description: "<p>Build</p>", Openings: 2,
		Office: "HQ", OfficeLocation: "New York, NY", Location: "Remote in USA", Department: "Technology", ManagerName: "Maria Hall",
		ManagerEmail: "maria@client.example", PayMinCents: 100, PayMaxCents: 200, Currency: "USD",
		CustomFields: map[string]sandbox.CustomField{"nte": sandbox.Money("NTE", "95.10", "USD")}})
	b.account.OpenJob(sandbox.JobSpec{Title: "Template", Template: true})
	b.clock.pass(time.Minute)
	records, _ := readAll(t, b.Requisitions, nil)
	if len(records) != 1 || records[0].ExternalID != strconv.FormatInt(id, 10) {
		t.Fatalf("got %v, want the job without the template", idsOf(records))
	}
	if !strings.Contains(string(records[0].Raw), `"amount":95.1`) {
		t.Errorf("the amount changed its spelling: %s", records[0].Raw)
	}
	r := raw(t, records[0])
	for path, want := range map[string]string{
		"name": "Backend Engineer", "_job_post.title": "Senior Backend Engineer", "_department.name": "Technology", "_offices.0.location": "New York, NY",
		"_locations.0": "Remote in USA", "_hiring_managers.0.primary_email": "maria@client.example", "_pay_input_ranges.0.max_cents": "200", "_openings.1.open": "true",
	} {
		if got := dig(r, path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if _, ok := r["_unavailable"]; ok {
		t.Errorf("something is said to be unavailable: %v", r["_unavailable"])
	}
}

func dig(v any, path string) string {
	for _, key := range strings.Split(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(at) {
				return ""
			}
			v = at[i]
		}
	}
	return fmt.Sprint(v)
}

func TestEveryJobComesOnceOverManyPages(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	for i := range 120 {
		b.account.OpenJob(sandbox.JobSpec{Title: fmt.Sprintf("Job %d", i)})
	}
	b.clock.pass(time.Minute)
	records, cur := readAll(t, b.Requisitions, nil)
	if ids := idsOf(records); len(ids) != 120 || len(records) != 120 {
		t.Errorf("%d records of %d jobs, want 120 of 120", len(records), len(ids))
	}
	b.clock.pass(time.Minute)
	if again, _ := readAll(t, b.Requisitions, cur); len(again) != 0 {
		t.Errorf("a quiet account gave %d records", len(again))
	}
}

func TestAWalkGoesOnWhereItWasCut(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	for i := range 120 {
		b.account.OpenJob(sandbox.JobSpec{Title: fmt.Sprintf("Job %d", i)})
	}
	b.clock.pass(time.Minute)
	first, err := b.Requisitions(context.Background(), nil)
	if err != nil || !first.More || len(first.Records) != 50 {
		t.Fatalf("first page: %d records, more %v, %v", len(first.Records), first.More, err)
	}
	rest, _ := readAll(t, b.open(t).Requisitions, first.Next) // another process
	if len(rest) != 70 {
		t.Errorf("after the first 50 came %d, want 70", len(rest))
	}
}

func TestWhatChangesDuringAWalkIsNotLost(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	var ids []int64
	for i := range 60 {
		ids = append(ids, b.account.OpenJob(sandbox.JobSpec{Title: fmt.Sprintf("Job %d", i)}))
	}
	b.clock.pass(time.Minute)
	page, err := b.Requisitions(context.Background(), nil) // the newest 50
	if err != nil {
		t.Fatal(err)
	}
	b.clock.pass(10 * time.Second)
	b.account.UpdateJob(ids[59], func(j *sandbox.Job) { j.Name = "Changed behind the walk" })
	b.clock.pass(10 * time.Second)
	b.account.UpdateJob(ids[0], func(j *sandbox.Job) { j.Name = "Changed before the walk" }) // sets a later stamp
	_, cur := readAll(t, b.Requisitions, page.Next)
	b.clock.pass(time.Minute)
	again, _ := readAll(t, b.Requisitions, cur)
	if idsOf(again)[strconv.FormatInt(ids[59], 10)] == 0 {
		t.Errorf("the job that changed behind the walk never came: %v", idsOf(again))
	}
}

func TestASecondChangeWithinOneSecondIsSeen(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	id := b.account.OpenJob(sandbox.JobSpec{Title: "Job"})
	_, cur := readAll(t, b.Requisitions, nil) // the stamp is younger than what can be settled
	b.account.UpdateJob(id, func(j *sandbox.Job) { j.Name = "Changed at once" })
	b.clock.pass(time.Minute)
	again, _ := readAll(t, b.Requisitions, cur)
	if len(again) == 0 || raw(t, again[0])["name"] != "Changed at once" {
		t.Errorf("got %v", again)
	}
}

// A new job is new in every list, and still its account is asked only once.
func TestANewJobIsReadOnceAndCheaply(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	_, cur := readAll(t, b.Requisitions, nil)
	b.clock.pass(time.Minute)
	b.account.OpenJob(sandbox.JobSpec{Title: "Job", Office: "HQ", Location: "Berlin", Department: "IT", ManagerName: "M H",
		ManagerEmail: "m@client.example", PayMinCents: 1, PayMaxCents: 2, Currency: "EUR"})
	b.clock.pass(time.Minute)
	before := b.requests()
	records, cur := readAll(t, b.Requisitions, cur)
	if n := b.requests() - before; len(records) != 1 || n > 18 {
		t.Errorf("%d records in %d requests, want one in at most 18", len(records), n)
	}
	b.clock.pass(time.Minute)
	before = b.requests()
	if records, _ = readAll(t, b.Requisitions, cur); len(records) != 0 || b.requests()-before > 6 {
		t.Errorf("a quiet round: %d records in %d requests, want none in 6", len(records), b.requests()-before)
	}
}

func TestManyChangesAtOnceAllCome(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	_, cur := readAll(t, b.Requisitions, nil)
	b.clock.pass(time.Minute)
	for i := range 260 {
		b.account.OpenJob(sandbox.JobSpec{Title: fmt.Sprintf("Job %d", i)})
	}
	b.clock.pass(time.Minute)
	records, _ := readAll(t, b.Requisitions, cur)
	if n := len(idsOf(records)); n != 260 {
		t.Errorf("%d of 260 jobs came", n)
	}
}

func TestRelatedChangesMakeAJobDue(t *testing.T) {
	for name, change := range map[string]func(b *bench, id int64){
		"the job":         func(b *bench, id int64) { b.account.UpdateJob(id, func(j *sandbox.Job) { j.Name = "New" }) },
		"the posting":     func(b *bench, id int64) { b.account.UpdatePost(id, func(p *sandbox.JobPost) { p.Title = "New" }) },
		"another opening": func(b *bench, id int64) { b.account.AddOpening(id) },
	} {
		t.Run(name, func(t *testing.T) {
			b := setup(t, sandbox.Options{}, nil)
			id := b.account.OpenJob(sandbox.JobSpec{Title: "Job"})
			b.account.OpenJob(sandbox.JobSpec{Title: "Bystander"})
			b.clock.pass(time.Minute)
			_, cur := readAll(t, b.Requisitions, nil)
			b.clock.pass(time.Minute)
			change(b, id)
			b.clock.pass(time.Minute)
			again, _ := readAll(t, b.Requisitions, cur)
			if ids := idsOf(again); len(ids) != 1 || ids[strconv.FormatInt(id, 10)] == 0 {
				t.Errorf("got %v, want job %d", ids, id)
			}
		})
	}
}

func TestARefusedPageCursorStartsTheWalkAnew(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	for i := range 60 {
		b.account.OpenJob(sandbox.JobSpec{Title: fmt.Sprintf("Job %d", i)})
	}
	page, err := b.Requisitions(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	b.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Has("cursor") && refused == 0 {
			refused++
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprint(w, `{"message":"Unprocessable Content","errors":["The cursor is invalid."]}`)
			return true
		}
		return false
	})
	rest, _ := readAll(t, b.Requisitions, page.Next)
	if refused != 1 || len(idsOf(rest)) != 60 {
		t.Errorf("%d refusals, then %d jobs, want all 60 again", refused, len(idsOf(rest)))
	}
	b.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Has("cursor") {
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprint(w, `{"message":"no","errors":[]}`)
		}
		return r.URL.Query().Has("cursor")
	})
	cur := page.Next
	for range 20 {
		p, err := b.Requisitions(context.Background(), cur)
		if err != nil {
			return // a vendor that never takes its cursor ends in an error, not in a circle
		}
		cur = p.Next
	}
	t.Error("a vendor that refuses every cursor was asked for ever")
}

func TestAListWithoutItsFormIsAFailureAndNotEmpty(t *testing.T) {
	for _, answer := range []string{`null`, `{}`, `[null]`, `[{"name":"no id"}]`, `[{"id":"x"}]`, `[[]]`} {
		b := setup(t, sandbox.Options{}, nil)
		b.intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasPrefix(r.URL.Path, "/v3/") {
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprint(w, answer)
				return true
			}
			return false
		})
		for name, src := range map[string]source{"requisitions": b.Requisitions, "statuses": b.Statuses} {
			if _, err := src(context.Background(), nil); staffing.CodeOf(err) != staffing.Unavailable {
				t.Errorf("%s of %s: %v, want unavailable", name, answer, err)
			}
		}
	}
}

func TestWithoutOptionalScopesJobsStillCome(t *testing.T) {
	var scopes []string
	for _, p := range []string{"jobs", "job_posts", "openings", "offices"} {
		scopes = append(scopes, "harvest:"+p+":list")
	}
	b := setup(t, sandbox.Options{Scopes: scopes}, nil)
	b.account.OpenJob(sandbox.JobSpec{Title: "Job", Office: "HQ", OfficeLocation: "Berlin", ManagerName: "M H", ManagerEmail: "m@client.example"})
	records, _ := readAll(t, b.Requisitions, nil)
	if len(idsOf(records)) != 1 {
		t.Fatalf("got %v", idsOf(records))
	}
	r := raw(t, records[0])
	if missing := fmt.Sprint(r["_unavailable"]); !strings.Contains(missing, "job_hiring_managers") || dig(r, "_locations.0") != "Berlin" {
		t.Errorf("unavailable %s, locations %v", missing, r["_locations"])
	}
}

func TestAMissingNeededScopeIsNamed(t *testing.T) {
	b := setup(t, sandbox.Options{Scopes: []string{"harvest:jobs:list"}}, nil)
	b.account.OpenJob(sandbox.JobSpec{Title: "Job"})
	_, err := b.Requisitions(context.Background(), nil)
	if staffing.CodeOf(err) != staffing.Forbidden || !strings.Contains(staffing.MessageOf(err), "harvest:job_posts:list") {
		t.Errorf("got %v", err)
	}
}

func TestStatusesNormaliseAndGiveReasons(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	job := b.account.OpenJob(sandbox.JobSpec{Title: "Job", Openings: 3})
	apply := func(name string) int64 {
		id, err := b.account.Apply(job, name, "Grey", name+"@mail.example")
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	waiting, gone, hired := apply("ada"), apply("ben"), apply("cy")
	if err := b.account.Reject(gone, "Took another job"); err != nil {
		t.Fatal(err)
	}
	if err := b.account.Hire(hired, "2026-12-01"); err != nil {
		t.Fatal(err)
	}
	b.clock.pass(time.Minute)
	records, cur := readAll(t, b.Statuses, nil)
	got := map[string]map[string]any{}
	for _, r := range records {
		got[r.ExternalID] = raw(t, r)
		if strings.Contains(string(r.Raw), "location_address") {
			t.Errorf("personal data of applicants is read: %s", r.Raw)
		}
	}
	for id, want := range map[int64]string{waiting: "active", gone: "rejected", hired: "hired"} {
		if s := dig(got[strconv.FormatInt(id, 10)], "_status"); s != want {
			t.Errorf("application %d is %q, want %q", id, s, want)
		}
	}
	if key := dig(got[strconv.FormatInt(gone, 10)], "_rejection_reason.type.key"); key != "THEY_REJECTED_US" {
		t.Errorf("reason %q", key)
	}
	b.clock.pass(time.Minute)
	if err := b.account.MoveToStage(waiting, "Offer"); err != nil {
		t.Fatal(err)
	}
	b.clock.pass(time.Minute)
	again, _ := readAll(t, b.Statuses, cur)
	if ids := idsOf(again); len(ids) != 1 || ids[strconv.FormatInt(waiting, 10)] == 0 || raw(t, again[0])["stage_name"] != "Offer" {
		t.Errorf("after one move came %v", ids)
	}
}

func TestPlacementWaitsForTheHire(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	ctx := context.Background()
	job := b.account.OpenJob(sandbox.JobSpec{Title: "Job"})
	app, err := b.account.Apply(job, "Ada", "Grey", "ada@mail.example")
	if err != nil {
		t.Fatal(err)
	}
	ref := staffing.SubmissionRef{ID: strconv.FormatInt(app, 10), RequisitionID: strconv.FormatInt(job, 10)}
	offer := func(status string) {
		if err := b.account.MakeOffer(app, sandbox.OfferSpec{StartsOn: "2026-12-07", Status: status,
			CustomFields: map[string]sandbox.CustomField{"bill_rate": sandbox.Money("Bill", "92.00", "USD")}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Placement(ctx, ref); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("before any offer: %v", err)
	}
	offer("Created")
	if _, err := b.Placement(ctx, ref); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("before the offer is accepted: %v", err)
	}
	offer("Accepted")
	rec, err := b.Placement(ctx, ref)
	if err != nil || rec.Version != "2" || dig(raw(t, rec), "offer.starts_on") != "2026-12-07" {
		t.Fatalf("accepted: %+v %v", rec, err)
	}
	if err := b.account.Hire(app, "2026-12-07"); err != nil {
		t.Fatal(err)
	}
	rec, err = b.Placement(ctx, ref)
	if r := raw(t, rec); err != nil || dig(r, "application._status") != "hired" || dig(r, "opening.open") != "false" {
		t.Errorf("hired: %s %v", rec.Raw, err)
	}
	if _, err := b.Placement(ctx, staffing.SubmissionRef{ID: "1"}); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("an unknown application: %v", err)
	}
	if _, err := b.Placement(ctx, staffing.SubmissionRef{ID: "x"}); staffing.CodeOf(err) != staffing.Invalid {
		t.Errorf("no number: %v", err)
	}
}

func TestAnEndedTokenIsRenewedOnce(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	b.account.OpenJob(sandbox.JobSpec{Title: "Job"})
	readAll(t, b.Requisitions, nil)
	b.account.ExpireTokens()
	if records, _ := readAll(t, b.Requisitions, nil); len(idsOf(records)) != 1 {
		t.Errorf("got %v", idsOf(records))
	}
	b.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, "/v3/") {
			w.WriteHeader(http.StatusUnauthorized)
			return true
		}
		return false
	})
	before := b.count("GET jobs")
	_, err := b.Requisitions(context.Background(), nil)
	if staffing.CodeOf(err) != staffing.Unauthorized || b.count("GET jobs") != before+2 {
		t.Errorf("%d calls, %v; want two and unauthorized", b.count("GET jobs")-before, err)
	}
}

func TestWrongCredentialsDoNotTravel(t *testing.T) {
	for key, value := range map[string]string{"client_secret": "wr0ng-secret", "client_id": "wr0ng-id"} {
		b := setup(t, sandbox.Options{}, map[string]string{key: value})
		_, err := b.Check(context.Background())
		if staffing.CodeOf(err) != staffing.Unauthorized || strings.Contains(err.Error(), value) {
			t.Errorf("wrong %s: %v", key, err)
		}
	}
}

func TestCheckNamesWhatIsMissing(t *testing.T) {
	all, err := setup(t, sandbox.Options{}, nil).Check(context.Background())
	if err != nil || !all.OK() || !strings.Contains(all.Account, "4080001") {
		t.Errorf("everything granted: %+v %v", all, err)
	}
	some, err := setup(t, sandbox.Options{Scopes: []string{"harvest:jobs:list", "harvest:candidates:create"}}, nil).Check(context.Background())
	if err != nil || some.OK() {
		t.Fatalf("%+v %v", some, err)
	}
	granted := map[string]bool{}
	for _, p := range some.Permissions {
		granted[p.Name] = p.Granted
		if !p.Granted && p.Detail == "" {
			t.Errorf("%s: nothing says what to do", p.Name)
		}
	}
	if !granted["harvest:jobs:list"] || !granted["harvest:candidates:create"] || granted["harvest:offers:list"] || granted["harvest:attachments:create"] {
		t.Errorf("got %v", granted)
	}
	hidden, err := setup(t, sandbox.Options{HideScopes: true}, nil).Check(context.Background())
	if err != nil || !hidden.OK() {
		t.Fatalf("%+v %v", hidden, err)
	}
	if doc, _ := json.Marshal(hidden); !strings.Contains(string(doc), "Untested") {
		t.Errorf("a token without visible scopes: %s", doc)
	}
}
