package inbox_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/inbox"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
)

func opened(t *testing.T, s connectors.Settings) staffing.Checker {
	t.Helper()
	c, err := inbox.Kind().Open(connectortest.NewDeps(inbox.Kind(), s))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func hooks(t *testing.T, s connectors.Settings) staffing.WebhookReceiver {
	t.Helper()
	h, _ := opened(t, s).(staffing.WebhookReceiver)
	return h
}

// The vectors were made with: printf '%s' '1795600000.{"type":"ping"}' | openssl dgst -sha256 -hmac 5f1d7a88c0e94b53a2b7
const (
	vectorBody = `{"type":"ping"}`
	vectorTime = "1795600000"
	vectorHex  = "53e338a59b621d8355271bbb59ebf76278c854a6506dfaf6de9602630e05f777"
	vectorOld  = "2d0de5e7f25da42309b28f75b94d47eac734d8ef8c60c24d67e49d54fb597ad8"
	vectorBare = "32a860d6d1fde04bd3d49aeb7226fc2655eb362a1023bc7cd3452c1cb2dbdd3a"
)

func TestVectors(t *testing.T) {
	at := time.Unix(1795600000, 0)
	timed := connectors.Settings{"proof": "hmac", "secret": shared, "secret_previous": older, "timestamp_header": "X-Time"}
	header := func(sig, stamp string) http.Header {
		h := http.Header{}
		if sig != "" {
			h.Set("X-Signature", sig)
		}
		if stamp != "" {
			h.Set("X-Time", stamp)
		}
		return h
	}
	twice := header(vectorHex, vectorTime)
	twice.Add("X-Signature", vectorHex)
	for name, c := range map[string]struct {
		s    connectors.Settings
		h    http.Header
		body string
		now  time.Time
		good bool
	}{
		"a good delivery":                {timed, header(vectorHex, vectorTime), vectorBody, at, true},
		"four minutes later":             {timed, header(vectorHex, vectorTime), vectorBody, at.Add(4 * time.Minute), true},
		"six minutes later":              {timed, header(vectorHex, vectorTime), vectorBody, at.Add(6 * time.Minute), false},
		"six minutes ahead":              {timed, header(vectorHex, vectorTime), vectorBody, at.Add(-6 * time.Minute), false},
		"a flipped byte":                 {timed, header(vectorHex, vectorTime), `{"type":"pinG"}`, at, false},
		"a newer time on an old one":     {timed, header(vectorHex, "1795600010"), vectorBody, at, false},
		"no time":                        {timed, header(vectorHex, ""), vectorBody, at, false},
		"no signature":                   {timed, header("", vectorTime), vectorBody, at, false},
		"two signatures":                 {timed, twice, vectorBody, at, false},
		"by the secret before":           {timed, header(vectorOld, vectorTime), vectorBody, at, true},
		"by the secret before, too late": {connectors.Settings{"proof": "hmac", "secret": shared, "timestamp_header": "X-Time"}, header(vectorOld, vectorTime), vectorBody, at, false},
		"the body alone is signed":       {timed, header(vectorBare, vectorTime), vectorBody, at, false},
		"the body alone, as set":         {connectors.Settings{"proof": "hmac", "secret": shared}, header(vectorBare, ""), vectorBody, at, true},
		"a bearer secret":                {connectors.Settings{"proof": "bearer", "secret": shared, "signature_header": "X-Token"}, http.Header{"X-Token": {shared}}, vectorBody, at, true},
		"another bearer secret":          {connectors.Settings{"proof": "bearer", "secret": shared, "signature_header": "X-Token"}, http.Header{"X-Token": {older}}, vectorBody, at, false},
		"a bearer secret without Bearer": {connectors.Settings{"proof": "bearer", "secret": shared, "signature_header": "Authorization"}, http.Header{"Authorization": {shared}}, vectorBody, at, false},
	} {
		err := hooks(t, c.s).Verify(c.h, []byte(c.body), c.now)
		if c.good != (err == nil) || err != nil && staffing.CodeOf(err) != staffing.Unauthorized {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPayloadsBecomeRecords(t *testing.T) {
	std := connectors.Settings{"secret": whsec}
	bare := connectors.Settings{"secret": whsec, "type_path": "-", "data_path": "-", "requisition_id_path": "job.ref", "updated_path": "changed"}
	for name, c := range map[string]struct {
		s    connectors.Settings
		body string
		want string // feed/id of each, or a part of the error
	}{
		"one requisition":         {std, `{"type":"requisition","data":{"id":"R-1"}}`, "requisitions/R-1"},
		"a list of them":          {std, `{"type":"requisition.updated","data":[{"id":"R-1"},{"id":12345678901234567890}]}`, "requisitions/R-1 requisitions/12345678901234567890"},
		"a list of messages":      {std, `[{"type":"requisition","data":{"id":"R-1"}},{"type":"status","data":{"submission_id":"S-1","status":"Interview"}}]`, "requisitions/R-1 statuses/S-1"},
		"a ping":                  {std, `{"type":"ping"}`, ""},
		"the object as it is":     {bare, `{"job":{"ref":"J-7"},"title":"Nurse","changed":"2026-11-02T09:00:00Z"}`, "requisitions/J-7"},
		"an unknown type":         {std, `{"type":"invoice","data":{"id":"R-1"}}`, "payload's type is a word"},
		"no type":                 {std, `{"data":{"id":"R-1"}}`, "payload's type is missing"},
		"no id":                   {std, `{"type":"requisition","data":[{"id":"R-1"},{"title":"Nurse"}]}`, "payload's id is missing"},
		"no data":                 {std, `{"type":"requisition"}`, "payload's data is missing"},
		"no object":               {std, `{"type":"requisition","data":"R-1"}`, "no object"},
		"two values":              {std, `{"type":"ping"} {"type":"ping"}`, "no JSON"},
		"too many for one letter": {std, `{"type":"requisition","data":[` + strings.Repeat(`{"id":"R-1"},`, 1000) + `{"id":"R-1"}]}`, "more than 1000"},
	} {
		events, err := hooks(t, c.s).Events(http.Header{"Webhook-Id": {"msg_1"}}, []byte(c.body))
		var got []string
		for _, e := range events {
			got = append(got, string(e.Feed)+"/"+e.Record.ExternalID)
			if e.DeliveryID != "msg_1" || !json.Valid(e.Record.Raw) {
				t.Errorf("%s: %+v", name, e)
			}
		}
		said := strings.Join(got, " ")
		if err != nil {
			said = staffing.MessageOf(err)
		}
		if said != c.want && (err == nil || !strings.Contains(said, c.want) || staffing.CodeOf(err) != staffing.Invalid) {
			t.Errorf("%s: %s, want %s", name, said, c.want)
		}
	}
}

func TestTheSameBodyAtAnotherTimeIsAnotherDelivery(t *testing.T) {
	h := hooks(t, connectors.Settings{"proof": "hmac", "secret": shared, "timestamp_header": "X-Time"})
	a, b := h.DeliveryID(http.Header{"X-Time": {"1"}}, []byte("{}")), h.DeliveryID(http.Header{"X-Time": {"2"}}, []byte("{}"))
	if a == b || a != h.DeliveryID(http.Header{"X-Time": {"1"}}, []byte("{}")) {
		t.Errorf("the ids are %q and %q", a, b)
	}
}

func TestASubmissionGoesOutSignedWithOurKey(t *testing.T) {
	client := &clientSystem{there: map[string]string{}}
	server := httptest.NewServer(client)
	t.Cleanup(server.Close)
	c := opened(t, connectors.Settings{"secret": whsec, "callback_url": server.URL, "callback_secret": outgoing})
	sink, _ := c.(staffing.SubmissionSink)
	rec, err := sink.Submit(context.Background(), submission("0198-7"))
	if err != nil || rec.ID != "sub-1" || rec.Existed {
		t.Fatal(rec, err)
	}
	var m struct {
		Type string
		Data struct {
			Key           string
			RequisitionID string `json:"requisition_id"`
			Fields        map[string]any
			Resume        struct{ Name, Data string }
		}
	}
	if err := json.Unmarshal(client.last, &m); err != nil {
		t.Fatal(err)
	}
	file, _ := base64.StdEncoding.DecodeString(m.Data.Resume.Data)
	if m.Type != "submission.created" || m.Data.Key != "0198-7" || m.Data.RequisitionID != "R-1" || m.Data.Fields["last_name"] != "Grey" || string(file) != string(resume) || m.Data.Resume.Name != "resume.pdf" {
		t.Errorf("%s", client.last)
	}
	req := submission("0198-8")
	req.Resume.Name = "grey.pages"
	if _, err := sink.Submit(context.Background(), req); staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), ".pages") || client.count() != 1 {
		t.Errorf("a résumé of a wrong type: %v", err)
	}
}

func TestAWrongAddressIsNoWordAboutASubmission(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	sink, _ := opened(t, connectors.Settings{"secret": whsec, "callback_url": server.URL, "callback_secret": outgoing}).(staffing.SubmissionSink)
	if _, err := sink.Submit(context.Background(), submission("0198-7")); staffing.CodeOf(err) != staffing.Invalid {
		t.Error(err)
	}
}

func TestWithoutAnAddressNothingCanBeSubmitted(t *testing.T) {
	if _, can := opened(t, connectors.Settings{"secret": whsec}).(staffing.SubmissionSink); can {
		t.Error("it offers to submit")
	}
	for name, s := range map[string]connectors.Settings{"a short secret": {"proof": "bearer", "secret": "river"}, "no whsec": {"secret": shared}, "no secret for submissions": {"secret": whsec, "callback_url": "https://client.example/x"}} {
		if _, err := inbox.Kind().Open(connectortest.NewDeps(inbox.Kind(), s)); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheDocumentedPayloadIsMapped(t *testing.T) {
	doc, err := mapping.Parse(inbox.Kind().Mapping)
	if err != nil {
		t.Fatal(err)
	}
	p, err := mapping.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	raw := `{"id":"REQ-1","title":"Go Developer III","status":"Open","openings":2,"max_submissions":3,"worker_type":"Contract","location":{"city":"Denver","region":"CO","country":"US"},
		"start_date":"2027-01-11","end_date":"2027-07-09","hours_per_week":40,"bill_rate":{"min":"80.00","max":"95.00","currency":"USD","unit":"hour"},"purchase_order":"PO-88",
		"cost_centres":[{"code":"4410","percent":60},{"code":"4420","percent":40}],"hiring_manager":{"name":"Robin Vale"},"respond_by":"2026-12-18T23:59:59Z"}`
	req, gaps, err := p.Requisition(json.RawMessage(raw), staffing.Client{Code: "ACME", Currency: "USD"})
	if err != nil || len(gaps) > 0 || req.Status != staffing.ReqOpen || !req.AcceptingSubmissions || req.Openings != 2 || req.BillRate.Max.String() != "95" || len(req.CostCentres) != 2 ||
		req.PurchaseOrder != "PO-88" || req.RespondBy == nil || req.WorkerType != staffing.Contract || len(req.Locations) != 1 {
		t.Errorf("%+v, gaps %+v, %v", req, gaps, err)
	}
	st, gaps, err := p.Status(json.RawMessage(`{"submission_id":"S-1","status":"Interview","changed_at":"2026-11-02T09:00:00Z"}`))
	if err != nil || len(gaps) > 0 || st.Stage != staffing.Interview || st.At.IsZero() {
		t.Errorf("%+v, gaps %+v, %v", st, gaps, err)
	}
}

func FuzzEvents(f *testing.F) {
	for _, s := range []string{`{"type":"requisition","data":{"id":"R-1"}}`, `[{"type":"status","data":[{"submission_id":1}]}]`, `{"type":"ping"}`, `[]`, `null`, `{`} {
		f.Add([]byte(s))
	}
	c, err := inbox.Kind().Open(connectors.Deps{Settings: connectors.Settings{"secret": whsec}})
	if err != nil {
		f.Fatal(err)
	}
	h, _ := c.(staffing.WebhookReceiver)
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := h.Events(http.Header{}, body)
		if err != nil && (staffing.CodeOf(err) != staffing.Invalid || len(events) > 0) {
			t.Fatalf("%d events and %v", len(events), err)
		}
		for _, e := range events {
			if e.Record == nil || e.Record.ExternalID == "" || !json.Valid(e.Record.Raw) {
				t.Fatalf("%+v", e)
			}
		}
	})
}
