package webhook

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/stdhooks"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
)

const payload = `{"type":"candidate.status_changed","timestamp":"2026-11-30T09:15:02Z",
 "data":{"job_id":"J-7","candidate_id":"C-9","submission_id":"S-3","status":"Client Submission","occurred_at":"2026-11-30T09:15:00Z"}}`

func opened(t *testing.T, s connectors.Settings) *Connector {
	t.Helper()
	c, err := Kind().Open(connectors.Deps{Settings: s})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}

func signed(t *testing.T, secret string, at time.Time) http.Header {
	t.Helper()
	h := http.Header{}
	if err := stdhooks.SetHeaders(h, secret, "msg_1", at, []byte(payload)); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestASignedDeliveryBecomesOneEvent(t *testing.T) {
	secret, now := stdhooks.NewSecret(), time.Now()
	c := opened(t, connectors.Settings{"secret": secret})
	h := signed(t, secret, now)
	if err := c.Verify(h, []byte(payload), now); err != nil {
		t.Fatal(err)
	}
	if id := c.DeliveryID(h, []byte(payload)); id != "msg_1" {
		t.Errorf("the delivery id is %q", id)
	}
	events, err := c.Events(h, []byte(payload))
	if err != nil || len(events) != 1 {
		t.Fatal(events, err)
	}
	e := events[0]
	if e.DeliveryID != "msg_1" || e.Feed != staffing.FeedCandidates || e.Record == nil || e.Record.ExternalID != "S-3" {
		t.Errorf("the event is %+v", e)
	}
	var got staffing.CandidateStatusChanged
	if err := json.Unmarshal(e.Record.Raw, &got); err != nil {
		t.Fatal(err)
	}
	want := staffing.CandidateStatusChanged{JobID: "J-7", CandidateID: "C-9", SubmissionID: "S-3", Status: "Client Submission",
		OccurredAt: time.Date(2026, 11, 30, 9, 15, 0, 0, time.UTC)}
	if got != want {
		t.Errorf("the record is %+v", got)
	}
}

func TestBothSecretsProveWhileOneIsChanged(t *testing.T) {
	old, fresh, other, now := stdhooks.NewSecret(), stdhooks.NewSecret(), stdhooks.NewSecret(), time.Now()
	c := opened(t, connectors.Settings{"secret": fresh, "secret_previous": old})
	for secret, good := range map[string]bool{old: true, fresh: true, other: false} {
		err := c.Verify(signed(t, secret, now), []byte(payload), now)
		if good != (err == nil) {
			t.Errorf("good %v, but the answer is %v", good, err)
		}
	}
}

func TestAMissingOrWeakSecretIsRefused(t *testing.T) {
	for name, secret := range map[string]string{"none": "", "short": "whsec_c2hvcnQ=", "no prefix": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "no base64": "whsec_%%%%"} {
		if _, err := Kind().Open(connectors.Deps{Settings: connectors.Settings{"secret": secret}}); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%s: %v", name, err)
		} else if secret != "" && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error repeats the secret", name)
		}
	}
}

func TestCheckNeedsNobody(t *testing.T) {
	r, err := opened(t, connectors.Settings{"secret": stdhooks.NewSecret()}).Check(t.Context())
	if err != nil || !r.OK() || r.Account == "" {
		t.Fatal(r, err)
	}
}

func TestDefaultMappingCompilesAndHasTriggers(t *testing.T) {
	doc, err := mapping.Parse(Kind().Mapping)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mapping.Compile(doc); err != nil || len(doc.Triggers) == 0 {
		t.Fatal(doc.Triggers, err)
	}
	if _, err := connectors.NewRegistry(Kind()); err != nil {
		t.Fatal(err)
	}
}
