package segment

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"rastro/internal/event"
	"rastro/internal/segment/template"
)

// lineBuilder rebuilds lines of a row group from templates and the columns that
// fill them. It reads a page of a column when the first row needs it. It is
// used during one call.
type lineBuilder struct {
	group *group
	// keep is set where few rows are read: pages come from the cache and stay in
	// it. Otherwise columns are read at once and forgotten.
	keep      bool
	templates []*template.Template
	codes     builderColumn // of the templates
	rests     builderColumn
	times     builderColumn
	values    [columnCount]*builderColumn
	writer    template.Writer
	line      []byte
}

func (g *group) newLineBuilder(keep bool) (*lineBuilder, error) {
	b := &lineBuilder{group: g, keep: keep}
	for _, c := range []struct {
		at *builderColumn
		id column
	}{{&b.codes, columnTemplate}, {&b.rests, columnRest}, {&b.times, column(event.Timestamp)}} {
		if err := b.open(c.at, c.id); err != nil {
			b.done()
			return nil, err
		}
	}
	return b, nil
}

// open starts reading a column: its dictionary first, and all of its pages
// after that.
func (b *lineBuilder) open(c *builderColumn, id column) (err error) {
	if c.reader, err = b.group.column(id); err != nil {
		return err
	}
	if c.chunk == nil {
		return nil
	}
	switch {
	case id == columnTemplate:
		b.templates, err = c.readTemplates()
	case id == columnRest:
	case c.chunk.physical == physicalText:
		c.dict, err = c.dictionary()
	default:
		if err = c.loadNumbers(); err == nil && !b.keep && id != column(event.Timestamp) {
			err = c.loadWritten()
		}
	}
	if err == nil && !b.keep {
		err = c.readAll()
	}
	return err
}

// done ends reading.
func (b *lineBuilder) done() {
	for _, c := range []*builderColumn{&b.codes, &b.rests, &b.times} {
		if c.reader != nil {
			c.done()
		}
	}
	for _, c := range b.values {
		if c != nil && c.reader != nil {
			c.done()
		}
	}
}

// readTemplates parses the dictionary of templates, or takes them from the
// cache.
func (r *reader) readTemplates() ([]*template.Template, error) {
	cache := r.group.file.opts.Cache
	if t, ok := cache.get(r.key(partTemplates)).([]*template.Template); ok {
		return t, nil
	}
	dict, err := r.dictionary()
	if err != nil {
		return nil, err
	}
	out, size := make([]*template.Template, len(dict)), 0
	layouts := map[template.Layout]*template.Layout{}
	for i, text := range dict {
		if out[i], err = template.Parse(text, templateColumn); err != nil {
			return nil, r.wrap(err)
		}
		out[i].Share(layouts)
		size += 200 + 56*len(out[i].Parts)
	}
	cache.put(r.key(partTemplates), out, int64(size))
	return out, nil
}

// templateColumn finds a column that may fill a template.
func templateColumn(name string) (uint8, bool) {
	c, known := columnNames[name]
	return uint8(c), known && inTemplates[c]
}

var errTemplate = errors.New("a template without what fills it")

// row rebuilds the line of a row, which stays valid until the next call, and
// its log_message; log is false where that is no part of it.
func (b *lineBuilder) row(row uint32) (line, text string, log bool, err error) {
	t, rest, err := b.start(row)
	if err != nil {
		return "", "", false, err
	}
	from, end, left := -1, -1, t.Rests
	out := b.line[:0]
	for i := range t.Parts {
		switch p := &t.Parts[i]; p.Kind {
		case template.Literal:
			out = append(out, p.Text...)
		case template.Value:
			c := b.values[p.Column]
			if c == nil || row-c.first >= c.rows {
				if c, err = b.column(p.Column, row); err != nil {
					return "", "", false, err
				}
			}
			if c.dict != nil && !c.chunk.lists && p.Nth == 0 {
				out = append(out, c.dict[c.codes[row-c.first]]...)
				continue
			}
			value, err := c.value(row-c.first, p.Nth)
			if err != nil {
				return "", "", false, err
			}
			out = append(out, value...)
		case template.Rest:
			one := rest
			if left--; left > 0 {
				n := strings.IndexByte(rest, template.Sep)
				if n < 0 {
					return "", "", false, b.codes.wrap(errTemplate)
				}
				one, rest = rest[:n], rest[n+1:]
			}
			out = append(out, one...)
		case template.Time:
			if err := b.find(&b.times, row); err != nil {
				return "", "", false, err
			}
			out = b.writer.Append(out, p.Layout, int64(b.times.numbers.Bits[row-b.times.first]))
		case template.LogStart:
			from = len(out)
		case template.LogEnd:
			end = len(out)
		}
	}
	b.line = out
	line = unsafe.String(unsafe.SliceData(out), len(out))
	if from < 0 {
		return line, "", false, nil
	}
	if end < 0 {
		end = len(line)
	}
	return line, line[from:end], true, nil
}

