package document

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

const defaultTolerance = 5 * time.Minute

func (w *Webhook) fill() {
	w.Encoding = either(w.Encoding, "hex")
	w.Signed = either(w.Signed, "{body}")
	if w.Timestamp != nil {
		w.Timestamp.Format = either(w.Timestamp.Format, "unix")
		if w.Timestamp.Tolerance == 0 {
			w.Timestamp.Tolerance = defaultTolerance
		}
	}
}

type hooks struct{ engine *engine }

func unproven(format string, args ...any) error {
	return staffing.Errorf(staffing.Unauthorized, format, args...)
}

// Verify implements [staffing.WebhookReceiver].
func (h hooks) Verify(header http.Header, body []byte, now time.Time) error {
	w := h.engine.doc.Webhook
	if len(h.engine.hooks) == 0 {
		return unproven("this connection has no webhook secret, so deliveries are refused")
	}
	given, err := part(header, w.Header, w.Part)
	if err != nil {
		return err
	}
	given, ok := strings.CutPrefix(given, w.Prefix)
	if !ok || given == "" {
		return unproven("the delivery's %s does not begin with %q", w.Header, w.Prefix)
	}
	if w.Scheme == "secret" {
		return h.plain(given)
	}
	signed, err := w.signedBytes(header, body, now)
	if err != nil {
		return err
	}
	digest, err := w.decode(given)
	if err != nil {
		return unproven("the delivery's signature is not written in %s", w.Encoding)
	}
	good := false
	for _, secret := range h.engine.hooks {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(signed)
		good = hmac.Equal(digest, mac.Sum(nil)) || good
	}
	if !good {
		return unproven("the signature does not fit the delivery: the secret here differs from the sender's")
	}
	return nil
}

// plain compares a shared secret, in the same time whatever is wrong with it.
func (h hooks) plain(given string) error {
	got, good := sha256.Sum256([]byte(given)), 0
	for _, secret := range h.engine.hooks {
		want := sha256.Sum256([]byte(secret))
		good |= subtle.ConstantTimeCompare(got[:], want[:])
	}
	if good != 1 {
		return unproven("the delivery does not hold this connection's secret")
	}
	return nil
}

// part gives a header that stands once, or the value of name in one such as
// t=1,v1=abc.
func part(h http.Header, name, key string) (string, error) {
	values := h.Values(name)
	if len(values) != 1 || strings.TrimSpace(values[0]) == "" {
		return "", unproven("the delivery has no single header %s", name)
	}
	if key == "" {
		return strings.TrimSpace(values[0]), nil
	}
	found, count := "", 0
	for piece := range strings.SplitSeq(values[0], ",") {
		if k, v, ok := strings.Cut(strings.TrimSpace(piece), "="); ok && k == key {
			found = v
			count++
		}
	}
	if count != 1 || found == "" {
		return "", unproven("the delivery's %s holds no single %s=", name, key)
	}
	return found, nil
}

// signedBytes makes what the signature is over, and looks at the time.
func (w *Webhook) signedBytes(h http.Header, body []byte, now time.Time) ([]byte, error) {
	stamp := ""
	if t := w.Timestamp; t != nil {
		var err error
		if stamp, err = part(h, t.Header, t.Part); err != nil {
			return nil, err
		}
		at, ok := t.read(stamp)
		if !ok {
			return nil, unproven("the delivery's time cannot be read")
		}
		if age := now.Sub(at); age > t.Tolerance || age < -t.Tolerance {
			return nil, unproven("the delivery is older than %s, or from the future: it may be a repeated one", t.Tolerance)
		}
	}
	before, after, _ := strings.Cut(w.Signed, "{body}")
	fill := func(s string) string { return strings.ReplaceAll(s, "{timestamp}", stamp) }
	out := append([]byte(fill(before)), body...)
	return append(out, fill(after)...), nil
}

func (t *Stamp) read(s string) (time.Time, bool) {
	if t.Format == "rfc3339" {
		at, err := time.Parse(time.RFC3339Nano, s)
		return at, err == nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	if t.Format == "unix_ms" {
		return time.UnixMilli(n), true
	}
	return time.Unix(n, 0), true
}

func (w *Webhook) decode(s string) ([]byte, error) {
	if w.Encoding == "base64" {
		return base64.StdEncoding.Strict().DecodeString(s)
	}
	return hex.DecodeString(s)
}

// DeliveryID implements [staffing.WebhookReceiver].
func (h hooks) DeliveryID(header http.Header, body []byte) string {
	if e := h.engine.doc.Webhook.DeliveryID; e.set() {
		v, _ := decoded(body) // no JSON: the header may hold the id all the same
		id, err := h.engine.scope().after(answer{header: header, body: v}).text(context.Background(), e)
		if err == nil && id != "" {
			return clip(id, 200)
		}
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Events implements [staffing.WebhookReceiver]. What a payload says is not trusted
// further: the feed that it touches is read.
func (h hooks) Events(header http.Header, body []byte) ([]staffing.Event, error) {
	v, err := decoded(body)
	if err != nil {
		return nil, err
	}
	s, id := h.engine.scope().after(answer{header: header, body: v}), h.DeliveryID(header, body)
	var out []staffing.Event
	due := map[string]bool{}
	for _, t := range h.engine.doc.Webhook.Events {
		yes, err := s.holds(context.Background(), t.When, true)
		if err != nil {
			return nil, err
		}
		if !yes || due[t.Feed] {
			continue
		}
		due[t.Feed] = true
		e := staffing.Event{DeliveryID: id, Feed: staffing.Feed(t.Feed)}
		if len(out) > 0 {
			e.DeliveryID += "#" + t.Feed
		}
		out = append(out, e)
	}
	return out, nil
}

// decoded reads a delivery's body. One that nests without end is refused like any
// other that is no JSON.
func decoded(body []byte) (any, error) {
	v, err := expr.DecodeAny(body)
	if err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "the delivery's body is not JSON: %w", err)
	}
	return v, nil
}
