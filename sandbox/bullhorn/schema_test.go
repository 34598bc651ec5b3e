package bullhorn

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// entityFields reads the vendor's entity reference: field name to type, with its
// ranges of custom fields spelled out.
func entityFields(t *testing.T) map[string]map[string]string {
	t.Helper()
	var in map[string]struct {
		Fields []struct {
			Name string `json:"name"`
			Type string `json:"type"`
		} `json:"fields"`
	}
	readShared(t, &in, "specs", "bullhorn", "entities.json")
	span := regexp.MustCompile(`^([A-Za-z]+)1(?:-| to )(\d+)$`)
	out := map[string]map[string]string{}
	for entity, e := range in {
		out[entity] = map[string]string{}
		for _, f := range e.Fields {
			m := span.FindStringSubmatch(f.Name)
			if m == nil {
				out[entity][f.Name] = f.Type
				continue
			}
			last, _ := strconv.Atoi(m[2])
			for i := 1; i <= last; i++ {
				out[entity][fmt.Sprintf("%s%d", m[1], i)] = f.Type
			}
		}
	}
	return out
}

// TestTheTablesFollowTheEntityReference holds every field against the vendor's
// reference: its name, its kind and its length.
func TestTheTablesFollowTheEntityReference(t *testing.T) {
	reference := entityFields(t)
	size := regexp.MustCompile(`^String \((\d+)\)$`)
	kinds := map[string]string{"int": "Integer", "decimal": "BigDecimal Double Float", "bool": "Boolean", "time": "Timestamp", "one": "To-one association",
		"many": "To-many association", "composite": "COMPOSITE Address"}
	for _, entity := range []string{"JobOrder", "Candidate", "JobSubmission", "JobSubmissionHistory", "Placement", "ClientCorporation", "ClientContact"} {
		for _, f := range schemas()[entity].fields {
			want, ok := reference[entity][f.name]
			if !ok {
				_, several := reference[entity][f.name+" to 35s"] // how the reference writes custom objects
				if !several && !inMeta(t, entity, f.name) {
					t.Errorf("%s.%s is not in the vendor's reference", entity, f.name)
				}
				continue
			}
			m := size.FindStringSubmatch(want)
			switch {
			case f.kind == "text" && m != nil:
				if n, _ := strconv.Atoi(m[1]); n != f.max && (n != 2147483647 || f.max != 0) {
					t.Errorf("%s.%s has %d characters, the vendor says %d", entity, f.name, f.max, n)
				}
			case f.kind == "text" && strings.HasPrefix(want, "String"):
			case f.kind == "text" || !strings.Contains(kinds[f.kind], strings.Fields(want + " ?")[0]):
				t.Errorf("%s.%s is %s, the vendor says %s", entity, f.name, f.kind, want)
			}
		}
	}
}

