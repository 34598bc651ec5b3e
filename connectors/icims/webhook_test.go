package icims_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/icims"
	"github.com/tributary-hub/tributary/staffing"
)

func TestDeliveriesCarryTheSecret(t *testing.T) {
	for _, tc := range []struct {
		name, current, previous, header string
		sent                            http.Header
		good                            bool
	}{
		{"with the secret", "s3cret", "", "", http.Header{"X-Tributary-Secret": {"s3cret"}}, true},
		{"with the secret before this one", "new", "s3cret", "", http.Header{"X-Tributary-Secret": {"s3cret"}}, true},
		{"with the secret in the header that was agreed", "Basic aGk6eW8=", "", "Authorization", http.Header{"Authorization": {"Basic aGk6eW8="}}, true},
		{"with the secret in another header", "s3cret", "", "Authorization", http.Header{"X-Tributary-Secret": {"s3cret"}}, false},
		{"with another secret", "s3cret", "", "", http.Header{"X-Tributary-Secret": {"s3cres"}}, false},
		{"with a part of it", "s3cret", "", "", http.Header{"X-Tributary-Secret": {"s3cre"}}, false},
		{"without one", "s3cret", "", "", http.Header{}, false},
		{"to a connection without a secret", "", "", "", http.Header{"X-Tributary-Secret": {""}}, false},
	} {
		b := setup(t, sandbox.Options{}, connectors.Settings{"webhook_secret": tc.current, "webhook_secret_previous": tc.previous, "webhook_header": tc.header})
		err := b.Verify(tc.sent, []byte(`{}`), time.Now())
		if (err == nil) != tc.good || err != nil && staffing.CodeOf(err) != staffing.Unauthorized {
			t.Errorf("a delivery %s: %v", tc.name, err)
		}
	}
}

func TestEventsOnlySayWhatToReadAgain(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	for event, want := range map[string]staffing.Feed{"WorkflowStatusChangeEvent": staffing.FeedStatuses, "WorkFlowStatusChangeEvent": staffing.FeedStatuses,
		"ApplicationCompleteEvent": staffing.FeedStatuses, "JobEditEvent": staffing.FeedRequisitions, "JobUnpostingEvent": staffing.FeedRequisitions,
		"OnboardTaskEvent": "", "": ""} {
		events, err := b.Events(nil, []byte(`{"eventType":"`+event+`"}`))
		if err != nil || (len(events) == 1) != (want != "") || len(events) == 1 && (events[0].Feed != want || events[0].Record != nil) {
			t.Errorf("%s: %+v %v", event, events, err)
		}
	}
	body, err := os.ReadFile(filepath.Join(shared(t), "samples", "icims", "event-WorkflowStatusChangeEvent.shape-from-docs.json"))
	b.must(err)
	if events, err := b.Events(nil, body); err != nil || len(events) != 1 || events[0].Feed != staffing.FeedStatuses {
		t.Errorf("the sample: %+v %v", events, err)
	}
}
