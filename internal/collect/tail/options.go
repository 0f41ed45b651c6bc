package tail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"rastro/internal/collect/frame"
	"rastro/internal/event"
)

// ErrSource: the options of a source cannot be used. The error that wraps it
// says which.
var ErrSource = errors.New("wrong source")

// Source is one set of files that are read in the same way.
type Source struct {
	// Paths are globs; "**" stands for any number of folders. They are made
	// absolute. Exclude takes files out again; a pattern without a slash is
	// matched against the file's name. Compressed files (.gz .zst .xz .bz2)
	// are never tailed.
	Paths, Exclude []string
	// Zone, Host and Dialect go into event.Origin.
	Zone    *time.Location
	Host    string
	Dialect string
	// StartAtEnd skips what the files hold that exist when this source is
	// opened for the first time. Files that appear later are read from their
	// start.
	StartAtEnd bool
	// IgnoreOlder, if not 0, skips what a file holds that was last changed
	// longer ago when it is first seen.
	IgnoreOlder time.Duration
	// CloseIdle closes a file that has been quiet so long; default 5 min. It is
	// opened again as soon as it changes.
	CloseIdle time.Duration
	// Format and Multiline are the framing rules, see package frame.
	Format    string
	Multiline *frame.Multiline
}

// Options are the settings of all sources.
type Options struct {
	Sources []Source
	// Poll is the time between two looks at all files; default 1 s. A look
	// that takes long makes the time longer: at most a twentieth of the time
	// is spent on looking.
	Poll time.Duration
	// Quiet is how long a rotated or removed file must be silent before it has
	// ended and its last line is given out without an end; default 30 s.
	Quiet time.Duration
	// Forget is how long the position of an ended stream is kept; default 24 h.
	Forget time.Duration
	// MaxOpen bounds the open files; default 512.
	MaxOpen int
	// NoNotify does without notices of the file system; then Poll alone says
	// how soon a new line is seen.
	NoNotify bool
	// Log takes notes about files; nil for none.
	Log *slog.Logger
}

// Sink takes a batch. It blocks while it has no room and returns an error only
// when ctx ends. The Ack of the batch comes from any goroutine, later or before
// Sink returns. Batches of one position key must become durable in the order
// they came: after one is refused, others of its key must be refused too until
// the same one comes again, which is known by its position's state.
type Sink func(ctx context.Context, b event.Batch) error

// source is a checked Source.
type source struct {
	Source
	framing *frame.Framing
	marker  string
}

// compile checks a source. The error wraps ErrSource.
func compile(in Source) (*source, error) {
	s := &source{Source: in}
	if len(in.Paths) == 0 {
		return nil, fmt.Errorf("%w: it names no path", ErrSource)
	}
	s.Paths = nil
	for _, p := range in.Paths {
		if err := checkPattern(p); err != nil {
			return nil, fmt.Errorf("%w: path %q: %w", ErrSource, p, err)
		}
		abs, err := filepath.Abs(p)
		if err != nil {
			return nil, fmt.Errorf("%w: path %q: %w", ErrSource, p, err)
		}
		s.Paths = append(s.Paths, abs)
	}
	for _, p := range in.Exclude {
		if err := checkPattern(p); err != nil {
			return nil, fmt.Errorf("%w: exclude %q: %w", ErrSource, p, err)
		}
	}
	framing, err := frame.Rules{Format: in.Format, Multiline: in.Multiline}.Compile()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSource, err)
	}
	s.framing = framing
	if s.CloseIdle <= 0 {
		s.CloseIdle = 5 * time.Minute
	}
	hash := xxhash.Sum64String(strings.Join(s.Paths, "\n"))
	s.marker = keyPrefix + "@" + strconv.FormatUint(hash, 16)
	return s, nil
}

func compileAll(in []Source) ([]*source, error) {
	out := make([]*source, 0, len(in))
	for i, s := range in {
		c, err := compile(s)
		if err != nil {
			return nil, fmt.Errorf("source %d: %w", i+1, err)
		}
		out = append(out, c)
	}
	return out, nil
}

// excludes reports whether the source leaves a file out.
func (s *source) excludes(path string) bool {
	if packedKind(path) != "" {
		return true
	}
	for _, p := range s.Exclude {
		if matchPath(p, path) {
			return true
		}
	}
	return false
}

// matches reports whether the source's globs match a path.
func (s *source) matches(path string) bool {
	for _, p := range s.Paths {
		if matchPath(p, path) {
			return !s.excludes(path)
		}
	}
	return false
}

func (o Options) withDefaults() Options {
	if o.Poll <= 0 {
		o.Poll = time.Second
	}
	if o.Quiet <= 0 {
		o.Quiet = 30 * time.Second
	}
	if o.Forget <= 0 {
		o.Forget = 24 * time.Hour
	}
	if o.MaxOpen <= 0 {
		o.MaxOpen = 512
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}
