package icims

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// Verify compares the event header with the secret: iCIMS documents no signature, so
// nothing in a delivery is believed but that something happened.
func (c *Connector) Verify(h http.Header, _ []byte, _ time.Time) error {
	if len(c.hooks) == 0 {
		return staffing.Errorf(staffing.Unauthorized, "this connection has no event secret, so deliveries are refused")
	}
	given, good := []byte(h.Get(c.set["webhook_header"])), 0
	for _, secret := range c.hooks {
		good |= subtle.ConstantTimeCompare(given, []byte(secret))
	}
	if good == 0 {
		return staffing.Errorf(staffing.Unauthorized, "the delivery does not carry the event secret in the header %s", c.set["webhook_header"])
	}
	return nil
}

// DeliveryID is a hash of the body: iCIMS gives deliveries no id.
func (c *Connector) DeliveryID(_ http.Header, body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Events says which feed to read again. Only the name of the first event is
// documented, so the others are told by what they are about.
func (c *Connector) Events(h http.Header, body []byte) ([]staffing.Event, error) {
	var in struct {
		EventType string `json:"eventType"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "the event is not the JSON that iCIMS sends: %w", err)
	}
	event := staffing.Event{DeliveryID: c.DeliveryID(h, body)}
	switch name := strings.ToLower(in.EventType); {
	case strings.Contains(name, "workflow"), strings.Contains(name, "application"):
		event.Feed = staffing.FeedStatuses
	case strings.Contains(name, "job"):
		event.Feed = staffing.FeedRequisitions
	default:
		return nil, nil
	}
	return []staffing.Event{event}, nil
}
