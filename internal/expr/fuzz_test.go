package expr

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"testing"
	"time"
)

func FuzzCompile(f *testing.F) {
	for _, s := range []string{`raw.a.b`, `raw.x.map(y, y.z)[0]`, `"a" + raw.b`, `raw.?a.orValue(1)`, `{"a": [raw.b, null]}`, `parse_date(raw.d, "2006")`, `rate(money(raw.a), "x", unit(raw.u))`} {
		f.Add(s)
	}
	e := testEnv(f)
	f.Fuzz(func(t *testing.T, src string) {
		p, err := e.Compile("cell", src, Raw, Now)
		if err != nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_, _ = p.Value(ctx, testVars(t))
		if ctx.Err() != nil {
			t.Fatalf("%q runs for more than five seconds", src)
		}
	})
}

func FuzzParseAmount(f *testing.F) {
	for _, s := range []string{"1,234.50", "$95.00/hr", "(1.234,5)", "1e99", "US$ -.5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok, err := ParseAmount(s)
		if ok && err == nil && len(d.String()) > maxDigits+2 {
			t.Fatalf("%q gives %s", s, d)
		}
	})
}

func FuzzLocation(f *testing.F) {
	for _, s := range []string{"SF", "Remote in USA", "Toronto, ON, Canada", ",", "(", "remote - ", "- -"} {
		f.Add(s)
	}
	places := testEnv(f).Places()
	f.Fuzz(func(t *testing.T, s string) {
		if l := places.Parse(s); l.Country != "" && len(l.Country) != 2 {
			t.Fatalf("%q is in the country %q", s, l.Country)
		}
	})
}

// FuzzDecode holds our reader of payloads equal to the standard library's.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"a": [1, 2.50, -3e2, "x\u00e9\n\"", null, true, false, {}, [] ], "a": {"b": 12345678901234567890}}`, " {\n}\t", "{\"\xff\": \"\xfe\"}", `{"a":1}x`, `{"\ud800": 1e400}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := Decode(raw)
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		var m map[string]any
		wantErr := dec.Decode(&m)
		if _, end := dec.Token(); wantErr == nil && (m == nil || !errors.Is(end, io.EOF)) {
			wantErr = errors.New("no object, or something after it")
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q gives %v, want %v", raw, err, wantErr)
		}
		if want := From(m); err == nil && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q gives %#v, want %#v", raw, got, want)
		}
	})
}
