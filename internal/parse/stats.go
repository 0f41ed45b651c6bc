package parse

import (
	"strings"
	"sync"
	"sync/atomic"

	"rastro/internal/event"
)

// maxPrograms bounds the programs that are counted by name; a line can bring
// any name. The others are counted together under "".
const maxPrograms = 256

// Stats counts lines. The zero Stats is ready for use. It is safe for
// concurrent use.
type Stats struct {
	lines    atomic.Uint64
	redacted atomic.Uint64
	parsed   [len(dialects)]atomic.Uint64
	refused  [len(dialects)]atomic.Uint64

	mu       sync.Mutex
	unparsed map[string]*uint64 // pointers, because assigning to a key would keep the line's memory
}

// Counts are the totals since the start.
type Counts struct {
	Lines    uint64            // all lines
	Redacted uint64            // lines with a secret
	Parsed   map[string]uint64 // by dialect, those that took no line left out
	// Refused counts, by dialect, the lines that were its own by the name of their
	// program or by the choice of their source and that it did not understand;
	// another dialect may have.
	Refused  map[string]uint64
	Unparsed map[string]uint64 // by program; "" for no program, and for more than 256 of them
}

// Counts returns the totals.
func (s *Stats) Counts() Counts {
	c := Counts{
		Lines:    s.lines.Load(),
		Redacted: s.redacted.Load(),
		Parsed:   make(map[string]uint64),
		Refused:  make(map[string]uint64),
		Unparsed: make(map[string]uint64),
	}
	for i := range dialects {
		if n := s.parsed[i].Load(); n > 0 {
			c.Parsed[dialects[i].name] = n
		}
		if n := s.refused[i].Load(); n > 0 {
			c.Refused[dialects[i].name] = n
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for program, n := range s.unparsed {
		c.Unparsed[program] = *n
	}
	return c
}

// count counts one line; index is the dialect's, refused that of the one that
// should have read it.
func (s *Stats) count(index, refused int, rec *event.Record, e *event.Event) {
	s.lines.Add(1)
	if len(rec.Secrets) > 0 {
		s.redacted.Add(1)
	}
	if refused != noDialect {
		s.refused[refused].Add(1)
	}
	if index != noDialect {
		s.parsed[index].Add(1)
		return
	}
	if e.Str(event.EventType) != event.TypeUnparsed {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.unparsed[rec.Program]; n != nil {
		*n++
		return
	}
	if s.unparsed == nil {
		s.unparsed = make(map[string]*uint64)
	}
	program := strings.Clone(rec.Program)
	if len(s.unparsed) >= maxPrograms {
		program = ""
	}
	n := s.unparsed[program]
	if n == nil {
		n = new(uint64)
		s.unparsed[program] = n
	}
	*n++
}
