package dovecot

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// access reads a session of a mailbox service.
func (l *line) access() bool {
	if l.user == "" || l.level == event.LevelError || l.level == event.LevelFatal {
		return false
	}
	l.e.Add(event.Username, l.user)
	if strings.HasPrefix(l.text, "Disconnected") || strings.HasPrefix(l.text, "Logged out") ||
		strings.HasPrefix(l.text, "Connection closed") {
		reason, counts := cutStatistics(l.text)
		l.e.Add(event.Reply, reason)
		l.e.AddExtra("action", `"disconnect"`)
		l.counts(counts)
	}
	return l.is(event.TypeMailboxAccess)
}

// cutStatistics takes the counts off the end of a session: " in=1 out=2 ..." of
// IMAP and submission, " top=0/0, retr=..." of POP3, " bytes=1/2" of ManageSieve.
func cutStatistics(s string) (reason, counts string) {
	for _, mark := range [...]string{" in=", " top=", " bytes="} {
		if i := strings.LastIndex(s, mark); i > 0 {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// counts adds what a session did to messages: how many IMAP marked as deleted
// and expunged, how many POP3 fetched and deleted. Nothing is added for none.
func (l *line) counts(s string) {
	for s != "" {
		var part string
		part, s, _ = strings.Cut(s, " ")
		name, value, _ := strings.Cut(strings.TrimSuffix(part, ","), "=")
		switch name {
		case "deleted", "expunged":
		case "retr":
			name = "retrieved"
		case "del":
			name = "deleted"
		default:
			continue
		}
		value, _, _ = strings.Cut(value, "/")
		if _, ok := lex.Number(value); ok && value[0] != '0' {
			l.e.AddExtra(name, value)
		}
	}
}

// mailLog reads what the mail_log plugin says of a message or mailbox
// (plugins/mail-log/mail-log-plugin.c):
//
//	expunge: box=INBOX, uid=1, msgid=<m>, size=14, from=<header>, subject=text
//	copy from INBOX: box=Trash, uid=1, ...
//	Mailbox Trash: copy from INBOX: box=Trash, uid=1, ...      since 2.4
//	Mailbox renamed: Old -> New                  until 2.3
//	Mailbox Old: Mailbox renamed: Old -> New     since 2.4
//
// The fields and their order are Dovecot's; which of them are there is the
// postmaster's choice. What was done stands in the additional field action.
func (l *line) mailLog() bool {
	if l.user == "" {
		return false
	}
	verb, s, ok := cutMailAction(l.text)
	if !ok {
		return l.boxLog()
	}
	if !strings.HasPrefix(s, "box=") && !strings.HasPrefix(s, "uid=") && !strings.HasPrefix(s, "msgid=") &&
		!strings.HasPrefix(verb, "mailbox_") {
		return false
	}
	l.e.Add(event.Username, l.user)
	verb, from, _ := strings.Cut(verb, " from ")
	l.extra("action", verb)
	l.extra("from_folder", from)
	if box, ok := strings.CutPrefix(s, "box="); ok {
		name, rest := lex.CutBefore(box, ", uid=", ", msgid=", ", size=", ", vsize=", ", from=", ", subject=", ", flags=")
		l.e.Add(event.Folder, name)
		s = strings.TrimPrefix(rest, ", ")
	}
	if rest, ok := strings.CutPrefix(s, "uid="); ok {
		uid, tail := lex.CutBefore(rest, ", ")
		if _, ok := lex.Number(uid); ok && uid[0] != '0' {
			l.e.AddExtra("uid", uid)
		}
		s = tail
	}
	if _, id, ok := strings.Cut(s, "msgid="); ok {
		s = l.logMessageID(id)
	}
	l.logSize(s)
	if i := strings.Index(s, ", subject="); i >= 0 {
		subject, _ := lex.CutBefore(s[i+len(", subject="):], ", flags=(")
		l.e.Add(event.Subject, subject)
	}
	return l.is(event.TypeMailboxAccess)
}

// cutMailAction parts what was done from the fields behind it. Since 2.4 the
// mailbox stands before it, whose name may hold a colon.
func cutMailAction(s string) (action, fields string, ok bool) {
	boxed := strings.HasPrefix(s, "Mailbox ")
	for start := 0; ; {
		i := strings.Index(s[start:], ": ")
		if i < 0 {
			return "", "", false
		}
		if isMailAction(s[start : start+i]) {
			return s[start : start+i], s[start+i+2:], true
		}
		if !boxed {
			return "", "", false
		}
		start += i + 2
	}
}

// logSize adds the size, but not the virtual one (vsize), which counts line
// ends as two.
func (l *line) logSize(s string) {
	if rest, ok := strings.CutPrefix(strings.TrimPrefix(s, ", "), "size="); ok {
		if n, ok := lex.LeadingNumber(rest); ok {
			l.e.AddInt(event.Size, n)
		}
	}
}

// boxLog reads what was done to a whole mailbox.
func (l *line) boxLog() bool {
	s, box := l.text, ""
	if rest, ok := strings.CutPrefix(s, "Mailbox "); ok {
		if i := strings.Index(rest, ": Mailbox "); i >= 0 {
			box, s = rest[:i], rest[i+2:]
		}
	}
	verb := ""
	for _, form := range [...]struct{ start, verb string }{
		{"Mailbox created", `"mailbox_create"`}, {"Mailbox deleted", `"mailbox_delete"`}, {"Mailbox renamed", `"mailbox_rename"`},
	} {
		if rest, ok := strings.CutPrefix(s, form.start); ok {
			verb, s = form.verb, rest
			break
		}
	}
	rest, named := strings.CutPrefix(s, ": ")
	if verb == "" || s != "" && !named {
		return false
	}
	if box == "" {
		box = rest
	}
	old, renamed, ok := strings.Cut(rest, " -> ")
	if ok {
		box = renamed
		l.extra("from_folder", old)
	}
	l.e.Add(event.Username, l.user)
	l.e.Add(event.Folder, box)
	l.e.AddExtra("action", verb)
	return l.is(event.TypeMailboxAccess)
}

// logMessageID adds the Message-ID at the front of s and returns the rest. An
// id that is not closed ends at the next comma.
func (l *line) logMessageID(s string) (rest string) {
	end := -1
	if strings.HasPrefix(s, "<") {
		end = strings.IndexByte(s, '>') + 1
	}
	if end <= 0 {
		if end = strings.Index(s, ", "); end < 0 {
			end = len(s)
		}
	}
	l.messageID(s[:end])
	return s[end:]
}

// isMailAction tells whether s is an event of the mail_log plugin.
func isMailAction(s string) bool {
	switch s {
	case "delete", "undelete", "expunge", "autoexpunge", "save", "append", "copy", "flag_change",
		"mailbox_create", "mailbox_delete", "mailbox_rename":
		return true
	}
	return strings.HasPrefix(s, "copy from ") || strings.HasPrefix(s, "move from ")
}
