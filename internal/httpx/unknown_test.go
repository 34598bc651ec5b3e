package httpx_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// rawServer speaks to each connection as script says, and gives its address.
func rawServer(t *testing.T, script func(n int, c net.Conn)) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for n := 0; ; n++ {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); script(n, c) }()
		}
	}()
	return "http://" + ln.Addr().String()
}

func readRequest(c net.Conn) bool {
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, r.Body)
	return err == nil
}

func TestOutcomeOfAWriteIsUnknownOnceItLeft(t *testing.T) {
	t.Parallel()
	early := rawServer(t, func(_ int, c net.Conn) { _, _ = c.Read(make([]byte, 1)) }) // the rest meets a reset
	refused := "http://127.0.0.1:1"
	cut := rawServer(t, func(_ int, c net.Conn) { readRequest(c) })
	short := rawServer(t, func(_ int, c net.Conn) {
		readRequest(c)
		fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}")
	})
	noise := rawServer(t, func(_ int, c net.Conn) { readRequest(c); fmt.Fprint(c, "not http at all\r\n\r\n") })
	huge := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 4096)) })
	hang := serve(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body); <-r.Context().Done() })
	plain := httptest.NewTLSServer(http.NotFoundHandler()) // its certificate is not trusted
	plain.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(plain.Close)
	for _, c := range []struct {
		name, url string
		unknown   bool
	}{
		{"nobody listens", refused, false},
		{"the TLS handshake fails", plain.URL, false},
		{"the name does not resolve", "https://does-not-exist.invalid", false},
		{"the connection is cut within the request", early, true},
		{"the connection is cut after the request", cut, true},
		{"the answer is cut off", short, true},
		{"the answer is no HTTP", noise, true},
		{"the answer is too large", huge, true},
		{"no answer in time", hang, true},
	} {
		cfg := loopback()
		cfg.Timeout, cfg.MaxBody = 300*time.Millisecond, 1024
		cfg.Resolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, io.ErrUnexpectedEOF }}
		for method, writes := range map[string]bool{"GET": false, "POST": true} {
			_, err := httpx.New(cfg).Do(context.Background(), httpx.Request{Method: method, URL: c.url, Body: []byte(`{}`)})
			if staffing.CodeOf(err) != staffing.Unavailable || staffing.IsOutcomeUnknown(err) != (c.unknown && writes) {
				t.Errorf("%s, %s: unknown %v: %v", c.name, method, staffing.IsOutcomeUnknown(err), err)
			}
		}
	}
}

// TestNothingIsSentTwice breaks a kept-alive connection under its second request,
// where net/http would send a GET, or a POST with an Idempotency-Key, again.
func TestNothingIsSentTwice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, body string
		header       http.Header
	}{
		{method: "GET"}, {method: "DELETE"}, {method: "HEAD"}, {method: "POST", body: "{}"},
		{method: "POST", body: "{}", header: http.Header{"Idempotency-Key": {"k"}}}, {method: "PUT", body: "{}"},
	} {
		var seen atomic.Int32
		url := rawServer(t, func(_ int, conn net.Conn) {
			for n := 0; readRequest(conn); n++ {
				seen.Add(1)
				if n == 1 {
					return
				}
				fmt.Fprint(conn, "HTTP/1.1 204 No Content\r\n\r\n")
			}
		})
		client := httpx.New(loopback())
		send := func() error {
			req := httpx.Request{Method: c.method, URL: url, Header: c.header}
			if c.body != "" {
				req.Body = []byte(c.body)
			}
			_, err := client.Do(context.Background(), req)
			return err
		}
		if err := send(); err != nil {
			t.Fatalf("%s: the first request: %v", c.method, err)
		}
		err := send()
		if staffing.CodeOf(err) != staffing.Unavailable || seen.Load() != 2 {
			t.Errorf("%s: the vendor saw %d requests, want 2: %v", c.method, seen.Load(), err)
		}
		if want := c.method != "GET" && c.method != "HEAD"; staffing.IsOutcomeUnknown(err) != want {
			t.Errorf("%s: unknown is %v, want %v", c.method, !want, want)
		}
	}
}

// TestADeadConnectionIsReplaced lets the vendor close a kept-alive connection
// while nothing is under way: the next request is none the worse.
func TestADeadConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{}, 10)
	url := rawServer(t, func(_ int, c net.Conn) {
		if readRequest(c) {
			fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
		}
		c.Close()
		gone <- struct{}{}
	})
	client := httpx.New(loopback())
	for i := range 5 {
		if _, err := client.Do(context.Background(), httpx.Request{Method: "POST", URL: url, Body: []byte("{}")}); err != nil && !staffing.IsOutcomeUnknown(err) {
			t.Errorf("request %d: %v", i, err)
		}
		<-gone
	}
}

func TestStreamEndsInAnErrorWhenItIsNotWhole(t *testing.T) {
	t.Parallel()
	whole := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", 1000)) })
	large := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", 1001)) })
	short := rawServer(t, func(_ int, c net.Conn) {
		readRequest(c)
		fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nhalf")
	})
	drip := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "x")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	cfg := loopback()
	cfg.MaxStream, cfg.StreamTimeout = 1000, 200*time.Millisecond
	client := httpx.New(cfg)
	for name, c := range map[string]struct {
		url string
		n   int
		bad bool
	}{"whole": {whole, 1000, false}, "too large": {large, 1000, true}, "cut off": {short, 4, true}, "dripping": {drip, 1, true}} {
		body, header, err := client.Stream(context.Background(), httpx.Request{Method: "GET", URL: c.url})
		if err != nil || header == nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := io.ReadAll(body)
		if len(got) != c.n || (err != nil) != c.bad || c.bad && staffing.CodeOf(err) != staffing.Unavailable {
			t.Errorf("%s: %d bytes and %v", name, len(got), err)
		}
		if err := body.Close(); err != nil {
			t.Errorf("%s: Close: %v", name, err)
		}
	}
	missing := serve(t, http.NotFound)
	if _, _, err := client.Stream(context.Background(), httpx.Request{Method: "GET", URL: missing}); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("missing file: %v", err)
	}
}
