package localpg

import (
	"context"
	"database/sql"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// testDir is a directory that the server's account can reach, also as root.
func testDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "pg")
}

func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func start(t *testing.T, opts Options) *Server {
	t.Helper()
	opts.Fast = true
	opts.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	s, err := Start(testContext(t), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(testContext(t)); err != nil {
		t.Error(err)
	}
}

func query(t *testing.T, dsn, statement string) string {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var answer string
	if err := db.QueryRowContext(testContext(t), statement).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return answer
}

// crash ends a server as a kill -9 of everything does: postmaster gone, lock
// gone, postmaster.pid still there.
func crash(t *testing.T, s *Server) {
	t.Helper()
	if err := syscall.Kill(s.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	_ = s.lock.Close()
}

func TestServerKeepsDataAndPort(t *testing.T) {
	t.Parallel()
	dir := testDir(t)
	first := start(t, Options{Dir: dir})
	query(t, first.DSN(Database), `create table kept (x text); insert into kept values ('river') returning x`)
	stop(t, first)
	select {
	case <-first.Done():
	default:
		t.Error("Done is not closed after Stop")
	}
	second := start(t, Options{Dir: dir})
	if got := query(t, second.DSN(Database), `select x from kept`); got != "river" {
		t.Errorf("after a restart the row reads %q", got)
	}
	if second.Port() != first.Port() {
		t.Errorf("the port changed from %d to %d although it was free", first.Port(), second.Port())
	}
}

func TestServerSettings(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Dir: testDir(t)})
	for setting, want := range map[string]string{
		"idle_in_transaction_session_timeout": "1min",
		"listen_addresses":                    "127.0.0.1",
		"unix_socket_directories":             "",
		"timezone":                            "UTC",
		"server_encoding":                     "UTF8",
	} {
		if got := query(t, s.DSN(Database), `show `+setting); got != want {
			t.Errorf("%s = %q, want %q", setting, got, want)
		}
	}
	if got := query(t, s.DSN(Database), `select lower('ÉCOLE')`); got != "école" {
		t.Errorf("lower() of an accented word gives %q", got)
	}
}

func TestServerAsksForThePassword(t *testing.T) {
	t.Parallel()
	dir := testDir(t)
	s := start(t, Options{Dir: dir})
	db, err := sql.Open("postgres", dsn(s.Port(), "guessed", Database))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.PingContext(testContext(t)); err == nil {
		t.Error("a wrong password was let in")
	}
	info, err := os.Stat(filepath.Join(dir, "password"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the password file has mode %v (%v), want 0600", info.Mode().Perm(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".initdb-*")); len(left) > 0 {
		t.Errorf("copies of the password stay: %v", left)
	}
}

func TestStartTwice(t *testing.T) {
	t.Parallel()
	dir := testDir(t)
	first := start(t, Options{Dir: dir})
	_, err := Start(testContext(t), Options{Dir: dir})
	if staffing.CodeOf(err) != staffing.Conflict || !strings.Contains(err.Error(), "another hub") {
		t.Errorf("a second start on the same directory says %v", err)
	}
	if got := query(t, first.DSN(Database), `select 'fine'`); got != "fine" {
		t.Error("the first server suffered")
	}
}

func TestStartAfterKill(t *testing.T) {
	t.Parallel()
	dir := testDir(t)
	first := start(t, Options{Dir: dir})
	query(t, first.DSN(Database), `create table kept (x text); insert into kept values ('river') returning x`)
	crash(t, first)
	if first.place.recordedPID() == 0 {
		t.Fatal("the crash left no postmaster.pid: this test proves nothing")
	}
	second := start(t, Options{Dir: dir})
	if got := query(t, second.DSN(Database), `select x from kept`); got != "river" {
		t.Errorf("after a crash the row reads %q", got)
	}
}

// A number in a stale postmaster.pid may belong to any process by now: it must
// neither stop the start nor be harmed by it.
func TestStartWithReusedPID(t *testing.T) {
	t.Parallel()
	dir := testDir(t)
	first := start(t, Options{Dir: dir})
	crash(t, first)
	bystander := first.place.command("/bin/sleep", "60")
	if err := bystander.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = bystander.Process.Kill(); _ = bystander.Wait() }()
	lines, err := os.ReadFile(first.place.pidFile())
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(lines), "\n")
	if err := os.WriteFile(first.place.pidFile(), []byte(strconv.Itoa(bystander.Process.Pid)+"\n"+rest), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, Options{Dir: dir})
	if err := bystander.Process.Signal(syscall.Signal(0)); err != nil {
		t.Error("a process that has nothing to do with it was ended")
	}
}

