package fieldglass

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/sandbox/state"
)

func TestTheNewTokenEndsTheLast(t *testing.T) {
	c := newClock()
	v := open(t, nil, Options{Now: c.now})
	v.says(v.get(PostingFull, ""), 200, "no data")
	first := v.token
	second := v.fetch()
	v.says(v.get(PostingFull, ""), 401, "100")
	v.token = second
	v.says(v.get(PostingFull, ""), 200)
	c.pass(2 * time.Hour)
	v.says(v.get(PostingFull, ""), 401)
	if first == second {
		t.Error("both tokens are the same")
	}
}

func TestTokensAreRefused(t *testing.T) {
	v := open(t, nil, Options{})
	for name, r := range map[string]struct {
		reply reply
		want  int
	}{
		"another key":       {v.askToken("API_SUP1", "x", grant), 401},
		"another user":      {v.askToken("x", "sandbox-licence-key", grant), 401},
		"no response type":  {v.askToken("API_SUP1", "sandbox-licence-key", "grant_type=client_credentials"), 400},
		"one parameter too": {v.askToken("API_SUP1", "sandbox-licence-key", grant+"&scope=all"), 400},
		"by GET":            {v.do(http.MethodGet, "/api/oauth2/v2.0/token?"+grant, http.Header{}, nil), 405},
	} {
		if r.reply.status != r.want || strings.Contains(r.reply.body, "access_token") {
			t.Errorf("%s: %d %s, want %d", name, r.reply.status, r.reply.body, r.want)
		}
	}
}

func TestTheApplicationKeyIsAskedForWhenThereIsOne(t *testing.T) {
	v := &tenant{Server: New(nil, Options{ApplicationKey: "app"}), t: t}
	r := http.Request{Header: http.Header{"X-Applicationkey": {"app"}}}
	if !v.knowsApplication(&r) || v.knowsApplication(&http.Request{Header: http.Header{}}) {
		t.Error("the application key is not looked at")
	}
}

func TestReadingTheChangesConsumesThem(t *testing.T) {
	v := open(t, nil, Options{})
	a, b := v.post(example()), v.post(example())
	if got := v.ids(v.get(PostingChanges, "object_ref="+a)); !slices.Equal(got, []string{a}) {
		t.Errorf("one alone: %v", got)
	}
	if got := v.ids(v.get(PostingChanges, "")); !slices.Equal(got, []string{a, b}) {
		t.Errorf("first read: %v", got)
	}
	if r := v.get(PostingChanges, ""); r.body != "no data to download" || !strings.HasPrefix(r.header.Get("Content-Type"), "text/plain") {
		t.Errorf("second read: %s %s", r.header.Get("Content-Type"), r.body)
	}
	v.must(v.UpdatePosting(a, func(p *PostingSpec) { p.Title = "Changed" }))
	if got := v.ids(v.get(PostingChanges, "")); !slices.Equal(got, []string{a}) {
		t.Errorf("after a change: %v", got)
	}
	for range 2 {
		if got := v.ids(v.get(PostingFull, "")); !slices.Equal(got, []string{a, b}) {
			t.Errorf("full: %v", got)
		}
	}
}

func TestTooManyRecordsLeaveTheCursor(t *testing.T) {
	v := open(t, nil, Options{MaxRecords: 2})
	for range 3 {
		v.post(example())
	}
	v.says(v.get(PostingChanges, ""), 200, `"ReturnCode":"104"`)
	v.opts.MaxRecords = 3
	if got := v.ids(v.get(PostingChanges, "")); len(got) != 3 {
		t.Errorf("%v", got)
	}
}

func TestOldClosedPostingsLeaveTheFullDownload(t *testing.T) {
	c := newClock()
	v := open(t, nil, Options{Now: c.now})
	old, kept := v.post(example()), v.post(example())
	v.must(v.ClosePosting(old, "Filled"))
	c.pass(31 * 24 * time.Hour)
	v.must(v.ClosePosting(kept, "Filled"))
	v.token = v.fetch()
	if got := v.ids(v.get(PostingFull, "")); !slices.Equal(got, []string{kept}) {
		t.Errorf("%v", got)
	}
}

