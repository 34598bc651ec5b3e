package handlers

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// restCalls notes what a fake was asked for, in order.
type restCalls struct {
	mu   sync.Mutex
	list []string
}

func (c *restCalls) note(call string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, call)
}

func (c *restCalls) has(call string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Contains(c.list, call)
}

// restConnector is a client's system: it is read, and delivers webhooks.
type restConnector struct {
	report staffing.Report
	err    error
}

func (c restConnector) Check(context.Context) (staffing.Report, error) { return c.report, c.err }
func (c restConnector) Requisitions(context.Context, staffing.Cursor) (staffing.Page, error) {
	return staffing.Page{}, nil
}
func (c restConnector) Verify(http.Header, []byte, time.Time) error          { return nil }
func (c restConnector) DeliveryID(http.Header, []byte) string                { return "1" }
func (c restConnector) Events(http.Header, []byte) ([]staffing.Event, error) { return nil, nil }

type restSystems struct {
	restCalls
	store     *store.Store
	connector restConnector
	refuse    error // of Try
}

func (s *restSystems) Connector(ctx context.Context, id uuid.UUID) (staffing.Checker, error) {
	if _, err := s.store.Connection(ctx, id); err != nil {
		return nil, err
	}
	return s.connector, nil
}

func (s *restSystems) Try(connectors.Kind, connectors.Settings) (staffing.Checker, error) {
	return s.connector, s.refuse
}

func (s *restSystems) Adopt(ctx context.Context, tx *store.Tx, c store.Connection) error {
	if _, err := tx.PublishProfile(ctx, c.ID, "{}", "hub", "default"); err != nil {
		return err
	}
	return tx.UpsertFeed(ctx, c.ID, staffing.FeedRequisitions, time.Minute)
}

func (s *restSystems) Forget(id uuid.UUID) { s.note("forget " + id.String()) }

type restQueue struct{ restCalls }

func (q *restQueue) Received(context.Context, *store.Tx, int64) error { return nil }
func (q *restQueue) Validate(_ context.Context, _ *store.Tx, id uuid.UUID) error {
	q.note("validate " + id.String())
	return nil
}
func (q *restQueue) Deliver(_ context.Context, _ *store.Tx, id uuid.UUID) error {
	q.note("deliver " + id.String())
	return nil
}
func (q *restQueue) Extract(context.Context, *store.Tx, uuid.UUID) error { return nil }
func (q *restQueue) Post(_ context.Context, _ *store.Tx, id uuid.UUID) error {
	q.note("post " + id.String())
	return nil
}
func (q *restQueue) Reconcile(_ context.Context, _ *store.Tx, id uuid.UUID) error {
	q.note("reconcile")
	return nil
}
func (q *restQueue) Retry(ctx context.Context, tx *store.Tx, f store.Failure) error {
	q.note("retry " + f.SubjectID)
	return tx.RetryFailure(ctx, f.ID)
}
func (q *restQueue) Wake(context.Context) error {
	q.note("wake")
	return nil
}

// restDesk sends back as the real one does, and notes who did it.
type restDesk struct {
	fakeDesk
	store *store.Store
	by    store.User
}

func (d *restDesk) Correct(context.Context, store.User, uuid.UUID, string, string, string) error {
	panic("the API corrects nothing")
}
func (d *restDesk) Approve(context.Context, store.User, uuid.UUID, string) error {
	panic("the API approves nothing")
}
func (d *restDesk) SendBack(ctx context.Context, by store.User, id uuid.UUID, reason string) error {
	d.by = by
	return d.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.SendBack(ctx, id, reason); err != nil {
			return err
		}
		return tx.Audit(ctx, by.Email, "placement.sent_back", "placement", id.String(), nil)
	})
}
func (d *restDesk) ApproveBill(context.Context, store.User, uuid.UUID, string) error {
	panic("the API approves nothing")
}
func (d *restDesk) RefuseBill(context.Context, store.User, uuid.UUID, string) error {
	panic("the API refuses nothing")
}
func (d *restDesk) Fields() [][2]string {
	return [][2]string{{"end_date", "End date"}, {"bill_rate", "Bill rate"}}
}

// Amend keeps a version and proposes a delta of 152 USD, as the real one does for a
// higher rate.
func (d *restDesk) Amend(ctx context.Context, by store.User, id uuid.UUID, a staffing.Amendment) error {
	if d.err != nil {
		return d.err
	}
	d.by = by
	return d.store.InTx(ctx, func(tx *store.Tx) error {
		p, err := tx.LockPlacement(ctx, id)
		if err != nil {
			return err
		}
		terms := store.PlacementVersion{Terms: p.Canonical, Provenance: store.Doc(store.Provenance{"bill_rate": {Person: by.Email, Reason: a.Reason, At: tx.Now()}})}
		change := store.Change{Kind: a.Kind, EffectiveFrom: a.EffectiveFrom, Reason: a.Reason, Author: by.Email}
		b := store.NewBill(p, *p.Bill.V)
		b.Kind, b.State, b.Editors = staffing.BillDelta, store.BillAwaitingReview, []string{by.ID.String()}
		b.Bill.V.Kind, b.Bill.V.Total = b.Kind, decimal.NewFromInt(152)
		if b.Version, err = tx.AddVersion(ctx, id, change, terms); err != nil {
			return err
		}
		if b.ContentHash, err = store.HashContent(p.Canonical.V, &b.Bill.V); err != nil {
			return err
		}
		if err := tx.InsertBill(ctx, b); err != nil {
			return err
		}
		return tx.Audit(ctx, by.Email, "placement.amended", "placement", id.String(), nil)
	})
}

// restRegistry knows a client's system and one of the firm's own.
func restRegistry() (*connectors.Registry, error) {
	spec := connectors.Spec{
		{Key: "base_url", Label: "Address", Help: "The address of the account.", Required: true, URL: true},
		{Key: "region", Label: "Region", Help: "Where the account lives.", Default: "us", Options: []string{"us", "eu"}},
		{Key: "api_key", Label: "API key", Help: "From the account's page.", Required: true, Secret: true},
		{Key: "spare_key", Label: "Spare key", Help: "While keys are exchanged.", Secret: true},
	}
	kind := func(name string, role staffing.Role) connectors.Kind {
		return connectors.Kind{Name: name, Label: "Label of " + name, Role: role, DocsURL: "https://vendor.test/docs", APIVersion: "1", Summary: "A system for tests.",
			WebhookHelp: "Under Integrations.", Spec: spec, Mapping: []byte("{}"), Limits: connectors.Limits{PerSecond: 2.5, Burst: 5, Concurrency: 2},
			Open: func(connectors.Deps) (staffing.Checker, error) { return restConnector{}, nil }}
	}
	return connectors.NewRegistry(kind("test", staffing.RoleClient), kind("test-own", staffing.RoleInternalATS))
}
