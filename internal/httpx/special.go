package httpx

import "net/netip"

// block is a range that is not the public Internet.
type block struct{ cidr, name string }

// blocks follows the special-purpose registries of IANA for IPv4 and IPv6
// (https://www.iana.org/assignments/iana-ipv4-special-registry,
// https://www.iana.org/assignments/iana-ipv6-special-registry). Of IPv6 only
// 2000::/3 is public at all; see special.
func blocks() []block {
	return []block{
		{"0.0.0.0/8", "this network"},
		{"10.0.0.0/8", "a private network"},
		{"100.64.0.0/10", "a carrier's shared network"},
		{"127.0.0.0/8", "this machine"},
		{"169.254.0.0/16", "a link-local or cloud metadata address"},
		{"172.16.0.0/12", "a private network"},
		{"192.0.0.0/24", "a protocol assignment"},
		{"192.0.2.0/24", "a documentation network"},
		{"192.31.196.0/24", "an anycast sink"},
		{"192.52.193.0/24", "a relay"},
		{"192.88.99.0/24", "a 6to4 relay"},
		{"192.168.0.0/16", "a private network"},
		{"192.175.48.0/24", "an anycast sink"},
		{"198.18.0.0/15", "a benchmark network"},
		{"198.51.100.0/24", "a documentation network"},
		{"203.0.113.0/24", "a documentation network"},
		{"224.0.0.0/4", "a multicast address"},
		{"240.0.0.0/4", "a reserved or broadcast address"},
		{"2001::/23", "a protocol assignment such as Teredo or ORCHID"},
		{"2001:db8::/32", "a documentation network"},
		{"2002::/16", "a 6to4 address"},
		{"2620:4f:8000::/48", "an anycast sink"},
		{"3fff::/20", "a documentation network"},
	}
}

// special says why an address is not public; empty when it is.
func special(ip netip.Addr) string {
	if !ip.IsValid() {
		return "no address"
	}
	if ip.Is6() && !netip.MustParsePrefix("2000::/3").Contains(ip) {
		return special6(ip)
	}
	for _, b := range blocks() {
		if netip.MustParsePrefix(b.cidr).Contains(ip) {
			return b.name
		}
	}
	return ""
}

// special6 names a range outside 2000::/3; all of them are refused.
func special6(ip netip.Addr) string {
	for _, b := range []block{
		{"::/128", "the unspecified address"},
		{"::1/128", "this machine"},
		{"::/96", "an IPv4-compatible address"},
		{"64:ff9b::/96", "a NAT64 address"},
		{"64:ff9b:1::/48", "a local NAT64 address"},
		{"100::/64", "a discard address"},
		{"5f00::/16", "a segment routing address"},
		{"fc00::/7", "a unique local address"},
		{"fe80::/10", "a link-local address"},
		{"fec0::/10", "a site-local address"},
		{"ff00::/8", "a multicast address"},
	} {
		if netip.MustParsePrefix(b.cidr).Contains(ip) {
			return b.name
		}
	}
	return "a reserved address"
}
