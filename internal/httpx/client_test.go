package httpx_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
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

func TestRequestsWithoutABodySendNone(t *testing.T) {
	t.Parallel()
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 || len(r.TransferEncoding) > 0 || r.Header.Get("Content-Type") != "" {
			t.Errorf("%s came with length %d, encoding %v, type %q", r.Method, r.ContentLength, r.TransferEncoding, r.Header.Get("Content-Type"))
		}
	})
	for _, method := range []string{"", "GET", "HEAD", "OPTIONS", "DELETE", "POST", "PUT", "PATCH"} {
		if _, err := httpx.New(loopback()).Do(context.Background(), httpx.Request{Method: method, URL: url}); err != nil {
			t.Errorf("%s: %v", method, err)
		}
	}
}

func TestBodiesGoOutAsTheirType(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body       any
		kind, want string
	}{
		{map[string]int{"n": 1}, "application/json", `{"n":1}`},
		{url.Values{"a": {"b c"}}, "application/x-www-form-urlencoded", "a=b+c"},
		{[]byte("<x/>"), "application/xml", "<x/>"},
		{strings.NewReader("stream"), "application/xml", "stream"},
	} {
		address := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			got, _ := io.ReadAll(r.Body)
			if string(got) != c.want || r.Header.Get("Content-Type") != c.kind {
				t.Errorf("%T came as %q of type %q", c.body, got, r.Header.Get("Content-Type"))
			}
		})
		req := httpx.Request{Method: "POST", URL: address, Body: c.body}
		if c.kind == "application/xml" {
			req.Header = http.Header{"content-type": {c.kind}} // any spelling of the name
		}
		if _, err := httpx.New(loopback()).Do(context.Background(), req); err != nil {
			t.Error(err)
		}
	}
	_, err := httpx.New(loopback()).Do(context.Background(), httpx.Request{Method: "POST", URL: "http://127.0.0.1:1", Body: func() {}})
	if staffing.CodeOf(err) != staffing.Internal {
		t.Errorf("a body that is no JSON: %v", err)
	}
}
