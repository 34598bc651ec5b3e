package setu

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// Verify checks the user and secret that were agreed: the standard has no security
// scheme, so Basic and bearer are what both sides can do. They are compared as
// hashes, so that the time taken says nothing. Nothing signs the body.
func (c *Connector) Verify(h http.Header, _ []byte, _ time.Time) error {
	if c.set["push_secret"] == "" {
		return staffing.Errorf(staffing.Unauthorized, "this connection has no push secret, so messages are refused")
	}
	user, secret, ok := (&http.Request{Header: h}).BasicAuth()
	if c.set["push_user"] == "" {
		secret, ok = strings.CutPrefix(h.Get("Authorization"), "Bearer ")
		user = ""
	}
	good := equal(secret, c.set["push_secret"])
	if old := c.set["push_secret_previous"]; old != "" {
		good |= equal(secret, old)
	}
	if !ok || len(h.Values("Authorization")) != 1 || good&equal(user, c.set["push_user"]) != 1 {
		return staffing.Errorf(staffing.Unauthorized, "the message does not carry the user and secret of this connection")
	}
	return nil
}

func equal(a, b string) int {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:])
}

// DeliveryID gives the sender's id of the message where there is one, else the hash
// of the body: messages have no id of their own that changes with every sending.
func (c *Connector) DeliveryID(h http.Header, body []byte) string {
	for _, name := range []string{"X-Message-Id", "X-Request-Id"} {
		if id := strings.TrimSpace(h.Get(name)); id != "" {
			return id
		}
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Events reads what a client pushed. A message carries all that there is of it, so
// it is the record itself.
func (c *Connector) Events(h http.Header, body []byte) ([]staffing.Event, error) {
	list, err := parse(body)
	if err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "the message is neither SETU's XML nor its JSON: %w", err)
	}
	var out []staffing.Event
	delivery := c.DeliveryID(h, body)
	for _, m := range list {
		e, err := c.event(m)
		if err != nil {
			return nil, err
		}
		if e.Record != nil {
			e.DeliveryID = delivery
			out = append(out, e)
		}
	}
	return out, nil
}

// event gives no record for a message that is none of the hub's business: a time
// card, or one that names no offer of ours.
func (c *Connector) event(m message) (staffing.Event, error) {
	if m.requisition() {
		id := m.orderID()
		if id == "" {
			return staffing.Event{}, staffing.Errorf(staffing.Invalid, "the staffing order has no id")
		}
		r, err := m.record(id, nil)
		return staffing.Event{Feed: staffing.FeedRequisitions, Record: &r}, err
	}
	id, word := m.submission()
	if id == "" || word == "" {
		return staffing.Event{}, nil
	}
	r, err := m.record(id, obj{"_word": word, "_received": stamp(c.now())})
	return staffing.Event{Feed: staffing.FeedStatuses, Record: &r}, err
}
