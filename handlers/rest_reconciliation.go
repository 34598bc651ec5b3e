package handlers

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// ListReconciliations implements the operation of that name.
func (a restAPI) ListReconciliations(ctx context.Context, req api.ListReconciliationsRequestObject) (api.ListReconciliationsResponseObject, error) {
	list, err := a.s.store.Reconciliations(ctx, req.Params.Limit)
	if err != nil {
		return nil, err
	}
	return api.ListReconciliations200JSONResponse{Items: each(list, reconciliationSummary)}, nil
}

func reconciliationSummary(r store.Reconciliation) api.ReconciliationSummary {
	return api.ReconciliationSummary{ID: r.ID, From: r.From, To: r.To, ClientID: value(r.ClientID), State: r.State, ERP: r.ERP, CanList: r.CanList, CutOff: r.CutOff,
		Error: r.Error, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt.UTC(), FinishedAt: utc(r.FinishedAt)}
}

// StartReconciliation implements the operation of that name.
func (a restAPI) StartReconciliation(ctx context.Context, req api.StartReconciliationRequestObject) (api.StartReconciliationResponseObject, error) {
	p, err := a.sentPeriod(ctx, *req.Body)
	if err != nil {
		return nil, err
	}
	rec, err := a.s.reconcileBy(ctx, actorOf(ctx), p)
	return api.StartReconciliation202JSONResponse(reconciliationSummary(rec)), err
}

// sentPeriod reads what is to be compared.
func (a restAPI) sentPeriod(ctx context.Context, sent api.NewReconciliation) (p period, err error) {
	p = period{from: staffing.Date(sent.From), to: staffing.Date(sent.To)}
	from, badFrom := time.Parse(time.DateOnly, sent.From)
	to, badTo := time.Parse(time.DateOnly, sent.To)
	switch {
	case badFrom != nil:
		return p, invalidField("from", "from: it must be a day such as 2026-04-01")
	case badTo != nil:
		return p, invalidField("to", "to: it must be a day such as 2026-04-30")
	case to.Before(from):
		return p, invalidField("to", "to: it is before from; give the last day of the period")
	case to.Sub(from) > longestPeriod*24*time.Hour:
		return p, invalidField("to", "to: a comparison spans at most %d days; compare longer periods in parts", longestPeriod)
	}
	if sent.ClientID == uuid.Nil {
		return p, nil
	}
	p.client = &sent.ClientID
	if _, err = a.s.store.Client(ctx, sent.ClientID); staffing.CodeOf(err) == staffing.NotFound {
		err = invalidField("client_id", "client_id: there is no such client")
	}
	return p, err
}

// GetReconciliation implements the operation of that name.
func (a restAPI) GetReconciliation(ctx context.Context, req api.GetReconciliationRequestObject) (api.GetReconciliationResponseObject, error) {
	rec, err := a.s.store.Reconciliation(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	lines, err := a.s.store.ReconciliationLines(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	strays, err := a.s.store.ReconciliationStrays(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	rows, p := slices.Concat(each(strays, strayAnswer), each(lines, reconciliationRow)), req.Params
	out := api.ReconciliationDetail{ReconciliationSummary: reconciliationSummary(rec), Counts: resultCounts(rows), Limit: p.Limit, Offset: p.Offset}
	if len(p.Result) > 0 {
		rows = slices.DeleteFunc(rows, func(r api.ReconciliationRow) bool { return !slices.Contains(p.Result, r.Result) })
	}
	begin := min(p.Offset, len(rows))
	out.Total, out.Rows = len(rows), rows[begin:min(begin+p.Limit, len(rows))]
	return api.GetReconciliation200JSONResponse(out), nil
}

func reconciliationRow(l store.ReconciliationLine) api.ReconciliationRow {
	bill := l.Bill.V
	return api.ReconciliationRow{Result: api.ReconciliationResult(l.Result), BillID: l.BillID, PlacementID: l.PlacementID, ClientName: l.ClientName, WorkerName: l.WorkerName,
		Kind: l.Kind, State: l.State, Reference: bill.Reference, Date: bill.Date, Currency: bill.Currency, Total: bill.Total, ERPNumber: l.ERPNumber, ERPURL: l.ERPURL,
		Note: l.Note, Differences: each(l.Differences.V, func(d store.FieldDifference) api.FieldDifference { return api.FieldDifference(d) })}
}

func strayAnswer(x store.ReconciliationStray) api.ReconciliationRow {
	row := api.ReconciliationRow{Result: store.OnlyThere, ClientID: value(x.ClientID), ClientName: x.CustomerName, CustomerCode: x.CustomerCode, Reference: x.Reference, Date: x.Day,
		Currency: x.Currency, ERPID: x.ERPID, ERPNumber: x.ERPNumber, ERPURL: x.ERPURL, Note: strayNote(x), Differences: []api.FieldDifference{}}
	row.Total = value(x.Untaxed)
	return row
}

func resultCounts(rows []api.ReconciliationRow) (out api.ReconciliationCounts) {
	n := map[string]int{}
	for _, r := range rows {
		n[string(r.Result)]++
	}
	return api.ReconciliationCounts{Both: n[store.InBoth], Different: n[store.Different], OnlyHere: n[store.OnlyHere], OnlyThere: n[store.OnlyThere], Unknown: n[store.NotKnown]}
}

// ListClosedPeriods implements the operation of that name.
func (a restAPI) ListClosedPeriods(ctx context.Context, _ api.ListClosedPeriodsRequestObject) (api.ListClosedPeriodsResponseObject, error) {
	list, err := a.s.store.ClosedPeriods(ctx)
	if err != nil {
		return nil, err
	}
	return api.ListClosedPeriods200JSONResponse{Items: each(list, func(c store.ClosedPeriod) api.ClosedPeriod {
		return api.ClosedPeriod{Month: string(c.Month)[:len("2006-01")], Note: c.Note, ClosedBy: c.ClosedBy, ClosedAt: c.ClosedAt.UTC()}
	})}, nil
}
