package dovecot

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// login reads what a login service says at the end of a login or of a
// connection without one:
//
//	Login: user=<u>, method=PLAIN, rip=1.2.3.4, lip=1.2.3.5, mpid=1, TLS, session=<s>
//	Logged in: user=<u>, method=PLAIN, ...                       since 2.4.2
//	Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): user=<u>, ...
//	Login aborted: Connection closed (no auth attempts in 0 secs) (no_auth_attempts): user=<>, ...
func (l *line) login() bool {
	what, elements, ok := cutElements(l.text)
	if !ok {
		return false
	}
	l.elements(elements)
	switch {
	case strings.HasPrefix(what, "Login: "), strings.HasPrefix(what, "Login ("), what == "Login", what == "Logged in",
		strings.Contains(what, "tarted proxying to "):
		l.e.AddBool(event.Success, true)
	case isRefusal(what):
		l.e.AddBool(event.Success, false)
		l.e.Add(event.Reply, what)
	default:
		return l.is(event.TypeSystem)
	}
	return l.is(event.TypeAuthentication)
}

// isRefusal tells whether the message of a login service ends an attempt to log
// in. Those that only connected say "no auth attempts".
func isRefusal(what string) bool {
	if strings.Contains(what, "no auth attempts") {
		return false
	}
	for _, start := range [...]string{
		"Login failed", "Maximum number of connections", "Internal login failure",
	} {
		if strings.HasPrefix(what, start) {
			return true
		}
	}
	for _, part := range [...]string{
		"(auth failed", " attempts in ", " successful auths", "tried to use ", "Internal login failure",
		"laintext authentication disabled", "leartext authentication disabled",
	} {
		if strings.Contains(what, part) {
			return true
		}
	}
	return false
}

// cutElements parts the message of a login service from the list behind it,
// which starts with the user.
func cutElements(s string) (what, elements string, ok bool) {
	i := strings.Index(s, "user=<")
	if i < 0 {
		return s, "", false
	}
	return strings.TrimRight(s[:i], ": "), s[i:], true
}

// elements reads "user=<u>, method=M, rip=A, lip=B, mpid=1, TLS, session=<s>".
// The user's name is a stranger's and may imitate the others, so that it ends
// at the last place where it can.
func (l *line) elements(s string) {
	rip := strings.LastIndex(s, ", rip=")
	if rip < 0 {
		rip = len(s)
	}
	if end := strings.LastIndexByte(s[:rip], '>'); end >= len("user=<") {
		l.user = s[len("user=<"):end]
		if method, ok := strings.CutPrefix(s[end+1:rip], ", method="); ok {
			l.e.Add(event.AuthMethod, method)
		}
		l.e.Add(event.Username, l.user)
	}
	if rip == len(s) {
		return
	}
	tail := s[rip+len(", rip="):]
	addr, _, _ := strings.Cut(tail, ",")
	if lex.IsIP(addr) {
		l.e.Add(event.ClientIP, addr)
	}
	l.encryption(tail)
	if i := strings.LastIndex(tail, ", session=<"); i >= 0 {
		l.session = strings.TrimSuffix(tail[i+len(", session=<"):], ">")
	}
}

// encryption adds the protocol and the cipher where the postmaster has them
// logged: "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)".
func (l *line) encryption(s string) {
	i := strings.Index(s, " with cipher ")
	if i < 0 {
		return
	}
	version := s[:i]
	version = version[strings.LastIndexAny(version, " ,")+1:]
	if !strings.HasPrefix(version, "TLS") && !strings.HasPrefix(version, "SSL") {
		return
	}
	cipher, _, _ := strings.Cut(s[i+len(" with cipher "):], " ")
	l.e.Add(event.TLSVersion, version)
	l.e.Add(event.TLSCipher, strings.TrimRight(cipher, ","))
}
