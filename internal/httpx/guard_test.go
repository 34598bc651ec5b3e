package httpx_test

import (
	"context"
	"encoding/binary"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

func hostileURLs() []string {
	return []string{
		"http://127.0.0.1/", "https://127.0.0.1/", "https://127.255.255.254:8443/", "https://localhost/", "https://0.0.0.0/", "https://0.1.2.3/",
		"https://10.0.0.1/", "https://172.16.0.1/", "https://172.31.255.255/", "https://192.168.1.1/", "https://100.64.0.1/", "https://100.127.255.255/",
		"https://169.254.169.254/latest/meta-data/", "http://169.254.169.254/", "https://169.254.1.1/", "https://192.0.0.8/", "https://192.0.2.1/",
		"https://192.88.99.1/", "https://198.18.0.1/", "https://198.51.100.7/", "https://203.0.113.9/", "https://224.0.0.1/", "https://239.255.255.250/",
		"https://240.0.0.1/", "https://255.255.255.255/",
		"https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://017700000001/", "https://127.1/",
		"https://127.0.1/", "https://127.0.0.1./", "https://0x7f.1/", "https://0xA9FEA9FE/", "https://1/", "https://256.256.256.256/",
		"https://[::]/", "https://[::1]/", "https://[0:0:0:0:0:0:0:1]:443/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:10.0.0.1]/", "https://[::ffff:7f00:1]/",
		"https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[64:ff9b::808:808]/", "https://[64:ff9b:1::1]/", "https://[64:ff9b:1:abcd::a00:1]/",
		"https://[2002:7f00:1::]/", "https://[2002:808:808::1]/", "https://[2001::1]/", "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
		"https://[2001:20::1]/", "https://[2001:db8::1]/", "https://[3fff::1]/", "https://[5f00::1]/", "https://[100::1]/", "https://[fc00::1]/",
		"https://[fd12:3456:789a::1]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[fe80::1%25lo]/", "https://[::1%25lo]/", "https://[fec0::1]/",
		"https://[ff02::1]/", "https://[4000::1]/", "https://[e000::1]/",
		"https://user:secret@example.com/", "https://@127.0.0.1/", "https://example.com@127.0.0.1/", "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1/",
		"//example.com/", "/relative", "", "https://", "https:///path", "https:example.com", "https://%31%32%37.0.0.1/", "https://[::1", "https://exa mple.com/", "https://\x00/",
		"http://8.8.8.8/",
	}
}

func TestHostileAddressesAreRefusedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	cfg := httpx.Config{AllowHTTP: true, Timeout: 5 * time.Second, Resolver: resolver(t, func(string, int) netip.Addr { return netip.MustParseAddr("127.0.0.1") })}
	client := httpx.New(cfg)
	for _, url := range hostileURLs() {
		_, err := client.Do(context.Background(), httpx.Request{Method: http.MethodPost, URL: url})
		if staffing.CodeOf(err) != staffing.Invalid || staffing.IsOutcomeUnknown(err) {
			t.Errorf("%q: code %s, unknown %v: %v", url, staffing.CodeOf(err), staffing.IsOutcomeUnknown(err), err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error repeats the password: %v", url, err)
		}
	}
}

func TestAllowedRangesMayBeCalled(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	url := serve(t, func(http.ResponseWriter, *http.Request) { calls.Add(1) })
	for name, cfg := range map[string]httpx.Config{
		"the wrong range":          {AllowHTTP: true, AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}},
		"plain http not allowed":   {AllowCIDRs: loopback().AllowCIDRs},
		"nothing allowed at all":   {},
		"plain http without range": {AllowHTTP: true},
	} {
		if _, err := httpx.New(cfg).Do(context.Background(), httpx.Request{Method: "GET", URL: url}); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if calls.Load() != 0 {
		t.Errorf("%d calls got through", calls.Load())
	}
	if _, err := httpx.New(loopback()).Do(context.Background(), httpx.Request{Method: "GET", URL: url}); err != nil || calls.Load() != 1 {
		t.Errorf("the allowed range: %v", err)
	}
}

// TestRebindingNameIsRefused has a name that resolves to an allowed address first,
// and to another one when it is dialled again.
func TestRebindingNameIsRefused(t *testing.T) {
	t.Parallel()
	var inside atomic.Int32
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			inside.Add(1)
			c.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	cfg := httpx.Config{Timeout: time.Second, AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")},
		Resolver: resolver(t, func(_ string, n int) netip.Addr {
			if n == 0 {
				return netip.MustParseAddr("127.0.0.2") // nobody listens there
			}
			return netip.MustParseAddr("127.0.0.1")
		})}
	client := httpx.New(cfg)
	for n, want := range []staffing.Code{staffing.Unavailable, staffing.Invalid, staffing.Invalid} {
		_, err := client.Do(context.Background(), httpx.Request{Method: "GET", URL: "https://rebind.example:" + port + "/"})
		if staffing.CodeOf(err) != want {
			t.Errorf("call %d: code %s, want %s: %v", n, staffing.CodeOf(err), want, err)
		}
	}
	if inside.Load() != 0 {
		t.Errorf("%d connections reached this machine", inside.Load())
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	var inside atomic.Int32
	target := serve(t, func(http.ResponseWriter, *http.Request) { inside.Add(1) })
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, target, http.StatusTemporaryRedirect)
	})
	client := httpx.New(loopback())
	_, err := client.Do(context.Background(), httpx.Request{Method: "GET", URL: url})
	if staffing.CodeOf(err) != staffing.Invalid || httpx.StatusOf(err) != http.StatusTemporaryRedirect {
		t.Errorf("redirect: %v", err)
	}
	resp, err := client.Do(context.Background(), httpx.Request{Method: "GET", URL: url, Allow: []int{302, 307}})
	if err != nil || resp.Status != 307 || resp.Header.Get("Location") != target {
		t.Errorf("allowed redirect: %v, %v", resp, err)
	}
	if inside.Load() != 0 {
		t.Error("the redirect was followed")
	}
}

// resolver asks a name server of its own, which answers A questions by a function
// of the name and how often it was asked.
func resolver(t *testing.T, answer func(name string, n int) netip.Addr) *net.Resolver {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pc.Close() })
	go func() {
		buf := make([]byte, 1500)
		for n := 0; ; {
			size, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			q := buf[:size]
			end := 12
			for end < size && q[end] != 0 {
				end += int(q[end]) + 1
			}
			end += 5 // the root label, type, class
			if end > size {
				continue
			}
			isA := binary.BigEndian.Uint16(q[end-4:]) == 1
			out := append([]byte{}, q[:end]...)
			binary.BigEndian.PutUint16(out[2:], 0x8180)
			binary.BigEndian.PutUint16(out[6:], 0)
			binary.BigEndian.PutUint32(out[8:], 0)
			if isA {
				binary.BigEndian.PutUint16(out[6:], 1)
				out = append(out, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
				out = append(out, answer(string(q[12:end-5]), n).AsSlice()...)
				n++
			}
			_, _ = pc.WriteTo(out, from) // the asker may be gone
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", pc.LocalAddr().String())
	}}
}
