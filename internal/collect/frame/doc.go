// Package frame cuts the bytes of a source into records: physical lines,
// container lines whose parts are joined, and multi-line records.
//
// What comes in are pieces of one source in their order, cut anywhere; what
// goes out are records with their place in the source. The same bytes give the
// same records, however they were cut into pieces, and reading may begin anew
// at the Next of any record: the records after it are the same again. The
// package never opens a file and knows no clock: the caller says when waiting
// is over (Flush) and when the source has ended (Finish).
package frame

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"rastro/internal/event"
)

// The formats that a source can be declared to have.
const (
	// FormatAuto looks at each line: one that has the shape of a container
	// line is taken as such, any other is plain. The default.
	FormatAuto = "auto"
	// FormatDocker: lines of Docker's json-file driver.
	FormatDocker = "docker"
	// FormatCRI: lines of the Kubernetes container runtimes.
	FormatCRI = "cri"
	// FormatPlain: one line is one record, whatever it looks like.
	FormatPlain = "plain"
)

// The two sides to which a line of a multi-line record can belong.
const (
	MatchAfter  = "after"
	MatchBefore = "before"
)

// Defaults and bounds of joining.
const (
	DefaultMaxLines = 500
	DefaultTimeout  = 5 * time.Second

	// holdBytes is how far reading may run ahead of the last place where it
	// could begin anew; then everything that waits is given out as it is.
	holdBytes = 4 << 20
	// holdRecords bounds the records that wait for an earlier one.
	holdRecords = 10_000
)

// ErrRules: the framing rules of a source contradict themselves.
var ErrRules = errors.New("wrong framing rules")

// Multiline says which lines belong together. In container files the pattern
// is matched against what the program wrote.
type Multiline struct {
	// Pattern is a regular expression (RE2). Negate turns its answer round.
	Pattern string
	Negate  bool
	// Match is MatchAfter (the default): a line for which the pattern answers
	// yes continues the line before it; or MatchBefore: such a line goes on in
	// the next one.
	Match string
	// MaxLines (default 500) and MaxBytes (default and at most
	// event.MaxLineBytes) end a record; what follows is the next record, so
	// nothing is dropped.
	MaxLines, MaxBytes int
	// Timeout is how long a quiet source may keep an unfinished record waiting;
	// default 5 s. It is for the caller, who has the clock.
	Timeout time.Duration
}

// Rules are the framing rules of one source as a person writes them. The zero
// Rules find the format out and join no lines but those of the files that are
// known to have records of several lines, see Framing.Of.
type Rules struct {
	Format    string
	Multiline *Multiline
}

// Framing is a checked set of rules, shared by all files of a source. It is
// read only and safe for concurrent use.
type Framing struct {
	docker, cri bool
	multi       *multiline
	timeout     time.Duration
	// exim is the framing of Exim's own files; nil where the source has rules
	// of its own.
	exim *Framing
}

type multiline struct {
	// continues is asked about what the program wrote; before says to which
	// side a line belongs for which it answers yes.
	continues          func(line string) bool
	before             bool
	maxLines, maxBytes int
}

// Compile checks the rules. The error wraps ErrRules.
func (r Rules) Compile() (*Framing, error) {
	f := &Framing{timeout: DefaultTimeout}
	switch r.Format {
	case FormatAuto, "":
		f.docker, f.cri = true, true
	case FormatDocker:
		f.docker = true
	case FormatCRI:
		f.cri = true
	case FormatPlain:
	default:
		return nil, fmt.Errorf("%w: format %q is none of auto, docker, cri, plain", ErrRules, r.Format)
	}
	if r.Multiline == nil {
		if f.docker && f.cri {
			f.exim = f.forExim()
		}
		return f, nil
	}
	m, err := r.Multiline.compile()
	if err != nil {
		return nil, err
	}
	f.multi = m
	if r.Multiline.Timeout > 0 {
		f.timeout = r.Multiline.Timeout
	}
	return f, nil
}

func (m *Multiline) compile() (*multiline, error) {
	out := &multiline{maxLines: m.MaxLines, maxBytes: m.MaxBytes}
	switch m.Match {
	case MatchAfter, "":
	case MatchBefore:
		out.before = true
	default:
		return nil, fmt.Errorf("%w: match %q is neither after nor before", ErrRules, m.Match)
	}
	if m.Pattern == "" {
		return nil, fmt.Errorf("%w: multi-line needs a pattern", ErrRules)
	}
	pattern, err := regexp.Compile(m.Pattern)
	if err != nil {
		return nil, fmt.Errorf("%w: multi-line pattern: %w", ErrRules, err)
	}
	negate := m.Negate
	out.continues = func(line string) bool { return pattern.MatchString(line) != negate }
	if out.maxLines <= 0 {
		out.maxLines = DefaultMaxLines
	}
	if out.maxBytes <= 0 || out.maxBytes > event.MaxLineBytes {
		out.maxBytes = event.MaxLineBytes
	}
	return out, nil
}

// Timeout is how long a quiet source may keep joined records waiting.
func (f *Framing) Timeout() time.Duration { return f.timeout }
