package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/sandbox/world"
	"github.com/tributary-hub/tributary/store/storetest"
)

// binary builds the real program, once.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tributary-e2e-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "server")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path)) // the system cleans its temporary folder too
	}
	os.Exit(code)
}

// installation is a hub as its operator knows it: a database, a folder, a port.
// Its process may be killed and started again.
type installation struct {
	t    *testing.T
	base string
	// database is the address of the hub's database.
	database string
	env      []string
	log      *lockedBuffer
	cmd      *exec.Cmd
	done     chan error
	left     []string // what was unfinished when it was last asked
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// tail gives the last n lines that tell more than that a request was answered.
func (l *lockedBuffer) tail(n int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var lines []string
	for line := range strings.Lines(l.b.String()) {
		if !strings.Contains(line, "msg=request ") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-n):], "")
}

func install(t *testing.T, env ...string) *installation {
	t.Helper()
	port := freePort(t)
	in := &installation{t: t, base: "http://127.0.0.1:" + port, log: &lockedBuffer{}, database: storetest.Database(t)}
	in.env = append(os.Environ(), "DATABASE_URL="+in.database, "TRIBUTARY_DATA_DIR="+t.TempDir(), "TRIBUTARY_ADDR=127.0.0.1:"+port,
		"TRIBUTARY_PUBLIC_URL="+in.base, "TRIBUTARY_ALLOW_CIDRS=127.0.0.0/8", "TRIBUTARY_JOB_TIMEOUT=12s", "TRIBUTARY_WORKERS=8")
	in.env = append(in.env, env...)
	t.Cleanup(func() {
		in.kill()
		if t.Failed() {
			t.Logf("the hub's log ends:\n%s", in.log.tail(60))
		}
	})
	return in
}

var ports atomic.Int64

// freePort gives a port below those that the system hands out by itself, so that
// nobody takes it while the hub is down.
func freePort(t *testing.T) string {
	t.Helper()
	for range 200 {
		port := strconv.FormatInt(20000+(int64(os.Getpid())*17+ports.Add(1)*29)%10000, 10)
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:"+port)
		if err != nil {
			continue
		}
		_ = l.Close() // the hub listens on it next
		return port
	}
	t.Fatal("no port is free between 20000 and 30000")
	return ""
}

// start runs "server serve" and waits until it is ready.
func (in *installation) start() {
	in.t.Helper()
	path, err := binary()
	if err != nil {
		in.t.Fatal(err)
	}
	in.cmd = exec.Command(path, "serve")
	in.cmd.Env, in.cmd.Stdout, in.cmd.Stderr = in.env, in.log, in.log
	if err := in.cmd.Start(); err != nil {
		in.t.Fatal(err)
	}
	cmd, done := in.cmd, make(chan error, 1)
	in.done = done
	go func() { done <- cmd.Wait() }()
	in.eventually(30*time.Second, "the hub is ready", func() bool { return in.status("/readyz") == http.StatusOK })
}

// kill ends the process as a power cut would.
func (in *installation) kill() {
	if in.cmd == nil {
		return
	}
	_ = in.cmd.Process.Kill() // it may have ended by itself
	<-in.done
	in.cmd = nil
}

// stop asks the process to end and says how long it took.
func (in *installation) stop() time.Duration {
	in.t.Helper()
	began := time.Now()
	if err := in.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		in.t.Fatal(err)
	}
	select {
	case err := <-in.done:
		if err != nil {
			in.t.Errorf("the hub did not stop well: %v", err)
		}
	case <-time.After(15 * time.Second):
		in.t.Fatal("the hub did not stop within 15 s")
	}
	in.cmd = nil
	return time.Since(began)
}

var unfinishedJobs = regexp.MustCompile(`(?m)^tributary_jobs\{kind="([a-z.]+)",state="[a-z]+"\} (\d+)`)

// pollAll presses "Poll now" on every feed that the connections may have.
func (b *browser) pollAll(ids map[string]string) {
	for _, id := range ids {
		for _, feed := range []string{"requisitions", "statuses", "candidates"} {
			b.post("/connections/"+id+"/poll", url.Values{"feed": {feed}}) // one that is not there is refused
		}
	}
}

// unfinished counts the jobs that are not done, without the polls that come by
// themselves.
func (in *installation) unfinished() int {
	resp, err := http.Get(in.base + "/metrics")
	if err != nil {
		return -1
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return -1
	}
	sum := 0
	in.left = in.left[:0]
	for _, m := range unfinishedJobs.FindAllStringSubmatch(string(body), -1) {
		if !strings.HasSuffix(m[1], ".poll") && m[1] != "hub.prune" {
			n, err := strconv.Atoi(m[2])
			if err != nil {
				return -1
			}
			sum += n
			in.left = append(in.left, m[0])
		}
	}
	return sum
}

func (in *installation) status(path string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, in.base+path, nil)
	if err != nil {
		return 0
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close() // only the status counts
	return resp.StatusCode
}

