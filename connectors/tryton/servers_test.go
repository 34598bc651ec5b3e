package tryton_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/tryton"
	sandbox "github.com/tributary-hub/tributary/sandbox/tryton"
	"github.com/tributary-hub/tributary/staffing"
)

// server is a Tryton server with the books of scripts/tryton, simulated or real.
type server struct {
	url      string // with the database
	password string // of the user hub
	hub      *rpc
	finance  *rpc
	last     atomic.Int64
}

func simulated(t *testing.T) *server {
	t.Helper()
	web := httptest.NewServer(sandbox.New(nil, sandbox.Options{}))
	t.Cleanup(web.Close)
	return newServer(t, web.URL+"/staffing", "hub-Drafts26", "pays-Check26")
}

// started starts a real server, which takes a minute or two where it was never
// set up before, and seconds afterwards.
func started(t *testing.T) *server {
	t.Helper()
	const script = "../../scripts/tryton"
	if testing.Short() {
		t.Skip("a real Tryton server takes its time: run without -short")
	}
	if _, err := os.Stat(script); err != nil { // also makes go test run again when the script has changed
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("/var/tmp", "tributary-tryton-") //nolint:usetesting // root's server runs as another user, who cannot enter t.TempDir
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if out, err := exec.Command(script, "down", dir).CombinedOutput(); err != nil {
			t.Errorf("%s down: %v\n%s", script, err, out)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil { // as root, the server runs as a user of its own
		t.Fatal(err)
	}
	began := time.Now()
	var said bytes.Buffer
	up := exec.Command(script, "up", dir)
	up.Stderr = &said
	out, err := up.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 3 && os.Getenv("CI") == "" {
		t.Skipf("there is no Tryton here and it cannot be installed: %s", said.String())
	}
	if err != nil {
		t.Fatalf("%s up: %v\n%s", script, err, said.String())
	}
	t.Logf("the real server started in %s", time.Since(began).Round(time.Second))
	keys := map[string]string{}
	for line := range strings.Lines(string(out)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		keys[key] = value
	}
	return newServer(t, keys["URL"], keys["PASSWORD"], keys["FINANCE_PASSWORD"])
}

func newServer(t *testing.T, url, hub, finance string) *server {
	t.Helper()
	return &server{url: url, password: hub, hub: login(t, url, "hub", hub), finance: login(t, url, "finance", finance)}
}

// key gives a reference that no bill had before.
func (s *server) key() string { return fmt.Sprintf("3f2b8c1e-0000-4000-8000-%012d", s.last.Add(1)) }

// connect opens the connector; more settings win.
func (s *server) connect(t *testing.T, more connectors.Settings) (staffing.BillingSink, connectors.Deps) {
	t.Helper()
	settings := connectors.Settings{"base_url": s.url, "login": "hub", "password": s.password}
	for k, v := range more {
		settings[k] = v
	}
	deps := connectortest.NewDeps(tryton.Kind(), settings)
	c, err := tryton.Kind().Open(deps)
	if err != nil {
		t.Fatal(err)
	}
	sink, ok := c.(staffing.BillingSink)
	if !ok {
		t.Fatal("the connector writes no bills")
	}
	return sink, deps
}

// rpc is a user's session.
type rpc struct{ url, session string }

type answer struct {
	status int
	Result json.RawMessage
	Error  []json.RawMessage
}

func login(t *testing.T, url, name, password string) *rpc {
	t.Helper()
	u := &rpc{url: url + "/"}
	a := u.send(t, "common.db.login", name, map[string]any{"password": password}, "en")
	var result []any
	if err := json.Unmarshal(a.Result, &result); err != nil || len(result) != 2 {
		t.Fatalf("%s cannot log in: %d %s", name, a.status, a.Error)
	}
	u.session = base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s:%v:%s", name, result[0], result[1]))
	return u
}

func (u *rpc) send(t *testing.T, method string, params ...any) answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"id": 1, "method": method, "params": append([]any{}, params...)})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, u.url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if u.session != "" {
		req.Header.Set("Authorization", "Session "+u.session)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	out := answer{status: resp.StatusCode}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(said, &out); err != nil {
			t.Fatalf("%s: %v: %s", method, err, said)
		}
	}
	return out
}

// model calls a method in the context of the company.
func (u *rpc) model(t *testing.T, method string, params ...any) answer {
	t.Helper()
	return u.send(t, "model."+method, append(params, map[string]any{"company": 1, "language": "en"})...)
}

// must is model that has to give a result.
func (u *rpc) must(t *testing.T, out any, method string, params ...any) {
	t.Helper()
	a := u.model(t, method, params...)
	if a.status != http.StatusOK || a.Error != nil {
		t.Fatalf("%s: %d %s", method, a.status, a.Error)
	}
	if out != nil {
		if err := json.Unmarshal(a.Result, out); err != nil {
			t.Fatalf("%s: %v: %s", method, err, a.Result)
		}
	}
}

// said gives an error in the words that people read, or the status, or "ok".
func (a answer) said() string {
	if a.status != http.StatusOK {
		return fmt.Sprint(a.status)
	}
	if a.Error == nil {
		return "ok"
	}
	var class string
	var details []json.RawMessage
	if json.Unmarshal(a.Error[0], &class) != nil || len(a.Error) < 2 || json.Unmarshal(a.Error[1], &details) != nil {
		return class
	}
	var text string
	if err := json.Unmarshal(details[0], &text); err != nil {
		return class
	}
	return class + ": " + text
}
