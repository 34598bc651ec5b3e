package connectortest

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
)

// T is what a case needs of *testing.T. The suite's own test puts a recorder in
// its place, to see the suite refuse broken connectors.
type T interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any) // does not return
	Cleanup(func())
}

// testCase is one promise, named as a sentence.
type testCase struct {
	name string
	run  func(*suite)
}

// suite is what a case works with.
type suite struct {
	T
	kind  connectors.Kind
	start func() Vendor
}

// Run holds a connector against the suite, a subtest for every promise that its
// capabilities make. start gives a fresh vendor each time; see the package
// comment. The table of cases and results goes to the test's log.
func Run(t *testing.T, kind connectors.Kind, start func(t *testing.T) Vendor) {
	t.Helper()
	list := casesFor(&suite{T: t, kind: kind, start: func() Vendor { return start(t) }})
	table := &results{kind: kind.Name, failed: map[string]bool{}}
	t.Run("conformance", func(t *testing.T) {
		for _, c := range list {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				t.Cleanup(func() { table.note(c.name, t.Failed()) })
				c.run(&suite{T: t, kind: kind, start: func() Vendor { return start(t) }})
			})
		}
	})
	t.Log(table.String())
}

// results is the table of one connector.
type results struct {
	kind   string
	mu     sync.Mutex
	order  []string
	failed map[string]bool
}

func (r *results) note(name string, failed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.order = append(r.order, name)
	r.failed[name] = failed
}

// String gives one line per case.
func (r *results) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out strings.Builder
	fmt.Fprintf(&out, "%s: %d cases\n", r.kind, len(r.order))
	for _, name := range r.order {
		mark := "ok    "
		if r.failed[name] {
			mark = "BROKEN"
		}
		fmt.Fprintf(&out, "  %s  %s\n", mark, name)
	}
	return out.String()
}
