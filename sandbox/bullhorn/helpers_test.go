package bullhorn

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/sandbox/state"
)

// account is a simulated account and a client that is signed in.
type account struct {
	*Server
	t     *testing.T
	token string
}

func open(t *testing.T, j *state.Journal, opts Options) *account {
	t.Helper()
	a := &account{Server: New(j, opts), t: t}
	a.token = a.signIn()
	return a
}

type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) json(t *testing.T) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(r.body, &out); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
	return out
}

// raw sends a request to any address of the account.
func (a *account) raw(method, target string, body []byte, header http.Header) reply {
	a.t.Helper()
	r := httptest.NewRequest(method, target, bytes.NewReader(body))
	for k, v := range header {
		r.Header[k] = v
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.Bytes()}
}

func form(v url.Values) ([]byte, http.Header) {
	return []byte(v.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
}

func (a *account) code() string {
	a.t.Helper()
	body, header := form(url.Values{"client_id": {a.opts.ClientID}, "response_type": {"code"}, "action": {"Login"},
		"username": {a.opts.Username}, "password": {a.opts.Password}})
	to, err := url.Parse(a.raw("POST", "/oauth/authorize", body, header).header.Get("Location"))
	if err != nil {
		a.t.Fatal(err)
	}
	return to.Query().Get("code")
}

func (a *account) grant(v url.Values) reply {
	a.t.Helper()
	v.Set("client_id", a.opts.ClientID)
	v.Set("client_secret", a.opts.ClientSecret)
	body, header := form(v)
	return a.raw("POST", "/oauth/token", body, header)
}

func (a *account) signIn() string {
	a.t.Helper()
	granted := a.grant(url.Values{"grant_type": {"authorization_code"}, "code": {a.code()}}).json(a.t)
	token, _ := granted["access_token"].(string)
	session := a.raw("POST", "/rest-services/login?version=*&access_token="+url.QueryEscape(token), nil, nil).json(a.t)
	out, _ := session["BhRestToken"].(string)
	return out
}

// do sends a request of the API.
func (a *account) do(method, path string, q url.Values, body any) reply {
	a.t.Helper()
	var raw []byte
	header := http.Header{"Bhresttoken": {a.token}}
	if body != nil {
		raw, _ = json.Marshal(body)
		header.Set("Content-Type", "application/json")
	}
	return a.raw(method, "/rest-services/"+corp+"/"+path+"?"+q.Encode(), raw, header)
}

func (a *account) get(path, fields string) map[string]any {
	a.t.Helper()
	r := a.do("GET", path, url.Values{"fields": {fields}}, nil)
	if r.status != 200 {
		a.t.Fatalf("%s: %d %s", path, r.status, r.body)
	}
	return r.json(a.t)
}

// sharedDir finds the vendor material, which is not part of the project: elsewhere
// the test is left out, in CI it must be there.
func sharedDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("TRIBUTARY_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the vendor schemas and samples are not at %s", dir)
		}
		t.Skip("the vendor schemas and samples are not here: set TRIBUTARY_SHARED to their folder")
	}
	return dir
}

func readShared(t *testing.T, v any, path ...string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(append([]string{sharedDir(t)}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, v); err != nil {
		t.Fatal(err)
	}
}

func (a *account) world() (job, candidate, submission int64) {
	a.t.Helper()
	job = a.AddJob(JobSpec{Title: "Nurse", CompanyCode: "ACME"})
	candidate = a.AddCandidate(CandidateSpec{FirstName: "Ada", LastName: "Grey", Email: "ada@mail.example", Skills: []string{"ICU"},
		Resume: &File{Name: "ada.pdf", Content: []byte("%PDF")}})
	submission, err := a.Submit(SubmissionSpec{JobID: job, CandidateID: candidate, BillRate: "92.50", PayRate: "58"})
	if err != nil {
		a.t.Fatal(err)
	}
	return job, candidate, submission
}

func has(r reply, status int, word string) bool {
	return r.status == status && strings.Contains(string(r.body), word)
}
