package fieldglass_test

import (
	"testing"

	"github.com/tributary-hub/tributary/connectors/fieldglass"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
)

// TestEveryDeclaredWordHasAMeaningInTheDefaultProfile: a word that the page offers
// as the vendor's is one that a new client's profile knows.
func TestEveryDeclaredWordHasAMeaningInTheDefaultProfile(t *testing.T) {
	d, err := mapping.Parse(fieldglass.Kind().Mapping)
	if err != nil {
		t.Fatal(err)
	}
	list, err := (&fieldglass.Connector{}).DeclaredStatuses(t.Context())
	if err != nil || len(list) == 0 {
		t.Fatalf("%d words, %v", len(list), err)
	}
	for _, s := range list {
		known := d.Stages[s.Word] != ""
		if s.Subject == staffing.SubjectRequisition {
			known = d.RequisitionStatus[s.Word] != ""
		}
		if !known {
			t.Errorf("the default profile has no meaning for %q of a %s", s.Word, s.Subject)
		}
	}
}
