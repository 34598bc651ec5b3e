package httpx_test

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

func TestDialPassesTheGuard(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"127.0.0.1", "localhost", "169.254.169.254", "10.0.0.1", "2130706433", "0x7f.1", "::1", "::ffff:127.0.0.1", "fe80::1%lo"} {
		conn, err := httpx.New(httpx.Config{}).Dial(context.Background(), host, "22")
		if conn != nil {
			conn.Close()
		}
		if staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%s: code %s: %v", host, staffing.CodeOf(err), err)
		}
	}
}

// silent accepts connections and never says a word.
func silent(t *testing.T) (host, port string) {
	t.Helper()
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
			t.Cleanup(func() { c.Close() })
		}
	}()
	host, port, _ = net.SplitHostPort(ln.Addr().String())
	return host, port
}

func TestAReadEndsWithTheTimeOutAndWithTheContext(t *testing.T) {
	t.Parallel()
	host, port := silent(t)
	cfg := loopback()
	cfg.Timeout = 50 * time.Millisecond
	conn, err := httpx.New(cfg).Dial(context.Background(), host, port)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("a silent server gave a byte")
	}
	cfg.Timeout = time.Minute
	ctx, cancel := context.WithCancel(context.Background())
	conn, err = httpx.New(cfg).Dial(ctx, host, port)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	cancel()
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("reading went on after the context's end")
	}
}

func TestADialledConnectionKeepsItsPlaceUntilItIsClosed(t *testing.T) {
	t.Parallel()
	host, port := silent(t)
	cfg := loopback()
	cfg.Limiter = httpx.NewLimiter(1000, 10, 1)
	client := httpx.New(cfg)
	first, err := client.Dial(context.Background(), host, port)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if c, err := client.Dial(ctx, host, port); err == nil {
		c.Close()
		t.Error("a second connection was opened beside the one that is allowed")
	}
	first.Close()
	second, err := client.Dial(context.Background(), host, port)
	if err != nil {
		t.Fatal(err)
	}
	second.Close()
}

func TestNobodyThereIsUnavailable(t *testing.T) {
	t.Parallel()
	cfg := httpx.Config{AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: time.Second}
	if _, err := httpx.New(cfg).Dial(context.Background(), "127.0.0.1", "1"); staffing.CodeOf(err) != staffing.Unavailable {
		t.Error(err)
	}
}
