package fieldglass

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/sandbox/state"
)

// tenant is a running simulator and a client that holds a token.
type tenant struct {
	*Server
	t      *testing.T
	url    string
	token  string
	accept string
}

func open(t *testing.T, j *state.Journal, opts Options) *tenant {
	t.Helper()
	s := New(j, opts)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	t.Cleanup(s.StopPush)
	v := &tenant{Server: s, t: t, url: srv.URL, accept: "application/json"}
	v.token = v.fetch()
	return v
}

type reply struct {
	status int
	header http.Header
	body   string
}

func (v *tenant) do(method, path string, header http.Header, body []byte) reply {
	v.t.Helper()
	req, err := http.NewRequest(method, v.url+path, bytes.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header = header
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, string(b)}
}

func (v *tenant) askToken(user, key, query string) reply {
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth(user, key)
	return v.do(http.MethodPost, "/api/oauth2/v2.0/token?"+query, r.Header, nil)
}

const grant = "grant_type=client_credentials&response_type=token"

func (v *tenant) fetch() string {
	v.t.Helper()
	r := v.askToken("API_SUP1", "sandbox-licence-key", grant)
	var out struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(r.body), &out); err != nil || r.status != http.StatusOK || out.AccessToken == "" {
		v.t.Fatalf("token: %d %s", r.status, r.body)
	}
	return out.AccessToken
}

// get runs a download; query may be empty.
func (v *tenant) get(connector, query string) reply {
	v.t.Helper()
	return v.do(http.MethodGet, "/api/vc/connector/"+url.PathEscape(connector)+"?"+query, v.header(), nil)
}

func (v *tenant) header() http.Header {
	return http.Header{"Accept": {v.accept}, "Authorization": {"Bearer " + v.token}, "Content-Type": {"application/json"}}
}

func (v *tenant) upload(doc any) reply {
	v.t.Helper()
	body, err := json.Marshal(doc)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.do(http.MethodPost, "/api/vc/connector/"+url.PathEscape(JobSeekerUpload), v.header(), body)
}

// roots reads a body with several JSON values.
func (v *tenant) roots(r reply) (out []object) {
	v.t.Helper()
	d := json.NewDecoder(strings.NewReader(r.body))
	for {
		var o object
		err := d.Decode(&o)
		if err == io.EOF {
			return out
		}
		if err != nil || r.status != http.StatusOK {
			v.t.Fatalf("%d %v: %s", r.status, err, r.body)
		}
		out = append(out, o)
	}
}

func (v *tenant) ids(r reply) (out []string) {
	v.t.Helper()
	for _, o := range v.roots(r) {
		out = append(out, textAt(o, "StaffingOrder", "OrderId", "IdValue"))
	}
	return out
}

func (v *tenant) says(r reply, status int, words ...string) {
	v.t.Helper()
	if r.status != status {
		v.t.Errorf("status %d, want %d: %s", r.status, status, r.body)
	}
	for _, w := range words {
		if !strings.Contains(r.body, w) {
			v.t.Errorf("%s does not say %q", r.body, w)
		}
	}
}

func (v *tenant) must(err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
}

func (v *tenant) post(spec PostingSpec) string {
	v.t.Helper()
	id, err := v.OpenPosting(spec)
	v.must(err)
	return id
}

// clock is a clock that only the test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// example is the posting of the vendor's sample.
func example() PostingSpec {
	return PostingSpec{Title: "Go Developer III", Description: "<p>Build services.</p>", BusinessUnit: "ACME-IT", Openings: 2, MaxSubmissions: 3,
		StartDate: "2027-01-11", EndDate: "2027-07-09", RespondBy: "2026-12-18", ManagerUser: "hm_username", ManagerName: "Doe, Alex", RateSide: "bill",
		Site:        Site{Code: "US-CO-Denver", Address: "1 Example St", City: "Denver", State: "CO", PostalCode: "80202"},
		CostCentres: []CostCentre{{"4410-20", "Platform", "100.000"}},
		BillMin:     "80.00", BillMax: "95.00", PayMin: "50.00", PayMax: "60.00", OvertimeFactor: "1.500", PayRateRequired: true,
		Fields: []Field{{Name: "Reason for the Requisition", Type: "pickList", Class: "JobPosting", Mandatory: true, Items: []string{"Constant Usage", "Other"}, Value: "Constant Usage"},
			{Name: "Has the candidate ever worked at ACME as an employee?", Type: "pickList", Mandatory: true, Items: []string{"No", "Yes"}}},
		Quals:                 []Qual{{Name: "4-Year Degree", Type: "Boolean"}, {Name: "Relevant Work Experience (Years)", Type: "Ratings and Years"}},
		SecurityIDInstruction: "MMDD + last 4 + initials", SecurityIDPattern: "[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][A-Z][A-Z]"}
}

// sampleFile finds a file of vendor material, which is not part of the project:
// elsewhere the test skips, in CI it must be there.
func sampleFile(t *testing.T, path ...string) []byte {
	t.Helper()
	dir := os.Getenv("TRIBUTARY_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(append([]string{dir}, path...)...))
	if err != nil && os.Getenv("CI") != "" {
		t.Fatalf("CI needs the vendor samples: %v", err)
	}
	if err != nil {
		t.Skip("the vendor samples are not here: set TRIBUTARY_SHARED to their folder")
	}
	return b
}

func sampleDoc(t *testing.T, name string) object {
	t.Helper()
	var out object
	if err := json.Unmarshal(sampleFile(t, "samples", "sap-fieldglass", name), &out); err != nil {
		t.Fatal(err)
	}
	return out
}
