package httpx

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// FuzzMaskedBody feeds the masker with strangers' bytes: it must not panic, and a
// known secret must not come through whole.
func FuzzMaskedBody(f *testing.F) {
	const secret = "s3cr3t-value"
	for _, seed := range []string{"", "{}", `{"a":"` + secret + `"}`, `{"token":["x",{"y":1}]}`, "a=b&token=" + secret, secret, "\x00\xff", `"{\"key\":1}"`,
		strings.Repeat("A", 5000) + secret, `{"` + secret + `":1}`} {
		f.Add("application/json", seed)
		f.Add("application/x-www-form-urlencoded", seed)
	}
	m := newMasker([]string{secret}, nil)
	f.Fuzz(func(t *testing.T, kind, body string) {
		if out := m.body(kind, []byte(body)); strings.Contains(out, secret) {
			t.Errorf("the secret comes through: %q", out)
		}
		if said := words(http.Header{"Content-Type": {kind}}, []byte(body)); strings.ContainsAny(said, "\n\r\x00") {
			t.Errorf("words hold control characters: %q", said)
		}
		retryAfter(http.Header{"Retry-After": {body}}, time.Unix(0, 0))
		QuotaHeaders(http.Header{"X-Ratelimit-Remaining": {kind}, "X-Ratelimit-Reset": {body}}, time.Unix(0, 0))
	})
}
