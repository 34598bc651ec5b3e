package setu

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// FuzzMessage reads any bytes as a push: nothing panics, and whatever becomes a
// record can be stored.
func FuzzMessage(f *testing.F) {
	for _, seed := range []string{``, `{}`, `[]`, `[{"orderType":"RFQ","documentId":{"value":"1"}}]`, `{"orderType":"Order","staffingIds":{"quoteId":{"value":"\u0000"}}}`,
		`{"orderType":["RFQ"],"documentId":[{"value":"1"}]}`, `<StaffingOrder><OrderId><IdValue>1</IdValue></OrderId></StaffingOrder>`, `<L><StaffingOrder/><StaffingOrder a="1"/></L>`,
		`<Assignment assignmentStatus="active"><ReferenceInformation><OrderId><IdValue>1</IdValue></OrderId><HumanResourceId><IdValue>2</IdValue></HumanResourceId></ReferenceInformation></Assignment>`,
		`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, strings.Repeat("<a>", 200), strings.Repeat("[", 200), "\xef\xbb\xbf{}", `{"orderType":"RFQ","documentId":{"value":"1"},"_gone":true,"_id":"x"}`} {
		f.Add([]byte(seed))
	}
	if files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "samples", "setu", "*Example*")); err == nil {
		for _, name := range files {
			if b, err := os.ReadFile(name); err == nil {
				f.Add(b)
			}
		}
	}
	c := &Connector{set: map[string]string{}, now: time.Now}
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := c.Events(nil, body)
		if err != nil && staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%v", err)
		}
		for _, e := range events {
			var object map[string]any
			if e.Record.ExternalID == "" || strings.Contains(e.Record.ExternalID, "\x00") || json.Unmarshal(e.Record.Raw, &object) != nil ||
				strings.Contains(strings.ReplaceAll(string(e.Record.Raw), `\\`, ""), `\u0000`) || object["_gone"] != nil {
				t.Errorf("a record that cannot be stored: %q %s", e.Record.ExternalID, e.Record.Raw)
			}
		}
	})
}
