package intacct

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// row is a record as the query service sees it.
type row map[string]string

// world is the master data of the company.
func world() map[string][]row {
	return map[string][]row{
		"accounts-receivable/customer": {{"key": "14", "id": "ACME", "name": "Acme Corporation", "status": "active"}, {"key": "15", "id": "C-00019", "name": "Globex GmbH", "status": "active"}, {"key": "16", "id": "OLD", "name": "Old Co", "status": "inactive"}},
		"general-ledger/account":       {{"key": "384", "id": "4000", "name": "Temporary staffing revenue", "status": "active"}, {"key": "385", "id": "4100", "name": "Placement fees", "status": "active"}},
		"company-config/location":      {{"key": "4", "id": "1", "name": "Austin", "status": "active"}},
		"company-config/department":    {{"key": "9", "id": "CC-4100", "name": "Warehouse", "status": "active"}, {"key": "10", "id": "CC-4200", "name": "Night shift", "status": "active"}},
		"company-config/class":         {{"key": "1", "id": "CONTRACT", "name": "Contract", "status": "active"}},
		"projects/project":             {{"key": "5", "id": "P-1001", "name": "Acme warehouse", "status": "active"}},
	}
}

func (s *Server) has(object, id string) bool {
	return slices.ContainsFunc(s.lists[object], func(r row) bool { return r["id"] == id })
}

// query answers the query service. Filters must all match unless an expression says
// how they go together; a field that the object does not have fails the whole query.
func (s *Server) query(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Object     string                                  `json:"object"`
		Fields     []string                                `json:"fields"`
		Filters    []filter                                `json:"filters"`
		Expression string                                  `json:"filterExpression"`
		Parameters struct{ CaseSensitiveComparison *bool } `json:"filterParameters"`
		Order      []map[string]string                     `json:"orderBy"`
		Start      int                                     `json:"start"`
		Size       int                                     `json:"size"`
	}
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, 256<<10))
	dec.DisallowUnknownFields()
	if dec.Decode(&in) != nil || len(in.Fields) == 0 {
		refuse(w, http.StatusBadRequest, "invalidRequest", "The query is not valid")
		return
	}
	table, known, ok := s.table(in.Object)
	if !ok {
		refuse(w, http.StatusBadRequest, "invalidRequest", "There is no object "+in.Object)
		return
	}
	named := slices.Clone(in.Fields)
	for _, f := range in.Filters {
		named = append(named, f.fields()...)
	}
	for _, f := range named {
		if !slices.Contains(known, f) {
			refuse(w, http.StatusBadRequest, "invalidRequest", "The field "+f+" does not exist for the object "+in.Object)
			return
		}
	}
	fold := in.Parameters.CaseSensitiveComparison != nil && !*in.Parameters.CaseSensitiveComparison
	found := []row{}
	for _, rec := range sorted(table, in.Order) {
		hits := make([]bool, len(in.Filters))
		for i, f := range in.Filters {
			hits[i] = f.matches(rec, fold)
		}
		if holds(in.Expression, hits) {
			found = append(found, only(rec, in.Fields))
		}
	}
	s.page(w, found, max(in.Start, 1), in.Size)
}

func sorted(table []row, by []map[string]string) []row {
	out := slices.Clone(table)
	slices.SortStableFunc(out, func(a, b row) int {
		for _, o := range by {
			for field := range o {
				x, errX := strconv.Atoi(a[field])
				y, errY := strconv.Atoi(b[field])
				n := strings.Compare(a[field], b[field])
				if errX == nil && errY == nil {
					n = x - y
				}
				if n != 0 {
					return n
				}
			}
		}
		return 0
	})
	return out
}

func (s *Server) page(w http.ResponseWriter, found []row, start, size int) {
	if size <= 0 || size > 4000 {
		size = 100
	}
	from := min(start-1, len(found))
	to := min(from+size, len(found))
	meta := map[string]any{"totalCount": len(found), "start": start, "pageSize": size, "next": nil, "previous": nil}
	if to < len(found) {
		meta["next"] = to + 1
	}
	answer(w, http.StatusOK, map[string]any{"ia::result": found[from:to], "ia::meta": meta})
}

// table gives the rows of an object and the fields that a query may name.
func (s *Server) table(object string) ([]row, []string, bool) {
	fields := []string{"key", "id", "state", "description", "customer.id", "customer.name", "webURL", "audit.createdDateTime"}
	switch object {
	case invoice:
		return s.documents(object), append(fields, "invoiceNumber", "invoiceDate", "referenceNumber", "currency.txnCurrency", "totalTxnAmount"), true
	case adjustment:
		return s.documents(object), append(fields, "adjustmentNumber", "createdDate", "txnCurrency.currency", "txnCurrency.totalEntered"), true
	}
	table, ok := s.lists[object]
	return table, []string{"key", "id", "name", "status"}, ok
}

func (s *Server) documents(object string) (out []row) {
	for _, d := range s.all() {
		if d.Object != object {
			continue
		}
		shown := shownOf(d)
		r := row{}
		flatten(r, "", shown)
		customer := r["customer.id"]
		for _, c := range s.lists["accounts-receivable/customer"] {
			if c["id"] == customer {
				r["customer.name"] = c["name"]
			}
		}
		out = append(out, r)
	}
	return out
}

// flatten names the fields of related objects with a dot, as the query service does.
func flatten(out row, before string, v map[string]any) {
	for name, v := range v {
		switch v := v.(type) {
		case string:
			out[before+name] = v
		case map[string]any:
			flatten(out, before+name+".", v)
		}
	}
}

func only(rec row, fields []string) row {
	out := row{}
	for _, f := range fields {
		if v, ok := rec[f]; ok {
			out[f] = v
		}
	}
	return out
}
