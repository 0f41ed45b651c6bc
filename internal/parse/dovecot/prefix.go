package dovecot

import (
	"strings"

	"rastro/internal/parse/lex"
)

// prefix says which process wrote a line, and for whom. Absent parts are "".
type prefix struct {
	service string // "imap-login", "lmtp", "auth"
	user    string // the mailbox user, or who tries to log in
	ip      string // the client of an authentication (2.4)
	method  string // the mechanism of an authentication (2.4)
	bare    bool   // an authentication without a mechanism: only a look-up (2.4)
	pid     string
	session string
}

// cutPrefix takes the prefix off the front of s. The forms are
//
//	service:
//	service(pid):                       a process that has no user yet
//	service(user)<pid><session>:        since 2.2.34, by default
//	service(user):                      before
//	lmtp(pid, user): session:           before
//	auth(user,ip,sasl:plain)<session>:  since 2.4
func cutPrefix(s string) (p prefix, rest string, ok bool) {
	n := 0
	for n < len(s) && n < 32 && isServiceByte(s[n]) {
		n++
	}
	if n < 2 || n == len(s) {
		return p, s, false
	}
	name := s[:n]
	rest = s[n:]
	if rest[0] == '(' {
		end := closing(rest, name)
		if end < 0 {
			return p, s, false
		}
		p.take(rest[1:end], name)
		rest = rest[end+1:]
	}
	for i := 0; i < 3 && rest != "" && rest[0] == '<'; i++ {
		end := strings.IndexByte(rest[:min(len(rest), 128)], '>')
		if end < 0 {
			return prefix{}, s, false
		}
		group := rest[1:end]
		if _, digits := lex.Number(group); digits && p.pid == "" {
			p.pid = group
		} else {
			p.session = group
		}
		rest = rest[end+1:]
	}
	rest, ok = strings.CutPrefix(rest, ": ")
	if !ok {
		return prefix{}, s, false
	}
	p.service = name
	if p.session == "" && isDelivery(name) {
		p.session, rest = cutOldSession(rest)
	}
	return p, rest, true
}

// closing finds the bracket that ends the arguments of a prefix. The user's
// name may hold brackets; in an authentication it comes from a stranger, and
// the mechanism behind it tells where it ends.
func closing(s, service string) int {
	start := 0
	if service == "auth" || service == "auth-worker" {
		start = max(0, strings.LastIndex(s, ",sasl:"))
	}
	for i := start; i+1 < len(s) && i < start+1024; i++ {
		if s[i] == ')' && (s[i+1] == '<' || s[i+1] == ':') {
			return i
		}
	}
	return -1
}

// take reads what stands between the brackets of a prefix.
func (p *prefix) take(s, service string) {
	if service == "auth" || service == "auth-worker" {
		p.user, p.ip, p.method, _ = cutArguments(s)
		p.bare = p.ip != "" && p.method == ""
	} else if pid, user, ok := strings.Cut(s, ", "); ok {
		p.pid, p.user = pid, user
	} else {
		p.user = s
	}
	if _, digits := lex.Number(p.user); digits && p.pid == "" {
		p.pid, p.user = p.user, ""
	}
}

// cutArguments reads "user,ip,<session>" or "user,ip,sasl:plain,master" from
// its end: the user may hold commas, the rest may be missing.
func cutArguments(s string) (user, ip, method, session string) {
	for {
		i := strings.LastIndexByte(s, ',')
		if i < 0 {
			return s, ip, method, session
		}
		switch last := s[i+1:]; {
		case session == "" && len(last) > 2 && last[0] == '<' && last[len(last)-1] == '>':
			session = last[1 : len(last)-1]
		case strings.HasPrefix(last, "sasl:"):
			method = last[len("sasl:"):]
		case last == "master":
		case ip == "" && lex.IsIP(last):
			return s[:i], last, method, session
		default:
			return s, ip, method, session
		}
		s = s[:i]
	}
}

// cutOldSession takes "session: " off the front of a delivery of version 2.2.
func cutOldSession(s string) (session, rest string) {
	id, rest, ok := strings.Cut(s, ": ")
	if !ok || len(id) < 16 || len(id) > 64 || strings.ContainsAny(id, " =<>") ||
		!strings.HasPrefix(rest, "msgid=") && !strings.HasPrefix(rest, "sieve: ") {
		return "", s
	}
	return id, rest
}

func isServiceByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// isService tells whether name is one of Dovecot's processes.
func isService(name string) bool {
	if isMailbox(name) || isDelivery(name) {
		return true
	}
	switch name {
	case "imap-login", "pop3-login", "managesieve-login", "submission-login", "imap-urlauth-login",
		"auth", "auth-worker", "master", "log", "config", "anvil", "stats", "old-stats", "dict",
		"dict-async", "director", "doveadm", "dsync", "dsync-local", "dsync-server", "dsync-remote",
		"indexer", "indexer-worker", "replicator", "aggregator", "ipc", "ssl-params", "health-check",
		"quota-status", "script", "script-login", "dns-client", "fts", "sieve-tool", "tcpwrap",
		"login", "push-notification":
		return true
	}
	return false
}

// isMailbox tells whether a service gives its user access to mailboxes.
func isMailbox(service string) bool {
	switch service {
	case "imap", "pop3", "managesieve", "submission", "imap-hibernate", "imap-urlauth", "imap-urlauth-worker":
		return true
	}
	return false
}

// isDelivery tells whether a service puts messages into mailboxes.
func isDelivery(service string) bool {
	return service == "lmtp" || service == "lda" || service == "deliver" || service == "dovecot-lda"
}
