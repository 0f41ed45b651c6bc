package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"rastro/internal/auth"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// SearchAnswer is the answer of POST /api/search.
type SearchAnswer struct {
	Took       int64 `json:"took_ms"`
	Total      int64 `json:"total"`
	TotalExact bool  `json:"total_exact"`
	// Estimate tells of a total that is not exact about how much it is; absent
	// with no_total.
	Estimate *Sample  `json:"estimate,omitempty"`
	Partial  bool     `json:"partial"`
	Reasons  []string `json:"partial_reasons,omitempty"`
	// Notes tell of what is right but hardly meant, such as a field that no
	// event has.
	Notes []string        `json:"notes,omitempty"`
	Hits  []EventDocument `json:"hits"`
	// Next continues this list; nil when nothing follows.
	Next *Cursor `json:"next,omitempty"`
}

// EventDocument is one event as flat JSON: every field that it has, by name.
type EventDocument = json.RawMessage

// found is an answer whose hits are not JSON yet: they are written one after
// the other, so that an answer is in memory once.
type found struct {
	head SearchAnswer // without Hits
	hits []query.Hit
	show func(name string) bool
}

// find asks the question of a request.
func find(ctx context.Context, s *search.Searcher, scope auth.Scope, req SearchRequest) (*found, error) {
	q, err := req.question(s)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	answer, err := s.Ask(ctx, scope, q)
	if err != nil {
		return nil, err
	}
	f := &found{hits: answer.Hits, show: picker(q.Fields)}
	f.head = SearchAnswer{
		Took: time.Since(start).Milliseconds(), Total: answer.Total, TotalExact: answer.TotalExact && !req.NoTotal,
		Partial: answer.Partial, Reasons: answer.PartialReasons,
	}
	if !req.NoTotal {
		f.head.Estimate = estimateOf(&answer)
	}
	if n := len(answer.Hits); n > 0 && n == req.Size {
		f.head.Next = &Cursor{answer.Hits[n-1].Cursor}
	}
	if req.After == nil {
		f.note(ctx, s, scope, q)
	}
	return f, nil
}

// note tells of names that are nobody's: a slip in a name gives an empty
// answer, or an order that is none, and looks like the truth.
func (f *found) note(ctx context.Context, s *search.Searcher, scope auth.Scope, q query.Question) {
	if f.head.TotalExact && f.head.Total == 0 {
		for _, name := range s.UnknownFields(ctx, scope, q.Filter) {
			f.say("no event has the field %q", name)
		}
	}
	if len(f.hits) == 0 {
		return
	}
	for i, key := range q.Sort {
		// Events without the field come last: when the first has none, none has.
		if key.Field.Field == event.NoField && i == 0 && len(f.hits[0].Cursor.Keys) > 0 && f.hits[0].Cursor.Keys[0].Missing {
			f.say("none of these events has the field %q to sort by", key.Field.Name)
		}
	}
	for _, ref := range q.Fields {
		if ref.Field == event.NoField && !f.anyHas(ref.Name) {
			f.say("none of these events has the field %q", ref.Name)
		}
	}
}

func (f *found) say(format, name string) {
	text := fmt.Sprintf(format, name)
	if near := search.NearestField(name); near != "" {
		text += "; did you mean " + near + "?"
	}
	f.head.Notes = append(f.head.Notes, text)
}

func (f *found) anyHas(name string) bool {
	for i := range f.hits {
		for _, p := range f.hits[i].Event.Extra {
			if p.Name == name {
				return true
			}
		}
	}
	return false
}

func (f *found) appendHit(dst []byte, i int) []byte {
	return event.AppendJSON(dst, &f.hits[i].Event, f.show)
}

// write writes the answer as the JSON of a SearchAnswer.
func (f *found) write(to io.Writer) error {
	// The list of hits follows behind the other members.
	type members struct {
		SearchAnswer
		Hits *struct{} `json:"hits,omitempty"`
	}
	head, err := json.Marshal(members{SearchAnswer: f.head})
	if err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	out := bufio.NewWriterSize(to, 64<<10)
	out.Write(head[:len(head)-1])
	out.WriteString(`,"hits":[`)
	var buffer []byte
	for i := range f.hits {
		buffer = append(buffer[:0], '\n')
		if i > 0 {
			buffer = append(buffer[:0], ',', '\n')
		}
		buffer = f.appendHit(buffer, i)
		if _, err := out.Write(buffer); err != nil {
			return errGone
		}
	}
	out.WriteString("]}\n")
	if out.Flush() != nil {
		return errGone
	}
	return nil
}

// picker tells which fields are shown; nil for all.
func picker(fields []query.FieldRef) func(string) bool {
	if len(fields) == 0 {
		return nil
	}
	wanted := map[string]bool{}
	for _, ref := range fields {
		wanted[ref.Name] = true
	}
	return func(name string) bool { return wanted[name] }
}
