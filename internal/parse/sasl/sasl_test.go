package sasl

import (
	"testing"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

// dialect is the helpers for logins on the bench.
var dialect = parsetest.Dialect{
	Parse: Parse,
	Rules: parsetest.Rules{
		Always: []event.Field{event.Level, event.Component},
		Once:   []event.Field{event.Username, event.ClientIP, event.ClientHost, event.Success, event.Reply},
	},
}

var forms = []parsetest.Form{
	{
		"a login that failed", "saslauthd", `do_auth         : auth failure: [user=Debbie] [service=smtp] [realm=b.example] [mech=pam] [reason=PAM auth error]`,
		`"username":"Debbie","success":false,"reply":"PAM auth error","event_type":"authentication","level":"WARN","component":"saslauthd"`,
	},
	{
		"marks of its own inside", "saslauthd", `                : auth failure: [user=a b] x] [service=smtp] [realm=] [mech=rimap] [reason=[ALERT] Unexpected response]`,
		`"username":"a b] x","success":false,"reply":"[ALERT] Unexpected response","event_type":"authentication","level":"WARN","component":"saslauthd"`,
	},
	{
		"a login that worked", "saslauthd", `do_auth         : auth success: [user=ana@b.example] [service=imap] [realm=] [mech=shadow]`,
		`"username":"ana@b.example","success":true,"event_type":"authentication","level":"INFO","component":"saslauthd"`,
	},
	{
		"nothing about a login", "saslauthd", `do_request      : NULL password received`,
		`"event_type":"system","level":"INFO","component":"saslauthd"`,
	},
	{
		"another program", "saslpasswd2", `error deleting entry from sasldb: BDB0073 DB_NOTFOUND: No matching key/data pair found`,
		`"event_type":"system","level":"INFO","component":"saslpasswd2"`,
	},
	{
		"the standard module", "saslauthd", `pam_unix(smtp:auth): authentication failure; logname= uid=0 euid=0 tty= ruser= rhost=  user=yves`,
		`"username":"yves","success":false,"reply":"authentication failure","event_type":"authentication","level":"WARN","component":"pam_unix"`,
	},
	{
		"another module", "auth", `pam_sss(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=ana@b.example rhost=192.0.2.1 user=ana`,
		`"username":"ana","client_ip":"192.0.2.1","success":false,"reply":"authentication failure","event_type":"authentication","level":"WARN","component":"pam_sss"`,
	},
	{
		"a name for the peer", "auth", `pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=ana rhost=h.example`,
		`"username":"ana","client_host":"h.example","success":false,"reply":"authentication failure","event_type":"authentication","level":"WARN","component":"pam_unix"`,
	},
	{
		"no login yet", "auth", `pam_unix(dovecot:auth): check pass; user unknown`,
		`"event_type":"system","level":"INFO","component":"pam_unix"`,
	},
}

func TestForms(t *testing.T) {
	t.Parallel()
	dialect.Forms(t, forms)
}

func TestClaims(t *testing.T) {
	t.Parallel()
	dialect.Claims(t, []parsetest.Claim{
		{"sshd", `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1 user=root`, false},
		{"sshd", `Failed password for invalid user oracle from 192.0.2.1 port 4711 ssh2`, false},
		{"cron", `pam_unix(cron:session): session opened for user root`, false},
		{"", `auth failure: [user=x]`, false},
		{"", "", false},
	})
}

func FuzzParse(f *testing.F) {
	for _, form := range forms {
		f.Add(form.Program, form.Text)
	}
	f.Add("sshd", "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1 user=root")
	f.Add("", "")
	dialect.Fuzz(f)
}

func TestHostileBytes(t *testing.T) {
	t.Parallel()
	dialect.Hostile(t, []string{"saslauthd", "auth"}, []string{
		"", "do_auth         : auth failure: [user=", "pam_unix(smtp:auth): authentication failure; logname=", "pam_", "pam_unix(",
	}, nil)
}

// BenchmarkParse reads one line of each form.
func BenchmarkParse(b *testing.B) {
	var records []*event.Record
	for _, form := range forms {
		records = append(records, parsetest.Record(form.Program, form.Text))
	}
	dialect.Benchmark(b, records)
}
