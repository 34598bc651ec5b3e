package file_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/file"
	sandbox "github.com/tributary-hub/tributary/sandbox/file"
	"github.com/tributary-hub/tributary/staffing"
)

// TestConformanceInAFolder leaves submissions to TestSubmissionsInAFolder: the suite
// has no faults to put before a local disk.
func TestConformanceInAFolder(t *testing.T) {
	kind := file.Kind()
	root := t.TempDir()
	inner := kind.Open
	kind.Open = func(d connectors.Deps) (staffing.Checker, error) { d.ShareDir = root; return inner(d) }
	connectortest.Run(t, kind, func(t *testing.T) connectortest.Vendor {
		t.Helper()
		dir := filepath.Join(root, rand.Text())
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		h := &harness{t: t}
		put := func(kind, header, prefix string, rows []string) {
			h.files++
			write(t, filepath.Join(dir, kind+"-"+strings.Repeat("0", 5-len(itoa(h.files)))+itoa(h.files)+".csv"), header+"\n"+strings.Join(rows, "\n")+"\n")
		}
		add := func(kind, header, prefix string) func(int) []string {
			return func(n int) (ids []string) {
				var rows []string
				for range n {
					h.ids++
					ids, rows = append(ids, prefix+itoa(h.ids)), append(rows, prefix+itoa(h.ids)+",Nurse,Open")
				}
				put(kind, header, prefix, rows)
				return ids
			}
		}
		return connectortest.Vendor{
			Settings: func(string) connectors.Settings {
				return connectors.Settings{"transport": "folder", "folder": filepath.Base(dir), "requisition_files": "req-*.csv", "id_column": "requisition_id",
					"settle_seconds": "0", "status_files": "status-*.csv", "password": "unused-here"}
			},
			AddRequisitions:  add("req", "requisition_id,title,status", "R"),
			TouchRequisition: func(id string) { put("req", "requisition_id,title,status", "R", []string{id + ",changed,Open"}) },
			AddStatuses:      add("status", "submission_key,status,changed_at", "S"),
			MoveStatus:       func(id string) { put("status", "submission_key,status,changed_at", "S", []string{id + ",Interview,"}) },
		}
	})
}

