package connectortest

import (
	"context"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

func listBillingCases() []testCase {
	return []testCase{
		{"books: a bill is listed once, with our reference, on its day and on no other", func(s *suite) {
			b := s.bench(openOptions{})
			req, rec := b.billed()
			if rows := b.listed(req.Bill.Date, req.Bill.Date, req.Key); len(rows) != 1 {
				b.Errorf("the bill is listed %d times on its day", len(rows))
			} else {
				b.sameBill(rows[0], req, rec)
			}
			day, err := time.Parse(time.DateOnly, string(req.Bill.Date))
			if err != nil {
				b.Fatalf("the Vendor's bill has the date %q", req.Bill.Date)
			}
			for _, d := range []staffing.Date{staffing.DateOf(day.AddDate(0, 0, -1)), staffing.DateOf(day.AddDate(0, 0, 1))} {
				if len(b.listed(d, d, req.Key)) != 0 {
					b.Errorf("the bill of %s is listed on %s", req.Bill.Date, d)
				}
			}
		}},
	}
}

// billed makes a bill at the vendor.
func (b *bench) billed() (staffing.BillingRequest, staffing.Receipt) {
	b.Helper()
	sink, ok := b.warm().(staffing.BillingSink)
	if !ok || b.vendor.Billing == nil {
		b.Fatalf("who lists or searches books writes them too, and the Vendor has Billing")
	}
	req := b.vendor.Billing()
	return req, b.must("PutBilling", func(ctx context.Context) (staffing.Receipt, error) { return sink.PutBilling(ctx, req) })
}

// listed reads all pages of a time and gives what carries a reference.
func (b *bench) listed(from, to staffing.Date, key string) (out []staffing.BillingRecord) {
	b.Helper()
	lister, ok := b.open().(staffing.BillingLister)
	if !ok {
		b.Fatalf("the connector is no BillingLister when it is opened again")
	}
	cursor, seen := "", map[string]bool{}
	for range manyCalls {
		var page staffing.BillingPage
		if err := b.within(patient, "ListBilling", func(ctx context.Context) (err error) {
			page, err = lister.ListBilling(ctx, from, to, cursor)
			return err
		}); err != nil {
			b.Fatalf("ListBilling: %v", err)
		}
		for _, r := range page.Records {
			if r.ID == "" || seen[r.ID] {
				b.Errorf("a listed record has no id, or its id %q comes twice", r.ID)
			}
			seen[r.ID] = true
			if r.Date < from || r.Date > to {
				b.Errorf("record %s of %s is listed from %s to %s", r.ID, r.Date, from, to)
			}
			if r.Key == key {
				out = append(out, r)
			}
		}
		if cursor = page.Next; cursor == "" {
			return out
		}
	}
	b.Fatalf("ListBilling ends not after %d pages", manyCalls)
	return nil
}

func (b *bench) sameBill(r staffing.BillingRecord, req staffing.BillingRequest, rec staffing.Receipt) {
	b.Helper()
	if r.ID != rec.ID || r.Date != req.Bill.Date || r.CustomerCode != req.Bill.ClientCode || strings.TrimSpace(r.CustomerName) == "" {
		b.Errorf("the bill %s of %s for %s is listed as %+v", rec.ID, req.Bill.Date, req.Bill.ClientCode, r)
	}
	if r.Number != rec.Number || r.URL != rec.URL {
		b.Errorf("the receipt says number %q at %q, the list says %q at %q", rec.Number, rec.URL, r.Number, r.URL)
	}
}

func searchBooksCases() []testCase {
	return []testCase{
		{"books: the customer of a bill and an item are found, each once, and nonsense finds nothing", func(s *suite) {
			b := s.bench(openOptions{})
			req, _ := b.billed()
			code := req.Bill.ClientCode
			found := b.searched(staffing.BookCustomer, code)
			if !holdsCode(found, code) {
				b.Errorf("a search for the customer %s finds %+v", code, found)
			}
			for _, e := range found {
				if e.Code == code && !holdsCode(b.searched(staffing.BookCustomer, e.Name), code) {
					b.Errorf("a search for the customer's name %q does not find %s", e.Name, code)
				}
			}
			if len(b.searched(staffing.BookItem, "")) == 0 {
				b.Errorf("a search for all items finds none; let the simulated vendor have some")
			}
			for _, noun := range []staffing.BookNoun{staffing.BookCustomer, staffing.BookItem} {
				if found := b.searched(noun, `zq'"\%_*&|<>)( no such thing`); len(found) != 0 {
					b.Errorf("nonsense finds the %s %+v", noun, found)
				}
			}
		}},
	}
}

func (b *bench) searched(noun staffing.BookNoun, text string) (out []staffing.BookEntry) {
	b.Helper()
	searcher, ok := b.warm().(staffing.BookSearcher)
	if !ok {
		b.Fatalf("the connector is no BookSearcher when it is opened again")
	}
	if err := b.within(patient, "SearchBooks", func(ctx context.Context) (err error) { out, err = searcher.SearchBooks(ctx, noun, text); return err }); err != nil {
		b.Fatalf("SearchBooks of %s %q: %v", noun, text, err)
	}
	if len(out) > staffing.MostBookEntries {
		b.Errorf("SearchBooks gives %d entries, more than %d", len(out), staffing.MostBookEntries)
	}
	seen := map[string]bool{}
	for _, e := range out {
		if strings.TrimSpace(e.Code) == "" || strings.TrimSpace(e.Name) == "" || seen[e.Code] {
			b.Errorf("entry %+v lacks a code or a name, or comes twice", e)
		}
		seen[e.Code] = true
	}
	return out
}

func holdsCode(list []staffing.BookEntry, code string) bool {
	for _, e := range list {
		if e.Code == code {
			return true
		}
	}
	return false
}
