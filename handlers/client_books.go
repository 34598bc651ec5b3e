package handlers

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

const longSearch = 100 // characters

// booksView shows what the client's bills name in the ERP, and what a search there
// finds; query is that of the page.
func (s *Server) booksView(ctx context.Context, c store.Client, by store.User, query url.Values) (v web.ClientBooks, err error) {
	v = web.ClientBooks{Code: c.Code, Customer: c.ERPCustomer, ItemTime: c.ItemTime, ItemFee: c.ItemFee}
	erp, err := optional(s.store.ConnectionByRole(ctx, staffing.RoleERP))
	if err != nil {
		return v, err
	}
	v.ERP, v.Text = erp.Name, query.Get("text")
	noun := staffing.BookNoun(query.Get("find"))
	v.Find = []web.Option{{Value: string(staffing.BookCustomer), Label: "Customers"}, {Value: string(staffing.BookItem), Label: "Items", Selected: noun == staffing.BookItem}}
	if !terms.Allows(by.Role) || v.ERP == "" || noun != staffing.BookCustomer && noun != staffing.BookItem {
		return v, nil
	}
	v.Searched = true
	if len([]rune(v.Text)) > longSearch {
		v.Error = "Search for at most 100 characters."
		return v, nil
	}
	found, err := s.cfg.Desk.SearchBooks(ctx, noun, v.Text)
	if err != nil {
		v.Error = sentence(staffing.MessageOf(err))
		return v, nil
	}
	for _, e := range found {
		v.Found = append(v.Found, web.FoundEntry{Code: e.Code, Name: e.Name, Uses: usesOf(noun, e.Code, c.ClientBooks)})
	}
	return v, nil
}

func usesOf(noun staffing.BookNoun, code string, b store.ClientBooks) []web.FoundUse {
	if noun == staffing.BookCustomer {
		return []web.FoundUse{{Label: "Bill to it", Customer: code, ItemTime: b.ItemTime, ItemFee: b.ItemFee}}
	}
	return []web.FoundUse{{Label: "Use for time", Customer: b.ERPCustomer, ItemTime: code, ItemFee: b.ItemFee},
		{Label: "Use for fees", Customer: b.ERPCustomer, ItemTime: b.ItemTime, ItemFee: code}}
}

// saveBooks chooses what the client's bills name in the ERP.
func (s *Server) saveBooks(w http.ResponseWriter, r *http.Request) error {
	c, err := s.clientOfPath(r)
	if err != nil {
		return err
	}
	b := store.ClientBooks{ERPCustomer: formText(r, "customer"), ItemTime: formText(r, "item_time"), ItemFee: formText(r, "item_fee")}
	problems := map[string]string{}
	for field, text := range map[string]string{"customer": b.ERPCustomer, "item_time": b.ItemTime, "item_fee": b.ItemFee} {
		if len([]rune(text)) > longContract {
			problems[field] = "That is longer than 200 characters."
		}
	}
	if len(problems) > 0 {
		return s.refusedClient(w, r, c, func(v *web.ClientView) {
			v.Books.Customer, v.Books.ItemTime, v.Books.ItemFee, v.Books.Problems = b.ERPCustomer, b.ItemTime, b.ItemFee, problems
		})
	}
	n, err := s.cfg.Desk.ChooseBooks(r.Context(), viewer(r), c.ID, b)
	if err != nil {
		return err
	}
	done := "Saved."
	if n > 0 {
		done = fmt.Sprintf("Saved. Worked out anew: %s under review.", counted(n, "placement", "placements"))
	}
	return s.done(w, r, "/clients/"+c.ID.String()+"#books", done)
}
