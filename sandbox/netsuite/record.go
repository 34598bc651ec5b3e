package netsuite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// The properties of a transaction and of its lines that a client may send, out of
// the records' schemas.
var (
	known     = []string{"entity", "tranDate", "currency", "orderStatus", "memo", "item", "otherRefNum", "subsidiary", "externalId", "startDate", "endDate", "terms", "department", "class", "location"}
	knownLine = []string{"item", "quantity", "rate", "amount", "description", "price", "department", "class", "location", "taxCode", "isTaxable"}
	external  = regexp.MustCompile(`^eid:([A-Za-z0-9_-]+)$`)
)

func (s *Server) record(w http.ResponseWriter, r *http.Request, path string) {
	kind, id, _ := strings.Cut(path, "/")
	if kind != "salesOrder" && kind != "returnAuthorization" {
		refuse(w, http.StatusNotFound, "Not Found", detail{"Record type '" + kind + "' does not exist.", "", "INVALID_RCRD_TYPE"})
		return
	}
	switch {
	case r.Method == http.MethodGet && id == "":
		s.list(w, kind)
	case r.Method == http.MethodGet:
		if t, ok := s.byID(kind, id); ok {
			answer(w, http.StatusOK, s.render(t, r.URL.Query().Get("expandSubResources") == "true"))
			return
		}
		refuse(w, http.StatusNotFound, "Not Found", detail{"The record instance does not exist. Provide a valid record instance ID.", "", "NONEXISTENT_ID"})
	case r.Method == http.MethodPut && external.MatchString(id):
		s.upsert(w, r, kind, external.FindStringSubmatch(id)[1])
	default:
		refuse(w, http.StatusMethodNotAllowed, "Method Not Allowed", detail{"The request method is not allowed.", "", "METHOD_NOT_ALLOWED"})
	}
}

func (s *Server) all() []Transaction {
	out := s.orders.List(func(Transaction) bool { return true })
	slices.SortFunc(out, func(a, b Transaction) int { return int(a.ID - b.ID) })
	return out
}

// body reads what was sent, digits as they stand.
func (t Transaction) body() map[string]any {
	var out map[string]any
	dec := json.NewDecoder(bytes.NewReader(t.Body))
	dec.UseNumber()
	if dec.Decode(&out) != nil || out == nil {
		return map[string]any{}
	}
	return out
}

func (t *Transaction) setBody(m map[string]any) {
	if b, err := json.Marshal(m); err == nil {
		t.Body = b
	}
}

func (s *Server) list(w http.ResponseWriter, kind string) {
	items := []map[string]string{}
	for _, t := range s.all() {
		if t.Record == kind && len(items) == 0 {
			items = append(items, map[string]string{"id": strconv.FormatInt(t.ID, 10)})
		}
	}
	answer(w, http.StatusOK, map[string]any{"links": []any{}, "count": len(items), "hasMore": false, "items": items, "offset": 0, "totalResults": len(items)})
}

func (s *Server) byID(kind, id string) (Transaction, bool) {
	for _, t := range s.all() {
		if t.Record == kind && (strconv.FormatInt(t.ID, 10) == id || "eid:"+t.External == id) {
			return t, true
		}
	}
	return Transaction{}, false
}

// upsert makes a transaction, or changes the one of that external id: fields are
// overwritten, lines are added.
func (s *Server) upsert(w http.ResponseWriter, r *http.Request, kind, key string) {
	if s.fault != "" {
		answer(w, http.StatusOK, map[string]any{"title": "Error while accessing a resource.", "status": 400, "o:errorDetails": []detail{{s.fault, "", "USER_ERROR"}}})
		s.fault = ""
		return
	}
	var body map[string]any
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	dec.UseNumber()
	if dec.Decode(&body) != nil {
		refuse(w, http.StatusBadRequest, "Bad Request", detail{"The request body is not valid JSON.", "", "INVALID_CONTENT"})
		return
	}
	if d := s.objection(body, r.Header.Get("X-NetSuite-PropertyNameValidation") == "Error"); d != nil {
		refuse(w, http.StatusBadRequest, "Invalid value", *d)
		return
	}
	status := refID(body["orderStatus"])
	if status == "" || s.opts.PreApproves {
		status = "B"
	}
	t, there := s.byID(kind, "eid:"+key)
	if there {
		whole := t.body()
		before := lines(whole)
		maps.Copy(whole, body)
		whole["item"] = map[string]any{"items": append(before, lines(body)...)}
		t.Status = status
		t.setBody(whole)
		s.orders.Put(t.ID, t)
	} else {
		_, t = s.orders.Insert(func(id int64) Transaction {
			n := Transaction{ID: id, Record: kind, External: key, Status: status, Created: s.opts.Now().UTC()}
			n.Number = kinds()[kind].prefix + strconv.FormatInt(id, 10)
			n.setBody(body)
			return n
		})
	}
	w.Header().Set("Location", fmt.Sprintf("http://%s/services/rest/record/v1/%s/%d", r.Host, kind, t.ID))
	w.WriteHeader(http.StatusNoContent)
}

