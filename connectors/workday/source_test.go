package workday_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/workday"
	"github.com/tributary-hub/tributary/staffing"
)

func TestTheSecondReadingAsksFromTheDayBefore(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	o.openMany(2)
	o.page(o.page(nil).Next)
	if first := o.calls[0].query; first != "format=json" {
		t.Errorf("the first reading asks %q, want the whole report", first)
	}
	q, err := url.ParseQuery(o.calls[1].query)
	if err != nil || !regexp.MustCompile(`^\d{4}-\d{2}-\d{2}-0[78]:00$`).MatchString(q.Get("Updated_From")) {
		t.Errorf("the second reading asks %q, want a day in the tenant's zone", o.calls[1].query)
	}
}

func TestEverythingIsReadAgainOnceADay(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	cur := staffing.Cursor(`{"since":"2026-11-20T10:00:00Z","full_at":"2026-11-20T10:00:00Z"}`)
	next := o.page(cur).Next
	o.page(next)
	if o.calls[0].query != "format=json" || !strings.Contains(o.calls[1].query, "Updated_From") {
		t.Errorf("%+v", o.calls)
	}
	o = setup(t, sandbox.Options{}, nil, func(s connectors.Settings) { s["full_every_hours"] = "0" })
	o.page(cur)
	if q := o.calls[0].query; !strings.Contains(q, "Updated_From=2026-11-19-08%3A00") {
		t.Errorf("with 0 hours it is never read whole again, but: %q", q)
	}
}

// A requisition that appears between two readings of one report pushes nobody out.
func TestPagesOfAReportThatChangesBetweenThem(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	ids := o.openMany(2*pageSize + 5)
	seen := map[string]bool{}
	p := o.page(nil)
	for {
		for _, r := range p.Records {
			seen[r.ExternalID] = true
		}
		if !p.More {
			break
		}
		o.tenant.OpenRequisition("Late", map[string]string{"Job_Requisition_ID": "A-" + fmt.Sprint(len(seen))})
		p = o.page(p.Next)
	}
	for _, id := range ids {
		if !seen[id] {
			t.Errorf("%s is lost", id)
		}
	}
}

// A report of several rows per requisition (a client's mistake) gives the newest.
func TestTheNewestOfTwoRowsCounts(t *testing.T) {
	o := setup(t, sandbox.Options{}, answer(`{"Report_Entry":[
		{"Job_Requisition_ID":"R-1","Status":"Open","Last_Updated":"2026-10-02T12:00:00-07:00"},
		{"Job_Requisition_ID":"R-1","Status":"Draft","Last_Updated":"2026-10-01T12:00:00-07:00"}]}`), nil)
	p := o.page(nil)
	if len(p.Records) != 1 || !strings.Contains(string(p.Records[0].Raw), `"Open"`) || p.Records[0].UpdatedAt.Format("15:04") != "19:00" {
		t.Errorf("%+v", p.Records)
	}
}

func answer(body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body) // the caller may be gone
	})
}

func TestWhatIsNoReportIsRefused(t *testing.T) {
	for body, want := range map[string]staffing.Code{
		`{}`:                                     "", // nothing to show
		`{"Report_Entry":[]}`:                    "",
		`{"Report_Entry":[],"more":{"a":[1]}}`:   "",
		`{"Report_Data":[]}`:                     staffing.Unavailable,
		`{"error":"processing"}`:                 staffing.Unavailable,
		`[]`:                                     staffing.Unavailable,
		`{"Report_Entry":{}}`:                    staffing.Unavailable,
		`{"Report_Entry":[null]}`:                staffing.Unavailable,
		`{"Report_Entry":["x"]}`:                 staffing.Unavailable,
		`{"Report_Entry":[]}{}`:                  staffing.Unavailable,
		`{"Report_Entry":[{"Status":"Open"}]}`:   staffing.Invalid,
		`<wd:Report_Data xmlns:wd="urn:x"/>`:     staffing.Unavailable,
		`{"Report_Entry":[{"Job_Requisition_ID"`: staffing.Unavailable,
	} {
		o := setup(t, sandbox.Options{}, answer(body), nil)
		src, _ := o.conn.(staffing.RequisitionSource) // it is one
		if _, err := src.Requisitions(t.Context(), nil); staffing.CodeOf(err) != want {
			t.Errorf("%s: %v, want %q", body, err, want)
		}
	}
}

// A report of 60,000 rows of 300 bytes is read in bounded memory: no page holds
// more than its rows.
func TestALargeReportComesInPages(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"Report_Entry":[`)
	for i := range 60000 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"Job_Requisition_ID":"R-%05d","Job_Description":%q}`, (i*7919)%60000, strings.Repeat("x", 250))
	}
	b.WriteString(`]}`)
	o := setup(t, sandbox.Options{}, answer(b.String()), func(s connectors.Settings) { s["rows_per_page"] = "25000" })
	total, last := 0, ""
	p := o.page(nil)
	for {
		total += len(p.Records)
		for _, r := range p.Records {
			if r.ExternalID <= last {
				t.Fatalf("%s comes after %s", r.ExternalID, last)
			}
			last = r.ExternalID
		}
		if !p.More {
			break
		}
		p = o.page(p.Next)
	}
	if total != 60000 || len(o.calls) != 3 {
		t.Errorf("%d rows in %d calls", total, len(o.calls))
	}
}

func TestARowCanBeStored(t *testing.T) {
	o := setup(t, sandbox.Options{}, answer("{\"Report_Entry\":[{\"Job_Requisition_ID\":\"R-1\",\"Note\":\"a\\u0000b\",\"Group\":[{\"x\\u0000\":\"\\u0000\"}]}]}"), nil)
	raw := o.page(nil).Records[0].Raw
	var v map[string]any
	if json.Unmarshal(raw, &v) != nil || v["Note"] != "ab" || strings.Contains(string(raw), `\u0000`) {
		t.Errorf("%s", raw)
	}
}
