package coupa

import (
	"encoding/json"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
)

// FuzzAnswer reads what a stranger may answer, at whatever path the settings name.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{`{"data":[{"id":1,"external_reference_number":"k"}]}`, `{"data":{}}`, `[]`, `[1,null,"x"]`, `null`, `{`} {
		f.Add([]byte(s), "data")
		f.Add([]byte(s), "-")
	}
	f.Fuzz(func(t *testing.T, answer []byte, path string) {
		a := &api{s: connectors.Settings{"records_path": path, "reference_field": "external_reference_number"}}
		rows, err := a.records(answer)
		if err != nil && len(rows) > 0 {
			t.Fatalf("%d rows and %v", len(rows), err)
		}
		for _, raw := range rows {
			if rec, err := a.candidate(raw); err == nil && (rec.ExternalID == "" || !json.Valid(rec.Raw)) {
				t.Fatalf("%q gives %+v", raw, rec)
			}
		}
	})
}
