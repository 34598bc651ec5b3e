package ashby_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/ashby"
	"github.com/tributary-hub/tributary/staffing"
)

// The vector was computed with another tool than the code under test.
const (
	vectorSecret    = "test-secret-not-real"
	vectorBody      = `{"action":"ping","data":{"webhookActionType":"ping"}}`
	vectorSignature = "sha256=fc009c417ec41ec6658e1aa9d70f15991cc73f1ef686ad75502f9d5443c79937"
)

func TestDeliveriesAreProvenOverTheirBytes(t *testing.T) {
	for _, tc := range []struct {
		name              string
		current, previous string
		body, signature   string
		good              bool
	}{
		{"as signed", vectorSecret, "", vectorBody, vectorSignature, true},
		{"with the secret before this one", "new", vectorSecret, vectorBody, vectorSignature, true},
		{"with a byte flipped", vectorSecret, "", strings.Replace(vectorBody, "ping", "pinh", 1), vectorSignature, false},
		{"with another secret", "wrong", "", vectorBody, vectorSignature, false},
		{"to a connection without a secret", "", "", vectorBody, vectorSignature, false},
		{"without the header", vectorSecret, "", vectorBody, "", false},
		{"without the algorithm", vectorSecret, "", vectorBody, strings.TrimPrefix(vectorSignature, "sha256="), false},
		{"with a shortened signature", vectorSecret, "", vectorBody, vectorSignature[:40], false},
	} {
		o := setup(t, sandbox.Options{}, connectors.Settings{"webhook_secret": tc.current, "webhook_secret_previous": tc.previous})
		h := http.Header{}
		if tc.signature != "" {
			h.Set("Ashby-Signature", tc.signature)
		}
		err := o.Verify(h, []byte(tc.body), time.Now())
		if (err == nil) != tc.good || err != nil && staffing.CodeOf(err) != staffing.Unauthorized {
			t.Errorf("a delivery %s: %v", tc.name, err)
		}
	}
}

func TestARepeatedDeliveryHasItsFirstID(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	if id := o.DeliveryID(nil, []byte(`{"action":"jobUpdate","webhookActionId":"w-1"}`)); id != "w-1" {
		t.Errorf("id %q", id)
	}
	one, two := o.DeliveryID(nil, []byte(`{"action":"jobUpdate"}`)), o.DeliveryID(nil, []byte(`{"action":"jobCreate"}`))
	if len(one) != 64 || one == two {
		t.Errorf("without an id: %q and %q", one, two)
	}
}

func TestTheVendorsSamplesSayWhatToReadAgain(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	files, err := filepath.Glob(filepath.Join(shared(t), "samples", "ashby", "synthesized-from-vendor-openapi", "webhook-*.json"))
	if err != nil || len(files) < 15 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	for _, f := range files {
		body, err := os.ReadFile(f)
		o.must(err)
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), "webhook-"), ".json")
		want := staffing.FeedStatuses
		switch {
		case strings.HasPrefix(name, "job"), strings.HasPrefix(name, "opening"):
			want = staffing.FeedRequisitions
		case name == "ping", strings.HasPrefix(name, "interview"):
			want = ""
		}
		events, err := o.Events(nil, body)
		if err != nil || (want == "") != (len(events) == 0) || len(events) > 0 && (events[0].Feed != want || events[0].Record != nil) {
			t.Errorf("%s: %+v %v", name, events, err)
		}
	}
}
