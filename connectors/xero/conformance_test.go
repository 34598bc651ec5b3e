package xero_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/xero"
	sandbox "github.com/tributary-hub/tributary/sandbox/xero"
	"github.com/tributary-hub/tributary/staffing"
)

func settings(base string) connectors.Settings {
	return connectors.Settings{"client_id": "sandbox-client", "client_secret": "sandbox-secret", "refresh_token": "sandbox-refresh", "tenant_id": sandbox.Tenant,
		"account_code": "200", "fee_account_code": "210", "item_code": "TEMP-HOUR", "tax_type": "NONE", "base_url": base + "/api.xro/2.0", "token_url": base + "/connect/token"}
}

func with(more connectors.Settings) func(string) connectors.Settings {
	return func(base string) connectors.Settings {
		s := settings(base)
		for k, v := range more {
			s[k] = v
		}
		return s
	}
}

// TestConformance holds the connector as a web app, whose refresh token changes with
// every use, and as a custom connection.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]connectors.Settings{"web app": nil, "custom connection": {"refresh_token": ""}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			connectortest.Run(t, xero.Kind(), func(*testing.T) connectortest.Vendor {
				books := sandbox.New(sandbox.Options{})
				var last atomic.Int64
				wrong := connectors.Settings{"client_secret": "another-secret"}
				for k, v := range more {
					wrong[k] = v
				}
				return connectortest.Vendor{
					Handler: books, Settings: with(more), WrongSecret: with(wrong),
					Billing: func() staffing.BillingRequest {
						key := fmt.Sprintf("3f2b8c1e-0000-4000-8000-%012d", last.Add(1))
						return staffing.BillingRequest{Key: key, Bill: splitBill(key)}
					},
					CountBillings: func() int { return len(books.Documents()) },
				}
			})
		})
	}
}

// splitBill is a bill of one week over two cost centres.
func splitBill(key string) staffing.Bill {
	return bill(key, staffing.Placement{
		WorkerName: "Jane Doe", StartDate: "2026-12-01", Purchase: "PO-118", BillRate: rate("95.15", "USD", staffing.Hour),
		CostCentres: []staffing.Allocation{{Code: "CC-4100", Percent: decimal.NewFromInt(60)}, {Code: "CC-4200", Percent: decimal.NewFromInt(40)}},
	})
}

func rate(amount, currency string, unit staffing.Unit) *staffing.Rate {
	return &staffing.Rate{Amount: decimal.RequireFromString(amount), Currency: currency, Unit: unit}
}

func bill(key string, p staffing.Placement) staffing.Bill {
	b, err := staffing.FirstBill(key, "ACME", "Acme Corp.", p)
	if err != nil {
		panic(err) // a fault of the test
	}
	return b
}

// open serves the organisation and opens a connection to it.
func open(t *testing.T, handler http.Handler, more connectors.Settings) *xero.Connector {
	t.Helper()
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	return again(t, connectortest.NewDeps(xero.Kind(), with(more)(srv.URL)))
}

// again opens the connector as another process would: with the same tokens.
func again(t *testing.T, d connectors.Deps) *xero.Connector {
	t.Helper()
	c, err := xero.Kind().Open(d)
	if err != nil {
		t.Fatal(err)
	}
	x, ok := c.(*xero.Connector)
	if !ok {
		t.Fatalf("Open gave %T", c)
	}
	return x
}
