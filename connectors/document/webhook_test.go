package document_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

const vector = "eb8ded9d103e519ca7e2ab1be0df069c649c61531b59a9dcbf2fa2e799fb1fa6"

func (b *bench) hooks(source string) staffing.WebhookReceiver {
	b.t.Helper()
	r, ok := b.open(least + source).(staffing.WebhookReceiver)
	if !ok {
		b.t.Fatal("the document receives no webhooks")
	}
	return r
}

func mac(secret, what string) []byte {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(what))
	return m.Sum(nil)
}

// The expected value is from another implementation: printf '{"a":1}' | openssl
// dgst -sha256 -hmac hook-secret.
func TestTheVectorOfAnotherImplementation(t *testing.T) {
	h := http.Header{"X-Signature": {vector}}
	if err := newBench(t, nil).hooks(hook("scheme: hmac-sha256")).Verify(h, []byte(`{"a":1}`), time.Now()); err != nil {
		t.Error(err)
	}
}

func TestDeliveriesProveThemselvesOrAreRefused(t *testing.T) {
	const body = `{"id":"d-1","event":"moved"}`
	now := time.Now()
	at := func(age time.Duration) string { return strconv.FormatInt(now.Add(-age).Unix(), 10) }
	type schema struct {
		source string
		sign   func(secret, body, stamp string) http.Header
		timed  bool
		plain  bool
	}
	for name, s := range map[string]schema{
		"hex of the body": {source: hook("scheme: hmac-sha256"), sign: func(secret, body, _ string) http.Header {
			return http.Header{"X-Signature": {hex.EncodeToString(mac(secret, body))}}
		}},
		"base64 with a prefix": {source: hook("scheme: hmac-sha256, encoding: base64, prefix: 'sha256='"), sign: func(secret, body, _ string) http.Header {
			return http.Header{"X-Signature": {"sha256=" + base64.StdEncoding.EncodeToString(mac(secret, body))}}
		}},
		"time and body": {source: hook("scheme: hmac-sha256, signed: '{timestamp}.{body}', timestamp: {header: X-Time}"), timed: true,
			sign: func(secret, body, stamp string) http.Header {
				return http.Header{"X-Signature": {hex.EncodeToString(mac(secret, stamp+"."+body))}, "X-Time": {stamp}}
			}},
		"parts of one header": {source: hook("scheme: hmac-sha256, part: v1, signed: 'v0:{timestamp}:{body}', timestamp: {header: X-Signature, part: t, tolerance: 2m}"), timed: true,
			sign: func(secret, body, stamp string) http.Header {
				return http.Header{"X-Signature": {"t=" + stamp + ", v1=" + hex.EncodeToString(mac(secret, "v0:"+stamp+":"+body))}}
			}},
		"a plain secret": {source: hook("scheme: secret"), plain: true, sign: func(secret, _, _ string) http.Header { return http.Header{"X-Signature": {secret}} }},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			b.settings["hook_old"] = "hook-secret-of-last-year"
			r := b.hooks(s.source)
			good := s.sign("hook-secret", body, at(0))
			old := s.sign("hook-secret", body, at(time.Hour))
			twice := good.Clone()
			twice["X-Signature"] = append(twice["X-Signature"], twice["X-Signature"][0])
			for what, tc := range map[string]struct {
				header http.Header
				body   string
				ok     bool
			}{
				"good":                      {good, body, true},
				"second secret":             {s.sign("hook-secret-of-last-year", body, at(0)), body, true},
				"a little late":             {s.sign("hook-secret", body, at(time.Minute)), body, true},
				"flipped byte":              {good, `{"id":"d-2","event":"moved"}`, s.plain},
				"empty body":                {good, "", s.plain},
				"old timestamp":             {old, body, !s.timed},
				"timestamp from the future": {s.sign("hook-secret", body, at(-time.Hour)), body, !s.timed},
				"wrong secret":              {s.sign("another", body, at(0)), body, false},
				"empty secret":              {s.sign("", body, at(0)), body, false},
				"missing header":            {http.Header{}, body, false},
				"no headers at all":         {nil, body, false},
				"header twice":              {twice, body, false},
				"empty header":              {http.Header{"X-Signature": {""}, "X-Time": {at(0)}}, body, false},
				"no signature":              {http.Header{"X-Signature": {"zz"}, "X-Time": {at(0)}}, body, false},
			} {
				err := r.Verify(tc.header, []byte(tc.body), now)
				if (err == nil) != tc.ok || err != nil && staffing.CodeOf(err) != staffing.Unauthorized {
					t.Errorf("%s: %v", what, err)
				}
			}
			delete(b.settings, "hook")
			delete(b.settings, "hook_old")
			if err := b.hooks(s.source).Verify(s.sign("", body, at(0)), []byte(body), now); staffing.CodeOf(err) != staffing.Unauthorized {
				t.Errorf("a connection without secrets: %v", err)
			}
		})
	}
}

func TestADeliveryMakesItsFeedsDue(t *testing.T) {
	r := newBench(t, nil).hooks(`webhook:
  scheme: secret
  header: X-Key
  secrets: [hook]
  delivery_id: first([header["x-delivery"], body.id])
  events:
    - {when: 'body.event.startsWith("job")', feed: requisitions}
    - {when: body.candidate != null, feed: statuses}
    - {when: body.other != null, feed: statuses}
`)
	events, err := r.Events(http.Header{"X-Delivery": {"d-7"}}, []byte(`{"id":"x","event":"job.closed","candidate":1,"other":2}`))
	if err != nil || len(events) != 2 || events[0].DeliveryID != "d-7" || events[0].Feed != staffing.FeedRequisitions || events[1].DeliveryID == "d-7" || events[1].Feed != staffing.FeedStatuses {
		t.Errorf("%+v %v", events, err)
	}
	if none, err := r.Events(nil, []byte(`{"event":"ping"}`)); err != nil || len(none) != 0 {
		t.Errorf("a ping: %+v %v", none, err)
	}
	if id := r.DeliveryID(nil, []byte(`{"id":"x"}`)); id != "x" {
		t.Errorf("the id is %q", id)
	}
	if a, b := r.DeliveryID(nil, []byte("no JSON")), r.DeliveryID(nil, []byte("other")); len(a) != 64 || a == b {
		t.Errorf("without an id: %q and %q", a, b)
	}
}

func FuzzDeliveries(f *testing.F) {
	f.Add("t=1,v1=aa", []byte(`{"id":1,"event":"x"}`))
	f.Add("", []byte(`[[[[`))
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		b := newBench(t, nil)
		r := b.hooks(hook("scheme: hmac-sha256, part: v1, signed: '{timestamp}.{body}', timestamp: {header: X-Signature, part: t}"))
		h := http.Header{"X-Signature": {header}}
		if err := r.Verify(h, body, time.Now()); staffing.CodeOf(err) != staffing.Unauthorized {
			t.Errorf("a forged delivery gives %v", err)
		}
		if r.DeliveryID(h, body) == "" {
			t.Error("no id")
		}
		if _, err := r.Events(h, body); err != nil && staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("Events gives %v", err)
		}
	})
}
