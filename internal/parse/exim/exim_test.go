package exim

import (
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

// dialect is Exim on the bench.
var dialect = parsetest.Dialect{
	Parse:  Parse,
	Header: takeStamp,
	Joins:  func(line string) bool { return line != "" && line[0] != '2' },
	Settle: func(e *event.Event) {
		e.Remove(event.Program)
		if e.Str(event.Level) == event.LevelInfo {
			e.Remove(event.Level)
		}
	},
	Rules: parsetest.Rules{
		Always: []event.Field{event.Level, event.Component},
		Once:   parsetest.AllBut(event.Recipient),
		Free: []event.Field{
			event.Sender, event.Recipient, event.OriginalRecipient, event.MessageID, event.Subject, event.Reply,
			event.TLSVersion, event.SMTPStage, event.SMTPCommand, event.SPF, event.DKIM, event.DMARC,
		},
		Statuses: []string{
			event.StatusAccepted, event.StatusDelivered, event.StatusDeferred, event.StatusBounced,
			event.StatusExpired, event.StatusRejected, event.StatusDiscarded, event.StatusHeld,
		},
	},
}

// takeStamp takes the stamp off a record, as the envelope does.
func takeStamp(text string) *event.Record {
	rec := &event.Record{Text: text, Raw: text, Time: 1, Zone: time.UTC}
	if h := new(header); h.cutStamp(text) != text {
		rec.Stamped, rec.Text = text, h.cutStamp(text)
	}
	return rec
}

func TestGolden(t *testing.T) {
	t.Parallel()
	dialect.Golden(t)
}

func FuzzParse(f *testing.F) {
	for _, forms := range [][]form{arrivalForms, deliveryForms, queueForms, refusalForms, sessionForms} {
		for _, form := range forms {
			f.Add("exim", "", form.text)
			f.Add("", "2026-11-23 00:29:47 ", form.text)
		}
	}
	for _, rec := range dialect.Records(f, "reject-4.96.log") {
		f.Add("exim4", "", rec.Raw)
	}
	f.Add("exim", "", "[2/3] I Message-ID: <x>")
	f.Add("exim", "", "[1\\2] 2026-11-23 00:29:47.1 +0100 [7] 1rQwXy-000123-Ab == ")
	f.Fuzz(func(t *testing.T, program, stamp, text string) {
		rec := parsetest.Record(program, text)
		if stamp != "" {
			rec.Stamped = stamp + text
		}
		dialect.Check(t, rec)
	})
}

// BenchmarkParse reads a main log.
func BenchmarkParse(b *testing.B) {
	dialect.Benchmark(b, dialect.Records(b, "bench/mainlog"))
}

// TestCopies reads the same line as it stands in the main log, with the process
// id, and in syslog with and without Exim's stamp: the facts and the text are
// the same.
func TestCopies(t *testing.T) {
	t.Parallel()
	for _, rec := range dialect.Records(t, "default-4.96.log") {
		text, want := rec.Raw, &event.Event{}
		if !Parse(rec, want) {
			t.Fatalf("not taken: %s", text)
		}
		if want.Str(event.LogMessage) != "" {
			t.Fatalf("the text was changed: %s", text)
		}
		want.Add(event.LogMessage, rec.Text)
		want.Remove(event.Program)
		for _, copied := range []*event.Record{
			{Stamped: text, Text: "[26659] " + rec.Text},
			{Program: "exim", PID: "1", Text: text},
			{Program: "exim4", PID: "1", Text: "[26659] " + text},
			{Program: "exim4", PID: "1", Text: text[:19] + ".123 +0100 [26659] " + rec.Text},
			{Program: "exim", PID: "1", Text: text[:19] + " -0500 " + rec.Text},
			{Program: "exim", PID: "1", Text: rec.Text},
		} {
			e := &event.Event{}
			copied.Raw, copied.Time = copied.Text, 1
			if !Parse(copied, e) {
				t.Fatalf("not taken: %q", copied.Text)
			}
			if !e.Has(event.LogMessage) {
				e.Add(event.LogMessage, copied.Text)
			}
			if n := e.Int(event.PID); copied.PID == "" && n != 26659 {
				t.Errorf("process id %d", n)
			}
			text := e.Str(event.LogMessage)
			e.Remove(event.PID)
			e.Remove(event.Program)
			e.Remove(event.LogMessage)
			e.Add(event.LogMessage, text)
			if got, want := parsetest.Write(e, nil), parsetest.Write(want, nil); got != want {
				t.Errorf("%q\n got %s\nwant %s", copied.Text, got, want)
			}
		}
	}
}

// TestTime reads the time of a record whose envelope had none.
func TestTime(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-23 00:29:47 Start queue run: pid=1":            "2026-11-23T00:29:47Z",
		"2026-11-23 00:29:47.120 -0500 End queue run: pid=1":    "2026-11-23T05:29:47.12Z",
		"[1/2] 2026-11-23 00:29:47 +0130 Start queue run: pid=": "2026-11-22T22:59:47Z",
	} {
		rec, e := &event.Record{Program: "exim", Text: text, Raw: text}, &event.Event{}
		if !Parse(rec, e) || event.FormatTime(e.Time) != want {
			t.Errorf("%s: got %s, want %s", text, event.FormatTime(e.Time), want)
		}
	}
}

// TestOthers refuses what is not Exim's and leaves nothing behind.
func TestOthers(t *testing.T) {
	t.Parallel()
	for _, rec := range []event.Record{
		{Program: "postfix/smtpd", Text: "connect from h[1.2.3.4]"},
		{Program: "sshd", Text: "Start queue run: pid=1"},
		{Program: "eximstats", Text: "Start queue run: pid=1"},
		{Program: "dovecot", Text: "2026-11-23 00:29:47 SMTP connection from [1.2.3.4] lost"},
		{Text: "Start queue run: pid=1"},
		{Text: "1xVHwJ-0007Ww-2a something else"},
		{Text: "H=(x) [1.2.3.4] F=<a@b> rejected RCPT <c@d>"},
		{Text: "#123(main) <x>; proxy; something", Stamped: "2026-11-23 00:29:47 #123(main) <x>; proxy; something"},
		{Text: "H=something else", Stamped: "2026-11-23 00:29:47 H=something else"},
		{Text: "INFO Starting SMTP server", Stamped: "2026/11/23 00:29:47 INFO Starting SMTP server"},
		{Text: ""},
	} {
		text := rec.Text
		if dialect.Check(t, &rec) {
			t.Errorf("taken: %q", text)
		}
	}
	rec := event.Record{Program: "mta-out", Text: "2026-11-23 00:29:47 1xVHwJ-0007Ww-2a => a@b.example R=x T=y"}
	if !Parse(&rec, &event.Event{}) {
		t.Error("a delivery under another syslog_processname was refused")
	}
}