func TestWrongCallsAreRefused(t *testing.T) {
	v := open(t, nil, Options{Disabled: []string{WorkOrders}})
	v.says(v.get("Job Postings", ""), 404)
	v.says(v.get(WorkOrders, ""), 403)
	v.says(v.get(PostingFull, "page=2"), 400, "Unknown parameter")
	v.says(v.get(PostingFull, "__p1=2026-01-01"), 400)
	v.says(v.get(JobSeekerStatus, "__p2=x"), 400)
	v.says(v.get(JobSeekerStatus, "__p1=23/11/2026"), 400)
	v.says(v.get(JobSeekerStatus, "object_ref=ACMEJP00009999"), 200, `"255"`)
	v.says(v.get(JobSeekerUpload, ""), 400, "upload")
	v.says(v.do(http.MethodPost, "/api/vc/connector/"+PostingFull, v.header(), nil), 400, "download")
	v.says(v.do(http.MethodGet, "/api/other", v.header(), nil), 404)
}

func TestTheMinuteHasALimit(t *testing.T) {
	c := newClock()
	v := open(t, nil, Options{Now: c.now, RateLimit: 2})
	v.get(PostingFull, "")
	v.get(PostingFull, "")
	r := v.get(PostingFull, "")
	if v.says(r, 429); r.header.Get("Retry-After") != "61" {
		t.Errorf("Retry-After %q", r.header.Get("Retry-After"))
	}
	c.pass(time.Minute)
	v.says(v.get(PostingFull, ""), 200)
}

// submission answers the form of example; change bends it.
func submission(posting string, change func(object)) object {
	amount := func(v string) object { return object{"@rateAmountPeriod": "Hr", "@currency": "USD", "$": v} }
	row := func(class, bill, pay string) object {
		return object{"@rateType": "bill", "BillAmount": amount(bill), "PayAmount": amount(pay), "Class": class}
	}
	doc := object{
		"@xmlns":               "jobSeeker",
		"HumanResourceId":      object{"IdValue": nil, "ExternalReferenceId": "HUB-1", "EntityContactInfo": object{"PersonName": object{"LegalName": "API_SUP1"}}},
		"ReferenceInformation": object{"StaffingSupplierId": object{"IdValue": "SUP1"}, "StaffingCustomerId": object{"IdValue": "ACME"}, "OrderId": object{"IdValue": posting}},
		"ResourceInformation": object{"EntityContactInfo": object{"PersonName": object{"FirstName": "Sam", "LastName": "Rivera"}, "SecurityId": "01151234SR",
			"ContactMethod": object{"InternetEmailAddress": "sam@mail.example"}}, "AvailabilityDate": object{"AvailabilityStartDate": "2027-01-11"}},
		"Rates": []any{row("ST", "92.00", "58.00"), row("OT", "138.00", "87.00")},
		"CustomFields": object{"CustomField": object{"@name": "Has the candidate ever worked at ACME as an employee?", "@type": "xsd:pickList", "Value": "No",
			"Class": "JobSeeker"}},
		"Profile": object{"Resume": object{"NonXMLResume": object{"TextResume": "JVBERg==", "SupportingMaterials": object{"AttachmentReference": object{"@mimeType": "application/pdf",
			"$": "cv.pdf"}}}}},
	}
	if change != nil {
		change(doc)
	}
	return object{"HumanResource": doc}
}

