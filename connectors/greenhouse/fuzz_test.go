package greenhouse

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
)

// Links, tokens and rows are a stranger's text.

func FuzzNextCursor(f *testing.F) {
	for _, s := range []string{`<https://harvest.greenhouse.io/v3/jobs?cursor=abc>; rel="next"`, `<https://x/?a=1>; rel="prev", <https://x/?cursor=a%2Bb>; rel='next'`,
		`<:>; rel="next"`, `;;,,<>`, ``} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, link string) {
		c, err := nextCursor(http.Header{"Link": {link}})
		if (c != "" || err != nil) && !strings.Contains(strings.ToLower(link), "next") {
			t.Fatalf("%q gives the cursor %q and %v, but is no link to a next page", link, c, err)
		}
	})
}

func TestOnlyTheNextLinkCounts(t *testing.T) {
	for link, want := range map[string]string{
		`<https://harvest.greenhouse.io/v3/jobs?cursor=abc>; rel="next"`:       "abc",
		`<https://elsewhere.example/?cursor=a%2Bb%3D>; rel='next'`:             "a+b=",
		`<https://x/?cursor=p>; rel="prev", <https://x/?cursor=n>; rel="next"`: "n",
		`<https://x/?cursor=a,b>; rel="next"`:                                  "a,b",
		`<https://x/?cursor=n>; title="x"; rel=next`:                           "n",
		`<https://x/?cursor=p>; rel="prev"`:                                    "",
		`<https://x/?cursor=p>; rel="prev"; title="next"`:                      "",
		`https://x/?cursor=n`:                                                  "",
	} {
		if got, err := nextCursor(http.Header{"Link": {link}}); got != want || err != nil {
			t.Errorf("%s: cursor %q and %v, want %q", link, got, err, want)
		}
	}
	for _, link := range []string{`<https://x/?page=2>; rel="next"`, `<:>; rel="next"`} {
		if _, err := nextCursor(http.Header{"Link": {link}}); staffing.CodeOf(err) != staffing.Unavailable {
			t.Errorf("%s: %v; a page that cannot be reached must not pass for the last", link, err)
		}
	}
}

func FuzzReadClaims(f *testing.F) {
	f.Add("e30.eyJzdWIiOjEsInNjb3BlIjoiYSBiIn0.x")
	f.Add("..")
	f.Fuzz(func(t *testing.T, token string) {
		if c := readClaims(token); c.Scopes != nil && len(c.Scopes) == 0 {
			t.Fatalf("%q: no scope is something else than scopes not shown", token)
		}
	})
}

func FuzzRow(f *testing.F) {
	f.Add([]byte(`{"id":1,"custom_fields":[],"updated_at":"2026-11-02T09:00:00Z"}`))
	f.Add([]byte(`null`))
	f.Add([]byte(`{"id":{"id":1},"custom_fields":[1]}`))
	f.Add([]byte(`{"custom_fields":{"a":{"type":"currency","value":{"amount":1,"unit":"usd"}},"b":{"type":"multi_select","value":[{"name":"x"},1,null]},"c":null}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r row
		if json.Unmarshal(raw, &r) != nil {
			return
		}
		headcount([]row{r})
		for key, v := range typedFields(r) {
			if field, ok := v.(row); !ok || field["value"] == nil && field["min"] == nil && field["max"] == nil {
				t.Fatalf("%q: field %s has no value: %v", raw, key, v)
			}
		}
		w := &walk{}
		w.take([]row{r}, "updated_at", nil)
		if rec, err := r.record(r.text("id"), lastChange(r)); err == nil && !json.Valid(rec.Raw) {
			t.Fatalf("%q gives the record %q", raw, rec.Raw)
		}
	})
}

func FuzzReadCursor(f *testing.F) {
	f.Add([]byte(`{"marks":{"jobs":{"since":"2026-11-02T09:00:00Z","edge":["1@x"]}},"walk":{"stream":"jobs","page":"p"},"due":[1]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		cu, err := readCursor(raw)
		if err != nil {
			if staffing.CodeOf(err) != staffing.Internal {
				t.Fatalf("uncoded error %v", err)
			}
			return
		}
		if s := requisitionStreams()[position(requisitionStreams(), cu)]; cu.Walk == nil || cu.Walk.Stream != s.name {
			t.Fatalf("%q: no position in the streams", raw)
		}
	})
}
