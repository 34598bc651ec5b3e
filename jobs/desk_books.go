package jobs

import (
	"context"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// ChooseBooks keeps what the client's bills name in the books, and works out anew the
// first bills that are under review: it gives how many. Who chooses approves none of
// them. Bills that are approved or posted stay as they were reviewed.
func (d Desk) ChooseBooks(ctx context.Context, by store.User, clientID uuid.UUID, books store.ClientBooks) (int, error) {
	books.BooksChosenBy = &by.ID
	err := d.hub.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.SaveClientBooks(ctx, clientID, books); err != nil {
			return err
		}
		return tx.Audit(ctx, by.Email, "client.books_chosen", "client", clientID.String(),
			map[string]any{"customer": books.ERPCustomer, "item_time": books.ItemTime, "item_fee": books.ItemFee})
	})
	if err != nil {
		return 0, err
	}
	waiting, err := d.hub.store.PlacementsUnderReview(ctx, clientID)
	if err != nil {
		return 0, err
	}
	done := 0
	for _, id := range waiting {
		err := d.Recheck(ctx, by, id)
		if staffing.CodeOf(err) == staffing.Conflict {
			continue // somebody approved it meanwhile
		}
		if err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

// SearchBooks looks for customers or items in the firm's ERP; NotFound: no ERP is
// connected. Unsupported by an ERP is a Conflict that says so.
func (d Desk) SearchBooks(ctx context.Context, noun staffing.BookNoun, text string) ([]staffing.BookEntry, error) {
	id, err := d.hub.firmERP(ctx)
	if err != nil {
		return nil, err
	}
	sys, err := d.hub.systems.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	searcher, ok := sys.Connector.(staffing.BookSearcher)
	if !ok {
		return nil, staffing.Errorf(staffing.Conflict, "%s cannot be searched; type the codes as they stand there", sys.Connection.Name)
	}
	return searcher.SearchBooks(ctx, noun, text)
}
