package dovecot

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// connection reads the start and end of an LMTP session.
func (l *line) connection() bool {
	rest, ok := strings.CutPrefix(l.text, "Connect from ")
	if !ok {
		if rest, ok = strings.CutPrefix(l.text, "Disconnect from "); !ok {
			return false
		}
	}
	addr, reason, _ := strings.Cut(rest, ": ")
	if lex.IsIP(addr) {
		l.e.Add(event.ClientIP, addr)
	}
	l.e.Add(event.Reply, reason)
	return l.is(event.TypeConnection)
}

// delivery reads what became of a message that was brought to a mailbox:
//
//	msgid=<m>: saved mail to INBOX
//	sieve: msgid=<m>: fileinto action: stored mail into mailbox 'Spam'
//
// The Message-ID is the sender's and may imitate what follows it, so that the
// last known action of the line is the one that counts.
func (l *line) delivery() bool {
	s, sieve := strings.CutPrefix(l.text, "sieve: ")
	custom := !strings.HasPrefix(s, "msgid=")
	if custom && !sieve && !isDelivery(l.service) {
		return false
	}
	act, at := findAction(s)
	if act == nil {
		return sieve && l.keptBySieve(s)
	}
	name := l.head(strings.TrimRight(s[:at], ": "))
	l.owner()
	l.action(act, name, s[at+len(act.start):])
	if isMailbox(l.service) {
		return l.is(event.TypeMailboxAccess)
	}
	return l.is(event.TypeDelivery)
}

// action adds what an action did. name is the Sieve action that the line names,
// "" before 2.3; s is what follows the action's words.
func (l *line) action(act *action, name, s string) {
	folder := ""
	switch act.rest {
	case toFolder:
		folder = unquote(s)
	case failure:
		box, reason, _ := strings.Cut(s, ": ")
		folder = unquote(box)
		l.e.Add(event.Folder, folder)
		l.e.AddBool(event.Success, false)
		l.reply(reason)
	case refused:
		l.e.AddBool(event.Success, false)
		l.reply(act.start + s)
	case target:
		l.extra("forwarded_to", lex.Lower(angle(s)))
	case response:
		l.extra("response_to", lex.Lower(angle(s)))
	case fromAddr:
		l.e.Add(event.Sender, lex.Lower(angle(s)))
	}
	if act.rest == toFolder {
		l.e.Add(event.Folder, folder)
	}
	l.e.Add(event.Status, act.status)
	if verb := act.verb(name, folder, s); verb != "" {
		l.e.AddExtra("sieve_action", verb)
	}
}

// reply adds a reason. Where it is an SMTP answer it has codes.
func (l *line) reply(s string) {
	code, dsn := replyCodes(s)
	if code > 0 {
		l.e.AddInt(event.SMTPCode, code)
		l.e.Add(event.DSN, dsn)
	}
	l.e.Add(event.Reply, s)
}

// extra adds an additional field of text.
func (l *line) extra(name, value string) {
	if value != "" {
		l.e.AddExtra(name, string(event.AppendJSONString(nil, value)))
	}
}

// keptBySieve reads the end of a script that failed: the message then goes to
// the inbox, and there is no other line about it.
func (l *line) keptBySieve(s string) bool {
	if !strings.HasPrefix(s, "Execution of script ") || !strings.Contains(s, "implicit keep was successful") {
		return false
	}
	l.owner()
	l.e.Add(event.Status, event.StatusDelivered)
	l.e.AddExtra("sieve_action", `"keep"`)
	return l.is(event.TypeDelivery)
}
