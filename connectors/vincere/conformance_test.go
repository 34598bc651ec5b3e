package vincere_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/vincere"
	sandbox "github.com/tributary-hub/tributary/sandbox/vincere"
	"github.com/tributary-hub/tributary/staffing"
)

func settings(base string) connectors.Settings {
	return connectors.Settings{"tenant_url": base, "client_id": "sandbox-client", "api_key": "sandbox-key", "refresh_token": "sandbox-refresh", "token_url": base + "/oauth2/token"}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]sandbox.Options{"": {}, "with refresh tokens that change, and an index without external ids": {Rotates: true, BareIndex: true}} {
		t.Run(name, func(t *testing.T) {
			connectortest.Run(t, vincere.Kind(), func(t *testing.T) connectortest.Vendor {
				t.Helper()
				return vendor(sandbox.New(options))
			})
		})
	}
}

func vendor(account *sandbox.Server) connectortest.Vendor {
	var n atomic.Int64
	var base atomic.Value
	account.AddCompany("Acme Corp")
	return connectortest.Vendor{
		Handler: account,
		Settings: func(at string) connectors.Settings {
			base.Store(at)
			return settings(at)
		},
		WrongSecret: func(at string) connectors.Settings {
			s := settings(at)
			s["refresh_token"] = "wrong-refresh-token"
			return s
		},
		Candidate: func() (string, []byte) {
			content := bytes.Repeat([]byte("%PDF-1.4 Ada\n"), 5000)
			return fmt.Sprint(account.AddCandidate(person(), fmt.Sprint(base.Load()), sandbox.File{Name: "passport.pdf", Content: []byte("no")},
				sandbox.File{Name: "ada.pdf", CV: true, Content: content})), content
		},
		Job: func() staffing.JobRequest {
			return staffing.JobRequest{Key: fmt.Sprintf("req_%d_", n.Add(1)), Fields: []byte(`{"job_title":"Engineer","_client":{"name":"acme corp"}}`)}
		},
		CountJobs: func() int { return len(account.Jobs()) },
	}
}

func person() map[string]any {
	return map[string]any{"first_name": "Ada", "last_name": "Grey", "email": "ada@mail.example", "mobile": "07700 900000", "date_of_birth": "1990-01-02", "gender": "FEMALE",
		"job_title": "Engineer", "current_location": map[string]any{"city": "London", "country_code": "gb"}}
}

// open serves the account and opens a connection to it; it gives the address too.
func open(t *testing.T, handler http.Handler) (*vincere.Connector, string) {
	t.Helper()
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	c, err := vincere.Kind().Open(connectortest.NewDeps(vincere.Kind(), settings(srv.URL)))
	if err != nil {
		t.Fatal(err)
	}
	v, ok := c.(*vincere.Connector)
	if !ok {
		t.Fatalf("Open gave %T", c)
	}
	return v, srv.URL
}
