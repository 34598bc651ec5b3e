package icims

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

type filter struct {
	Name     string   `json:"name"`
	Value    []string `json:"value"`
	Operator string   `json:"operator"`
}

// search gives ids, the smallest first. A search may be as old as the staleness that
// the caller allows: what changed within the lag is then missing.
func (s *Server) search(w http.ResponseWriter, r *http.Request, what string) {
	var in struct {
		Filters  []filter `json:"filters"`
		Operator string   `json:"operator"`
	}
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	dec.DisallowUnknownFields()
	list, known := s.lists[what]
	if err := dec.Decode(&in); err != nil || !known || len(in.Filters) == 0 || in.Operator != "&" {
		refuse(w, http.StatusBadRequest, "a search needs at least one filter")
		return
	}
	stale := 15 * time.Minute
	if v := r.URL.Query().Get("staleness"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			refuse(w, http.StatusBadRequest, "staleness is not a number of minutes")
			return
		}
		stale = time.Duration(n) * time.Minute
	}
	results := []object{}
	for _, rec := range list {
		fits, err := s.fits(what, rec, in.Filters)
		if err != nil {
			refuse(w, http.StatusBadRequest, err.Error())
			return
		}
		cached := s.opts.Lag > 0 && stale >= s.opts.Lag && s.opts.Now().Sub(rec.changed) < s.opts.Lag
		if fits && !cached && len(results) < s.opts.MaxResults {
			results = append(results, object{"self": s.url(r, what, rec.id), "id": rec.id})
		}
	}
	answer(w, http.StatusOK, object{"searchResults": results})
}

func (s *Server) fits(what string, rec *record, filters []filter) (bool, error) {
	entity := map[string]string{"jobs": "job", "people": "person", "applicantworkflows": "applicantworkflow"}[what]
	for _, f := range filters {
		name, ok := strings.CutPrefix(f.Name, entity+".")
		if !ok || len(f.Value) == 0 {
			return false, fmt.Errorf("the filter %s is not known or has no value", f.Name)
		}
		var fits bool
		switch {
		case name == "id" && f.Operator == ">":
			least, err := strconv.ParseInt(f.Value[0], 10, 64)
			if err != nil {
				return false, err
			}
			fits = rec.id > least
		case name == "id" && f.Operator == "=":
			fits = strconv.FormatInt(rec.id, 10) == f.Value[0]
		case name == "updateddate" && f.Operator == ">=":
			since, err := time.ParseInLocation("2006-01-02 03:04 PM", f.Value[0], s.opts.Zone)
			if err != nil {
				return false, err
			}
			// Neither side has a zone: wall clocks are compared.
			fits = !wall(rec.changed.In(s.opts.Zone)).Before(wall(since))
		case f.Operator == "=" && slices.Contains([]string{"job.folder", "person.email", "applicantworkflow.job.id", "applicantworkflow.person.id"}, f.Name):
			fits = slices.ContainsFunc(f.Value, func(v string) bool { return slices.Contains(words(rec, name), strings.ToLower(v)) })
		default:
			return false, fmt.Errorf("the filter %s %s is not known", f.Name, f.Operator)
		}
		if !fits {
			return false, nil
		}
	}
	return true, nil
}

// wall is a clock's face, to the minute.
func wall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
}

// words are the id and the value by which a field is found.
func words(rec *record, name string) []string {
	field := map[string]string{"job.id": "baseprofile", "person.id": "associatedprofile"}[name]
	if field == "" {
		field = name
	}
	if o, ok := rec.fields[field].(object); ok {
		return []string{strings.ToLower(fmt.Sprint(o["id"])), strings.ToLower(fmt.Sprint(o["value"]))}
	}
	return []string{strings.ToLower(fmt.Sprint(rec.fields[field]))}
}
