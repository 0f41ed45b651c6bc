package postfix

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// receipt adds the id under which the next server took the message, as far as
// the answer names it in one of the usual ways. here tells that the server is
// on this machine, so that the id is one of our own.
func (l *line) receipt(s string, here bool) {
	if id, ok := strings.CutPrefix(s, "forwarded as "); ok {
		l.e.Add(event.NextQueueID, lex.Word(id))
		return
	}
	code, dsn, _ := lex.Reply(s)
	if code == 0 {
		return
	}
	l.remark(s)
	text := strings.TrimLeft(s[3:], " -")
	text = strings.TrimLeft(strings.TrimPrefix(text, dsn), " ")
	if session, ok := lex.Saved(text); ok {
		l.e.Add(event.SessionID, session)
		return
	}
	id := lex.Receipt(text)
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
