package postfix

import (
	"strings"

	"rastro/internal/event"
)

// receipt adds the id under which the next server took the message, as far as
// the answer names it in one of the usual ways. here tells that the server is
// on this machine, so that the id is one of our own.
func (l *line) receipt(s string, here bool) {
	if id, ok := strings.CutPrefix(s, "forwarded as "); ok {
		l.e.Add(event.NextQueueID, word(id))
		return
	}
	code, dsn := splitReply(s)
	if code == 0 {
		return
	}
	l.remark(s)
	text := strings.TrimLeft(s[3:], " -")
	text = strings.TrimLeft(strings.TrimPrefix(text, dsn), " ")
	if session, ok := savedSession(text); ok {
		l.e.Add(event.SessionID, session)
		return
	}
	id := answerID(text)
	if here && isQueueID(id) {
		l.e.Add(event.NextQueueID, id)
	} else {
		l.e.Add(event.RemoteQueueID, id)
	}
}

// remark adds what amavis says it did with a message that it took.
func (l *line) remark(s string) {
	switch {
	case strings.Contains(s, " Ok, discarded"):
		l.e.AddExtra(extraRemark, `"discarded"`)
	case strings.HasSuffix(s, ", BOUNCE"):
		l.e.AddExtra(extraRemark, `"bounced"`)
	}
}

// savedSession reads Dovecot's answer to a delivery, "<recipient> session
// Saved". The session is the one that Dovecot's own lines carry.
func savedSession(text string) (session string, ok bool) {
	text, ok = strings.CutSuffix(text, " Saved")
	if !ok || !strings.HasPrefix(text, "<") {
		return "", false
	}
	return text[strings.LastIndexByte(text, ' ')+1:], true
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
