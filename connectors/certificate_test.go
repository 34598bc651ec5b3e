package connectors_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/tlstest"
	"github.com/tributary-hub/tributary/staffing"
)

func TestClientCertificatesAreCheckedWhenTheyAreEntered(t *testing.T) {
	t.Parallel()
	a := tlstest.NewAuthority(t)
	ends := time.Now().Add(time.Hour)
	cert, key := a.Client("hub", ends)
	other, otherKey := a.Client("other", time.Now().Add(-time.Hour))
	spec := connectors.CertificateFields("Where it is found.")
	for name, tc := range map[string]struct{ cert, key, says string }{
		"none":                     {"", "", ""},
		"both":                     {cert, key, ""},
		"with line ends of a form": {strings.ReplaceAll(cert, "\n", "\r\n"), strings.ReplaceAll(key, "\n", "\r\n"), ""},
		"no PEM":                   {"MIIB", key, "must be in PEM"},
		"ended":                    {other, otherKey, "has ended on"},
		"a key in place of it":     {key, key, "must be in PEM"},
		"a key with a password":    {cert, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----", "has a password"},
		"another's key":            {cert, otherKey, "do not belong together"},
		"without its key":          {cert, "", "needs its key"},
		"a key alone":              {"", key, "no client certificate"},
	} {
		s, err := spec.Complete(connectors.Settings{connectors.CertificateField: tc.cert, connectors.CertificateKeyField: tc.key})
		if err == nil {
			_, err = connectors.ClientCertificate(s)
		}
		switch {
		case tc.says == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case tc.says != "" && (staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), tc.says)):
			t.Errorf("%s: %v, want %q", name, err, tc.says)
		case err != nil && strings.Contains(err.Error(), strings.Split(otherKey, "\n")[1]):
			t.Errorf("%s: the message quotes the key", name)
		}
	}
	got := connectors.CertificateEnds(connectors.Settings{connectors.CertificateField: cert, connectors.CertificateKeyField: key})
	if got.Unix() != ends.Unix() {
		t.Errorf("it ends %s, want %s", got, ends)
	}
}