// command runs another command of the program beside the hub.
func (in *installation) command(stdin string, args ...string) string {
	in.t.Helper()
	path, err := binary()
	if err != nil {
		in.t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Env, cmd.Stdin = in.env, strings.NewReader(stdin)
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := cmd.Output()
	if err != nil {
		in.t.Fatalf("server %s: %v\n%s", strings.Join(args, " "), err, errOut.String())
	}
	return strings.TrimSpace(string(out))
}

func (in *installation) eventually(limit time.Duration, what string, holds func() bool) {
	in.t.Helper()
	end := time.Now().Add(limit)
	for !holds() {
		if time.Now().After(end) {
			in.t.Fatalf("not within %s: %s", limit, what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// browser is a person who is signed in.
type browser struct {
	in   *installation
	http *http.Client
}

const testPassword = "correct horse battery"

// person adds a person by the command line and signs them in on the page.
func (in *installation) person(role string) *browser {
	in.t.Helper()
	email := role + "@firm.test"
	in.command(testPassword+"\n", "user", "create", "--email", email, "--name", "The "+role, "--role", role)
	jar, err := cookiejar.New(nil)
	if err != nil {
		in.t.Fatal(err)
	}
	b := &browser{in: in, http: &http.Client{Jar: jar, Timeout: 20 * time.Second}}
	if status, body := b.post("/login", url.Values{"email": {email}, "password": {testPassword}}); status != http.StatusOK || strings.Contains(body, `name="password"`) {
		in.t.Fatalf("%s cannot sign in: %d\n%s", role, status, body)
	}
	return b
}

// try sends a request; a hub that is down gives status 0.
func (b *browser) try(method, path string, form url.Values) (int, string) {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequest(method, b.in.base+path, body)
	if err != nil {
		return 0, err.Error()
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	resp, err := b.http.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(text)
}

func (b *browser) get(path string) (int, string) { return b.try(http.MethodGet, path, nil) }
func (b *browser) post(path string, form url.Values) (int, string) {
	return b.try(http.MethodPost, path, form)
}

// connect enters the world's clients and systems on the pages and gives the
// connections by the world's keys.
func (b *browser) connect(w *world.World) map[string]string {
	t := b.in.t
	t.Helper()
	for _, c := range w.Clients() {
		if status, body := b.post("/clients", url.Values{"code": {c.Code}, "name": {c.Name}, "currency": {c.Currency}, "timezone": {c.Timezone}}); status != http.StatusOK {
			t.Fatalf("client %s: %d\n%s", c.Code, status, body)
		}
	}
	_, page := b.get("/connections/new?kind=" + w.Systems()[len(w.Systems())-1].Kind)
	ids, names := map[string]string{}, map[string]string{}
	for _, c := range w.Clients() {
		names[c.Code] = c.Name
	}
	for _, s := range w.Systems() {
		form := url.Values{"kind": {s.Kind}, "name": {s.Name}}
		if s.Client != "" {
			form.Set("client", optionOf(t, page, names[s.Client]))
		}
		for k, v := range s.Settings {
			form.Set("setting."+k, v)
		}
		status, body := b.post("/connections", form)
		if status != http.StatusOK {
			t.Fatalf("connection %s: %d\n%s", s.Name, status, body)
		}
	}
	var list struct {
		Items []struct{ ID, Name string }
	}
	b.in.api("/connections", &list)
	for _, s := range w.Systems() {
		for _, c := range list.Items {
			if c.Name == s.Name {
				ids[s.Key] = c.ID
			}
		}
	}
	if len(ids) != len(w.Systems()) {
		t.Fatalf("%d of %d systems are connected", len(ids), len(w.Systems()))
	}
	for _, s := range w.Systems() {
		if s.Client == "" {
			continue
		}
		if status, body := b.post("/connections/"+ids[s.Key]+"/live", nil); status != http.StatusOK { // it began in shadow mode
			t.Fatalf("%s does not go live: %d\n%s", s.Name, status, body)
		}
	}
	return ids
}

// optionOf finds the value of the option with that label.
func optionOf(t *testing.T, page, label string) string {
	t.Helper()
	m := regexp.MustCompile(`<option[^>]*value="([0-9a-f-]{36})"[^>]*>` + regexp.QuoteMeta(label)).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the form offers no client %s", label)
	}
	return m[1]
}

// api reads from the REST API with a token of its own.
func (in *installation) api(path string, out any) {
	in.t.Helper()
	if err := in.tryAPI(path, out); err != nil {
		in.t.Fatal(err)
	}
}

func (in *installation) tryAPI(path string, out any) error {
	req, err := http.NewRequest(http.MethodGet, in.base+"/api/v1"+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+in.token())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %d %s", path, resp.StatusCode, body)
	}
	return json.Unmarshal(body, out)
}

var tokens sync.Map // by installation

func (in *installation) token() string {
	if t, ok := tokens.Load(in); ok {
		if text, isText := t.(string); isText {
			return text
		}
	}
	t := in.command("", "token", "create", "--name", "tests", "--scope", "read")
	tokens.Store(in, t)
	return t
}
