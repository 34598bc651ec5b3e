package successfactors

import (
	"encoding/json"
	"net/url"
	"testing"
)

// Rows, metadata and cursors are a stranger's text.

func FuzzRow(f *testing.F) {
	f.Add([]byte(`{"jobReqId":"1","lastModifiedDateTime":"/Date(1759406400000+0000)/","jobAppStatus":{"__deferred":{}},"a":["/Date(1)/"]}`))
	f.Add([]byte(`{"lastModifiedDateTime":"/Date(999999999999999+0000)/"}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r row
		if json.Unmarshal(raw, &r) != nil || r == nil {
			return
		}
		r.object("jobAppStatus").text("appStatusName")
		draft(r)
		if rec, err := r.record("1", r.changed()); err == nil && !json.Valid(rec.Raw) {
			t.Fatalf("%q gives the record %q", raw, rec.Raw)
		}
	})
}

func FuzzMetadata(f *testing.F) {
	f.Add([]byte(`<Edmx><DataServices><Schema><EntityType Name="JobRequisition"><Property Name="a"/></EntityType></Schema></DataServices></Edmx>`))
	f.Add([]byte(`<Edmx>`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		fields, err := readFields(raw)
		for _, one := range fields {
			if err != nil || one.Key == "" || one.Label == "" || one.Type == "" {
				t.Fatalf("%q gives %+v and %v", raw, one, err)
			}
		}
	})
}

func FuzzUpserted(f *testing.F) {
	f.Add("JobApplication/applicationId=9876", "OK", 200)
	f.Add("Candidate/candidateId=", "OK", 200)
	f.Add("[COE0019]Override not allowed", "ERROR", 500)
	f.Fuzz(func(t *testing.T, key, status string, code int) {
		id, err := upserted{Key: key, Status: status, HTTPCode: code, Message: key}.id("Candidate")
		if (err == nil) != (id != "") || id != "" && !digits(id) {
			t.Fatalf("%q %q %d gives %q and %v", key, status, code, id, err)
		}
	})
}

func FuzzReadCursor(f *testing.F) {
	f.Add([]byte(`{"since":"2026-11-01T00:00:00Z","next":"$skiptoken=1"}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		cu, err := readCursor(raw)
		if err != nil {
			return
		}
		if page, err := cu.page(nil, false); err == nil && !json.Valid(page.Next) {
			t.Fatalf("%q cannot be saved again", raw)
		}
	})
}

func TestQuotesInATextEndNoLiteral(t *testing.T) {
	if got := url.QueryEscape(quote("o'hara' or 1 eq 1")); got != "%27o%27%27hara%27%27+or+1+eq+1%27" {
		t.Error(got)
	}
}