func itoa(n int) string {
	return string(rune('0'+n/1000%10)) + string(rune('0'+n/100%10)) + string(rune('0'+n/10%10)) + string(rune('0'+n%10))
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// desk is a connection in a folder, and what a hub would keep of it.
type desk struct {
	t      *testing.T
	root   string
	dir    string
	now    time.Time
	conn   staffing.Checker
	cursor staffing.Cursor
}

func newDesk(t *testing.T, more connectors.Settings) *desk {
	t.Helper()
	d := &desk{t: t, root: t.TempDir(), now: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)}
	d.dir = filepath.Join(d.root, "acme")
	if err := os.Mkdir(d.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := connectors.Settings{"transport": "folder", "folder": "acme", "id_column": "id", "settle_seconds": "0"}
	maps.Copy(s, more)
	deps := connectortest.NewDeps(file.Kind(), s)
	deps.ShareDir, deps.Now = d.root, func() time.Time { return d.now }
	conn, err := file.Kind().Open(deps)
	if err != nil {
		t.Fatal(err)
	}
	d.conn = conn
	return d
}

func (d *desk) write(name, content string) {
	d.t.Helper()
	write(d.t, filepath.Join(d.dir, name), content)
}

// read gives the ids until there is no more, and the first error.
func (d *desk) read() (ids []string, err error) {
	d.t.Helper()
	src, _ := d.conn.(staffing.RequisitionSource)
	for range 50 {
		page, err := src.Requisitions(d.t.Context(), d.cursor)
		if err != nil {
			return ids, err
		}
		d.cursor = page.Next
		for _, r := range page.Records {
			id := r.ExternalID
			if strings.Contains(string(r.Raw), `"_absent":true`) {
				id += " gone"
			}
			ids = append(ids, id)
		}
		if !page.More {
			return ids, nil
		}
	}
	d.t.Fatal("it has no end")
	return nil, nil
}

func (d *desk) reads(want ...string) {
	d.t.Helper()
	got, err := d.read()
	if err != nil || !slices.Equal(got, want) {
		d.t.Errorf("read %q and %v, want %q", got, err, want)
	}
}

func (d *desk) has(pattern string) []string {
	d.t.Helper()
	names, err := filepath.Glob(filepath.Join(d.dir, pattern))
	if err != nil {
		d.t.Fatal(err)
	}
	return names
}

func TestABadFileIsSetAsideWholeWithLineAndReason(t *testing.T) {
	d := newDesk(t, nil)
	d.write("a.csv", "id,title\n1,Nurse\n2,Cook,extra\n3,Smith\n")
	d.write("b.csv", "id,title\n4,Baker\n")
	ids, err := d.read()
	if len(ids) != 0 || staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), "line 3") {
		t.Errorf("read %q and %v", ids, err)
	}
	d.reads("4") // the bad file stands in nobody's way
	moved, notes := d.has("quarantine/a.*.csv"), d.has("quarantine/a.*.reason.txt")
	if len(moved) != 1 || len(notes) != 1 || len(d.has("a.csv")) != 0 {
		t.Fatalf("quarantine has %q and %q", moved, notes)
	}
	whole, _ := os.ReadFile(moved[0])
	note, _ := os.ReadFile(notes[0])
	if !strings.Contains(string(whole), "3,Smith") || !strings.Contains(string(note), "line 3: it has another number of cells") || strings.Contains(string(note), "Cook") {
		t.Errorf("the file is %q, the note %q", whole, note)
	}
	report, err := d.conn.Check(t.Context())
	if err != nil || !report.OK() || !strings.Contains(report.Permissions[len(report.Permissions)-1].Detail, "1 files wait") {
		t.Errorf("the test of the connection says %+v, %v", report, err)
	}
	d.write("a.csv", "id,title\n1,Nurse\n") // put right
	d.reads("1")
}

func TestABadFileThatCannotBeMovedDoesNotStopTheOthers(t *testing.T) {
	d := newDesk(t, nil)
	d.write("quarantine", "a file where the folder should be")
	d.write("a.csv", "title\nNurse\n")
	d.write("b.csv", "id\n4\n")
	ids, err := d.read()
	if !slices.Equal(ids, []string{"4"}) || staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), "cannot be moved") {
		t.Errorf("read %q and %v", ids, err)
	}
	if len(d.has("a.csv")) != 1 {
		t.Error("the bad file is lost")
	}
}

func TestAFileThatIsStillBeingWrittenIsLeftAlone(t *testing.T) {
	d := newDesk(t, connectors.Settings{"settle_seconds": "60"})
	d.write("a.csv", "id,title\n1,Nur")
	d.reads()
	d.now = d.now.Add(59 * time.Second)
	d.reads()
	d.write("a.csv", "id,title\n1,Nurse\n2,Cook\n") // it grew
	d.now = d.now.Add(59 * time.Second)
	d.reads()
	d.now = d.now.Add(time.Minute)
	d.reads("1", "2")
	d.reads()
}

func TestAMarkerOfTheFileBeforeVouchesForNothing(t *testing.T) {
	d := newDesk(t, connectors.Settings{"ready": "marker"})
	d.write("a.csv", "id\n1\n")
	d.write("b.csv", "id\n2\n")
	d.reads()
	d.write("a.csv.done", "")
	d.write("b.done", "")
	d.reads("1", "2")
	past := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(d.dir, "a.csv.done"), past, past); err != nil {
		t.Fatal(err)
	}
	d.write("a.csv", "id\n3\n4\n")
	d.reads()
	d.write("a.csv.done", "")
	d.reads("3", "4")
}

