package filters

import (
	"strings"

	"rastro/internal/event"
)

// opendkim reads OpenDKIM 2.x and its forerunner dkim-filter (opendkim.c): all
// that concerns a message begins with its queue id.
func (l *line) opendkim() bool {
	id, s, ok := cutQueueID(l.text)
	if !ok {
		return l.is(event.TypeSystem)
	}
	l.e.Add(event.QueueID, id)
	switch {
	case strings.HasPrefix(s, "DKIM-Signature field added ("), strings.HasPrefix(s, "DKIM-Signature header added"):
		l.dkimKey(s)
		l.extra("action", "signed")
	case strings.HasPrefix(s, "DKIM verification successful"):
		l.result(event.DKIM, "pass")
	case strings.HasPrefix(s, "no signature data"):
		l.result(event.DKIM, "none")
	case strings.HasPrefix(s, "bad signature data"):
		l.result(event.DKIM, "fail")
	case strings.HasPrefix(s, "key retrieval failed"):
		l.dkimKey(s)
		l.result(event.DKIM, "temperror")
	case strings.HasPrefix(s, "key revoked"), strings.HasPrefix(s, "signature processing failed"):
		l.dkimKey(s)
		l.result(event.DKIM, "permerror")
	case strings.HasPrefix(s, "s="), strings.HasPrefix(s, "SSL "):
		return l.dkimSSL(s)
	default:
		if host, addr, _, ok := cutPeer(s); ok && strings.HasSuffix(s, "] not internal") {
			l.client(strings.TrimSpace(host), addr)
		}
		return l.is(event.TypeSystem)
	}
	return l.is(event.TypeContentCheck)
}

// dkimKey adds the key in "(s=selector, d=domain)".
func (l *line) dkimKey(s string) {
	l.extra("dkim_selector", between(s, "(s=", ","))
	l.extra("dkim_domain", between(s, ", d=", ")"))
}

// dkimSSL reads "s=mail d=x.example a=rsa-sha256 SSL error:04091068:...:bad
// signature". With nothing behind SSL it says only that a key was used.
func (l *line) dkimSSL(s string) bool {
	head, failure, _ := strings.Cut(s, "SSL")
	if rest, ok := strings.CutPrefix(head, "s="); ok {
		selector, rest := cutWord(rest)
		l.extra("dkim_selector", selector)
		domain, _ := cutWord(strings.TrimPrefix(rest, "d="))
		l.extra("dkim_domain", domain)
	}
	if strings.TrimSpace(failure) == "" {
		return l.is(event.TypeSystem)
	}
	l.result(event.DKIM, "fail")
	return l.is(event.TypeContentCheck)
}

// opendmarc reads OpenDMARC 1.3 and 1.4 (opendmarc.c):
//
//	QID: SPF(mailfrom): domain pass
//	QID: domain none|pass|fail|temperror
//	QID: rejected by DMARC policy for domain
func (l *line) opendmarc() bool {
	id, s, ok := cutQueueID(l.text)
	if !ok {
		if word, rest := cutWord(l.text); strings.HasPrefix(rest, "ignoring Authentication-Results ") && isID(word) {
			l.e.Add(event.QueueID, word)
		}
		return l.is(event.TypeSystem)
	}
	l.e.Add(event.QueueID, id)
	if mode, rest, ok := strings.Cut(s, "): "); ok && strings.HasPrefix(mode, "SPF(") {
		domain, outcome := cutLast(rest)
		if outcome = outcomeOf(outcome); outcome == "" {
			return l.is(event.TypeSystem)
		}
		l.result(event.SPF, outcome)
		l.extra("spf_identity", mode[len("SPF("):])
		l.extra("spf_domain", domain)
		return l.is(event.TypeContentCheck)
	}
	if strings.HasPrefix(s, "rejected by DMARC policy for ") {
		l.result(event.DMARC, "fail")
		l.extra("dmarc_domain", s[len("rejected by DMARC policy for "):])
		l.e.Add(event.Reply, s)
		l.e.Add(event.Status, event.StatusRejected)
		return l.is(event.TypeContentCheck)
	}
	domain, outcome := cutLast(s)
	if domain == "" || strings.IndexByte(domain, ' ') >= 0 || strings.IndexByte(domain, '.') < 0 {
		return l.is(event.TypeSystem)
	}
	outcome = outcomeOf(outcome)
	if outcome == "" {
		return l.is(event.TypeSystem)
	}
	l.result(event.DMARC, outcome)
	l.extra("dmarc_domain", domain)
	return l.is(event.TypeContentCheck)
}

// cutLast parts the last word from s.
func cutLast(s string) (rest, word string) {
	if i := strings.LastIndexByte(s, ' '); i >= 0 {
		return s[:i], s[i+1:]
	}
	return "", s
}

// dkimproxy reads dkimproxy.in and dkimproxy.out: "DKIM verify - pass;
// message-id=<...>, from=<...>" and "DKIM signing - signed; message-id=...".
func (l *line) dkimproxy() bool {
	s, verify := strings.CutPrefix(l.text, "DKIM verify - ")
	if !verify {
		var ok bool
		if s, ok = strings.CutPrefix(l.text, "DKIM signing - "); !ok {
			return l.is(event.TypeSystem)
		}
	}
	outcome, rest, _ := strings.Cut(s, "; ")
	if verify {
		l.result(event.DKIM, outcomeOf(outcome))
	} else {
		l.extra("action", outcome)
	}
	if _, mid, ok := strings.Cut(rest, "message-id="); ok {
		id, _ := cutMessageID(mid)
		l.e.Add(event.MessageID, id)
	}
	return l.is(event.TypeContentCheck)
}

// authMilter reads Mail::Milter::Authentication: "QID: key: value".
func (l *line) authMilter() bool {
	id, s, ok := cutQueueID(l.text)
	if !ok {
		return l.is(event.TypeSystem)
	}
	l.e.Add(event.QueueID, id)
	key, value, _ := strings.Cut(s, ": ")
	field := event.NoField
	switch key {
	case "SPFCode":
		field = event.SPF
	case "DMARCCode":
		field = event.DMARC
	case "DKIMResult", "DKIMCode":
		field = event.DKIM
	}
	outcome := outcomeOf(value)
	if field == event.NoField || outcome == "" {
		return l.is(event.TypeSystem)
	}
	l.result(field, outcome)
	return l.is(event.TypeContentCheck)
}