// objection says what NetSuite would not take; nil: nothing.
func (s *Server) objection(body map[string]any, strict bool) *detail {
	for name := range body {
		if strict && !slices.Contains(known, name) && !strings.HasPrefix(name, "custbody") {
			return &detail{"Unknown property: " + name, name, "INVALID_PROPERTY"}
		}
	}
	for _, f := range []struct{ name, table string }{{"entity", "customer"}, {"currency", "currency"}} {
		if !s.has(f.table, refID(body[f.name])) {
			return &detail{"Invalid Field Value " + refID(body[f.name]) + " for the following field: " + f.name, f.name, "INVALID_CONTENT"}
		}
	}
	if day, _ := body["tranDate"].(string); day < s.opts.ClosedBefore {
		return &detail{"The transaction date is not within the range of an open accounting period.", "tranDate", "USER_ERROR"}
	}
	if len(lines(body)) == 0 {
		return &detail{"You must enter at least one line item for this transaction.", "item", "USER_ERROR"}
	}
	for i, l := range lines(body) {
		if d := s.objectionToLine(i, l, strict); d != nil {
			return d
		}
	}
	return nil
}

func (s *Server) objectionToLine(i int, l map[string]any, strict bool) *detail {
	at := fmt.Sprintf("item.items[%d].", i)
	for name := range l {
		if strict && !slices.Contains(knownLine, name) {
			return &detail{"Unknown property: " + name, at + name, "INVALID_PROPERTY"}
		}
	}
	for name, table := range map[string]string{"item": "item", "department": "department", "class": "classification", "location": "location"} {
		if l[name] == nil && name != "item" {
			continue
		}
		if !s.has(table, refID(l[name])) {
			return &detail{"Invalid Field Value " + refID(l[name]) + " for the following field: " + name, at + name, "INVALID_CONTENT"}
		}
	}
	if number(l["quantity"]).IsNegative() {
		return &detail{"Please enter a positive quantity.", at + "quantity", "USER_ERROR"}
	}
	if refID(l["price"]) != "-1" && l["rate"] != nil {
		return &detail{"A rate of one's own needs the price level Custom.", at + "rate", "USER_ERROR"}
	}
	return nil
}

// render writes a transaction as the record API reads it back.
func (s *Server) render(t Transaction, expand bool) map[string]any {
	out := t.body()
	var items []map[string]any
	for i, l := range lines(out) {
		item := map[string]any{"line": i + 1}
		maps.Copy(item, l)
		if s.opts.HidesDepartments {
			delete(item, "department")
		}
		item["amount"] = json.Number(lineAmount(l).String())
		items = append(items, item)
	}
	currency := refID(out["currency"])
	out["item"] = map[string]any{"links": []any{}}
	if expand {
		out["item"] = map[string]any{"items": items, "hasMore": false, "totalResults": len(items)}
	}
	names := statusNames()
	tax, total := s.totals(t)
	out["id"], out["externalId"], out["tranId"] = strconv.FormatInt(t.ID, 10), t.External, t.Number
	out["status"] = map[string]string{"id": t.Status, "refName": names[t.Status]}
	out["orderStatus"] = map[string]string{"id": t.Status, "refName": names[t.Status]}
	out["currency"] = map[string]string{"id": currency, "refName": s.name("currency", currency)}
	out["subtotal"], out["taxTotal"], out["total"] = json.Number(total.Sub(tax).String()), json.Number(tax.String()), json.Number(total.String())
	out["createdDate"], out["lastModifiedDate"] = t.Created.Format("2006-01-02T15:04:05Z"), t.Created.Format("2006-01-02T15:04:05Z")
	return out
}

func statusNames() map[string]string {
	return map[string]string{"A": "Pending Approval", "B": "Pending Fulfillment", "C": "Cancelled", "G": "Billed", "H": "Closed"}
}

// kind is how one record type is called elsewhere.
type kind struct{ name, words, prefix string }

func kinds() map[string]kind {
	return map[string]kind{"salesOrder": {"SalesOrd", "Sales Order", "SO"}, "returnAuthorization": {"RtnAuth", "Return Authorization", "RA"}, "invoice": {"CustInvc", "Invoice", "INV"}}
}

// totals gives the tax of a transaction and its total with tax.
func (s *Server) totals(t Transaction) (tax, total decimal.Decimal) {
	for _, l := range lines(t.body()) {
		total = total.Add(lineAmount(l))
	}
	tax = total.Mul(decimal.NewFromInt(s.opts.TaxPercent)).Div(decimal.NewFromInt(100)).Round(2)
	return tax, total.Add(tax)
}

func lineAmount(l map[string]any) decimal.Decimal {
	if l["amount"] == nil {
		return number(l["quantity"]).Mul(number(l["rate"])).Round(2)
	}
	return number(l["amount"])
}

func lines(body map[string]any) []map[string]any {
	item, _ := body["item"].(map[string]any)
	var out []map[string]any
	switch list := item["items"].(type) {
	case []any:
		for _, l := range list {
			if line, ok := l.(map[string]any); ok {
				out = append(out, line)
			}
		}
	case []map[string]any:
		out = list
	}
	return out
}

func refID(v any) string {
	m, _ := v.(map[string]any)
	id, _ := m["id"].(string)
	return id
}

func number(v any) decimal.Decimal {
	d, err := decimal.NewFromString(fmt.Sprint(v))
	if err != nil {
		return decimal.Zero
	}
	return d
}
