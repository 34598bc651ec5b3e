package workday

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// FuzzReport reads any bytes as a report: nothing panics, and whatever becomes a
// record can be stored.
func FuzzReport(f *testing.F) {
	for _, seed := range []string{``, `{}`, `{"Report_Entry":[]}`, `{"Report_Entry":[{"Job_Requisition_ID":"R-1","Last_Updated":"2026-10-02T12:00:00-07:00","G":[{"a":1}]}]}`,
		`{"Report_Entry":[{"Job_Requisition_ID":"` + "\x00" + `"}]}`, `{"Report_Entry":[{"a":"\u0000","\u0000":{}}],"Report_Entry":[{}]}`, `{"Report_Entry":[[[]]]}`, "\xff"} {
		f.Add(seed)
	}
	c := &Connector{set: map[string]string{"updated": "Last_Updated"}, zone: time.UTC}
	f.Fuzz(func(t *testing.T, body string) {
		err := readReport(strings.NewReader(body), "x", func(r row) error {
			rec, err := c.record(r.text("Job_Requisition_ID"), r)
			var object map[string]any
			if err != nil || json.Unmarshal(rec.Raw, &object) != nil || strings.Contains(strings.ReplaceAll(string(rec.Raw), `\\`, ""), `\u0000`) {
				t.Errorf("a row that cannot be stored: %q %v", rec.Raw, err)
			}
			return nil
		})
		if err != nil && staffing.CodeOf(err) != staffing.Unavailable {
			t.Errorf("%v", err)
		}
	})
}

// FuzzAnswer reads any bytes as a SOAP answer.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{``, `<a/>`, `<e:Envelope xmlns:e="` + soapNS + `"><e:Body><R><Candidate_Reference><ID type="WID">1</ID></Candidate_Reference></R></e:Body></e:Envelope>`,
		`<e:Envelope xmlns:e="` + soapNS + `"><e:Body><e:Fault><faultcode>x</faultcode><faultstring>y</faultstring><detail><Message>z</Message></detail></e:Fault></e:Body></e:Envelope>`,
		`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, strings.Repeat("<a>", 300)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := readAnswer(body)
		if err != nil && (a.name != "" || a.fault != nil) {
			t.Errorf("half an answer is given: %+v", a)
		}
	})
}
