package handlers

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/internal/apitoken"
	"github.com/tributary-hub/tributary/staffing"
)

func asCSV(r *http.Request) { r.Header.Set("Content-Type", "text/csv") }

func TestACodeListIsSavedReadAndDeleted(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	write, read := h.token(apitoken.ScopeProfiles), h.token(apitoken.ScopeRead)
	path := "/connections/" + w.connection.ID.String() + "/lists"
	var saved api.CodeListSummary
	h.want(h.call("PUT", path+"/sites", write, "code,value\nLDN,London\n\"NYC\",\"New York, NY\"\n", asCSV), http.StatusOK).into(t, &saved)
	if saved.Version != 2 || saved.Count != 2 || saved.CreatedBy != "token:robot" {
		t.Errorf("saved is %+v", saved)
	}
	var list api.CodeList
	h.want(h.call("GET", path+"/sites", read, nil), http.StatusOK).into(t, &list)
	if list.Version != 2 || list.Count != 2 || list.Entries["NYC"] != "New York, NY" {
		t.Errorf("the list is %+v", list)
	}
	h.want(h.call("PUT", path+"/rates", write, map[string]any{"entries": map[string]any{"A": "95.00"}}), http.StatusOK)
	var all api.CodeListList
	h.want(h.call("GET", path, read, nil), http.StatusOK).into(t, &all)
	if len(all.Items) != 2 || all.Items[0].Name != "rates" || all.Items[1].Name != "sites" {
		t.Errorf("the lists are %+v", all.Items)
	}
	h.want(h.call("DELETE", path+"/rates", write, nil), http.StatusNoContent)
	h.refused(h.want(h.call("DELETE", path+"/rates", write, nil), http.StatusNotFound), staffing.NotFound, "")
	h.refused(h.want(h.call("GET", path+"/rates", read, nil), http.StatusNotFound), staffing.NotFound, "")
	if got := strings.Join(h.audited(), ", "); got != "profile.list_deleted, profile.list_saved, profile.list_saved" {
		t.Errorf("the audit log has %q", got)
	}
}

func TestAListIsRefusedByItsLines(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	write := h.token(apitoken.ScopeProfiles)
	path := "/connections/" + w.connection.ID.String() + "/lists/sites"
	a := h.want(h.call("PUT", path, write, "A,one\n,two\nB,three,four\nA,five\n", asCSV), http.StatusUnprocessableEntity)
	p := a.problem(t)
	var lines []int
	for _, x := range p.Problems {
		lines = append(lines, x.Line)
	}
	if fmt.Sprint(lines) != "[2 3 4]" || p.Field != "body" || !strings.Contains(p.Detail, "3 problems, the first: line 2: ") {
		t.Errorf("the lines are refused as %s", a.body)
	}
	many := h.want(h.call("PUT", path, write, strings.Repeat(",nothing\n", 5000), asCSV), http.StatusUnprocessableEntity).problem(t)
	if len(many.Problems) != shownParts || !strings.Contains(many.Detail, "5000 problems") {
		t.Errorf("%d problems are named, with %q", len(many.Problems), many.Detail)
	}
	h.refused(h.want(h.call("PUT", path, write, "A,\xff\n", asCSV), http.StatusUnprocessableEntity), staffing.Invalid, "body")
	h.refused(h.want(h.call("PUT", path, write, "", asCSV), http.StatusUnprocessableEntity), staffing.Invalid, "body")
	h.refused(h.want(h.call("PUT", path, write, strings.Repeat("x", apiBody+1), asCSV), http.StatusRequestEntityTooLarge), staffing.Invalid, "")
	for code, field := range map[string]string{"": "entries", " A": "entries", strings.Repeat("é", longCode+1): "entries"} {
		h.refused(h.want(h.call("PUT", path, write, map[string]any{"entries": map[string]any{code: "x"}}), http.StatusUnprocessableEntity), staffing.Invalid, field)
	}
	h.refused(h.want(h.call("PUT", strings.Replace(path, "sites", "Sites", 1), write, "A,one\n", asCSV), http.StatusUnprocessableEntity), staffing.Invalid, "name")
	if got := h.audited(); len(got) != 0 {
		t.Errorf("what was refused left its mark: %v", got)
	}
}

func TestAHundredThousandLinesTakeSeconds(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	path := "/connections/" + w.connection.ID.String() + "/lists/cost_centres"
	var b strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&b, "CC-%06d,Cost centre %d of the plant in Springfield\n", i, i)
	}
	began := time.Now()
	var saved api.CodeListSummary
	h.want(h.call("PUT", path, h.token(apitoken.ScopeProfiles), b.String(), asCSV), http.StatusOK).into(t, &saved)
	took := time.Since(began)
	t.Logf("saved in %s", took)
	if saved.Count != 100_000 || took > 5*time.Second {
		t.Errorf("%d of 100,000 lines after %s", saved.Count, took)
	}
}
