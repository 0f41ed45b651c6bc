package exim

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
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
	code, dsn, _ := lex.Reply(s)
	if code > 0 {
		l.putInt(event.SMTPCode, code)
	}
	l.put(event.DSN, dsn)
	l.put(event.Reply, s)
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
	code, dsn, _ := lex.Reply(s)
	if code == 0 || len(s) < 4 || l.e.Has(event.NextQueueID) || l.e.Has(event.RemoteQueueID) || l.e.Has(event.SessionID) {
		return
	}
	s, _, _ = strings.Cut(s, `\n`)
	text := strings.TrimLeft(strings.TrimPrefix(s[4:], dsn), " ")
	if session, ok := lex.Saved(text); ok { // by LMTP
		l.put(event.SessionID, session)
		return
	}
	id := lex.Receipt(text)
	if here && idSize(id) != len(id) {
		here = false
	}
	if here {
		l.put(event.NextQueueID, id)
	} else {
		l.put(event.RemoteQueueID, id)
	}
}