// The hub was killed and its server was not: the next start ends it, frozen or not.
func TestStartEndsOrphan(t *testing.T) {
	t.Parallel()
	for name, freeze := range map[string]bool{"running": false, "frozen": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := testDir(t)
			first := start(t, Options{Dir: dir})
			_ = first.lock.Close() // as the kernel does for a killed hub
			if freeze {
				if err := syscall.Kill(first.PID(), syscall.SIGSTOP); err != nil {
					t.Fatal(err)
				}
			}
			second := start(t, Options{Dir: dir})
			select {
			case <-first.Done():
			case <-time.After(10 * time.Second):
				t.Fatal("the orphan still runs")
			}
			if got := query(t, second.DSN(Database), `select 'fine'`); got != "fine" {
				t.Error("the new server does not answer")
			}
		})
	}
}

func TestTakenPort(t *testing.T) {
	t.Parallel()
	l, err := new(net.ListenConfig).Listen(testContext(t), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	taken := l.Addr().(*net.TCPAddr).Port
	dir := testDir(t)

	_, err = Start(testContext(t), Options{Dir: dir, Port: taken, Fast: true})
	if staffing.CodeOf(err) != staffing.Conflict || !strings.Contains(err.Error(), strconv.Itoa(taken)) {
		t.Errorf("a taken port says %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "port"), []byte(strconv.Itoa(taken)), 0o600); err != nil {
		t.Fatal(err)
	}
	if s := start(t, Options{Dir: dir}); s.Port() == taken {
		t.Error("the server claims a port that another program has")
	}
}

func TestUnfinishedInitdbIsThrownAway(t *testing.T) {
	t.Parallel()
	dir := testDir(t)
	if err := os.MkdirAll(filepath.Join(dir, "cluster.new", "base"), 0o755); err != nil {
		t.Fatal(err)
	}
	s := start(t, Options{Dir: dir})
	if got := query(t, s.DSN(Database), `select 'fine'`); got != "fine" {
		t.Error("the server does not answer")
	}
}

func TestMissingPassword(t *testing.T) {
	t.Parallel()
	dir := testDir(t)
	stop(t, start(t, Options{Dir: dir}))
	if err := os.Remove(filepath.Join(dir, "password")); err != nil {
		t.Fatal(err)
	}
	_, err := Start(testContext(t), Options{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "password of the embedded database is missing") {
		t.Errorf("a cluster without its password says %v", err)
	}
}

// The hub's process dies by kill -9; on Linux the server goes with it.
func TestServerDiesWithItsHub(t *testing.T) {
	if dir := os.Getenv("LOCALPG_TEST_HUB"); dir != "" {
		s := start(t, Options{Dir: dir})
		if err := os.WriteFile(filepath.Join(dir, "ready"), []byte(strconv.Itoa(s.PID())), 0o600); err != nil {
			t.Fatal(err)
		}
		<-s.Done() // the test kills this process
		return
	}
	t.Parallel()
	dir := testDir(t)
	hub := exec.Command(os.Args[0], "-test.run=^TestServerDiesWithItsHub$")
	hub.Env = append(os.Environ(), "LOCALPG_TEST_HUB="+dir)
	if err := hub.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the hub is up", func() bool { return number(filepath.Join(dir, "ready")) != 0 })
	pid := number(filepath.Join(dir, "ready"))
	_ = hub.Process.Kill()
	_ = hub.Wait()
	if _, err := os.Stat("/proc/self"); err == nil {
		eventually(t, "the server has gone with its hub", func() bool { return syscall.Kill(pid, 0) != nil })
	}
	start(t, Options{Dir: dir})
}

// As root, a directory that the account postgres cannot enter moves the cluster.
func TestUnreachableDirectory(t *testing.T) {
	t.Parallel()
	dir := testDir(t)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	first := start(t, Options{Dir: dir})
	if os.Getuid() != 0 {
		if first.place.base != dir {
			t.Errorf("a plain user's cluster lies in %s", first.place.base)
		}
		return
	}
	t.Cleanup(func() { _ = os.RemoveAll(first.place.base) })
	note, err := os.ReadFile(filepath.Join(dir, "LOCATION"))
	if err != nil || !strings.HasPrefix(string(note), elsewhere+"/tributary-") {
		t.Fatalf("no note says where the cluster went: %q, %v", note, err)
	}
	stop(t, first)
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	second := start(t, Options{Dir: dir})
	if second.place.base != first.place.base {
		t.Error("the cluster is forgotten once its directory can be reached")
	}
	if err := second.Destroy(testContext(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(first.place.base); err == nil {
		t.Error("Destroy leaves the moved cluster behind")
	}
}

func TestNoBinaries(t *testing.T) {
	_, err := findBinaries(testContext(t), 9)
	if err == nil || !strings.Contains(err.Error(), "postgresql-9") {
		t.Errorf("a missing version says %v", err)
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within 30 s: %s", what)
		}
		time.Sleep(20 * time.Millisecond) // between two looks
	}
}
