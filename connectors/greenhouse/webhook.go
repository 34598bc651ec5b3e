package greenhouse

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// Verify checks "Signature: sha256 <hex>", the HMAC of the raw body. Greenhouse
// signs no time, so the window against replays is the hub's memory of delivery
// ids; a replay can do no more than make a feed due.
// https://developers.greenhouse.io/webhooks.html
func (c *Connector) Verify(h http.Header, body []byte, _ time.Time) error {
	if len(c.hooks) == 0 {
		return staffing.Errorf(staffing.Unauthorized, "this connection has no web hook secret key, so deliveries are refused")
	}
	algorithm, digest, ok := strings.Cut(h.Get("Signature"), " ")
	given, err := hex.DecodeString(digest)
	if !ok || algorithm != "sha256" || err != nil {
		return staffing.Errorf(staffing.Unauthorized, `the delivery has no signature of the form "sha256 <hex>"`)
	}
	good := false
	for _, secret := range c.hooks {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		good = hmac.Equal(given, mac.Sum(nil)) || good
	}
	if !good {
		return staffing.Errorf(staffing.Unauthorized, "the signature does not fit the delivery: the secret key here differs from the one in Greenhouse")
	}
	return nil
}

// DeliveryID gives Greenhouse's event id, which stays the same over its retries.
func (c *Connector) DeliveryID(h http.Header, body []byte) string {
	if id := strings.TrimSpace(h.Get("Greenhouse-Event-ID")); id != "" {
		return id
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// hints says which feed an action makes due. What a payload says is not trusted
// further: the feed is read. Actions that are not listed (ping, notes of
// interviews, changes of a profile) touch nothing the hub keeps.
func hints() map[string]staffing.Feed {
	out := map[string]staffing.Feed{}
	for _, a := range []string{"job_created", "job_updated", "job_approved", "job_deleted", "job_post_created", "job_post_updated",
		"job_post_deleted", "department_deleted", "office_deleted"} {
		out[a] = staffing.FeedRequisitions
	}
	for _, a := range []string{"new_candidate_application", "application_updated", "delete_application", "candidate_stage_change",
		"hire_candidate", "unhire_candidate", "reject_candidate", "unreject_candidate", "delete_candidate", "merge_candidate",
		"candidate_anonymized", "offer_created", "offer_approved", "offer_updated", "offer_deleted", "job_interview_stage_deleted"} {
		out[a] = staffing.FeedStatuses
	}
	return out
}

// Events reads a delivery. A deletion carries its record, because a list never
// shows what is gone; everything else only makes a feed due.
func (c *Connector) Events(h http.Header, body []byte) ([]staffing.Event, error) {
	var in struct {
		Action  string          `json:"action"`
		Payload json.RawMessage `json:"payload"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "the web hook body is not the JSON that Greenhouse sends: %w", err)
	}
	feed, known := hints()[in.Action]
	if !known {
		return nil, nil
	}
	id := c.DeliveryID(h, body)
	events := []staffing.Event{{DeliveryID: id, Feed: feed}}
	for i, rec := range c.deletions(in.Action, in.Payload) {
		events = append(events, staffing.Event{DeliveryID: id + "#" + strconv.Itoa(i+1), Feed: feed, Record: &rec})
	}
	return events, nil
}

// deletions gives a record for each job or application that a payload says is
// gone, with the status word "deleted". With a candidate it may be the loser of a merge,
// whose applications live on under another person: that has a word of its own. The payload has no time: ours stands in.
func (c *Connector) deletions(action string, payload json.RawMessage) []staffing.Record {
	var in struct {
		Job         row `json:"job"`
		Application row `json:"application"`
		Person      row `json:"person"`
	}
	dec := json.NewDecoder(bytes.NewReader(payload))
	if dec.Decode(&in) != nil {
		return nil // another form than the vendor's: the feed is read anyway
	}
	var gone []row
	switch action {
	case "job_deleted":
		gone = append(gone, row{"id": in.Job["id"], "name": in.Job.text("name")})
	case "delete_application":
		gone = append(gone, row{"id": in.Application["id"], "candidate_id": in.Application["candidate_id"], "job_id": in.Application["job_id"]})
	case "delete_candidate":
		ids, _ := in.Person["deleted_application_ids"].([]any) // absent: none
		for _, id := range ids {
			gone = append(gone, row{"id": id, "candidate_id": in.Person["id"], "_status": "candidate_deleted"})
		}
	}
	now := c.now().UTC().Truncate(time.Second)
	var out []staffing.Record
	for _, r := range gone {
		if r.int("id") == 0 {
			continue
		}
		r["status"], r["updated_at"] = "deleted", now.Format(time.RFC3339)
		if r["_status"] == nil {
			r["_status"] = "deleted"
		}
		if rec, err := r.record(r.text("id"), now); err == nil {
			out = append(out, rec)
		}
	}
	return out
}
