package greenhouse_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors/greenhouse"
)

// TestTheReadmeNamesEveryCustomFieldAndSetting keeps the page in step with the
// mapping and the settings form.
func TestTheReadmeNamesEveryCustomFieldAndSetting(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	kind := greenhouse.Kind()
	for _, m := range regexp.MustCompile(`custom_fields\.(\w+)`).FindAllStringSubmatch(string(kind.Mapping), -1) {
		if !strings.Contains(string(page), "`"+m[1]+"`") {
			t.Errorf("the mapping reads the custom field %s, the page does not name it", m[1])
		}
	}
	text := strings.ToLower(string(page))
	for _, f := range kind.Spec {
		for _, word := range strings.Fields(strings.ToLower(f.Label)) {
			if !strings.Contains(text, word) {
				t.Errorf("the page does not name the setting %q", f.Label)
				break
			}
		}
	}
}
