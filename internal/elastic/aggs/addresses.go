package aggs

import (
	"bytes"
	"net/netip"

	"rastro/internal/query"
)

// address is an address in the order of Elasticsearch: IPv4 stands among IPv6
// as ::ffff:0:0.
type address [16]byte

// v4 is the place of IPv4 among all addresses.
var v4 = netip.MustParsePrefix("::ffff:0:0/96")

func compareAddress(a, b address) int { return bytes.Compare(a[:], b[:]) }

// before is the address before a; false where there is none.
func (a address) before() (address, bool) {
	for i := len(a) - 1; i >= 0; i-- {
		a[i]--
		if a[i] != 0xff {
			return a, true
		}
	}
	return a, false
}

// between is the condition on addresses from low to high, both inclusive, in
// networks: they are the same in every field, whether the table knows it or
// not.
func between(ref query.FieldRef, low, high address) query.Filter {
	var list []query.Filter
	var split func(from address, bits int)
	split = func(from address, bits int) {
		to := from
		for bit := bits; bit < 128; bit++ {
			to[bit/8] |= 1 << (7 - bit%8)
		}
		switch {
		case compareAddress(from, high) > 0 || compareAddress(to, low) < 0:
		case compareAddress(from, low) >= 0 && compareAddress(to, high) <= 0:
			list = append(list, networks(ref, netip.PrefixFrom(netip.AddrFrom16(from), bits))...)
		default:
			split(from, bits+1)
			from[bits/8] |= 1 << (7 - bits%8)
			split(from, bits+1)
		}
	}
	split(address{}, 0)
	return query.Or{Filters: list}
}

// networks is the conditions on a network of IPv6, with the IPv4 that is in it.
func networks(ref query.FieldRef, network netip.Prefix) []query.Filter {
	switch {
	case network.Bits() >= v4.Bits() && v4.Contains(network.Addr()):
		inner := netip.PrefixFrom(network.Addr().Unmap(), network.Bits()-v4.Bits())
		return []query.Filter{query.CIDR{Field: ref, Network: inner}}
	case network.Overlaps(v4):
		return []query.Filter{query.CIDR{Field: ref, Network: network}, query.CIDR{Field: ref, Network: netip.MustParsePrefix("0.0.0.0/0")}}
	}
	return []query.Filter{query.CIDR{Field: ref, Network: network}}
}
