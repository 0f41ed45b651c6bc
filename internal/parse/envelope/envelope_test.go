package envelope

import (
	"testing"
	"time"

	"rastro/internal/event"
)

var bogota = time.FixedZone("Bogota", -5*3600)

// now is the anchor of the tests: 2026-11-23 06:00 UTC.
var now = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC).UnixNano()

func unwrap(t testing.TB, text string, zone *time.Location, anchor int64) (event.Record, *event.Event) {
	t.Helper()
	var u Unwrapper
	var rec event.Record
	e := new(event.Event)
	line := event.Line{Text: text, Origin: &event.Origin{Zone: zone}, ReceivedAt: anchor}
	u.Unwrap(&line, &rec, e)
	return rec, e
}

// unwrapTests are read in Bogota, on 23 November 2026.
var unwrapTests = []struct {
	name, line                       string
	host, program, pid, level, inner string
	time                             string // RFC 3339; "" means none
	raw                              string // "" means the line
}{
	{name: "bsd", line: "Nov 23 00:21:44 mx1 postfix/smtpd[7908]: connect from a[1.2.3.4]",
		host: "mx1", program: "postfix/smtpd", pid: "7908", inner: "connect from a[1.2.3.4]", time: "2026-11-23T05:21:44Z"},
	{name: "bsd padded day", line: "Nov  3 00:21:44 mx1 dovecot: lmtp(1): Connect",
		host: "mx1", program: "dovecot", inner: "lmtp(1): Connect", time: "2026-11-03T05:21:44Z"},
	{name: "bsd unpadded day", line: "Nov 3 00:21:44 mx1 dovecot: x",
		host: "mx1", program: "dovecot", inner: "x", time: "2026-11-03T05:21:44Z"},
	{name: "bsd zero day", line: "Nov 03 00:21:44 mx1 dovecot: x",
		host: "mx1", program: "dovecot", inner: "x", time: "2026-11-03T05:21:44Z"},
	{name: "bsd with year", line: "Nov 23 2024 00:21:44 mx1 a: x",
		host: "mx1", program: "a", inner: "x", time: "2024-11-23T05:21:44Z"},
	{name: "bsd with year behind", line: "Nov 23 00:21:44 2024 mx1 a: x",
		host: "mx1", program: "a", inner: "x", time: "2024-11-23T05:21:44Z"},
	{name: "bsd with fraction", line: "Nov 23 00:21:44.250 mx1 a: x",
		host: "mx1", program: "a", inner: "x", time: "2026-11-23T05:21:44.25Z"},
	{name: "bsd with priority", line: "<20>Nov 23 00:21:44 mx1 postfix/smtpd[7908]: warning: x",
		host: "mx1", program: "postfix/smtpd", pid: "7908", level: "WARN", inner: "warning: x", time: "2026-11-23T05:21:44Z"},
	{name: "bsd without host", line: "<22>Nov 23 00:21:44 postfix/smtpd[7908]: x",
		program: "postfix/smtpd", pid: "7908", level: "INFO", inner: "x", time: "2026-11-23T05:21:44Z"},
	{name: "priority and tag only", line: "<19>postfix/smtpd[7908]: x",
		program: "postfix/smtpd", pid: "7908", level: "ERROR", inner: "x"},
	{name: "priority and modern stamp", line: "<22>2026-11-23T00:21:44.5-05:00 mx1 postfix/smtpd[1]: x",
		host: "mx1", program: "postfix/smtpd", pid: "1", level: "INFO", inner: "x", time: "2026-11-23T05:21:44.5Z"},
	{name: "host by address", line: "Nov 23 00:21:44 2001:db8::1 postfix/smtpd[1]: x",
		host: "2001:db8::1", program: "postfix/smtpd", pid: "1", inner: "x", time: "2026-11-23T05:21:44Z"},
	{name: "host by short address", line: "Nov 23 00:21:44 2001:db8:: postfix/smtpd[1]: x",
		host: "2001:db8::", program: "postfix/smtpd", pid: "1", inner: "x", time: "2026-11-23T05:21:44Z"},
	{name: "full host name", line: "Nov 23 00:21:44 mx1.mail.example.com postfix-out/smtp[1]: x",
		host: "mx1.mail.example.com", program: "postfix-out/smtp", pid: "1", inner: "x", time: "2026-11-23T05:21:44Z"},
	{name: "no blank after the colon", line: "Nov 23 00:21:44 mx1 postfix/smtpd[1]:x",
		host: "mx1", program: "postfix/smtpd", pid: "1", inner: "x", time: "2026-11-23T05:21:44Z"},
	{name: "brackets in the program", line: "Nov 23 00:21:44 mx1 app[web][12]: x",
		host: "mx1", program: "app[web]", pid: "12", inner: "x", time: "2026-11-23T05:21:44Z"},
	{name: "long tag", line: "Nov 23 00:21:44 mx1 a-program-with-a-name-of-more-than-32-bytes/smtpd[1]: x",
		host: "mx1", program: "a-program-with-a-name-of-more-than-32-bytes/smtpd", pid: "1", inner: "x", time: "2026-11-23T05:21:44Z"},
	{name: "text with a colon", line: "Nov 23 00:21:44 mx1 policyd-spf[9]: : prepend Received-SPF: Pass",
		host: "mx1", program: "policyd-spf", pid: "9", inner: ": prepend Received-SPF: Pass", time: "2026-11-23T05:21:44Z"},
	{name: "trailing blanks", line: "Nov 23 00:21:44 mx1 a: x  \r",
		host: "mx1", program: "a", inner: "x", time: "2026-11-23T05:21:44Z"},
	{name: "no tag", line: "Nov 23 00:21:44 something happened here",
		inner: "something happened here", time: "2026-11-23T05:21:44Z"},
	{name: "own dovecot", line: "Nov 23 00:21:44 lmtp(a@b.example)<1><x>: Info: sieve: stored",
		program: "dovecot", inner: "lmtp(a@b.example)<1><x>: Info: sieve: stored", time: "2026-11-23T05:21:44Z"},
	{name: "own dovecot without user", line: "Nov 23 00:21:44 master: Warning: Killed",
		program: "dovecot", inner: "master: Warning: Killed", time: "2026-11-23T05:21:44Z"},
	{name: "rsyslog file format", line: "2026-11-22T20:16:42.735849-05:00 mx1 postgrey[18]: Process Backgrounded",
		host: "mx1", program: "postgrey", pid: "18", inner: "Process Backgrounded", time: "2026-11-23T01:16:42.735849Z"},
	{name: "stamp and level", line: "2026-11-22T20:16:42Z ERROR smtp: failed",
		inner: "ERROR smtp: failed", time: "2026-11-22T20:16:42Z"},
	{name: "stamp and host only", line: "2026-11-22T20:18:36.494625-05:00 mx",
		inner: "mx", time: "2026-11-23T01:18:36.494625Z"},
	{name: "bad stamp", line: "2026-99-99T99:99:99 bad timestamp line", inner: "2026-99-99T99:99:99 bad timestamp line"},
	{name: "cut stamp", line: "2026-11-22T20:", inner: "2026-11-22T20:"},
	{name: "no such day", line: "2026-02-29T10:00:00Z mx1 a: x", inner: "2026-02-29T10:00:00Z mx1 a: x"},
	{name: "rfc5424", line: "<22>1 2026-11-23T00:21:44.123456789Z mx1 postfix/smtp 77 ID47 [a@1 k=\"v ] \\\" x\"][b] text here",
		host: "mx1", program: "postfix/smtp", pid: "77", level: "INFO", inner: "text here", time: "2026-11-23T00:21:44.123456789Z"},
	{name: "rfc5424 nil values", line: "<14>1 - - - - - -", level: "INFO"},
	{name: "rfc5424 byte order mark", line: "<27>1 2026-11-23T00:21:44Z h app - - - \ufefftext",
		host: "h", program: "app", level: "ERROR", inner: "text", time: "2026-11-23T00:21:44Z"},
	{name: "rfc5424 of rsyslog", line: "<22>1 2026-11-22T20:17:13.399154-05:00 mx1 postfix 1843409 - -  54: from=<>",
		host: "mx1", program: "postfix", pid: "1843409", level: "INFO", inner: "54: from=<>", time: "2026-11-23T01:17:13.399154Z"},
	{name: "rfc5424 broken program", line: "<22>1 2026-11-22T20:17:13.399154-05:00 mx1 **NO MATCH** **BAD REGULAR EXPRESSION** 1843409 - -  54: x",
		host: "mx1", pid: "1843409", level: "INFO", inner: "54: x", time: "2026-11-23T01:17:13.399154Z"},
	{name: "rfc5424 broken program, no pid", line: "<22>1 2026-11-22T20:16:36-05:00 store1 **NO MATCH** **BAD REGULAR EXPRESSION** - - -  lmtp(2): x",
		host: "store1", level: "INFO", inner: "lmtp(2): x", time: "2026-11-23T01:16:36Z"},
	{name: "rfc5424 damaged data", line: "<22>1 2026-11-22T20:16:36-05:00 mx1 app 1 - [x text",
		host: "mx1", program: "app", level: "INFO", inner: "1 - [x text", time: "2026-11-23T01:16:36Z"},
	{name: "exim", line: "2026-11-22 19:55:33 H=mail [203.0.113.21] rejected EHLO or HELO x: y",
		inner: "H=mail [203.0.113.21] rejected EHLO or HELO x: y", time: "2026-11-23T00:55:33Z"},
	{name: "exim zone and fraction", line: "2026-11-22 19:55:33.123 +0100 [55] 1u <= a@b",
		inner: "[55] 1u <= a@b", time: "2026-11-22T18:55:33.123Z"},
	{name: "rspamd", line: "2026-11-22 20:16:44 #1843250(main) <>; lua; x: y",
		inner: "#1843250(main) <>; lua; x: y", time: "2026-11-23T01:16:44Z"},
	{name: "go logger", line: "2026/11/23 00:23:44 INFO Attempting", inner: "INFO Attempting", time: "2026-11-23T05:23:44Z"},
	{name: "go logger with microseconds", line: "2026/11/23 00:23:44.000123 x", inner: "x", time: "2026-11-23T05:23:44.000123Z"},
	{name: "no header", line: "panic: runtime error", inner: "panic: runtime error"},
	{name: "continuation", line: " Suggested action: use keep_environment.", inner: " Suggested action: use keep_environment."},
	{name: "month as a word", line: "May you live", inner: "May you live"},
	{name: "NUL bytes of a truncated file", line: "\x00\x00\x002026-11-22T20:17:13-05:00 mx1 a[1]: x",
		host: "mx1", program: "a", pid: "1", inner: "x", time: "2026-11-23T01:17:13Z"},
	{name: "joined record", line: "Nov 23 00:21:44 mx1 a[1]: x\n  at y\n  at z",
		host: "mx1", program: "a", pid: "1", inner: "x\n  at y\n  at z", time: "2026-11-23T05:21:44Z"},
	{name: "docker", line: `{"log":"plain text\n","stream":"stdout","time":"2026-11-23T01:16:42.735849123Z"}`,
		inner: "plain text", raw: "plain text", time: "2026-11-23T01:16:42.735849123Z"},
	{name: "docker with syslog inside", line: `{"log": "Nov 22 20:16:42 mx1 postgrey[18]: x\n", "stream": "stdout", "time": "2026-11-23T01:16:42.735849000Z"}`,
		host: "mx1", program: "postgrey", pid: "18", inner: "x", raw: "Nov 22 20:16:42 mx1 postgrey[18]: x", time: "2026-11-23T01:16:42.735849Z"},
	{name: "docker with an older stamp inside", line: `{"log":"Nov 22 20:10:00 mx1 a: x\n","stream":"stdout","time":"2026-11-23T01:16:42Z"}`,
		host: "mx1", program: "a", inner: "x", raw: "Nov 22 20:10:00 mx1 a: x", time: "2026-11-23T01:10:00Z"},
	{name: "docker with JSON inside", line: `{"log":"{\"time\":\"x\",\"msg\":\"a\\\\b \\u00e9 \ud83d\ude00\"}\r\n","stream":"stderr","attrs":{"tag":"a}"},"time":"2026-11-23T01:16:42Z"}`,
		inner: `{"time":"x","msg":"a\\b \u00e9 😀"}`, raw: `{"time":"x","msg":"a\\b \u00e9 😀"}`, time: "2026-11-23T01:16:42Z"},
	{name: "docker parts", line: `{"log":"one ","stream":"stdout","time":"2026-11-23T01:16:42Z"}` + "\n" + `{"log":"two\n","stream":"stdout","time":"2026-11-23T01:16:43Z"}`,
		inner: "one two", raw: "one two", time: "2026-11-23T01:16:42Z"},
	{name: "cri", line: "2026-11-23T01:17:13.399154000Z stdout F Nov 22 20:17:13 mx1 a: x",
		host: "mx1", program: "a", inner: "x", raw: "Nov 22 20:17:13 mx1 a: x", time: "2026-11-23T01:17:13.399154Z"},
	{name: "cri parts", line: "2026-11-23T01:17:13Z stderr P one \n2026-11-23T01:17:13Z stderr F two\n2026-11-23T01:17:13Z stderr F three",
		inner: "one two\nthree", raw: "one two\nthree", time: "2026-11-23T01:17:13Z"},
	{name: "journald", line: `{"__CURSOR":"s=1","__REALTIME_TIMESTAMP": "1795396602735849", "_HOSTNAME": "mx1", "SYSLOG_IDENTIFIER": "postfix/qmgr", "_PID": "18", "PRIORITY": "4", "MESSAGE": "warning: x"}`,
		host: "mx1", program: "postfix/qmgr", pid: "18", level: "WARN", inner: "warning: x", raw: "warning: x", time: "2026-11-23T01:16:42.735849Z"},
	{name: "journald bytes", line: `{"_HOSTNAME":"mx1","_COMM":"a","_SOURCE_REALTIME_TIMESTAMP":"1795396602735849","__REALTIME_TIMESTAMP":"1795396602835849","MESSAGE":[104, 105,255]}`,
		host: "mx1", program: "a", inner: "hi\xff", raw: "hi\xff", time: "2026-11-23T01:16:42.735849Z"},
	{name: "other JSON", line: `{"time":"2026-11-23T00:30:55.599364464Z","level":"INFO","msg":"x"}`,
		inner: `{"time":"2026-11-23T00:30:55.599364464Z","level":"INFO","msg":"x"}`},
	{name: "broken JSON", line: `{"log":"x`, inner: `{"log":"x`},
	{name: "empty", line: ""},
}

