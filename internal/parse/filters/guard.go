package filters

import (
	"strings"

	"rastro/internal/event"
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
		if n, ok := whole(pid[1:]); ok && l.rec.PID == "" {
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

// mailServices are the names of PAM services that log people in to their mail.
var mailServices = [...]string{
	"dovecot", "imap", "imaps", "pop3", "pop", "pop3s", "smtp", "smtps", "submission", "mail",
	"sieve", "managesieve", "exim", "exim4", "postfix", "sendmail", "opensmtpd", "cyrus",
	"courier", "imapd", "pop3d", "lmtp", "saslauthd", "webmail", "roundcube",
}

// login reads what PAM says of a login to a mail service, whoever asked it:
//
//	pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot
//	  ruser=ana rhost=203.0.113.9  user=ana
//
// It returns false for all other lines and services.
func login(rec *event.Record, e *event.Event) bool {
	s := rec.Text
	if !strings.HasPrefix(s, "pam_") {
		return false
	}
	open := strings.IndexByte(s[:min(len(s), 32)], '(')
	if open < 0 {
		return false
	}
	service, rest, ok := strings.Cut(s[open+1:], ":")
	if !ok || !isMailService(service) {
		return false
	}
	phase, text, ok := strings.Cut(rest, "): ")
	if !ok {
		return false
	}
	l := line{rec: rec, e: e, text: text}
	kind := event.TypeSystem
	if phase == "auth" && strings.HasPrefix(text, "authentication failure; ") {
		kind = event.TypeAuthentication
		l.pamFailure(text[len("authentication failure; "):])
	}
	l.is(kind)
	l.extra("service", service)
	e.Add(event.Component, "pam")
	return true
}

func isMailService(name string) bool {
	for _, service := range &mailServices {
		if name == service {
			return true
		}
	}
	return false
}

// pamFailure reads "logname= uid=0 euid=0 tty=dovecot ruser=ana rhost=ip  user=ana".
// The name that the client gave is in user, or in ruser where PAM does not know
// the user; it may contain blanks, so that user is what follows its last place.
func (l *line) pamFailure(s string) {
	user := ""
	if at := strings.LastIndex(s, " user="); at >= 0 {
		user, s = s[at+len(" user="):], s[:at]
	}
	if at := strings.LastIndex(s, " rhost="); at >= 0 {
		host, _ := cutWord(s[at+len(" rhost="):])
		if isIP(host) {
			l.client("", host)
		} else {
			l.client(host, "")
		}
		s = s[:at]
	}
	if user == "" {
		if _, ruser, ok := strings.Cut(s, " ruser="); ok {
			user = ruser
		}
	}
	l.e.Add(event.Username, strings.TrimSpace(user))
	l.e.AddBool(event.Success, false)
}
