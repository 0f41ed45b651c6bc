package segment

import (
	"fmt"

	"rastro/internal/event"
	"rastro/internal/segment/template"
)

// newPickedBuilder is a lineBuilder of some rows, ascending, that it knows by
// their places in rows: each column is read for the rows that need it only, in
// the way in which the values of hits are.
func (g *group) newPickedBuilder(rows []uint32) (*lineBuilder, error) {
	b := &lineBuilder{group: g, keep: true}
	if err := b.pick(rows); err != nil {
		b.done()
		return nil, err
	}
	return b, nil
}

func (b *lineBuilder) pick(rows []uint32) (err error) {
	g, c := b.group, &b.codes
	if c.reader, err = g.column(columnTemplate); err != nil {
		return err
	}
	if b.templates, err = c.readTemplates(); err != nil {
		return err
	}
	if c.codes, err = c.codesAt(rows); err != nil {
		return err
	}
	c.rows = uint32(len(rows))
	needs, times, err := b.needs()
	if err != nil {
		return err
	}
	if b.rests.reader, err = g.column(columnRest); err != nil {
		return err
	}
	if b.rests.texts, err = g.textsAt(columnRest, rows); err != nil {
		return err
	}
	b.rests.rows = uint32(len(rows))
	if b.times.reader, err = g.column(column(event.Timestamp)); err != nil {
		return err
	}
	if times {
		if b.times.numbers, err = g.numbersAt(column(event.Timestamp), rows); err != nil {
			return err
		}
		b.times.rows = uint32(len(rows))
	}
	for id, places := range needs {
		if places == nil {
			continue
		}
		if b.values[id], err = g.pickedColumn(column(id), rows, places); err != nil {
			return err
		}
	}
	return nil
}

// needs tells which rows need which columns, by their places, and whether any
// needs the time.
func (b *lineBuilder) needs() (needs [columnCount][]uint32, times bool, err error) {
	for i, code := range b.codes.codes {
		if int64(code) >= int64(len(b.templates)) {
			return needs, false, b.codes.wrap(fmt.Errorf("template %d of %d", code, len(b.templates)))
		}
		for _, p := range b.templates[code].Parts {
			switch p.Kind {
			case template.Value:
				if list := needs[p.Column]; len(list) == 0 || list[len(list)-1] != uint32(i) {
					needs[p.Column] = append(list, uint32(i))
				}
			case template.Time:
				times = true
			}
		}
	}
	return needs, times, nil
}

// pickedColumn is a column of which the rows at some places are read.
func (g *group) pickedColumn(id column, rows, places []uint32) (*builderColumn, error) {
	r, err := g.column(id)
	if err != nil {
		return nil, err
	}
	c := &builderColumn{reader: r}
	if r.chunk == nil {
		return c, nil // the line says that it cannot be put together
	}
	wanted := make([]uint32, len(places))
	for i, at := range places {
		wanted[i] = rows[at]
	}
	if c.chunk.physical == physicalText {
		err = c.fillTexts(g, wanted, places, len(rows))
	} else {
		err = c.fillNumbers(g, wanted, places, len(rows))
	}
	if err != nil {
		r.done()
		return nil, err
	}
	c.rows = uint32(len(rows))
	return c, nil
}

func (c *builderColumn) fillTexts(g *group, wanted, places []uint32, n int) error {
	texts, err := g.entriesAt(c.id, wanted)
	if err != nil {
		return err
	}
	c.dict, c.codes = make([]string, n), make([]uint32, n)
	for i, at := range places {
		c.dict[at], c.codes[at] = texts[i], at
	}
	return nil
}

func (c *builderColumn) fillNumbers(g *group, wanted, places []uint32, n int) error {
	numbers, err := g.numbersAt(c.id, wanted)
	if err != nil {
		return err
	}
	c.numbers = newNumbers(n)
	for i, at := range places {
		if numbers.Has(i) {
			c.numbers.Bits[at] = numbers.Bits[i]
			c.numbers.Present[at>>6] |= 1 << (at & 63)
		}
	}
	return nil
}
