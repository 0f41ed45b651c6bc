package exim

import (
	"strings"

	"rastro/internal/event"
)

// failure adds the reason of a failure. Where another server's answer decided,
// only that becomes the reply (transports/smtp.c, transports/lmtp.c):
//
//	SMTP error from remote mail server after RCPT TO:<a@b>: 550 5.1.1 unknown
//	SMTP error from remote mailer after end of data: host h [ip]: 554 no
//	LMTP error after DATA: 452 4.2.2 full
//	SMTP timeout after initial connection: Connection timed out
//	SMTP timeout while connected to h [ip] after end of data
//	Remote host h [ip] closed connection in response to MAIL FROM:<a@b> SIZE=1
//
// Until 4.86 the host stood in the reason and not in a field.
func (l *line) failure(s string) {
	if s == "" || l.oldFailure(s) {
		return
	}
	for _, form := range &failures {
		at := strings.Index(s[:min(len(s), 64)], form.mark)
		if at != 0 && !(at > 0 && form.anywhere) {
			continue
		}
		stage, answer := cutStage(s[at+len(form.mark):])
		answer = l.cutHost(answer)
		if form.perRecipient && stage == "DATA" {
			stage = "END-OF-MESSAGE"
		}
		l.put(event.SMTPStage, stage)
		if form.answered && answer != "" {
			l.reply(answer)
			return
		}
		break
	}
	l.reply(s)
}

var failures = [...]struct {
	mark         string
	answered     bool // the other server's words follow
	anywhere     bool // the name of a host may stand before it
	perRecipient bool // the answer after the text is for one recipient
}{
	{mark: "SMTP error from remote mail server after ", answered: true, anywhere: true},
	{mark: "SMTP error from remote mailer after ", answered: true, anywhere: true},
	{mark: "LMTP error after ", answered: true, perRecipient: true},
	{mark: "PRDR error after ", answered: true, perRecipient: true},
	{mark: "SMTP timeout after "},
	{mark: "LMTP timeout after "},
	{mark: "Remote host closed connection in response to "},
	{mark: "Malformed SMTP reply in response to "},
}

// cutStage reads the command that an answer was for, and returns the answer.
func cutStage(s string) (stage, answer string) {
	s = strings.TrimPrefix(s, "pipelined ")
	for _, c := range &commands {
		rest, ok := strings.CutPrefix(s, c.text)
		if !ok {
			continue
		}
		if _, tail, ok := cutAddress(rest); ok {
			rest = tail
		}
		_, answer, _ = strings.Cut(rest, ": ")
		return c.stage, answer
	}
	_, answer, _ = strings.Cut(s, ": ")
	return "", answer
}

var commands = [...]struct{ text, stage string }{
	{"initial connection", "CONNECT"}, {"EHLO", "EHLO"}, {"HELO", "EHLO"}, {"LHLO", "EHLO"},
	{"MAIL FROM:", "MAIL"}, {"RCPT TO:", "RCPT"}, {"DATA", "DATA"}, {"BDAT", "END-OF-MESSAGE"},
	{"end of data", "END-OF-MESSAGE"}, {"sending data block", "END-OF-MESSAGE"},
	{"AUTH", "AUTH"}, {"STARTTLS", "STARTTLS"}, {"QUIT", "QUIT"},
}

// cutHost takes "host name [address]: " off an answer, as old versions have it.
func (l *line) cutHost(s string) string {
	if rest, ok := strings.CutPrefix(s, "host "); ok {
		if p, tail := cutRelay(rest); p.addr != "" && strings.HasPrefix(tail, ": ") {
			l.relay(p)
			return tail[2:]
		}
	}
	return s
}

// oldFailure reads the failures of old versions that name the host in their
// middle.
func (l *line) oldFailure(s string) bool {
	for _, form := range [...]struct{ start, command string }{
		{"SMTP timeout while connected to ", " after "},
		{"Remote host ", " closed connection in response to "},
	} {
		rest, ok := strings.CutPrefix(s, form.start)
		if !ok {
			continue
		}
		p, tail := cutRelay(rest)
		command, ok := strings.CutPrefix(tail, form.command)
		if !ok || p.addr == "" {
			continue
		}
		stage, _ := cutStage(command)
		l.relay(p)
		l.put(event.SMTPStage, stage)
		l.reply(s)
		return true
	}
	return false
}

