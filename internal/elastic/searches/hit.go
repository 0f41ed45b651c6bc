package searches

import (
	"encoding/json"

	"rastro/internal/elastic/aggs"
	"rastro/internal/elastic/highlight"
	"rastro/internal/elastic/source"
	"rastro/internal/event"
	"rastro/internal/query"
)

// hit is one hit, in Elasticsearch's order.
type hit struct {
	Shard       string              `json:"_shard,omitempty"`
	Node        string              `json:"_node,omitempty"`
	Index       string              `json:"_index"`
	ID          string              `json:"_id,omitempty"`
	Version     int64               `json:"_version,omitempty"`
	SeqNo       *int64              `json:"_seq_no,omitempty"`
	Term        int64               `json:"_primary_term,omitempty"`
	Score       *double             `json:"_score"`
	Source      json.RawMessage     `json:"_source,omitempty"`
	Fields      map[string][]any    `json:"fields,omitempty"`
	Highlight   map[string][]string `json:"highlight,omitempty"`
	Sort        []any               `json:"sort,omitempty"`
	Matched     []string            `json:"matched_queries,omitempty"`
	Explanation any                 `json:"_explanation,omitempty"`
	Inner       any                 `json:"inner_hits,omitempty"`
}

// shown says what a hit shows.
type shown struct {
	s         *Searches
	source    source.Filter
	fields    []fieldSpec
	types     mapped
	hidden    bool
	order     *order
	score     *double // nil: hits have none
	version   bool
	seqNo     bool
	explain   bool
	highlight *highlight.Highlighter
	named     []namedQuery
	collapse  string
	// inner are the inner hits of each hit; nil for none.
	inner []map[string]innerAnswer
}

func (s *Searches) newShown(q *request, o *order, score float64, asked query.Filter) (*shown, error) {
	q.settleSource()
	sh := &shown{
		s: s, source: q.source, hidden: q.hidden, order: o, version: q.version, seqNo: q.seqNo, explain: q.explain,
		fields: append(q.fields[:len(q.fields):len(q.fields)], q.docvalues...), collapse: q.collapse,
	}
	if o.scored() || q.trackScores {
		d := double(score)
		sh.score = &d
	}
	var err error
	if q.highlight != nil {
		if sh.highlight, err = s.readHighlight(q.highlight, asked); err != nil {
			return nil, err
		}
	}
	if q.query != nil {
		sh.named, err = s.namedQueries(q.query.raw)
	}
	return sh, err
}

// refs are the fields that are read of the events of hits; nil is all.
func (sh *shown) refs() []query.FieldRef {
	refs, ok := sh.source.Refs()
	if !ok || sh.highlight != nil || len(sh.named) > 0 || len(sh.fields) > 0 || sh.collapse != "" {
		return nil
	}
	for i := range sh.order.keys { // how a value of an unknown field was written
		if k := &sh.order.keys[i]; !k.score && k.key.Field.Field == event.NoField && !k.key.IsArrival() {
			return nil
		}
	}
	return refs
}

// of is a hit as it is answered.
func (sh *shown) of(h *query.Hit) hit {
	out := hit{Index: sh.s.node.Names.Of(&h.Event), Score: sh.score}
	if !sh.hidden {
		out.ID = h.Event.ID()
	}
	if !sh.source.None {
		out.Source = sh.source.Of(&h.Event)
	}
	fields := sh.fields
	if sh.collapse != "" {
		fields = append(fields[:len(fields):len(fields)], fieldSpec{name: sh.collapse})
	}
	if len(fields) > 0 {
		out.Fields = fieldValues(&h.Event, out.Index, fields, sh.types)
	}
	if sh.version {
		out.Version = 1
	}
	if sh.seqNo {
		n := int64(h.Event.RID) - 1
		out.SeqNo, out.Term = &n, 1
	}
	score := 1.0
	if sh.score != nil {
		score = float64(*sh.score)
	}
	out.Sort = sh.order.values(h, score)
	if sh.highlight != nil {
		out.Highlight = sh.highlight.Event(&h.Event)
	}
	out.Matched = matchedNames(sh.named, &h.Event)
	if sh.explain {
		out.Shard, out.Node = "["+out.Index+"][0]", sh.s.node.ID
		out.Explanation = map[string]any{"value": double(score), "description": "every match scores the same", "details": []any{}}
	}
	return out
}

// topHitWriter writes hits of top_hits; what is wrong with their options is
// left in failed.
func (p *plan) topHitWriter(failed *error) func(*query.Hit, aggs.SourceOptions) json.RawMessage {
	return func(h *query.Hit, opts aggs.SourceOptions) json.RawMessage { return p.topHit(h, opts, failed) }
}

func (p *plan) topHit(h *query.Hit, opts aggs.SourceOptions, failed *error) json.RawMessage {
	sh := &shown{s: p.shown.s, order: &order{}, version: opts.Version, seqNo: opts.SeqNo}
	read := func(raw json.RawMessage, name string, do func(m *member) error) {
		if len(raw) == 0 {
			return
		}
		if err := do(&member{name: name, raw: raw, line: 1, col: 1}); err != nil && *failed == nil {
			*failed = err
		}
	}
	read(opts.Source, "_source", func(m *member) (err error) { sh.source, err = m.readSource(); return err })
	read(opts.Fields, "fields", func(m *member) (err error) { sh.fields, err = m.readFields(); return err })
	read(opts.DocvalueFields, "docvalue_fields", func(m *member) error {
		list, err := m.readFields()
		sh.fields = append(sh.fields, list...)
		return err
	})
	read(opts.StoredFields, "stored_fields", func(m *member) error {
		q := &request{source: sh.source, sourceSet: len(opts.Source) > 0}
		err := q.readStored(m)
		q.settleSource()
		sh.source, sh.hidden = q.source, q.hidden
		return err
	})
	read(opts.Highlight, "highlight", func(m *member) (err error) {
		sh.highlight, err = p.shown.s.readHighlight(m, p.inner)
		return err
	})
	for _, k := range opts.Sort {
		one := sortKey{name: k.Field.Name, key: k}
		sh.order.keys = append(sh.order.keys, one)
	}
	if len(opts.Sort) == 0 {
		d := double(p.score)
		sh.score = &d
	}
	text, err := marshal(sh.of(h))
	if err != nil && *failed == nil {
		*failed = err
	}
	return text
}
