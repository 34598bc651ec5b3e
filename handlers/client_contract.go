package handlers

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/mail"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"golang.org/x/text/currency"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

const (
	longContract = 200 // characters of a text of the contract
	mostOrders   = 2000
)

// contractView shows contract and purchase orders on the page of a client.
func (s *Server) contractView(ctx context.Context, c store.Client, by store.User) (v web.ClientContract, err error) {
	v = web.ClientContract{Allowed: contracts.Allows(by.Role), Form: web.ContractForm{TaxRegion: c.TaxRegion, MarginFloor: decimalText(c.MarginFloor), TaxPercent: decimalText(c.TaxPercent),
		PORequired: c.PORequired, ContactName: c.BillingContactName, ContactEmail: c.BillingContactEmail, NetDays: numberText(c.NetDays)}}
	orders, err := s.store.PurchaseOrders(ctx, c.ID)
	if err != nil {
		return v, err
	}
	today := staffing.DateOf(s.now())
	for _, o := range orders {
		row := web.OrderRow{ID: o.ID.String(), Number: o.Number, From: string(o.ValidFrom), To: string(o.ValidTo), Over: o.ValidTo != "" && o.ValidTo < today}
		if o.Amount != nil {
			row.Amount = strings.TrimSpace(o.Currency + " " + amount(*o.Amount))
		}
		v.Orders = append(v.Orders, row)
	}
	return v, nil
}

// addFinance adds what finance keeps of a client.
func (s *Server) addFinance(r *http.Request, c store.Client, v *web.ClientView) (err error) {
	if v.Contract, err = s.contractView(r.Context(), c, viewer(r)); err != nil {
		return err
	}
	v.Books, err = s.booksView(r.Context(), c, viewer(r), r.URL.Query())
	return err
}

// refusedClient shows a client with a form of finance as it was refused.
func (s *Server) refusedClient(w http.ResponseWriter, r *http.Request, c store.Client, tune func(*web.ClientView)) error {
	v, err := s.clientView(r.Context(), c)
	if err != nil {
		return err
	}
	v.Form = web.ClientForm{Code: c.Code, Name: c.Name, Currency: c.Currency, Timezone: c.Timezone}
	v.Threshold = web.ClientThreshold{Value: strconv.Itoa(c.ReviewThreshold)}
	if err := s.addFinance(r, c, &v); err != nil {
		return err
	}
	tune(&v)
	if v.Page, err = s.page(r, web.NavClients, c.Name); err != nil {
		return err
	}
	return s.render(w, r, http.StatusUnprocessableEntity, web.ClientPage(v))
}

func (s *Server) clientOfPath(r *http.Request) (store.Client, error) {
	id, err := pathID(r)
	if err != nil {
		return store.Client{}, err
	}
	if err := r.ParseForm(); err != nil {
		return store.Client{}, unread(err)
	}
	return s.store.Client(r.Context(), id)
}

// saveContract changes what was agreed with a client.
func (s *Server) saveContract(w http.ResponseWriter, r *http.Request) error {
	c, err := s.clientOfPath(r)
	if err != nil {
		return err
	}
	f := web.ContractForm{TaxRegion: formText(r, "tax_region"), MarginFloor: formText(r, "margin_floor"), TaxPercent: formText(r, "tax_percent"), PORequired: formText(r, "po_required") == "yes",
		ContactName: formText(r, "contact_name"), ContactEmail: formText(r, "contact_email"), NetDays: formText(r, "net_days")}
	contract, problems := readContract(f)
	if f.Problems = problems; len(problems) > 0 {
		return s.refusedClient(w, r, c, func(v *web.ClientView) { v.Contract.Form = f })
	}
	if err := s.saveContractBy(r.Context(), viewer(r).Email, c.ID, contract); err != nil {
		return err
	}
	return s.done(w, r, "/clients/"+c.ID.String()+"#contract", "Saved. Placements under review are held against it when they are checked again.")
}

