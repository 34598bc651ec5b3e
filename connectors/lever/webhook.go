package lever

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// window is how far the signed time of a delivery may lie from ours.
const window = 5 * time.Minute

// delivery is the envelope of a webhook. Its signature stands in the body and
// covers token and triggeredAt only, so nothing else of it can be believed.
type delivery struct {
	Event       string      `json:"event"`
	TriggeredAt json.Number `json:"triggeredAt"`
	Token       string      `json:"token"`
	Signature   string      `json:"signature"`
}

func readDelivery(body []byte) (delivery, error) {
	var d delivery
	dec := json.NewDecoder(bytes.NewReader(body))
	if err := dec.Decode(&d); err != nil {
		return delivery{}, err
	}
	if _, err := dec.Token(); err == nil { // something after the object
		return delivery{}, strconv.ErrSyntax
	}
	return d, nil
}

// Verify checks the HMAC-SHA256, in hexadecimal, of token and triggeredAt put
// together, and that triggeredAt is of these minutes.
// https://hire.lever.co/developer/documentation#verifying-requests-are-from-lever
func (c *Connector) Verify(_ http.Header, body []byte, now time.Time) error {
	if len(c.hooks) == 0 {
		return staffing.Errorf(staffing.Unauthorized, "this connection has no webhook signature token, so deliveries are refused")
	}
	d, err := readDelivery(body)
	given, hexErr := hex.DecodeString(d.Signature)
	if err != nil || hexErr != nil || d.Token == "" || d.TriggeredAt == "" || len(given) == 0 {
		return staffing.Errorf(staffing.Unauthorized, "the delivery has no token, triggeredAt and signature in its body")
	}
	good := false
	for _, secret := range c.hooks {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(d.Token + d.TriggeredAt.String()))
		good = hmac.Equal(given, mac.Sum(nil)) || good
	}
	if !good {
		return staffing.Errorf(staffing.Unauthorized, "the signature does not fit the delivery: the signature token here differs from the one in Lever")
	}
	at, err := d.TriggeredAt.Int64()
	if off := now.Sub(time.UnixMilli(at)); err != nil || off > window || off < -window {
		return staffing.Errorf(staffing.Unauthorized, "the delivery was triggered more than %d minutes from now: it may be a replay, or a clock is wrong", int(window.Minutes()))
	}
	return nil
}

// DeliveryID gives the token: it is new for every delivery, and signed, which the
// id beside it is not.
func (c *Connector) DeliveryID(_ http.Header, body []byte) string {
	if d, err := readDelivery(body); err == nil && d.Token != "" {
		return d.Token
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Events says which feed to read again. Events of interviews and of contacts touch
// nothing that the hub keeps.
func (c *Connector) Events(h http.Header, body []byte) ([]staffing.Event, error) {
	d, err := readDelivery(body)
	if err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "the webhook body is not the JSON that Lever sends: %w", err)
	}
	switch d.Event {
	case "applicationCreated", "candidateHired", "candidateStageChange", "candidateArchiveChange", "candidateDeleted":
		return []staffing.Event{{DeliveryID: c.DeliveryID(h, body), Feed: staffing.FeedStatuses}}, nil
	}
	return nil, nil
}
