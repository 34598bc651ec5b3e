package handlers

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/tributary-hub/tributary/api"
)

func TestEveryOperationHasARouteAndBack(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	var routes []string
	err := chi.Walk(h.server.restRouter(h.contract), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		routes = append(routes, method+" "+api.Base+route)
		return nil
	})
	noError(t, err)
	inTable := map[string]Route{}
	for _, r := range h.server.Routes() {
		inTable[r.Method+" "+r.Pattern] = r
	}
	var operations []string
	for _, o := range h.contract.Operations {
		if strings.HasPrefix(o.Path, api.Base) {
			operations = append(operations, o.Method+" "+o.Path)
		} else if r, ok := inTable[o.Method+" "+o.Path]; !ok || (r.Access.kind != openKind && r.Access.kind != signedKind) {
			t.Errorf("%s %s is described as open, and the table of routes does not say so", o.Method, o.Path)
		}
	}
	slices.Sort(routes)
	slices.Sort(operations)
	if !slices.Equal(routes, operations) {
		t.Errorf("routes and operations differ:\n%s\n\n%s", strings.Join(routes, "\n"), strings.Join(operations, "\n"))
	}
}

// TestProblemsAreDocumented holds what respond.go writes against openapi.yaml; the
// bodies of the probes too.
func TestProblemsAreDocumented(t *testing.T) {
	t.Parallel()
	contract, err := api.Load()
	noError(t, err)
	for schema, value := range map[string]any{"Problem": Problem{}, "Readiness": readiness{}, "ProbeResult": probeResult{}} {
		documented := contract.Doc.Components.Schemas[schema].Value.Properties
		typ := reflect.TypeOf(value)
		if typ.NumField() != len(documented) {
			t.Errorf("%s has %d members and %d are documented", schema, typ.NumField(), len(documented))
		}
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if documented[name] == nil {
				t.Errorf("%s: %s is not documented", schema, name)
			}
		}
	}
}
