package tryton_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/tryton"
	sandbox "github.com/tributary-hub/tributary/sandbox/tryton"
	"github.com/tributary-hub/tributary/staffing"
)

// TestConformance holds the connector with a tax, so that the draft takes a second
// write, and with cost centres.
func TestConformance(t *testing.T) {
	connectortest.Run(t, tryton.Kind(), func(*testing.T) connectortest.Vendor {
		sim := sandbox.New(nil, sandbox.Options{})
		var last atomic.Int64
		settings := func(password string) func(string) connectors.Settings {
			return func(base string) connectors.Settings {
				return connectors.Settings{"base_url": base + "/staffing", "login": "hub", "password": password, "tax": "Sales tax 6%"}
			}
		}
		return connectortest.Vendor{
			Handler: sim, Settings: settings("hub-Drafts26"), WrongSecret: settings("another-password"),
			Billing: func() staffing.BillingRequest {
				key := fmt.Sprintf("3f2b8c1e-0000-4000-8000-%012d", last.Add(1))
				return staffing.BillingRequest{Key: key, Bill: splitBill(key)}
			},
			CountBillings: func() int { return len(sim.Invoices()) },
		}
	})
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
