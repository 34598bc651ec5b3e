package netsuite_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/netsuite"
	sandbox "github.com/tributary-hub/tributary/sandbox/netsuite"
	"github.com/tributary-hub/tributary/staffing"
)

// TestConformance holds the connector with cost centres on departments.
func TestConformance(t *testing.T) {
	key, other := newKey(t), newKey(t)
	connectortest.Run(t, netsuite.Kind(), func(*testing.T) connectortest.Vendor {
		sim := sandbox.New(nil, sandbox.Options{Key: &key.PublicKey})
		return connectortest.Vendor{
			Handler:     sim,
			Settings:    func(base string) connectors.Settings { return settings(base, keyText(t, key)) },
			WrongSecret: func(base string) connectors.Settings { return settings(base, keyText(t, other)) },
			Billing: func() staffing.BillingRequest {
				id := uuid.NewString()
				return staffing.BillingRequest{Key: id, Bill: splitBill(id)}
			},
			CountBillings: func() int { return len(sim.Transactions()) },
		}
	})
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func keyText(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func settings(base, key string) connectors.Settings {
	return connectors.Settings{"account_id": "1234567_SB1", "client_id": "hub-client", "certificate_id": "hub-certificate", "private_key": key,
		"item": "TEMP-HOUR", "fee_item": "PERM-FEE", "base_url": base}
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
