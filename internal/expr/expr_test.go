package expr

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

const payload = `{
 "id": 9007199254740993, "big": 123456789012345678901, "price": 95.5, "exact": 1234567890123456.78, "name": " Nurse ",
 "none": null, "empty": "", "flag": true, "off": false, "count": 3,
 "office": {"name": "SF", "address": {"city": "San Francisco"}},
 "tags": ["a", "b", "", "c"], "people": [{"n": "Ann", "main": false}, null, {"n": "Bob", "main": true}],
 "desc": "&lt;p&gt;Hello &amp;amp; bye&lt;/p&gt;&lt;ul&gt;&lt;li&gt;one&lt;/li&gt;&lt;li&gt;two&lt;/li&gt;&lt;/ul&gt;"
}`

func testVars(tb testing.TB) *Vars {
	tb.Helper()
	raw, err := Decode(json.RawMessage(payload))
	if err != nil {
		tb.Fatal(err)
	}
	return &Vars{Raw: raw, Now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
}

func testEnv(tb testing.TB) *Env {
	tb.Helper()
	e, err := New(map[string]map[string]string{"locations": {"SF": "US-CA-SFO"}, "grades": {"Senior Nurse": "SN"}})
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func TestExpressions(t *testing.T) {
	e, vars := testEnv(t), testVars(t)
	m := func(kv ...any) map[string]any {
		out := map[string]any{}
		for i := 0; i < len(kv); i += 2 {
			out[kv[i].(string)] = kv[i+1]
		}
		return out
	}
	for _, c := range []struct {
		src  string
		want any
	}{
		// exact numbers
		{`string(raw.id)`, "9007199254740993"},
		{`raw.id`, int64(9007199254740993)},
		{`string(raw.big)`, "123456789012345678901"},
		{`money(raw.exact)`, "1234567890123456.78"},
		{`money(raw.price)`, "95.5"},
		// tolerant selection
		{`raw.nope`, nil},
		{`raw.nope.deep.deeper`, nil},
		{`raw.none.x`, nil},
		{`raw.name.x`, nil},
		{`raw.office.address.city`, "San Francisco"},
		{`raw["office"]["address"].city`, "San Francisco"},
		{`raw.tags[1]`, "b"},
		{`raw.tags[9]`, nil},
		{`raw.nope[0].x`, nil},
		{`raw.people[1].n`, nil},
		{`raw.people[raw.nope].n`, nil},
		{`raw.people.filter(p, p.main)[0].n`, "Bob"},
		{`raw.people.filter(p, p.nope)[0].n`, nil},
		{`raw.people.map(p, p.n)`, []any{"Ann", "Bob"}},
		{`raw.nope.map(p, p.n)`, []any{}},
		{`raw.nope.exists(p, p.n == "x")`, false},
		{`raw.?office.?name.orValue("x")`, "SF"},
		{`raw.?nope.?name.orValue("x")`, "x"},
		{`raw.?none.orValue("x")`, "x"},
		{`raw.?office.?name`, "SF"},
		{`first(raw.people.map(p, p.nope))`, nil},
		{`first(raw.nope).name`, nil},
		{`location("SF").city`, "San Francisco"},
		{`has(raw.none)`, false},
		{`has(raw.office.name)`, true},
		{`has(raw.nope.deep)`, false},
		// null and equality
		{`raw.nope == null`, true},
		{`raw.none == null`, true},
		{`raw.name != null`, true},
		{`raw.nope == ""`, true},
		{`"" == raw.nope`, true},
		{`raw.nope != ""`, false},
		{`raw.nope == 0`, false},
		{`raw.nope == raw.none`, true},
		{`raw.count == 3`, true},
		{`raw.tags == ["a", "b", "", "c"]`, true},
		{`{"a": raw.nope, "b": null, "c": raw.count}`, m("b", nil, "c", int64(3))},
		{`[raw.nope, 1]`, []any{int64(1)}},
		// null in operators and functions
		{`raw.nope > 3`, false},
		{`3 <= raw.nope`, false},
		{`raw.nope + "x"`, "x"},
		{`"x" + raw.nope`, "x"},
		{`raw.nope * 2`, nil},
		{`string(raw.nope)`, nil},
		{`raw.nope.lowerAscii()`, nil},
		{`raw.name.trim().upperAscii()`, "NURSE"},
		{`raw.nope.contains("x")`, false},
		{`raw.nope.matches("^a")`, false},
		{`raw.office.name.matches("^S.$")`, true},
		{`size(raw.nope)`, int64(0)},
		{`size(raw.tags)`, int64(4)},
		{`"b" in raw.tags`, true},
		{`"b" in raw.nope`, false},
		{`"name" in raw.office`, true},
		{`raw.tags + ["z"]`, []any{"a", "b", "", "c", "z"}},
		{`["z"] + raw.tags`, []any{"z", "a", "b", "", "c"}},
		{`raw.tags.sort()`, []any{"", "a", "b", "c"}},
		{`raw.tags.join("-")`, "a-b--c"},
		{`raw.nope ? 1 : 2`, int64(2)},
		{`!raw.nope`, true},
		{`raw.nope || raw.flag`, true},
		{`raw.nope && raw.flag`, false},
		{`raw.nope ? null : raw.name`, " Nurse "},
		{`raw.flag ? null : raw.name`, nil},
		{`cel.bind(o, raw.office, o.name + o.nope)`, "SF"},
		// functions
		{`html_to_text(raw.desc)`, "Hello & bye\n\n- one\n- two"},
		{`html_clean("<p onclick=x>Hi<script>alert(1)</script></p>")`, "<p>Hi</p>"},
		{`html_to_text(raw.nope)`, nil},
		{`slug("Ärzte & Nurses!")`, "arzte-nurses"},
		{`trim(raw.name)`, "Nurse"},
		{`cut("äöü", 2)`, "äö"},
		{`split(" a, b ,,c", ",")`, []any{"a", "b", "c"}},
		{`join(["a", raw.nope, "", "b"], "/")`, "a/b"},
		{`yes("Yes")`, true},
		{`yes(raw.nope)`, false},
		{`yes(1)`, true},
		{`parse_date("2026-03-04T23:30:00-05:00")`, "2026-03-04"},
		{`parse_date("03/04/2026", "01/02/2006")`, "2026-03-04"},
		{`parse_date("4 Mar 2026", ["01/02/2006", "2 Jan 2006"])`, "2026-03-04"},
		{`parse_date(raw.nope)`, nil},
		{`parse_time("2026-03-04 09:00:00", "", "America/New_York")`, m("at", "2026-03-04T14:00:00Z", "original", "2026-03-04 09:00:00")},
		{`parse_time("2026-03-04T09:00:00+02:00").at`, "2026-03-04T07:00:00Z"},
		{`millis("1970-01-02")`, int64(86400000)},
		{`millis(now)`, int64(1795510800000)},
		{`millis_at("1970-01-02", 12)`, int64(86400000 + 12*3600000)},
		{`date_of_millis(86400000)`, "1970-01-02"},
		{`date_of_millis("86400000")`, "1970-01-02"},
		{`date_of_millis(raw.nope)`, nil},
		{`time_of_millis(1)`, "1970-01-01T00:00:00.001Z"},
		{`rate("95.00", "usd", "Hr")`, m("amount", "95", "currency", "USD", "unit", "hour")},
		{`rate(raw.nope, "usd", "Hr")`, nil},
		{`unit("Per Hour")`, "hour"},
		{`unit("fortnight")`, ""},
		{`mul("95.10", 40)`, "3804"},
		{`add("0.1", "0.2")`, "0.3"},
		{`sub("1", "0.9")`, "0.1"},
		{`div("10", 3, 4)`, "3.3333"},
		{`mul(raw.nope, 2)`, nil},
		{`cmp("95.10", 95.1)`, int64(0)},
		{`cmp(raw.nope, 1)`, int64(-1)},
		{`lookup("locations", raw.office.name)`, "US-CA-SFO"},
		{`lookup("grades", " senior  nurse ")`, "SN"},
		{`lookup("locations", "XX")`, nil},
		{`lookup("locations", "XX", "none")`, "none"},
		{`lists.locations.SF`, "US-CA-SFO"},
		{`lists.nope.SF`, nil},
		{`first(["", raw.nope, "x", "y"])`, "x"},
		{`one_or_many(raw.office)[0].name`, "SF"},
		{`one_or_many(raw.nope)`, []any{}},
		{`one_or_many(raw.tags).size()`, int64(4)},
		{`country("United Kingdom")`, "GB"},
		{`country("DEU")`, "DE"},
		{`country("Narnia")`, ""},
	} {
		t.Run(c.src, func(t *testing.T) {
			p, err := e.Compile("cell", c.src, Raw, Now)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.Value(context.Background(), vars)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %#v, want %#v", got, c.want)
			}
		})
	}
}
