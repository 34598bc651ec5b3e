package fieldglass_test

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/fieldglass"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/internal/tlstest"
	"github.com/tributary-hub/tributary/sandbox/fault"
	sandbox "github.com/tributary-hub/tributary/sandbox/fieldglass"
	"github.com/tributary-hub/tributary/staffing"
)

const appKey = "sandbox-application-key"

// audited is a tenant whose audit trail can be read.
func audited(t *testing.T) *bench {
	t.Helper()
	return setup(t, sandbox.Options{ApplicationKey: appKey}, connectors.Settings{"application_key": appKey})
}

// heldUpload submits a candidate whose upload waits at the tenant.
func (b *bench) heldUpload() staffing.SubmissionRequest {
	b.t.Helper()
	b.HoldUploads(true)
	req := b.request()
	if receipt, err := b.open().Submit(context.Background(), req); err != nil || receipt.ID != req.Key {
		b.t.Fatalf("%+v %v", receipt, err)
	}
	return req
}

// seekersNow reads and saves one page of statuses.
func (b *bench) seekersNow(cur staffing.Cursor) staffing.Page {
	b.t.Helper()
	p, err := b.open().Statuses(context.Background(), cur)
	if err != nil {
		b.t.Fatal(err)
	}
	b.spool.Close(p.Spooled...)
	return p
}

func TestAnUploadThatFailsLaterIsToldWithItsReason(t *testing.T) {
	t.Parallel()
	b := audited(t)
	req := b.heldUpload()
	first := b.seekersNow(nil)
	if len(first.Records) != 0 || len(first.Spooled) != 0 {
		t.Fatalf("while it waits: %+v", first)
	}
	b.FailUploads("Site US-CO-Denver is not active")
	b.clock.pass(time.Minute)
	second := b.seekersNow(first.Next)
	if len(second.Records) != 1 || second.Records[0].ExternalID != req.Key {
		t.Fatalf("after it failed: %+v", second.Records)
	}
	said, gaps, err := program(t).Status(second.Records[0].Raw)
	if err != nil || len(gaps) > 0 || said.Word != "Upload Failed" || said.Stage != staffing.ClosedNotSelected || said.At.IsZero() {
		t.Errorf("%+v %v %v", said, gaps, err)
	}
	if !strings.Contains(string(second.Records[0].Raw), "Site US-CO-Denver is not active") {
		t.Errorf("the reason is missing: %s", second.Records[0].Raw)
	}
	if third := b.seekersNow(second.Next); len(third.Records) != 0 {
		t.Errorf("it is told again: %+v", third.Records)
	}
}

func TestAnUploadThatShowsLaterIsWatchedNoLonger(t *testing.T) {
	t.Parallel()
	b := audited(t)
	req := b.heldUpload()
	b.HoldUploads(false)
	p := b.seekersNow(nil)
	if len(p.Records) != 1 || p.Records[0].ExternalID != req.Key || len(p.Spooled) != 1 {
		t.Errorf("%+v", p)
	}
}

func TestAFailureThatTheAuditTrailKnowsAtOnceIsARefusal(t *testing.T) {
	t.Parallel()
	b := audited(t)
	b.HoldUploads(true)
	b.faults.Add(fault.Rule{Kind: fault.Latency, Match: func(r *http.Request) bool {
		if r.URL.Path == "/api/vc/auditTrail" {
			b.FailUploads("Candidate Sam Rivera is on the do-not-hire list")
		}
		return false
	}})
	_, err := b.open().Submit(context.Background(), b.request())
	wantCode(t, err, staffing.Invalid, "VENDOR_REJECTED", "do-not-hire list")
	if strings.Contains(err.Error(), "Rivera") {
		t.Errorf("the error names the candidate: %v", err)
	}
}