// inMeta looks where the reference leaves a field out that real accounts have.
func inMeta(t *testing.T, entity, name string) bool {
	t.Helper()
	var in struct {
		Fields []struct {
			Name string `json:"name"`
		} `json:"fields"`
	}
	readShared(t, &in, "specs", "bullhorn", "meta", strings.ToLower(entity)+".json")
	for _, f := range in.Fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// sameForm compares the form of two JSON values: kinds of members that both have,
// and that have has every member of want.
func sameForm(path string, have, want any) (out []string) {
	switch w := want.(type) {
	case map[string]any:
		h, ok := have.(map[string]any)
		if !ok {
			return []string{path + " is no object"}
		}
		for k, v := range w {
			if _, ok := h[k]; !ok {
				out = append(out, path+"."+k+" is missing")
				continue
			}
			out = append(out, sameForm(path+"."+k, h[k], v)...)
		}
	case []any:
		h, ok := have.([]any)
		if !ok {
			return []string{path + " is no list"}
		}
		if len(h) > 0 && len(w) > 0 {
			out = append(out, sameForm(path+"[0]", h[0], w[0])...)
		}
	case nil:
	default:
		if have != nil && fmt.Sprintf("%T", have) != fmt.Sprintf("%T", want) {
			out = append(out, fmt.Sprintf("%s is %T, the sample has %T", path, have, want))
		}
	}
	return out
}

// TestAnswersHaveTheFormOfTheSamples compares answers with the vendor's own test
// data, for the fields that this simulator has.
func TestAnswersHaveTheFormOfTheSamples(t *testing.T) {
	a := open(t, nil, Options{})
	a.do("PUT", "event/subscription/mine", url.Values{"type": {"entity"}, "names": {"Candidate,JobSubmission"}, "eventTypes": {"INSERTED,UPDATED"}}, nil)
	_, candidate, sub := a.world()
	if err := a.SetStatus(sub, "Client Submission"); err != nil {
		t.Fatal(err)
	}
	for file, c := range map[string]struct{ path, entity string }{
		"joborder.json": {"query/JobOrder", "JobOrder"}, "candidate.json": {"query/Candidate", "Candidate"}, "jobsubmission.json": {"query/JobSubmission", "JobSubmission"},
		"jobsubmissionhistory.json": {"query/JobSubmissionHistory", "JobSubmissionHistory"}, "clientcorporation.json": {"query/ClientCorporation", "ClientCorporation"},
		"clientcontact.json":             {"query/ClientContact", "ClientContact"},
		"candidate_fileAttachments.json": {fmt.Sprintf("entity/Candidate/%d/fileAttachments", candidate), "FileAttachment"},
	} {
		t.Run(file, func(t *testing.T) {
			var sample struct {
				Data []map[string]any `json:"data"`
			}
			readShared(t, &sample, "samples", "bullhorn", file)
			want := map[string]any{}
			var fields []string
			for k, v := range sample.Data[0] {
				if _, several := v.([]any); several {
					continue // texts that this one account lets have several values
				}
				if f, ok := schemas()[c.entity].field(k); ok && f.kind != "many" && f.kind != "one" {
					want[k], fields = v, append(fields, k)
				}
			}
			if len(fields) < 5 {
				t.Fatalf("only %v are compared", fields)
			}
			q := url.Values{"fields": {strings.Join(fields, ",")}}
			if strings.HasPrefix(c.path, "query") {
				q.Set("where", "id > 0")
			}
			got := a.do("GET", c.path, q, nil).json(t)
			list, _ := got["data"].([]any)
			if len(list) == 0 {
				t.Fatalf("%v", got)
			}
			for _, problem := range sameForm(c.entity, list[0], want) {
				t.Error(problem)
			}
		})
	}
	for file, got := range map[string]map[string]any{
		"event.json": a.do("GET", "event/subscription/mine", url.Values{"maxEvents": {"5"}}, nil).json(t),
		"subscription-put-response.synthetic.json": a.do("PUT", "event/subscription/other", url.Values{"type": {"entity"}, "names": {"JobOrder"}, "eventTypes": {"DELETED"}}, nil).json(t),
		"loginInfo-response.synthetic.json":        a.raw("GET", "/rest-services/loginInfo?username=x", nil, nil).json(t),
		"error-400.synthetic.json":                 a.do("GET", "query/JobOrder", nil, nil).json(t),
		"changed-response.synthetic.json":          a.do("POST", fmt.Sprintf("entity/JobSubmission/%d", sub), nil, map[string]any{"status": "Placed"}).json(t),
	} {
		var want map[string]any
		readShared(t, &want, "samples", "bullhorn", file)
		for _, problem := range sameForm(file, got, want) {
			t.Error(problem)
		}
	}
}

// TestSampleRequestsAreTaken sends the sample requests, with this account's ids.
func TestSampleRequestsAreTaken(t *testing.T) {
	a := open(t, nil, Options{})
	job, candidate, sub := a.world()
	ids := map[string]int64{"clientCorporation": a.tables["ClientCorporation"].List(nil)[0].id(), "clientContact": a.tables["ClientContact"].List(nil)[0].id(),
		"owner": apiUser, "sendingUser": apiUser, "jobOrder": job, "candidate": candidate, "jobSubmission": sub}
	for file, path := range map[string]string{"joborder-put-request.synthetic.json": "entity/JobOrder", "jobsubmission-put-request.synthetic.json": "entity/JobSubmission",
		"placement-put-request.synthetic.json": "entity/Placement", "file-put-request.synthetic.json": fmt.Sprintf("file/Candidate/%d", candidate)} {
		var body map[string]any
		readShared(t, &body, "samples", "bullhorn", file)
		for k, id := range ids {
			if _, ok := body[k]; ok {
				body[k] = map[string]any{"id": id}
			}
		}
		if r := a.do("PUT", path, nil, body); r.status != 200 {
			t.Errorf("%s: %d %s", file, r.status, r.body)
		}
	}
}
