package vincere

import (
	"strings"
	"testing"
)

// FuzzTerm makes conditions of anything: there is one field and one end, whatever the
// client's name holds.
func FuzzTerm(f *testing.F) {
	for _, s := range []string{"Acme Corp", `a# OR id:*`, `"x" AND (y)`, ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		got := term("name", value)
		if strings.Count(got, "#") != 1 || strings.Count(got, ":") != 1 || !strings.HasPrefix(got, "name:") || !strings.HasSuffix(got, "#") {
			t.Errorf("%q", got)
		}
	})
}

// FuzzLink lets through no address but secure ones and the account's own.
func FuzzLink(f *testing.F) {
	for _, s := range []string{"https://files.example/a?X-Amz-Signature=1", "http://acme.vincere.io/x", "javascript:1", "//x", ""} {
		f.Add(s)
	}
	c := &Connector{base: "https://acme.vincere.io/api/v2"}
	f.Fuzz(func(t *testing.T, address string) {
		got, err := c.link(address)
		if err == nil && !strings.HasPrefix(strings.ToLower(got), "https://") {
			t.Errorf("%q passes", got)
		}
		if n := fileName(address); n == "" || strings.ContainsAny(n, "/\\\x00\n") {
			t.Errorf("the name %q", n)
		}
	})
}
