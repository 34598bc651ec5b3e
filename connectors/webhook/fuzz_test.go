package webhook

import (
	"net/http"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/stdhooks"
)

// FuzzEvents reads deliveries that are signed well and say anything.
func FuzzEvents(f *testing.F) {
	for _, body := range []string{payload, `{"type":"ping"}`, `{"type":"candidate.status_changed","timestamp":"x","data":{}}`, `[]`, `null`, ``} {
		f.Add(body, "msg_1")
	}
	secret := stdhooks.NewSecret()
	c, err := Kind().Open(connectors.Deps{Settings: connectors.Settings{"secret": secret}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body, id string) {
		now, h := time.Now(), http.Header{}
		if stdhooks.SetHeaders(h, secret, id, now, []byte(body)) != nil {
			return
		}
		hub := c.(*Connector)
		if hub.Verify(h, []byte(body), now) != nil {
			return
		}
		events, err := hub.Events(h, []byte(body))
		for _, e := range events {
			if err != nil || e.DeliveryID == "" || e.Record == nil || e.Record.ExternalID == "" {
				t.Errorf("%q gives %+v and %v", body, e, err)
			}
		}
	})
}
