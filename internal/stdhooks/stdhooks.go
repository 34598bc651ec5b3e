// Package stdhooks signs and verifies webhooks by the Standard Webhooks
// specification 1.0 (symmetric scheme v1), and reads the one payload that the hub
// itself defines: candidate.status_changed.
//
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
package stdhooks

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// The headers of a delivery.
const (
	HeaderID        = "Webhook-Id"
	HeaderTimestamp = "Webhook-Timestamp"
	HeaderSignature = "Webhook-Signature"
)

// Tolerance is how far a delivery's time may be from ours, before and after.
const Tolerance = 5 * time.Minute

const (
	prefix    = "whsec_"
	version   = "v1"
	newSecret = 32 // bytes
	minSecret = 24 // bytes; both bounds are the specification's
	maxSecret = 64
	maxID     = 200 // characters; ids are kept to know a second delivery
	maxTried  = 32  // signatures looked at; a sender that changes keys has two
)

// NewSecret makes a signing secret of 32 random bytes, for the settings page to
// offer.
func NewSecret() string {
	key := make([]byte, newSecret)
	_, _ = rand.Read(key) // never fails since Go 1.24
	return prefix + base64.StdEncoding.EncodeToString(key)
}

// CheckSecret says what is wrong with a secret that a person entered: it must be
// 24 to 64 bytes in base64, with or without the prefix whsec_. Connectors call it
// when they open.
func CheckSecret(secret string) error {
	_, err := key(secret)
	return err
}

// key never repeats the secret in its error.
func key(secret string) ([]byte, error) {
	text := strings.TrimRight(strings.TrimPrefix(strings.TrimSpace(secret), prefix), "=")
	k, err := base64.RawStdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "the signing secret is not base64 after whsec_")
	}
	if len(k) < minSecret || len(k) > maxSecret {
		return nil, staffing.Errorf(staffing.Invalid, "the signing secret has %d bytes; it must have %d to %d", len(k), minSecret, maxSecret)
	}
	return k, nil
}

// Sign gives the value of the signature header for one attempt to deliver body
// at time at. The id stays the same over all attempts of one message.
func Sign(secret, id string, at time.Time, body []byte) (string, error) {
	k, err := key(secret)
	if err != nil {
		return "", err
	}
	if err := checkID(id); err != nil {
		return "", err
	}
	return version + "," + base64.StdEncoding.EncodeToString(mac(k, id, strconv.FormatInt(at.Unix(), 10), body)), nil
}

// SetHeaders signs body and sets the three headers of a delivery.
func SetHeaders(h http.Header, secret, id string, at time.Time, body []byte) error {
	sig, err := Sign(secret, id, at, body)
	if err != nil {
		return err
	}
	h.Set(HeaderID, id)
	h.Set(HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(HeaderSignature, sig)
	return nil
}

// mac signs the timestamp as it was sent, so that nothing is written anew between
// what was signed and what is checked.
func mac(key []byte, id, timestamp string, body []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(id + "." + timestamp + "."))
	h.Write(body)
	return h.Sum(nil)
}

// Verify proves a delivery over its raw body: some signature of the list must be
// by one of the secrets (two while a secret is being changed), and the signed time
// within [Tolerance] of now. Everything missing or wrong is refused with
// [staffing.Unauthorized]; so is everything when no secret is set.
func Verify(secrets []string, h http.Header, body []byte, now time.Time) error {
	id, timestamp, signatures := single(h, HeaderID), single(h, HeaderTimestamp), single(h, HeaderSignature)
	if id == "" || timestamp == "" || signatures == "" {
		return refuse("the delivery needs exactly one each of webhook-id, webhook-timestamp and webhook-signature")
	}
	if checkID(id) != nil {
		return refuse("the webhook-id is too long, or holds a dot or a character that cannot be printed")
	}
	if err := checkTime(timestamp, now); err != nil {
		return err
	}
	given := signaturesOf(signatures)
	for _, secret := range secrets {
		k, err := key(secret)
		if err != nil {
			continue // an empty or unusable secret proves nothing
		}
		want := mac(k, id, timestamp, body)
		for _, sig := range given {
			if hmac.Equal(sig, want) {
				return nil
			}
		}
	}
	return refuse("no signature of the delivery is by this connection's secret")
}

// signaturesOf gives the signatures of scheme v1; others (v1a is asymmetric) are
// passed over, as the specification asks.
func signaturesOf(list string) (out [][]byte) {
	for _, entry := range strings.Fields(list) {
		scheme, text, ok := strings.Cut(entry, ",")
		if !ok || scheme != version {
			continue
		}
		if sig, err := base64.StdEncoding.Strict().DecodeString(text); err == nil && len(out) < maxTried {
			out = append(out, sig)
		}
	}
	return out
}

func checkTime(timestamp string, now time.Time) error {
	s, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || s < 0 || s > 1<<40 {
		return refuse("the webhook-timestamp is not a number of seconds since 1970")
	}
	switch off := now.Sub(time.Unix(s, 0)); {
	case off > Tolerance:
		return refuse("the webhook-timestamp is more than five minutes old")
	case off < -Tolerance:
		return refuse("the webhook-timestamp is more than five minutes ahead")
	}
	return nil
}

// checkID refuses a dot, which would let an id reach into the signed time.
func checkID(id string) error {
	bad := id == "" || len(id) > maxID
	for _, r := range id {
		bad = bad || r == '.' || r <= ' ' || r > '~'
	}
	if bad {
		return staffing.Errorf(staffing.Invalid, "a webhook id has 1 to %d printable ASCII characters and no dot", maxID)
	}
	return nil
}

// single refuses doubled headers: two readers could take different ones.
func single(h http.Header, name string) string {
	if v := h.Values(name); len(v) == 1 {
		return v[0]
	}
	return ""
}

func refuse(why string) error { return staffing.Errorf(staffing.Unauthorized, "%s", why) }
