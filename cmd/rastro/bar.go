package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"
)

// bar shows the progress of one import on a terminal, and nothing elsewhere.
type bar struct {
	out   io.Writer // nil: nobody looks
	name  string
	size  int64 // 0: unknown
	start time.Time
	last  time.Time
}

// barWidth is the number of cells of the bar itself, maxBarName that of the
// file's name before it.
const (
	barWidth   = 24
	maxBarName = 30
)

func newBar(out io.Writer, name string, size int64) *bar {
	b := &bar{name: name, size: size, start: time.Now()}
	if isTerminal(out) {
		b.out = out
	}
	return b
}

// show draws the bar, at most ten times a second.
func (b *bar) show(read, lines int64) {
	now := time.Now()
	if b.out == nil || now.Sub(b.last) < 100*time.Millisecond {
		return
	}
	b.last = now
	// A line that is longer than the terminal would be drawn anew below itself.
	fmt.Fprint(b.out, "\r\x1b[K"+shorten(b.text(read, lines, now.Sub(b.start)), columns(b.out)-2))
}

func (b *bar) text(read, lines int64, took time.Duration) string {
	seconds := max(took.Seconds(), 0.001)
	parts := []string{shorten(printable(filepath.Base(b.name)), maxBarName)}
	if b.size > 0 {
		share := min(float64(read)/float64(b.size), 1)
		full := int(share * barWidth)
		parts = append(parts, fmt.Sprintf("[%s%s] %3.0f %%", strings.Repeat("#", full), strings.Repeat("-", barWidth-full), share*100))
	}
	parts = append(parts, bytesText(int64(float64(read)/seconds))+"/s")
	if lines > 0 {
		parts = append(parts, fmt.Sprintf("%.0f lines/s", float64(lines)/seconds))
	}
	if b.size > 0 && read > 0 && took > time.Second {
		left := time.Duration(float64(b.size-read) / float64(read) * float64(took))
		parts = append(parts, max(left, 0).Round(time.Second).String()+" left")
	}
	return strings.Join(parts, "  ")
}

func (b *bar) done() {
	if b.out != nil {
		fmt.Fprint(b.out, "\r\x1b[K")
	}
}

// rate is the speed of the whole import, for its last line.
func (b *bar) rate(lines int64) string {
	took := time.Since(b.start)
	if lines == 0 || took < 100*time.Millisecond {
		return ""
	}
	return fmt.Sprintf(", %.1f s, %.0f lines/s", took.Seconds(), float64(lines)/took.Seconds())
}

// bytesText writes a number of bytes for a person.
func bytesText(n int64) string {
	units := []string{"B", "KB", "MB", "GB", "TB"}
	v, u := float64(n), 0
	for v >= 1024 && u < len(units)-1 {
		v, u = v/1024, u+1
	}
	if u == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", v, units[u])
}
