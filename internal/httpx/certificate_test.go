package httpx_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/internal/tlstest"
	"github.com/tributary-hub/tributary/staffing"
)

func TestAServerThatAsksForACertificateGetsTheOneOfTheConnection(t *testing.T) {
	t.Parallel()
	a := tlstest.NewAuthority(t)
	url, roots := a.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`"` + r.TLS.PeerCertificates[0].Subject.CommonName + `"`))
	}))
	cfg := loopback()
	cfg.Roots = roots
	_, err := httpx.New(cfg).Do(context.Background(), httpx.Request{Method: http.MethodGet, URL: url})
	if staffing.CodeOf(err) == "" {
		t.Error("a call without a certificate went through")
	}
	pair, err := tls.X509KeyPair(pem(a.Client("hub", time.Now().Add(time.Hour))))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Certificate = &pair
	var name string
	if _, err := httpx.New(cfg).JSON(context.Background(), httpx.Request{Method: http.MethodGet, URL: url}, &name); err != nil || name != "hub" {
		t.Errorf("the server saw %q: %v", name, err)
	}
}

func pem(cert, key string) (c, k []byte) { return []byte(cert), []byte(key) }
