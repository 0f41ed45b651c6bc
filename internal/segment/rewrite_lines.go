package segment

// keptLines takes over the templates and leftovers of rows as they are, because
// each row's tell of that row alone; nil where the row group has none. Reading
// back rebuilds the lines and compares them.
func (g *group) keptLines(rows []uint32) (*lineColumns, error) {
	r, err := g.column(columnTemplate)
	if err != nil {
		return nil, err
	}
	defer r.done()
	if r.chunk == nil {
		return nil, nil
	}
	templates, err := r.readTemplates()
	if err != nil {
		return nil, err
	}
	l := &lineColumns{encoded: [][2]int{{0, len(rows)}}, codes: make([]uint32, len(rows)), hasLog: make([]bool, len(templates))}
	if l.dict, err = r.dictionary(); err != nil {
		return nil, err
	}
	for i, t := range templates {
		l.hasLog[i] = t.Log
	}
	if err = r.readAll(); err != nil {
		return nil, err
	}
	all := make([]uint32, g.meta.Rows)
	for _, p := range r.chunk.pages {
		body, err := r.unpacked(p)
		if err != nil {
			return nil, err
		}
		if err := decodeCodes(body, len(l.dict), all[p.first:p.end]); err != nil {
			return nil, r.wrap(err)
		}
	}
	for i, row := range rows {
		l.codes[i] = all[row]
	}
	l.rests, err = g.textsAt(columnRest, rows)
	return l, err
}
