package segment

import (
	"strings"

	"rastro/internal/event"
)

// gatherStored reads rows of a row group with templates, column by column,
// without putting lines together: what a template and leftovers tell of a row
// is of that row alone, and stays true when others go.
func (g *group) gatherStored(rows []uint32) (*source, *lineColumns, error) {
	s := &source{rows: rows, stored: true}
	if err := s.addFields(g); err != nil {
		return nil, nil, err
	}
	for _, id := range []column{columnExtra, column(event.LogMessage)} {
		texts, err := g.chosenTexts(id, rows)
		if err != nil {
			return nil, nil, err
		}
		s.addTexts(id, texts)
	}
	l, err := g.storedLines(rows)
	if err != nil {
		return nil, nil, err
	}
	s.columns = append(s.columns,
		sourceColumn{id: columnTemplate, required: true, strings: Strings{Dict: l.dict, Codes: l.codes}, chosen: true},
		sourceColumn{id: columnRest, required: true, texts: l.rests})
	return s, l, nil
}

// storedLines reads the templates and leftovers of rows.
func (g *group) storedLines(rows []uint32) (*lineColumns, error) {
	l := &lineColumns{encoded: [][2]int{{0, len(rows)}}, codes: make([]uint32, len(rows))}
	r, err := g.column(columnTemplate)
	if err != nil {
		return nil, err
	}
	defer r.done()
	if l.parsed, err = r.readTemplates(); err != nil {
		return nil, err
	}
	if l.dict, err = r.dictionary(); err != nil {
		return nil, err
	}
	for _, t := range l.parsed {
		l.hasLog = append(l.hasLog, t.Log)
	}
	all := make([]uint32, g.meta.Rows)
	if err := r.readCodes(len(l.dict), all); err != nil {
		return nil, err
	}
	for i, row := range rows {
		l.codes[i] = all[row]
	}
	l.rests, err = g.chosenTexts(columnRest, rows)
	return l, err
}

// chosenTexts reads some rows, ascending, of a column of lines past the cache,
// as parts of one text.
func (g *group) chosenTexts(id column, rows []uint32) ([]string, error) {
	out := make([]string, len(rows))
	if !g.holds(id) {
		return out, nil
	}
	var all strings.Builder
	ends, next := make([]int, len(rows)), 0
	err := g.pageTexts(id, nil, func(row int, text string) bool {
		if next < len(rows) && rows[next] == uint32(row) {
			all.WriteString(text)
			ends[next] = all.Len()
			next++
		}
		return next < len(rows)
	})
	if err != nil {
		return nil, err
	}
	if next < len(rows) {
		return nil, errRowOrder
	}
	from := 0
	for i, end := range ends {
		out[i], from = all.String()[from:end], end
	}
	return out, nil
}