func TestAManifestIsHeldAgainstTheFile(t *testing.T) {
	d := newDesk(t, connectors.Settings{"ready": "manifest"})
	d.write("a.csv", "id\n1\n2\n")
	d.reads()
	d.write("a.csv.manifest", "rows=3\nbytes = 7\n")
	if _, err := d.read(); !strings.Contains(staffing.MessageOf(err), "promises other records") {
		t.Errorf("a file with a row too few is told as %v", err)
	}
	d.write("b.csv", "id\n1\n2\n")
	d.write("b.csv.manifest", `{"records":2,"bytes":7,"sha256":"1EC9D8AFE7E3F3AB6B3A9B6DDEB0EB2E0F6C7BF9"}`)
	if _, err := d.read(); !strings.Contains(staffing.MessageOf(err), "SHA-256") {
		t.Errorf("a file with another hash is told as %v", err)
	}
	d.write("c.csv", "id\n7\n")
	d.write("c.csv.manifest", "records: 1\n")
	d.reads("7")
}

func TestWhatAFullFileNoLongerHasIsTold(t *testing.T) {
	for _, after := range []string{"leave", "archive"} {
		d := newDesk(t, connectors.Settings{"contents": "full", "after_reading": after})
		d.write("2026-11-01.csv", "id\n1\n2\n")
		d.write("2026-11-02.csv", "id\n1\n2\n3\n")
		d.reads("1", "2", "3") // the newest holds everything
		d.write("2026-11-03.csv", "id\n3\n4\n")
		d.reads("3", "4", "1 gone", "2 gone")
		d.reads()
		d.write("2026-11-04.csv", "id\n4\n")
		d.reads("4", "3 gone")
	}
}

func TestReadFilesGoIntoTheArchiveOnceTheirPageIsSaved(t *testing.T) {
	d := newDesk(t, connectors.Settings{"after_reading": "archive", "requisition_files": "requisitions.csv"})
	d.write("requisitions.csv", "id\n1\n")
	src, _ := d.conn.(staffing.RequisitionSource)
	if _, err := src.Requisitions(t.Context(), nil); err != nil || len(d.has("requisitions.csv")) != 1 {
		t.Errorf("a file whose page is not saved yet was moved, %v", err)
	}
	d.reads("1")
	if len(d.has("archive/requisitions.*.csv")) != 1 || len(d.has("requisitions.csv")) != 0 {
		t.Errorf("the archive has %q", d.has("archive/*"))
	}
	d.write("requisitions.csv", "id\n2\n")
	d.reads("2")
}

func TestAFileThatWasOnlyTouchedIsNotReadAgain(t *testing.T) {
	d := newDesk(t, nil)
	d.write("a.csv", "id\n1\n")
	d.reads("1")
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(d.dir, "a.csv"), later, later); err != nil {
		t.Fatal(err)
	}
	d.reads()
	d.write("a.csv", "id\n1\n2\n")
	d.reads("1", "2")
}

func TestNoPathLeadsOutOfTheFolder(t *testing.T) {
	d := newDesk(t, nil)
	secret := filepath.Join(t.TempDir(), "secret.csv")
	write(t, secret, "id\n666\n")
	if err := os.Symlink(secret, filepath.Join(d.dir, "a.csv")); err != nil {
		t.Fatal(err)
	}
	d.reads()
	if err := os.Symlink(filepath.Dir(secret), filepath.Join(d.root, "link")); err != nil {
		t.Fatal(err)
	}
	for _, s := range []connectors.Settings{{"folder": "../x"}, {"folder": "link"}, {"folder": "acme", "requisition_folder": "../../x"}, {"folder": "/etc"}} {
		s["transport"], s["id_column"] = "folder", "id"
		deps := connectortest.NewDeps(file.Kind(), s)
		deps.ShareDir = d.root
		c, err := file.Kind().Open(deps)
		if err == nil {
			_, err = c.Check(t.Context())
		}
		if code := staffing.CodeOf(err); code != staffing.Invalid && code != staffing.Forbidden {
			t.Errorf("%v opens: %v", map[string]string(s), err)
		}
	}
	deps := connectortest.NewDeps(file.Kind(), connectors.Settings{"transport": "folder", "id_column": "id"})
	if _, err := file.Kind().Open(deps); staffing.CodeOf(err) != staffing.Invalid {
		t.Errorf("a folder opens although the operator named none: %v", err)
	}
}

