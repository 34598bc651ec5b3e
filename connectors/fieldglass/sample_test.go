package fieldglass

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// differences lists where two JSON trees differ, as path: ours, theirs.
func differences(path string, ours, theirs any) (out []string) {
	a, isObj := ours.(obj)
	b, both := theirs.(obj)
	if isObj && both {
		names := sortedKeys(a)
		for _, n := range sortedKeys(b) {
			if _, there := a[n]; !there {
				names = append(names, n)
			}
		}
		for _, n := range names {
			out = append(out, differences(path+"/"+n, a[n], b[n])...)
		}
		return out
	}
	x, isList := ours.([]any)
	y, bothLists := theirs.([]any)
	if isList && bothLists && len(x) == len(y) {
		for i := range x {
			out = append(out, differences(fmt.Sprintf("%s/%d", path, i), x[i], y[i])...)
		}
		return out
	}
	if !reflect.DeepEqual(ours, theirs) {
		out = append(out, path)
	}
	return out
}

// The vendor's posting and the vendor's upload belong together: from the first and
// the same candidate we write the second.
func TestTheUploadIsTheVendorsSample(t *testing.T) {
	var theirs obj
	if err := json.Unmarshal(shared(t, "samples", "sap-fieldglass", "job-seeker-upload.synthetic.json"), &theirs); err != nil {
		t.Fatal(err)
	}
	c := &Connector{host: "https://HOST", resume: 1 << 20, types: []string{"pdf"}, set: connectors.Settings{"supplier_code": "SUP1", "buyer_code": "ACME", "submitter": "API_SUP1"}}
	roots, _, err := parseRoots(sample(t))
	if err != nil {
		t.Fatal(err)
	}
	doc, _, err := c.humanResource(context.Background(), staffing.SubmissionRequest{Key: "HUB-SUB-000123", RequisitionID: "ACMEJP00004711",
		Resume: &staffing.File{Name: "resume.pdf", ContentType: "application/pdf", Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader("%PDF-1.4\n")), nil
		}},
		Fields: json.RawMessage(`{"first_name":"Sam","last_name":"Rivera","email":"sam.rivera@example.test","available_from":"2027-01-11","security_id":"01151234SR",
			"bill_rate":"92.00","pay_rate":"58.00","answers":{"Has the candidate ever worked at ACME as an employee?":false},
			"quals":{"4-Year Degree":true,"Relevant Work Experience (Years)":{"ratings":4,"years":8}}}`)}, roots[0].value)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var ours obj
	if err := json.Unmarshal(raw, &ours); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"/HumanResource/Profile/AdditionalAttachment", // the sample has one, the hub sends none
		"/HumanResource/Rates/0/@rateType",            // the posting asks for pay, the sample answers bill
		"/HumanResource/Rates/1/@rateType",
	}
	if got := differences("", ours, theirs); !slices.Equal(got, want) {
		t.Errorf("differences %v, want %v\n%s", got, want, raw)
	}
}

func TestTheVendorsStatusSamplesAreUnderstood(t *testing.T) {
	for _, c := range []struct {
		file   string
		upload bool
		want   staffing.Code
		empty  bool
	}{
		{"connector-status.synthetic.json", true, "", false},
		{"connector-status-106.synthetic.json", true, staffing.Invalid, false},
		{"connector-status-100.synthetic.xml", false, staffing.Unauthorized, false},
		{"no-data.txt", false, "", true},
	} {
		st := onlyStatus(shared(t, "samples", "sap-fieldglass", c.file))
		if st == nil {
			t.Errorf("%s is not read as a status", c.file)
			continue
		}
		j := job{connector: "x"}
		if c.upload {
			j.upload = obj{}
		}
		if got := staffing.CodeOf(st.err(j)); got != c.want || st.empty() != c.empty {
			t.Errorf("%s: code %q (empty %v), want %q", c.file, got, st.empty(), c.want)
		}
	}
}

// contract is what is known of the vendor's interface in one file.
type contract struct {
	Token struct {
		Method  string `json:"method"`
		URL     string `json:"url"`
		Expires int    `json:"expires_in"`
	} `json:"token"`
	Call struct {
		URL      string   `json:"url"`
		Query    []string `json:"query"`
		Download string   `json:"download"`
		Upload   string   `json:"upload"`
	} `json:"call"`
	ReturnCodes map[string]string `json:"return_codes"`
}

func TestTheReturnCodesAreTheDocumentedOnes(t *testing.T) {
	var c contract
	if err := json.Unmarshal(shared(t, "specs", "sap-fieldglass", "connectors.contract.json"), &c); err != nil {
		t.Fatal(err)
	}
	known := []string{codeOK, codeNoInfo, codeBadTransact, codeNotAuth, codeTooMany, codeRowErrors, codeNoData, codeBadObject, codeInternal}
	for _, code := range known {
		if _, ok := c.ReturnCodes[code]; !ok {
			t.Errorf("the return code %s is not documented", code)
		}
	}
	for code := range c.ReturnCodes {
		if !slices.Contains(known, code) {
			t.Errorf("the documented return code %s is not known here", code)
		}
	}
	if defaultLife.Seconds() != float64(c.Token.Expires) {
		t.Errorf("a token lives %s, documented are %d s", defaultLife, c.Token.Expires)
	}
}

func TestRequestsHaveTheDocumentedForm(t *testing.T) {
	var want contract
	if err := json.Unmarshal(shared(t, "specs", "sap-fieldglass", "connectors.contract.json"), &want); err != nil {
		t.Fatal(err)
	}
	var seen []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" https://{env}"+r.URL.RequestURI())
		_, _ = io.WriteString(w, `{"access_token":"t","expires_in":7200}`)
	}))
	t.Cleanup(srv.Close)
	c := &Connector{host: srv.URL, signIn: srv.URL, tokens: &connectors.MemoryTokens{}, now: time.Now, http: httpx.New(httpx.Config{AllowHTTP: true,
		AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}), set: connectors.Settings{}}
	ctx := context.Background()
	for _, j := range []job{{connector: "Job Posting Download", query: byRef("ACMEJP1")}, {connector: "Status / All", query: filter("2026-11-23")}, {connector: "Up", upload: obj{}}} {
		if _, _, err := c.run(ctx, j); err != nil {
			t.Fatal(err)
		}
	}
	call := strings.TrimSuffix(want.Call.URL, "{URL-encoded connector name}")
	for i, expect := range []string{want.Token.Method + " " + want.Token.URL, want.Call.Download + " " + call + "Job%20Posting%20Download?" + want.Call.Query[0] + "=ACMEJP1",
		want.Call.Download + " " + call + "Status%20%2F%20All?__p1=2026-11-23", want.Call.Upload + " " + call + "Up"} {
		if i >= len(seen) || seen[i] != expect {
			t.Errorf("request %d: got %v, want %s", i, seen, expect)
		}
	}
}
