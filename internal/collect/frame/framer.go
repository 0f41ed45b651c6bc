package frame

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"rastro/internal/event"
)

// Record is one record of a source.
type Record struct {
	// Text is the record without its line end.
	Text string
	// Offset is where its first line starts, Length the bytes of all its
	// lines with their ends. Lines of another container stream may lie between
	// them and are not counted.
	Offset, Length int64
	// Next is where reading may begin anew after this record; -1 where only a
	// later record of the same call is such a place.
	Next int64
	// Marks says what was done to the text.
	Marks event.Marks
}

// bom is the UTF-8 byte order mark. It is no part of a file's first line.
const bom = "\xef\xbb\xbf"

// keepCarry is the largest buffer for the beginning of a line that is kept
// between lines; a larger one is given back.
const keepCarry = 64 << 10

// Framer cuts one source into records. It is not safe for concurrent use.
//
// Memory: besides the piece at hand it holds at most one line of
// event.MaxLineBytes and the records that wait to be joined (4 MiB).
type Framer struct {
	rules *Framing
	join  joiner

	// carry is the beginning of a line whose end has not come, from lineStart.
	carry     []byte
	lineStart int64
	// cut holds the kept text of an overlong line; skipped counts its bytes.
	cut     string
	skipped int64
	// leading is true until the first byte that is not NUL was seen at the
	// start of a source.
	leading bool
	// swallow: the record before was given out without its line end, so that
	// an empty first line is only this end.
	swallow bool
}

// New starts reading at offset, a place where a record begins: 0 or the Next
// of a record. unfinished says that the record before was marked
// event.MarkUnfinished; if its line end comes now, that is no empty record.
//
// NUL bytes at the very start of a source (the hole that a writer leaves which
// goes on at its old place in a truncated file) belong to no record; all others
// are kept.
func New(rules *Framing, offset int64, unfinished bool) *Framer {
	return &Framer{
		rules:     rules,
		join:      joiner{rules: rules, streams: map[stream]*progress{}},
		lineStart: offset,
		leading:   offset == 0,
		swallow:   unfinished,
	}
}

// Write takes the next piece and appends the records that it completes. p is
// copied; texts share one string per piece.
func (f *Framer) Write(p []byte, dst []Record) []Record {
	if f.leading {
		n := len(p) - len(bytes.TrimLeft(p, "\x00"))
		f.lineStart += int64(n)
		p = p[n:]
		f.leading = len(p) == 0
	}
	if f.skipped > 0 {
		end := bytes.IndexByte(p, '\n')
		if end < 0 {
			f.skipped += int64(len(p))
			return f.bound(dst)
		}
		length := f.skipped + int64(end) + 1
		text := f.cut
		f.cut, f.skipped = "", 0
		dst = f.line(text, length, event.MarkCut, dst)
		p = p[end+1:]
	}
	last := bytes.LastIndexByte(p, '\n')
	if last < 0 {
		f.keep(p)
		return f.bound(dst)
	}
	text := f.text(p[:last+1])
	f.keep(p[last+1:])
	for len(text) > 0 {
		end := strings.IndexByte(text, '\n')
		dst = f.physical(text[:end], int64(end)+1, dst)
		text = text[end+1:]
	}
	return f.bound(dst)
}

// text joins the carried beginning and whole lines into one string.
func (f *Framer) text(p []byte) string {
	if len(f.carry) == 0 {
		return string(p)
	}
	var b strings.Builder
	b.Grow(len(f.carry) + len(p))
	b.Write(f.carry)
	b.Write(p)
	f.carry = f.carry[:0]
	return b.String()
}

// keep remembers the beginning of a line whose end has not come. What is
// longer than a line may be is only counted from here on.
func (f *Framer) keep(p []byte) {
	if len(p) == 0 {
		if cap(f.carry) > keepCarry {
			f.carry = nil
		}
		return
	}
	// One byte more may be the \r of the line end.
	if room := event.MaxLineBytes + 1 - len(f.carry); len(p) > room {
		f.skipped = int64(len(f.carry) + len(p))
		f.carry = append(f.carry, p[:room]...)
		f.cut = string(f.carry[:runeEnd(f.carry, event.MaxLineBytes)])
		f.carry = nil
		return
	}
	f.carry = append(f.carry, p...)
}

// physical strips the \r and cuts one line that has ended.
func (f *Framer) physical(text string, length int64, dst []Record) []Record {
	text = strings.TrimSuffix(text, "\r")
	var marks event.Marks
	if len(text) > event.MaxLineBytes {
		text, marks = text[:runeEnd(text, event.MaxLineBytes)], event.MarkCut
	}
	return f.line(text, length, marks, dst)
}

// line gives one line on to be joined, or out as a record.
func (f *Framer) line(text string, length int64, marks event.Marks, dst []Record) []Record {
	start := f.lineStart
	f.lineStart += length
	if f.swallow {
		f.swallow = false
		if text == "" {
			return dst
		}
	}
	if start == 0 {
		text = strings.TrimPrefix(text, bom)
	}
	return f.join.add(text, start, length, marks, dst)
}

// bound gives out everything that waits when the next safe place lies too far
// back.
func (f *Framer) bound(dst []Record) []Record {
	if f.join.waiting() && f.Consumed()-f.join.queue[0].start > holdBytes {
		return f.join.flush(dst, event.MarkCut)
	}
	return dst
}

// Flush gives out the records that wait for more lines. A line whose end has
// not come goes on waiting.
func (f *Framer) Flush(dst []Record) []Record { return f.join.flush(dst, 0) }

// Finish gives out everything because the source has ended: records that wait,
// and a last line without its end, marked event.MarkUnfinished. Reading may
// still go on after it, as if begun anew.
func (f *Framer) Finish(dst []Record) []Record {
	length := f.skipped + int64(len(f.carry))
	if length > 0 {
		text, marks := f.cut, event.MarkUnfinished|event.MarkCut
		if f.skipped == 0 {
			text, marks = string(f.carry), event.MarkUnfinished
		}
		f.carry, f.cut, f.skipped = nil, "", 0
		if len(text) > event.MaxLineBytes {
			text, marks = text[:runeEnd(text, event.MaxLineBytes)], marks|event.MarkCut
		}
		dst = f.line(text, length, marks, dst)
		f.swallow = true
	}
	return f.Flush(dst)
}

// Consumed is how far the source has been taken in, in bytes.
func (f *Framer) Consumed() int64 {
	return f.lineStart + f.skipped + int64(len(f.carry))
}

// Waiting reports that Flush would give out records.
func (f *Framer) Waiting() bool { return f.join.waiting() }

// Unfinished is how many bytes of a line without its end were taken in.
func (f *Framer) Unfinished() int64 { return f.skipped + int64(len(f.carry)) }

// runeEnd is the largest place at or before limit that does not cut a
// character of valid UTF-8.
func runeEnd[T string | []byte](s T, limit int) int {
	if len(s) <= limit {
		return len(s)
	}
	for i := limit; i > limit-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			return i
		}
	}
	return limit
}
