package icims_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/icims"
	"github.com/tributary-hub/tributary/staffing"
)

func TestEventsCarryUserAndPassword(t *testing.T) {
	for _, tc := range []struct {
		name, current, previous, user string
		sent                          string
		good                          bool
	}{
		{"with user and password", "s3cret", "", "", basic("tributary", "s3cret"), true},
		{"with the password before this one", "new", "s3cret", "", basic("tributary", "s3cret"), true},
		{"of another user who was agreed on", "s3cret", "", "icims", basic("icims", "s3cret"), true},
		{"of another user", "s3cret", "", "", basic("icims", "s3cret"), false},
		{"with a flipped byte", "s3cret", "", "", basic("tributary", "s3cres"), false},
		{"with a part of the password", "s3cret", "", "", basic("tributary", "s3cre"), false},
		{"with the password as bearer", "s3cret", "", "", "Bearer s3cret", false},
		{"without a header", "s3cret", "", "", "", false},
		{"to a connection without a password", "", "", "", basic("tributary", ""), false},
	} {
		b := setup(t, sandbox.Options{}, connectors.Settings{"webhook_secret": tc.current, "webhook_secret_previous": tc.previous, "webhook_user": tc.user})
		err := b.Verify(http.Header{"Authorization": {tc.sent}}, []byte(`{}`), time.Now())
		if (err == nil) != tc.good || err != nil && staffing.CodeOf(err) != staffing.Unauthorized {
			t.Errorf("a delivery %s: %v", tc.name, err)
		}
	}
}

func TestEventsOnlySayWhatToReadAgain(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	for event, want := range map[string]staffing.Feed{"WorkflowStatusChangeEvent": staffing.FeedStatuses, "WorkFlowStatusChangeEvent": staffing.FeedStatuses,
		"AssessmentEvent": staffing.FeedStatuses, "JobPostToWebEvent": staffing.FeedRequisitions, "JobUnpostToWebEvent": staffing.FeedRequisitions, "ViewJobWebPostEvent": staffing.FeedRequisitions,
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

func TestAnEventIsTheSameCompressedOrNot(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	_, zipped := b.delivery()
	z, err := gzip.NewReader(bytes.NewReader(zipped))
	b.must(err)
	plain, err := io.ReadAll(z)
	b.must(err)
	if id := b.DeliveryID(nil, plain); id == "" || id != b.DeliveryID(nil, zipped) {
		t.Error("it has two ids")
	}
	if _, err := b.Events(nil, zipped[:len(zipped)/2]); staffing.CodeOf(err) != staffing.Invalid {
		t.Errorf("half an event: %v", err)
	}
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	for range 2 << 10 {
		_, err := w.Write(make([]byte, 1<<10))
		b.must(err)
	}
	b.must(w.Close())
	if _, err := b.Events(nil, bomb.Bytes()); staffing.CodeOf(err) != staffing.Invalid {
		t.Errorf("two megabytes of nothing: %v", err)
	}
}
