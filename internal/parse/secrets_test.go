package parse

import (
	"strings"
	"testing"

	"rastro/internal/event"
)

// TestSecrets wants every secret out of every field, and the rest to stay.
func TestSecrets(t *testing.T) {
	t.Parallel()
	const plain = "AGNhcmxhQGhvc3Rjby5leGFtcGxlAFNlY3JldC1wdzE=" // \0carla@hostco.example\0Secret-pw1
	tests := []struct {
		name, line, secret, stays, user string
	}{
		{"answer", "Nov 23 00:21:44 mx1 postfix/smtpd[1]: warning: non-SMTP command from a[1.2.3.4]: AUTH PLAIN " + plain, plain, "AUTH PLAIN [redacted]", "carla@hostco.example"},
		{"answer, small letters", "Nov 23 00:21:44 mx1 x[1]: auth plain " + plain + " from a", plain, " from a", "carla@hostco.example"},
		{"answer, mixed letters", "Nov 23 00:21:44 mx1 x[1]: AuTh lOgIn dXNlcg==", "dXNlcg==", "AuTh lOgIn [redacted]", ""},
		{"token", "AUTH XOAUTH2 dXNlcj1hAWF1dGg9QmVhcmVyIHgBAQ==", "dXNlcj1h", "XOAUTH2 [redacted]", ""},
		{"imap answer", `C: a1 AUTHENTICATE PLAIN ` + plain, plain, "PLAIN [redacted]", "carla@hostco.example"},
		{"postfix pipelining", "Nov 23 00:21:44 mx1 postfix/smtpd[1]: improper command pipelining after AUTH from a.example[1.2.3.4]: c2VjcmV0\\r\\n", "c2VjcmV0", "after AUTH from a.example[1.2.3.4]: [redacted]", ""},
		{"pop", "Nov 23 00:21:44 mx1 x[1]: command: PASS hunter2 with blanks", "hunter2 with blanks", "PASS [redacted]", ""},
		{"imap", `Nov 23 00:21:44 mx1 x[1]: bad command: a1 LOGIN ana "hun ter2"`, "hun ter2", "a1 LOGIN ana [redacted]", ""},
		{"name and value", "x: connecting user=ana password=hunter2, host=db", "hunter2", "password=[redacted], host=db", ""},
		{"colon", "x: Passwd: hunter2", "hunter2", "Passwd: [redacted]", ""},
		{"JSON", `{"user":"ana","password":"hun\"ter2","n":1}`, "ter2", `"password":"[redacted]","n":1}`, ""},
		{"JSON in JSON", `{"body":"{\"pass\":\"hunter2\"}","n":1}`, "hunter2", `\"pass\":\"[redacted]\"}","n":1}`, ""},
		{"config file", `bind_password = "hunter2"`, "hunter2", `bind_password = "[redacted]"`, ""},
		{"dovecot given", "Nov 23 00:21:44 mx1 dovecot: auth: passwd-file(ana,1.2.3.4): Password mismatch (given password: hun) ter2)", "ter2", "(given password: [redacted])", ""},
		{"dovecot compared", "Nov 23 00:21:44 mx1 dovecot: auth: Debug: sql(ana,1.2.3.4): CRYPT(hun(ter2) != '$1$abc$def'", "ter2", "CRYPT([redacted]'", ""},
		{"dovecot client", "Nov 23 00:21:44 mx1 dovecot: auth: Debug: client in: AUTH#0111#011PLAIN#011service=imap#011resp=" + plain, plain, "service=imap#011resp=[redacted]", ""},
		{"http", "x: Authorization: Basic YW5hOmh1bnRlcjI=", "YW5hOmh1bnRlcjI=", "Authorization: Basic [redacted]", ""},
		{"elemta command", `{"time":"2026-11-22T19:29:30.9-05:00","level":"WARN","msg":"SMTP command processed","component":"session-commands","command":"AUTH PLAIN ` + plain + `\\x0D\\x0A","success":false,"username":""}`, plain, `AUTH PLAIN [redacted]\\x0D\\x0A","success"`, "carla@hostco.example"},
		{"elemta bare answer", `{"time":"2026-11-22T19:29:30.9-05:00","level":"WARN","msg":"Unknown command received","component":"command-security","command":"Z3Vlc3M1"}`, "Z3Vlc3M1", `"command":"[redacted]"}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := parseOne(event.Line{Text: tt.line})
			all := string(event.AppendJSON(nil, e, nil))
			if strings.Contains(all, tt.secret) || strings.Contains(all, strings.ReplaceAll(tt.secret, `"`, `\"`)) {
				t.Errorf("%q is still in %s", tt.secret, all)
			}
			if message := e.Str(event.Message); !strings.Contains(message, tt.stays) {
				t.Errorf("message = %q, want %q in it", message, tt.stays)
			}
			if !hasValue(e, event.Tags, event.TagRedacted) {
				t.Errorf("tags = %v", e.Strs(event.Tags))
			}
			if user := e.Str(event.Username); tt.user != "" && user != tt.user {
				t.Errorf("username = %q, want %q", user, tt.user)
			}
		})
	}
}

