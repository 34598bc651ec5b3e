package quickbooks_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/quickbooks"
	sandbox "github.com/tributary-hub/tributary/sandbox/quickbooks"
	"github.com/tributary-hub/tributary/staffing"
)

func settings(base string) connectors.Settings {
	return connectors.Settings{"client_id": "sandbox-client", "client_secret": "sandbox-secret", "refresh_token": "sandbox-refresh", "realm_id": sandbox.Realm,
		"hours_item": "Temporary staff", "fee_item": "Placement fee", "base_url": base, "token_url": base + "/oauth2/v1/tokens/bearer"}
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

func TestConformance(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, quickbooks.Kind(), func(*testing.T) connectortest.Vendor {
		company := sandbox.New(sandbox.Options{})
		var last atomic.Int64
		return connectortest.Vendor{
			Handler: company, Settings: with(nil), WrongSecret: with(connectors.Settings{"client_secret": "another-secret"}),
			Billing: func() staffing.BillingRequest {
				key := fmt.Sprintf("3f2b8c1e-0000-4000-8000-%012d", last.Add(1))
				return staffing.BillingRequest{Key: key, Bill: splitBill(key)}
			},
			CountBillings: func() int { return len(company.Estimates()) },
		}
	})
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
	b, err := staffing.FirstBill(key, "Acme Corp.", "Acme", p)
	if err != nil {
		panic(err) // a fault of the test
	}
	return b
}

// open serves the company and opens a connection to it.
func open(t *testing.T, handler http.Handler, more connectors.Settings) *quickbooks.Connector {
	t.Helper()
	return again(t, connectortest.NewDeps(quickbooks.Kind(), with(more)(serve(t, handler))))
}

func serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	return srv.URL
}

// again opens the connector as another process would: with the same tokens.
func again(t *testing.T, d connectors.Deps) *quickbooks.Connector {
	t.Helper()
	c, err := quickbooks.Kind().Open(d)
	if err != nil {
		t.Fatal(err)
	}
	q, ok := c.(*quickbooks.Connector)
	if !ok {
		t.Fatalf("Open gave %T", c)
	}
	return q
}
