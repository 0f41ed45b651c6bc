// Package sasl reads what checks the passwords of mail users in other programs'
// name: saslauthd of Cyrus SASL, and the modules of PAM when a mail service
// asks them.
//
// In comes the text of one line without its envelope (event.Record), out go the
// facts it states, added to an event. One line is read on its own: the package
// keeps no state and joins no two lines. The login that a line tells of is
// often told by the mail server too; which lines are of one login is not for
// this package to find out.
//
//	do_auth : auth failure: [user=ana] [service=smtp] ...     authentication
//	pam_unix(smtp:auth): authentication failure; ... user=ana authentication
//	all others of saslauthd, saslpasswd2 and mail services    system
package sasl

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// Parse adds to e what the line says and returns true if it is a line of
// saslauthd or saslpasswd2, or one of a PAM module for a mail service, whatever
// the program is called that loaded it. Otherwise it returns false and leaves e
// as it was.
//
// It is safe for concurrent use on different records.
func Parse(rec *event.Record, e *event.Event) bool {
	if pam(rec.Text, e) {
		return true
	}
	switch rec.Program {
	case "saslauthd":
		return daemon(rec.Text, e)
	case "saslpasswd2", "saslpasswd", "sasldblistusers2":
		return is(e, event.TypeSystem, event.LevelInfo, rec.Program)
	}
	return false
}

func is(e *event.Event, eventType, level, component string) bool {
	e.Add(event.EventType, eventType)
	e.Add(event.Level, level)
	e.Add(event.Component, component)
	return true
}

// daemon reads a line of saslauthd, which puts the name of the function before
// it, filled up with blanks:
//
//	do_auth         : auth failure: [user=ana] [service=smtp] [realm=b.example] [mech=pam] [reason=PAM auth error]
//	do_auth         : auth success: [user=ana] [service=imap] [realm=] [mech=shadow]
func daemon(s string, e *event.Event) bool {
	_, text, _ := strings.Cut(s, ": ")
	failed := strings.HasPrefix(text, "auth failure")
	if !failed && !strings.HasPrefix(text, "auth success") {
		return is(e, event.TypeSystem, event.LevelInfo, "saslauthd")
	}
	_, values, ok := strings.Cut(text, ": [user=")
	if !ok {
		return is(e, event.TypeSystem, event.LevelInfo, "saslauthd")
	}
	user, rest, _ := strings.Cut(values, "] [service=")
	e.Add(event.Username, strings.TrimSuffix(user, "]"))
	e.AddBool(event.Success, !failed)
	if _, reason, ok := strings.Cut(rest, "] [reason="); ok {
		e.Add(event.Reply, strings.TrimSuffix(reason, "]"))
	}
	level := event.LevelInfo
	if failed {
		level = event.LevelWarn
	}
	return is(e, event.TypeAuthentication, level, "saslauthd")
}

// services are the names under which mail programs ask PAM.
var services = [...]string{
	"smtp", "smtps", "smtpd", "submission", "imap", "imaps", "pop", "pop3", "pop3s", "sieve", "managesieve", "nntp",
	"lmtp", "dovecot", "exim", "exim4", "postfix", "sendmail", "cyrus", "courier", "mail", "saslauthd", "opensmtpd",
}

// pam reads a line of a PAM module:
//
//	pam_unix(smtp:auth): authentication failure; logname= uid=0 euid=0 tty= ruser= rhost=192.0.2.1  user=ana
//	pam_sss(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=ana rhost=192.0.2.1 user=ana
//	pam_unix(imap:auth): 2 more authentication failures; logname= ... user=ana
//	pam_unix(imap:auth): check pass; user unknown
func pam(s string, e *event.Event) bool {
	if !strings.HasPrefix(s, "pam_") {
		return false
	}
	module, rest, ok := strings.Cut(s[:min(len(s), 96)], "(")
	if !ok || strings.IndexByte(module, ' ') >= 0 {
		return false
	}
	service, _, ok := strings.Cut(rest, ":")
	if !ok || !isMail(service) {
		return false
	}
	_, text, ok := strings.Cut(s, "): ")
	if !ok {
		return false
	}
	head, values, found := strings.Cut(text, "; logname=")
	if !found || !strings.Contains(head, "authentication failure") {
		return is(e, event.TypeSystem, event.LevelInfo, module)
	}
	// The user comes last and may hold blanks; the one asked for before it is
	// the same in other words.
	user := ""
	if i := strings.LastIndex(values, " user="); i >= 0 {
		user, values = values[i+len(" user="):], values[:i]
	}
	if user == "" {
		if _, asked, ok := strings.Cut(values, " ruser="); ok {
			user, _, _ = strings.Cut(asked, " rhost=")
		}
	}
	e.Add(event.Username, strings.TrimSpace(user))
	if i := strings.LastIndex(values, " rhost="); i >= 0 {
		host := strings.TrimSpace(values[i+len(" rhost="):])
		if ip := lex.IP(host); ip != "" {
			e.Add(event.ClientIP, ip)
		} else {
			e.Add(event.ClientHost, host)
		}
	}
	e.AddBool(event.Success, false)
	e.Add(event.Reply, head)
	return is(e, event.TypeAuthentication, event.LevelWarn, module)
}

func isMail(service string) bool {
	for _, name := range &services {
		if service == name {
			return true
		}
	}
	return false
}
