package oracle_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/oracle"
	sandbox "github.com/tributary-hub/tributary/sandbox/oracle"
	"github.com/tributary-hub/tributary/staffing"
)

// opened is the connector on a simulated account, and every call that it made.
type opened struct {
	*harness
	staffing.Checker
	lock  sync.Mutex
	calls []string
}

func open(t *testing.T, opts sandbox.Options) *opened {
	t.Helper()
	o := &opened{harness: newHarness(t, opts)}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.lock.Lock()
		o.calls = append(o.calls, r.Method+" "+strings.TrimPrefix(r.URL.Path, sandbox.Base))
		o.lock.Unlock()
		o.account.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	var err error
	o.Checker, err = oracle.Kind().Open(connectortest.NewDeps(oracle.Kind(), settings("sandbox-password")(srv.URL)))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func as[T any](t *testing.T, c staffing.Checker) T {
	t.Helper()
	v, ok := c.(T)
	if !ok {
		t.Fatalf("the connector is no %T", v)
	}
	return v
}

func TestCandidateResumeAndApplicationAreMadeOnce(t *testing.T) {
	o := open(t, sandbox.Options{})
	sink := as[staffing.SubmissionSink](t, o.Checker)
	first, err := sink.Submit(t.Context(), submission(t, o.requisition(), "ada.o'grey@mail.example"))
	o.must(err)
	second, err := sink.Submit(t.Context(), submission(t, o.requisition(), "ada.o'grey@mail.example"))
	o.must(err)
	if files := o.account.Files(); o.account.CountApplications() != 1 || first.ID != second.ID || !second.Existed || !slices.Equal(files, []string{"Resume ada-grey.pdf"}) {
		t.Errorf("%d applications, %v, %+v, %+v", o.account.CountApplications(), files, first, second)
	}
}

func TestAPersonWhoIsKnownIsPutOnTheRequisition(t *testing.T) {
	o := open(t, sandbox.Options{})
	o.account.Apply(o.account.OpenRequisition("Carer"), "Ada", "Grey", "ADA@mail.example")
	_, err := as[staffing.SubmissionSink](t, o.Checker).Submit(t.Context(), submission(t, o.requisition(), "ada@mail.example"))
	o.must(err)
	if slices.Contains(o.calls, "POST /recruitingCandidates") || o.account.CountApplications() != 2 {
		t.Errorf("%d applications after %v", o.account.CountApplications(), o.calls)
	}
}

func TestWithoutAnAgreementWithOracleTheSubmissionIsForbidden(t *testing.T) {
	o := open(t, sandbox.Options{NotPartner: true})
	_, err := as[staffing.SubmissionSink](t, o.Checker).Submit(t.Context(), submission(t, o.requisition(), "ada@mail.example"))
	if staffing.CodeOf(err) != staffing.Forbidden || !strings.Contains(staffing.MessageOf(err), "approved partners") {
		t.Errorf("got %v", err)
	}
}

func TestWhatCannotBeSentIsRefusedInWordsBeforeAnyCall(t *testing.T) {
	for name, tc := range map[string]struct {
		bend func(*staffing.SubmissionRequest)
		says string
	}{
		"a résumé of another type":   {func(r *staffing.SubmissionRequest) { r.Resume.Name = "ada.pages" }, "pages"},
		"a résumé that is too large": {func(r *staffing.SubmissionRequest) { r.Resume.Size = 6 << 20 }, "5120 KB at most"},
		"no e-mail":                  {func(r *staffing.SubmissionRequest) { r.Fields = []byte(`{"FirstName":"A","LastName":"B"}`) }, "e-mail"},
		"no last name":               {func(r *staffing.SubmissionRequest) { r.Fields = []byte(`{"FirstName":"A","Email":"a@b.c"}`) }, "last name"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, sandbox.Options{})
			req := submission(t, "1", "ada@mail.example")
			tc.bend(&req)
			_, err := as[staffing.SubmissionSink](t, o.Checker).Submit(t.Context(), req)
			if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), tc.says) || len(o.calls) > 0 {
				t.Errorf("%v after %v", err, o.calls)
			}
		})
	}
}

func TestNoPlacementBeforeTheHire(t *testing.T) {
	o := open(t, sandbox.Options{})
	_, err := as[staffing.PlacementSource](t, o.Checker).Placement(t.Context(), staffing.SubmissionRef{ID: o.applyMany(1)[0]})
	if staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("got %v", err)
	}
}
