package parse

import (
	"testing"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

// BenchmarkParse reads a cut of a busy farm's log: Postfix, Dovecot, filters.
func BenchmarkParse(b *testing.B) {
	lines := parsetest.Lines(b, "farm.log")
	p, e := New(Options{Stats: new(Stats)}), new(event.Event)
	line := event.Line{Origin: &event.Origin{Name: "/var/log/mail.log", ID: "f1"}, ReceivedAt: received}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		line.Text = lines[i%len(lines)]
		p.Parse(&line, e)
	}
}

// BenchmarkDoor is what the door and the envelope cost without a dialect.
func BenchmarkDoor(b *testing.B) {
	lines := parsetest.Lines(b, "farm.log")
	p, e := New(Options{Stats: new(Stats)}), new(event.Event)
	line := event.Line{Origin: &event.Origin{Name: "/var/log/mail.log", ID: "f1", Dialect: "none"}, ReceivedAt: received}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		line.Text = lines[i%len(lines)]
		p.Parse(&line, e)
	}
}
