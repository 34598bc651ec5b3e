package stdhooks

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	reference "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/tributary-hub/tributary/staffing"
)

// A vector of our own: the key is the 24 bytes 0..23. The signature was made with
// openssl, as docs/webhooks.md shows, so that a fault that signer and verifier
// share would show.
const (
	vectorSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
	vectorID     = "msg_01"
	vectorTime   = 1795000000
	vectorBody   = `{"type":"ping"}`
	vectorSig    = "v1,tn4cDuneSJUUI+3Wx+/aF2Ij+Z1wZXH5CdW4IP+q1Co="
)

func delivery(t *testing.T, secret string, at time.Time, body string) http.Header {
	t.Helper()
	h := http.Header{}
	if err := SetHeaders(h, secret, "msg_1", at, []byte(body)); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestVector(t *testing.T) {
	at := time.Unix(vectorTime, 0)
	got, err := Sign(vectorSecret, vectorID, at, []byte(vectorBody))
	if err != nil || got != vectorSig {
		t.Fatalf("%s %v", got, err)
	}
	h := http.Header{HeaderID: {vectorID}, HeaderTimestamp: {strconv.Itoa(vectorTime)}, HeaderSignature: {vectorSig}}
	if err := Verify([]string{vectorSecret}, h, []byte(vectorBody), at); err != nil {
		t.Fatal(err)
	}
}

func TestAgreesWithTheReferenceLibrary(t *testing.T) {
	now := time.Now()
	for _, body := range []string{"", "{}", "\x00\xff raw bytes", strings.Repeat("é", 5000)} {
		secret := NewSecret()
		wh, err := reference.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := wh.Verify([]byte(body), delivery(t, secret, now, body)); err != nil {
			t.Errorf("the reference refuses ours: %v", err)
		}
		sig, err := wh.Sign("msg_2", now, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		h := http.Header{}
		h.Set("webhook-id", "msg_2")
		h.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
		h.Set("webhook-signature", sig)
		if err := Verify([]string{secret}, h, []byte(body), now); err != nil {
			t.Errorf("we refuse the reference's: %v", err)
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	secret, other, now := NewSecret(), NewSecret(), time.Unix(vectorTime, 0)
	const body = `{"type":"ping"}`
	for name, c := range map[string]struct {
		change  func(http.Header)
		secrets []string
		body    string
		now     time.Time
	}{
		"no id":                 {change: func(h http.Header) { h.Del(HeaderID) }},
		"no time":               {change: func(h http.Header) { h.Del(HeaderTimestamp) }},
		"no signature":          {change: func(h http.Header) { h.Del(HeaderSignature) }},
		"two ids":               {change: func(h http.Header) { h.Add(HeaderID, "msg_2") }},
		"another id":            {change: func(h http.Header) { h.Set(HeaderID, "msg_2") }},
		"a dot in the id":       {change: func(h http.Header) { h.Set(HeaderID, "msg.1") }},
		"a huge id":             {change: func(h http.Header) { h.Set(HeaderID, strings.Repeat("x", 300)) }},
		"a time in words":       {change: func(h http.Header) { h.Set(HeaderTimestamp, "now") }},
		"a time before 1970":    {change: func(h http.Header) { h.Set(HeaderTimestamp, "-5") }},
		"the time written anew": {change: func(h http.Header) { h.Set(HeaderTimestamp, "0"+h.Get(HeaderTimestamp)) }},
		"no scheme":             {change: func(h http.Header) { h.Set(HeaderSignature, strings.TrimPrefix(h.Get(HeaderSignature), "v1,")) }},
		"another scheme":        {change: func(h http.Header) { h.Set(HeaderSignature, "v1a,"+strings.TrimPrefix(h.Get(HeaderSignature), "v1,")) }},
		"half a signature":      {change: func(h http.Header) { h.Set(HeaderSignature, h.Get(HeaderSignature)[:20]) }},
		"an empty signature":    {change: func(h http.Header) { h.Set(HeaderSignature, "v1,") }},
		"another body":          {body: body + " "},
		"another secret":        {secrets: []string{other}},
		"no secret at all":      {secrets: []string{}},
		"an empty secret":       {secrets: []string{""}},
		"six minutes late":      {now: now.Add(6 * time.Minute)},
		"six minutes early":     {now: now.Add(-6 * time.Minute)},
	} {
		h := delivery(t, secret, now, body)
		if c.change != nil {
			c.change(h)
		}
		if c.secrets == nil {
			c.secrets = []string{secret}
		}
		if c.body == "" {
			c.body = body
		}
		if c.now.IsZero() {
			c.now = now
		}
		if err := Verify(c.secrets, h, []byte(c.body), c.now); staffing.CodeOf(err) != staffing.Unauthorized {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestVerifyTakesAnyOfSeveralSignaturesAndSecrets(t *testing.T) {
	old, fresh, now := NewSecret(), NewSecret(), time.Unix(vectorTime, 0)
	h := delivery(t, old, now, "{}")
	h.Set(HeaderSignature, "v1a,AAAA v1,AAAA  "+h.Get(HeaderSignature))
	for _, secrets := range [][]string{{old}, {fresh, old}, {"", old}, {strings.TrimPrefix(old, "whsec_")}} {
		if err := Verify(secrets, h, []byte("{}"), now.Add(Tolerance)); err != nil {
			t.Errorf("%d secrets: %v", len(secrets), err)
		}
	}
}

func TestSecrets(t *testing.T) {
	if a, b := NewSecret(), NewSecret(); a == b || CheckSecret(a) != nil {
		t.Error("new secrets must be good and differ")
	}
	for name, secret := range map[string]string{
		"none": "", "the prefix alone": "whsec_", "23 bytes": sized(23), "65 bytes": sized(65), "no base64": "whsec_!!!!", "an asymmetric one": "whsk_" + sized(32),
	} {
		err := CheckSecret(secret)
		if staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%s: %v", name, err)
		} else if len(secret) > 8 && strings.Contains(err.Error(), secret[6:]) {
			t.Errorf("%s: the error repeats the secret", name)
		}
	}
	for _, n := range []int{24, 64} {
		if err := CheckSecret(sized(n)); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if _, err := Sign(NewSecret(), "a.b", time.Now(), nil); err == nil {
		t.Error("an id with a dot was signed")
	}
}

func sized(n int) string { return "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, n)) }

func FuzzVerify(f *testing.F) {
	f.Add("msg_1", "1795000000", "v1,AAAA", []byte("{}"))
	f.Add("msg_1", "1795000000", vectorSig+" v1a,x ,, v1,", []byte(vectorBody))
	f.Fuzz(func(t *testing.T, id, at, sig string, body []byte) {
		h := http.Header{HeaderID: {id}, HeaderTimestamp: {at}, HeaderSignature: {sig}}
		if err := Verify([]string{vectorSecret}, h, body, time.Unix(vectorTime, 0)); err != nil && staffing.CodeOf(err) != staffing.Unauthorized {
			t.Fatal(err)
		}
		if err := Verify(nil, h, body, time.Unix(vectorTime, 0)); err == nil {
			t.Fatal("proved without a secret")
		}
	})
}
