package setu_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors/setu"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	sandbox "github.com/tributary-hub/tributary/sandbox/setu"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(setu.Kind().Mapping)
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

func client() staffing.Client {
	return staffing.Client{Code: "VKB", Name: "Van Klanteren", Currency: "EUR", Timezone: "Europe/Amsterdam"}
}

func requisition(t *testing.T, raw json.RawMessage) staffing.Requisition {
	t.Helper()
	req, gaps, err := program(t).Requisition(raw, client())
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v\n%s", err, gaps, raw)
	}
	return req
}

// The standard's own example of a request for quotation.
func TestTheExampleOfARequestBecomesARequisition(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	req := requisition(t, o.events(example(t, "StaffingOrderExample_RFQ_v1.4.xml"))[0].Record.Raw)
	if req.Number != "RFQ123789" || req.Title != "Lasser" || req.Status != staffing.ReqOpen || req.Openings != 1 || req.WorkerType != staffing.Contract ||
		req.StartDate != "2017-08-01" || req.EndDate != "2018-02-01" || req.HoursPerWeek.String() != "32" {
		t.Errorf("%+v", req)
	}
	if req.BillRate.String() != "16.00 EUR/hour" || req.PayRate.String() != "12.00-15.00 EUR/hour" || req.RespondBy.At.UTC().Format("2006-01-02T15:04") != "2017-07-22T21:59" {
		t.Errorf("bill %s, pay %s, respond by %v", req.BillRate, req.PayRate, req.RespondBy)
	}
	l := req.Locations[0]
	if l.City != "Diemen" || l.Country != "NL" || l.PostalCode != "1112 XK" || l.Address != "Wisselwerking 2" || req.CostCentres[0].Code != "173" ||
		req.HiringManager.Name != "M.A. Nager" || req.HiringManager.Email != "henk.devries@vanklanterenbv.nl" || !strings.HasPrefix(req.Department, "Produc") {
		t.Errorf("%+v", req)
	}
	if req.CustomFields["project"] != "012.30303" || req.CustomFields["customer_reference"] != "20171023" || req.CustomFields["master_order"] != "FA5623467" {
		t.Errorf("%+v", req.CustomFields)
	}
}

// A status message of version 1.x is all dummies but for the order's id and status.
func TestAStatusMessageClosesTheRequisition(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	req := requisition(t, o.events(example(t, "StatusStaffingOrderExample_v1.4.xml"))[0].Record.Raw)
	if req.Status != staffing.ReqCancelled || req.StartDate != "" || req.ExternalID != "PO123789" {
		t.Errorf("%+v", req)
	}
}

func TestTheExamplesOfAssignmentsBecomePlacements(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	sub := staffing.Submission{Candidate: staffing.Candidate{FirstName: "Piet", LastName: "van der Berg"}}
	for name, want := range map[string][]string{
		"AssignmentExample_v1.4.xml":  {"2017-08-01", "2018-02-01", "16.00 EUR/hour", "12.00 EUR/hour", "PO123789", "173", "012.30303", "Lasser", "24.00 EUR/hour"},
		"AssignmentExample_v2.0.json": {"2024-10-23", "2024-12-24", "", "10.00 EUR/hour", "485e00 1fc2c", "55ad78 0f3c4", "c8fa2c 469a3", "Afwasser", ""},
	} {
		plc, gaps, err := program(t).Placement(o.events(example(t, name))[0].Record.Raw, sub, staffing.Requisition{Number: "RFQ123789"}, client())
		if err != nil || len(gaps) > 0 {
			t.Fatalf("%s: error %v, gaps %+v", name, err, gaps)
		}
		for i, got := range []string{string(plc.StartDate), string(plc.EndDate), shown(plc.BillRate), shown(plc.PayRate), plc.Purchase, plc.CostCentres[0].Code, plc.BillingCodes["ProjectCode"], plc.JobTitle, shown(plc.OvertimeRate)} {
			if got != want[i] {
				t.Errorf("%s: %d is %q, want %q", name, i, got, want[i])
			}
		}
		if !plc.CostCentres[0].Percent.Equal(decimal.NewFromInt(100)) {
			t.Errorf("%s: %+v", name, plc.CostCentres)
		}
	}
}
