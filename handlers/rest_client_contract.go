package handlers

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// GetContract implements the operation of that name.
func (a restAPI) GetContract(ctx context.Context, req api.GetContractRequestObject) (api.GetContractResponseObject, error) {
	c, err := a.s.store.Client(ctx, req.ID)
	return api.GetContract200JSONResponse(contractAnswer(c.Contract)), err
}

func contractAnswer(c store.Contract) api.ClientContract {
	return api.ClientContract{TaxRegion: c.TaxRegion, MarginFloor: decimalText(c.MarginFloor), TaxPercent: decimalText(c.TaxPercent), PORequired: c.PORequired,
		BillingContactName: c.BillingContactName, BillingContactEmail: c.BillingContactEmail, NetDays: c.NetDays}
}

// PutContract implements the operation of that name.
func (a restAPI) PutContract(ctx context.Context, req api.PutContractRequestObject) (api.PutContractResponseObject, error) {
	sent := req.Body
	f := web.ContractForm{TaxRegion: sent.TaxRegion, MarginFloor: sent.MarginFloor, TaxPercent: sent.TaxPercent, PORequired: sent.PORequired,
		ContactName: sent.BillingContactName, ContactEmail: sent.BillingContactEmail, NetDays: numberText(sent.NetDays)}
	contract, problems := readContract(f)
	if len(problems) > 0 {
		field := slices.Min(slices.Collect(maps.Keys(problems)))
		name := orText(map[string]string{"contact_name": "billing_contact_name", "contact_email": "billing_contact_email"}[field], field)
		return nil, invalidField(name, "%s: %s", name, lowerFirst(problems[field]))
	}
	if err := a.s.saveContractBy(ctx, actorOf(ctx), req.ID, contract); err != nil {
		return nil, err
	}
	c, err := a.s.store.Client(ctx, req.ID)
	return api.PutContract200JSONResponse(contractAnswer(c.Contract)), err
}

// ListPurchaseOrders implements the operation of that name.
func (a restAPI) ListPurchaseOrders(ctx context.Context, req api.ListPurchaseOrdersRequestObject) (api.ListPurchaseOrdersResponseObject, error) {
	if _, err := a.s.store.Client(ctx, req.ID); err != nil {
		return nil, err
	}
	list, err := a.s.store.PurchaseOrders(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	return api.ListPurchaseOrders200JSONResponse{Items: each(list, orderAnswer)}, nil
}

func orderAnswer(o store.PurchaseOrder) api.PurchaseOrder {
	return api.PurchaseOrder{Number: o.Number, ValidFrom: o.ValidFrom, ValidTo: o.ValidTo, Amount: decimalText(o.Amount), Currency: o.Currency,
		CreatedAt: o.CreatedAt.UTC(), UpdatedAt: o.UpdatedAt.UTC()}
}

// GetPurchaseOrder implements the operation of that name.
func (a restAPI) GetPurchaseOrder(ctx context.Context, req api.GetPurchaseOrderRequestObject) (api.GetPurchaseOrderResponseObject, error) {
	if _, err := a.s.store.Client(ctx, req.ID); err != nil {
		return nil, err
	}
	o, err := a.s.store.PurchaseOrder(ctx, req.ID, strings.TrimSpace(req.Number))
	return api.GetPurchaseOrder200JSONResponse(orderAnswer(o)), err
}

// PutPurchaseOrder implements the operation of that name.
func (a restAPI) PutPurchaseOrder(ctx context.Context, req api.PutPurchaseOrderRequestObject) (api.PutPurchaseOrderResponseObject, error) {
	c, err := a.s.store.Client(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	sent := req.Body
	o, field, problem := readOrder(req.Number, sent.ValidFrom, sent.ValidTo, sent.Amount, sent.Currency)
	if problem != "" {
		return nil, invalidField(field, "%s: %s", field, problem)
	}
	if err := a.s.saveOrdersBy(ctx, actorOf(ctx), c.ID, []store.PurchaseOrder{o}); err != nil {
		return nil, err
	}
	o, err = a.s.store.PurchaseOrder(ctx, c.ID, o.Number)
	return api.PutPurchaseOrder200JSONResponse(orderAnswer(o)), err
}

// DeletePurchaseOrder implements the operation of that name.
func (a restAPI) DeletePurchaseOrder(ctx context.Context, req api.DeletePurchaseOrderRequestObject) (api.DeletePurchaseOrderResponseObject, error) {
	if _, err := a.s.store.Client(ctx, req.ID); err != nil {
		return nil, err
	}
	o, err := a.s.store.PurchaseOrder(ctx, req.ID, strings.TrimSpace(req.Number))
	if err != nil {
		return nil, err
	}
	if err := a.s.dropOrderBy(ctx, actorOf(ctx), req.ID, o.ID); err != nil {
		return nil, err
	}
	return api.DeletePurchaseOrder204Response{}, nil
}
