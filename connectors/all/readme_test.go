package all_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheREADMEListsEveryConnector holds the table of README.md against the folders.
func TestTheREADMEListsEveryConnector(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	kinds, err := filepath.Glob("../*/kind.go")
	if err != nil || len(kinds) < 5 {
		t.Fatal(kinds, err)
	}
	for _, k := range kinds {
		name := filepath.Base(filepath.Dir(k))
		if _, err := os.Stat("../" + name + "/README.md"); err != nil {
			continue // an engine
		}
		if !strings.Contains(string(text), "](connectors/"+name+"/README.md)") {
			t.Errorf("README.md does not lead to connectors/%s/README.md", name)
		}
	}
}
