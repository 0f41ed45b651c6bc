package exim

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/event"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden compares every record of testdata/*.log with the event that is
// expected of it.
func TestGolden(t *testing.T) {
	t.Parallel()
	logs, err := filepath.Glob("testdata/*.log")
	if err != nil || len(logs) == 0 {
		t.Fatalf("no test files: %v", err)
	}
	for _, path := range logs {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			records := readRecords(t, name)
			var got []string
			for _, text := range records {
				rec, e := record(text), &event.Event{}
				if !Parse(rec, e) {
					t.Errorf("not taken for Exim: %s", text)
				}
				got = append(got, write(e, rec.Secrets))
			}
			golden := strings.TrimSuffix(path, ".log") + ".golden.jsonl"
			if *update {
				if err := os.WriteFile(golden, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want := readLines(t, filepath.Base(golden))
			if len(got) != len(want) {
				t.Fatalf("%d events, the golden file has %d; run with -update after checking", len(got), len(want))
			}
			for i := range got {
				if got[i] != want[i] {
					t.Errorf("record %d: %s\n got %s\nwant %s", i+1, records[i], got[i], want[i])
				}
			}
		})
	}
}

// TestCopies reads the same line as it stands in the main log, with the process
// id, and in syslog with and without Exim's stamp: the facts and the text are
// the same.
func TestCopies(t *testing.T) {
	t.Parallel()
	for _, text := range readRecords(t, "default-4.96.log") {
		rec, want := record(text), &event.Event{}
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
			if got, want := write(e, nil), write(want, nil); got != want {
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
		e := &event.Event{Values: []event.Value{{Field: event.Host, Text: "h"}}}
		text := rec.Text
		if Parse(&rec, e) || len(e.Values) != 1 || len(e.Extra) != 0 || len(rec.Secrets) != 0 || rec.Text != text {
			t.Errorf("%q: %s", text, write(e, rec.Secrets))
		}
	}
	rec := event.Record{Program: "mta-out", Text: "2026-11-23 00:29:47 1xVHwJ-0007Ww-2a => a@b.example R=x T=y"}
	if !Parse(&rec, &event.Event{}) {
		t.Error("a delivery under another syslog_processname was refused")
	}
}
