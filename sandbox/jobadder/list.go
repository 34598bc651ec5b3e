package jobadder

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const paging = "Offset Limit"

// listing answers one page of rows: ranges of times, order, offset and limit.
func listing(w http.ResponseWriter, r *http.Request, rows []object, known string) {
	q, ok := query(w, r, strings.Fields(known)...)
	if !ok {
		return
	}
	rows = slices.Clone(rows)
	for param, field := range map[string]string{"CreatedAt": "createdAt", "UpdatedAt": "updatedAt"} {
		for _, v := range q[param] {
			keep, err := between(v)
			if err != nil {
				refuse(w, http.StatusUnprocessableEntity, err.Error(), param)
				return
			}
			rows = slices.DeleteFunc(rows, func(o object) bool { return !keep(text(o[field])) })
		}
	}
	if v := q.Get("Name"); v != "" {
		rows = slices.DeleteFunc(rows, func(o object) bool { return !strings.Contains(strings.ToLower(text(o["name"])), strings.ToLower(v)) })
	}
	switch q.Get("Sort") {
	case "":
	case "createdAt":
		slices.SortStableFunc(rows, func(a, b object) int { return strings.Compare(text(a["createdAt"]), text(b["createdAt"])) })
	default:
		refuse(w, http.StatusUnprocessableEntity, "Cannot sort by "+q.Get("Sort"), "Sort")
		return
	}
	offset, limit, err := window(q)
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, err.Error(), "Limit")
		return
	}
	total := len(rows)
	rows = rows[min(offset, total):min(offset+limit, total)]
	answer(w, http.StatusOK, object{"items": append([]object{}, rows...), "totalCount": total, "links": object{}})
}

func window(q url.Values) (offset, limit int, err error) {
	limit = 100
	for name, to := range map[string]*int{"Offset": &offset, "Limit": &limit} {
		if v := q.Get(name); v != "" {
			if *to, err = strconv.Atoi(v); err != nil || *to < 0 {
				return 0, 0, fmt.Errorf("%s is no number", name)
			}
		}
	}
	if limit > 1000 {
		return 0, 0, fmt.Errorf("the limit must not exceed 1000")
	}
	return offset, limit, nil
}

// between reads a filter: > and < are inclusive.
func between(v string) (func(string) bool, error) {
	if v == "" || v[0] != '>' && v[0] != '<' {
		return nil, fmt.Errorf("a time needs > or < before it")
	}
	bound, err := time.Parse(time.RFC3339, v[1:])
	if err != nil {
		return nil, fmt.Errorf("%s is no time", v[1:])
	}
	return func(s string) bool {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return false
		}
		return t.Equal(bound) || t.After(bound) == (v[0] == '>')
	}, nil
}

// byID finds a row.
func byID(rows []object, field, id string) object {
	for _, o := range rows {
		if strconv.FormatInt(number(o[field]), 10) == id {
			return o
		}
	}
	return nil
}

// show answers one row.
func show(w http.ResponseWriter, rows []object, field, id string) {
	if o := byID(rows, field, id); o != nil {
		answer(w, http.StatusOK, o)
		return
	}
	refuse(w, http.StatusNotFound, "Not found")
}

// only gives a copy with some of the keys.
func only(o object, keys ...string) object {
	out := object{}
	for _, k := range keys {
		if v, ok := o[k]; ok {
			out[k] = v
		}
	}
	return out
}
