package successfactors_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/successfactors"
	sandbox "github.com/tributary-hub/tributary/sandbox/successfactors"
)

// The only document is a third party's sketch without a Recruiting entity:
// it has the sign-in, which is held against it here, and nothing else that we call.
// What a real tenant has stands in its own $metadata.
func TestTheSignInFitsTheThirdPartysSketch(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(shared(t), "specs", "sap-successfactors", "sap-successfactors-openapi.yml"))
	if err != nil {
		t.Fatal(err)
	}
	form := doc.Paths.Value("/oauth/token").Post.RequestBody.Value.Content.Get("application/x-www-form-urlencoded").Schema.Value
	h, held := newHarness(t, sandbox.Options{}), 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/oauth/token" {
			h.tenant.ServeHTTP(w, r)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		sent := map[string]any{}
		for k := range r.PostForm {
			sent[k] = r.PostForm.Get(k)
			if form.Properties[k] == nil {
				t.Errorf("the sketch has no field %s", k)
			}
		}
		if err := form.VisitJSON(sent); err != nil {
			t.Error(err)
		}
		held++
		h.tenant.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	c, err := successfactors.Kind().Open(connectortest.NewDeps(successfactors.Kind(), settings(0)(srv.URL)))
	h.must(err)
	if _, err := c.Check(t.Context()); err != nil || held != 1 {
		t.Errorf("%d sign-ins, %v", held, err)
	}
}
