package dovecot

import (
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

// dialect is Dovecot on the bench.
var dialect = parsetest.Dialect{
	Parse:  Parse,
	Header: header,
	Rules: parsetest.Rules{
		Always: []event.Field{event.Level},
		Once: []event.Field{
			event.Recipient, event.Username, event.Status, event.Folder, event.SessionID, event.Component,
		},
		Free: []event.Field{event.Sender, event.Recipient},
	},
}

type form = parsetest.Form

// header takes the header off a line of a test file. Lines of syslog are "stamp
// host dovecot[pid]: text", where the stamp is one word (RFC 3339) or three;
// those of Dovecot's own file have no host and no program.
func header(line string) *event.Record {
	words := 1
	if line != "" && (line[0] < '0' || line[0] > '9') {
		words = 3
	}
	rest := parsetest.SkipWords(line, words)
	if _, text, ok := strings.Cut(rest, " dovecot: "); ok {
		return &event.Record{Text: text, Program: "dovecot", Raw: line, Zone: time.UTC}
	}
	if _, other, ok := strings.Cut(rest, " "); ok && strings.Contains(other, "]: ") && other[0] != '<' {
		if tag, text, ok := strings.Cut(other, "]: "); ok && !strings.ContainsAny(tag, " <(") {
			tag, pid, _ := strings.Cut(tag, "[")
			return &event.Record{Text: text, Program: tag, PID: pid, Raw: line, Zone: time.UTC}
		}
	}
	return &event.Record{Text: rest, Raw: line, Zone: time.UTC}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	dialect.Golden(t)
}

func FuzzParse(f *testing.F) {
	f.Add("", "auth: Debug: client in: AUTH\t1\tPLAIN\tresp=AGFuYQBzM2NyZXQ=")
	f.Add("dovecot", "lmtp(a)<1><s>: msgid=<m>, subject=x, size=1: saved mail to INBOX")
	f.Add("dovecot", "lmtp(1): <s>: Failed to send message to <a@b> at 10.0.0.1:24: 452 4.2.2 full (1/1 at 5 ms)")
	f.Add("dovecot", "submission(a)<1><s>: Failed to relay message: from=<>, to=<r>, size=7, rcpt=1/2, reply=`550 5.1.1 no'")
	f.Add("dovecot", "imap(a)<1><s>: Mailbox Old: Mailbox renamed: Old -> New")
	f.Add("dovecot", "auth(a,1.2.3.4,sasl:login)<s>: sql: unknown user")
	dialect.Fuzz(f, "syslog-2.3.log", "ownfile-2.3.log", "ownfile-sieve-2.3.log")
}

func TestHostileBytes(t *testing.T) {
	t.Parallel()
	dialect.Hostile(t, []string{"dovecot", ""}, []string{
		"", "lmtp(", "lmtp(a)<", "lmtp(a)<1><s>: msgid=", "lmtp(a)<1><s>: sieve: msgid=<", "imap-login: Login: user=<",
		"auth: ", "auth(", "auth: passwd-file(", "imap(a)<1><s>: expunge: box=", "lmtp(a): subject=", "auth: Debug: ",
	}, []string{strings.Repeat(", rip=", 20_000), strings.Repeat(" msgid=", 20_000), strings.Repeat("resp=x ", 20_000)})
}

// BenchmarkParse reads the lines of Dovecot in a real mixture of a busy mailbox
// server's log.
func BenchmarkParse(b *testing.B) {
	dialect.Benchmark(b, dialect.Records(b, "bench/mixed.log"))
}
