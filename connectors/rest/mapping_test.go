package rest_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors/rest"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(rest.Kind().Mapping)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rules.Compile(rules.Merge(rules.Baseline(), doc.Rules), doc.Lists); err != nil {
		t.Fatal(err)
	}
	p, err := mapping.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestUsualRecordsBecomeRequisitions(t *testing.T) {
	for name, raw := range map[string]string{
		"flat":   `{"id":7,"title":"Nurse","status":"Open","openings":2,"start_date":"2026-12-01","rate_min":80,"rate_max":95.5,"currency":"EUR","location":"Berlin","department":"Care"}`,
		"nested": `{"uuid":"7","name":"Nurse","status":{"name":"open"},"positions":2,"startDate":"2026-12-01","bill_rate":{"min":80,"max":95.5,"currency":"EUR","unit":"hour"},"locations":[{"name":"Berlin"}],"department":{"name":"Care"}}`,
	} {
		req, gaps, err := program(t).Requisition(json.RawMessage(raw), staffing.Client{Code: "ACME", Currency: "USD"})
		if err != nil || len(gaps) > 0 {
			t.Fatalf("%s: error %v, gaps %+v", name, err, gaps)
		}
		if req.ExternalID != "7" || req.Title != "Nurse" || req.Status != staffing.ReqOpen || !req.AcceptingSubmissions || req.Openings != 2 || req.StartDate != "2026-12-01" ||
			req.BillRate.String() != "80.00-95.50 EUR/hour" || len(req.Locations) != 1 || req.Department != "Care" {
			t.Errorf("%s: %+v", name, req)
		}
	}
}

func TestUsualWordsBecomeStages(t *testing.T) {
	for raw, want := range map[string]staffing.Stage{
		`{"status":"interview","updated_at":"2026-11-02T09:00:00Z"}`:           staffing.Interview,
		`{"status":{"name":"hired"},"updatedAt":"2026-11-02T09:00:00Z"}`:       staffing.Placed,
		`{"stage":{"name":"rejected"},"updated_at":"2026-11-02T09:00:00.12Z"}`: staffing.RejectedClient,
	} {
		got, gaps, err := program(t).Status(json.RawMessage(raw))
		if err != nil || len(gaps) > 0 || got.Stage != want || got.At.IsZero() {
			t.Errorf("%s: %+v %+v %v", raw, got, gaps, err)
		}
	}
}

func TestSettingsThatCannotWorkAreNamed(t *testing.T) {
	spec := rest.Kind().Spec
	for want, settings := range map[string]map[string]string{
		"there is no key":         {"base_url": "https://x.example", "document": "requisitons: {}"},
		"of the form NAME: value": {"base_url": "https://x.example", "document": least, "values": "- a"},
		"plain http(s) address":   {"base_url": "file:///etc", "document": least},
		"Document is required":    {"base_url": "https://x.example"},
	} {
		if _, err := spec.Complete(settings); staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", settings, err, want)
		}
	}
}

const least = "requisitions: {call: {path: '\"jobs\"'}, records: body, external_id: raw.id}"

func TestTheReadmeNamesEverySetting(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range rest.Kind().Spec {
		if !strings.Contains(strings.ToLower(string(page)), strings.ToLower(f.Label)) {
			t.Errorf("the page does not name the setting %q", f.Label)
		}
	}
}