// saveContractBy changes a contract, in a person's or a token's name.
func (s *Server) saveContractBy(ctx context.Context, by string, client uuid.UUID, c store.Contract) error {
	return s.audited(ctx, deed{by, "client.contract_changed", subjectClient, client}, func(tx *store.Tx) (map[string]any, error) {
		return map[string]any{"tax_region": c.TaxRegion, "margin_floor": decimalText(c.MarginFloor), "tax_percent": decimalText(c.TaxPercent), "po_required": c.PORequired, "net_days": numberText(c.NetDays)},
			tx.SaveContract(ctx, client, c)
	})
}

func readContract(f web.ContractForm) (c store.Contract, problems map[string]string) {
	problems = map[string]string{}
	c = store.Contract{TaxRegion: f.TaxRegion, PORequired: f.PORequired, BillingContactName: f.ContactName, BillingContactEmail: f.ContactEmail}
	for field, text := range map[string]string{"tax_region": f.TaxRegion, "contact_name": f.ContactName, "contact_email": f.ContactEmail} {
		if len([]rune(text)) > longContract {
			problems[field] = "That is longer than 200 characters."
		}
	}
	if f.ContactEmail != "" {
		if a, err := mail.ParseAddress(f.ContactEmail); err != nil || a.Address != f.ContactEmail {
			problems["contact_email"] = "Give an address such as ap@example.com."
		}
	}
	c.MarginFloor = percentage("margin_floor", f.MarginFloor, problems)
	c.TaxPercent = percentage("tax_percent", f.TaxPercent, problems)
	if f.NetDays != "" {
		n, err := strconv.Atoi(f.NetDays)
		if err != nil || n < 0 || n > 365 {
			problems["net_days"] = "Give a number of days from 0 to 365."
		}
		c.NetDays = &n
	}
	return c, problems
}

// percentage reads one; nil: none is given.
func percentage(field, text string, problems map[string]string) *decimal.Decimal {
	if text == "" {
		return nil
	}
	d := figure(text)
	if d == nil || d.IsNegative() || d.GreaterThan(decimal.NewFromInt(100)) {
		problems[field] = "Give a percentage from 0 to 100."
	}
	return d
}

// readOrder reads one purchase order as people write it. field is what a problem is
// about, by its name in the REST API.
func readOrder(number, from, to, sum, code string) (o store.PurchaseOrder, field, problem string) {
	o = store.PurchaseOrder{Number: strings.TrimSpace(number), ValidFrom: staffing.Date(from), ValidTo: staffing.Date(to), Currency: strings.ToUpper(code)}
	_, badFrom := staffing.ParseDate(from)
	_, badTo := staffing.ParseDate(to)
	_, badCode := currency.ParseISO(o.Currency)
	if sum != "" {
		o.Amount = figure(sum)
	}
	switch {
	case o.Number == "" || len([]rune(o.Number)) > longContract:
		field, problem = "number", "the number is missing, or longer than 200 characters"
	case badFrom != nil:
		field, problem = "valid_from", "a date has the form YYYY-MM-DD"
	case badTo != nil:
		field, problem = "valid_to", "a date has the form YYYY-MM-DD"
	case from != "" && to != "" && to < from:
		field, problem = "valid_to", "it ends before it begins"
	case sum != "" && (o.Amount == nil || o.Amount.IsNegative()):
		field, problem = "amount", fmt.Sprintf("%q is no amount", sum)
	case sum != "" && badCode != nil:
		field, problem = "currency", fmt.Sprintf("%q is no currency of ISO 4217", code)
	}
	return o, field, problem
}

// addOrder adds a purchase order, or changes the one with that number.
func (s *Server) addOrder(w http.ResponseWriter, r *http.Request) error {
	c, err := s.clientOfPath(r)
	if err != nil {
		return err
	}
	f := web.OrdersForm{Number: formText(r, "number"), From: formText(r, "from"), To: formText(r, "to"), Amount: formText(r, "amount"), Currency: formText(r, "po_currency")}
	o, _, problem := readOrder(f.Number, f.From, f.To, f.Amount, f.Currency)
	if problem != "" {
		f.Error = sentence(problem)
		return s.refusedClient(w, r, c, func(v *web.ClientView) { v.Contract.Add = f })
	}
	return s.saveOrders(w, r, c, []store.PurchaseOrder{o})
}

