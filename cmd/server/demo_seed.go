package main

import (
	"context"
	"maps"
	"strings"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/sandbox/world"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// target is where a simulated system sends its webhooks.
type target struct {
	connection uuid.UUID
	secret     string
}

// seed makes the demo's people, clients and connections, as an account manager
// would on the pages. What is there already stays; only addresses follow the
// world, whose ports change from start to start.
func (h *hub) seed(ctx context.Context, w *world.World) (map[string]target, error) {
	if err := h.seedUsers(ctx); err != nil {
		return nil, err
	}
	clients := map[string]uuid.UUID{}
	for _, c := range w.Clients() {
		id, err := h.seedClient(ctx, store.Client{Code: c.Code, Name: c.Name, Currency: c.Currency, Timezone: c.Timezone})
		if err != nil {
			return nil, err
		}
		clients[c.Code] = id
	}
	targets := map[string]target{}
	for _, s := range w.Systems() {
		id, err := h.seedConnection(ctx, s, clients)
		if err != nil {
			return nil, err
		}
		if s.WebhookSecret != "" {
			targets[s.Key] = target{connection: id, secret: s.WebhookSecret}
		}
	}
	return targets, nil
}

func (h *hub) seedUsers(ctx context.Context) error {
	for _, u := range demoUsers() {
		_, err := h.db.store.UserByEmail(ctx, u.email)
		if err == nil {
			continue
		}
		if staffing.CodeOf(err) != staffing.NotFound {
			return err
		}
		if _, err := addUser(ctx, h.db.store, store.User{Email: u.email, Name: u.name, Role: u.role}, demoPassword); err != nil {
			return err
		}
	}
	return nil
}

func (h *hub) seedClient(ctx context.Context, c store.Client) (uuid.UUID, error) {
	known, err := h.db.store.ClientByCode(ctx, c.Code)
	if staffing.CodeOf(err) == staffing.NotFound {
		if known, err = h.db.store.InsertClient(ctx, c); err == nil {
			days, tax := 30, decimal.NewFromInt(6)
			err = h.db.store.SaveContract(ctx, known.ID, store.Contract{BillingContactName: "Accounts payable", BillingContactEmail: "ap@" + strings.ToLower(c.Code) + ".example", NetDays: &days, TaxPercent: &tax})
		}
	}
	return known.ID, err
}

func (h *hub) seedConnection(ctx context.Context, s world.System, clients map[string]uuid.UUID) (uuid.UUID, error) {
	kind, err := h.registry.Kind(s.Kind)
	if err != nil {
		return uuid.Nil, err
	}
	settings, err := kind.Spec.Complete(s.Settings)
	if err != nil {
		return uuid.Nil, err
	}
	open, secrets := split(kind.Spec, settings)
	all, err := h.db.store.Connections(ctx)
	if err != nil {
		return uuid.Nil, err
	}
	for _, c := range all {
		if c.Name == s.Name && c.Kind == s.Kind {
			if maps.Equal(c.Settings.V, open) {
				return c.ID, nil
			}
			h.work.Systems().Forget(c.ID)
			return c.ID, h.db.store.UpdateConnectionSettings(ctx, c.ID, c.Name, open, secrets)
		}
	}
	c := store.Connection{Kind: s.Kind, Role: s.Role, Name: s.Name, Settings: store.Doc(open)}
	if id, ok := clients[s.Client]; ok {
		c.ClientID = &id
	}
	err = h.db.store.InTx(ctx, func(tx *store.Tx) error {
		if c, err = tx.InsertConnection(ctx, c, secrets); err != nil {
			return err
		}
		if err := h.work.Systems().Adopt(ctx, tx, c); err != nil {
			return err
		}
		return tx.Audit(ctx, "demo", "connection.created", "connection", c.ID.String(), map[string]any{"kind": c.Kind})
	})
	return c.ID, err
}

// split parts the settings that may be read in the database from the secret ones.
func split(spec connectors.Spec, settings connectors.Settings) (open, secrets map[string]string) {
	open, secrets = map[string]string{}, map[string]string{}
	for _, f := range spec {
		v, ok := settings[f.Key]
		if !ok {
			continue
		}
		if f.Secret {
			secrets[f.Key] = strings.TrimSpace(v)
		} else {
			open[f.Key] = v
		}
	}
	return open, secrets
}
