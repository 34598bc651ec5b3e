package jobs

import (
	"context"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

const (
	reconcileBatch = 25   // bills that one job looks up; then others have their turn
	reconcileMost  = 2000 // bills of one comparison
)

// reconcileArgs name a comparison with the ERP and which part of it is done.
type reconcileArgs struct {
	idArgs
	Part int `json:"part,omitempty"`
	// Listing: all our bills are looked up, and the ERP's own list is read from Cursor on.
	Listing bool   `json:"listing,omitempty"`
	Cursor  string `json:"cursor,omitempty"`
	CutOff  bool   `json:"cut_off,omitempty"` // we had more bills than it looks up
}

func (reconcileArgs) Kind() string { return kindReconcile }
func (a reconcileArgs) about() (staffing.Subject, string) {
	return staffing.SubjectConnection, "reconciliation-" + a.ID.String()
}

// Reconcile enqueues a comparison that was begun in the same transaction.
func (h *Hub) Reconcile(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	return h.enqueue(ctx, tx, reconcileArgs{idArgs: idArgs{id}})
}

// reconcile looks up some bills of a period at the ERP, by the reference that the hub
// left there, and goes on in another job until all are compared. It writes nothing
// outside. A look-up is paced like every other call of the connection.
func (h *Hub) reconcile(ctx context.Context, r *run, a reconcileArgs) error {
	rec, err := h.store.Reconciliation(ctx, a.ID)
	if err != nil || rec.State != store.ReconciliationRunning {
		return err
	}
	if a.Listing {
		return h.listBooks(ctx, r, a, rec)
	}
	sys, sink, err := h.books(ctx, r)
	if err != nil {
		return h.endReconciliation(ctx, r, rec, err)
	}
	rec.ERP = sys.Connection.Name
	bills, err := h.store.BillsToReconcile(ctx, rec, reconcileBatch)
	if err != nil {
		return err
	}
	for _, b := range bills {
		row, err := lookUp(ctx, sink, rec.ID, b)
		if err != nil {
			return h.endReconciliation(ctx, r, rec, err)
		}
		if err := h.store.SaveReconciliationRow(ctx, row); err != nil {
			return err
		}
	}
	n, err := h.store.CountReconciled(ctx, rec.ID)
	if err != nil {
		return err
	}
	if rec.CutOff = n >= reconcileMost; len(bills) == reconcileBatch && !rec.CutOff {
		return r.finish(ctx, func(tx *store.Tx) error {
			return h.enqueue(ctx, tx, reconcileArgs{idArgs: a.idArgs, Part: a.Part + 1})
		})
	}
	if _, lists := sys.Connector.(staffing.BillingLister); lists {
		return r.finish(ctx, func(tx *store.Tx) error {
			return h.enqueue(ctx, tx, reconcileArgs{idArgs: a.idArgs, Listing: true, CutOff: rec.CutOff})
		})
	}
	return h.endReconciliation(ctx, r, rec, nil)
}

// books opens the firm's ERP for looking.
func (h *Hub) books(ctx context.Context, r *run) (*System, staffing.BillingSink, error) {
	id, err := h.firmERP(ctx)
	if staffing.CodeOf(err) == staffing.NotFound {
		return nil, nil, staffing.Errorf(staffing.NotFound, "no ERP is connected, so there is nothing to compare with")
	}
	if err != nil {
		return nil, nil, err
	}
	sys, err := r.open(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	sink, err := can[staffing.BillingSink](sys, "look up billing records")
	return sys, sink, err
}

// endReconciliation keeps how a comparison ended. What passes by itself is tried again
// first; what was found until then stays.
func (h *Hub) endReconciliation(ctx context.Context, r *run, rec store.Reconciliation, why error) error {
	if why != nil && passes(why) && r.attempt < r.maxAttempts {
		return why
	}
	rec.State = store.ReconciliationDone
	if why != nil {
		rec.State, rec.Error = store.ReconciliationFailed, staffing.MessageOf(why)
	}
	return r.finish(ctx, func(tx *store.Tx) error { return tx.EndReconciliation(ctx, rec) })
}

// passes says that the same question may be answered later.
func passes(err error) bool {
	switch staffing.CodeOf(err) {
	case staffing.Unavailable, staffing.RateLimited, staffing.Internal:
		return true
	default:
		return false
	}
}

// lookUp compares one bill. An error that is of this bill alone is a row; others end
// the step.
func lookUp(ctx context.Context, sink staffing.BillingSink, run uuid.UUID, b store.Bill) (store.ReconciliationRow, error) {
	row := store.ReconciliationRow{ReconciliationID: run, BillID: b.ID}
	rc, err := sink.FindBilling(ctx, b.Reference)
	switch code := staffing.CodeOf(err); {
	case err == nil:
		row.ERPNumber, row.ERPURL = rc.Number, rc.URL
		differences := differencesOf(b, rc)
		row.Differences, row.Result = store.Doc(differences), store.InBoth
		if len(differences) > 0 {
			row.Result = store.Different
		}
	case code == staffing.NotFound:
		row.Result, row.Note = store.OnlyHere, notThere(b)
	case code == staffing.Invalid, code == staffing.Conflict:
		row.Result, row.Note = store.NotKnown, staffing.MessageOf(err)
	default:
		return row, err
	}
	return row, nil
}

func notThere(b store.Bill) string {
	switch b.State {
	case store.BillPosted:
		return "The hub posted it; the ERP does not find our reference."
	case store.BillApproved:
		return "It is approved and not posted yet."
	default:
		return "It waits for review."
	}
}

// differencesOf holds what the hub keeps of a bill against what the ERP says of it. An
// amount is compared where the ERP tells one without tax; a credit has its sign here
// and none there.
func differencesOf(b store.Bill, rc staffing.Receipt) (out []store.FieldDifference) {
	differ := func(field, here, there string) {
		if there != "" && here != there {
			out = append(out, store.FieldDifference{Field: field, Here: here, There: there})
		}
	}
	if b.State != store.BillPosted {
		differ("state", b.State, "in the ERP")
	} else {
		if b.ERPID != nil {
			differ("id", *b.ERPID, rc.ID)
		}
		differ("number", b.ERPNumber, rc.Number)
	}
	if code := rc.Extra["currency"]; len(code) == 3 { // some call it by a name
		differ("currency", b.Bill.V.Currency, code)
	}
	if there, ok := untaxed(rc.Extra); ok && !there.Abs().Equal(b.Bill.V.Total.Abs()) {
		differ("amount", b.Bill.V.Total.String(), there.String())
	}
	return out
}

// untaxed gives the amount without tax that a receipt tells of.
func untaxed(extra map[string]string) (decimal.Decimal, bool) {
	if d, err := decimal.NewFromString(extra["untaxed"]); err == nil {
		return d, true
	}
	total, err := decimal.NewFromString(extra["total"])
	if err != nil {
		return total, false
	}
	tax, err := decimal.NewFromString(extra["tax"])
	return total.Sub(tax), err == nil
}
