package smartrecruiters

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// window is how far the signed time may be off. The vendor names none.
const window = 5 * time.Minute

// signedHeaders stand behind the body in what is signed; one that is missing counts
// as empty.
var signedHeaders = []string{"event-id", "event-name", "event-version", "link"}

// hookSecret is what is given back to whoever asks: nothing but a plain word.
var hookSecret = regexp.MustCompile(`^[A-Za-z0-9+/=._-]{1,200}$`)

// Verify checks that one v1 signature is the HMAC-SHA256 of time, body and four
// headers, joined by dots, with a secret of ours.
// https://developers.smartrecruiters.com/docs (webhooks)
func (c *Connector) Verify(h http.Header, body []byte, now time.Time) error {
	if len(c.hooks) == 0 {
		return staffing.Errorf(staffing.Unauthorized, "this connection has no webhook secret, so deliveries are refused")
	}
	stamp := h.Get("Smartrecruiters-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return staffing.Errorf(staffing.Unauthorized, "the delivery has no smartrecruiters-timestamp in seconds")
	}
	given := signatures(h.Get("Smartrecruiters-Signature"))
	if len(given) == 0 {
		return staffing.Errorf(staffing.Unauthorized, "the delivery has no v1 signature in smartrecruiters-signature")
	}
	parts := []string{stamp, string(body)}
	for _, name := range signedHeaders {
		parts = append(parts, h.Get(name))
	}
	good := false
	for _, secret := range c.hooks {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(strings.Join(parts, ".")))
		want := mac.Sum(nil)
		for _, sig := range given {
			good = hmac.Equal(sig, want) || good
		}
	}
	if !good {
		return staffing.Errorf(staffing.Unauthorized, "the signature does not fit the delivery: the webhook secret here differs from the subscription's")
	}
	if off := now.Sub(time.Unix(seconds, 0)); off > window || off < -window {
		return staffing.Errorf(staffing.Unauthorized, "the delivery was signed more than %d minutes from now: it may be a replay, or a clock is wrong", int(window.Minutes()))
	}
	return nil
}

// signatures reads v1=<hex>[;v1=<hex>...]: one for each secret that is active.
func signatures(header string) (out [][]byte) {
	for piece := range strings.SplitSeq(header, ";") {
		version, value, _ := strings.Cut(strings.TrimSpace(piece), "=")
		if sig, err := hex.DecodeString(value); err == nil && version == "v1" && len(sig) == sha256.Size {
			out = append(out, sig)
		}
	}
	return out
}

// DeliveryID gives the event-id, which is signed.
func (c *Connector) DeliveryID(h http.Header, body []byte) string {
	if id := h.Get("Event-Id"); id != "" {
		return id
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Events says which feed to read again: the body holds ids only.
func (c *Connector) Events(h http.Header, body []byte) ([]staffing.Event, error) {
	var ids map[string]any
	if err := json.Unmarshal(body, &ids); err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "the webhook body is not the JSON that SmartRecruiters sends: %w", err)
	}
	feeds := map[string]staffing.Feed{"application": staffing.FeedStatuses, "offer": staffing.FeedStatuses, "candidate": staffing.FeedStatuses,
		"job": staffing.FeedRequisitions, "position": staffing.FeedRequisitions}
	subject, _, _ := strings.Cut(h.Get("Event-Name"), ".")
	feed, ok := feeds[subject]
	if !ok {
		return nil, nil // e.g. interviews, which the hub does not keep
	}
	return []staffing.Event{{DeliveryID: c.DeliveryID(h, body), Feed: feed}}, nil
}

// Greet gives back the X-Hook-Secret of a post that asks whether this address
// listens: SmartRecruiters sends one, unsigned, before a subscription is active.
func (c *Connector) Greet(h http.Header, _ []byte) http.Header {
	asked := h.Values("X-Hook-Secret")
	if len(asked) != 1 || !hookSecret.MatchString(asked[0]) || h.Get("Smartrecruiters-Signature") != "" {
		return nil
	}
	return http.Header{"X-Hook-Secret": asked}
}
