package staffing

import "context"

// BillingRecord is an invoice, order, estimate or credit to a customer, as the ERP has
// it. Cancelled, voided and deleted ones are none.
type BillingRecord struct {
	Receipt             // with the same Extra as FindBilling gives
	Key          string // our reference on it; empty: it has none, so somebody made it by hand
	CustomerCode string // as Bill.ClientCode names a customer
	CustomerName string // for people
	Date         Date   // of the document
}

// BillingPage is a part of a list.
type BillingPage struct {
	Records []BillingRecord
	Next    string // asks for what follows; empty: that was all
}

// BillingLister lists what stands in the books, whoever wrote it: the documents of the
// kinds that PutBilling makes, dated from..to inclusive. Each comes once, unless the
// books change meanwhile. cursor is Next of the page before, or empty.
type BillingLister interface {
	ListBilling(ctx context.Context, from, to Date, cursor string) (BillingPage, error)
}

// BookNoun is what a bill refers to in the books.
type BookNoun string

// What can be searched for.
const (
	BookCustomer BookNoun = "customer" // whom the bill goes to
	BookItem     BookNoun = "item"     // what its lines sell
)

// BookEntry is a customer or an item in the books.
type BookEntry struct {
	Code string // as a bill names it: Bill.ClientCode or Bill.Item
	Name string // for people
}

// MostBookEntries is how many entries a search gives at most.
const MostBookEntries = 20

// BookSearcher looks for customers and items by a part of their code or name, so that
// nobody types them off the ERP's screen. It gives what a bill may name, by name, and
// no more than [MostBookEntries]; nothing found is no error. An empty text gives the
// first ones. A customer or item that is blocked or inactive is left out.
type BookSearcher interface {
	SearchBooks(ctx context.Context, noun BookNoun, text string) ([]BookEntry, error)
}
