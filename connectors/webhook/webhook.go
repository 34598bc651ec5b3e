// Package webhook connects any internal ATS that the hub has no connector for, if
// it or an automation beside it can fire one signed webhook when a recruiter moves
// a candidate: the hub's own candidate.status_changed, described in
// docs/webhooks.md.
package webhook

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/stdhooks"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var defaultMapping []byte

// Kind is the registry's entry for systems that only push.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "webhook",
		Label:      "Any ATS (webhook)",
		Role:       staffing.RoleInternalATS,
		DocsURL:    "https://www.standardwebhooks.com/",
		APIVersion: "Standard Webhooks 1.0",
		Summary:    "An internal ATS, or an automation, that pushes candidate status changes to the hub and is never called.",
		Spec:       spec(),
		WebhookHelp: "In your ATS or automation: send a POST with the JSON of docs/webhooks.md to this connection's address whenever a candidate on a job " +
			"changes status, signed with this connection's secret. A delivery of the type ping tries out address and secret.",
		Can:     []connectors.Capability{connectors.TakesWebhooks},
		Mapping: defaultMapping,
		Open:    open,
	}
}

func spec() connectors.Spec {
	return connectors.Spec{
		{Key: "secret", Label: "Signing secret", Required: true, Secret: true, Generate: connectors.SigningSecret, Pattern: `whsec_[A-Za-z0-9+/]+={0,2}`,
			Help: "Take the one that the hub offers, and enter the same in your ATS or automation. It is whsec_ followed by 24 to 64 random bytes in base64; leaving it empty is refused, because then nobody could prove a delivery."},
		{Key: "secret_previous", Label: "Previous signing secret", Secret: true, Pattern: `whsec_[A-Za-z0-9+/]+={0,2}`,
			Help: "While the secret is being changed: the old one, so that no delivery is refused meanwhile. Empty it when your ATS signs with the new one."},
	}
}

// Connector is an opened connection. It keeps nothing but its secrets.
type Connector struct{ secrets []string }

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	c := &Connector{secrets: []string{s["secret"]}}
	if old := s["secret_previous"]; old != "" {
		c.secrets = append(c.secrets, old)
	}
	for _, secret := range c.secrets {
		if err := stdhooks.CheckSecret(secret); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Check has nothing to call: the system only pushes.
func (c *Connector) Check(context.Context) (staffing.Report, error) {
	return staffing.Report{
		Account: "webhook only: there is nothing to sign in to",
		Permissions: []staffing.Permission{{Name: "signing secret", Purpose: "to prove every delivery", Granted: true,
			Detail: "Send a delivery of the type ping to see that address and secret are right on the other side."}},
	}, nil
}

// Verify implements [staffing.WebhookReceiver].
func (c *Connector) Verify(h http.Header, body []byte, now time.Time) error {
	return stdhooks.Verify(c.secrets, h, body, now)
}

// DeliveryID gives the webhook-id, which stays the same when a delivery is repeated.
func (c *Connector) DeliveryID(h http.Header, _ []byte) string { return h.Get(stdhooks.HeaderID) }

// Events implements [staffing.WebhookReceiver].
func (c *Connector) Events(h http.Header, body []byte) ([]staffing.Event, error) {
	return stdhooks.Events(h, body)
}

var (
	_ staffing.Checker         = (*Connector)(nil)
	_ staffing.WebhookReceiver = (*Connector)(nil)
)
