package workday_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/workday"
	sandbox "github.com/tributary-hub/tributary/sandbox/workday"
	"github.com/tributary-hub/tributary/staffing"
)

// opened is a connector on a simulated tenant, and what it said there.
type opened struct {
	*harness
	conn  staffing.Checker
	mu    sync.Mutex
	calls []call
}

type call struct{ path, query, body string }

// setup serves handler, or the tenant itself when it is nil.
func setup(t *testing.T, opts sandbox.Options, handler http.Handler, change func(connectors.Settings)) *opened {
	t.Helper()
	o := &opened{harness: newHarness(t, opts)}
	if handler == nil {
		handler = o.tenant
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // the test looks at it
		o.mu.Lock()
		o.calls = append(o.calls, call{r.URL.Path, r.URL.RawQuery, string(body)})
		o.mu.Unlock()
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s := settings(server.URL)
	if change != nil {
		change(s)
	}
	conn, err := workday.Kind().Open(connectortest.NewDeps(workday.Kind(), s))
	if err != nil {
		t.Fatal(err)
	}
	o.conn = conn
	return o
}

func (o *opened) sink() staffing.SubmissionSink {
	o.t.Helper()
	s, ok := o.conn.(staffing.SubmissionSink)
	if !ok {
		o.t.Fatal("the connector submits nobody")
	}
	return s
}

func (o *opened) page(cur staffing.Cursor) staffing.Page {
	o.t.Helper()
	src, ok := o.conn.(staffing.RequisitionSource)
	if !ok {
		o.t.Fatal("the connector reads no requisitions")
	}
	p, err := src.Requisitions(context.Background(), cur)
	o.must(err)
	return p
}

func TestSettingsSayWhatTheConnectorCan(t *testing.T) {
	for name, tc := range map[string]struct {
		drop []string
		want []connectors.Capability
	}{
		"everything is set":        {nil, []connectors.Capability{"requisitions", "submissions", "statuses", "placements"}},
		"no web service":           {[]string{"recruiting_url"}, []connectors.Capability{"requisitions", "statuses", "placements"}},
		"no contract report":       {[]string{"placement_report"}, []connectors.Capability{"requisitions", "submissions", "statuses"}},
		"the two reports, no more": {[]string{"recruiting_url", "placement_report"}, []connectors.Capability{"requisitions", "statuses"}},
	} {
		o := setup(t, sandbox.Options{}, nil, func(s connectors.Settings) {
			for _, k := range tc.drop {
				delete(s, k)
			}
		})
		got := connectors.CapabilitiesOf(o.conn)
		if strings.Join(words(got), " ") != strings.Join(words(tc.want), " ") {
			t.Errorf("%s: it can %v, want %v", name, got, tc.want)
		}
		if r, err := o.conn.Check(context.Background()); err != nil || !r.OK() || len(r.Permissions) != 4-len(tc.drop) {
			t.Errorf("%s: the check gives %+v %v", name, r, err)
		}
	}
}

func words(list []connectors.Capability) (out []string) {
	for _, c := range list {
		out = append(out, string(c))
	}
	return out
}

func TestHalfACredentialIsRefused(t *testing.T) {
	for name, change := range map[string]func(connectors.Settings){
		"a user without a password": func(s connectors.Settings) { delete(s, "password") },
		"both ways at once":         func(s connectors.Settings) { s["client_id"] = "x" },
		"an address that is no report": func(s connectors.Settings) {
			s["requisition_report"] = "https://x.example/ccx/api/recruiting/v4/acme/jobPostings"
		},
		"an address that is no service":  func(s connectors.Settings) { s["recruiting_url"] = "https://x.example/ccx/service/acme/Staffing/v45.2" },
		"a time zone that is none":       func(s connectors.Settings) { s["time_zone"] = "Mars/Base" },
		"a user without its tenant":      func(s connectors.Settings) { s["user"] = "ISU_Staffing" },
		"an address with its parameters": func(s connectors.Settings) { s["requisition_report"] += "?format=json" },
	} {
		s := settings("https://wd2-impl-services1.workday.example")
		change(s)
		if _, err := workday.Kind().Open(connectortest.NewDeps(workday.Kind(), s)); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The aliases are the contract with the client: a report without one says so before
// the first poll.
func TestTheCheckNamesAColumnThatIsMissing(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, func(s connectors.Settings) { s["requisition_id"] = "Requisition" })
	o.openMany(1)
	r, err := o.conn.Check(context.Background())
	if err != nil || r.OK() || !strings.Contains(r.Permissions[0].Detail, "without the column Requisition; it has: Hiring_Manager, Job_Posting_Title, Job_Requisition_ID") {
		t.Errorf("%+v %v", r, err)
	}
	o = setup(t, sandbox.Options{}, nil, func(s connectors.Settings) { s["application_report"] += "_Gone" })
	if r, err := o.conn.Check(context.Background()); err != nil || r.Permissions[1].Granted || !strings.Contains(r.Permissions[1].Detail, "View URLs") {
		t.Errorf("%+v %v", r, err)
	}
}

// The password travels inside the XML: the records of exchanges must not show it, in
// whatever way XML writes it.
func TestThePasswordIsMaskedInXML(t *testing.T) {
	const password = `p&ss<w>"or'd`
	o := setup(t, sandbox.Options{}, nil, func(s connectors.Settings) { s["password"] = password })
	_, err := o.sink().Submit(context.Background(), submission(t, "R-1", "ada@mail.example"))
	if staffing.CodeOf(err) != staffing.Unauthorized {
		t.Fatalf("%v", err)
	}
	s := settings("https://wd2-impl-services1.workday.example")
	s["password"] = password
	masked := connectortest.NewDeps(workday.Kind(), s).HTTP.Mask("text/xml", []byte(`<wsse:Password Type="x#PasswordText">p&amp;ss&lt;w&gt;&#34;or&#39;d</wsse:Password>`))
	for _, part := range []string{"ss&lt;", "w&gt;", "or&#39;d"} {
		if strings.Contains(masked, part) {
			t.Errorf("the password shows: %s", masked)
		}
	}
}
