package archtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryConnectorIsHeldAgainstTheSuite says that whatever stands in the list has
// a page that tells what its facts rest on, and tests that run the conformance suite
// and fuzz what it parses. A connector that is a document is parsed by the engine,
// which is fuzzed itself.
func TestEveryConnectorIsHeldAgainstTheSuite(t *testing.T) {
	t.Parallel()
	tests, isDocument := map[string]string{}, map[string]bool{}
	var listed []string
	for _, f := range source(t) {
		name, ok := strings.CutPrefix(f.dir(), "connectors/")
		if !ok || !f.isGo() {
			continue
		}
		if f.isTest() {
			tests[name] += f.text
		}
		for imported := range f.imports() {
			other, house := strings.CutPrefix(imported, module+"/connectors/")
			switch {
			case house && name == "all" && !f.isTest():
				listed = append(listed, other)
			case other == "document" && !f.isTest():
				isDocument[name] = true
			}
		}
	}
	if len(listed) < 5 {
		t.Fatalf("the list of connectors holds only %q", listed)
	}
	for _, name := range listed {
		report(t, connectorFindings(filepath.Join(repositoryRoot(t), "connectors", name), name, tests[name], isDocument[name]))
	}
}

func connectorFindings(dir, name, tests string, isDocument bool) (out []string) {
	if _, err := os.Stat(filepath.Join(dir, "README.md")); err != nil {
		out = append(out, fmt.Sprintf("connectors/%s has no README.md that says what its facts rest on", name))
	}
	if !strings.Contains(tests, "connectortest.Run(") {
		out = append(out, fmt.Sprintf("connectors/%s does not run the conformance suite", name))
	}
	if !isDocument && !strings.Contains(tests, "func Fuzz") {
		out = append(out, fmt.Sprintf("connectors/%s fuzzes nothing of what it parses", name))
	}
	return out
}
