package webhook_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/webhook"
	"github.com/tributary-hub/tributary/internal/stdhooks"
)

func TestConformance(t *testing.T) {
	connectortest.Run(t, webhook.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		secret := stdhooks.NewSecret()
		var n atomic.Int64
		return connectortest.Vendor{
			Settings: func(string) connectors.Settings { return connectors.Settings{"secret": secret} },
			Webhook: func() (http.Header, []byte) {
				id := n.Add(1)
				body := fmt.Appendf(nil, `{"type":"candidate.status_changed","timestamp":"2026-11-30T09:15:02Z","data":{"job_id":"J-7","candidate_id":"C-%d","submission_id":"S-%d","status":"Submitted","occurred_at":"2026-11-30T09:15:00Z"}}`, id, id)
				h := http.Header{}
				if err := stdhooks.SetHeaders(h, secret, fmt.Sprint("msg_", id), time.Now(), body); err != nil {
					t.Fatal(err)
				}
				return h, body
			},
			SignedTime: true,
		}
	})
}
