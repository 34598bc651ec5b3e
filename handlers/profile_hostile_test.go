package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/internal/apitoken"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// hostileCells are expressions that somebody may type or send. Those that only a
// record brings to light run on one with a list of a million.
var hostileCells = map[string]struct {
	cel, want string
	runs      bool
}{
	"a pattern that grows":     {`"a".matches("` + strings.Repeat("(a{1,99}){1,9}", 99) + `") ? "x" : "y"`, "", false},
	"brackets in brackets":     {strings.Repeat("(", 7000) + "1" + strings.Repeat(")", 7000), "", false},
	"macros in macros":         {strings.Repeat("raw.x.map(a, ", 900) + "1" + strings.Repeat(")", 900), "", false},
	"twenty thousand sums":     {strings.Repeat("1+", 20_000) + "1", "longer than 16 KiB", false},
	"a type error":             {`"a" * 2`, "do not fit", false},
	"a loop over a million":    {`string(raw.list.map(x, raw.list.map(y, x * y)).size())`, "does too much", true},
	"a loop in a loop in one":  {`raw.list.all(a, raw.list.all(b, raw.list.all(c, a == b))) ? "x" : "y"`, "does too much", true},
	"a list that never ends":   {`raw.list`, "more than", true},
	"a text that doubles much": {strings.Repeat("cel.bind(x, ", 14) + "raw.half" + strings.Repeat(", x + x)", 14), "longer than", true},
}

// inASecond fails when f takes more than a second, with room for a busy machine, or
// more memory than a document may cost.
func inASecond(t *testing.T, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	f()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if used := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 3*time.Second || used > 400 {
		t.Errorf("it took %v and %d MiB", took, used)
	}
}

// These tests are not parallel: they measure time and memory.
func TestHostileCellsOnThePage(t *testing.T) {
	h := openHub(t)
	c, b := h.configured(""), h.as(accountManager)
	raw := json.RawMessage(`{"id": "9", "list": [` + strings.Repeat("1,", 999_999) + `1], "half": "` + strings.Repeat("a", 200<<10) + `"}`)
	h.ok(h.store.InTx(context.Background(), func(tx *store.Tx) error {
		_, _, err := tx.InsertRawIfChanged(context.Background(), c.ID, staffing.FeedRequisitions, staffing.Record{ExternalID: "9", Raw: raw, UpdatedAt: time.Now()})
		return err
	}))
	base := "/connections/" + c.ID.String() + "/profile"
	form := hidden(b.get(base+"/cell?section=requisition&key=title").page(t), base+"/cell")
	for name, x := range hostileCells {
		t.Run(name, func(t *testing.T) {
			inASecond(t, func() {
				a := b.post(base+"/cell", with(form, "mode", "cel", "cel", x.cel, "do", "try"))
				want := http.StatusUnprocessableEntity
				if x.runs {
					want = http.StatusOK // it compiles; the live value tells
				}
				doc := a.must(t, want).page(t)
				if got := doc.Find("main").Text(); !strings.Contains(got, x.want) || x.want == "" && doc.Find("#f-cel-error").Length() == 0 {
					t.Errorf("the page does not say %q", x.want)
				}
			})
		})
	}
	t.Run("ten megabytes", func(t *testing.T) {
		inASecond(t, func() {
			b.post(base+"/cell", with(form, "mode", "cel", "cel", strings.Repeat("1+", 5<<20)+"1", "do", "save")).must(t, http.StatusRequestEntityTooLarge)
		})
	})
	if _, err := h.store.Draft(context.Background(), c.ID); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("something was saved: %v", err)
	}
}

func TestHostileDocumentsByREST(t *testing.T) {
	h := newRestHub(t)
	w := newRestWorld(h)
	token := h.token(apitoken.ScopeProfiles)
	put := func(text string) restAnswer {
		return h.call("PUT", fmt.Sprintf("/connections/%s/profile/draft?revision=%d", w.connection.ID, w.draft.Revision), token, text,
			func(r *http.Request) { r.Header.Set("Content-Type", "application/yaml") })
	}
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'z'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	documents := map[string]string{"anchors that multiply": bomb, "lists in lists": "lists: " + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
		"maps in maps": "lists: " + strings.Repeat("{a: ", 4_000) + "1" + strings.Repeat("}", 4_000), "many documents": strings.Repeat("about: x\n---\n", 50_000)}
	for name, x := range hostileCells {
		if !x.runs {
			documents[name] = "requisition:\n  title: '" + x.cel + "'\n"
		}
	}
	for name, text := range documents {
		t.Run(name, func(t *testing.T) {
			inASecond(t, func() {
				p := h.want(put(text), http.StatusUnprocessableEntity).problem(t)
				if p.Code != "invalid" || len(p.Problems) == 0 || p.Problems[0].Message == "" || len(p.Detail) > 1200 {
					t.Errorf("the refusal is %.300s: %d problems", p.Detail, len(p.Problems))
				}
			})
		})
	}
	t.Run("ten megabytes", func(t *testing.T) {
		inASecond(t, func() {
			h.refused(h.want(put("requisition:\n  title: '"+strings.Repeat("1+", 5<<20)+"1'\n"), http.StatusRequestEntityTooLarge), staffing.Invalid, "")
		})
	})
	if draft, err := h.store.Draft(context.Background(), w.connection.ID); err != nil || draft.Revision != w.draft.Revision {
		t.Errorf("something was saved: %+v (%v)", draft, err)
	}
}
