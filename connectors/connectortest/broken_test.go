package connectortest_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors/connectortest"
)

func TestRunAcceptsAWellBehavedConnector(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, modelKind(""), func(*testing.T) connectortest.Vendor { return newModelVendor().vendor() })
}

// flaws are the broken connectors, each with a part of the name of the case that
// must refuse it.
func flaws() [][2]string {
	return [][2]string{
		{"opens without its settings", "each missing required setting"},
		{"keeps quiet about what it can", "the catalogue says"},
		{"calls the vendor when it opens", "opening calls nobody"},
		{"takes any credentials in Check", "refused credentials"},
		{"hides a missing permission", "a missing permission is named"},
		{"calls a missing permission refused credentials", "403 gives forbidden"},
		{"never gets a new token", "ended early"},
		{"gets new tokens without end", "401 gives unauthorized"},
		{"ignores Retry-After", "429 with Retry-After"},
		{"sleeps when limited", "429 with Retry-After"},
		{"retries by itself", "500 gives unavailable"},
		{"retries by itself", "cut off gives unavailable"},
		{"takes forbidden for empty", "403 gives forbidden"},
		{"takes a web page for empty", "a web page instead"},
		{"takes a failure for empty", "500 gives unavailable"},
		{"takes a failure for empty", "requisitions: a failure between pages"},
		{"gives errors without a code", "500 gives unavailable"},
		{"calls every failure not found", "500 gives unavailable"},
		{"panics when the vendor fails", "truncated JSON"},
		{"does not obey the context", "end of the context"},
		{"names its secret in errors", "500 gives unavailable"},
		{"names its token in errors", "500 gives unavailable"},
		{"passes the vendor's body on", "leaks no secret"},
		{"takes half a résumé for a whole", "cut off gives unavailable"},
		{"reads the first page only", "requisitions: three pages"},
		{"loses the second page", "requisitions: three pages"},
		{"loses the last row of a page", "statuses: three pages"},
		{"saves no cursor", "requisitions: three pages"},
		{"sets its cursor far ahead", "requisitions: new records"},
		{"sets its cursor far ahead", "statuses: a changed record"},
		{"keeps its place in memory only", "requisitions: a reader stopped"},
		{"does not spool what reading consumes", "candidates: a crash before"},
		{"forgets what waits in the spool", "candidates: a crash before"},
		{"closes a body that it gave only half", "candidates: three pages"},
		{"creates without looking", "job: put twice"},
		{"creates without looking", "submission: the connection is cut"},
		{"creates when looking fails", "a second put that meets status_500"},
		{"creates when it should find", "find of nothing"},
		{"finds whatever is there", "two keys"},
		{"gives another receipt for the same effect", "put twice"},
		{"takes a failed create for success", "the vendor fails before it acts"},
		{"creates again when the answer is lost", "billing record: the connection is cut"},
		{"reports failed instead of unknown", "submission: the connection is cut"},
		{"reports failed instead of unknown", "status: lost_response"},
		{"makes a new job of an update", "updates that job"},
		{"takes a failed status for set", "status: status_500"},
		{"accepts unsigned webhooks", "missing, empty"},
		{"compares a prefix of the signature", "missing, empty"},
		{"signs the time only", "a changed body"},
		{"accepts everything without a secret", "another secret, or none"},
		{"accepts old webhooks", "an old delivery"},
		{"calls a forged webhook invalid", "a changed body"},
		{"gives every delivery a new id", "the same delivery"},
		{"gives all deliveries one id", "the same delivery"},
		{"panics on garbage", "garbage"},
		{"lists a field twice", "fields: each has"},
		{"lists a field of no map", "fields: each has"},
		{"lists a value twice", "fields: each has"},
		{"declares a word twice", "statuses: each declared word"},
		{"takes a failure for no fields", "500 gives unavailable"},
	}
}

func TestRunRefusesBrokenConnectors(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var table []string
	t.Run("flaws", func(t *testing.T) {
		for _, f := range flaws() {
			flaw, part := f[0], f[1]
			t.Run(flaw+": "+part, func(t *testing.T) {
				t.Parallel()
				ran, wrong := connectortest.Try(modelKind(flaw), part, func() connectortest.Vendor { return newModelVendor().vendor() })
				if len(ran) == 0 {
					t.Fatalf("there is no case %q", part)
				}
				if len(wrong) == 0 {
					t.Errorf("a connector that %s passes", flaw)
				}
				mu.Lock()
				defer mu.Unlock()
				for name, log := range wrong {
					table = append(table, fmt.Sprintf("%-48s %s\n%50s%.160s", flaw, name, "", log[0]))
				}
			})
		}
	})
	slices.Sort(table)
	t.Logf("broken connectors and the cases that refuse them:\n%s", strings.Join(table, "\n"))
}

func TestRunRefusesAHarnessThatDisagrees(t *testing.T) {
	t.Parallel()
	_, wrong := connectortest.Try(modelKind(""), "agree on", func() connectortest.Vendor {
		v := newModelVendor().vendor()
		v.Placement = nil
		return v
	})
	if len(wrong) != 1 {
		t.Errorf("a Vendor without Placement for a PlacementSource gives %v", wrong)
	}
}

func TestRunTellsAFeedThatIsConsumedByReading(t *testing.T) {
	t.Parallel()
	_, wrong := connectortest.Try(modelKind(""), "candidates: a failure between", func() connectortest.Vendor {
		v := newModelVendor().vendor()
		v.Consumes = nil
		return v
	})
	if len(wrong) != 1 {
		t.Errorf("a queue that loses what was read, and does not say so, gives %v", wrong)
	}
}

func TestRunRefusesAHarnessWithoutItsVendor(t *testing.T) {
	t.Parallel()
	_, wrong := connectortest.Try(modelKind(""), "calls nobody", func() connectortest.Vendor {
		v := newModelVendor().vendor()
		v.Handler = nil
		return v
	})
	if len(wrong) != 1 {
		t.Errorf("a Vendor without Handler for a connector that calls one gives %v", wrong)
	}
}
