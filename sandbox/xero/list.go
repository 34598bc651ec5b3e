package xero

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// The pages of a list: Xero's default, and the most that it gives.
const (
	pageSize = 100
	pageMost = 1000
)

// params are what the lists take.
func params() []string {
	return []string{"where", "order", "IDs", "InvoiceNumbers", "page", "pageSize", "includeArchived", "searchTerm", "summaryOnly", "unitdp"}
}

// list answers with the records that the parameters ask for.
func (s *Server) list(w http.ResponseWriter, r *http.Request, name string, all []object) {
	q := r.URL.Query()
	for k := range q {
		if !slices.Contains(params(), k) {
			s.invalid(w, 10, "QueryParseException", "Unknown parameter "+k)
			return
		}
	}
	found, err := filtered(name, all, q.Get("where"))
	if err == nil {
		err = sorted(name, found, q.Get("order"))
	}
	switch {
	case errors.Is(err, errNull):
		answer(w, http.StatusInternalServerError, object{"ErrorNumber": 500, "Type": "UnknownErrorException", "Message": err.Error()})
		return
	case err != nil:
		s.invalid(w, 16, "QueryParseException", err.Error())
		return
	}
	for field, ask := range map[string]string{"InvoiceNumber": q.Get("InvoiceNumbers"), map[string]string{"Contacts": "ContactID", "Invoices": "InvoiceID"}[name]: q.Get("IDs")} {
		if ask != "" {
			found = slices.DeleteFunc(found, func(o object) bool { return !holds(ask, text(o[field])) })
		}
	}
	if name == "Contacts" {
		archived, term := q.Get("includeArchived") == "true", q.Get("searchTerm")
		found = slices.DeleteFunc(found, func(o object) bool { return o["ContactStatus"] == "ARCHIVED" && !archived || !mentions(o, term) })
	}
	s.pages(w, name, found, q.Get("page"), q.Get("pageSize"))
}

// holds says whether a comma-separated list has the value.
func holds(list, value string) bool {
	return slices.ContainsFunc(strings.Split(list, ","), func(v string) bool { return strings.EqualFold(strings.TrimSpace(v), value) })
}

// mentions is the search over contacts; account numbers are not looked at.
func mentions(contact object, term string) bool {
	for _, field := range []string{"Name", "FirstName", "LastName", "ContactNumber", "EmailAddress"} {
		if strings.Contains(strings.ToLower(text(contact[field])), strings.ToLower(term)) {
			return true
		}
	}
	return false
}

// pages cuts a page out. Invoices and credit notes have their lines only where they are
// asked for by pages.
func (s *Server) pages(w http.ResponseWriter, name string, found []object, page, size string) {
	if page == "" {
		if isPaper(name) {
			for i, d := range found {
				found[i] = maps.Clone(d)
				found[i]["LineItems"] = []any{}
			}
		}
		s.envelope(w, name, found)
		return
	}
	n, err := strconv.Atoi(page)
	many, sizeErr := strconv.Atoi(cmp.Or(size, strconv.Itoa(pageSize)))
	if err != nil || sizeErr != nil || n < 1 || many < 1 || many > pageMost {
		s.invalid(w, 10, "ValidationException", "page and pageSize are numbers from 1; a page has 1000 records at most")
		return
	}
	total := len(found)
	begin := min((n-1)*many, total)
	out := s.wrapped(name, found[begin:min(begin+many, total)])
	out["pagination"] = object{"page": n, "pageSize": many, "pageCount": (total + many - 1) / many, "itemCount": total}
	answer(w, http.StatusOK, out)
}
