package successfactors

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// properties are the entities and what each has; those with a slash at the end are
// navigated to.
func properties() map[string][]string {
	return map[string][]string{
		"JobRequisition": {"jobReqId", "templateId", "numberOpenings", "status", "internalStatus", "isDraft", "deleted", "jobStartDate", "createdDateTime", "lastModifiedDateTime",
			"department", "city", "stateProvince", "country", "costCenterId", "cust_billRate", "cust_poNumber", "jobReqLocale/", "hiringManager/", "recruiter/"},
		"JobApplication":       {"applicationId", "candidateId", "jobReqId", "status", "appStatusSetItemId", "lastModifiedDateTime", "source", "firstName", "lastName", "contactEmail", "jobAppStatus/"},
		"Candidate":            {"candidateId", "firstName", "lastName", "primaryEmail", "contactEmail", "cellPhone", "country"},
		"JobOffer":             {"offerId", "applicationId", "jobStartDate", "lastModifiedDateTime"},
		"JobApplicationStatus": {"appStatusId", "appStatusName"},
	}
}

func key(entity string) string { return properties()[entity][0] }

func (s *Server) list(w http.ResponseWriter, r *http.Request, entity string) {
	q := r.URL.Query()
	for name := range q {
		if !slices.Contains([]string{"$format", "$filter", "$select", "$expand", "$top", "$skiptoken", "paging", "customPageSize"}, name) {
			refuse(w, http.StatusBadRequest, "COE0018", "the parameter "+name+" is not known")
			return
		}
	}
	after, top := int64(0), s.opts.PageSize
	if t := q.Get("$skiptoken"); t != "" {
		raw, err := base64.URLEncoding.DecodeString(t)
		if after, _ = strconv.ParseInt(string(raw), 10, 64); err != nil || after == 0 || t == s.refused {
			refuse(w, http.StatusBadRequest, "COE_INVALID_SKIPTOKEN", "the skiptoken is not valid")
			return
		}
	}
	for _, name := range []string{"$top", "customPageSize"} {
		if v := q.Get(name); v != "" {
			n, err := strconv.Atoi(v)
			if err != nil || n < 1 {
				refuse(w, http.StatusBadRequest, "COE0018", name+" is not a number")
				return
			}
			top = min(top, n)
		}
	}
	results, next := []object{}, ""
	for _, o := range s.rows[entity] {
		id := o[key(entity)].(int64) //nolint:forcetypeassert // our own
		fits, err := fits(entity, o, q.Get("$filter"))
		var view object
		if err == nil {
			view, err = s.view(r, entity, o, q)
		}
		if err != nil {
			refuse(w, http.StatusBadRequest, "COE_PROPERTY_NOT_FOUND", err.Error())
			return
		}
		if id <= after || !fits {
			continue
		}
		if entity == "JobApplication" && fmt.Sprint(id) == s.hidden {
			s.hidden = ""
			continue
		}
		if len(results) == top {
			next = base64.URLEncoding.EncodeToString([]byte(strings.Trim(fmt.Sprint(results[top-1][key(entity)]), `"`)))
			break
		}
		results = append(results, view)
	}
	d := object{"results": results}
	if next != "" && q.Get("$top") == "" {
		q.Set("$skiptoken", next)
		d["__next"] = "https://api4.successfactors.example/odata/v2/" + entity + "?" + q.Encode() // not the host that was called
	}
	answer(w, http.StatusOK, object{"d": d})
}

func (s *Server) show(w http.ResponseWriter, r *http.Request, entity, id string) {
	for _, o := range s.rows[entity] {
		if fmt.Sprint(o[key(entity)]) != id {
			continue
		}
		view, err := s.view(r, entity, o, r.URL.Query())
		if err != nil {
			refuse(w, http.StatusBadRequest, "COE_PROPERTY_NOT_FOUND", err.Error())
			return
		}
		answer(w, http.StatusOK, object{"d": view})
		return
	}
	refuse(w, http.StatusNotFound, "COE_GENERAL_RESOURCE_NOT_FOUND", "the requested entity does not exist")
}

// fits applies a filter of conditions joined by and.
func fits(entity string, o object, filter string) (bool, error) {
	if filter == "" {
		return true, nil
	}
	for _, cond := range strings.Split(filter, " and ") {
		parts := strings.SplitN(cond, " ", 3)
		if len(parts) != 3 || !slices.Contains(properties()[entity], parts[0]) {
			return false, fmt.Errorf("the filter %s cannot be read", cond)
		}
		have := o[parts[0]]
		switch at, isTime := have.(time.Time); {
		case parts[1] == "ge" && isTime:
			since, err := time.Parse("2006-01-02T15:04:05Z", strings.TrimSuffix(strings.TrimPrefix(parts[2], "datetimeoffset'"), "'"))
			if err != nil {
				return false, err
			}
			if at.Before(since) {
				return false, nil
			}
		case parts[1] == "eq" && !isTime:
			want := parts[2]
			if _, isText := have.(string); isText {
				want = strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(want, "'"), "'"), "''", "'")
			}
			if fmt.Sprint(have) != want {
				return false, nil
			}
		default:
			return false, fmt.Errorf("the filter %s cannot be applied", cond)
		}
	}
	return true, nil
}

// view is an object as the wire shows it: 64-bit numbers and decimals as texts, what
// was not expanded as a link.
func (s *Server) view(r *http.Request, entity string, o object, q url.Values) (object, error) {
	expand := split(q.Get("$expand"))
	for _, e := range expand {
		if !slices.Contains(properties()[entity], e+"/") {
			return nil, fmt.Errorf("[COE_PROPERTY_NOT_FOUND]Invalid navigation property %s on %s", e, entity)
		}
	}
	chosen := map[string]bool{}
	for _, f := range split(q.Get("$select")) {
		nav, _, deep := strings.Cut(f, "/")
		if !deep && !slices.Contains(properties()[entity], f) || deep && !slices.Contains(expand, nav) {
			return nil, fmt.Errorf("[COE_PROPERTY_NOT_FOUND]Invalid property names: %s/%s", entity, f)
		}
		chosen[nav] = true
	}
	uri := fmt.Sprintf("http://%s/odata/v2/%s(%vL)", r.Host, entity, o[key(entity)])
	out := object{"__metadata": object{"uri": uri, "type": "SFOData." + entity}}
	for _, p := range properties()[entity] {
		name, nav := strings.CutSuffix(p, "/")
		if len(chosen) > 0 && !chosen[name] {
			continue
		}
		v := wire(o[name])
		if nav && !slices.Contains(expand, name) {
			v = object{"__deferred": object{"uri": uri + "/" + name}}
		}
		out[name] = v
	}
	return out, nil
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

func wire(v any) any {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case time.Time:
		return fmt.Sprintf("/Date(%d+0000)/", v.UnixMilli())
	}
	return v
}
