package setu_test

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/setu"
	sandbox "github.com/tributary-hub/tributary/sandbox/setu"
	"github.com/tributary-hub/tributary/staffing"
)

// Every offer of version 1.4 is valid HR-XML: the checker takes the standard's own
// examples, and refuses a message that is wrong in one place.
func TestOffersOfVersion14FitTheSchema(t *testing.T) {
	schema := sides(t)
	for _, name := range []string{"HumanResourceExample_offer_v1.4.xml", "HumanResourceExample_x-assigned_v1.4.xml", "StaffingOrderExample_RFQ_v1.4.xml", "AssignmentExample_v1.4.xml"} {
		if err := schema.document([]byte(example(t, name))); err != nil {
			t.Errorf("the checker refuses %s: %v", name, err)
		}
	}
	o := setup(t, sandbox.Options{XMLList: true}, nil, func(s connectors.Settings) { s["version"], s["resume"] = "1.4", "leave out" })
	full := submission(t, o.job(), "W-1")
	full.Resume = nil
	bare := staffing.SubmissionRequest{Key: "k", RequisitionID: o.job(), Fields: json.RawMessage(`{"name":"Ada & Grey","worker_id":"W<2>","city":"Weesp"}`)}
	for _, req := range []staffing.SubmissionRequest{full, bare} {
		_, err := o.sink().Submit(context.Background(), req)
		o.must(err)
		if err := schema.document(o.client.LastOld); err != nil {
			t.Errorf("%v\n%s", err, o.client.LastOld)
		}
	}
	_, err := o.sink().FindSubmission(context.Background(), full)
	o.must(err)
	good := string(o.client.LastOld)
	for what, change := range map[string][2]string{
		"a status that is none": {`status="new"`, `status="fresh"`}, "a missing attribute": {` rateStatus="proposed"`, ``}, "an amount that is none": {`>38.5<`, `>much<`},
		"an element too many": {`<Preferences>`, `<Wishes></Wishes><Preferences>`}, "a missing element": {`<Preferences></Preferences>`, ``},
		"elements out of order": {`<Profile></Profile><Preferences></Preferences>`, `<Preferences></Preferences><Profile></Profile>`},
		"a date that is none":   {`<StartDate>2027-01-11<`, `<StartDate>soon<`}, "a currency that is none": {`"EUR"`, `"euro"`},
	} {
		bent := strings.Replace(good, change[0], change[1], 1)
		if err := schema.document([]byte(bent)); bent == good || err == nil {
			t.Errorf("the checker takes a message with %s\n%s", what, bent)
		}
	}
}

func TestAnOfferOfVersion14SendsNoResume(t *testing.T) {
	s := oldSettings("https://client.example")
	s["resume"] = "attach"
	if _, err := setu.Kind().Open(connectortest.NewDeps(setu.Kind(), s)); staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), "no résumé") {
		t.Errorf("%v", err)
	}
}

// The orders that the simulated client sends in version 1.4 are valid too.
func TestTheSimulatedClientSpeaksVersion14(t *testing.T) {
	schema := sides(t)
	for _, o := range []sandbox.Order{{ID: "RFQ1"}, {ID: "PO1", Offer: "x", Status: "closed"}} {
		if err := schema.document([]byte(o.XML())); err != nil {
			t.Errorf("%v\n%s", err, o.XML())
		}
	}
}

// Path, parameters and headers of every call in version 1.x, held against SETU's
// document of what customers offer. Its bodies are held against the XSD above.
func TestCallsOfVersion14FitTheCustomersDocument(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(shared(t), "specs", "setu", "SETU_OAS_CustomerParty_v1.x.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var calls []string
	o := setup(t, sandbox.Options{XMLList: true}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			path, params := strings.TrimPrefix(r.URL.Path, "/setu"), map[string]string{}
			if id, ok := strings.CutPrefix(path, "/offer/"); ok {
				path, params["offerId"] = "/offer/{offerId}", id
			}
			if item := doc.Paths.Value(path); item != nil && item.GetOperation(r.Method) != nil {
				route := &routers.Route{Spec: doc, Path: path, PathItem: item, Method: r.Method, Operation: item.GetOperation(r.Method)}
				err := openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{Request: r.Clone(r.Context()), PathParams: params, Route: route,
					Options: &openapi3filter.Options{ExcludeRequestBody: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}})
				if err != nil {
					t.Errorf("%s %s: %v", r.Method, path, err)
				}
				if r.Method != http.MethodDelete && route.Operation.RequestBody.Value.Content.Get(r.Header.Get("Content-Type")) == nil {
					t.Errorf("%s %s: no body of type %s", r.Method, path, r.Header.Get("Content-Type"))
				}
				calls = append(calls, r.Method+" "+path)
			} else if path != "/orders" {
				t.Errorf("the document has no %s %s", r.Method, path)
			}
			next.ServeHTTP(w, r)
		})
	}, func(s connectors.Settings) { s["version"], s["resume"] = "1.4", "leave out" })
	if r, err := o.conn.Check(context.Background()); err != nil || !r.OK() {
		t.Fatalf("%+v %v", r, err)
	}
	_, err = o.sink().Submit(context.Background(), submission(t, o.job(), "W-1"))
	o.must(err)
	if got := strings.Join(calls, ", "); got != "DELETE /offer/{offerId}, PUT /offer/{offerId}, POST /offer" {
		t.Errorf("%s", got)
	}
}