func TestUnwrap(t *testing.T) {
	t.Parallel()
	for _, tt := range unwrapTests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rec, _ := unwrap(t, tt.line, bogota, now)
			want := event.Record{Host: tt.host, Program: tt.program, PID: tt.pid, Level: tt.level, Text: tt.inner, Raw: tt.raw}
			if want.Raw == "" {
				want.Raw = tt.line
			}
			got := event.Record{Host: rec.Host, Program: rec.Program, PID: rec.PID, Level: rec.Level, Text: rec.Text, Raw: rec.Raw}
			compare(t, got, want)
			when := ""
			if rec.Time != 0 {
				when = event.FormatTime(rec.Time)
			}
			if when != tt.time {
				t.Errorf("time = %s, want %s", when, tt.time)
			}
		})
	}
}

func compare(t *testing.T, got, want event.Record) {
	t.Helper()
	for _, f := range []struct{ name, got, want string }{
		{"host", got.Host, want.Host}, {"program", got.Program, want.Program}, {"pid", got.PID, want.PID},
		{"level", got.Level, want.Level}, {"text", got.Text, want.Text}, {"raw", got.Raw, want.Raw},
	} {
		if f.got != f.want {
			t.Errorf("%s = %q, want %q", f.name, f.got, f.want)
		}
	}
}

