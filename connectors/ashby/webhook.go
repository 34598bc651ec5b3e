package ashby

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// Verify checks "Ashby-Signature: sha256=<hex>", the HMAC of the raw body. Ashby
// signs no time, so the guard against replays is the hub's memory of delivery ids;
// a replay can do no more than make a feed due.
// https://developers.ashbyhq.com/docs/authenticating-webhooks
func (c *Connector) Verify(h http.Header, body []byte, _ time.Time) error {
	if len(c.hooks) == 0 {
		return staffing.Errorf(staffing.Unauthorized, "this connection has no webhook secret token, so deliveries are refused")
	}
	digest, ok := strings.CutPrefix(h.Get("Ashby-Signature"), "sha256=")
	given, err := hex.DecodeString(digest)
	if !ok || err != nil {
		return staffing.Errorf(staffing.Unauthorized, `the delivery has no signature of the form "sha256=<hex>"`)
	}
	good := false
	for _, secret := range c.hooks {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		good = hmac.Equal(given, mac.Sum(nil)) || good
	}
	if !good {
		return staffing.Errorf(staffing.Unauthorized, "the signature does not fit the delivery: the secret token here differs from the one in Ashby")
	}
	return nil
}

type delivery struct {
	Action string `json:"action"`
	ID     string `json:"webhookActionId"`
}

// DeliveryID gives webhookActionId, which stays the same over Ashby's retries and
// over several webhooks for one event; without one, a hash of the body.
func (c *Connector) DeliveryID(_ http.Header, body []byte) string {
	var d delivery
	if json.Unmarshal(body, &d) == nil && d.ID != "" {
		return d.ID
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// feedOf says which feed an action makes due. What a payload says is not trusted
// further: the feed is read. Actions that are not listed (ping, interviews,
// surveys, signatures) touch nothing that the hub keeps.
func feedOf(action string) staffing.Feed {
	for _, start := range []string{"job", "opening"} { // jobUpdate, jobPostingPublish, openingCreate, ...
		if strings.HasPrefix(action, start) {
			return staffing.FeedRequisitions
		}
	}
	for _, start := range []string{"application", "candidate", "offer", "pushToHRIS"} {
		if strings.HasPrefix(action, start) {
			return staffing.FeedStatuses
		}
	}
	return ""
}

// Events says which feed to read again. Deletions and merges name the candidate
// only, so there is no record that they could carry.
func (c *Connector) Events(h http.Header, body []byte) ([]staffing.Event, error) {
	var d delivery
	if err := json.Unmarshal(body, &d); err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "the webhook body is not the JSON that Ashby sends: %w", err)
	}
	feed := feedOf(d.Action)
	if feed == "" {
		return nil, nil
	}
	return []staffing.Event{{DeliveryID: c.DeliveryID(h, body), Feed: feed}}, nil
}