// TestNoSecrets wants lines that only look as if to stay as they are.
func TestNoSecrets(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"Nov 23 00:21:44 mx1 postfix/postscreen[1]: PASS NEW [203.0.113.1]:5555",
		"Nov 23 00:21:44 mx1 postfix/postscreen[1]: PASS OLD [203.0.113.1]:5555",
		"Nov 23 00:21:44 mx1 postfix/smtpd[1]: lost connection after AUTH from mail-out21.outmail.example[203.0.113.21]",
		"Nov 23 00:21:44 mx1 postfix/smtpd[1]: warning: a[1.2.3.4]: SASL LOGIN authentication failed: UGFzc3dvcmQ6",
		"Nov 23 00:21:44 mx1 postfix/smtpd[1]: 5449F15A1A3: client=a[1.2.3.4], sasl_method=PLAIN, sasl_username=ana@b.example",
		"Nov 23 00:21:44 mx1 policyd-spf[1]: : prepend Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip=203.0.113.45",
		"Nov 23 00:21:44 mx1 opendmarc[1]: 5449F15A1A3: b.example pass; dkim=pass; spf=pass",
		"Nov 23 00:21:44 mx1 sshd[1]: Failed password for invalid user oracle from 203.0.113.201 port 36687 ssh2",
		"Nov 23 00:21:44 mx1 dovecot: imap-login: Disconnected: Aborted login by logging out (auth failed, 1 attempts in 1 secs): user=<a@b>, method=PLAIN",
		"Nov 23 00:21:44 mx1 dovecot: auth: Debug: client in: AUTH#0111#011PLAIN#011service=imap#011resp=<hidden>",
		"Nov 23 00:21:44 mx1 x[1]: 250-AUTH PLAIN LOGIN CRAM-MD5",
		"Nov 23 00:21:44 mx1 x[1]: AUTH LOGIN failed, AUTH PLAIN decoded data",
		`{"time":"2026-11-22T19:29:30.9-05:00","level":"DEBUG","msg":"AUTH PLAIN credentials","component":"smtp-session","username":"a@b","passwordLength":7}`,
		`{"time":"2026-11-22T19:29:30.9-05:00","level":"DEBUG","msg":"received command","component":"smtp-session","command":"NOOP","state":"INIT","password":null}`,
		"2026-11-22 20:16:57 #18(controller) <r>; controller; rspamd_controller_password_sane: your normal password is not encrypted",
	} {
		e := parseOne(event.Line{Text: line})
		if e.Str(event.Message) != line || hasValue(e, event.Tags, event.TagRedacted) {
			t.Errorf("%q became %q", line, e.Str(event.Message))
		}
	}
}

// TestNamedSecrets wants what a dialect names out of all fields, short ones
// only where they stand alone.
func TestNamedSecrets(t *testing.T) {
	t.Parallel()
	p := New(Options{})
	for _, tt := range []struct{ message, secret, want string }{
		{"user ana failed: ana", "ana", "user [redacted] failed: [redacted]"},
		{"banana and ana", "ana", "banana and [redacted]"},
		{"banana", "ana", "banana"},
		{"xhunter2x", "hunter2", "x[redacted]x"},
		{"nothing", "", "nothing"},
		{"[redacted] once", "redacted", "[redacted] once"},
		{`{"a":"x y"}`, `"x y"`, `{"a":"[redacted]"}`},
	} {
		e := new(event.Event)
		e.Add(event.Message, tt.message)
		e.Add(event.Username, tt.secret)
		e.Add(event.Sender, "ana@b.example")
		p.redact(&event.Record{Raw: tt.message, Secrets: []string{tt.secret}}, e)
		if got := e.Str(event.Message); got != tt.want {
			t.Errorf("%q without %q = %q, want %q", tt.message, tt.secret, got, tt.want)
		}
		if got := e.Str(event.Sender); got != "ana@b.example" {
			t.Errorf("sender = %q", got)
		}
	}
}

// TestLook compares the fast look with a slow one at every length and place.
func TestLook(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"password", "AUTH", "a1 login x", "resp=", "x != 'y"} {
		for before := range 20 {
			for after := range 20 {
				s := strings.Repeat("-", before) + word + strings.Repeat("-", after)
				if !look(s).suspect {
					t.Errorf("%q is not suspect", s)
				}
				if l := look(s); l.control || l.wide || l.escape {
					t.Errorf("look(%q) = %+v", s, l)
				}
			}
		}
	}
	for n := range 40 {
		for at := range n {
			s := []byte(strings.Repeat("-", n))
			for c, want := range map[byte]looks{0: {control: true}, 0x1f: {control: true}, 0x7f: {control: true}, '\\': {escape: true}, 0x80: {wide: true}, 0xff: {wide: true}, ' ': {}} {
				s[at] = c
				if got := look(string(s)); got != want {
					t.Errorf("look(%q) = %+v, want %+v", s, got, want)
				}
			}
		}
	}
}

// TestManySecrets bounds the work for a line that is nothing but secrets.
func TestManySecrets(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"pass=aaaaaaaa ", "AUTH PLAIN QUFB ", ": a1 LOGIN x ", "CRYPT(x) != '", "pipelining after AUTH from x: ", "PASS [redacted]", `"password":"`, `"command":"QUFB`} {
		line := strings.Repeat(unit, event.MaxLineBytes/len(unit))
		e := parseOne(event.Line{Text: line})
		if len(e.Str(event.Message)) > 4*len(line) {
			t.Errorf("%q: %d bytes became %d", unit, len(line), len(e.Str(event.Message)))
		}
	}
}