func TestUploadsAreCheckedAgainstThePosting(t *testing.T) {
	rates := func(d object, row int) object { return d["Rates"].([]any)[row].(object) }
	person := func(d object) object { return at(d, "ResourceInformation", "EntityContactInfo").(object) }
	field := func(d object) object { return at(d, "CustomFields", "CustomField").(object) }
	for name, c := range map[string]struct {
		change func(object)
		want   string
	}{
		"as it should be": {nil, `"ReturnCode":"0"`},
		"another user": {func(d object) {
			at(d, "HumanResourceId", "EntityContactInfo", "PersonName").(object)["LegalName"] = "x"
		}, "Creator Username"},
		"another supplier":           {func(d object) { at(d, "ReferenceInformation", "StaffingSupplierId").(object)["IdValue"] = "x" }, "Supplier Code"},
		"a posting nobody knows":     {func(d object) { at(d, "ReferenceInformation", "OrderId").(object)["IdValue"] = "ACMEJP1" }, `"ReturnCode":"255"`},
		"an id for a new one":        {func(d object) { d["HumanResourceId"].(object)["IdValue"] = "ACMEJS1" }, "must be empty"},
		"no last name":               {func(d object) { delete(at(person(d), "PersonName").(object), "LastName") }, "Last Name is required"},
		"a security id of no form":   {func(d object) { person(d)["SecurityId"] = "1" }, "Security ID format is invalid"},
		"no day":                     {func(d object) { delete(d, "ResourceInformation") }, "Date Available is required"},
		"no overtime row":            {func(d object) { d["Rates"] = d["Rates"].([]any)[:1] }, "Rate OT is required"},
		"a rate over the limit":      {func(d object) { at(rates(d, 0), "BillAmount").(object)["$"] = "95.01" }, "Bill Rate ST exceeds the maximum of 95.00"},
		"overtime over the limit":    {func(d object) { at(rates(d, 1), "BillAmount").(object)["$"] = "142.51" }, "Bill Rate OT exceeds the maximum of 142.50"},
		"no bill rate":               {func(d object) { at(rates(d, 0), "BillAmount").(object)["$"] = "0.00" }, "Bill Rate ST is required"},
		"no pay rate":                {func(d object) { at(rates(d, 0), "PayAmount").(object)["$"] = "0.00" }, "Pay Rate ST is required"},
		"another currency":           {func(d object) { at(rates(d, 0), "BillAmount").(object)["@currency"] = "EUR" }, "currency must be USD"},
		"another unit":               {func(d object) { at(rates(d, 0), "BillAmount").(object)["@rateAmountPeriod"] = "Day" }, "unit must be Hr"},
		"the other side":             {func(d object) { rates(d, 0)["@rateType"] = "pay" }, "rate type must be bill"},
		"a question without answer":  {func(d object) { delete(d, "CustomFields") }, "ever worked at ACME as an employee? is required"},
		"an answer not on the list":  {func(d object) { field(d)["Value"] = "no" }, "not in the pick list"},
		"a question nobody asked":    {func(d object) { field(d)["@name"] = "Shoe size" }, "Shoe size is not a field"},
		"no résumé":                  {func(d object) { delete(d, "Profile") }, "Resume is required"},
		"a résumé that is no base64": {func(d object) { at(d, "Profile", "Resume", "NonXMLResume").(object)["TextResume"] = "?" }, "cannot be decoded"},
		"an element nobody knows":    {func(d object) { d["Nickname"] = "Sam" }, "no element Nickname"},
		"a number for a text":        {func(d object) { person(d)["SecurityId"] = 1 }, "is not a text"},
		"an element for a text":      {func(d object) { person(d)["SecurityId"] = object{"$": "1"} }, "holds elements"},
	} {
		t.Run(name, func(t *testing.T) {
			v := open(t, nil, Options{})
			r := v.upload(submission(v.post(example()), c.change))
			if !strings.Contains(r.body, c.want) {
				t.Errorf("%s does not say %s", r.body, c.want)
			}
			if taken := v.CountJobSeekers() == 1; taken != (c.change == nil) {
				t.Errorf("taken: %v", taken)
			}
		})
	}
}

func TestRepeatsMakeAnotherJobSeekerAsNobodyKnowsBetter(t *testing.T) {
	v := open(t, nil, Options{})
	id := v.post(example())
	for range 2 {
		v.says(v.upload(submission(id, nil)), 200, `"ReturnCode":"0"`)
	}
	if got := v.CountPairs()[Pair{id, "sam@mail.example"}]; got != 2 {
		t.Errorf("the pair counts %d, want 2", got)
	}
	v.opts.RefuseRepeats = true
	v.says(v.upload(submission(id, nil)), 200, `"106"`, "Rivera, Sam has already been submitted")
	v.opts.RefuseRepeats = false
	v.says(v.upload(submission(id, nil)), 200, `"0"`)
	v.says(v.upload(submission(id, nil)), 200, `"106"`, "Maximum number of submissions (3)")
}

