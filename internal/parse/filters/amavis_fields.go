package filters

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// amavisKeys are the names in amavis's entry, of the short and of the verbose
// template.
var amavisKeys = [...]string{
	"quarantine: ", "Queue-ID: ", "Message-ID: ", "Resent-Message-ID: ", "mail_id: ",
	"Hits: ", "size: ", "pt: ", "queued_as: ", "fwd: ", "Subject: ", "From: ",
	"Tests: ", "dkim_sd=", "dkim_new=", "dkim_i=", "helo=", "tls: ", "secret_id: ",
	"b: ", "SA: ", "shortcircuit=", "autolearn=", "autolearnscore=", "User-Agent: ",
	"X-Mailer: ", "languages=", "relaycountry=", "asn=", "rss=", "tag=", "b.key=",
	"signer_avg=", "dkim_d=", "rules: ",
}

// amavisFields reads the named values at the end of the entry and tells whether
// a copy went to quarantine.
func (l *line) amavisFields(s string) (quarantined bool) {
	for s != "" {
		at := strings.Index(s, ", ")
		if at < 0 {
			break
		}
		s = s[at+2:]
		key := amavisKey(s)
		if key == "" {
			if ms := lex.Digits(s); ms != "" && s[len(ms):] == " ms" {
				l.extraNumber("scan_ms", ms)
			}
			continue
		}
		var value string
		value, s = cutAmavisValue(s[len(key):])
		if key == "quarantine: " {
			quarantined = quarantined || value != ""
		}
		l.amavisField(key, value)
	}
	return quarantined
}

// amavisKey returns the name at the front of s, "" if there is none.
func amavisKey(s string) string {
	for _, key := range &amavisKeys {
		if s != "" && s[0] == key[0] && strings.HasPrefix(s, key) {
			return key
		}
	}
	return ""
}

// cutAmavisValue takes a value off the front of s. It ends at the next ", ",
// unless it is quoted or in brackets.
func cutAmavisValue(s string) (value, rest string) {
	if s == "" {
		return "", ""
	}
	end := -1
	switch s[0] {
	case '"':
		for i := 1; i < len(s); i++ {
			if s[i] == '\\' {
				i++
			} else if s[i] == '"' {
				end = i + 1
				break
			}
		}
	case '[':
		end = strings.IndexByte(s, ']') + 1
	case '<':
		if i := strings.Index(s, ">, "); i >= 0 {
			end = i + 1
		}
	}
	if end <= 0 {
		if end = strings.Index(s, ", "); end < 0 {
			end = len(s)
		}
	}
	return s[:end], s[end:]
}

// amavisField adds one named value. Of names that stand twice the first counts:
// the queue id comes before everything that a sender chooses, and what follows
// the Message-ID is bounded by its brackets.
func (l *line) amavisField(key, value string) {
	switch key {
	case "quarantine: ":
		l.extra("quarantine", value)
	case "Queue-ID: ":
		if !l.e.Has(event.QueueID) {
			l.e.Add(event.QueueID, value)
		}
	case "Message-ID: ":
		if isMessageID(value) && !l.e.Has(event.MessageID) {
			l.e.Add(event.MessageID, value)
		}
	case "Resent-Message-ID: ":
		if isMessageID(value) {
			l.e.Add(event.MessageID, value)
		}
	case "mail_id: ":
		l.extra("mail_id", value)
	case "Hits: ":
		if !l.e.Has(event.SpamScore) {
			l.score(value)
		}
	case "size: ":
		if n, ok := lex.Number(value); ok && !l.e.Has(event.Size) {
			l.e.AddInt(event.Size, n)
		}
	case "queued_as: ":
		if !l.e.Has(event.NextQueueID) {
			l.nextIDs(value)
		}
	case "Subject: ":
		l.e.Add(event.Subject, strings.Trim(value, `"`))
	case "Tests: ":
		l.symbols(strings.Trim(value, "[]"))
	case "dkim_sd=":
		l.result(event.DKIM, "pass") // only signatures that are valid are listed
		selector, domain, _ := strings.Cut(value, ":")
		domain, _, _ = strings.Cut(domain, ",")
		l.extra("dkim_selector", selector)
		l.extra("dkim_domain", domain)
	case "helo=":
		l.e.Add(event.Helo, value)
	}
}

// nextIDs adds the ids under which a message went on: "A/B" if it was parted.
// Where amavis did not find "queued as" in the answer, the answer itself stands
// here.
func (l *line) nextIDs(s string) {
	const maxIDs = 100
	if strings.IndexByte(s, ' ') >= 0 {
		l.e.Add(event.NextQueueID, queuedAs(s))
		return
	}
	for range maxIDs {
		id, rest, more := strings.Cut(s, "/")
		if isID(id) {
			l.e.Add(event.NextQueueID, id)
		}
		if s = rest; !more {
			break
		}
	}
}

