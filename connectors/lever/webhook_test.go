package lever_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/lever"
	"github.com/tributary-hub/tributary/staffing"
)

// The vector was computed from the vendor's description, with the token and the
// time of the vendor's own example; its secret is not published.
const (
	vectorSecret = "test-signature-token-not-real"
	vectorAt     = 1431454330072
	vectorBody   = `{"triggeredAt":1431454330072,"event":"candidateStageChange","data":{"opportunityId":"3410c8b9-5c31-4bab-b7e9-9f710206d647"},` +
		`"signature":"3ee777dab4ea5cb923329b82564a5987e0584b4fbbedc2895e2a858591fa4135","token":"be58f711f349c7780e4579cd7c63341ac6f881e4dccc3154"}`
)

func TestDeliveriesProveThemselvesInTheirBody(t *testing.T) {
	at := time.UnixMilli(vectorAt)
	for _, tc := range []struct {
		name              string
		current, previous string
		body              string
		now               time.Time
		good              bool
	}{
		{"as signed", vectorSecret, "", vectorBody, at, true},
		{"four minutes late", vectorSecret, "", vectorBody, at.Add(4 * time.Minute), true},
		{"with the secret before this one", "new", vectorSecret, vectorBody, at, true},
		{"with one of several tokens", "a\nb " + vectorSecret + ",c", "", vectorBody, at, true},
		{"with the data changed, which nothing protects", vectorSecret, "", strings.Replace(vectorBody, "3410c8b9", "00000000", 1), at, true},
		{"with a byte of the token flipped", vectorSecret, "", strings.Replace(vectorBody, "be58f7", "be58f6", 1), at, false},
		{"with a digit of the signature flipped", vectorSecret, "", strings.Replace(vectorBody, "3ee777", "3ee776", 1), at, false},
		{"with another time", vectorSecret, "", strings.Replace(vectorBody, "1431454330072", "1431454330073", 1), at, false},
		{"with another secret", "wrong", "", vectorBody, at, false},
		{"to a connection without a secret", "", "", vectorBody, at, false},
		{"six minutes late", vectorSecret, "", vectorBody, at.Add(6 * time.Minute), false},
		{"six minutes early", vectorSecret, "", vectorBody, at.Add(-6 * time.Minute), false},
		{"without a signature", vectorSecret, "", strings.Replace(vectorBody, `"signature"`, `"x"`, 1), at, false},
		{"without a token", vectorSecret, "", strings.Replace(vectorBody, `"token"`, `"x"`, 1), at, false},
		{"that is no JSON", vectorSecret, "", vectorBody[1:], at, false},
	} {
		o := setup(t, sandbox.Options{}, connectors.Settings{"webhook_tokens": tc.current, "webhook_tokens_previous": tc.previous})
		err := o.Verify(http.Header{}, []byte(tc.body), tc.now)
		if (err == nil) != tc.good || err != nil && staffing.CodeOf(err) != staffing.Unauthorized {
			t.Errorf("a delivery %s: %v", tc.name, err)
		}
	}
}

func TestTheVectorIsTheSharedOne(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(shared(t), "samples", "lever", "webhook-signature-vector.computed.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		SignatureToken, Token, ExpectedSignatureHex string
		TriggeredAt                                 int64
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	if v.SignatureToken != vectorSecret || v.TriggeredAt != vectorAt || !strings.Contains(vectorBody, v.Token) || !strings.Contains(vectorBody, v.ExpectedSignatureHex) {
		t.Errorf("%+v", v)
	}
}

func TestEventsOnlySayWhatToReadAgain(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	for event, want := range map[string]int{"candidateStageChange": 1, "candidateArchiveChange": 1, "candidateHired": 1, "applicationCreated": 1,
		"candidateDeleted": 1, "interviewCreated": 0, "contactUpdated": 0, "": 0} {
		events, err := o.Events(nil, []byte(`{"event":"`+event+`","token":"t1","id":"i1","data":{"opportunityId":"x"}}`))
		if err != nil || len(events) != want {
			t.Errorf("%s: %+v %v", event, events, err)
			continue
		}
		for _, e := range events {
			if e.Feed != staffing.FeedStatuses || e.Record != nil || e.DeliveryID != "t1" {
				t.Errorf("%s: %+v", event, e)
			}
		}
	}
}

func TestTheVendorsSamplesAreRead(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	files, err := filepath.Glob(filepath.Join(shared(t), "samples", "lever", "webhook-candidate*.json"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%v %v", files, err)
	}
	for _, f := range files {
		body, err := os.ReadFile(f)
		o.must(err)
		if events, err := o.Events(nil, body); err != nil || len(events) != 1 {
			t.Errorf("%s: %+v %v", filepath.Base(f), events, err)
		}
	}
}
