package template

import (
	"slices"
	"strings"
)

// Encoded is the lines of a row group as templates and leftovers.
type Encoded struct {
	// Templates are distinct.
	Templates []*Template
	// Codes has for each row the number of its template, Rests its leftovers,
	// parted by Sep.
	Codes []uint32
	Rests []string
}

// restPlan is what becomes of a leftover of a base.
type restPlan struct {
	column  uint8
	value   bool
	literal bool
}

// Finish returns the lines that were added. ok is false where templates are
// too many to be worth it: more than one for share rows. Nothing of what is
// returned is used again by the Encoder.
func (e *Encoder) Finish(share int) (out *Encoded, ok bool) {
	if !e.Pays(share) {
		return nil, false
	}
	f := finisher{e: e, out: &Encoded{
		Codes: make([]uint32, len(e.rows)), Rests: make([]string, len(e.rows)),
	}}
	plans := make([][]restPlan, len(e.all))
	for i, b := range e.all {
		plans[i] = e.plan(b)
	}
	size := 0
	for _, s := range e.spans {
		size += int(s.to-s.from) + 1
	}
	f.rest = make([]byte, 0, size)
	for row := range e.rows {
		f.row(row, plans[e.rows[row].base])
	}
	all := string(f.rest)
	for row, end := 0, 0; row < len(e.rows); row++ {
		end = f.ends[row]
		from := 0
		if row > 0 {
			from = f.ends[row-1]
		}
		f.out.Rests[row] = all[from:end]
	}
	return f.out, len(f.out.Templates)*share <= len(e.rows)+share
}

// plan decides what becomes of the leftovers of a base.
func (e *Encoder) plan(b *base) []restPlan {
	plan := make([]restPlan, len(b.rests))
	variants := 1
	for i, u := range b.rests {
		p := &plan[i]
		switch n := len(u.values); {
		case !u.varies && n == 1:
			p.literal = true
		case u.equal != 0:
			for k := range e.known {
				if u.equal&(1<<k) != 0 {
					p.column, p.value = e.numbers[k], true
					break
				}
			}
		case !u.varies && variants*n*64 <= b.rows:
			p.literal = true
			variants *= n
		}
	}
	return plan
}

// finisher makes the final templates.
type finisher struct {
	e    *Encoder
	out  *Encoded
	rest []byte
	ends []int
	key  []byte
}

// row encodes a row in its final template.
func (f *finisher) row(row int, plan []restPlan) {
	r := &f.e.rows[row]
	b := f.e.all[r.base]
	spans := f.e.spans[r.spans:][:len(plan)]
	f.key = f.key[:0]
	first := len(f.rest)
	for i, s := range spans {
		value := r.text[s.from:s.to]
		switch {
		case plan[i].literal:
			f.key = append(append(f.key, value...), 0)
		case plan[i].value:
		default:
			if len(f.rest) > first {
				f.rest = append(f.rest, Sep)
			}
			f.rest = append(f.rest, value...)
		}
	}
	f.ends = append(f.ends, len(f.rest))
	id, ok := b.final[string(f.key)]
	if !ok {
		id = uint32(len(f.out.Templates))
		if b.final == nil {
			b.final = map[string]uint32{}
		}
		b.final[string(f.key)] = id
		f.out.Templates = append(f.out.Templates, b.template(r.text, spans, plan))
	}
	f.out.Codes[row] = id
}

// template makes a final template of a base; the row gives the literals.
func (b *base) template(text string, spans []span, plan []restPlan) *Template {
	t := &Template{}
	n := 0
	for _, p := range b.parts {
		if p.Kind == Rest {
			switch value := text[spans[n].from:spans[n].to]; {
			case plan[n].literal:
				p = Part{Kind: Literal, Text: strings.Clone(value)}
			case plan[n].value:
				p = Part{Kind: Value, Column: plan[n].column}
			}
			n++
		}
		if err := t.take(p); err != nil {
			panic(err) // a walk makes no such parts
		}
	}
	t.Parts = slices.Clip(t.Parts)
	return t
}
