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

type filter struct {
	Equal  map[string]string `json:"$eq"`
	Starts map[string]string `json:"$startsWith"`
}

func (f filter) matches(r row) bool {
	for k, v := range f.Equal {
		if r[k] != v {
			return false
		}
	}
	for k, v := range f.Starts {
		if !strings.HasPrefix(r[k], v) {
			return false
		}
	}
	return true
}

// query answers the query service: filters that all match, or any for "1 or 2".
func (s *Server) query(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Object     string              `json:"object"`
		Fields     []string            `json:"fields"`
		Filters    []filter            `json:"filters"`
		Expression string              `json:"filterExpression"`
		Order      []map[string]string `json:"orderBy"`
		Start      int                 `json:"start"`
		Size       int                 `json:"size"`
	}
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, 256<<10))
	dec.DisallowUnknownFields()
	if dec.Decode(&in) != nil || len(in.Fields) == 0 {
		refuse(w, http.StatusBadRequest, "invalidRequest", "The query is not valid")
		return
	}
	table, ok := s.lists[in.Object]
	if in.Object == invoice || in.Object == adjustment {
		table, ok = s.documents(in.Object), true
	}
	if !ok {
		refuse(w, http.StatusBadRequest, "invalidRequest", "There is no object "+in.Object)
		return
	}
	found := []row{}
	for _, rec := range table {
		hits := 0
		for _, f := range in.Filters {
			if f.matches(rec) {
				hits++
			}
		}
		if hits == len(in.Filters) || hits > 0 && strings.Contains(in.Expression, " or ") {
			found = append(found, only(rec, in.Fields))
		}
	}
	s.page(w, found, max(in.Start, 1), in.Size)
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

func (s *Server) documents(object string) (out []row) {
	for _, d := range s.all() {
		if d.Object != object {
			continue
		}
		text, _ := d.body()["description"].(string)
		key := strconv.FormatInt(d.Key, 10)
		out = append(out, row{"key": key, "id": key, "state": d.State, schemas()[object].number: d.Number, "description": text})
	}
	return out
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
