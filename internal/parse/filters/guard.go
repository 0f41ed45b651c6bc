package filters

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// fail2ban reads fail2ban in syslog and in its own file: "NOTICE  [postfix-sasl]
// Ban 203.0.113.9", "INFO [dovecot] Found 203.0.113.9 - 2026-11-22 20:17:09". In
// the file "fail2ban.actions        [1234]: " stands before it.
func (l *line) fail2ban() bool {
	s := l.text
	if strings.HasPrefix(s, "fail2ban.") {
		name, rest := cutWord(s)
		pid, rest, ok := strings.Cut(strings.TrimLeft(rest, " "), "]: ")
		if !ok || !strings.HasPrefix(pid, "[") {
			return false
		}
		if l.rec.Program == "" {
			l.e.Add(event.Program, name)
		}
		if n, ok := lex.Number(pid[1:]); ok && l.rec.PID == "" {
			l.e.AddInt(event.PID, n)
		}
		s = rest
	}
	s = strings.TrimLeft(s, " ")
	for _, level := range [...]struct{ word, level string }{
		{"INFO", event.LevelInfo}, {"NOTICE", event.LevelInfo}, {"WARNING", event.LevelWarn},
		{"ERROR", event.LevelError}, {"CRITICAL", event.LevelFatal}, {"DEBUG", event.LevelDebug},
	} {
		if rest, ok := strings.CutPrefix(s, level.word); ok && strings.HasPrefix(rest, " ") {
			l.e.Add(event.Level, level.level)
			s = strings.TrimLeft(rest, " ")
			break
		}
	}
	if !strings.HasPrefix(s, "[") {
		return l.is(event.TypeSystem)
	}
	jail, s, ok := strings.Cut(s[1:], "] ")
	if !ok || jail == "" || len(jail) > 64 {
		return l.is(event.TypeSystem)
	}
	for _, act := range [...]struct{ words, name string }{
		{"Ban ", "ban"}, {"Restore Ban ", "ban"}, {"Reban ", "ban"}, {"Unban ", "unban"}, {"Found ", "found"},
	} {
		rest, ok := strings.CutPrefix(s, act.words)
		if !ok {
			continue
		}
		address, _ := cutWord(rest)
		l.client("", strings.TrimRight(address, ","))
		l.extra("jail", jail)
		l.extra("action", act.name)
	}
	return l.is(event.TypeSystem)
}
