package segment

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"rastro/internal/event"
)

func (g *group) Texts(f event.Field, runs []Run, visit func(row int, text string) bool) error {
	if err := checkKind(f, layoutLine); err != nil {
		return err
	}
	if g.templated(false) {
		return g.builtTexts(f, runs, visit)
	}
	if f == event.LogMessage && g.holds(columnStart) {
		return g.logTexts(runs, visit)
	}
	return g.pageTexts(column(f), runs, visit)
}

// pageTexts visits the pages of a column of lines that a run touches; nil is
// all of them.
func (g *group) pageTexts(id column, runs []Run, visit func(row int, text string) bool) error {
	r, err := g.column(id)
	if err != nil {
		return err
	}
	defer r.done()
	if r.chunk == nil {
		for row := 0; row < g.meta.Rows && visit(row, ""); row++ {
		}
		return nil
	}
	for i, p := range r.chunk.pages {
		if runs != nil {
			for len(runs) > 0 && runs[0].End <= uint32(p.first) {
				runs = runs[1:]
			}
			if len(runs) == 0 {
				return nil
			}
			if runs[0].From >= uint32(p.end) {
				continue
			}
		}
		goOn, err := r.visitPage(i, func(k int, text string) bool { return visit(int(p.first)+k, text) })
		if err != nil || !goOn {
			return err
		}
	}
	return nil
}

// visitPage visits the texts of a page without keeping them: they are valid
// during the call of visit only, unless the cache has them.
func (r *reader) visitPage(i int, visit func(k int, text string) bool) (goOn bool, err error) {
	return r.visitPageWith(i, nil, visit)
}

// visitPageWith is visitPage, but leaves out a page in whose bytes has finds
// nothing; nil finds something everywhere.
func (r *reader) visitPageWith(i int, has func(text string) bool, visit func(k int, text string) bool) (goOn bool, err error) {
	if page, ok := r.group.file.opts.Cache.get(r.key(int32(i))).([]string); ok {
		for k, text := range page {
			if !visit(k, text) {
				return false, nil
			}
		}
		return true, nil
	}
	p := r.chunk.pages[i]
	body, err := r.unpacked(p)
	if err != nil {
		return false, err
	}
	if has != nil && !has(bytesText(body)) {
		return true, nil
	}
	for k := range int(p.end - p.first) {
		size := uint32(0)
		if len(body) >= 4 {
			size = binary.LittleEndian.Uint32(body)
		}
		if len(body) < 4 || int64(size) > int64(len(body)-4) {
			return false, r.wrap(fmt.Errorf("text %d is missing", k))
		}
		if !visit(k, unsafe.String(unsafe.SliceData(body[4:]), size)) {
			return false, nil
		}
		body = body[4+size:]
	}
	if len(body) > 0 {
		return false, r.wrap(fmt.Errorf("%d bytes after the last text", len(body)))
	}
	return true, nil
}

// logTexts visits LogMessage, of which most are parts of Message. The pages of
// the two columns end at other rows, so only rows inside the runs are whole.
func (g *group) logTexts(runs []Run, visit func(row int, text string) bool) error {
	starts, err := g.numbers(columnStart, nil)
	if err != nil {
		return err
	}
	lengths, err := g.numbers(columnLength, nil)
	if err != nil {
		return err
	}
	own := make([]string, g.meta.Rows)
	if g.holds(column(event.LogMessage)) {
		err = g.pageTexts(column(event.LogMessage), runs, func(row int, text string) bool {
			own[row] = strings.Clone(text)
			return true
		})
		if err != nil {
			return err
		}
	}
	var failed error
	err = g.pageTexts(column(event.Message), runs, func(row int, line string) bool {
		if runs != nil && !within(&runs, row) {
			return true
		}
		var text string
		if text, failed = g.logText(own[row], line, starts, lengths, row); failed != nil {
			return false
		}
		return visit(row, text)
	})
	return errors.Join(err, failed)
}