// reply adds an SMTP answer and the codes at its front.
func (l *line) reply(s string) {
	code, dsn := splitReply(s)
	if code > 0 {
		l.putInt(event.SMTPCode, code)
	}
	l.put(event.DSN, dsn)
	l.put(event.Reply, s)
}

// splitReply reads "550 5.1.1 text", "550-5.1.1 text" or "5.1.1 text". code is 0
// and dsn "" where there is none.
func splitReply(s string) (code int64, dsn string) {
	if len(s) >= 3 && s[0] >= '2' && s[0] <= '5' && isDigit(s[1]) && isDigit(s[2]) &&
		(len(s) == 3 || s[3] == ' ' || s[3] == '-') {
		code = int64(s[0]-'0')*100 + int64(two(s[1:]))
		s = s[min(4, len(s)):]
	}
	return code, leadingDSN(s)
}

// leadingDSN reads the enhanced status code at the front of s: a class of 2, 4
// or 5 and two numbers.
func leadingDSN(s string) string {
	if len(s) < 5 || s[0] != '2' && s[0] != '4' && s[0] != '5' || s[1] != '.' {
		return ""
	}
	i := 2
	for part := range 2 {
		start := i
		for i < len(s) && i-start < 3 && isDigit(s[i]) {
			i++
		}
		if i == start || part == 0 && (i == len(s) || s[i] != '.') {
			return ""
		}
		if part == 0 {
			i++
		}
	}
	if i < len(s) && (isAlnum(s[i]) || s[i] == '.') {
		return ""
	}
	return s[:i]
}

// receipt adds the id under which the next server took the message, as far as
// its answer names it in one of the usual ways. here tells that the server is
// on this machine, so that the id is one of our own.
//
// An answer of several lines (with CHUNKING, Exim answers to the last chunk with
// its size and then with the id) has it in the last one.
func (l *line) receipt(s string, here bool) {
	const next = `\n250 `
	if at := strings.LastIndex(s, next); at >= 0 {
		l.taken(s[at+len(`\n`):], here)
	}
	l.taken(s, here)
}

// taken reads one line of such an answer.
func (l *line) taken(s string, here bool) {
	code, dsn := splitReply(s)
	if code == 0 || len(s) < 4 || l.e.Has(event.NextQueueID) || l.e.Has(event.RemoteQueueID) || l.e.Has(event.SessionID) {
		return
	}
	s, _, _ = strings.Cut(s, `\n`)
	text := strings.TrimLeft(strings.TrimPrefix(s[4:], dsn), " ")
	if rest, ok := strings.CutSuffix(text, " Saved"); ok && strings.HasPrefix(rest, "<") {
		l.put(event.SessionID, rest[strings.LastIndexByte(rest, ' ')+1:]) // Dovecot's, by LMTP
		return
	}
	id := answerID(text)
	if here && idSize(id) != len(id) {
		here = false
	}
	if here {
		l.put(event.NextQueueID, id)
	} else {
		l.put(event.RemoteQueueID, id)
	}
}

// answerID finds the id in the text of an answer to a message. The forms are
// those of Postfix, Exim, Exchange, qmail, Gmail, and of Sendmail and
// OpenSMTPD; an answer of one word that has a digit is an id too.
func answerID(text string) string {
	if i := strings.LastIndex(text, "queued as "); i >= 0 {
		return word(text[i+len("queued as "):])
	}
	if id, ok := strings.CutPrefix(text, "OK id="); ok {
		return word(id)
	}
	if i := strings.Index(text, "[InternalId="); i >= 0 {
		return word(text[i+len("[InternalId="):])
	}
	if i := strings.LastIndex(text, " qp "); i >= 0 && strings.HasPrefix(text, "ok ") {
		return word(text[i+len(" qp "):])
	}
	if rest, ok := strings.CutSuffix(text, " - gsmtp"); ok {
		return rest[strings.LastIndexByte(rest, ' ')+1:]
	}
	if i := strings.Index(text, " Message accepted for delivery"); i >= 0 {
		return word(strings.TrimPrefix(text[:i], ": "))
	}
	if strings.IndexByte(text, ' ') < 0 && strings.ContainsAny(text, "0123456789") {
		return word(text)
	}
	return ""
}

// word returns the id at the front of s: letters, digits and the signs that
// ids of other servers have inside.
func word(s string) string {
	i := 0
	for i < len(s) && i < 128 && (isAlnum(s[i]) || s[i] == '-' || s[i] == '.' || s[i] == '_') {
		i++
	}
	return strings.TrimRight(s[:i], ".")
}
