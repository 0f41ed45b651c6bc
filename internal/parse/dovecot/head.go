package dovecot

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// headNames are the values that deliver_log_format can put before the action.
var headNames = [...]string{"msgid=", "subject=", "size=", "psize=", "vsize=", "from=", "from_envelope=", "to_envelope=", "time="}

// head reads what stands before the action: by default the Message-ID alone,
// which may hold anything, or a list of the postmaster's choice. It returns the
// name of the Sieve action if the line has one: "fileinto action: ".
func (l *line) head(s string) (name string) {
	s, named := strings.CutSuffix(s, " action")
	if i := strings.LastIndex(s, ": "); i >= 0 && isActionName(s[i+2:]) {
		s, name = s[:i], s[i+2:]
	}
	if !named {
		name = ""
	}
	if id, ok := strings.CutPrefix(s, "msgid="); ok && !hasNames(id) {
		l.messageID(id)
		return name
	}
	for s != "" {
		key, value := cutHeadName(s)
		next := nextHeadName(value)
		if key != "" {
			l.headValue(key, strings.TrimRight(value[:next], ",; "))
		}
		s = value[next:]
	}
	return name
}

// isActionName tells whether s names a Sieve action, "fileinto" for example.
func isActionName(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isServiceByte(s[i]) {
			return false
		}
	}
	return s != "" && len(s) < 20
}

// hasNames tells whether a Message-ID is followed by other values.
func hasNames(id string) bool {
	end := strings.IndexByte(id, '>')
	return end >= 0 && end+1 < len(id) && nextHeadName(id[end:]) < len(id)-end
}

func cutHeadName(s string) (name, value string) {
	for _, name := range headNames {
		if value, ok := strings.CutPrefix(s, name); ok {
			return name, value
		}
	}
	return "", s[1:]
}

// nextHeadName finds where the next value of the list starts.
func nextHeadName(s string) int {
	for i := 1; i < len(s); i++ {
		if c := s[i-1]; c != ' ' && c != ',' {
			continue
		}
		for _, name := range headNames {
			if strings.HasPrefix(s[i:], name) {
				return i
			}
		}
	}
	return len(s)
}

func (l *line) headValue(name, value string) {
	switch name {
	case "msgid=":
		l.messageID(value)
	case "subject=":
		l.e.Add(event.Subject, value)
	case "size=", "psize=":
		if n, ok := lex.LeadingNumber(value); ok && !l.e.Has(event.Size) {
			l.e.AddInt(event.Size, n)
		}
	case "from_envelope=":
		if value == "<>" {
			l.e.Add(event.Sender, value)
		} else {
			l.e.Add(event.Sender, lex.Lower(angle(value)))
		}
	case "to_envelope=":
		if to := lex.Lower(angle(value)); to != lex.Lower(l.user) {
			l.e.Add(event.OriginalRecipient, to)
		}
	}
}

// messageID adds a Message-ID; Dovecot writes "unspecified" for none.
func (l *line) messageID(id string) {
	if id = strings.TrimSpace(id); id != "unspecified" && id != "<>" {
		l.e.Add(event.MessageID, id)
	}
}