func TestTheLastHireClosesThePosting(t *testing.T) {
	v := open(t, nil, Options{})
	spec := example()
	spec.Openings = 1
	id := v.post(spec)
	one, err := v.AddJobSeeker(id, "Ada", "Grey", "ada@mail.example")
	v.must(err)
	two, err := v.AddJobSeeker(id, "Ben", "Stone", "ben@mail.example")
	v.must(err)
	v.must(v.MoveJobSeeker(one, "Interview Scheduled"))
	wo, err := v.IssueWorkOrder(one, WorkOrderSpec{BillRate: "90", StartDate: "2027-01-18"})
	v.must(err)
	v.must(v.AcceptWorkOrder(wo))
	if v.AcceptWorkOrder(wo) == nil {
		t.Error("a work order is accepted twice")
	}
	v.must(v.ActivateWorkOrder(wo))
	words := map[string]string{}
	for _, k := range v.JobSeekers() {
		words[k.ID] = k.Status
	}
	if p := v.Postings()[0]; words[one] != "Hired" || words[two] != "Position Closed" || p.Status != "Closed" || p.ClosedReason != "Filled" || p.Filled != 1 {
		t.Errorf("%v %+v", words, p)
	}
	if got := v.WorkOrderList()[0]; got.Rates[1] != (ClassRate{"OT", "135.00", "90.00"}) || got.Spec.StartDate != "2027-01-18" || got.Spec.EndDate != "2027-07-09" {
		t.Errorf("%+v", got)
	}
	if v.MoveJobSeeker(one, "Under Review") == nil || v.MoveJobSeeker("nope", "Rejected") == nil || len(v.OpenPostings()) != 0 {
		t.Error("a hired job seeker moves, or one that is not there does")
	}
	v.must(v.ReopenJobSeeker(two))
}

func TestEverythingIsThereAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j, err := state.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	v := open(t, j, Options{})
	first, second := v.post(example()), v.post(example())
	v.says(v.upload(submission(first, nil)), 200, `"0"`)
	v.get(PostingChanges, "")
	v.must(v.ClosePosting(second, "Position Cancelled"))
	token, seekers := v.token, v.JobSeekers()
	v.must(j.Close())

	if j, err = state.Open(path); err != nil {
		t.Fatal(err)
	}
	w := open(t, j, Options{})
	old := w.token
	w.token = token
	w.says(w.get(PostingFull, ""), 401) // the new process has issued one since
	w.token = old
	if got := w.ids(w.get(PostingChanges, "")); !slices.Equal(got, []string{second}) {
		t.Errorf("the cursor did not survive: %v", got)
	}
	if got := w.JobSeekers(); len(got) != 1 || got[0].ID != seekers[0].ID || !got[0].UpdatedAt.Equal(seekers[0].UpdatedAt) {
		t.Errorf("%+v", got)
	}
	if f, ok := w.Resume(seekers[0].ID); !ok || string(f.Content) != "%PDF" {
		t.Errorf("résumé %v %q", ok, f.Content)
	}
	if third := w.post(example()); third == first || third == second {
		t.Errorf("the id %s is given twice", third)
	}
}

func TestPushesCanBeDisturbedAndAreSentAgain(t *testing.T) {
	for name, c := range map[string]struct {
		trouble Trouble
		want    []string
	}{
		"as they are": {Trouble{}, []string{"Submitted", "Halted", "Closed"}},
		"duplicated":  {Trouble{Duplicate: 2}, []string{"Submitted", "Halted", "Halted", "Closed"}},
		"dropped":     {Trouble{Drop: 2}, []string{"Submitted", "Closed"}},
		"swapped":     {Trouble{Swap: 2}, []string{"Submitted", "Closed", "Halted"}},
	} {
		t.Run(name, func(t *testing.T) {
			v := open(t, nil, Options{RetryDelays: []time.Duration{time.Millisecond}})
			var mu sync.Mutex
			var got []string
			failed := false
			v.SetPush(Subscription{URL: "http://hub.example", User: "u", Password: "p", Post: func(_ context.Context, _ string, h http.Header, body []byte) (int, error) {
				mu.Lock()
				defer mu.Unlock()
				if !failed { // the first attempt of all
					failed = true
					return http.StatusBadGateway, nil
				}
				var doc map[string]string
				user, password, _ := (&http.Request{Header: h}).BasicAuth()
				if err := json.Unmarshal(body, &doc); err != nil || user != "u" || password != "p" {
					t.Errorf("%v %s %s", err, body, h)
				}
				got = append(got, doc["Status"])
				return http.StatusNoContent, nil
			}})
			v.Disturb(c.trouble)
			id := v.post(example())
			v.must(v.HaltPosting(id))
			v.must(v.ClosePosting(id, "Position Cancelled"))
			v.FlushPushes()
			mu.Lock()
			defer mu.Unlock()
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestASpecThatCannotBeIsRefused(t *testing.T) {
	s := New(nil, Options{})
	for name, spec := range map[string]PostingSpec{"no title": {}, "a date": {Title: "x", StartDate: "11.1.2027"}, "an amount": {Title: "x", BillMax: "95 USD"}} {
		if _, err := s.OpenPosting(spec); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
