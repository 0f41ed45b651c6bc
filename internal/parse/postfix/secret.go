package postfix

import (
	"strings"

	"rastro/internal/parse/lex"
)

// secrets points out what a line of a debugging log (smtpd -v, smtp -v) gives
// away: the credentials of a login, ours or a client's.
func (l *line) secrets() {
	s := l.text
	if len(s) < 4 || l.id != "" {
		return
	}
	switch s[0] {
	case '<', '>':
		if s[1] == ' ' {
			l.wireSecret(s[2:])
		}
	case 'x', 's', 'm', 'd':
		for _, routine := range libRoutines {
			if strings.HasPrefix(s, routine) {
				l.libSecret(s)
				return
			}
		}
	}
}

// wireSecret reads "host[ip]: text" as it went over the wire: the answer to an
// AUTH command or the command itself.
func (l *line) wireSecret(s string) {
	_, rest, ok := cutPeer(s)
	if !ok {
		return
	}
	rest = strings.TrimPrefix(rest, ": ")
	if len(rest) > 5 && strings.EqualFold(rest[:5], "AUTH ") {
		if _, blob, ok := strings.Cut(rest[5:], " "); ok && blob != "=" {
			l.hide(rest, blob)
		}
		return
	}
	if lex.Base64(rest) && !isVerb(rest) {
		l.hide(rest, rest)
	}
}

// libRoutines begin the names of the routines that may log a secret.
var libRoutines = [...]string{"xsasl_", "smtp_sasl_", "smtpd_sasl_", "maps_", "dict_"}

// libMarks stand before a secret at the end of what the SASL routines log.
var libMarks = [...]string{
	", init_response ", "decoded initial response ", "decoded response: ", "uncoded initial reply: ",
	"uncoded client response ", " pass `", "xsasl_cyrus_client_get_passwd: ", " pass=",
}

// libSecret reads the lines of the SASL routines and of look-ups in the table
// of passwords.
func (l *line) libSecret(s string) {
	for _, mark := range libMarks {
		if _, secret, ok := strings.Cut(s, mark); ok {
			l.hide(s, strings.TrimSuffix(secret, "'"))
			return
		}
	}
	if strings.Contains(s, "sasl_passwd") || strings.Contains(s, "password_maps") {
		if i := strings.Index(s, " = "); i >= 0 {
			l.hide(s, s[i+3:])
		}
	}
}

// hide adds a secret at the end of s. A very short one is taken together with
// the bytes before it, for it is hidden wherever it occurs.
func (l *line) hide(s, secret string) {
	const shortest = 4
	if secret == "" {
		return
	}
	if end := strings.LastIndex(s, secret); len(secret) < shortest && end >= 0 {
		secret = s[max(0, end-shortest) : end+len(secret)]
	}
	l.rec.Secrets = append(l.rec.Secrets, secret)
}

// isVerb tells whether s is an SMTP command that stands alone.
func isVerb(s string) bool {
	switch strings.ToUpper(s) {
	case "QUIT", "DATA", "RSET", "NOOP", "HELP", "HELO", "EHLO", "LHLO", "STARTTLS", "TURN", "VRFY", "ETRN":
		return true
	}
	return false
}
