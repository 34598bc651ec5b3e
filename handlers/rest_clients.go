package handlers

import (
	"context"
	"time"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// ListClients implements the operation of that name.
func (a restAPI) ListClients(ctx context.Context, _ api.ListClientsRequestObject) (api.ListClientsResponseObject, error) {
	list, err := a.s.store.Clients(ctx)
	if err != nil {
		return nil, err
	}
	return api.ListClients200JSONResponse{Items: each(list, clientAnswer)}, nil
}

// GetClient implements the operation of that name.
func (a restAPI) GetClient(ctx context.Context, req api.GetClientRequestObject) (api.GetClientResponseObject, error) {
	c, err := a.s.store.Client(ctx, req.ID)
	return api.GetClient200JSONResponse(clientAnswer(c)), err
}

func clientAnswer(c store.Client) api.Client {
	return api.Client{ID: c.ID, Code: c.Code, Name: c.Name, Currency: c.Currency, Timezone: c.Timezone, ReviewThreshold: c.ReviewThreshold,
		ERPCustomer: c.ERPCustomer, ItemTime: c.ItemTime, ItemFee: c.ItemFee, CreatedAt: c.CreatedAt.UTC()}
}

// UpdateClient implements the operation of that name.
func (a restAPI) UpdateClient(ctx context.Context, req api.UpdateClientRequestObject) (api.UpdateClientResponseObject, error) {
	var after store.Client
	err := a.s.audited(ctx, deed{actorOf(ctx), "client.updated", subjectClient, req.ID}, func(tx *store.Tx) (map[string]any, error) {
		before, err := tx.Client(ctx, req.ID)
		if err != nil {
			return nil, err
		}
		if after, err = changedClient(before, req.Body); err != nil {
			return nil, err
		}
		return map[string]any{"fields": changedOfClient(before, after)}, tx.UpdateClient(ctx, after)
	})
	if err != nil {
		return nil, err
	}
	return api.UpdateClient200JSONResponse(clientAnswer(after)), nil
}

// changedClient puts what was sent into the client. A token makes the review of
// publications stricter only: else it could let its own pass.
func changedClient(c store.Client, sent *api.ClientChange) (store.Client, error) {
	c.Name, c.Currency, c.Timezone = orText(sent.Name, c.Name), orText(sent.Currency, c.Currency), orText(sent.Timezone, c.Timezone)
	if _, err := time.LoadLocation(c.Timezone); err != nil || c.Timezone == "Local" {
		return c, invalidField("timezone", "timezone: it must be the name of a time zone, such as America/New_York")
	}
	if limit := sent.ReviewThreshold; limit != nil {
		if *limit > c.ReviewThreshold {
			return c, staffing.Errorf(staffing.Forbidden, "a token may lower the threshold of %d records, not raise it: somebody does that on the client's page", c.ReviewThreshold)
		}
		c.ReviewThreshold = *limit
	}
	return c, nil
}

// CreateClient implements the operation of that name. The contract fills in what
// is left out.
func (a restAPI) CreateClient(ctx context.Context, req api.CreateClientRequestObject) (api.CreateClientResponseObject, error) {
	c := store.Client{Code: req.Body.Code, Name: req.Body.Name, Currency: req.Body.Currency, Timezone: req.Body.Timezone}
	if _, err := time.LoadLocation(c.Timezone); err != nil || c.Timezone == "Local" {
		return nil, invalidField("timezone", "timezone: it must be the name of a time zone, such as America/New_York")
	}
	err := a.s.store.InTx(ctx, func(tx *store.Tx) (err error) {
		if c, err = tx.InsertClient(ctx, c); err != nil {
			return err
		}
		return tx.Audit(ctx, actorOf(ctx), "client.created", "client", c.ID.String(), map[string]any{"code": c.Code})
	})
	if err != nil {
		return nil, err
	}
	return api.CreateClient201JSONResponse(clientAnswer(c)), nil
}
