package frame

import (
	"path/filepath"
	"strings"

	"rastro/internal/event"
)

// Of returns the framing of one file of the source by its path. It is f, but
// for the logs of Exim where nothing else was asked for: no multi-line rule and
// the format auto. There a line that does not begin with Exim's stamp belongs
// to the record before, such as the header of a message in the reject log.
//
// The answer depends on the name alone, so that a file is framed in the same
// way at every start. Give it the name that the file had first.
func (f *Framing) Of(path string) *Framing {
	if f.exim != nil && isEximLog(path) {
		return f.exim
	}
	return f
}

func (f *Framing) forExim() *Framing {
	out := *f
	out.multi = &multiline{
		continues: func(line string) bool { return !eximStamp(line) },
		maxLines:  DefaultMaxLines, maxBytes: event.MaxLineBytes,
	}
	return &out
}

// eximStamp tells whether a line begins with a stamp as Exim writes it:
// 2026-11-23 00:29:47 and a blank or a fraction.
func eximStamp(line string) bool {
	const shape = "0000-00-00 00:00:00"
	if len(line) <= len(shape) || line[len(shape)] != ' ' && line[len(shape)] != '.' {
		return false
	}
	for i := range len(shape) {
		c := line[i]
		if shape[i] == '0' && (c < '0' || c > '9') || shape[i] != '0' && c != shape[i] {
			return false
		}
	}
	return true
}

// isEximLog tells whether a path is that of one of Exim's three logs: mainlog,
// rejectlog or paniclog, also with the name of the program before it
// (exim_mainlog, exim-main.log), and main.log and its like in a folder of Exim.
// A rotation's number or date, before or behind, and a compression do not
// matter.
func isEximLog(path string) bool {
	base := strings.ToLower(filepath.Base(path))
	for _, packed := range [...]string{".gz", ".bz2", ".xz", ".zst", ".z"} {
		base = strings.TrimSuffix(base, packed)
	}
	base = strings.TrimSuffix(base, ".old")
	base = trimDigits(base)
	base = strings.TrimSuffix(base, ".log")
	base = trimDigits(base)
	base = strings.TrimLeft(strings.TrimLeft(base, "0123456789"), "-_.")
	for _, kind := range [...]string{"main", "reject", "panic"} {
		stem, ok := strings.CutSuffix(strings.TrimSuffix(base, "log"), kind)
		switch {
		case !ok:
		case stem == "":
			return base == kind+"log" || strings.HasPrefix(filepath.Base(filepath.Dir(path)), "exim")
		case strings.HasPrefix(stem, "exim"):
			return true
		}
	}
	return false
}

// trimDigits takes the marks of a rotation off the end of a name: .1, -20260101.
func trimDigits(s string) string {
	for {
		rest := strings.TrimRight(s, "0123456789")
		if len(rest) == len(s) || rest == "" || strings.IndexByte(".-_", rest[len(rest)-1]) < 0 {
			return s
		}
		s = rest[:len(rest)-1]
	}
}
