package bulk

import (
	"bytes"
	"strings"

	"rastro/internal/collect/document"
	"rastro/internal/event"
)

// tops are the first parts of the dotted names of fields that we know, and
// whether that part is itself the name of a field of ours.
var tops = func() map[string]bool {
	m := map[string]bool{}
	for _, info := range event.Fields() {
		for _, name := range info.Aliases {
			if top, _, dotted := strings.Cut(name, "."); dotted {
				f, _ := event.Lookup(top)
				m[top] = f != event.NoField && f.Name() == top
			}
		}
	}
	return m
}()

// splitNest is how deep an object is searched for fields that we know.
const splitNest = 5

// splitter takes an object apart that may hold fields of ours: those are kept
// under their dotted names, and the rest with its nesting.
type splitter struct {
	g     *gatherer
	scans [splitNest]document.Scanner // one for each depth
	depth int
	path  []byte
	rest  []byte
	// flat: the members of the outermost object are kept one by one, because
	// its own name means something else.
	flat bool
}

// split keeps the object raw, the value of the member top.
func (s *splitter) split(top string, raw []byte) {
	s.path, s.rest, s.depth = append(s.path[:0], top...), s.rest[:0], 0
	if s.flat = tops[top]; s.flat {
		s.members(raw)
	} else if s.object(raw) {
		s.g.keep(top, s.rest)
	}
}

// object appends to rest what of an object is not ours, and tells whether that
// is anything.
func (s *splitter) object(raw []byte) bool {
	start := len(s.rest)
	s.rest = append(s.rest, '{')
	s.members(raw)
	s.rest = append(s.rest, '}')
	return len(s.rest)-start > len("{}")
}

func (s *splitter) members(raw []byte) {
	scan := &s.scans[s.depth]
	scan.Nest = 1
	s.depth++
	scan.Scan(raw, false, s) // the document was valid as a whole
	s.depth--
}

// Leaf takes one member of the object that is being taken apart.
func (s *splitter) Leaf(name, raw []byte, _ bool) {
	base := len(s.path)
	s.path = append(append(s.path, '.'), name...)
	s.member(string(name), raw)
	s.path = s.path[:base]
}

// kept tells that parsing never takes a sender's value for the field: it stays
// where it is.
func kept(f event.Field) bool {
	return f == event.ReceivedAt || f == event.SourceID || f == event.Offset || f == event.Index
}

func (s *splitter) member(name string, raw []byte) {
	nested := raw[0] == '{' && bytes.IndexByte(raw, '"') > 0
	if !nested {
		if s.g.special(s.path, raw) {
			return
		}
		if f, _ := event.Lookup(string(s.path)); f != event.NoField && !kept(f) {
			s.g.keep(s.g.names.Of(s.path), raw)
			return
		}
	}
	start := len(s.rest)
	alone := s.flat && s.depth == 1
	if !alone {
		if s.rest[start-1] != '{' {
			s.rest = append(s.rest, ',')
		}
		s.rest = append(event.AppendJSONString(s.rest, name), ':')
	}
	some := true
	if nested && s.depth < splitNest {
		some = s.object(raw)
	} else {
		s.rest = append(s.rest, raw...)
	}
	if alone && some {
		s.g.keep(s.g.names.Of(s.path), s.rest[start:])
	}
	if alone || !some {
		s.rest = s.rest[:start]
	}
}
