package document_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// roll is a vendor's list of jobs, paged in every way.
type roll struct {
	jobs   []job
	size   int
	asked  []string
	before func(page int) // runs before a page is made
}

type job struct {
	ID      int       `json:"id"`
	Updated time.Time `json:"updated"`
}

func newRoll(n int) *roll {
	r := &roll{size: 10, jobs: []job{}}
	long := time.Now().Add(-24 * time.Hour).UTC().Truncate(time.Second)
	for i := range n {
		r.jobs = append(r.jobs, job{i + 1, long.Add(time.Duration(i) * time.Second)})
	}
	return r
}

// ServeHTTP answers /api/STYLE.
func (r *roll) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if r.before != nil {
		r.before(len(r.asked))
	}
	r.asked = append(r.asked, req.URL.RequestURI())
	q := req.URL.Query()
	list := r.jobs
	if since := q.Get("since"); since != "" {
		at, err := time.Parse(time.RFC3339, since)
		if err != nil {
			http.Error(w, "since is no time", http.StatusBadRequest)
			return
		}
		list = slices.Clone(list)
		list = slices.DeleteFunc(list, func(j job) bool { return j.Updated.Before(at) })
	}
	from := number(q.Get("from"))
	if p := q.Get("page"); p != "" {
		from = (number(p) - 1) * r.size
	}
	page := list[min(from, len(list)):min(from+r.size, len(list))]
	out := map[string]any{"jobs": page, "total": len(list)}
	if next := from + r.size; next < len(list) {
		q.Set("from", strconv.Itoa(next))
		out["next"] = strconv.Itoa(next)
		out["next_url"] = "http://" + req.Host + req.URL.Path + "?" + q.Encode()
		w.Header().Set("Link", fmt.Sprintf(`<%s>; rel="first", <%s>; rel="next"`, req.URL.Path, out["next_url"]))
	}
	body, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	answer(w, string(body))
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if s != "" && err != nil {
		panic(err)
	}
	return n
}

func paged(query, paging string) string {
	return fmt.Sprintf(`requisitions:
  call: {path: '"/jobs"', query: {since: since%s}}
  records: body.jobs
  external_id: string(raw.id)
  updated_at: raw.updated
  incremental: {overlap: 3s}
  paging: {%s}
`, query, paging)
}

func styles() map[string]string {
	return map[string]string{
		"link":                paged("", "style: link"),
		"next_url":            paged("", "style: next_url, next: body.next_url"),
		"cursor":              paged(", from: page.cursor", "style: cursor, next: body.next"),
		"page":                paged(", page: page.number", "style: page"),
		"page with a size":    paged(", page: page.number, limit: page.size", "style: page, size: 10"),
		"page that says more": paged(", page: page.number", "style: page, more: body.next != null"),
		"offset":              paged(", from: page.offset", "style: offset, total: body.total"),
		"offset with a size":  paged(", from: page.offset", "style: offset, size: 10"),
	}
}

func TestEveryStyleOfPagingReadsAllAndThenWhatChanged(t *testing.T) {
	for name, source := range styles() {
		for _, n := range []int{0, 1, 9, 10, 11, 20, 35} {
			t.Run(fmt.Sprintf("%s of %d", name, n), func(t *testing.T) {
				vendor := newRoll(n)
				read := newBench(t, vendor.ServeHTTP).requisitions(source)
				ids, cur := drain(t, read, nil)
				slices.Sort(ids)
				if got := len(slices.Compact(ids)); got != n {
					t.Fatalf("%d of %d records came: %v", got, n, ids)
				}
				if again, _ := drain(t, read, cur); n > 0 && len(again) != 0 {
					t.Errorf("a quiet vendor gives %v again", again)
				}
				if n == 0 {
					return
				}
				vendor.jobs[n/2].Updated = time.Now().UTC().Add(time.Second).Truncate(time.Second)
				if later, _ := drain(t, read, cur); !slices.Contains(later, strconv.Itoa(n/2+1)) {
					t.Errorf("the changed record does not come: %v", later)
				}
				if last := vendor.asked[len(vendor.asked)-1]; !strings.Contains(last, "since=") {
					t.Errorf("the second walk asks for everything: %s", last)
				}
			})
		}
	}
}

