package filters

import (
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

// dialect is the filters on the bench. mx1.log and rspamd.log are lines of a
// real server, some of them of other programs; forms.log and own.log have the
// forms of the programs' sources that it did not write.
var dialect = parsetest.Dialect{
	Parse:  Parse,
	Header: header,
	Mixed:  true,
	Rules: parsetest.Rules{
		Always: []event.Field{event.Component},
		Once: []event.Field{
			event.Status, event.Level, event.SpamVerdict, event.VirusName, event.SPF, event.DKIM, event.DMARC, event.QueueID, event.Sender,
		},
		Free:     []event.Field{event.SpamVerdict, event.SPF, event.DKIM, event.DMARC},
		Statuses: []string{event.StatusRejected, event.StatusBounced, event.StatusDiscarded, event.StatusQuarantined},
		Decodes:  func(text string) bool { return strings.HasPrefix(text, "{") },
	},
}

// header takes the header off a line of a test file: syslog's, or of the
// programs' own files the stamp "2026-11-22 20:17:13".
func header(line string) *event.Record {
	if line != "" && line[0] >= '0' && line[0] <= '9' {
		return &event.Record{Text: parsetest.SkipWords(line, 2), Raw: line, Zone: time.UTC}
	}
	return parsetest.Syslog(line)
}

func TestGolden(t *testing.T) {
	t.Parallel()
	dialect.Golden(t)
}

func FuzzParse(f *testing.F) {
	files := []string{"mx1.log", "rspamd.log", "forms.log", "own.log"}
	for _, name := range files {
		for _, rec := range dialect.Records(f, name) {
			f.Add("", rec.Text)
		}
	}
	f.Add("postfix", "action=greylist, reason=new, sender=")
	f.Add("", "Sun Nov 22 20:17:09 2026 -> instream(local): X FOUND")
	dialect.Fuzz(f, files...)
}

// BenchmarkParse reads a real server's lines of amavis, policyd-spf, postgrey,
// opendkim and rspamd.
func BenchmarkParse(b *testing.B) {
	records := slices.Concat(dialect.Records(b, "mx1.log"), dialect.Records(b, "rspamd.log"))
	dialect.Benchmark(b, slices.DeleteFunc(records, func(rec *event.Record) bool { return rec.Program == "postfix/smtpd" }))
}

// BenchmarkGuest is what Postfix's own lines pay where a relay has cut their
// program's name.
func BenchmarkGuest(b *testing.B) {
	lines := []string{
		"connect from mail-out45.banco-delta.example[203.0.113.45]",
		"E5AD715A3E0: client=unknown[192.0.2.7], sasl_method=PLAIN, sasl_username=ana",
		"E5AD715A3E0: to=<a@b.example>, relay=mx.b.example[198.51.100.42]:25, delay=0.18, dsn=2.0.0, status=sent (250 2.0.0 Ok)",
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if Guest(lines[i%len(lines)]) {
			b.Fatal("taken for a guest")
		}
	}
}
