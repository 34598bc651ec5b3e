package httpx_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/tributary-hub/tributary/internal/httpx"
)

// loopback is the configuration of a client that may call test servers.
func loopback() httpx.Config {
	return httpx.Config{AllowHTTP: true, AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}}
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestJSONSendsAndDecodes(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Content-Type") != "application/json" || r.URL.RawQuery != "a=1&b=2" || r.Header.Get("User-Agent") != "Tributary" {
			t.Errorf("request came as %s with header %v", r.URL, r.Header)
		}
		_, _ = w.Write([]byte(`{"id": 9007199254740993}`))
	})
	var out map[string]any
	resp, err := httpx.New(loopback()).JSON(context.Background(), httpx.Request{Method: "POST", URL: url + "?a=1",
		Query: map[string][]string{"b": {"2"}}, Body: map[string]int{"n": 1}}, &out)
	if err != nil {
		t.Fatal(err)
	}
	if n, ok := out["id"].(interface{ String() string }); resp.Status != 200 || !ok || n.String() != "9007199254740993" {
		t.Errorf("got status %d and %v", resp.Status, out)
	}
}
