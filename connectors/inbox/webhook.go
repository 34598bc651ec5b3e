package inbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/internal/stdhooks"
	"github.com/tributary-hub/tributary/staffing"
)

// Verify implements [staffing.WebhookReceiver].
func (r *receiver) Verify(h http.Header, body []byte, now time.Time) error {
	switch r.s["proof"] {
	case "standard":
		return stdhooks.Verify(r.secrets, h, body, now)
	case "bearer":
		return r.bearer(h)
	}
	return r.hmac(h, body, now)
}

func refuse(why string) error { return staffing.Errorf(staffing.Unauthorized, "%s", why) }

// single refuses doubled headers: two readers could take different ones.
func single(h http.Header, name string) string {
	if v := h.Values(name); len(v) == 1 {
		return v[0]
	}
	return ""
}

// bearer compares a plain secret. It proves the sender, and nothing of the body.
func (r *receiver) bearer(h http.Header) error {
	name := r.s["signature_header"]
	given := single(h, name)
	if strings.EqualFold(name, "Authorization") {
		var ok bool
		if given, ok = strings.CutPrefix(given, "Bearer "); !ok {
			return refuse("the delivery needs Authorization: Bearer and this connection's secret")
		}
	}
	have := sha256.Sum256([]byte(given))
	for _, secret := range r.secrets {
		want := sha256.Sum256([]byte(secret))
		if given != "" && subtle.ConstantTimeCompare(have[:], want[:]) == 1 {
			return nil
		}
	}
	return refuse("the delivery does not show this connection's secret in the header " + name)
}

// hmac checks the signature over the raw bytes, and the time where one is signed.
func (r *receiver) hmac(h http.Header, body []byte, now time.Time) error {
	text, ok := strings.CutPrefix(single(h, r.s["signature_header"]), r.s["signature_prefix"])
	if !ok || text == "" {
		return refuse("the delivery needs exactly one signature in the header " + r.s["signature_header"])
	}
	given, err := r.decode(text)
	if err != nil {
		return refuse("the signature is not written in " + r.s["signature_encoding"])
	}
	stamp := ""
	if name := r.s["timestamp_header"]; name != "" {
		stamp = single(h, name)
		if err := r.fresh(stamp, now); err != nil {
			return err
		}
	}
	for _, secret := range r.secrets {
		m := hmac.New(sha256.New, []byte(secret))
		if r.s["timestamp_header"] != "" {
			m.Write([]byte(stamp + strings.TrimSuffix(strings.TrimPrefix(r.s["signed"], "{timestamp}"), "{body}")))
		}
		m.Write(body)
		if hmac.Equal(given, m.Sum(nil)) {
			return nil
		}
	}
	return refuse("the signature is not by this connection's secret")
}

func (r *receiver) decode(text string) ([]byte, error) {
	if r.s["signature_encoding"] == "base64" {
		return base64.StdEncoding.Strict().DecodeString(text)
	}
	return hex.DecodeString(text)
}

func (r *receiver) fresh(stamp string, now time.Time) error {
	at, ok := moment(stamp)
	if !ok {
		return refuse("the header " + r.s["timestamp_header"] + " holds no time")
	}
	if off := now.Sub(at).Abs(); off > r.tolerance {
		return refuse("the delivery's time is more than " + r.tolerance.String() + " from ours")
	}
	return nil
}

// moment reads seconds or milliseconds since 1970, or RFC 3339.
func moment(s string) (time.Time, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 {
		if n > 1e11 {
			return time.UnixMilli(n), n < 1e14
		}
		return time.Unix(n, 0), true
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t, err == nil
}

// DeliveryID gives the client's id of the delivery, else a hash of time and body: the
// same body at another time is another delivery, because a status may go back.
func (r *receiver) DeliveryID(h http.Header, body []byte) string {
	if r.s["proof"] == "standard" {
		return h.Get(stdhooks.HeaderID)
	}
	if name := r.s["delivery_header"]; name != "" {
		if id := single(h, name); id != "" && len(id) <= 200 {
			return id
		}
	}
	stamp := ""
	if name := r.s["timestamp_header"]; name != "" {
		stamp = single(h, name)
	}
	m := sha256.New()
	m.Write([]byte(stamp + "."))
	m.Write(body)
	return hex.EncodeToString(m.Sum(nil)[:16])
}
