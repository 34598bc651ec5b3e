package archtest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheSkeletonCompilesAndFailsTheSuite makes a connector as "make connector"
// does, beside the house, and runs its tests through an overlay.
func TestTheSkeletonCompilesAndFailsTheSuite(t *testing.T) {
	t.Parallel()
	house, out := repositoryRoot(t), t.TempDir()
	run := func(env string, name string, args ...string) (string, error) {
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Env = house, append(os.Environ(), env)
		text, err := cmd.CombinedOutput()
		return string(text), err
	}
	if text, err := run("CONNECTOR_ROOT="+out, "bash", "scripts/connector", "skeletal", "Skeletal Systems"); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	replace := map[string]string{}
	err := filepath.Walk(out, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		rel, err := filepath.Rel(out, path)
		replace[filepath.Join(house, rel)] = path
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(replace) != 8 {
		t.Errorf("the skeleton has %d files; a connector is two folders and one line in the list", len(replace))
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(out, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(out, "skeletal.test")
	if text, err := run("", "go", "build", "-overlay", file, "./connectors/all"); err != nil {
		t.Fatalf("the list does not compile with the skeleton:\n%s", text)
	}
	if text, err := run("", "go", "test", "-c", "-vet=off", "-overlay", file, "-o", program, "./connectors/skeletal"); err != nil {
		t.Fatalf("the skeleton does not compile:\n%s", text)
	}
	text, err := run("", program)
	if err == nil {
		t.Error("the skeleton passes the conformance suite as it is")
	}
	for _, want := range []string{"Requisitions of skeletal is not written yet", "Check of skeletal is not written yet"} {
		if !strings.Contains(text, want) {
			t.Errorf("the suite does not say %q", want)
		}
	}
}
