package query

import (
	"net/netip"
	"strings"
)

// parseAddr reads an address as fields of kind IP hold it; IPv4 addresses
// inside IPv6 (::ffff:192.0.2.1) are unwrapped.
func parseAddr(s string) (netip.Addr, bool) {
	// The longest address with a zone is far shorter; longer texts would only
	// cost time and an error's memory.
	if len(s) < 2 || len(s) > 64 || !mayStartAddr(s[0]) {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s)
	return a.Unmap(), err == nil
}

// mayStartAddr spares the parser's error values for names.
func mayStartAddr(c byte) bool {
	return c-'0' < 10 || c == ':' || lowerASCII(c)-'a' < 6
}

// canonicalAddr is Canonical for fields of kind IP. What is no address is
// folded.
func canonicalAddr(s string) string {
	if strings.IndexByte(s, ':') < 0 {
		return Fold(s) // IPv4 has one spelling only
	}
	if a, ok := parseAddr(s); ok {
		return Fold(a.String())
	}
	return Fold(s)
}

// addrEqual makes the predicate for the canonical address or text want.
func addrEqual(want string) func(string) bool {
	return func(s string) bool {
		if s == want {
			return true
		}
		if strings.IndexByte(s, ':') < 0 {
			return equalFolded(s, want)
		}
		return canonicalAddr(s) == want
	}
}

// inNetwork makes the predicate for addresses inside a network.
func inNetwork(p netip.Prefix) func(string) bool {
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	return func(s string) bool {
		a, ok := parseAddr(s)
		return ok && p.Contains(a.WithZone(""))
	}
}

// addrBetween makes the predicate of a Range over addresses. A bound that is
// no address matches nothing.
func addrBetween(from, to Bound) func(string) bool {
	low, lowOK := boundAddr(from)
	high, highOK := boundAddr(to)
	if !lowOK || !highOK {
		return never
	}
	return func(s string) bool {
		a, ok := parseAddr(s)
		if !ok {
			return false
		}
		return (!from.Set || above(a.Compare(low), from.Inclusive)) &&
			(!to.Set || above(high.Compare(a), to.Inclusive))
	}
}

func boundAddr(b Bound) (netip.Addr, bool) {
	if !b.Set {
		return netip.Addr{}, true
	}
	return parseAddr(b.Text)
}

// above tells whether the outcome of a comparison lies above a bound.
func above(outcome int, inclusive bool) bool {
	return outcome > 0 || inclusive && outcome == 0
}

func never(string) bool { return false }
