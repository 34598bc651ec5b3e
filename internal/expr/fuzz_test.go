package expr

import (
	"context"
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
