package trace

import (
	"cmp"
	"slices"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
)

// routeTime is how long OpenSMTPD keeps a route closed after a failure at most
// (DELAY_ROUTE_MAX in its usr.sbin/smtpd/mta.c).
const routeTime = 3600 * second

// maxLooks is how many failed connections are looked at for one attempt: a busy
// server has many of other domains.
const maxLooks = 1024

// fewFailures is how many failed connections are looked for in a store.
const fewFailures = 100

// unreached finds, for attempts of OpenSMTPD that say no more than "Network
// error on destination MXs", the connection that failed before: its line has the
// other server's own words, a refusal in the greeting for instance.
type unreached struct {
	failures map[string][]*fact         // by host, in order of time
	servers  map[string]map[string]bool // addresses that took mail for a domain
}

func newUnreached(facts []*fact) *unreached {
	u := &unreached{failures: map[string][]*fact{}, servers: map[string]map[string]bool{}}
	peers := map[channel]*fact{}
	for _, f := range facts {
		if f.dialect != "opensmtpd" || f.relayIP == "" {
			continue
		}
		if f.kind == event.TypeConnection {
			if ch, ok := channelOf(f); ok {
				peers[ch] = f
			}
			continue
		}
		f.rcpts.each(func(to string) { u.learn(to[strings.LastIndexByte(to, '@')+1:], f.relayIP) })
	}
	for _, f := range facts {
		if !isRouteFailure(f) {
			continue
		}
		ch, _ := channelOf(f)
		if peer := peers[ch]; peer != nil {
			f.relayHost, f.relayIP = peer.relayHost, peer.relayIP
			u.failures[f.host] = append(u.failures[f.host], f)
		}
	}
	return u
}

func (u *unreached) learn(domain, ip string) {
	if u.servers[domain] == nil {
		u.servers[domain] = map[string]bool{}
	}
	u.servers[domain][ip] = true
}

// explain gives a leg the failures behind its attempts, and the answer of the
// last one where the attempt has none of its own.
func (u *unreached) explain(l *leg) {
	for _, f := range l.tries {
		if !isUnreached(f) {
			continue
		}
		cause := u.cause(f)
		if cause == nil {
			continue
		}
		if n := len(l.failures); n == 0 || l.failures[n-1] != cause { // both are in order
			l.failures = append(l.failures, cause)
		}
		if l.answered == f {
			l.answered, l.linked = cause, weaker(l.linked, Probable)
		}
	}
}

// cause is the last failure of a connection to a server of the attempt's domain.
func (u *unreached) cause(f *fact) *fact {
	all := u.failures[f.host]
	end, _ := slices.BinarySearchFunc(all, f.time+1, func(c *fact, at int64) int { return cmp.Compare(c.time, at) })
	for i := end - 1; i >= max(0, end-maxLooks) && f.time-all[i].time <= routeTime; i-- {
		if c := all[i]; u.serves(c, f) {
			return c
		}
	}
	return nil
}

// serves tells whether a connection went where an attempt was to go: to a server
// of a domain, or to a relay.
func (u *unreached) serves(c, try *fact) bool {
	if try.relayIP != "" {
		return c.relayIP == try.relayIP
	}
	domain := try.relayHost
	return c.relayHost == domain || strings.HasSuffix(c.relayHost, "."+domain) || u.servers[domain][c.relayIP]
}

// isUnreached tells whether an attempt ended without a connection; it names the
// domain or the configured relay then instead of a server.
func isUnreached(f *fact) bool {
	return f.dialect == "opensmtpd" && isTry(f) && (f.relayIP != "" || f.relayHost != "") && strings.HasPrefix(f.reply, "Network error")
}

// isRouteFailure tells whether a line says why a connection to another server
// failed.
func isRouteFailure(f *fact) bool {
	return f.dialect == "opensmtpd" && f.kind == event.TypeConnection && f.reply != "" && strings.Contains(f.text, "mta error")
}

// failedConnections asks a store for the connections that failed before
// attempts that reached no server; their further lines are found by session.
func (g *gathering) failedConnections() []query.Question {
	var hosts []string
	var first, last int64
	for _, f := range g.facts {
		if !isUnreached(f) || f.host == "" {
			continue
		}
		addOnce(&hosts, f.host)
		if first == 0 || f.time < first {
			first = f.time
		}
		last = max(last, f.time)
	}
	if len(hosts) == 0 {
		return nil
	}
	return []query.Question{{
		Filter: query.And{Filters: []query.Filter{
			terms(event.Host, hosts), term(event.Dialect, "opensmtpd"), term(event.EventType, event.TypeConnection), query.Exists{Field: query.FieldOf(event.Reply)},
		}},
		From: first - routeTime, To: last + second, Limit: fewFailures,
	}}
}
