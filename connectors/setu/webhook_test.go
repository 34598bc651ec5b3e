package setu_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/setu"
	"github.com/tributary-hub/tributary/staffing"
)

func basicHeader(user, secret string) http.Header {
	return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+secret))}}
}

// The vectors of the push: the standard signs nothing, so a flipped byte of the body
// and an old time cannot be told; the secret decides alone.
func TestAPushProvesItselfByItsSecret(t *testing.T) {
	bearer := func(s connectors.Settings) { delete(s, "push_user") }
	silent := func(s connectors.Settings) { delete(s, "push_secret"); delete(s, "push_secret_previous") }
	twice := basicHeader(sandbox.PushUser, sandbox.PushSecret)
	twice.Add("Authorization", "Basic x")
	for name, tc := range map[string]struct {
		header http.Header
		change func(connectors.Settings)
		good   bool
	}{
		"user and secret":                       {basicHeader(sandbox.PushUser, sandbox.PushSecret), nil, true},
		"the previous secret, during a change":  {basicHeader(sandbox.PushUser, "push-secret-of-last-year"), nil, true},
		"one flipped byte of the secret":        {basicHeader(sandbox.PushUser, "sandbox-push-secreu"), nil, false},
		"another user":                          {basicHeader("somebody", sandbox.PushSecret), nil, false},
		"no header":                             {http.Header{}, nil, false},
		"an empty secret":                       {basicHeader(sandbox.PushUser, ""), nil, false},
		"two proofs":                            {twice, nil, false},
		"a bearer where a user is agreed":       {http.Header{"Authorization": {"Bearer " + sandbox.PushSecret}}, nil, false},
		"a bearer token":                        {http.Header{"Authorization": {"Bearer " + sandbox.PushSecret}}, bearer, true},
		"another bearer token":                  {http.Header{"Authorization": {"Bearer x"}}, bearer, false},
		"a user where a token is agreed":        {basicHeader("", sandbox.PushSecret), bearer, false},
		"a connection without a secret":         {basicHeader(sandbox.PushUser, ""), silent, false},
		"a bearer to one without user & secret": {http.Header{"Authorization": {"Bearer "}}, func(s connectors.Settings) { bearer(s); silent(s) }, false},
	} {
		o := setup(t, sandbox.Options{}, nil, tc.change)
		hooks, _ := o.conn.(staffing.WebhookReceiver) // it is one
		err := hooks.Verify(tc.header, []byte(`{}`), time.Now())
		if (err == nil) != tc.good || err != nil && staffing.CodeOf(err) != staffing.Unauthorized {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPushedOrderIsARequisition(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	for name, message := range map[string]any{"version 2": sandbox.Order{ID: "RFQ1"}.JSON(), "version 1.4": sandbox.Order{ID: "RFQ1"}.XML()} {
		list := o.events(message)
		if len(list) != 1 || list[0].Feed != staffing.FeedRequisitions || list[0].Record.ExternalID != "RFQ1" {
			t.Fatalf("%s: %+v", name, list)
		}
		req := requisition(t, list[0].Record.Raw)
		if req.Title != "Lasser" || req.Status != staffing.ReqOpen || req.StartDate != "2027-01-11" || req.EndDate != "2027-06-30" || req.BillRate.String() != "38.50 EUR/hour" ||
			req.Locations[0].City != "Diemen" || req.CostCentres[0].Code != "173" || req.WorkerType != staffing.Contract || req.HoursPerWeek.String() != "32" {
			t.Errorf("%s: %+v", name, req)
		}
	}
}

// What a client says of an offer reaches the submission whose receipt has its id.
func TestPushesMoveTheSubmission(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	rec, err := o.sink().Submit(context.Background(), submission(t, o.job(), "W-1"))
	o.must(err)
	v14 := func(order, worker string) string {
		return `<Assignment xmlns="http://ns.hr-xml.org/2007-04-15" assignmentStatus="active"><ReferenceInformation><OrderId idOwner="StaffingCustomer"><IdValue>` + order +
			`</IdValue></OrderId><HumanResourceId idOwner="StaffingCompany"><IdValue>` + worker + `</IdValue></HumanResourceId></ReferenceInformation></Assignment>`
	}
	for name, tc := range map[string]struct {
		message any
		stage   staffing.Stage
	}{
		"an order for it, version 2":   {sandbox.Order{ID: "PO1", Offer: rec.ID}.JSON(), staffing.OfferAccepted},
		"an order for it, version 1.4": {sandbox.Order{ID: "PO1", Offer: rec.ID}.XML(), staffing.OfferAccepted},
		"that order, closed":           {sandbox.Order{ID: "PO1", Offer: rec.ID, Status: "closed"}.XML(), staffing.ClosedNotSelected},
		"an assignment, version 2":     {sandbox.Assignment("A1", o.job(), "W-1"), staffing.Placed},
		"an assignment, version 1.4":   {v14(o.job(), "W-1"), staffing.Placed},
		"a status of it, version 1.4":  {statusOf(rec.ID, "rejected"), staffing.RejectedClient},
		"its acceptance, version 1.4":  {statusOf(rec.ID, "accepted"), staffing.Offer},
		"its withdrawal, version 1.4":  {statusOf(rec.ID, "withdrawn"), staffing.Withdrawn},
		"a list of one, version 2":     {[]any{sandbox.Assignment("A1", o.job(), "W-1")}, staffing.Placed},
	} {
		list := o.events(tc.message)
		if len(list) != 1 || list[0].Feed != staffing.FeedStatuses || list[0].Record.ExternalID != rec.ID {
			t.Errorf("%s: %+v", name, list)
			continue
		}
		got, gaps, err := program(t).Status(list[0].Record.Raw)
		if err != nil || len(gaps) > 0 || got.Stage != tc.stage || time.Since(got.At) > time.Minute {
			t.Errorf("%s: %+v %+v %v", name, got, gaps, err)
		}
	}
}

func statusOf(offer, status string) string {
	return `<HumanResource xmlns="http://ns.hr-xml.org/2007-04-15" xmlns:nl="http://ns.setu.nl/2020-01"><HumanResourceId><IdValue/></HumanResourceId><HumanResourceStatus status="` +
		status + `"/><UserArea><nl:HumanResourceAdditionalNL><nl:OfferId idOwner="StaffingCompany"><IdValue>` + offer + `</IdValue></nl:OfferId></nl:HumanResourceAdditionalNL></UserArea></HumanResource>`
}

func TestMessagesThatAreNoneOfOursAreLeft(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	for name, message := range map[string]any{"a time card": `<TimeCard xmlns="http://ns.hr-xml.org/2007-04-15"><Id/></TimeCard>`, "an empty message": map[string]any{},
		"a human resource, version 2": map[string]any{"documentId": map[string]any{"value": "x"}, "person": map[string]any{}}} {
		if list := o.events(message); len(list) != 0 {
			t.Errorf("%s: %+v", name, list)
		}
	}
	hooks, _ := o.conn.(staffing.WebhookReceiver) // it is one
	for _, body := range []string{`<a>`, `{"a":`, `{}{}`, `<a/><b/>`, `<StaffingOrder xmlns="http://ns.hr-xml.org/2007-04-15"/>`} {
		if _, err := hooks.Events(nil, []byte(body)); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func example(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(shared(t), "samples", "setu", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// The standard's own examples, as a client would push them.
func TestTheExamplesOfTheStandardAreRead(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	for name, want := range map[string]struct {
		feed staffing.Feed
		id   string
	}{
		"StaffingOrderExample_RFQ_v1.4.xml":   {staffing.FeedRequisitions, "RFQ123789"},
		"StaffingOrderExample_order_v1.4.xml": {staffing.FeedStatuses, "7654323"}, // in its UserArea
		"StaffingOrderExample_v2.0.json":      {staffing.FeedStatuses, "a411e1 9301e"},
		"StatusHumanResourceExample_v1.4.xml": {staffing.FeedStatuses, "7654323"},
		"StatusStaffingOrderExample_v1.4.xml": {staffing.FeedRequisitions, "PO123789"},
		"HumanResourceExample_offer_v1.4.xml": {staffing.FeedStatuses, "7654323"},
		"AssignmentExample_v2.0.json":         {staffing.FeedStatuses, ""},
		"AssignmentExample_v1.4.xml":          {staffing.FeedStatuses, ""},
		"StatusAssignmentExample_v1.4.xml":    {"", ""}, // it names neither order nor worker
		"TimecardExample_v1.4.xml":            {"", ""},
		"TimecardExample_v2.0.json":           {"", ""},
	} {
		hooks, _ := o.conn.(staffing.WebhookReceiver) // it is one
		list, err := hooks.Events(nil, []byte(example(t, name)))
		o.must(err)
		if want.feed == "" && len(list) == 0 {
			continue
		}
		if len(list) != 1 || list[0].Feed != want.feed || want.id != "" && list[0].Record.ExternalID != want.id {
			t.Errorf("%s: %+v", name, list)
			continue
		}
		if want.feed == staffing.FeedRequisitions {
			requisition(t, list[0].Record.Raw)
		} else if _, gaps, err := program(t).Status(list[0].Record.Raw); err != nil || len(gaps) > 0 {
			t.Errorf("%s: %+v %v", name, gaps, err)
		}
	}
}

func TestADeliveryHasAnID(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	hooks, _ := o.conn.(staffing.WebhookReceiver) // it is one
	if id := hooks.DeliveryID(http.Header{"X-Message-Id": {"m-1"}}, []byte("a")); id != "m-1" {
		t.Errorf("%s", id)
	}
	if a, b := hooks.DeliveryID(nil, []byte("a")), hooks.DeliveryID(nil, []byte("b")); a == b || strings.TrimSpace(a) == "" {
		t.Errorf("%s %s", a, b)
	}
}

// SIDES lets an order hold several positions; SETU orders one worker at a time.
func TestAnOrderOfSeveralPositionsIsReadByItsFirst(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	one := sandbox.Order{ID: "RFQ1"}.XML()
	i, j := strings.Index(one, "<StaffingPosition>"), strings.Index(one, "</StaffingOrder>")
	two := one[:j] + strings.ReplaceAll(one[i:j], "Lasser", "Draaier") + one[j:]
	raw := o.events(two)[0].Record.Raw
	if req := requisition(t, raw); req.Title != "Lasser" || !strings.Contains(string(raw), "Draaier") {
		t.Errorf("%+v", req)
	}
}