// addOrdersCSV adds several; one that is wrong keeps all of them out, and each is told
// by its line.
func (s *Server) addOrdersCSV(w http.ResponseWriter, r *http.Request) error {
	c, err := s.clientOfPath(r)
	if err != nil {
		return err
	}
	list, problems := ordersCSV(formText(r, "csv"))
	if len(problems) > 0 {
		return s.refusedClient(w, r, c, func(v *web.ClientView) { v.Contract.Add = web.OrdersForm{CSV: formText(r, "csv"), CSVErrors: problems} })
	}
	return s.saveOrders(w, r, c, list)
}

func ordersCSV(text string) (list []store.PurchaseOrder, problems []string) {
	in := csv.NewReader(strings.NewReader(text))
	in.TrimLeadingSpace, in.FieldsPerRecord = true, -1
	for {
		line, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, append(problems, sentence(err.Error()))
		}
		at, _ := in.FieldPos(0)
		if at == 1 && strings.EqualFold(line[0], "number") {
			continue // its heading
		}
		for len(line) < 5 {
			line = append(line, "")
		}
		o, _, problem := readOrder(line[0], strings.TrimSpace(line[1]), strings.TrimSpace(line[2]), strings.TrimSpace(line[3]), strings.TrimSpace(line[4]))
		if len(line) > 5 {
			problem = "there are more than five values"
		}
		if problem != "" {
			problems = append(problems, fmt.Sprintf("Line %d: %s.", at, problem))
		}
		list = append(list, o)
	}
	if len(list) == 0 && len(problems) == 0 || len(list) > mostOrders {
		problems = append(problems, fmt.Sprintf("Give 1 to %d lines.", mostOrders))
	}
	return list, problems
}

func (s *Server) saveOrders(w http.ResponseWriter, r *http.Request, c store.Client, list []store.PurchaseOrder) error {
	if err := s.saveOrdersBy(r.Context(), viewer(r).Email, c.ID, list); err != nil {
		return err
	}
	return s.done(w, r, "/clients/"+c.ID.String()+"#contract", "Saved.")
}

// saveOrdersBy adds or changes orders of a client, in a person's or a token's name.
func (s *Server) saveOrdersBy(ctx context.Context, by string, client uuid.UUID, list []store.PurchaseOrder) error {
	return s.audited(ctx, deed{by, "client.orders_changed", subjectClient, client}, func(tx *store.Tx) (map[string]any, error) {
		var numbers []string
		for _, o := range list {
			o.ClientID = client
			if err := tx.SavePurchaseOrder(ctx, o); err != nil {
				return nil, err
			}
			numbers = append(numbers, o.Number)
		}
		return map[string]any{"count": len(list), "numbers": strings.Join(numbers[:min(20, len(numbers))], ", ")}, nil
	})
}

// dropOrder removes a purchase order.
func (s *Server) dropOrder(w http.ResponseWriter, r *http.Request) error {
	c, err := s.clientOfPath(r)
	if err != nil {
		return err
	}
	order, err := uuid.Parse(chi.URLParam(r, "order"))
	if err != nil {
		return errNoPage
	}
	if err := s.dropOrderBy(r.Context(), viewer(r).Email, c.ID, order); err != nil {
		return err
	}
	return s.done(w, r, "/clients/"+c.ID.String()+"#contract", "Removed.")
}

// dropOrderBy removes an order, in a person's or a token's name.
func (s *Server) dropOrderBy(ctx context.Context, by string, client, order uuid.UUID) error {
	return s.audited(ctx, deed{by, "client.order_removed", subjectClient, client}, func(tx *store.Tx) (map[string]any, error) {
		return map[string]any{"order": order}, tx.DropPurchaseOrder(ctx, client, order)
	})
}
