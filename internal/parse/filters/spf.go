package filters

import (
	"strings"

	"rastro/internal/event"
)

// policydSPF reads the SPF policy servers and the milter that belongs to one.
// Python (policyd_spf.py, spf_engine), with the queue id or an empty one before
// its text from version 2.9 on:
//
//	: prepend Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip=...; ...
//	: prepend Authentication-Results: host; spf=pass (...) smtp.mailfrom=...
//	: 550 5.7.23 Message rejected due to: SPF fail - not authorized. Please see http://...
//	Pass; identity=mailfrom; client-ip=...; helo=...; envelope-from=...; receiver=...
//
// Perl (postfix-policyd-spf-perl), under postfix/policy-spf:
//
//	SPF pass (Mechanism ...): Envelope-from: a@b.example, IP Address: ..., Recipient: ...
//	Policy action=PREPEND Received-SPF: pass (b.example: ...) receiver=...; identity=mailfrom; ...
func (l *line) policydSPF() bool {
	s := l.text
	if rest, ok := strings.CutPrefix(s, ": "); ok {
		s = rest
	} else if id, rest, ok := cutQueueID(s); ok {
		l.e.Add(event.QueueID, id)
		s = rest
	}
	s = strings.TrimPrefix(s, ": ")
	switch {
	case strings.HasPrefix(s, "prepend "):
		return l.spfHeader(s[len("prepend "):])
	case strings.HasPrefix(s, "Header field not prepended: "):
		return l.spfHeader(s[len("Header field not prepended: "):])
	case strings.HasPrefix(s, "Policy action="):
		return l.spfAction(s[len("Policy action="):])
	case strings.HasPrefix(s, "SPF "):
		return l.spfVerbose(s[len("SPF "):])
	case strings.HasPrefix(s, "result_only "):
		return l.spfHeader(s[len("result_only "):])
	}
	if code, _ := splitReply(s); code >= 400 {
		return l.spfRefusal(s)
	}
	if strings.Contains(s, "Message rejected due to: ") || strings.Contains(s, "Message deferred due to: ") {
		return l.spfRefusal(s)
	}
	if outcome, rest, ok := strings.Cut(s, "; identity="); ok {
		if outcome = outcomeOf(outcome); outcome != "" {
			l.result(event.SPF, outcome)
			l.spfFields(s[len(s)-len(rest)-len("identity="):])
			return l.is(event.TypeContentCheck)
		}
	}
	return l.is(event.TypeSystem)
}

// spfHeader reads the header that a policy server adds.
func (l *line) spfHeader(s string) bool {
	switch {
	case strings.HasPrefix(s, "Received-SPF: "):
		s = s[len("Received-SPF: "):]
		l.result(event.SPF, outcomeOf(s))
	case strings.HasPrefix(s, "Authentication-Results: "):
		_, rest, _ := strings.Cut(s, " spf=")
		l.result(event.SPF, outcomeOf(rest))
	case strings.HasPrefix(s, "X-Comment: "):
		l.result(event.SPF, "none") // the check was left out
	default:
		return l.is(event.TypeSystem)
	}
	l.spfFields(s)
	return l.is(event.TypeContentCheck)
}

// spfFields reads "identity=mailfrom; client-ip=...; helo=...;
// envelope-from=...; receiver=..." wherever it stands in s. The receiver may be
// the server or hidden; it counts only as an address.
func (l *line) spfFields(s string) {
	l.extra("spf_identity", word(between(s, "identity=", ";")))
	if _, rest, ok := strings.Cut(s, "client-ip="); ok {
		ip, _, _ := strings.Cut(rest, ";")
		l.client("", strings.TrimSpace(ip))
	}
	if _, rest, ok := strings.Cut(s, "helo="); ok {
		helo, _, _ := strings.Cut(rest, ";")
		if helo = strings.TrimSpace(helo); helo != "<UNKNOWN>" {
			l.e.Add(event.Helo, helo)
		}
	}
	if _, rest, ok := strings.Cut(s, "envelope-from="); ok {
		end := strings.LastIndex(rest, "; receiver=")
		if end < 0 {
			end = strings.IndexByte(rest, ';')
		}
		if end < 0 {
			end = len(rest)
		}
		from := strings.Trim(strings.TrimSpace(rest[:end]), `"`)
		if from != "<UNKNOWN>" && (strings.IndexByte(from, '@') > 0 || from == "<>" || from == "") {
			l.sender(bare(from))
		}
	}
	if at := strings.LastIndex(s, "receiver="); at >= 0 {
		receiver, _, _ := strings.Cut(s[at+len("receiver="):], ";")
		receiver = strings.TrimRight(receiver, " )\"")
		if strings.IndexByte(receiver, '@') > 0 {
			l.e.Add(event.Recipient, receiver)
		}
	}
}

