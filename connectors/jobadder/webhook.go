package jobadder

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	moved    = "jobapplication_status_changed"
	hookName = "Tributary"
	noEvent  = "00000000-0000-0000-0000-000000000000"
)

// Verify compares the Authorization header with the one that JobAdder was given. It
// signs neither body nor time, so a delivery is a hint and no more.
func (c *Connector) Verify(h http.Header, _ []byte, _ time.Time) error {
	if len(c.hooks) == 0 {
		return staffing.Errorf(staffing.Unauthorized, "this connection has no webhook secret, so deliveries are refused")
	}
	given := sha256.Sum256([]byte(h.Get("Authorization")))
	good := 0
	for _, secret := range c.hooks {
		want := sha256.Sum256([]byte("Bearer " + secret))
		good |= subtle.ConstantTimeCompare(given[:], want[:])
	}
	if good != 1 {
		return staffing.Errorf(staffing.Unauthorized, "the delivery's Authorization header is not the one that JobAdder was given for this connection")
	}
	return nil
}

// DeliveryID gives JobAdder's id of the event, which stays the same over its
// retries, together with the body: ids are not signed, so one may not hide another.
func (c *Connector) DeliveryID(_ http.Header, body []byte) string {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	var in struct {
		ID string `json:"eventId"`
	}
	if json.Unmarshal(body, &in) != nil || in.ID == "" || in.ID == noEvent || len(in.ID) > 64 {
		return hash
	}
	return in.ID + "." + hash[:16]
}

// Events makes the candidate feed due. What the delivery says is not used: its order
// is not guaranteed, it may come twice, and it is not signed.
func (c *Connector) Events(h http.Header, body []byte) ([]staffing.Event, error) {
	var in struct {
		Event string `json:"event"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "the webhook's body is not the JSON that JobAdder sends: %w", err)
	}
	if in.Event != moved {
		return nil, nil
	}
	return []staffing.Event{{DeliveryID: c.DeliveryID(h, body), Feed: staffing.FeedCandidates}}, nil
}

// watchWhenDue looks after the webhook when the last look is a while ago. The feed
// does not depend on it, so a failure is logged, and the next poll tries again.
func (c *Connector) watchWhenDue(ctx context.Context, at *cursor) {
	now := c.now().UTC()
	if c.set["webhook_url"] == "" || len(c.hooks) == 0 || now.Sub(at.Watched) < watchEvery {
		return
	}
	if err := c.watch(ctx); err != nil {
		c.log.WarnContext(ctx, "cannot look after the webhook at JobAdder", "error", err)
		return
	}
	at.Watched = now.Truncate(time.Second)
}

// watch makes the webhook, or enables it again. JobAdder suspends a webhook after
// ten failures in an hour and forgets what happens meanwhile; the walk by updatedAt
// finds that anyway. The secret cannot be read back: it is told anew with every
// change, and whenever the webhook's name does not show its fingerprint.
func (c *Connector) watch(ctx context.Context) error {
	body := map[string]any{"name": c.hookName(), "events": []string{moved}, "url": c.set["webhook_url"], "authorization": "Bearer " + c.hooks[0], "status": "Enabled"}
	hook, err := c.hook(ctx)
	if err != nil {
		return err
	}
	if hook == nil {
		_, err := c.call(ctx, request{method: http.MethodPost, path: "/webhooks", body: body})
		return explained(err, "cannot make the webhook at JobAdder")
	}
	status := hook.text("status")
	if status == "Disabled" || status == "Enabled" && hook.text("name") == c.hookName() {
		return nil // a person disabled it, or all is well
	}
	c.log.InfoContext(ctx, "telling JobAdder to enable the webhook", "status", status)
	_, err = c.call(ctx, request{method: http.MethodPut, path: "/webhooks/" + hook.text("webhookId"), body: body})
	return explained(err, "cannot enable the webhook at JobAdder")
}

// hookName tells which secret JobAdder was given.
func (c *Connector) hookName() string {
	sum := sha256.Sum256([]byte("webhook name " + c.hooks[0]))
	return hookName + " " + hex.EncodeToString(sum[:4])
}

// hook finds the webhook by its address; nil when there is none.
func (c *Connector) hook(ctx context.Context) (row, error) {
	p, err := c.list(ctx, "/webhooks", nil)
	if err != nil {
		return nil, err
	}
	for _, r := range p.items {
		if strings.TrimRight(r.text("url"), "/") == strings.TrimRight(c.set["webhook_url"], "/") {
			return r, nil
		}
	}
	return nil, nil //nolint:nilnil // none is a valid answer
}

func explained(err error, what string) error {
	if err == nil {
		return nil
	}
	return explain(err, "%s", what)
}