// A list that is sorted by its last change moves a changed record to its end, and
// every record behind it a place forward: the one at the edge of the next page
// would be passed by.
func TestRecordsThatShiftBetweenPagesAreNotLost(t *testing.T) {
	for name, source := range styles() {
		if strings.HasPrefix(name, "link") || strings.HasPrefix(name, "next") || strings.HasPrefix(name, "cursor") {
			source = strings.Replace(source, "style:", "shifting: true, style:", 1)
		}
		t.Run(name, func(t *testing.T) {
			vendor := newRoll(35)
			vendor.before = func(page int) {
				if page == 2 {
					first := vendor.jobs[0]
					first.Updated = time.Now().UTC().Add(2 * time.Second).Truncate(time.Second)
					vendor.jobs = append(vendor.jobs[1:], first)
				}
			}
			ids, _ := drain(t, newBench(t, vendor.ServeHTTP).requisitions(source), nil)
			slices.Sort(ids)
			if got := len(slices.Compact(ids)); got != 35 {
				t.Errorf("%d of 35 records came: %v", got, ids)
			}
		})
	}
}

func TestADeletedRecordThatShiftsAnOffsetIsNoticed(t *testing.T) {
	vendor := newRoll(35)
	vendor.before = func(page int) {
		if page == 2 {
			vendor.jobs = vendor.jobs[3:]
		}
	}
	ids, _ := drain(t, newBench(t, vendor.ServeHTTP).requisitions(paged(", from: page.offset", "style: offset")), nil)
	slices.Sort(ids)
	if got := len(slices.Compact(ids)); got != 35 {
		t.Errorf("%d of 35 records came: %v", got, ids)
	}
}

func TestAListWithoutAnEndIsAnError(t *testing.T) {
	for name, tc := range map[string]struct{ body, paging, want string }{
		"the same cursor at once":    {`{"jobs":[{"id":1}],"next":"a"}`, "style: cursor, next: body.next", "the same page again and again"},
		"a next page at this page":   {`{"jobs":[{"id":1}],"next":"/api/jobs?x=1"}`, "style: next_url, next: body.next", "the same page again and again"},
		"the same page for all":      {`{"jobs":[{"id":1}]}`, "style: page", "the same page again and again"},
		"another host":               {`{"jobs":[],"next":"http://evil.example/api/jobs"}`, "style: next_url, next: body.next", "another host"},
		"another host in disguise":   {`{"jobs":[],"next":"//evil.example/api/jobs"}`, "style: next_url, next: body.next", "another host"},
		"another person at the host": {`{"jobs":[],"next":"http://x@evil.example/"}`, "style: next_url, next: body.next", "another host"},
		"no list":                    {`{"jobs":null}`, "style: page", "holds no list"},
		"no id":                      {`{"jobs":[{"id":""}]}`, "style: page", "has no external id"},
		"no object":                  {`{"jobs":[1]}`, "style: page", "has no external id, or is no object"},
	} {
		t.Run(name, func(t *testing.T) {
			read := newBench(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, tc.body) }).requisitions(paged(", p: page.number", tc.paging))
			var cur staffing.Cursor
			for range 10 {
				page, err := read(cur)
				if err != nil {
					if staffing.CodeOf(err) != staffing.Unavailable || !strings.Contains(staffing.MessageOf(err), tc.want) {
						t.Errorf("it says %v", err)
					}
					return
				}
				cur = page.Next
			}
			t.Error("ten pages came without an error")
		})
	}
}

func TestALongLoopAndALongListEnd(t *testing.T) {
	page := 0
	vendor := func(w http.ResponseWriter, _ *http.Request) {
		page++
		answer(w, fmt.Sprintf(`{"jobs":[{"id":%d}],"next":"c%d"}`, page, page%7))
	}
	for want, paging := range map[string]string{"again and again": "style: cursor, next: body.next", "more than 5 pages": "style: cursor, next: body.next, max_pages: 5"} {
		read := newBench(t, vendor).requisitions(paged("", paging))
		var cur staffing.Cursor
		var err error
		for range 40 {
			var p staffing.Page
			if p, err = read(cur); err != nil {
				break
			}
			cur = p.Next
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("after %d pages it says %v, want %q", page, err, want)
		}
	}
}

