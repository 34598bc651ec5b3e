package jobdiva

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"
)

// FuzzActivity reads what a report may give: whatever comes, each record can be
// saved, and one submittal has each milestone once.
func FuzzActivity(f *testing.F) {
	f.Add([]byte(`{"ACTIVITYID":"9001","JOBID":501,"CANDIDATEID":"77001","SUBMITTALFLAG":"1","INTERNALSUBMITTALFLAG":"0","INTERVIEWFLAG":true,"DATEUPDATED":"2026-11-21T09:12:33"}`))
	f.Add([]byte(`{"activity id":" 1 ","EXTERNALREJECTDATE":"Null","HIREFLAG":1}`))
	c := &Connector{zone: time.UTC}
	f.Fuzz(func(t *testing.T, body []byte) {
		var in map[string]any
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.UseNumber()
		if dec.Decode(&in) != nil {
			return
		}
		seen := map[string]bool{}
		for _, rec := range c.milestones(clean(in)) {
			if rec.ExternalID == "" || seen[rec.ExternalID] || !json.Valid(rec.Raw) {
				t.Errorf("%+v", rec)
			}
			seen[rec.ExternalID] = true
		}
	})
}
