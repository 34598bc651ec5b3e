package fieldglass

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tributary-hub/tributary/staffing"
)

// FuzzAnswers reads any bytes as every kind of answer and as a push: nothing
// panics, and whatever becomes a record can be stored.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		``, `no data to download`, `{"Status":{"ReturnCode":"106","Message":"0 of 1 records"}}`, `<Response><ReturnCode>100</ReturnCode></Response>`,
		`{"StaffingOrder":{"OrderId":{"IdValue":"A1"}}}{"StaffingOrder":{"OrderId":{"IdValue":"A2"}}}`, `{"StaffingOrder":[{"OrderId":{"IdValue":"A"}},{"a":1}]}`,
		`{"StaffingOrder":{"OrderId":{"IdValue":"A1"}},"StaffingOrder":{"OrderId":{"IdValue":"A2"}}}`, `{"StaffingOrder":{"OrderId":{"IdValue":"A1"`,
		`<StaffingOrder xmlns="jobPosting"><OrderId validFrom=""><IdValue>A</IdValue></OrderId></StaffingOrder><StaffingOrder/>`, `<a><b>&nbsp;</b><b>` + "\x00" + `</b></a>`,
		"Job Seeker ID,Status,Last Modified\nJS1,Rejected,2026-11-23T10:00:00\n", `{"JobSeeker":{"JobSeekerId":"1","LastModified":"11/23/2026 10:00 AM"}}`,
		`[[[{"a":null}]]]`, "\xef\xbb\xbf{}", `{"EventType":"Job Seeker Update"}`, `{"PAYLOAD":{"ID":"T1","status":"Error","Attributes":{"recordsFailed":1}}}`, `{"a ":"1","a":"2"}`, `{"ReturnCode":255,"Message":"\u0000"}`,
	} {
		f.Add([]byte(seed))
	}
	if files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "samples", "sap-fieldglass", "*")); err == nil {
		for _, name := range files {
			if b, err := os.ReadFile(name); err == nil {
				f.Add(b)
			}
		}
	}
	c := &Connector{set: map[string]string{"postings_delta": "d"}}
	f.Fuzz(func(t *testing.T, body []byte) {
		st := onlyStatus(body)
		if err := st.err(job{upload: obj{}}); err != nil && staffing.CodeOf(err) == "" {
			t.Errorf("an error without a code: %v", err)
		}
		roots, rest, err := parseRoots(body)
		if err == nil && len(rest) > 0 {
			t.Errorf("no error, but %q is left", rest)
		}
		records := c.postings(roots, "full")
		if err != nil {
			records = append(records, unparsed("spool-1", rest, err.Error()))
		}
		list, err := rows(body, "x", time.UTC)
		if err == nil {
			for _, row := range list {
				records = append(records, record("row", row))
			}
		}
		for _, r := range records {
			storableRecord(t, r)
		}
		if v, err := readAudit(body, "T1"); err != nil && staffing.CodeOf(err) == "" || v.failed && v.reason == "" {
			t.Errorf("the audit trail reads %+v %v", v, err)
		}
		events, err := c.Events(http.Header{}, body)
		if err != nil || len(events) == 0 || c.DeliveryID(http.Header{}, body) == "" {
			t.Errorf("a push gives %v %v: it must make a feed due", events, err)
		}
	})
}

func storableRecord(t *testing.T, r staffing.Record) {
	t.Helper()
	var object map[string]json.RawMessage
	if r.ExternalID == "" || json.Unmarshal(r.Raw, &object) != nil || object == nil {
		t.Errorf("record %q is no JSON object with an id: %q", r.ExternalID, r.Raw)
	}
	if !utf8.Valid(r.Raw) || strings.Contains(string(r.Raw), `\u0000`) && !strings.Contains(string(r.Raw), `\\u0000`) || !utf8.ValidString(r.ExternalID) || strings.Contains(r.ExternalID, "\x00") {
		t.Errorf("record %q cannot be stored: %q", r.ExternalID, r.Raw)
	}
}
