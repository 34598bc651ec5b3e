package httpx

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

type plainKey struct{}

// newTransport makes a transport without proxy and HTTP/2 (whose own repeats we
// do not want), whose dials pass the guard.
func newTransport(cfg Config) *http.Transport {
	d := &net.Dialer{Timeout: min(cfg.Timeout, 10*time.Second), Resolver: cfg.Resolver, ControlContext: guard(cfg.AllowCIDRs)}
	return &http.Transport{
		Proxy: nil,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := d.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return &countingConn{Conn: c}, nil
		},
		TLSClientConfig:        tlsConfig(cfg),
		TLSHandshakeTimeout:    min(cfg.Timeout, 10*time.Second),
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
	}
}

func tlsConfig(cfg Config) *tls.Config {
	out := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: cfg.Roots}
	if cfg.Certificate != nil {
		out.Certificates = []tls.Certificate{*cfg.Certificate}
	}
	return out
}

// guard refuses a connection after the name was resolved, so neither a name that
// points inside nor one that changes between check and use gets through.
func guard(allow []netip.Prefix) func(ctx context.Context, network, address string, c syscall.RawConn) error {
	return func(ctx context.Context, _, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return denied("an address that cannot be read", "")
		}
		plain, _ := ctx.Value(plainKey{}).(bool)
		return judge(ap.Addr(), plain, allow)
	}
}

// judge decides on one address.
func judge(ip netip.Addr, plain bool, allow []netip.Prefix) error {
	if ip.Zone() != "" {
		return denied(ip.WithZone("").String(), "an address with a zone")
	}
	ip = ip.Unmap()
	for _, p := range allow {
		if p.Contains(ip) {
			return nil
		}
	}
	if why := special(ip); why != "" {
		return denied(ip.String(), why)
	}
	if plain {
		return staffing.Errorf(staffing.Invalid, "The hub calls %s by https only: plain http is for allowed inner addresses", ip)
	}
	return nil
}

func denied(what, why string) error {
	if why != "" {
		why = " (" + why + ")"
	}
	return staffing.Errorf(staffing.Invalid,
		"The hub may not call %s%s: if that system is meant, its range must be added to the allowed inner addresses (TRIBUTARY_ALLOW_CIDRS)", what, why)
}

// checkAddress refuses addresses that no connection should have, before any name
// is resolved.
func checkAddress(u *url.URL) error {
	host := u.Hostname()
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return staffing.Errorf(staffing.Invalid, "The address of the other system must begin with https://")
	case host == "" || u.Opaque != "":
		return staffing.Errorf(staffing.Invalid, "The address of the other system names no host")
	case u.User != nil:
		return staffing.Errorf(staffing.Invalid, "The address of %s must hold no user or password", host)
	case strings.Contains(host, "%"):
		return denied(fmt.Sprintf("%.60q", host), "an address with a zone or an escape")
	case numericHost(host):
		return denied(fmt.Sprintf("%.60q", host), "a number that is no proper IP address")
	}
	return nil
}

// numericHost finds the old ways to write an IPv4 address (2130706433, 0x7f.1,
// 0177.0.0.1), which some resolvers understand and others look up as a name.
func numericHost(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	host = strings.TrimRight(host, ".")
	last := strings.ToLower(host[strings.LastIndexByte(host, '.')+1:])
	if last == "" {
		return true
	}
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == ""
}
