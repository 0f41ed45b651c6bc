package dovecot

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// authFailures are the beginnings of what a password database says of a login
// that it refuses (auth/auth-request.c, auth-policy.c, passdb-*.c).
var authFailures = [...]string{
	"Password mismatch", "password mismatch", "unknown user", "Unknown user", "invalid credentials",
	"Invalid credentials", "pam_authenticate() failed", "pam_acct_mgmt() failed", "user not found",
	"User is disabled", "Password expired", "Username character disallowed", "Empty username",
	"User login is disabled", "Authentication failed", "authentication failed",
	"allow_nets check failed", "allow_real_nets check failed", "check_client_fp check failed",
	"Authentication failure due to policy server refusal", "Attempted login with password having illegal chars",
	"User found from deny passdb", "oauth2 failed", "Login attempt with empty password",
	"No password returned", "Attempted master login with no master passdbs", "Request timed out waiting for client",
	"Client didn't present valid SSL certificate",
}

// authentication reads the auth service's word on a login that failed. Those
// that succeed are logged by the login service.
//
//	passwd-file(user,1.2.3.4,<session>): Password mismatch      until 2.3
//	passwd-file: Password mismatch                              2.4, user in the prefix
//	conn unix:auth-worker (pid=1,uid=2): auth-worker<3>: sql(user,1.2.3.4): unknown user
//
// A user whom a delivery looked for and who is unknown is no login. Version 2.4
// tells the two apart, since only a login has a mechanism; before that, the
// line is the same.
func (l *line) authentication() bool {
	at := failureAt(l.text)
	if at < 0 {
		return false
	}
	user, ip := l.user, l.ip
	if head := strings.TrimSuffix(l.text[:at], ": "); strings.HasSuffix(head, ")") {
		if open := databaseAt(head); open >= 0 {
			session := ""
			user, ip, _, session = cutArguments(head[open+1 : len(head)-1])
			if session != "" {
				l.session = session
			}
		}
	} else if l.bare {
		return false
	}
	if user != "?" {
		l.e.Add(event.Username, user)
	}
	if lex.IsIP(ip) {
		l.e.Add(event.ClientIP, ip)
	}
	l.e.Add(event.AuthMethod, l.method)
	l.e.AddBool(event.Success, false)
	answer, _, _ := strings.Cut(l.text[at:], " (given password")
	answer, _, _ = strings.Cut(answer, " (SHA1 of given password")
	l.e.Add(event.Reply, answer)
	return l.is(event.TypeAuthentication)
}

// failureAt finds where the refusal starts: at the start of the text or after
// the last colon before one of the known words. A user's name may hold colons.
func failureAt(s string) int {
	for end := len(s); ; {
		i := strings.LastIndex(s[:end], ": ")
		at := 0
		if i >= 0 {
			at = i + 2
		}
		for _, start := range authFailures {
			if strings.HasPrefix(s[at:], start) {
				return at
			}
		}
		if i < 0 {
			return -1
		}
		end = i
	}
}

// databaseAt finds the bracket after the name of the password database:
// "passwd-file(", "sql(", at the start or after ": ".
func databaseAt(head string) int {
	start := 0
	if strings.HasPrefix(head, "conn unix:") {
		if i := strings.Index(head, ">: "); i >= 0 {
			start = i + 3
		}
	}
	for i := start; i < len(head) && i < start+40; i++ {
		if head[i] == '(' {
			return i
		}
		if !isServiceByte(head[i]) {
			return -1
		}
	}
	return -1
}
