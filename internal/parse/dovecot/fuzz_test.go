package dovecot

import (
	"encoding/json"
	"strings"
	"testing"

	"rastro/internal/event"
)

// FuzzParse checks what must hold for any line: a refused one leaves nothing
// behind, a taken one has one type and one level and only strings of its own
// text.
func FuzzParse(f *testing.F) {
	for _, file := range []string{"syslog-2.3.log", "ownfile-2.3.log", "ownfile-sieve-2.3.log"} {
		for _, text := range readLines(f, file) {
			rec := record(text)
			f.Add(rec.Program, rec.Text)
		}
	}
	f.Add("", "auth: Debug: client in: AUTH\t1\tPLAIN\tresp=AGFuYQBzM2NyZXQ=")
	f.Add("dovecot", "lmtp(a)<1><s>: msgid=<m>, subject=x, size=1: saved mail to INBOX")
	f.Add("dovecot", "lmtp(1): <s>: Failed to send message to <a@b> at 10.0.0.1:24: 452 4.2.2 full (1/1 at 5 ms)")
	f.Add("dovecot", "submission(a)<1><s>: Failed to relay message: from=<>, to=<r>, size=7, rcpt=1/2, reply=`550 5.1.1 no'")
	f.Add("dovecot", "imap(a)<1><s>: Mailbox Old: Mailbox renamed: Old -> New")
	f.Add("dovecot", "auth(a,1.2.3.4,sasl:login)<s>: sql: unknown user")
	f.Fuzz(func(t *testing.T, program, text string) {
		rec := &event.Record{Text: text, Program: program, Raw: text}
		e := &event.Event{Values: []event.Value{{Field: event.Host, Text: "h"}}}
		if !Parse(rec, e) {
			if len(e.Values) != 1 || len(e.Extra) != 0 || len(rec.Secrets) != 0 {
				t.Fatalf("a refused line left %s %q", write(e, nil), rec.Secrets)
			}
			return
		}
		for _, f := range []event.Field{event.EventType, event.Level} {
			if len(e.Strs(f)) != 1 {
				t.Fatalf("%s: %s", f, write(e, nil))
			}
		}
		for _, f := range []event.Field{event.Recipient, event.Username, event.Status, event.Folder, event.SessionID, event.Component} {
			if n := len(e.Strs(f)); n > 1 {
				t.Fatalf("%d values of %s: %s", n, f, write(e, nil))
			}
		}
		for _, p := range e.Extra {
			if !json.Valid([]byte(p.JSON)) {
				t.Fatalf("%s: %s is no JSON", p.Name, p.JSON)
			}
		}
		for _, v := range e.Values {
			switch v.Field {
			case event.Sender, event.Recipient, event.Status, event.EventType, event.Level, event.Host, event.Component, event.Program:
			default:
				if v.Field.Kind().IsText() && !strings.Contains(text, v.Text) {
					t.Fatalf("%s %q is not in the line", v.Field, v.Text)
				}
			}
		}
		for _, secret := range rec.Secrets {
			if secret == "" || !strings.Contains(text, secret) {
				t.Fatalf("secret %q is not in the line", secret)
			}
		}
	})
}

// TestHostileBytes feeds texts that are long, unbalanced or no text at all.
func TestHostileBytes(t *testing.T) {
	t.Parallel()
	starts := []string{
		"", "lmtp(", "lmtp(a)<", "lmtp(a)<1><s>: msgid=", "lmtp(a)<1><s>: sieve: msgid=<", "imap-login: Login: user=<",
		"auth: ", "auth(", "auth: passwd-file(", "imap(a)<1><s>: expunge: box=", "lmtp(a): subject=", "auth: Debug: ",
	}
	ends := []string{
		"", "<", ">", ")", "(", ": ", strings.Repeat("x", 100_000), strings.Repeat(": ", 50_000),
		strings.Repeat(", rip=", 20_000), strings.Repeat(" msgid=", 20_000), strings.Repeat(")", 100_000),
		strings.Repeat("resp=x ", 20_000), "\xff\xfe\x00",
	}
	for _, start := range starts {
		for _, end := range ends {
			for _, program := range []string{"dovecot", ""} {
				Parse(&event.Record{Text: start + end, Program: program}, &event.Event{})
			}
		}
	}
}
