package fieldglass

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	sandbox "github.com/tributary-hub/tributary/sandbox/fieldglass"
)

func TestTheAuditTrailIsReadInWhateverFormItComes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		body string
		want verdict
	}{
		"nothing":             {``, verdict{}},
		"no entries":          {`{"HEADER":{"numRecs":0,"status":"OK"},"PAYLOAD":[]}`, verdict{}},
		"no payload":          {`{"HEADER":{"numRecs":0,"status":"OK"}}`, verdict{}},
		"another transaction": {`{"PAYLOAD":[{"ID":"T2","status":"Error"}]}`, verdict{}},
		"still waiting":       {`{"PAYLOAD":[{"ID":"T1","status":"","Attributes":{"recordsProcessed":"0","recordsFailed":"0"}}]}`, verdict{}},
		"well":                {`{"PAYLOAD":[{"ID":"T1","status":"OK","Attributes":{"recordsProcessed":"1","recordsFailed":"0","clientReturnCode":"0"}}]}`, verdict{done: true}},
		"one, not in a list":  {`{"PAYLOAD":{"ID":"T1","status":"OK"}}`, verdict{done: true}},
		"failed": {`{"PAYLOAD":[{"ID":"T1","status":"OK"},{"ID":"T1","status":"Error","details":"see message","Attributes":{"clientMessage":"Record 1 : Site is invalid"}}]}`,
			verdict{done: true, failed: true, reason: "Record 1 : Site is invalid; see message"}},
		"failed rows in a run that is OK": {`{"PAYLOAD":[{"ID":"T1","status":"OK","Attributes":{"recordsFailed":1,"serverMessage":"Rate is too high"}}]}`,
			verdict{done: true, failed: true, reason: "Rate is too high"}},
		"without a reason": {`{"PAYLOAD":[{"status":"error"}]}`, verdict{done: true, failed: true, reason: "the Integration Audit Trail gives no reason"}},
	} {
		if got, err := readAudit([]byte(tc.body), "T1"); err != nil || got != tc.want {
			t.Errorf("%s: %+v %v, want %+v", name, got, err, tc.want)
		}
	}
	if _, err := readAudit([]byte(`<html>`), "T1"); err == nil {
		t.Error("a web page is read as an audit trail")
	}
}

func TestTheSampleOfTheAuditTrailIsAFailure(t *testing.T) {
	got, err := readAudit(shared(t, "samples", "sap-fieldglass", "audit-trail.synthetic.json"), "ZJOB20261123000000002")
	if err != nil || !got.failed {
		t.Errorf("%+v %v", got, err)
	}
}

// The vendor's document of the Audit Trail API (a third party's copy of it) knows every
// parameter and header that is sent, and the simulator's answer has its members.
func TestTheAuditTrailIsAskedAsTheVendorsDocumentSays(t *testing.T) {
	var doc struct {
		Paths map[string]map[string]struct {
			Parameters []struct{ Name, In string }
		}
		Definitions map[string]struct{ Properties map[string]json.RawMessage }
	}
	if err := json.Unmarshal(shared(t, "specs", "sap-fieldglass", "openapi-sap", "sap-fieldglass-audit-trail-openapi.json"), &doc); err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, p := range doc.Paths["/auditTrail"]["get"].Parameters {
		known = append(known, p.In+" "+http.CanonicalHeaderKey(p.Name))
	}
	tenant := sandbox.New(nil, sandbox.Options{ApplicationKey: "app-key"})
	var asked *http.Request
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r
		tenant.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	d := connectortest.NewDeps(Kind(), connectors.Settings{"host": srv.URL, "client_id": "API_SUP1", "client_secret": "sandbox-licence-key", "buyer_code": "ACME",
		"supplier_code": "SUP1", "application_key": "app-key"})
	d.Now = time.Now
	opened, err := Kind().Open(d)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := opened.(*Connector) // Open gives nothing else
	body, _, err := c.run(context.Background(), c.auditJob("ZJOB1"))
	if err != nil || asked.Method != http.MethodGet || asked.URL.Path != "/api/vc/auditTrail" {
		t.Fatalf("%s %s: %v", asked.Method, asked.URL.Path, err)
	}
	for name := range asked.URL.Query() {
		if !slices.Contains(known, "query "+http.CanonicalHeaderKey(name)) {
			t.Errorf("the document has no parameter %s", name)
		}
	}
	for _, name := range []string{"Authorization", "X-Applicationkey", "Content-Type"} {
		if !slices.Contains(known, "header "+name) || asked.Header.Get(name) == "" {
			t.Errorf("header %s: sent %q", name, asked.Header.Get(name))
		}
	}
	var answer map[string]json.RawMessage
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatal(err)
	}
	for name := range answer {
		if doc.Definitions["auditTrail"].Properties[name] == nil {
			t.Errorf("the simulator's answer has %s, which the document lacks", name)
		}
	}
}