// word returns s if it is one short word, else "".
func word(s string) string {
	if s = strings.TrimSpace(s); len(s) > 32 || strings.IndexByte(s, ' ') >= 0 {
		return ""
	}
	return s
}

// spfRefusal reads an answer that refuses or puts off. The address of the page
// that explains it names whom it is about: ?s=mfrom;id=sender;ip=...;r=receiver.
func (l *line) spfRefusal(s string) bool {
	l.refusal(s)
	if s[0] == '4' {
		l.e.Add(event.SpamVerdict, "defer")
	} else {
		l.e.Add(event.SpamVerdict, "reject")
	}
	cause := s
	if _, rest, ok := strings.Cut(s, " due to: "); ok {
		cause = rest
	}
	l.result(event.SPF, spfCause(cause))
	_, page, ok := strings.Cut(s, "?s=")
	if !ok {
		return l.is(event.TypeContentCheck)
	}
	identity, rest, _ := strings.Cut(page, ";id=")
	at := strings.LastIndex(rest, ";ip=")
	if at < 0 {
		return l.is(event.TypeContentCheck)
	}
	if identity == "helo" {
		l.e.Add(event.Helo, rest[:at])
	} else {
		l.sender(bare(rest[:at]))
	}
	l.extra("spf_identity", word(identity))
	ip, receiver, _ := strings.Cut(rest[at+len(";ip="):], ";r=")
	l.client("", ip)
	if receiver = bare(receiver); strings.IndexByte(receiver, '@') > 0 {
		l.e.Add(event.Recipient, receiver)
	}
	return l.is(event.TypeContentCheck)
}

// spfCause reads why SPF refused. The words are those of the Python library.
func spfCause(s string) string {
	s, _, _ = strings.Cut(s, ". Please see ")
	if rest, ok := strings.CutPrefix(s, "SPF "); ok {
		if outcome := outcomeOf(rest); outcome != "" {
			return outcome
		}
	}
	switch {
	case strings.Contains(s, "domain owner discourages use of this host"):
		return "softfail"
	case strings.Contains(s, "access neither permitted nor denied"):
		return "neutral"
	case strings.Contains(s, "emporary"):
		return "temperror"
	case strings.Contains(s, "ermanent"), strings.Contains(s, "Invalid"), strings.Contains(s, "Unknown mechanism"):
		return "permerror"
	}
	return "fail"
}

// spfAction reads what the Perl server answers: PREPEND and a header, DUNNO,
// DEFER_IF_PERMIT and a text, or 550 and a text.
func (l *line) spfAction(s string) bool {
	if rest, ok := strings.CutPrefix(s, "PREPEND "); ok {
		return l.spfHeader(rest)
	}
	if code, _ := splitReply(s); code >= 400 {
		l.refusal(s)
		l.e.Add(event.SpamVerdict, "reject")
		l.result(event.SPF, "fail")
		return l.is(event.TypeContentCheck)
	}
	if strings.HasPrefix(s, "DEFER_IF_PERMIT SPF-Result=") {
		l.result(event.SPF, "temperror")
		return l.is(event.TypeContentCheck)
	}
	return l.is(event.TypeSystem)
}

// spfVerbose reads "pass (text): Envelope-from: a@b, IP Address: ip, Recipient:
// r", or the same with HELO/EHLO and its name.
func (l *line) spfVerbose(s string) bool {
	outcome := outcomeOf(s)
	if outcome == "" {
		return l.is(event.TypeSystem)
	}
	l.result(event.SPF, outcome)
	if _, rest, ok := strings.Cut(s, ": Envelope-from: "); ok {
		from := rest
		if at := strings.LastIndex(rest, ", IP Address: "); at >= 0 {
			from, rest = rest[:at], rest[at:]
		}
		if from != "<UNKNOWN>" {
			l.sender(bare(from))
		}
		s = rest
	} else if _, rest, ok := strings.Cut(s, ": HELO/EHLO: "); ok {
		helo, after := cutItem(rest)
		l.e.Add(event.Helo, helo)
		s = after
	}
	if ip := between(s, ", IP Address: ", ","); ip != "" {
		l.client("", ip)
	}
	if _, rcpt, ok := strings.Cut(s, ", Recipient: "); ok && strings.IndexByte(rcpt, '@') > 0 {
		l.e.Add(event.Recipient, rcpt)
	}
	return l.is(event.TypeContentCheck)
}
