package dovecot

import (
	"strings"

	"rastro/internal/event"
)

// access reads a session of a mailbox service.
func (l *line) access() bool {
	if l.user == "" || l.level == event.LevelError || l.level == event.LevelFatal {
		return false
	}
	l.e.Add(event.Username, l.user)
	if strings.HasPrefix(l.text, "Disconnected") || strings.HasPrefix(l.text, "Logged out") ||
		strings.HasPrefix(l.text, "Connection closed") {
		reason, _ := cutStatistics(l.text)
		l.e.Add(event.Reply, reason)
	}
	return l.is(event.TypeMailboxAccess)
}

// cutStatistics takes the counts off the end of a session: " in=1 out=2 ..." of
// IMAP, " top=0/0, retr=..." of POP3, " bytes=1/2" of ManageSieve.
func cutStatistics(s string) (reason, counts string) {
	for _, mark := range [...]string{" in=", " top=", " bytes="} {
		if i := strings.LastIndex(s, mark); i > 0 {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// mailLog reads what the mail_log plugin says of a message or mailbox:
//
//	expunge: box=INBOX, uid=1, msgid=<m>, size=14, from=<header>, subject=text
//	copy from INBOX: box=Trash, uid=1, ...
//
// The fields and their order are Dovecot's; which of them are there is the
// postmaster's choice.
func (l *line) mailLog() bool {
	if l.user == "" {
		return false
	}
	colon := strings.Index(l.text, ": ")
	if colon < 0 || !isMailAction(l.text[:colon]) {
		return false
	}
	s := l.text[colon+2:]
	if !strings.HasPrefix(s, "box=") && !strings.HasPrefix(s, "uid=") && !strings.HasPrefix(s, "msgid=") &&
		!strings.HasPrefix(l.text, "mailbox_") {
		return false
	}
	l.e.Add(event.Username, l.user)
	if box, ok := strings.CutPrefix(s, "box="); ok {
		name, rest := cutBefore(box, ", uid=", ", msgid=", ", size=", ", vsize=", ", from=", ", subject=", ", flags=")
		l.e.Add(event.Folder, name)
		s = rest
	}
	if _, id, ok := strings.Cut(s, "msgid="); ok {
		s = l.logMessageID(id)
	}
	if i := strings.Index(s, "size="); i >= 0 && i <= len(", v") {
		if n, ok := leadingNumber(s[i+len("size="):]); ok && (i == 0 || s[i-1] != 'v') {
			l.e.AddInt(event.Size, n)
		}
	}
	if i := strings.Index(s, ", subject="); i >= 0 {
		subject, _ := cutBefore(s[i+len(", subject="):], ", flags=(")
		l.e.Add(event.Subject, subject)
	}
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

// cutBefore parts s before the first of the marks.
func cutBefore(s string, marks ...string) (before, rest string) {
	end := len(s)
	for _, mark := range marks {
		if i := strings.Index(s[:end], mark); i >= 0 {
			end = i
		}
	}
	return s[:end], s[end:]
}
