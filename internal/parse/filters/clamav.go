package filters

import (
	"strings"
	"time"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// clamStamp is the stamp in ClamAV's own files: "Sun Nov 22 20:17:09 2026 -> ".
const clamStamp = "Mon Jan _2 15:04:05 2006"

// clamStamped tells whether a text begins with ClamAV's own stamp.
func clamStamped(s string) bool {
	const arrow = " -> "
	return len(s) > len(clamStamp)+len(arrow) && s[3] == ' ' && s[len(clamStamp)-5] == ' ' &&
		s[len(clamStamp):len(clamStamp)+len(arrow)] == arrow
}

// clamav reads clamd, clamav-milter and freshclam, in syslog or their own files:
//
//	instream(127.0.0.1@55312): Eicar-Signature(44d8...:68) FOUND
//	Message QID from <s> to <r> with subject '...' message-id '...' date '...' infected by X
//	Message from <s> to <r> infected by X
//	Clean message from <s> to <r>
func (l *line) clamav() bool {
	s := l.text
	if clamStamped(s) && l.rec.Time == 0 {
		t, err := time.ParseInLocation(clamStamp, s[:len(clamStamp)], l.rec.Zone)
		if err != nil {
			return false
		}
		l.e.AddTime(event.Timestamp, t.UnixNano())
		s = s[len(clamStamp)+len(" -> "):]
		if l.rec.Program == "" {
			l.e.Add(event.Program, "clamav")
		}
	}
	for _, level := range [...]struct{ word, level string }{
		{"WARNING: ", event.LevelWarn}, {"ERROR: ", event.LevelError},
	} {
		if rest, ok := strings.CutPrefix(s, level.word); ok {
			l.e.Add(event.Level, level.level)
			s = rest
		}
	}
	switch {
	case strings.HasSuffix(s, " FOUND"):
		s = s[:len(s)-len(" FOUND")]
		at := strings.LastIndex(s, ": ")
		if at < 0 {
			return l.is(event.TypeSystem)
		}
		virus := s[at+2:]
		if open := strings.IndexByte(virus, '('); open > 0 {
			virus = virus[:open] // the file's hash and size
		}
		l.e.Add(event.VirusName, virus)
		l.e.Add(event.SpamVerdict, "infected")
		return l.is(event.TypeContentCheck)
	case strings.HasPrefix(s, "Message "):
		return l.clamMilter(s[len("Message "):])
	case strings.HasPrefix(s, "Clean message "):
		if l.clamEnvelope(s[len("Clean message "):]) == "" {
			l.e.Add(event.SpamVerdict, "clean")
			return l.is(event.TypeContentCheck)
		}
	}
	return l.is(event.TypeSystem)
}

// clamMilter reads an infected message of clamav-milter. The subject of the
// long form has no quotes inside: the milter takes them out.
func (l *line) clamMilter(s string) bool {
	at := strings.LastIndex(s, " infected by ")
	if at < 0 {
		return l.is(event.TypeSystem)
	}
	l.virus(s[at+len(" infected by "):])
	rest := l.clamEnvelope(s[:at])
	if rest, ok := strings.CutPrefix(rest, " with subject '"); ok {
		subject, rest, _ := strings.Cut(rest, "' message-id '")
		l.e.Add(event.Subject, subject)
		mid, _, _ := strings.Cut(rest, "'")
		if isMessageID(mid) {
			l.e.Add(event.MessageID, mid)
		}
	}
	l.e.Add(event.SpamVerdict, "infected")
	return l.is(event.TypeContentCheck)
}

// clamEnvelope reads "QID from <s> to <r>" and returns what follows. The id may
// be missing or UNKNOWN.
func (l *line) clamEnvelope(s string) string {
	if !strings.HasPrefix(s, "from <") {
		var id string
		id, s = cutWord(s)
		if isID(id) && id != "UNKNOWN" {
			l.e.Add(event.QueueID, id)
		}
	}
	rest, ok := strings.CutPrefix(s, "from ")
	if !ok {
		return s
	}
	from, rest, ok := lex.Angle(rest)
	if !ok {
		return rest
	}
	if from != "UNKNOWN" {
		l.sender(from)
	}
	if after, ok := strings.CutPrefix(rest, " to "); ok {
		to, tail, ok := lex.Angle(after)
		if ok && to != "UNKNOWN" {
			l.e.Add(event.Recipient, to)
		}
		rest = tail
	}
	return rest
}

// clamsmtp reads clamsmtpd, whose number counts connections: "100002: from=s,
// to=r, to=r, status=CLEAN" or "status=VIRUS:name".
func (l *line) clamsmtp() bool {
	s := l.text
	id, rest, ok := cutQueueID(s)
	if !ok || len(id) != 6 {
		return l.is(event.TypeSystem)
	}
	l.e.Add(event.SessionID, id)
	at := strings.LastIndex(rest, ", status=")
	if at < 0 {
		return l.is(event.TypeSystem)
	}
	status := rest[at+len(", status="):]
	rest = rest[:at]
	if from, ok := strings.CutPrefix(rest, "from="); ok {
		from, rest = cutItem(from)
		l.sender(bare(from))
	}
	for range maxRecipients {
		to, ok := strings.CutPrefix(rest, ", to=")
		if !ok {
			break
		}
		to, rest = cutItem(to)
		l.e.Add(event.Recipient, bare(to))
	}
	switch virus, ok := strings.CutPrefix(status, "VIRUS:"); {
	case ok:
		l.virus(virus)
		l.e.Add(event.SpamVerdict, "infected")
	case status == "VIRUS":
		l.e.Add(event.SpamVerdict, "infected")
	case status == "CLEAN":
		l.e.Add(event.SpamVerdict, "clean")
	}
	return l.is(event.TypeContentCheck)
}
