package fieldglass

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// Verify checks the user and password that the client's administrator entered for
// the push. Both are compared as hashes, so that the time taken says nothing. Without
// both settings every push is refused.
func (c *Connector) Verify(h http.Header, _ []byte, _ time.Time) error {
	if c.set["webhook_user"] == "" || c.set["webhook_password"] == "" {
		return staffing.Errorf(staffing.Unauthorized, "this connection has no push user and password, so pushes are refused")
	}
	user, password, ok := (&http.Request{Header: h}).BasicAuth()
	secret := equal(password, c.set["webhook_password"])
	if previous := c.set["webhook_password_previous"]; previous != "" {
		secret |= equal(password, previous)
	}
	if same := equal(user, c.set["webhook_user"]) & secret; !ok || same != 1 {
		return staffing.Errorf(staffing.Unauthorized, "the push does not carry the user and password of this connection")
	}
	return nil
}

func equal(a, b string) int {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:])
}

// DeliveryID gives the message id where the push has one. No header is documented,
// so the hash of the body is the rule; a RePush of the same body is then the same
// delivery, and the poll heals what that may swallow.
func (c *Connector) DeliveryID(h http.Header, body []byte) string {
	if id := strings.TrimSpace(h.Get("X-Message-Id")); id != "" {
		return id
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Events reads a push as a hint only: its fields are chosen by the tenant, parts of it
// may be links, and its sender proves no more than a password. No link is followed; what
// the push names is read again through the connector. A push that cannot be understood makes both feeds due.
func (c *Connector) Events(h http.Header, body []byte) ([]staffing.Event, error) {
	id := c.DeliveryID(h, body)
	requisitions := staffing.Event{DeliveryID: id + "#requisitions", Feed: staffing.FeedRequisitions}
	statuses := staffing.Event{DeliveryID: id + "#statuses", Feed: staffing.FeedStatuses}
	roots, _, err := parseRoots(body)
	if err != nil {
		roots = nil
	}
	req, st := false, false
	for _, r := range roots {
		a, b := topic(r)
		req, st = req || a, st || b
	}
	switch {
	case req && !st:
		return []staffing.Event{requisitions}, nil
	case st && !req:
		return []staffing.Event{statuses}, nil
	default:
		return []staffing.Event{requisitions, statuses}, nil
	}
}

// topic says which feeds a push is about, by the words of its event or object
// type, else by the ids it carries.
func topic(r root) (requisitions, statuses bool) {
	words := []string{r.name}
	for _, key := range sortedKeys(r.value) {
		switch snake(key) {
		case "event", "event_type", "event_name", "object", "object_type", "activity", "activity_type", "topic", "type", "module", "base_module":
			words = append(words, text(r.value[key]))
		}
	}
	requisitions, statuses = named(words)
	if requisitions || statuses {
		return requisitions, statuses
	}
	words = append(words, sortedKeys(r.value)...)
	requisitions, statuses = named(words)
	return requisitions && !statuses, statuses // a job seeker's push names its posting too
}

func named(words []string) (requisitions, statuses bool) {
	for _, w := range words {
		switch w = strings.ReplaceAll(snake(w), "_", ""); {
		case strings.Contains(w, "jobseeker"), strings.Contains(w, "humanresource"), strings.Contains(w, "interview"), strings.Contains(w, "workorder"):
			statuses = true
		case strings.Contains(w, "jobposting"), strings.Contains(w, "staffingorder"):
			requisitions = true
		}
	}
	return requisitions, statuses
}
