package staffing_test

import (
	"fmt"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
)

func TestASearchGivesTheFirstByNameAndEachCodeOnce(t *testing.T) {
	t.Parallel()
	list := []staffing.BookEntry{{Code: "Z", Name: "zebra"}, {Code: "A", Name: "Apple"}, {Code: "A", Name: "apple again"}, {Code: "B", Name: "bear"}}
	if got := fmt.Sprint(staffing.FirstEntries(list)); got != "[{A Apple} {B bear} {Z zebra}]" {
		t.Errorf("it gives %s", got)
	}
	var many []staffing.BookEntry
	for i := range 3 * staffing.MostBookEntries {
		many = append(many, staffing.BookEntry{Code: fmt.Sprint(i), Name: "x"})
	}
	if got := staffing.FirstEntries(many); len(got) != staffing.MostBookEntries || got[0].Code != "0" {
		t.Errorf("it gives %d, first %v", len(got), got[0])
	}
}

func TestAReferenceIsToldFromWhatPeopleWrite(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"01a21239-2bc2-7c2a-99ef-bc7cb1b9ed41": true, "": false, "PO-4711": false, "01a212392bc27c2a99efbc7cb1b9ed41": false,
		"{01a21239-2bc2-7c2a-99ef-bc7cb1b9ed41}": false, "01A21239-2BC2-7C2A-99EF-BC7CB1B9ED41": false} {
		if staffing.IsReference(text) != want {
			t.Errorf("%q: want %v", text, want)
		}
	}
}
