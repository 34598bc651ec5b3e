package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

const (
	rowsPerPage = 50
	longFilter  = 200 // characters of a filter that are looked at
)

// listQuery reads the filters of a list from the address.
type listQuery struct {
	path   string
	values url.Values
}

func queryOf(r *http.Request, path string) listQuery {
	return listQuery{path, r.URL.Query()}
}

// text gives one filter, trimmed and bounded.
func (q listQuery) text(key string) string {
	v := strings.TrimSpace(q.values.Get(key))
	if len(v) > longFilter {
		v = strings.ToValidUTF8(v[:longFilter], "")
	}
	return v
}

// id gives a filter that is an id; the nil id when it is none.
func (q listQuery) id(key string) uuid.UUID {
	id, err := uuid.Parse(q.text(key))
	if err != nil {
		return uuid.Nil
	}
	return id
}

// page counts from 1.
func (q listQuery) page() int {
	n, err := strconv.Atoi(q.text("page"))
	if err != nil || n < 1 || n > 1_000_000 {
		return 1
	}
	return n
}

func (q listQuery) offset() int { return (q.page() - 1) * rowsPerPage }

// filtered says that one of the keys narrows the list.
func (q listQuery) filtered(keys ...string) bool {
	for _, k := range keys {
		if q.text(k) != "" {
			return true
		}
	}
	return false
}

// with gives the address of the same list with one filter changed.
func (q listQuery) with(key, v string) string {
	values := url.Values{}
	for k := range q.values {
		if t := q.text(k); t != "" && k != key && k != "page" {
			values.Set(k, t)
		}
	}
	if v != "" {
		values.Set(key, v)
	}
	if len(values) == 0 {
		return q.path
	}
	return q.path + "?" + values.Encode()
}

// without gives the list without one filter.
func (q listQuery) without(key string) listQuery {
	values := url.Values{}
	for k, v := range q.values {
		if k != key {
			values[k] = v
		}
	}
	return listQuery{q.path, values}
}

// raw gives the query string, for the live fragment of the list.
func (q listQuery) raw() string {
	_, raw, _ := strings.Cut(q.with("page", q.text("page")), "?")
	return raw
}

func (q listQuery) pager(total int) web.Pager {
	pages := max(1, (total+rowsPerPage-1)/rowsPerPage)
	p := web.Pager{Page: q.page(), Pages: pages, Total: total}
	if p.Page > 1 {
		p.PrevURL = q.with("page", strconv.Itoa(min(p.Page-1, pages)))
	}
	if p.Page < pages {
		p.NextURL = q.with("page", strconv.Itoa(p.Page+1))
	}
	return p
}

// options makes the entries of a select; pairs are value and label.
func options(chosen string, pairs ...[2]string) []web.Option {
	out := make([]web.Option, 0, len(pairs))
	for _, p := range pairs {
		out = append(out, web.Option{Value: p[0], Label: p[1], Selected: p[0] == chosen})
	}
	return out
}

// clientOptions offers the clients.
func (s *Server) clientOptions(r *http.Request, chosen string) ([]web.Option, error) {
	clients, err := s.store.Clients(r.Context())
	if err != nil {
		return nil, err
	}
	return optionsOfClients(clients, chosen), nil
}

func optionsOfClients(clients []store.Client, chosen string) []web.Option {
	var pairs [][2]string
	for _, c := range clients {
		pairs = append(pairs, [2]string{c.ID.String(), c.Name})
	}
	return options(chosen, pairs...)
}

// pathID reads the id in the path; one that is none leads nowhere.
func pathID(r *http.Request) (uuid.UUID, error) {
	id, err := uuid.Parse(chi.URLParam(r, "id"))
	if err != nil {
		return id, errNoPage
	}
	return id, nil
}

// pathText reads a text in the path. The router gives it escaped when the path
// holds an escaped slash, and only then.
func pathText(r *http.Request, name string) (string, error) {
	text := chi.URLParam(r, name)
	if r.URL.RawPath == "" {
		return text, nil
	}
	text, err := url.PathUnescape(text)
	if err != nil {
		return "", errNoPage
	}
	return text, nil
}

// formText reads one field of a posted form, trimmed. It is bounded by the body.
func formText(r *http.Request, key string) string { return strings.TrimSpace(r.PostForm.Get(key)) }
