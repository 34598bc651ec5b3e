package intacct_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/intacct"
	sandbox "github.com/tributary-hub/tributary/sandbox/intacct"
	"github.com/tributary-hub/tributary/staffing"
)

// TestConformance holds the connector with cost centres on departments, in a company
// that takes our numbers and in one that gives its own.
func TestConformance(t *testing.T) {
	for name, opts := range map[string]sandbox.Options{"our numbers": {}, "numbers of its own": {Sequencing: true}} {
		t.Run(name, func(t *testing.T) {
			connectortest.Run(t, intacct.Kind(), func(*testing.T) connectortest.Vendor {
				sim := sandbox.New(nil, opts)
				return connectortest.Vendor{
					Handler:     sim,
					Settings:    func(base string) connectors.Settings { return settings(base, "hub-secret") },
					WrongSecret: func(base string) connectors.Settings { return settings(base, "another-secret") },
					Billing: func() staffing.BillingRequest {
						id := uuid.NewString()
						return staffing.BillingRequest{Key: id, Bill: splitBill(id)}
					},
					CountBillings: func() int { return len(sim.Documents()) },
				}
			})
		})
	}
}

func settings(base, secret string) connectors.Settings {
	return connectors.Settings{"client_id": "hub-client", "client_secret": secret, "username": "hub@acme", "account": "4000", "fee_account": "4100",
		"location": "1", "base_url": base + "/ia/api/v1"}
}

// splitBill is a bill of one week over two cost centres.
func splitBill(key string) staffing.Bill {
	bill, err := staffing.FirstBill(key, "ACME", "Acme Corp.", staffing.Placement{
		WorkerName: "Jane Doe", StartDate: "2026-12-01", Purchase: "PO-118",
		BillRate:    &staffing.Rate{Amount: decimal.RequireFromString("95.15"), Currency: "USD", Unit: staffing.Hour},
		CostCentres: []staffing.Allocation{{Code: "CC-4100", Percent: decimal.NewFromInt(60)}, {Code: "CC-4200", Percent: decimal.NewFromInt(40)}},
	})
	if err != nil {
		panic(err)
	}
	return bill
}
