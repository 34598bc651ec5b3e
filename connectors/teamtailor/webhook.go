package teamtailor

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// delivery is the body of a webhook. The signature stands in it and covers a part
// of it only.
type delivery struct {
	Payload   json.RawMessage `json:"payload"`
	Signature string          `json:"signature"`
}

// content is what the hub reads of a delivery: which kind of thing it is about. The
// thing itself is read again from the API.
type content struct {
	Event string          `json:"event_name"`
	Data  json.RawMessage `json:"data"`
}

func (c *Connector) readDelivery(body []byte) (d delivery, said content, err error) {
	if err := json.Unmarshal(body, &d); err != nil {
		return d, said, staffing.Errorf(staffing.Invalid, "the webhook body is not the JSON that Teamtailor sends: %w", err)
	}
	if err := json.Unmarshal(d.Payload, &said); err != nil {
		return d, said, staffing.Errorf(staffing.Invalid, "the webhook body has no payload: %w", err)
	}
	return d, said, nil
}

// Verify checks the HMAC-SHA256 of the signed part, as base64 of its hexadecimal
// form. The vendor does not say which bytes it signs: those of the part as they
// stand in the body are tried, and the part without spaces.
// https://partner.teamtailor.com/company_webhooks
func (c *Connector) Verify(_ http.Header, body []byte, _ time.Time) error {
	if len(c.hooks) == 0 {
		return staffing.Errorf(staffing.Unauthorized, "this connection has no webhook signature key, so deliveries are refused")
	}
	d, said, err := c.readDelivery(body)
	if err != nil {
		return staffing.Errorf(staffing.Unauthorized, "the delivery has no payload and signature in its body")
	}
	given, ok := readSignature(d.Signature)
	if !ok {
		return staffing.Errorf(staffing.Unauthorized, "the delivery's signature is not the base64 of an HMAC-SHA256")
	}
	signed := []byte(d.Payload)
	if c.signed == "data" {
		signed = said.Data
	}
	var compact bytes.Buffer
	if len(signed) == 0 || json.Compact(&compact, signed) != nil {
		return staffing.Errorf(staffing.Unauthorized, "the delivery does not hold the part that is signed")
	}
	good := false
	for _, key := range c.hooks {
		for _, form := range [][]byte{signed, compact.Bytes()} {
			mac := hmac.New(sha256.New, []byte(key))
			mac.Write(form)
			good = hmac.Equal(given, mac.Sum(nil)) || good
		}
	}
	if !good {
		return staffing.Errorf(staffing.Unauthorized,
			"the signature does not fit the delivery: the key here differs from the webhook's in Teamtailor, or another part is signed (setting Signed part of a delivery)")
	}
	return nil
}

// readSignature gives the 32 bytes of a signature.
func readSignature(s string) ([]byte, bool) {
	raw, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, false
	}
	sig, err := hex.DecodeString(string(raw))
	return sig, err == nil && len(sig) == sha256.Size
}

// DeliveryID is a hash of the payload, for the vendor gives none. What is not signed
// does not count, so that nobody can make a new delivery of an old one.
func (c *Connector) DeliveryID(_ http.Header, body []byte) string {
	part := body
	if d, said, err := c.readDelivery(body); err == nil {
		if part = d.Payload; c.signed == "data" && len(said.Data) > 0 {
			part = said.Data
		}
	}
	var compact bytes.Buffer
	if json.Compact(&compact, part) == nil {
		part = compact.Bytes()
	}
	sum := sha256.Sum256(part)
	return hex.EncodeToString(sum[:])
}

// Events says which feed to read again.
func (c *Connector) Events(h http.Header, body []byte) ([]staffing.Event, error) {
	_, said, err := c.readDelivery(body)
	if err != nil {
		return nil, err
	}
	subject, _, _ := strings.Cut(said.Event, ".")
	feed, ok := map[string]staffing.Feed{"job": staffing.FeedRequisitions, "job_application": staffing.FeedStatuses}[subject]
	if !ok {
		return nil, nil // e.g. of candidates, whose status stands in their applications
	}
	return []staffing.Event{{DeliveryID: c.DeliveryID(h, body), Feed: feed}}, nil
}