func TestSubmissionsInAFolder(t *testing.T) {
	d := newDesk(t, connectors.Settings{"submission_folder": "in", "submission_format": "csv", "submission_columns": "requisition_id,submission_key,last_name,bill_rate,resume_file"})
	if err := os.Mkdir(filepath.Join(d.dir, "in"), 0o700); err != nil {
		t.Fatal(err)
	}
	sink, _ := d.conn.(staffing.SubmissionSink)
	first, err := sink.Submit(t.Context(), submission("0198-7"))
	if err != nil || first.ID != "0198-7" || first.Existed {
		t.Fatal(first, err)
	}
	text, _ := os.ReadFile(d.has("in/submission-0198-7.csv")[0])
	if want := "requisition_id,submission_key,last_name,bill_rate,resume_file\r\nR-1,0198-7,Grey,85.5,submission-0198-7-resume.pdf\r\n"; string(text) != want {
		t.Errorf("the file is %q", text)
	}
	if got, _ := os.ReadFile(filepath.Join(d.dir, "in", "submission-0198-7-resume.pdf")); string(got) != string(resume) {
		t.Errorf("the résumé is %q", got)
	}
	for _, name := range d.has("in/submission-*") { // the client takes them away
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	again, err := sink.Submit(t.Context(), submission("0198-7"))
	if err != nil || !again.Existed || again.ID != first.ID || len(d.has("in/submission*")) != 0 {
		t.Errorf("a second put gives %+v and %v, and leaves %q", again, err, d.has("in/*"))
	}
	req := submission("0198-8")
	req.Resume.Name = "grey.exe"
	if _, err := sink.Submit(t.Context(), req); staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), "pdf") {
		t.Errorf("a résumé of a wrong type: %v", err)
	}
	req.Resume.Name, req.Resume.Size = "grey.pdf", 11<<20
	if _, err := sink.Submit(t.Context(), req); staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), "10 MB") {
		t.Errorf("a résumé that is too large: %v", err)
	}
}

func TestOnlyThePinnedHostIsSignedInTo(t *testing.T) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte("brook"))
	if err != nil {
		t.Fatal(err)
	}
	server, err := sandbox.New(sandbox.Options{User: "tributary", Password: "river-runs-deep-22", Key: signer.PublicKey()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	host, port := server.Address()
	good := connectors.Settings{"host": host, "port": port, "user": "tributary", "id_column": "id", "host_key": "SHA256:" + strings.Repeat("A", 43) + " " + server.Fingerprint(),
		"private_key": string(pem.EncodeToMemory(block)), "passphrase": "brook"}
	check := func(change connectors.Settings) error {
		s := maps.Clone(good)
		maps.Copy(s, change)
		c, err := file.Kind().Open(connectortest.NewDeps(file.Kind(), s))
		if err != nil {
			return err
		}
		_, err = c.Check(context.Background())
		return err
	}
	for name, c := range map[string]struct {
		change connectors.Settings
		want   staffing.Code
		says   string
	}{
		"the right key":       {nil, "", ""},
		"line breaks lost":    {connectors.Settings{"private_key": strings.ReplaceAll(good["private_key"], "\n", " ")}, "", ""},
		"another host key":    {connectors.Settings{"host_key": "SHA256:" + strings.Repeat("A", 43)}, staffing.Unauthorized, server.Fingerprint()},
		"no host key":         {connectors.Settings{"host_key": ""}, staffing.Invalid, "host key"},
		"a wrong passphrase":  {connectors.Settings{"passphrase": "creek"}, staffing.Invalid, "private key"},
		"another user":        {connectors.Settings{"user": "delta"}, staffing.Unauthorized, "refused"},
		"nobody there":        {connectors.Settings{"port": "1"}, staffing.Unavailable, "cannot connect"},
		"nothing to show":     {connectors.Settings{"private_key": ""}, staffing.Invalid, "password or a private key"},
		"an address too many": {connectors.Settings{"host": "169.254.169.254"}, staffing.Invalid, "may not call"},
	} {
		if err := check(c.change); staffing.CodeOf(err) != c.want || c.says != "" && !strings.Contains(staffing.MessageOf(err), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
