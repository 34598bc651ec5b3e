package staffing

import (
	"context"
	"regexp"
	"slices"
	"strings"
)

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

// FirstEntries gives what a search gives: by name, each code once, and no more than
// [MostBookEntries].
func FirstEntries(list []BookEntry) []BookEntry {
	slices.SortStableFunc(list, func(a, b BookEntry) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	seen := map[string]bool{}
	list = slices.DeleteFunc(list, func(e BookEntry) bool {
		again := seen[e.Code]
		seen[e.Code] = true
		return again
	})
	return list[:min(len(list), MostBookEntries)]
}

var reference = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// IsReference says that a text looks like a reference of the hub (Bill.Reference): what
// people and other systems write on their documents does not.
func IsReference(text string) bool { return reference.MatchString(text) }
