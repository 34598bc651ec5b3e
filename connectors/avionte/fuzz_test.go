package avionte

import (
	"encoding/json"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
)

// FuzzResume reads what talentResume may hold: a file, nothing, or a coded error.
func FuzzResume(f *testing.F) {
	f.Add([]byte(`{"fileName":"a.pdf","fileContents":"JVBERg=="}`))
	f.Add([]byte(`{"fileContents":null}`))
	f.Add([]byte(`{"text":"x"}`))
	c := &Connector{set: connectors.Settings{"resume_content": "fileContents", "resume_name": "fileName"}}
	f.Fuzz(func(t *testing.T, body []byte) {
		var r row
		if json.Unmarshal(body, &r) != nil {
			return
		}
		content, err := c.content(r)
		if err != nil && (content != nil || staffing.CodeOf(err) == staffing.Internal) {
			t.Errorf("%q %v", content, err)
		}
		if fileName(r.text("fileName")) == "" {
			t.Error("no name")
		}
	})
}
