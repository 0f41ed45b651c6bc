package parse

import (
	"testing"
	"time"

	"rastro/internal/event"
)

// TestGuests checks which dialect reads lines of programs that live under
// another's name or have none.
func TestGuests(t *testing.T) {
	t.Parallel()
	const header = "Nov 22 20:17:13 mx1 "
	for _, tt := range []struct{ text, dialect, program, component string }{
		{header + "postfix/smtpd[3]: connect from a[203.0.113.9]", "postfix", "postfix/smtpd", "smtpd"},
		{header + "postfix[3]: connect from a[203.0.113.9]", "postfix", "postfix", "smtpd"},
		{header + "postfix[3]: daemon started -- version 3.7.11", "postfix", "postfix", ""},
		{header + "postfix/policy-spf[3]: Policy action=DUNNO", "filters", "postfix/policy-spf", "policyd-spf"},
		{header + "postfix/policyd-spf[3]: whatever", "filters", "postfix/policyd-spf", "policyd-spf"},
		{header + "postfix/postgrey[3]: Process Backgrounded", "filters", "postfix/postgrey", "postgrey"},
		{header + "postfix[3]: action=greylist, reason=new, client_name=a, client_address=203.0.113.9, recipient=r@y.example", "filters", "postfix", "postgrey"},
		{header + "postfix[3]: : prepend Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip=203.0.113.9; helo=h; receiver=y", "filters", "postfix", "policyd-spf"},
		{header + "opendkim[3]: AAAAAA11: no signature data", "filters", "opendkim", "opendkim"},
		{header + "auth: pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=ana rhost=203.0.113.9  user=ana", "sasl", "auth", "pam_unix"},
		{header + "sshd[3]: Failed password for root from 203.0.113.9 port 1 ssh2", "", "sshd", ""},
		{"2026-11-22 20:17:09 #18(rspamd_proxy) <87effa>; milter; rspamd_milter_process_command: got connection from 203.0.113.9:5", "filters", "rspamd", "rspamd"},
		{"2026-11-22 20:17:09,123 fail2ban.actions        [12]: NOTICE  [postfix-sasl] Ban 203.0.113.9", "filters", "fail2ban.actions", "fail2ban"},
		{"Sun Nov 22 20:17:09 2026 -> instream(local): Eicar-Signature FOUND", "filters", "clamav", "clamav"},
		{`{"ts": 1795396629.5, "pid": 7, "severity": "info", "worker_type": "normal", "id": "87effa", "module": "task", "function": "f", "message": "m"}`, "filters", "rspamd", "rspamd"},
	} {
		e := parseOne(event.Line{Text: tt.text, Origin: &event.Origin{Zone: time.UTC}, ReceivedAt: received})
		if e.Str(event.Dialect) != tt.dialect || e.Str(event.Program) != tt.program || e.Str(event.Component) != tt.component {
			t.Errorf("%s\ngot  %q %q %q\nwant %q %q %q", tt.text, e.Str(event.Dialect), e.Str(event.Program), e.Str(event.Component), tt.dialect, tt.program, tt.component)
		}
		if n := len(e.Strs(event.PID)); n > 1 {
			t.Errorf("%s: %d process ids", tt.text, n)
		}
	}
}