func TestAnUploadThatShowsNowhereForTwoDaysIsAskedAbout(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil) // no application key, no audit trail
	req := b.heldUpload()
	p := b.seekersNow(nil)
	b.clock.pass(47 * time.Hour)
	if p = b.seekersNow(p.Next); len(p.Records) != 0 {
		t.Fatalf("too early: %+v", p.Records)
	}
	b.clock.pass(2 * time.Hour)
	p = b.seekersNow(p.Next)
	if len(p.Records) != 1 || p.Records[0].ExternalID != req.Key {
		t.Fatalf("%+v", p.Records)
	}
	said, gaps, err := program(t).Status(p.Records[0].Raw)
	if err != nil || said.Word != "Upload Not Seen" || said.Stage != "" || len(gaps) != 1 {
		t.Errorf("it moves nothing and somebody is asked: %+v %v %v", said, gaps, err)
	}
}

func TestAnAuditTrailThatCannotBeReadKeepsTheStatusesComing(t *testing.T) {
	t.Parallel()
	b := audited(t)
	b.heldUpload()
	b.faults.Add(fault.Rule{Kind: fault.Status500, Match: func(r *http.Request) bool { return r.URL.Path == "/api/vc/auditTrail" }})
	_, err := b.AddJobSeeker(b.post(), "Ada", "Grey", "ada@mail.example")
	b.must(err)
	if p := b.seekersNow(nil); len(p.Records) != 1 || len(p.Spooled) != 0 {
		t.Errorf("%+v", p)
	}
}

func TestCheckSaysWhetherTheAuditTrailCanBeRead(t *testing.T) {
	t.Parallel()
	b := audited(t)
	report, err := b.open().Check(context.Background())
	if last := report.Permissions[len(report.Permissions)-1]; err != nil || last.Name != "Integration Audit Trail" || !report.OK() {
		t.Errorf("%+v %v", report, err)
	}
}

func TestARevisedWorkOrderChangesItsJobSeekersRow(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	id := b.apply()
	order, err := b.IssueWorkOrder(id, sandbox.WorkOrderSpec{BillRate: "90"})
	b.must(err)
	before := b.seekersNow(nil)
	b.must(b.ReviseWorkOrder(order, func(w *sandbox.WorkOrderSpec) { w.BillRate = "94.50" }))
	b.clock.pass(time.Minute)
	after := b.seekersNow(before.Next)
	if len(after.Records) != 1 || string(after.Records[0].Raw) == string(before.Records[0].Raw) {
		t.Errorf("the hub would not look at the work order again: %s", after.Records[0].Raw)
	}
}

func TestAResumeOfAnotherTypeIsRefusedBeforeTheCall(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, connectors.Settings{"resume_types": "PDF, docx", "resume_max_mb": "1"})
	huge := resume("cv.pdf", "x")
	huge.Size = 2 << 20
	for says, file := range map[string]*staffing.File{
		"the résumé is a .png file; this connection sends pdf, docx": resume("cv.png", "x"),
		"a file whose name does not say its type":                    resume("cv", "x"),
		"FILE_TOO_LARGE: the résumé is larger than the 1 MB":         huge,
	} {
		req := b.request()
		req.Resume = file
		_, err := b.open().Submit(context.Background(), req)
		wantCode(t, err, staffing.Invalid, says)
	}
	if b.calls(sandbox.JobSeekerUpload) != 0 {
		t.Error("it was sent all the same")
	}
}

func TestTheTokenIsFetchedWithTheClientCertificate(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	a := tlstest.NewAuthority(t)
	url, roots := a.Serve(b.Server)
	ends := time.Now().Add(20 * time.Hour)
	cert, key := a.Client("API_SUP1", ends)
	b.settings["sign_in_host"] = url
	b.settings[connectors.CertificateField], b.settings[connectors.CertificateKeyField] = cert, key
	opened := func(with bool) *fieldglass.Connector {
		d := connectortest.NewDeps(fieldglass.Kind(), b.settings)
		cfg := httpx.Config{AllowHTTP: true, AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Roots: roots}
		if with {
			pair, err := fieldglass.Kind().Certificate(b.settings)
			if err != nil {
				t.Fatal(err)
			}
			cfg.Certificate = pair
		}
		d.HTTP, d.Tokens, d.Now = httpx.New(cfg), &connectors.MemoryTokens{}, b.clock.now
		return open(t, d)
	}
	if _, err := opened(false).Check(context.Background()); staffing.CodeOf(err) == "" {
		t.Error("the sign-in works without the certificate")
	}
	report, err := opened(true).Check(context.Background())
	if err != nil || !report.OK() || report.ExpiresAt.Unix() != ends.Unix() {
		t.Errorf("%+v %v", report, err)
	}
	b.settings[connectors.CertificateKeyField] = ""
	_, err = fieldglass.Kind().Open(connectortest.NewDeps(fieldglass.Kind(), b.settings))
	wantCode(t, err, staffing.Invalid, "needs its key")
}

func TestPushesProveThemselvesOrAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, connectors.Settings{"webhook_password_previous": "push-password-of-last-year"})
	c := b.open()
	two := sandbox.PushHeader("hub-push", "push-password-0815")
	two.Set("Authorization", two.Get("Authorization")+"x")
	for name, tc := range map[string]struct {
		header http.Header
		good   bool
	}{
		"the password":             {sandbox.PushHeader("hub-push", "push-password-0815"), true},
		"the previous password":    {sandbox.PushHeader("hub-push", "push-password-of-last-year"), true},
		"another password":         {sandbox.PushHeader("hub-push", "push-password-0816"), false},
		"another user":             {sandbox.PushHeader("hub", "push-password-0815"), false},
		"no password":              {sandbox.PushHeader("hub-push", ""), false},
		"no header":                {http.Header{}, false},
		"another scheme":           {http.Header{"Authorization": {"Bearer push-password-0815"}}, false},
		"a header that is damaged": {two, false},
	} {
		err := c.Verify(tc.header, []byte(`{}`), time.Now())
		if tc.good != (err == nil) || err != nil && staffing.CodeOf(err) != staffing.Unauthorized {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.settings["webhook_password_previous"] = ""
	if err := b.open().Verify(sandbox.PushHeader("hub-push", ""), nil, time.Now()); staffing.CodeOf(err) != staffing.Unauthorized {
		t.Errorf("an empty previous password proves something: %v", err)
	}
}

func TestAPushIsAHintWhateverTheTenantPutIntoIt(t *testing.T) {
	t.Parallel()
	c := setup(t, sandbox.Options{}, nil).open()
	reqs, stats := staffing.FeedRequisitions, staffing.FeedStatuses
	for body, want := range map[string][]staffing.Feed{
		`{"module":"Job Posting","JobPostingId":"ACMEJP00000101"}`:                                              {reqs},
		`{"baseModule":"Job Seeker","JobSeekerId":"ACMEJS00005001","JobPostingId":"ACMEJP00000101"}`:            {stats},
		`{"EventName":"Work Order Revised","WorkOrderId":"ACMEWO00007001"}`:                                     {stats},
		`{"JobPosting":{"reject_reason":{"href":"https://www.fieldglass.net/api/x"},"JobPostingId":"ACMEJP1"}}`: {reqs},
		`<JobSeeker><JobSeekerId>ACMEJS00005001</JobSeekerId></JobSeeker>`:                                      {stats},
		`[{"EventType":"Job Posting Updated"},{"EventType":"Interview Scheduled"}]`:                             {reqs, stats},
		`{"links":[{"href":"https://www.fieldglass.net/api/anything"}]}`:                                        {reqs, stats},
		`what is this`: {reqs, stats},
		``:             {reqs, stats},
	} {
		events, err := c.Events(http.Header{}, []byte(body))
		var feeds []staffing.Feed
		for _, e := range events {
			feeds = append(feeds, e.Feed)
			if e.Record != nil {
				t.Errorf("%s: the push is believed", body)
			}
		}
		if err != nil || !slices.Equal(feeds, want) {
			t.Errorf("%s makes %v due, want %v (%v)", body, feeds, want, err)
		}
	}
	first, again := c.DeliveryID(http.Header{}, []byte(`{"a":1}`)), c.DeliveryID(http.Header{}, []byte(`{"a":1}`))
	if first != again || first == c.DeliveryID(http.Header{}, []byte(`{"a":2}`)) {
		t.Error("a RePush of the same body is another delivery, or another body the same one")
	}
}
