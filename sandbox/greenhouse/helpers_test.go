package greenhouse

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
	"testing"
	"time"

	"github.com/tributary-hub/tributary/sandbox/state"
)

// account is a running simulator and a client that holds a token.
type account struct {
	*Server
	t     *testing.T
	url   string
	token string
}

func open(t *testing.T, j *state.Journal, opts Options) *account {
	t.Helper()
	s := New(j, opts)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	t.Cleanup(s.StopWebhook)
	a := &account{Server: s, t: t, url: srv.URL}
	status, body := a.askToken("sandbox-client", "sandbox-secret", url.Values{"grant_type": {"client_credentials"}})
	if status != http.StatusOK {
		t.Fatalf("token: %d %s", status, body)
	}
	var out struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(body, &out); err != nil || out.AccessToken == "" {
		t.Fatalf("token: %v %s", err, body)
	}
	a.token = out.AccessToken
	return a
}

func (a *account) askToken(id, secret string, form url.Values) (int, []byte) {
	a.t.Helper()
	req, err := http.NewRequest(http.MethodPost, a.url+"/token", strings.NewReader(form.Encode()))
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(id, secret)
	resp := a.do(req)
	return resp.status, resp.body
}

type reply struct {
	status int
	header http.Header
	body   []byte
}

func (a *account) do(req *http.Request) reply {
	a.t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, b}
}

func (a *account) get(path string) reply {
	a.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = a.url + "/v3/" + path
	}
	req, err := http.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.token)
	return a.do(req)
}

func (a *account) rows(path string) []map[string]any {
	a.t.Helper()
	r := a.get(path)
	var out []map[string]any
	if err := json.Unmarshal(r.body, &out); r.status != http.StatusOK || err != nil {
		a.t.Fatalf("GET %s: %d %s", path, r.status, r.body)
	}
	return out
}

func (a *account) post(path string, v any) reply {
	a.t.Helper()
	doc, err := json.Marshal(v)
	if err != nil {
		a.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, a.url+"/v3/"+path, bytes.NewReader(doc))
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.token)
	return a.do(req)
}

// clock is a clock that only the test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newClock() *clock { return &clock{time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)} }

// shared finds the folder of vendor schemas and samples, which is not part of the
// project: elsewhere the test skips, in CI it must be there.
func shared(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("TRIBUTARY_SHARED")
	if dir == "" {
		root, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for root != "/" {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
				break
			}
			root = filepath.Dir(root)
		}
		dir = filepath.Join(root, "..", "shared")
	}
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the vendor schemas and samples are not at %s", dir)
		}
		t.Skip("the vendor schemas and samples are not here: set TRIBUTARY_SHARED to their folder")
	}
	return dir
}

// busy fills an account with one of everything.
func busy(t *testing.T, s *Server) (job, app int64) {
	t.Helper()
	job = s.OpenJob(JobSpec{Title: "Backend Engineer", PostTitle: "Senior Backend Engineer", Description: "<p>Build & run</p>", Notes: "urgent",
		RequisitionID: "REQ-77", Office: "New York City", OfficeLocation: "New York, NY", Location: "Remote in USA", Department: "Technology",
		Openings: 2, TargetStart: "2026-12-01", ManagerName: "Maria Hall", ManagerEmail: "maria.hall@client.example", PayMinCents: 450000, PayMaxCents: 650000,
		Currency: "USD", CustomFields: map[string]CustomField{
			"employment_type": Choice("Employment Type", "Contract"), "bill_rate_range": MoneyRange("Bill Rate", "80.0", "95.0", "USD"),
			"nte": Money("Not to exceed", "95.50", "USD"), "cost_center": Text("Cost Center", "4100"), "start_date": Day("Start", "2026-12-01")}})
	var err error
	if app, err = s.Apply(job, "Ada", "Grey", "ada.grey@mail.example"); err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	must(s.MoveToStage(app, "Face to Face"))
	s.attach(Attachment{ApplicationID: app, Type: "resume", Filename: "ada.pdf", Content: []byte("%PDF")})
	must(s.MakeOffer(app, OfferSpec{StartsOn: "2026-12-07", CustomFields: map[string]CustomField{"bill_rate": Money("Bill Rate", "92.00", "USD")}}))
	must(s.Hire(app, "2026-12-07"))
	other, err := s.Apply(job, "Ben", "Stone", "ben.stone@mail.example")
	must(err)
	must(s.Reject(other, "Candidate withdrew"))
	return job, app
}
