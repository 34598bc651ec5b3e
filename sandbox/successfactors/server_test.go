package successfactors_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/sandbox/successfactors"
)

func TestNobodyGetsInWithoutAProof(t *testing.T) {
	s := successfactors.New(successfactors.Options{})
	for name, tc := range map[string]struct {
		method, path, body string
		want               int
	}{
		"no token":                  {"GET", "/odata/v2/JobRequisition", "", 401},
		"a client that claims TLS":  {"GET", "/odata/v2/Candidate", "", 401},
		"another path":              {"GET", "/odata/v4/JobRequisition", "", 404},
		"no assertion":              {"POST", "/oauth/token", "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Asaml2-bearer&company_id=SANDBOX&client_id=c2FuZGJveC1hcGkta2V5", 401},
		"an assertion of no XML":    {"POST", "/oauth/token", "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Asaml2-bearer&company_id=SANDBOX&client_id=c2FuZGJveC1hcGkta2V5&assertion=QUJD", 401},
		"an assertion without mark": {"POST", "/oauth/token", "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Asaml2-bearer&company_id=SANDBOX&client_id=c2FuZGJveC1hcGkta2V5&assertion=PGEvPg%3D%3D", 401},
		"a password":                {"POST", "/oauth/token", "grant_type=password&company_id=SANDBOX&client_id=c2FuZGJveC1hcGkta2V5", 401},
	} {
		r := httptest.NewRequest(tc.method, tc.path, strings.NewReader(tc.body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != tc.want {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, tc.want)
		}
	}
}
