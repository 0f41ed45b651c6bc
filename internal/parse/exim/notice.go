package exim

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// checked reads the results of checks:
//
//	DKIM: d=example.com s=sel c=relaxed/relaxed a=rsa-sha256 b=2048 [verification succeeded]
//	PRDR R=<r> refusal
//	PRDR r 550 5.7.1 what the ACL was told to say
func (l *line) checked() bool {
	s := l.text
	switch {
	case strings.HasPrefix(s, "DKIM: "):
		l.dkim(s)
		return l.is(event.TypeContentCheck, check)
	case strings.HasPrefix(s, "PRDR R=<"):
		addr, rest, ok := cutAddress(s[len("PRDR R="):])
		if !ok {
			return false
		}
		l.put(event.Recipient, lex.Lower(addr))
		switch rest {
		case " refusal":
			return l.refuse("END-OF-MESSAGE", "", 550)
		case " temporary refusal":
			return l.refuse("END-OF-MESSAGE", "", 450)
		}
		return l.is(event.TypeContentCheck, check)
	case l.sure && strings.HasPrefix(s, "PRDR "):
		addr, reason := cutWord(s[len("PRDR "):])
		l.put(event.Recipient, lex.Lower(addr))
		reason = strings.TrimLeft(reason, " ")
		if code, _, _ := lex.Reply(reason); code >= 400 {
			return l.refuse("END-OF-MESSAGE", reason, code)
		}
		l.put(event.Reply, reason)
		return l.is(event.TypeContentCheck, check)
	case strings.HasPrefix(s, "malware acl condition: "), strings.HasPrefix(s, "spam acl condition: "):
		l.put(event.Reply, s)
		return l.at(event.LevelWarn, event.TypeContentCheck, check)
	}
	return false
}

// dkim reads the result of one signature (miscmods/dkim.c).
func (l *line) dkim(s string) {
	at := strings.LastIndexByte(s, '[')
	if at < 0 {
		return
	}
	result := strings.TrimSuffix(s[at+1:], "]")
	switch {
	case strings.HasPrefix(result, "verification succeeded"), strings.HasPrefix(result, "pass"):
		l.put(event.DKIM, "pass")
	case strings.HasPrefix(result, "verification failed"), strings.HasPrefix(result, "fail"):
		l.put(event.DKIM, "fail")
	case strings.HasPrefix(result, "invalid"):
		l.put(event.DKIM, "invalid")
	case strings.HasPrefix(result, "not verified"), strings.HasPrefix(result, "none"):
		l.put(event.DKIM, "none")
	}
	if _, domain, ok := strings.Cut(s[:at], "d="); ok {
		domain, _ = cutWord(domain)
		l.extra("dkim_domain", domain)
	}
}

// notice reads the lines about Exim itself, which its own files tell by their
// words alone.
func (l *line) notice() bool {
	s := l.text
	switch {
	case strings.HasPrefix(s, "exim ") && (strings.Contains(s, " daemon started: pid=") || strings.Contains(s, " daemon terminating")),
		strings.HasPrefix(s, "pid ") && strings.Contains(s, ": SIGHUP received: re-exec daemon"),
		strings.HasPrefix(s, "cwd=") && strings.Contains(s, " args: "),
		strings.HasPrefix(s, "listen backlog "),
		strings.HasPrefix(s, "socket bind() to port "),
		strings.HasPrefix(s, "Failed to create IPv6 socket for wildcard listening"):
		return l.is(event.TypeSystem, daemon)
	case strings.HasPrefix(s, "Warning: purging the environment"),
		strings.HasPrefix(s, "Warning: No server certificate defined"):
		return l.at(event.LevelWarn, event.TypeSystem, daemon)
	case strings.HasPrefix(s, "spool directory space check failed: "), strings.HasPrefix(s, "log directory space check failed: "):
		return l.at(event.LevelError, event.TypeError, daemon)
	case strings.HasPrefix(s, "VRFY failed for "), strings.HasPrefix(s, "unqualified verify rejected: <"):
		l.turned(s)
		return l.is(event.TypeCommand, reception)
	case strings.HasPrefix(s, "ETRN ") && strings.Contains(s, " received from "):
		_, client, _ := strings.Cut(s, " received from ")
		l.from(client)
		return l.is(event.TypeCommand, reception)
	}
	return false
}

// other takes the lines whose form is not known: they are Exim's, but say
// nothing that has a field.
func (l *line) other() bool {
	s := l.text
	switch {
	case strings.HasPrefix(s, "Warning: "):
		return l.at(event.LevelWarn, event.TypeSystem, general)
	case isTrouble(s):
		return l.at(event.LevelError, event.TypeError, general)
	}
	return l.is(event.TypeSystem, general)
}

// isTrouble tells whether a line reports a failure of Exim or its machine.
func isTrouble(s string) bool {
	for _, start := range [...]string{
		"failed to ", "Failed to ", "Failed writing ", "unable to ", "Couldn't ", "couldn't ", "Cannot ", "cannot ",
		"internal error", "ACL for ", "SIGSEGV", "SEGV_", "Error in ", "Error reading ", "Format error in spool file ",
		"Spool error: ", "expansion of ", "Expansion of ", "Exim configuration error", "queue run: process ",
		"Process failed ", "local_scan() function ", "string too large ", "process ", "routing loop for ", "daemon: ",
	} {
		if strings.HasPrefix(s, start) {
			return true
		}
	}
	return strings.Contains(s, " returned ERROR: ") || strings.Contains(s, " transport process vanished ") ||
		strings.Contains(s, " transport process returned non-zero ")
}
