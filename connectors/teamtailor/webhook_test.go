package teamtailor_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/teamtailor"
	"github.com/tributary-hub/tributary/staffing"
)

const nowhere = "https://api.teamtailor.com/v1"

func TestDeliveriesProveThemselves(t *testing.T) {
	const payload = `{"event_name": "job.update", "data": {"id":"2","type":"jobs","attributes":{}}}`
	const data = `{"id":"2","type":"jobs","attributes":{}}`
	compact := strings.NewReplacer(`: `, `:`, `, `, `,`).Replace(payload)
	rotating := connectors.Settings{"webhook_key": "new", "webhook_key_previous": "old"}
	wrap := func(payload, signature string) string {
		return `{"payload":` + payload + `,"signature":"` + signature + `"}`
	}
	for _, tc := range []struct {
		name     string
		settings connectors.Settings
		body     string
		good     bool
	}{
		{"signed with the key", rotating, wrap(payload, sandbox.Sign("new", []byte(payload))), true},
		{"signed with the previous key", rotating, wrap(payload, sandbox.Sign("old", []byte(payload))), true},
		{"signed without the spaces", rotating, wrap(payload, sandbox.Sign("new", []byte(compact))), true},
		{"signed with another key", rotating, wrap(payload, sandbox.Sign("other", []byte(payload))), false},
		{"no key is set", nil, wrap(payload, sandbox.Sign("", []byte(payload))), false},
		{"a flipped byte", rotating, wrap(strings.Replace(payload, `"2"`, `"3"`, 1), sandbox.Sign("new", []byte(payload))), false},
		{"without a signature", rotating, `{"payload":` + payload + `}`, false},
		{"a signature that is no base64", rotating, wrap(payload, "!"), false},
		{"two payloads", rotating, `{"payload":` + payload + `,"payload":{"event_name":"x"},"signature":"` + sandbox.Sign("new", []byte(payload)) + `"}`, false},
		{"data is signed, and the settings say so", connectors.Settings{"webhook_key": "new", "webhook_signed": "data"}, wrap(payload, sandbox.Sign("new", []byte(data))), true},
		{"data is signed, and the settings do not say so", rotating, wrap(payload, sandbox.Sign("new", []byte(data))), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := connect(t, nowhere, tc.settings).Verify(http.Header{}, []byte(tc.body), time.Now())
			if (err == nil) != tc.good || err != nil && staffing.CodeOf(err) != staffing.Unauthorized {
				t.Errorf("got %v", err)
			}
		})
	}
}

// What is not signed makes no new delivery of an old one.
func TestADeliveryKeepsItsIDWhateverStandsBesideThePayload(t *testing.T) {
	c := connect(t, nowhere, nil)
	a := c.DeliveryID(nil, sandbox.Delivery("k", []byte(`{"event_name":"job.update","data":{"id":"2"}}`)))
	b := c.DeliveryID(nil, []byte(`{"more":1,"payload":{"event_name": "job.update","data":{"id":"2"}}}`))
	other := c.DeliveryID(nil, sandbox.Delivery("k", []byte(`{"event_name":"job.update","data":{"id":"3"}}`)))
	if a != b || a == other || a == "" {
		t.Errorf("%s %s %s", a, b, other)
	}
}

func TestThePublishedSampleIsRead(t *testing.T) {
	body, err := os.ReadFile(filepath.Join(shared(t), "samples", "teamtailor", "webhook-job.update.vendor-docs.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := connect(t, nowhere, connectors.Settings{"webhook_key": "ours"})
	events, err := c.Events(nil, body)
	if err != nil || len(events) != 1 || events[0].Feed != staffing.FeedRequisitions {
		t.Errorf("%+v %v", events, err)
	}
	err = c.Verify(nil, body, time.Now()) // the vendor does not show the key, but the form of the signature
	if staffing.CodeOf(err) != staffing.Unauthorized || !strings.Contains(staffing.MessageOf(err), "does not fit") {
		t.Errorf("the form of the vendor's signature is not understood: %v", err)
	}
}

func TestEventsMakeTheirFeedDue(t *testing.T) {
	c := connect(t, nowhere, nil)
	for name, feed := range map[string]staffing.Feed{"job.create": staffing.FeedRequisitions, "job_application.update": staffing.FeedStatuses, "candidate.update": ""} {
		events, err := c.Events(nil, sandbox.Delivery("k", []byte(`{"event_name":"`+name+`","data":{}}`)))
		if err != nil || feed == "" && len(events) > 0 || feed != "" && (len(events) != 1 || events[0].Feed != feed) {
			t.Errorf("%s: %+v %v", name, events, err)
		}
	}
}