// start returns the template and the leftovers of a row.
func (b *lineBuilder) start(row uint32) (*template.Template, string, error) {
	if err := b.find(&b.codes, row); err != nil {
		return nil, "", err
	}
	t := b.templates[b.codes.codes[row-b.codes.first]]
	if t.Rests == 0 {
		return t, "", nil
	}
	if b.rests.chunk == nil {
		return nil, "", b.codes.wrap(errTemplate)
	}
	if err := b.find(&b.rests, row); err != nil {
		return nil, "", err
	}
	return t, b.rests.texts[row-b.rests.first], nil
}

// column returns a column that fills templates, at the page of a row.
func (b *lineBuilder) column(id uint8, row uint32) (*builderColumn, error) {
	c := b.values[id]
	if c == nil {
		c = &builderColumn{}
		b.values[id] = c
		if err := b.open(c, column(id)); err != nil {
			return nil, err
		}
	}
	if c.chunk == nil {
		return nil, b.codes.wrap(errTemplate)
	}
	return c, b.find(c, row)
}

// builtTexts visits lines, or log_messages, that are rebuilt from templates.
func (g *group) builtTexts(f event.Field, runs []Run, visit func(row int, text string) bool) error {
	return g.builtLines(f == event.LogMessage, runs, func(row int, line, log string) bool {
		if f == event.LogMessage {
			return visit(row, log)
		}
		return visit(row, line)
	})
}

// builtLines visits the lines of the rows in runs, nil for all, and with logs
// their log_messages.
func (g *group) builtLines(logs bool, runs []Run, visit func(row int, line, log string) bool) error {
	b, err := g.newLineBuilder(runs != nil)
	if err != nil {
		return err
	}
	defer b.done()
	if runs == nil {
		runs = allOf(g.meta.Rows)
	}
	var own []string // log_messages that are no part of the line
	if logs && g.holds(column(event.LogMessage)) {
		own = make([]string, g.meta.Rows)
		err := g.pageTexts(column(event.LogMessage), runs, func(row int, text string) bool {
			own[row] = strings.Clone(text)
			return true
		})
		if err != nil {
			return err
		}
	}
	for _, run := range runs {
		for row := run.From; row < min(run.End, uint32(g.meta.Rows)); row++ {
			line, log, isPart, err := b.row(row)
			if err != nil {
				return fmt.Errorf("row %d: %w", row, err)
			}
			if !isPart && own != nil {
				log = own[row]
			}
			if !visit(int(row), line, log) {
				return nil
			}
		}
	}
	return nil
}

// builtAt is the lines, or log_messages, of some rows, which ascend.
func (g *group) builtAt(f event.Field, rows []uint32) ([]string, error) {
	b, err := g.newPickedBuilder(rows)
	if err != nil {
		return nil, err
	}
	defer b.done()
	out := make([]string, len(rows))
	if f == event.LogMessage {
		if out, err = g.textsAt(column(f), rows); err != nil {
			return nil, err
		}
	}
	for i, row := range rows {
		line, log, isPart, err := b.row(uint32(i))
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", row, err)
		}
		if f == event.Message {
			out[i] = strings.Clone(line)
		} else if isPart {
			out[i] = strings.Clone(log)
		}
	}
	return out, nil
}