// BenchmarkUnwrap takes each wrapper off the same kind of line.
func BenchmarkUnwrap(b *testing.B) {
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		b.Fatal(err)
	}
	const text = "5449F15A1A3: from=<clara.prieto@outmail.example>, size=3389, nrcpt=1 (queue active)"
	for name, line := range map[string]string{
		"rfc3339":  "2026-11-22T20:17:13.399154-05:00 mx1 postfix/qmgr[1843409]: " + text,
		"bsd":      "Nov 22 20:17:13 mx1 postfix/qmgr[1843409]: " + text,
		"rfc5424":  "<22>1 2026-11-22T20:17:13.399154-05:00 mx1 postfix/qmgr 1843409 - -  " + text,
		"docker":   `{"log":"Nov 22 20:17:13 mx1 postfix/qmgr[1843409]: ` + text + `\n","stream":"stdout","time":"2026-11-23T01:17:13.399154Z"}`,
		"journald": `{"__REALTIME_TIMESTAMP":"1795396633399154","_HOSTNAME":"mx1","SYSLOG_IDENTIFIER":"postfix/qmgr","_PID":"1843409","PRIORITY":"6","MESSAGE":"` + text + `"}`,
		"none":     text,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var u Unwrapper
			var rec event.Record
			e := new(event.Event)
			l := event.Line{Text: line, Origin: &event.Origin{Zone: zone}, ReceivedAt: now}
			for b.Loop() {
				e.Reset()
				u.Unwrap(&l, &rec, e)
			}
		})
	}
}
