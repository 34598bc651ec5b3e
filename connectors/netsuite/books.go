package netsuite

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

// pageSize is how many transactions are listed at once.
const pageSize = 200

// listed is a transaction as SuiteQL lists it.
type listed struct {
	ID       text            `json:"id"`
	Type     text            `json:"type"`
	Number   text            `json:"tranid"`
	Status   text            `json:"status"`
	State    text            `json:"state"`
	External text            `json:"externalid"`
	Day      text            `json:"onday"`
	Entity   text            `json:"entity"`
	Name     text            `json:"entityname"`
	Currency text            `json:"currencyname"`
	Total    decimal.Decimal `json:"foreigntotal"`
	Created  text            `json:"createdat"`
	Changed  text            `json:"changedat"`
}

// ListBilling lists the sales orders and return authorizations of some days, by
// internal id: the cursor is the last one's, so nothing slips by when others are made
// or deleted meanwhile. A page takes three questions, whatever its size.
func (c *Connector) ListBilling(ctx context.Context, from, to staffing.Date, cursor string) (staffing.BillingPage, error) {
	q, err := listing(from, to, cursor)
	if err != nil {
		return staffing.BillingPage{}, err
	}
	list, err := rows[listed](ctx, c, q, pageSize)
	more := errors.Is(err, errTooMany)
	if err != nil && !more {
		return staffing.BillingPage{}, explain(err, "cannot list the orders")
	}
	var out staffing.BillingPage
	if more && len(list) > 0 {
		out.Next = string(list[len(list)-1].ID)
	}
	if more && (!numeric.MatchString(out.Next) || out.Next == cursor) {
		return staffing.BillingPage{}, staffing.Errorf(staffing.Unavailable, "NetSuite's list of orders gives no id to go on from")
	}
	list = slices.DeleteFunc(list, func(r listed) bool { return ended(r.paper(), string(r.Status)) })
	if len(list) > 0 {
		out.Records, err = c.billings(ctx, list)
	}
	return out, err
}

func listing(from, to staffing.Date, cursor string) (query, error) {
	for _, d := range []staffing.Date{from, to} {
		if _, err := staffing.ParseDate(string(d)); err != nil || d == "" {
			return query{}, &staffing.Error{Code: staffing.Invalid, Message: "orders are listed from a date to a date", Err: err}
		}
	}
	where := "type IN ('SalesOrd', 'RtnAuth') AND trandate >= " + day(from) + " AND trandate <= " + day(to)
	if cursor != "" {
		if !numeric.MatchString(cursor) {
			return query{}, staffing.Errorf(staffing.Invalid, "the place to go on from in NetSuite's list of orders cannot be read")
		}
		where += " AND id > " + cursor
	}
	const clock = `, 'YYYY-MM-DD"T"HH24:MI:SS')`
	return query{columns: "id, type, tranid, status, BUILTIN.DF(status) AS state, externalid, TO_CHAR(trandate, 'YYYY-MM-DD') AS onday, entity, " +
		"BUILTIN.DF(entity) AS entityname, BUILTIN.DF(currency) AS currencyname, foreigntotal, " +
		"TO_CHAR(createddate" + clock + " AS createdat, TO_CHAR(lastmodifieddate" + clock + " AS changedat",
		from: "transaction", where: where, order: "id"}, nil
}

func day(d staffing.Date) string { return "TO_DATE(" + quote(string(d)) + ", 'YYYY-MM-DD')" }

// billings adds what the list does not say: how the hub calls the customers, and what
// the lines sell without tax.
func (c *Connector) billings(ctx context.Context, list []listed) ([]staffing.BillingRecord, error) {
	whom, err := c.namesOf(ctx, list)
	if err != nil {
		return nil, explain(err, "cannot look up the customers of the orders")
	}
	nets, err := c.nets(ctx, list)
	if err != nil {
		return nil, explain(err, "cannot add up the lines of the orders")
	}
	var out []staffing.BillingRecord
	for _, r := range list {
		rec, customer := r.record(nets[string(r.ID)]), whom[string(r.Entity)]
		b := staffing.BillingRecord{Receipt: c.receipt(found{paper: r.paper(), id: rec.ID}, rec, true),
			CustomerCode: customer.Code, CustomerName: first(customer.Name, string(r.Name)), Date: staffing.Date(r.Day)}
		if staffing.IsReference(rec.External) { // else it is another system's id
			b.Key = rec.External
		}
		out = append(out, b)
	}
	return out, nil
}

func (r listed) paper() paper {
	if string(r.Type) == creditPaper.kind {
		return creditPaper
	}
	return orderPaper
}

// record writes the row as the record API gives it: SuiteQL puts the type before the
// state, and a credit's total below zero.
func (r listed) record(net decimal.Decimal) record {
	state := string(r.State)
	if i := strings.LastIndex(state, " : "); i >= 0 {
		state = state[i+3:]
	}
	out := record{ID: string(r.ID), External: string(r.External), Number: string(r.Number), Date: string(r.Day), Total: r.Total,
		Status: named{ID: strings.TrimPrefix(string(r.Status), r.paper().kind+":"), Name: state}}
	out.Currency.Name = string(r.Currency)
	if r.paper() == creditPaper {
		out.Total = r.Total.Abs()
	}
	out.Tax = out.Total.Sub(net)
	if at, err := time.Parse("2006-01-02T15:04:05", string(r.Created)); err == nil {
		out.Created = at
	}
	if r.Changed != "" {
		out.Changed = string(r.Changed) + "Z"
	}
	return out
}

// namesOf gives code and name of the customers of a page, by internal id.
func (c *Connector) namesOf(ctx context.Context, list []listed) (map[string]staffing.BookEntry, error) {
	ids := idsOf(list, func(r listed) text { return r.Entity })
	if ids == "" {
		return nil, nil
	}
	found, err := rows[map[string]text](ctx, c, query{columns: "id, " + strings.Join(customers.columns, ", ") + ", " + customers.label, from: customers.name, where: "id IN (" + ids + ")", order: "id"}, pageSize)
	out := map[string]staffing.BookEntry{}
	for _, row := range found {
		out[string(row["id"])] = customers.entry(row)
	}
	return out, err
}

// nets adds up what the lines of each transaction sell, without tax. SuiteQL shows the
// lines of an order below zero and those of a credit above.
func (c *Connector) nets(ctx context.Context, list []listed) (map[string]decimal.Decimal, error) {
	found, err := rows[struct {
		ID  text            `json:"transaction"`
		Net decimal.Decimal `json:"net"`
	}](ctx, c, query{columns: "transaction, SUM(foreignamount) AS net", from: "transactionline",
		where: "transaction IN (" + idsOf(list, func(r listed) text { return r.ID }) + ") AND mainline = 'F' AND taxline = 'F'", group: "transaction"}, pageSize)
	out := map[string]decimal.Decimal{}
	for _, row := range found {
		out[string(row.ID)] = row.Net.Abs()
	}
	return out, err
}

func idsOf(list []listed, of func(listed) text) string {
	var out []string
	for _, r := range list {
		if id := string(of(r)); numeric.MatchString(id) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return strings.Join(out, ", ")
}
