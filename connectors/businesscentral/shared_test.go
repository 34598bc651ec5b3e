package businesscentral_test

import (
	"os"
	"path/filepath"
	"testing"
)

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