// queuedAs finds the id that an accepting answer names: "queued as X", "id=X".
func queuedAs(s string) string {
	at := strings.LastIndex(s, "queued as ")
	n := len("queued as ")
	if at < 0 {
		at, n = strings.LastIndex(s, "OK id="), len("OK id=")
	}
	if at < 0 {
		return ""
	}
	s = s[at+n:]
	end := 0
	for end < len(s) && (lex.Alnum(s[end]) || s[end] == '-') {
		end++
	}
	if !isID(s[:end]) {
		return ""
	}
	return s[:end]
}

// isID tells whether s may be a server's queue id.
func isID(s string) bool {
	if len(s) < 5 || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		if !lex.Alnum(s[i]) && s[i] != '-' {
			return false
		}
	}
	return true
}

// amavisForward reads the answer to a message that amavis hands on (FWD) or
// makes itself (SEND): "FWD from <s> -> <r>, BODY=7BIT 250 2.0.0 from
// MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as X". Before 2.7 it was
// "FWD via SMTP: <s> -> <r>,BODY=7BIT 250 2.0.0 Ok, id=..., from MTA(...): ...".
func (l *line) amavisForward(s string) bool {
	near := s[:min(len(s), 64)]
	at := strings.Index(near, "FWD ")
	if at < 0 {
		at = strings.Index(near, "SEND ")
	}
	if at < 0 || at > 0 && s[at-1] != ' ' {
		return false
	}
	open := strings.IndexByte(near[at:], '<')
	if open < 0 || !strings.Contains(near[at:at+open], "from ") && !strings.Contains(near[at:at+open], "via ") {
		return false
	}
	rest := l.amavisEnvelope(s[at+open:])
	answer := answerIn(rest)
	if answer == "" {
		return l.is(event.TypeQueue)
	}
	code, dsn := splitReply(answer)
	l.e.AddInt(event.SMTPCode, code)
	l.e.Add(event.DSN, dsn)
	l.e.Add(event.Reply, answer)
	if code < 300 {
		l.e.Add(event.NextQueueID, queuedAs(answer))
	}
	l.amavisRelay(answer)
	return l.is(event.TypeQueue)
}

// answerIn finds where the SMTP answer begins behind the options of MAIL FROM.
func answerIn(s string) string {
	s = strings.TrimLeft(s, ", ")
	for s != "" {
		if code, _ := splitReply(s); code > 0 {
			return s
		}
		_, s = cutWord(s)
	}
	return ""
}

// amavisRelay adds the server in "MTA(smtp:[127.0.0.1]:10025)".
func (l *line) amavisRelay(s string) {
	mta := between(s, "MTA(", ")")
	_, addr, port, ok := cutPeer(mta)
	if !ok {
		return
	}
	if lex.IsIP(addr) {
		l.e.Add(event.RelayIP, addr)
	} else {
		l.e.Add(event.RelayHost, addr)
	}
	if n, ok := lex.Number(strings.TrimPrefix(port, ":")); ok {
		l.e.AddInt(event.RelayPort, n)
	}
}

// amavisRelease reads what an operator had released from quarantine: "release
// (miscategorized): t/spam-x.gz <s> -> <r>".
func (l *line) amavisRelease(s string) bool {
	request, rest := cutWord(s)
	_, rest, ok := strings.Cut(rest, ": ")
	if !ok {
		return l.is(event.TypeSystem)
	}
	place, rest := cutWord(rest)
	l.extra("quarantine", place)
	if request == "release" {
		request = "released"
	}
	l.extra("action", request)
	l.amavisEnvelope(rest)
	return l.is(event.TypeQueue)
}

// amavisChecking reads the beginning of a check: "9E0eMHuKqsnD MYNETS [ip] <s>
// -> <r>".
func (l *line) amavisChecking(s string) {
	if id, _ := cutWord(s); id != "" && id[0] != '[' && id[0] != '<' {
		l.extra("mail_id", id)
	}
	l.amavisEnvelope(l.amavisPeers(s))
}

// amavisTag reads "<s> -> <r>, Yes, score=7.1 tagged_above=2 required=6.3
// tests=[A=1, B=2] autolearn=no".
func (l *line) amavisTag(s string) bool {
	rest := l.amavisEnvelope(s)
	if strings.HasPrefix(rest, ", Yes, ") {
		l.e.Add(event.SpamVerdict, "spam")
	} else {
		l.e.Add(event.SpamVerdict, "clean")
	}
	l.score(between(rest, "score=", " "))
	l.extraNumber("spam_required", between(rest, "required=", " "))
	l.symbols(between(rest, "tests=[", "]"))
	return l.is(event.TypeContentCheck)
}
