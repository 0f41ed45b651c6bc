package filters

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// spamd reads SpamAssassin's daemon:
//
//	spamd: processing message <mid> aka <rmid> for user:uid
//	spamd: identified spam (7.1/5.0) for user:uid in 1.2 seconds, 1234 bytes.
//	spamd: result: Y 7 - BAYES_99,SPF_FAIL scantime=1.2,size=1234,...,mid=<...>
//	spamd: connection from localhost [127.0.0.1]:40112 to port 783, fd 5
//
// Only the line with the Message-ID can be joined to a message, so that is the
// one that has the verdict too.
func (l *line) spamd() bool {
	s := l.text
	for _, level := range [...]string{"info: ", "warn: ", "dbg: "} {
		s = strings.TrimPrefix(s, level) // what spamd puts there on its own
	}
	s = strings.TrimPrefix(s, "spamd: ")
	switch {
	case strings.HasPrefix(s, "result: "):
		return l.spamdResult(s[len("result: "):])
	case strings.HasPrefix(s, "identified spam ("):
		return l.spamdVerdict("spam", s[len("identified spam ("):])
	case strings.HasPrefix(s, "clean message ("):
		return l.spamdVerdict("clean", s[len("clean message ("):])
	case strings.HasPrefix(s, "processing message "):
		l.spamdMessage(s[len("processing message "):])
	case strings.HasPrefix(s, "checking message "):
		l.spamdMessage(s[len("checking message "):])
	}
	return l.is(event.TypeSystem)
}

// spamdVerdict reads "7.1/5.0) for user:uid in 1.2 seconds, 1234 bytes."
func (l *line) spamdVerdict(verdict, s string) bool {
	l.e.Add(event.SpamVerdict, verdict)
	scores, rest, _ := strings.Cut(s, ")")
	l.spamdScores(scores)
	if at := strings.LastIndex(rest, " seconds, "); at >= 0 {
		if n, ok := lex.Number(lex.Digits(rest[at+len(" seconds, "):])); ok {
			l.e.AddInt(event.Size, n)
		}
	}
	return l.is(event.TypeContentCheck)
}

// spamdScores reads "7.1/5.0".
func (l *line) spamdScores(s string) {
	score, required, _ := strings.Cut(s, "/")
	l.score(score)
	l.extraNumber("spam_required", required)
}

// spamdMessage reads "<mid> aka <rmid> for user:uid".
func (l *line) spamdMessage(s string) {
	mid, rest := cutMessageID(s)
	l.e.Add(event.MessageID, mid)
	if rest, ok := strings.CutPrefix(rest, " aka "); ok {
		resent, _ := cutMessageID(rest)
		l.e.Add(event.MessageID, resent)
	}
}

// cutMessageID takes a Message-ID in brackets off the front of s; it is "" if
// the message has none.
func cutMessageID(s string) (id, rest string) {
	if s == "" || s[0] != '<' {
		return "", s
	}
	end := strings.IndexByte(s, '>')
	if end < 2 {
		return "", s
	}
	return s[:end+1], s[end+1:]
}

// spamdResult reads "Y 7 - BAYES_99,SPF_FAIL scantime=1.2,size=1234,user=bob,
// uid=1000,required_score=5.0,rhost=localhost,raddr=127.0.0.1,rport=40112,
// mid=<...>,rmid=<...>,bayes=1.0,autolearn=spam". spamd leaves neither blanks
// nor commas in Message-IDs.
func (l *line) spamdResult(s string) bool {
	verdict, s := cutWord(s)
	if verdict == "Y" {
		l.e.Add(event.SpamVerdict, "spam")
	} else {
		l.e.Add(event.SpamVerdict, "clean")
	}
	s = strings.TrimLeft(s, " ")
	score, s := cutWord(s)
	l.score(score)
	s = strings.TrimPrefix(s, "- ")
	tests, s := cutWord(s)
	l.symbols(tests)
	for s != "" {
		var item string
		item, s, _ = strings.Cut(s, ",")
		key, value, _ := strings.Cut(item, "=")
		switch key {
		case "size":
			if n, ok := lex.Number(value); ok {
				l.e.AddInt(event.Size, n)
			}
		case "required_score":
			l.extraNumber("spam_required", value)
		case "mid", "rmid":
			if isMessageID(value) {
				l.e.Add(event.MessageID, value)
			}
		}
	}
	return l.is(event.TypeContentCheck)
}

// spampd reads the proxy around SpamAssassin:
//
//	processing message <mid> for <r>,<r>
//	identified spam <mid> (7.10/5.00) from <s> for <r>,<r> in 1.20s, 1234 bytes, with rules v1
func (l *line) spampd() bool {
	s := l.text
	verdict := ""
	switch {
	case strings.HasPrefix(s, "identified spam "):
		verdict, s = "spam", s[len("identified spam "):]
	case strings.HasPrefix(s, "clean message "):
		verdict, s = "clean", s[len("clean message "):]
	case strings.HasPrefix(s, "processing message "):
		s = s[len("processing message "):]
	case strings.HasPrefix(s, "rules hit for "):
		mid, rest := cutMessageID(s[len("rules hit for "):])
		l.e.Add(event.MessageID, mid)
		l.symbols(strings.TrimPrefix(rest, ": "))
		return l.is(event.TypeContentCheck)
	default:
		return l.is(event.TypeSystem)
	}
	mid, s := cutMessageID(s)
	l.e.Add(event.MessageID, mid)
	if verdict != "" {
		l.e.Add(event.SpamVerdict, verdict)
		scores := between(s, "(", ")")
		l.spamdScores(scores)
	}
	if _, rest, ok := strings.Cut(s, " from <"); ok {
		if addr, after, ok := lex.Angle("<" + rest); ok {
			l.sender(addr)
			s = after
		}
	}
	l.spampdRecipients(s)
	if verdict == "" {
		return l.is(event.TypeSystem)
	}
	if at := strings.LastIndex(s, "s, "); at >= 0 {
		if n, ok := lex.Number(lex.Digits(s[at+len("s, "):])); ok {
			l.e.AddInt(event.Size, n)
		} else if n, ok := lex.Number(lex.Digits(between(s, "s, ", " bytes"))); ok {
			l.e.AddInt(event.Size, n)
		}
	}
	return l.is(event.TypeContentCheck)
}

// spampdRecipients reads " for <r>,<r> in 1.20s".
func (l *line) spampdRecipients(s string) {
	_, s, ok := strings.Cut(s, " for ")
	if !ok {
		return
	}
	for range maxRecipients {
		addr, rest, ok := lex.Angle(strings.TrimLeft(s, ", "))
		if !ok {
			return
		}
		l.e.Add(event.Recipient, addr)
		s = rest
	}
}
