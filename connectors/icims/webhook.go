package icims

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// maxEvent bounds an event, uncompressed; real ones have a few hundred bytes.
const maxEvent = 1 << 20

// Verify checks the user and password that iCIMS was given for its events. It signs
// nothing but, where that is agreed, by a scheme of its own that is not built in; so
// nothing of a delivery is believed but that something happened.
// https://developer-community.icims.com/applications/icims-applicant-tracking/event-notification-best-practices
func (c *Connector) Verify(h http.Header, _ []byte, _ time.Time) error {
	if len(c.hooks) == 0 {
		return staffing.Errorf(staffing.Unauthorized, "this connection has no event password, so events are refused")
	}
	user, password, ok := (&http.Request{Header: h}).BasicAuth()
	good := 0
	for _, secret := range c.hooks {
		good |= equal(password, secret)
	}
	if good &= equal(user, c.set["webhook_user"]); !ok || good != 1 {
		return staffing.Errorf(staffing.Unauthorized, "the event does not carry the user and password of this connection")
	}
	return nil
}

// equal compares hashes, so that the time taken says nothing.
func equal(a, b string) int {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:])
}

// DeliveryID is a hash of the event: iCIMS gives deliveries no id.
func (c *Connector) DeliveryID(_ http.Header, body []byte) string {
	if open, err := unzipped(body); err == nil {
		body = open
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// unzipped gives the event as it was before iCIMS compressed it, which it does with
// all of them.
func unzipped(body []byte) ([]byte, error) {
	if !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		return body, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(z, maxEvent+1))
	if err == nil && len(out) > maxEvent {
		err = io.ErrShortBuffer
	}
	return out, err
}

// Events says which feed to read again, by what the event is about. Job events come
// when a recruiter posts a job to a board, not when the job changes.
func (c *Connector) Events(h http.Header, body []byte) ([]staffing.Event, error) {
	open, err := unzipped(body)
	if err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "the event cannot be uncompressed: %w", err)
	}
	var in struct {
		EventType string `json:"eventType"`
	}
	if err := json.Unmarshal(open, &in); err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "the event is not the JSON that iCIMS sends: %w", err)
	}
	event := staffing.Event{DeliveryID: c.DeliveryID(h, body)}
	switch name := strings.ToLower(in.EventType); {
	case strings.Contains(name, "workflow"), strings.Contains(name, "application"), strings.Contains(name, "assessment"):
		event.Feed = staffing.FeedStatuses
	case strings.Contains(name, "job"):
		event.Feed = staffing.FeedRequisitions
	default:
		return nil, nil
	}
	return []staffing.Event{event}, nil
}

// Unpacks implements [staffing.WebhookUnpacker]: iCIMS sends every event as gzip.
func (c *Connector) Unpacks(encoding string) bool { return encoding == "gzip" }

var _ staffing.WebhookUnpacker = (*Connector)(nil)
