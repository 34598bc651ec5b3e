package setu_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/setu"
	sandbox "github.com/tributary-hub/tributary/sandbox/setu"
	"github.com/tributary-hub/tributary/staffing"
)

// opened is a connector on a simulated client.
type opened struct {
	*harness
	conn staffing.Checker
}

// setup serves what wrap makes of the client; nil: the client itself.
func setup(t *testing.T, opts sandbox.Options, wrap func(http.Handler) http.Handler, change func(connectors.Settings)) *opened {
	t.Helper()
	o := &opened{harness: newHarness(t, opts)}
	handler := http.Handler(o.client)
	if wrap != nil {
		handler = wrap(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	s := settings(server.URL)
	if change != nil {
		change(s)
	}
	conn, err := setu.Kind().Open(connectortest.NewDeps(setu.Kind(), s))
	if err != nil {
		t.Fatal(err)
	}
	o.conn = conn
	return o
}

func (o *opened) sink() staffing.SubmissionSink {
	o.t.Helper()
	s, ok := o.conn.(staffing.SubmissionSink)
	if !ok {
		o.t.Fatal("the connector submits nobody")
	}
	return s
}

func (o *opened) orders(cur staffing.Cursor) staffing.Page {
	o.t.Helper()
	src, ok := o.conn.(staffing.RequisitionSource)
	if !ok {
		o.t.Fatal("the connector reads no requisitions")
	}
	p, err := src.Requisitions(context.Background(), cur)
	o.must(err)
	return p
}

func (o *opened) events(message any) []staffing.Event {
	o.t.Helper()
	hooks, ok := o.conn.(staffing.WebhookReceiver)
	if !ok {
		o.t.Fatal("the connector receives nothing")
	}
	h, body := sandbox.Push(message)
	list, err := hooks.Events(h, body)
	o.must(err)
	return list
}

func TestSettingsSayWhatTheConnectorCan(t *testing.T) {
	for name, tc := range map[string]struct {
		drop string
		want string
	}{
		"everything is set": {"", "requisitions submissions placements webhooks"},
		"no list of orders": {"orders_url", "submissions placements webhooks"},
		"a list only":       {"base_url", "requisitions webhooks"},
		"pushes only":       {"base_url orders_url", "webhooks"},
	} {
		o := setup(t, sandbox.Options{}, nil, func(s connectors.Settings) {
			for _, k := range strings.Fields(tc.drop) {
				delete(s, k)
			}
		})
		var got []string
		for _, c := range connectors.CapabilitiesOf(o.conn) {
			got = append(got, string(c))
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s: it can %v, want %s", name, got, tc.want)
		}
		if r, err := o.conn.Check(context.Background()); err != nil || !r.OK() {
			t.Errorf("%s: the check gives %+v %v", name, r, err)
		}
	}
}

func TestHalfASignInIsRefused(t *testing.T) {
	for name, drop := range map[string]string{"no secret": "secret", "no user": "user", "OAuth without its address": "token_url"} {
		s := settings("https://client.example")
		if drop == "token_url" {
			s["auth"] = "oauth"
		}
		delete(s, drop)
		if _, err := setu.Kind().Open(connectortest.NewDeps(setu.Kind(), s)); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAKeyInAHeaderSignsIn(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, func(s connectors.Settings) { s["auth"] = "header"; delete(s, "user") })
	if r, err := o.conn.Check(context.Background()); err != nil || !r.OK() {
		t.Errorf("%+v %v", r, err)
	}
}

// An order that is deleted is gone from the list; one reading without it may be an
// accident.
func TestAnOrderThatIsGoneIsCancelled(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	keep, gone := o.client.Publish(sandbox.Order{}), o.client.Publish(sandbox.Order{})
	p := o.orders(nil)
	o.client.Delete(gone)
	p = o.orders(p.Next)
	if len(p.Records) != 1 || p.Records[0].ExternalID != keep {
		t.Fatalf("after one reading without it: %+v", p.Records)
	}
	p = o.orders(p.Next)
	if len(p.Records) != 2 || p.Records[1].ExternalID != gone || requisition(t, p.Records[1].Raw).Status != staffing.ReqCancelled {
		t.Fatalf("after two: %+v", p.Records)
	}
	if p = o.orders(p.Next); len(p.Records) != 1 {
		t.Errorf("it is told again: %+v", p.Records)
	}
}

func TestWhatIsNoListOfOrdersIsRefused(t *testing.T) {
	for body, want := range map[string]staffing.Code{
		`[]`: "", `<StaffingOrders/>`: "", `<Assignment xmlns="http://ns.hr-xml.org/2007-04-15"/>`: "",
		`{"error":"x"}`: staffing.Unavailable, `[{"error":"x"}]`: staffing.Unavailable, `<html/>`: staffing.Unavailable,
		`<html><body>down</body></html>`: staffing.Unavailable, `[1]`: staffing.Unavailable, ``: staffing.Unavailable, `null`: staffing.Unavailable,
	} {
		o := setup(t, sandbox.Options{}, func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }) // the caller may be gone
		}, nil)
		src, _ := o.conn.(staffing.RequisitionSource) // it is one
		if _, err := src.Requisitions(context.Background(), nil); staffing.CodeOf(err) != want {
			t.Errorf("%q: %v, want %q", body, err, want)
		}
	}
}
