package parse

import (
	"bufio"
	"os"
	"testing"

	"rastro/internal/event"
)

func benchLines(b *testing.B, path string) []string {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var lines []string
	s := bufio.NewScanner(f)
	for s.Scan() {
		lines = append(lines, s.Text())
	}
	return lines
}

// BenchmarkParse reads a cut of a busy farm's log: Postfix, Dovecot, filters.
func BenchmarkParse(b *testing.B) {
	lines := benchLines(b, "testdata/farm.log")
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
	lines := benchLines(b, "testdata/farm.log")
	p, e := New(Options{Stats: new(Stats)}), new(event.Event)
	line := event.Line{Origin: &event.Origin{Name: "/var/log/mail.log", ID: "f1", Dialect: "none"}, ReceivedAt: received}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		line.Text = lines[i%len(lines)]
		p.Parse(&line, e)
	}
}
