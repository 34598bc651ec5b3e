package jobs

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

const (
	listMost  = 500  // pages of the ERP's list that one comparison reads
	strayMost = 2000 // documents that it keeps
)

// listBooks reads one page of what stands in the ERP's books for the period, keeps what
// the hub does not know, and goes on in another job until all is read.
func (h *Hub) listBooks(ctx context.Context, r *run, a reconcileArgs, rec store.Reconciliation) error {
	sys, lister, err := h.lister(ctx, r)
	if err != nil {
		return h.endReconciliation(ctx, r, rec, err)
	}
	rec.ERP, rec.CanList = sys.Connection.Name, true
	page, err := lister.ListBilling(ctx, rec.From, rec.To, a.Cursor)
	if err != nil {
		return h.endReconciliation(ctx, r, rec, err)
	}
	strays, err := h.strays(ctx, rec, page.Records)
	if err != nil {
		return err
	}
	n, err := h.store.CountStrays(ctx, rec.ID)
	if err != nil {
		return err
	}
	full := n+len(strays) > strayMost || a.Part >= listMost
	ends := page.Next == "" || page.Next == a.Cursor || full
	rec.CutOff = a.CutOff || full || page.Next != "" && page.Next == a.Cursor
	if ends {
		rec.State = store.ReconciliationDone
	}
	return r.finish(ctx, func(tx *store.Tx) error {
		for _, s := range strays[:min(len(strays), max(0, strayMost-n))] {
			if err := tx.SaveReconciliationStray(ctx, s); err != nil {
				return err
			}
		}
		if ends {
			return tx.EndReconciliation(ctx, rec)
		}
		return h.enqueue(ctx, tx, reconcileArgs{idArgs: a.idArgs, Part: a.Part + 1, Listing: true, Cursor: page.Next, CutOff: a.CutOff})
	})
}

func (h *Hub) lister(ctx context.Context, r *run) (*System, staffing.BillingLister, error) {
	sys, _, err := h.books(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	lister, err := can[staffing.BillingLister](sys, "list billing records")
	return sys, lister, err
}

// strays gives the records that belong to no bill of ours, although they are for a
// customer that our clients have, or carry a reference such as the hub leaves.
func (h *Hub) strays(ctx context.Context, rec store.Reconciliation, records []staffing.BillingRecord) (out []store.ReconciliationStray, err error) {
	var keys, ids []string
	for _, r := range records {
		keys, ids = append(keys, r.Key), append(ids, r.ID)
	}
	known, err := h.store.BillsInBooks(ctx, keys, ids)
	if err != nil {
		return nil, err
	}
	clients, err := h.store.Clients(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		ours := slices.ContainsFunc(known, func(b store.Bill) bool {
			return b.Reference == r.Key || b.ERPID != nil && *b.ERPID == r.ID
		})
		at := slices.IndexFunc(clients, func(c store.Client) bool { return isFor(c, r) })
		if ours || at < 0 && !staffing.IsReference(r.Key) {
			continue
		}
		s := strayOf(rec.ID, r)
		if at >= 0 {
			s.ClientID = &clients[at].ID
		}
		if rec.ClientID == nil || s.ClientID != nil && *s.ClientID == *rec.ClientID {
			out = append(out, s)
		}
	}
	return out, nil
}

// isFor says that a record is for a client: by its customer code, or by its name, which
// is the code of some ERPs and what others were given for a client whose customer nobody
// chose.
func isFor(c store.Client, r staffing.BillingRecord) bool {
	return r.CustomerCode != "" && c.BillTo() == r.CustomerCode || strings.EqualFold(c.Name, r.CustomerName) || strings.EqualFold(c.Name, r.CustomerCode)
}

func strayOf(run uuid.UUID, r staffing.BillingRecord) store.ReconciliationStray {
	s := store.ReconciliationStray{ReconciliationID: run, ERPID: r.ID, Reference: r.Key, ERPNumber: r.Number, ERPURL: r.URL,
		CustomerCode: r.CustomerCode, CustomerName: r.CustomerName, Day: r.Date, Currency: r.Extra["currency"]}
	if sum, ok := untaxed(r.Extra); ok {
		s.Untaxed = &sum
	}
	return s
}
