package netsuite

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"
)

// row is a record as SuiteQL sees it: texts, also for ids.
type row map[string]string

// world is the master data of the account.
func world() map[string][]row {
	return map[string][]row{
		"customer": {
			{"id": "110", "entityid": "Acme Corporation", "companyname": "Acme Corporation", "externalid": "ACME", "isinactive": "F"},
			{"id": "111", "entityid": "GLOBEX", "companyname": "Globex GmbH", "isinactive": "F"},
			{"id": "112", "entityid": "OLDCO", "companyname": "Old Co", "isinactive": "T"},
			{"id": "113", "entityid": "Ann O'Hara", "isinactive": "F"}, // a person
		},
		"item": {
			{"id": "98", "itemid": "TEMP-HOUR", "displayname": "Temporary staff", "isinactive": "F"},
			{"id": "99", "itemid": "PERM-FEE", "displayname": "Placement fee", "isinactive": "F"},
		},
		"department": {
			{"id": "41", "name": "Warehouse", "fullname": "Operations : Warehouse", "externalid": "CC-4100", "isinactive": "F"},
			{"id": "42", "name": "Night shift", "fullname": "Operations : Night shift", "externalid": "CC-4200", "isinactive": "F"},
		},
		"classification": {{"id": "5", "name": "Contract", "fullname": "Contract", "isinactive": "F"}, {"id": "6", "name": "Permanent", "fullname": "Permanent", "isinactive": "F"}},
		"location":       {{"id": "7", "name": "Austin", "fullname": "Austin", "isinactive": "F"}},
		"currency":       {{"id": "1", "symbol": "USD", "name": "US Dollar", "isinactive": "F"}, {"id": "4", "symbol": "EUR", "name": "Euro", "isinactive": "F"}},
	}
}

func (s *Server) has(table, id string) bool {
	return slices.ContainsFunc(s.lists[table], func(r row) bool { return r["id"] == id })
}

func (s *Server) name(table, id string) string { return s.label(table, id, "name") }

func (s *Server) label(table, id, column string) string {
	for _, r := range s.lists[table] {
		if r["id"] == id {
			return r[column]
		}
	}
	return ""
}

// suiteQL runs the questions of a billing client: columns of one table, what they are
// held against, an order, a sum by a column.
func (s *Server) suiteQL(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Q string `json:"q"`
	}
	if json.NewDecoder(http.MaxBytesReader(w, r.Body, 256<<10)).Decode(&in) != nil || r.Header.Get("Prefer") != "transient" {
		refuse(w, http.StatusBadRequest, "Bad Request", detail{"The required request header 'Prefer' is missing or the body is not valid.", "", "INVALID_HEADER"})
		return
	}
	st, used, err := parse(in.Q)
	if err != nil {
		refuse(w, http.StatusBadRequest, "Bad Request", detail{"Invalid search query. Detailed unprocessed description follows. Search error occurred: Invalid or unsupported search.", "", "INVALID_PARAMETER"})
		return
	}
	table, columns, ok := s.table(st.table)
	if !ok {
		refuse(w, http.StatusBadRequest, "Bad Request", detail{"Invalid search query. Record '" + st.table + "' was not found.", "", "INVALID_PARAMETER"})
		return
	}
	for _, name := range used {
		if !slices.Contains(columns, name) {
			refuse(w, http.StatusBadRequest, "Bad Request", detail{"Invalid search query. Search error occurred: Field '" + name + "' for record '" + st.table + "' was not found.", "", "INVALID_PARAMETER"})
			return
		}
	}
	page(w, r, st.run(table))
}

func page(w http.ResponseWriter, r *http.Request, found []row) {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 || limit > 1000 {
		limit = 1000
	}
	offset, err := strconv.Atoi(r.URL.Query().Get("offset"))
	if err != nil || offset < 0 {
		offset = 0
	}
	from := min(offset, len(found))
	items := found[from:min(from+limit, len(found))]
	answer(w, http.StatusOK, map[string]any{"links": []any{}, "count": len(items), "hasMore": from+len(items) < len(found), "items": items, "offset": offset, "totalResults": len(found)})
}

// table gives the rows of a table and the columns that it has.
func (s *Server) table(name string) ([]row, []string, bool) {
	switch name {
	case "transaction":
		return s.transactions(), []string{"id", "type", "tranid", "status", "externalid", "trandate", "entity", "currency", "foreigntotal", "createddate", "lastmodifieddate"}, true
	case "transactionline":
		return s.transactionLines(), []string{"transaction", "mainline", "taxline", "foreignamount"}, true
	}
	columns := map[string][]string{"customer": {"entityid", "companyname"}, "item": {"itemid", "displayname"}, "currency": {"symbol", "name"},
		"department": {"name", "fullname"}, "classification": {"name", "fullname"}, "location": {"name", "fullname"}}[name]
	return s.lists[name], append([]string{"id", "externalid", "isinactive"}, columns...), columns != nil
}

// transactions are rows as they are read: with the texts that BUILTIN.DF shows, and the
// total of a credit below zero.
func (s *Server) transactions() (out []row) {
	for _, t := range s.all() {
		body, k := t.body(), kinds()[t.Record]
		_, total := s.totals(t)
		if t.Record != "salesOrder" {
			total = total.Neg()
		}
		entity, currency := refID(body["entity"]), refID(body["currency"])
		day, _ := body["tranDate"].(string)
		at := t.Created.Format("2006-01-02T15:04:05")
		r := row{"id": strconv.FormatInt(t.ID, 10), "type": k.name, "tranid": t.Number, "status": t.Status, "shown status": k.words + " : " + statusNames()[t.Status],
			"trandate": day, "entity": entity, "shown entity": s.label("customer", entity, "companyname"), "currency": currency, "shown currency": s.name("currency", currency),
			"foreigntotal": total.String(), "createddate": at, "lastmodifieddate": at}
		if t.External != "" {
			r["externalid"] = t.External
		}
		out = append(out, r)
	}
	return out
}

// transactionLines are booked against the customer: what an order sells is below zero.
func (s *Server) transactionLines() (out []row) {
	for _, t := range s.all() {
		id, sign := strconv.FormatInt(t.ID, 10), decimal.NewFromInt(-1)
		if t.Record != "salesOrder" {
			sign = sign.Neg()
		}
		tax, total := s.totals(t)
		out = append(out, row{"transaction": id, "mainline": "T", "taxline": "F", "foreignamount": total.Mul(sign).Neg().String()})
		for _, l := range lines(t.body()) {
			out = append(out, row{"transaction": id, "mainline": "F", "taxline": "F", "foreignamount": lineAmount(l).Mul(sign).String()})
		}
		if !tax.IsZero() {
			out = append(out, row{"transaction": id, "mainline": "F", "taxline": "T", "foreignamount": tax.Mul(sign).String()})
		}
	}
	return out
}
