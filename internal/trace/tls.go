package trace

import (
	"strings"

	"rastro/internal/event"
)

// tlsWindow is how long after the handshake a connection is used.
const tlsWindow = 300 * second

// channel is one process that talks to a peer, or a session that has an id.
type channel struct {
	host, session string
	pid           int64
}

// secured is an encrypted connection: the line of its handshake, and the
// message that it carried.
type secured struct {
	shake *fact
	qid   string
}

// encrypt gives arrivals and attempts the encryption of their connections,
// which Postfix, Sendmail and OpenSMTPD tell in lines of their own. facts are in
// order.
func encrypt(facts []*fact) map[*fact]string {
	open := map[channel]*secured{}
	found := map[*fact]string{}
	for _, f := range facts {
		ch, ok := channelOf(f)
		if !ok {
			continue
		}
		if f.kind == event.TypeConnection {
			if f.rare().tls != "" {
				open[ch] = &secured{shake: f}
			}
			continue
		}
		c := open[ch]
		if c == nil || !isBirth(f) && !isTry(f) {
			continue
		}
		if !c.carries(f) {
			delete(open, ch)
			continue
		}
		c.qid = f.qid
		found[f] = c.shake.rare().tls
	}
	return found
}

// channelOf returns the connection that a line belongs to.
func channelOf(f *fact) (channel, bool) {
	switch f.dialect {
	case "opensmtpd":
		return channel{host: f.host, session: f.sessions.first}, f.sessions.first != ""
	case "postfix", "sendmail":
		return channel{host: f.host, pid: f.pid}, f.pid != 0
	}
	return channel{}, false
}

// carries tells whether a message went over the connection: it is the same peer
// and soon after, and no other message came between, unless the connection was
// kept for it. A server that talks in clear afterwards says nothing about that.
func (c *secured) carries(f *fact) bool {
	if f.time-c.shake.time > tlsWindow {
		return false
	}
	if f.dialect == "opensmtpd" {
		return true
	}
	if c.qid != "" && c.qid != f.qid && !isBirth(f) && !strings.Contains(f.text, "conn_use=") {
		return false
	}
	if isBirth(f) {
		return c.shake.clientIP != "" && c.shake.clientIP == f.clientIP
	}
	return c.shake.relayIP != "" && c.shake.relayIP == f.relayIP || c.shake.relayHost != "" && c.shake.relayHost == f.relayHost
}
