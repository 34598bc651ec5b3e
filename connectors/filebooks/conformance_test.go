package filebooks_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/filebooks"
	"github.com/tributary-hub/tributary/sandbox/file"
	"github.com/tributary-hub/tributary/staffing"
)

// TestConformanceBySFTP holds one file a bill, over a server that is made to fail at
// each of its operations. Batches that grow are held in batch_test.go.
func TestConformanceBySFTP(t *testing.T) {
	connectortest.Run(t, filebooks.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		server, err := file.New(file.Options{User: "hub", Password: "river-runs-deep-22"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(server.Close)
		server.Mkdir("/books")
		host, port := server.Address()
		settings := func(password string) func(string) connectors.Settings {
			return func(string) connectors.Settings {
				return connectors.Settings{"transport": "sftp", "host": host, "port": port, "user": "hub", "password": password, "host_key": server.Fingerprint(),
					"folder": "/books", "marker": ".done"}
			}
		}
		return connectortest.Vendor{
			Wire: server.Wire, Settings: settings("river-runs-deep-22"), WrongSecret: settings("another"),
			Billing: func() staffing.BillingRequest {
				id := uuid.NewString()
				return staffing.BillingRequest{Key: id, Bill: splitBill(id)}
			},
			CountBillings: func() int { return len(server.Names("/books/bill-*.csv")) },
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
