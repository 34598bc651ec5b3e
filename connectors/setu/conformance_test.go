package setu_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/setu"
	sandbox "github.com/tributary-hub/tributary/sandbox/setu"
	"github.com/tributary-hub/tributary/staffing"
)

// The suite runs on a client with everything (version 2, Basic, its list in JSON),
// and on one that signs in by OAuth and lists in XML of version 1.4. A client that
// only pushes has a third run.
func TestConformance(t *testing.T) {
	connectortest.Run(t, setu.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		return newHarness(t, sandbox.Options{}).vendor(settings)
	})
}

func TestConformanceWithOAuthAndXML(t *testing.T) {
	connectortest.Run(t, setu.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		return newHarness(t, sandbox.Options{XMLList: true, Silent: true}).vendor(func(base string) connectors.Settings {
			s := settings(base)
			s["auth"], s["token_url"] = "oauth", sandbox.TokenURL(base)
			return s
		})
	})
}

func TestConformanceInVersion14(t *testing.T) {
	connectortest.Run(t, setu.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		h := newHarness(t, sandbox.Options{XMLList: true})
		v := h.vendor(oldSettings)
		v.Webhook = func() (http.Header, []byte) {
			return sandbox.Push(sandbox.Order{ID: fmt.Sprintf("RFQ-%d", h.next())}.XML())
		}
		v.Placement = func() staffing.SubmissionRef {
			ref := staffing.SubmissionRef{ID: "7c9e6679-7425-40de-944b-e07fc1f90ae7", RequisitionID: h.job()}
			h.client.Publish(sandbox.Order{ID: "PO1", Offer: ref.ID})
			return ref
		}
		return v
	})
}

func oldSettings(base string) connectors.Settings {
	s := settings(base)
	s["version"], s["resume"] = "1.4", "leave out"
	return s
}

func TestConformanceOfAClientThatOnlyPushes(t *testing.T) {
	kind := setu.Kind()
	kind.Can = nil // it can less than the catalogue says of a client with everything
	connectortest.Run(t, kind, func(t *testing.T) connectortest.Vendor {
		t.Helper()
		v := newHarness(t, sandbox.Options{}).vendor(pushOnly)
		return connectortest.Vendor{Settings: pushOnly, Webhook: v.Webhook, UnsignedBody: true}
	})
}

func settings(base string) connectors.Settings {
	return connectors.Settings{"base_url": sandbox.BaseURL(base), "orders_url": sandbox.OrdersURL(base), "user": sandbox.User, "secret": sandbox.Secret,
		"supplier_id": "39876", "supplier_kvk": "79001895", "customer_id": "445123",
		"push_user": sandbox.PushUser, "push_secret": sandbox.PushSecret, "push_secret_previous": "push-secret-of-last-year"}
}

func pushOnly(string) connectors.Settings {
	return connectors.Settings{"supplier_id": "39876", "customer_id": "445123", "push_user": sandbox.PushUser, "push_secret": sandbox.PushSecret}
}

// harness drives a simulated client for the conformance suite.
type harness struct {
	t      *testing.T
	client *sandbox.Server
	mu     sync.Mutex
	n      int
	rfq    string // that people are offered for; published when first needed
}

func newHarness(t *testing.T, opts sandbox.Options) *harness {
	t.Helper()
	return &harness{t: t, client: sandbox.New(opts)}
}

func (h *harness) next() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.n++
	return h.n
}

func (h *harness) vendor(settings func(string) connectors.Settings) connectortest.Vendor {
	return connectortest.Vendor{
		Handler: h.client, Settings: settings,
		WrongSecret: func(base string) connectors.Settings {
			s := settings(base)
			s["secret"] = "another-secret"
			return s
		},
		AddRequisitions: func(n int) (ids []string) {
			for range n {
				ids = append(ids, h.client.Publish(sandbox.Order{}))
			}
			return ids
		},
		TouchRequisition: func(id string) { h.must(h.client.Retitle(id, fmt.Sprintf("Lasser %d", h.next()))) },
		Placement: func() staffing.SubmissionRef {
			ref := staffing.SubmissionRef{ID: "7c9e6679-7425-40de-944b-e07fc1f90ae7", RequisitionID: h.job()}
			h.client.Assign(ref.ID, ref.RequisitionID, "W-1")
			return ref
		},
		Submission:       func() staffing.SubmissionRequest { return submission(h.t, h.job(), fmt.Sprintf("W-%d", h.next())) },
		CountSubmissions: h.client.CountOffers,
		Webhook: func() (http.Header, []byte) {
			return sandbox.Push(sandbox.Order{ID: fmt.Sprintf("RFQ-%d", h.next())}.JSON())
		},
		UnsignedBody: true,
		Unpaged:      []staffing.Feed{staffing.FeedRequisitions},
	}
}

func (h *harness) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *harness) job() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rfq == "" {
		h.rfq = h.client.Publish(sandbox.Order{})
	}
	return h.rfq
}

var resume = []byte("%PDF-1.7 Piet van der Berg, lasser")

func submission(t *testing.T, order, worker string) staffing.SubmissionRequest {
	t.Helper()
	fields, err := json.Marshal(map[string]any{"name": "Piet van der Berg", "worker_id": worker, "city": "Weesp", "country": "NL",
		"available_from": "2027-01-11", "start_date": "2027-01-11", "end_date": "2027-06-30",
		"bill_rate": map[string]any{"amount": "38.50", "currency": "EUR", "unit": "hour"}, "pay_rate": map[string]any{"amount": "19.25", "currency": "EUR", "unit": "hour"}})
	if err != nil {
		t.Fatal(err)
	}
	return staffing.SubmissionRequest{Key: "key of " + worker, RequisitionID: order, Fields: fields, Resume: file("piet.pdf", resume)}
}

func file(name string, content []byte) *staffing.File {
	return &staffing.File{Name: name, ContentType: "application/pdf", Size: int64(len(content)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}
}
