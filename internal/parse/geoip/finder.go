package geoip

import "net/netip"

// remembered bounds the addresses whose places are kept. The clients of a mail
// server come again and again; decoding a record costs twenty times as much as
// finding it here.
const remembered = 4096

// Finder looks addresses up and remembers the places of the last ones. It is
// for one goroutine; a Live has as many as wanted. A nil Finder knows no place.
type Finder struct {
	live   *Live
	set    *set
	places map[netip.Addr]Place
}

// Finder makes a Finder; nil for a nil Live.
func (l *Live) Finder() *Finder {
	if l == nil {
		return nil
	}
	return &Finder{live: l}
}

// Find says where the address written in text is. The zero Place is the answer
// for what is no address, is nobody's in particular, or is not known.
func (f *Finder) Find(text string) Place {
	if f == nil {
		return Place{}
	}
	now := f.live.set.Load()
	if now == nil {
		return Place{}
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return Place{}
	}
	addr = addr.Unmap().WithZone("")
	if place, ok := f.places[addr]; ok && now == f.set {
		return place
	}
	if !public(addr) {
		return Place{}
	}
	if now != f.set || len(f.places) >= remembered {
		f.set, f.places = now, make(map[netip.Addr]Place)
	}
	place := now.find(addr)
	f.places[addr] = place
	return place
}

// public tells whether an address may belong to somebody: the others would only
// be found in a database that is wrong.
func public(addr netip.Addr) bool {
	return addr.IsGlobalUnicast() && !addr.IsPrivate() && !shared.Contains(addr)
}

// shared is what carriers use behind their own translation (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")
