package netsuite

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
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

func (s *Server) name(table, id string) string {
	for _, r := range s.lists[table] {
		if r["id"] == id {
			return r["name"]
		}
	}
	return ""
}

var (
	statement = regexp.MustCompile(`^SELECT ([a-z, ]+) FROM ([a-z]+)(?: WHERE (.+?))?(?: ORDER BY [a-z]+)?$`)
	condition = regexp.MustCompile(`([a-z]+) (?:= ('(?:[^']|'')*'|[0-9]+)|IN \(((?:'(?:[^']|'')*'|[0-9]+)(?:, (?:'(?:[^']|'')*'|[0-9]+))*)\))`)
	literal   = regexp.MustCompile(`'((?:[^']|'')*)'|([0-9]+)`)
)

// suiteQL runs the simple queries of a billing client: columns of one table, and
// comparisons that are all joined by AND or all by OR.
func (s *Server) suiteQL(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Q string `json:"q"`
	}
	if json.NewDecoder(http.MaxBytesReader(w, r.Body, 256<<10)).Decode(&in) != nil || r.Header.Get("Prefer") != "transient" {
		refuse(w, http.StatusBadRequest, "Bad Request", detail{"The required request header 'Prefer' is missing or the body is not valid.", "", "INVALID_HEADER"})
		return
	}
	m := statement.FindStringSubmatch(in.Q)
	if m == nil {
		refuse(w, http.StatusBadRequest, "Bad Request", detail{"Invalid search query. Detailed unprocessed description follows. Search error occurred: Invalid or unsupported search.", "", "INVALID_PARAMETER"})
		return
	}
	table := s.lists[m[2]]
	if m[2] == "transaction" {
		table = s.transactions()
	} else if table == nil {
		refuse(w, http.StatusBadRequest, "Bad Request", detail{"Invalid search query. Record '" + m[2] + "' was not found.", "", "INVALID_PARAMETER"})
		return
	}
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 || limit > 1000 {
		limit = 1000
	}
	items := []row{}
	for _, rec := range table {
		if matches(rec, m[3]) {
			items = append(items, columns(rec, strings.Split(m[1], ", ")))
		}
	}
	total := len(items)
	items = items[:min(limit, total)]
	answer(w, http.StatusOK, map[string]any{"links": []any{}, "count": len(items), "hasMore": total > limit, "items": items, "offset": 0, "totalResults": total})
}

func (s *Server) transactions() (out []row) {
	for _, t := range s.all() {
		kind := map[string]string{"salesOrder": "SalesOrd", "returnAuthorization": "RtnAuth"}[t.Record]
		out = append(out, row{"id": strconv.FormatInt(t.ID, 10), "type": kind, "tranid": t.Number, "status": t.Status, "externalid": t.External})
	}
	return out
}

// columns leaves out what is null, as SuiteQL over REST does.
func columns(rec row, names []string) row {
	out := row{}
	for _, n := range names {
		if v, ok := rec[n]; ok {
			out[n] = v
		}
	}
	return out
}

func matches(rec row, where string) bool {
	all := condition.FindAllStringSubmatch(where, -1)
	hits := 0
	for _, c := range all {
		for _, l := range literal.FindAllStringSubmatch(c[2]+c[3], -1) {
			if v, ok := rec[c[1]]; ok && v == strings.ReplaceAll(l[1], "''", "'")+l[2] {
				hits++
				break
			}
		}
	}
	rest := condition.ReplaceAllString(where, "")
	return len(all) == 0 || hits == len(all) || strings.Contains(rest, " OR ") && hits > 0
}