func TestARefusedPageTokenBeginsTheWalkAnew(t *testing.T) {
	vendor, refused := newRoll(25), false
	handler := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("from") != "" && !refused {
			refused = true
			w.WriteHeader(http.StatusGone)
			return
		}
		vendor.ServeHTTP(w, r)
	}
	ids, _ := drain(t, newBench(t, handler).requisitions(paged(", from: page.cursor", "style: cursor, next: body.next, restart_on: [410]")), nil)
	slices.Sort(ids)
	if got := len(slices.Compact(ids)); got != 25 || !refused {
		t.Errorf("%d of 25 records came", got)
	}
}

func TestSinceHasTheFormOfTheVendor(t *testing.T) {
	for format, want := range map[string]string{"rfc3339": "2026-11-02T08:59:57Z", "unix": "1793609997", "unix_ms": "1793609997000", "date": "2026-11-02"} {
		asked := ""
		vendor := func(w http.ResponseWriter, r *http.Request) {
			asked = r.URL.Query().Get("since")
			answer(w, `{"jobs":[{"id":1,"updated":1793610000}]}`)
		}
		read := newBench(t, vendor).requisitions(strings.Replace(paged("", "style: page, size: 10"), "overlap: 3s", "overlap: 3s, format: "+format, 1))
		page, err := read(nil)
		if err != nil {
			t.Fatal(err)
		}
		if asked != "" {
			t.Errorf("%s: the first walk asks since %s", format, asked)
		}
		if _, err := read(page.Next); err != nil || asked != want {
			t.Errorf("%s: the next walk asks since %q (%v), want %q", format, asked, err, want)
		}
	}
}

func TestARecordKeepsItsDigitsAndNulls(t *testing.T) {
	const raw = `{"amount":1234567.25,"id":9007199254740993,"none":null,"text":"ü"}`
	read := newBench(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, `[`+raw+`]`) }).requisitions(
		"requisitions:\n  call: {path: '\"jobs\"'}\n  records: body\n  external_id: raw.id\n  version: raw.text\n")
	page, err := read(nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := page.Records[0]; string(r.Raw) != raw || r.ExternalID != "9007199254740993" || r.Version != "ü" {
		t.Errorf("%s %+v", r.Raw, r)
	}
}

func TestARecordIsReadInFullAndOneThatIsGoneIsPassedOver(t *testing.T) {
	vendor := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.EscapedPath() {
		case "/api/jobs":
			answer(w, `{"jobs":[{"id":"a/b"},{"id":"gone"},{"id":"hidden","secret":true}]}`)
		case "/api/jobs/a%2Fb":
			answer(w, `{"data":{"id":"a/b","title":"Nurse"}}`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}
	read := newBench(t, vendor).requisitions(`requisitions:
  call: {path: '"/jobs"'}
  records: body.jobs
  keep: raw.secret != true
  external_id: raw.id
  get: {call: {path: '["jobs", raw.id]', not_found: [404]}, record: body.data}
`)
	page, err := read(nil)
	if err != nil || len(page.Records) != 1 || !strings.Contains(string(page.Records[0].Raw), "Nurse") {
		t.Errorf("%+v %v", page.Records, err)
	}
}

func TestAParameterInAPathIsRefusedInWords(t *testing.T) {
	b := newBench(t, func(http.ResponseWriter, *http.Request) { t.Error("it was called") })
	_, err := b.requisitions(strings.Replace(least, "/jobs", "/jobs?limit=1", 1))(nil)
	if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), "parameters go into query") {
		t.Errorf("it says %v", err)
	}
}

func TestAPathOfDataLeadsNowhereElse(t *testing.T) {
	for _, id := range []string{"..", ".", "", "../../admin", "a?b=c", "a#b", "http://evil.example", "//evil.example", `\..\x`} {
		asked := ""
		b := newBench(t, func(w http.ResponseWriter, r *http.Request) {
			asked = r.URL.RequestURI()
			answer(w, `{"jobs":[]}`)
		})
		quoted, err := json.Marshal(id)
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.requisitions("requisitions:\n  call: {path: '[\"jobs\", " + strings.ReplaceAll(string(quoted), "'", "''") + "]'}\n  records: body.jobs\n  external_id: raw.id\n")(nil)
		if err != nil {
			continue
		}
		if !strings.HasPrefix(asked, "/api/jobs/") || strings.ContainsAny(asked, "?#") || strings.Count(asked, "/") != 3 {
			t.Errorf("%q leads to %s", id, asked)
		}
	}
}
