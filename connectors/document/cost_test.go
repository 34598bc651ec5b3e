package document_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors/document"
	"github.com/tributary-hub/tributary/staffing"
)

// The worst documents that are small enough are read in a time that a page can wait
// for. The bound is generous: it is about minutes, not about milliseconds.
func TestTheWorstDocumentsAreReadInTime(t *testing.T) {
	var many strings.Builder
	for i := range 1_800 {
		fmt.Fprintf(&many, "      k%d: '[1,2].map(x,x)'\n", i)
	}
	for name, query := range map[string]string{
		"many expressions":     "\n" + many.String(),
		"one of many loops":    " {q: '" + strings.Repeat("body.all(a, a.all(b, b == 1)) || ", 100) + "true'}\n",
		"one long expression":  " {q: '" + strings.Repeat("settings.a + ", 1_000) + "\"x\"'}\n",
		"a pattern that grows": " {q: '\"aaaa\".matches(\"((a{1,100}){1,100}){1,100}\")'}\n",
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, err := document.Parse([]byte("requisitions:\n  call:\n    path: '\"x\"'\n    query:" + query + "  records: body\n  external_id: raw.id\n"))
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("it took %s (%v)", took, err)
			}
		})
	}
}

// An expression that does too much for every record of a page ends with the step's
// time, and does not hold the hub.
func TestAnExpressionOfTooMuchWorkIsStopped(t *testing.T) {
	rows := strings.Repeat(`{"id":"1"},`, 4_000) + `{"id":"2"}`
	b := newBench(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, `{"jobs":[`+rows+`]}`) })
	src, ok := b.open(`requisitions:
  call: {path: '"x"'}
  records: body.jobs
  external_id: 'lists.range(400).map(a, lists.range(200).map(b, a * b)).size() > 0 ? raw.id : ""'
`).(staffing.RequisitionSource)
	if !ok {
		t.Fatal("the document reads no requisitions")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	began := time.Now()
	_, err := src.Requisitions(ctx, nil)
	if took := time.Since(began); err == nil || took > 15*time.Second {
		t.Errorf("it went on for %s and gave %v", took, err)
	}
}
