package sasl

import (
	"strings"
	"testing"

	"rastro/internal/event"
)

// lines are texts with what their events must hold.
var lines = []struct{ program, text, want string }{
	{
		"saslauthd", `do_auth         : auth failure: [user=Debbie] [service=smtp] [realm=b.example] [mech=pam] [reason=PAM auth error]`,
		`username=Debbie success=false reply=PAM auth error event_type=authentication level=WARN component=saslauthd`,
	},
	{
		"saslauthd", `                : auth failure: [user=a b] x] [service=smtp] [realm=] [mech=rimap] [reason=[ALERT] Unexpected response]`,
		`username=a b] x success=false reply=[ALERT] Unexpected response event_type=authentication level=WARN component=saslauthd`,
	},
	{
		"saslauthd", `do_auth         : auth success: [user=ana@b.example] [service=imap] [realm=] [mech=shadow]`,
		`username=ana@b.example success=true event_type=authentication level=INFO component=saslauthd`,
	},
	{"saslauthd", `do_request      : NULL password received`, `event_type=system level=INFO component=saslauthd`},
	{
		"saslpasswd2", `error deleting entry from sasldb: BDB0073 DB_NOTFOUND: No matching key/data pair found`,
		`event_type=system level=INFO component=saslpasswd2`,
	},
	{
		"saslauthd", `pam_unix(smtp:auth): authentication failure; logname= uid=0 euid=0 tty= ruser= rhost=  user=yves`,
		`username=yves success=false reply=authentication failure event_type=authentication level=WARN component=pam_unix`,
	},
	{
		"auth", `pam_sss(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=ana@b.example rhost=192.0.2.1 user=ana`,
		`username=ana client_ip=192.0.2.1 success=false reply=authentication failure event_type=authentication level=WARN component=pam_sss`,
	},
	{
		"auth", `pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=ana rhost=h.example`,
		`username=ana client_host=h.example success=false reply=authentication failure event_type=authentication level=WARN component=pam_unix`,
	},
	{"auth", `pam_unix(dovecot:auth): check pass; user unknown`, `event_type=system level=INFO component=pam_unix`},
	{"sshd", `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1 user=root`, ""},
	{"sshd", `Failed password for invalid user oracle from 192.0.2.1 port 4711 ssh2`, ""},
	{"cron", `pam_unix(cron:session): session opened for user root`, ""},
	{"", `auth failure: [user=x]`, ""},
	{"", "", ""},
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, l := range lines {
		e := &event.Event{}
		if got := Parse(&event.Record{Text: l.text, Program: l.program}, e); got != (l.want != "") {
			t.Errorf("%s: taken is %v", l.text, got)
		}
		var values []string
		for _, v := range e.Values {
			values = append(values, v.Field.Name()+"="+v.String())
		}
		if got := strings.Join(values, " "); got != l.want {
			t.Errorf("%s\n got %s\nwant %s", l.text, got, l.want)
		}
	}
}

// FuzzParse checks that a refused line leaves nothing behind and a taken one has
// only strings of its own text.
func FuzzParse(f *testing.F) {
	for _, l := range lines {
		f.Add(l.program, l.text)
	}
	f.Fuzz(func(t *testing.T, program, text string) {
		e := &event.Event{}
		if !Parse(&event.Record{Text: text, Program: program}, e) {
			if len(e.Values) > 0 {
				t.Fatal("a refused line left values")
			}
			return
		}
		if e.Str(event.EventType) == "" || e.Str(event.Level) == "" || e.Str(event.Component) == "" {
			t.Fatal("no type, level or component")
		}
		for _, field := range []event.Field{event.Username, event.ClientIP, event.ClientHost, event.Reply} {
			if !strings.Contains(text, e.Str(field)) {
				t.Fatalf("%s is not in the line", field)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	e := &event.Event{Values: make([]event.Value, 0, 16)}
	b.ReportAllocs()
	for b.Loop() {
		for _, l := range lines {
			e.Reset()
			Parse(&event.Record{Text: l.text, Program: l.program}, e)
		}
	}
}
