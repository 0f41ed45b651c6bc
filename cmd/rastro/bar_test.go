package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestBar(t *testing.T) {
	t.Parallel()
	b := &bar{name: "/var/log/mail.log", size: 200 << 20}
	for _, c := range []struct {
		read, lines int64
		took        time.Duration
		want        string
	}{
		{0, 0, 0, "mail.log  [------------------------]   0 %  0 B/s"},
		{50 << 20, 250_000, 2 * time.Second, "mail.log  [######------------------]  25 %  25.0 MB/s  125000 lines/s  6s left"},
		{200 << 20, 1_000_000, 8 * time.Second, "mail.log  [########################] 100 %  25.0 MB/s  125000 lines/s  0s left"},
		{300 << 20, 0, 8 * time.Second, "mail.log  [########################] 100 %  37.5 MB/s  0s left"}, // it grew
	} {
		if got := b.text(c.read, c.lines, c.took); got != c.want {
			t.Errorf("at %d:\n got %q\nwant %q", c.read, got, c.want)
		}
	}
	stream := &bar{name: standardInput}
	if got := stream.text(1<<20, 10, time.Second); got != "standard input  1.0 MB/s  10 lines/s" {
		t.Errorf("a stream: %q", got)
	}
	evil := &bar{name: strings.Repeat("x", 40) + "\x1b[2J"}
	if got := evil.text(0, 0, 0); strings.Contains(got, "\x1b") || !strings.HasPrefix(got, strings.Repeat("x", maxBarName)+"…") {
		t.Errorf("an odd name: %q", got)
	}
}

func TestBarIsForTerminals(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	b := newBar(&out, "x", 10)
	b.show(5, 1)
	b.done()
	if out.Len() > 0 {
		t.Errorf("a program was shown %q", out.String())
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if isTerminal(f) || columns(f) != 80 || columns(&out) != 80 {
		t.Error("a file is taken for a terminal")
	}
	drawn := &bar{out: &out, name: strings.Repeat("n", 20), size: 10, start: time.Now()}
	drawn.show(5, 1)
	drawn.show(6, 1) // too soon
	drawn.done()
	if got := out.String(); strings.Count(got, "\r\x1b[K") != 2 || !strings.Contains(got, "50 %") || strings.Contains(got, "60 %") {
		t.Errorf("drawn %q", got)
	}
	if got := (&bar{start: time.Now().Add(-2 * time.Second)}).rate(1000); !strings.HasPrefix(got, ", 2.0 s, ") {
		t.Errorf("rate %q", got)
	}
	if got := (&bar{start: time.Now()}).rate(0); got != "" {
		t.Errorf("rate of nothing: %q", got)
	}
}

func TestBytesText(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KB", 5 << 20: "5.0 MB", 1 << 40: "1.0 TB", 1 << 60: "1048576.0 TB"} {
		if got := bytesText(n); got != want {
			t.Errorf("%d bytes are %q, want %q", n, got, want)
		}
	}
}
