package segment

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"rastro/internal/event"
	"rastro/internal/segment/template"
)

// rowsPerTemplate: a row group with more templates than one for so many rows
// keeps its lines as they are.
const rowsPerTemplate = 16

// inTemplates tells which columns may fill a template: text that lines hold,
// and numbers in decimal form.
var inTemplates = func() (t [columnCount]bool) {
	for _, info := range event.Fields() {
		switch info.Field {
		case event.Tags, event.Source, event.SourceID, event.Offset, event.EventID, event.Index:
			continue
		}
		t[info.Field] = layouts[info.Field] == layoutDict ||
			layouts[info.Field] == layoutNumber && (info.Kind == event.Integer || info.Kind == event.Number)
	}
	return t
}()

// encoders are used again: their tables are large.
var encoders = sync.Pool{New: func() any { return template.NewEncoder() }}

// encodeLines turns the lines into templates and leftovers in the row groups
// with no more than one template for share rows; nil where there are none.
func encodeLines(src *source, parts [][2]int, share int) *lineColumns {
	if !hasColumn(src.columns, column(event.Message)) {
		return nil
	}
	e := encoders.Get().(*template.Encoder)
	defer encoders.Put(e)
	l := &lineColumns{
		codes: make([]uint32, len(src.rows)), rests: make([]string, len(src.rows)),
		dict: []string{""}, parsed: []*template.Template{{}}, hasLog: []bool{false}, known: map[string]uint32{"": 0},
	}
	v := newValueReader(src)
	for _, part := range parts {
		if group := v.encode(e, part[0], part[1], share); group != nil {
			l.take(group, part[0])
			l.encoded = append(l.encoded, part)
		}
	}
	e.Reset() // it must not keep the lines
	if len(l.encoded) == 0 {
		return nil
	}
	return l
}

func hasColumn(columns []sourceColumn, id column) bool {
	for i := range columns {
		if columns[i].id == id {
			return true
		}
	}
	return false
}

// lineColumns is what becomes of the lines of a file.
type lineColumns struct {
	encoded [][2]int // row groups with templates
	codes   []uint32
	rests   []string
	dict    []string
	parsed  []*template.Template // of dict
	hasLog  []bool               // by code: log_message is a part of the template
	known   map[string]uint32
}

// encodes tells whether the row group that begins at a row has templates.
func (l *lineColumns) encodes(from int) bool {
	return l != nil && slices.ContainsFunc(l.encoded, func(part [2]int) bool { return part[0] == from })
}

// take adds the lines of a row group.
func (l *lineColumns) take(group *template.Encoded, from int) {
	codes := make([]uint32, len(group.Templates))
	for i, t := range group.Templates {
		text := string(t.Append(nil, func(c uint8) string { return column(c).name() }))
		code, ok := l.known[text]
		if !ok {
			code = uint32(len(l.dict))
			l.dict, l.parsed, l.hasLog = append(l.dict, text), append(l.parsed, t), append(l.hasLog, t.Log)
			l.known[text] = code
		}
		codes[i] = code
	}
	for i, code := range group.Codes {
		l.codes[from+i] = codes[code]
	}
	copy(l.rests[from:], group.Rests)
}

// columns returns the columns of the file: those of the source, without what
// the templates tell in the row groups that have them.
func (l *lineColumns) columns(src *source, all bool) []sourceColumn {
	var out []sourceColumn
	for _, c := range src.columns {
		switch {
		case c.id == column(event.LogMessage):
			continue
		case c.id == column(event.Message), c.id == columnStart, c.id == columnLength:
			if all {
				continue
			}
			c = l.without(c)
		}
		out = append(out, c)
	}
	out = append(out,
		sourceColumn{id: columnTemplate, required: true, strings: Strings{Dict: l.dict, Codes: l.codes}, chosen: true},
		sourceColumn{id: columnRest, required: true, texts: l.rests})
	own := &source{}
	own.addTexts(column(event.LogMessage), l.ownLogs(src))
	return append(out, own.columns...)
}

// without is a column without values in the row groups that have templates.
func (l *lineColumns) without(c sourceColumn) sourceColumn {
	if c.texts != nil {
		c.texts = append([]string(nil), c.texts...)
		for _, part := range l.encoded {
			clear(c.texts[part[0]:part[1]])
		}
		return c
	}
	n := newNumbers(len(l.codes))
	n.put(0, c.numbers, len(l.codes))
	for _, part := range l.encoded {
		for row := part[0]; row < part[1]; row++ {
			n.Present[row>>6] &^= 1 << (row & 63)
		}
	}
	c.numbers, c.required = n, false
	return c
}

// ownLogs is the log_messages that are no part of what is stored of the line.
func (l *lineColumns) ownLogs(src *source) []string {
	own := make([]string, len(l.codes))
	for i := range src.columns {
		if c := &src.columns[i]; c.id == column(event.LogMessage) {
			copy(own, c.texts)
		}
	}
	if src.logs == nil {
		return own
	}
	for _, part := range l.encoded {
		for row := part[0]; row < part[1]; row++ {
			if !l.hasLog[l.codes[row]] {
				own[row] = src.logs[row]
			}
		}
	}
	return own
}

// valueReader collects the values of rows for templates.
type valueReader struct {
	src     *source
	strings []*sourceColumn
	numbers []*numberTexts
	fields  []template.Field
	alike   []*sourceColumn // columns that tell kinds of lines apart
	columns [columnCount]*sourceColumn
	texts   [columnCount]*numberTexts
	row     uint32
	line    template.Line
}

func newValueReader(src *source) *valueReader {
	v := &valueReader{src: src}
	for i := range src.columns {
		switch c := &src.columns[i]; {
		case !inTemplates[c.id]:
		case c.strings.Dict != nil:
			v.strings = append(v.strings, c)
			v.columns[c.id] = c
		default:
			n := &numberTexts{column: c}
			v.numbers = append(v.numbers, n)
			v.texts[c.id] = n
		}
	}
	for _, f := range []event.Field{event.Program, event.EventType, event.Status} {
		if c := v.columns[f]; c != nil {
			v.alike = append(v.alike, c)
		}
	}
	return v
}

// encode encodes the lines of a row group; nil where that does not pay.
func (v *valueReader) encode(e *template.Encoder, from, end, share int) *template.Encoded {
	for _, messy := range []bool{e.Messy, !e.Messy} {
		e.Reset()
		e.Messy = messy
		for i := from; i < end; i++ {
			if i == from+(end-from)/8 && !e.Pays(share/4) {
				break
			}
			e.Add(v.at(i))
		}
		if out, ok := e.Finish(share); ok && len(out.Codes) == end-from {
			return out
		}
	}
	return nil
}

// at is the line of row i, valid until the next call.
func (v *valueReader) at(i int) *template.Line {
	l := &v.line
	*l = template.Line{Text: v.src.lines[i], LogFrom: -1, Time: v.src.times[i], Row: v}
	if v.src.logs != nil && v.src.logs[i] != "" {
		if l.LogFrom = position(l.Text, v.src.logs[i]); l.LogFrom >= 0 {
			l.LogEnd = l.LogFrom + len(v.src.logs[i])
		}
	}
	v.row = v.src.rows[i]
	for _, c := range v.alike {
		l.Alike = l.Alike*31 + c.strings.Codes[v.row]
	}
	return l
}

// Values implements template.Row.
func (v *valueReader) Values() []template.Field {
	v.fields = v.fields[:0]
	for _, c := range v.strings {
		entry := c.strings.Dict[c.strings.Codes[v.row]]
		if entry == "" {
			continue
		}
		for nth, more := uint16(0), true; more && nth < math.MaxUint16; nth++ {
			f := template.Field{Column: uint8(c.id), Nth: nth}
			if f.Text, entry, more = strings.Cut(entry, Sep); f.Text != "" {
				v.fields = append(v.fields, f)
			}
		}
	}
	for _, n := range v.numbers {
		if n.column.numbers.Has(int(v.row)) {
			v.fields = append(v.fields, template.Field{
				Column: uint8(n.column.id), Text: n.text(n.column.numbers.Bits[v.row]), Number: true,
			})
		}
	}
	return v.fields
}

// Value implements template.Row.
func (v *valueReader) Value(id uint8, nth uint16) string {
	if c := v.columns[id]; c != nil {
		text, _ := valueOf(c.strings.Dict[c.strings.Codes[v.row]], nth)
		return text
	}
	if n := v.texts[id]; n != nil && nth == 0 && n.column.numbers.Has(int(v.row)) {
		return n.text(n.column.numbers.Bits[v.row])
	}
	return ""
}

// valueOf is one of the values of an entry.
func valueOf(entry string, nth uint16) (string, bool) {
	for range nth {
		n := strings.IndexByte(entry, Sep[0])
		if n < 0 {
			return "", false
		}
		entry = entry[n+1:]
	}
	if n := strings.IndexByte(entry, Sep[0]); n >= 0 {
		entry = entry[:n]
	}
	return entry, true
}

// numberTexts writes the numbers of a column, and remembers some of them.
type numberTexts struct {
	column *sourceColumn
	bits   [256]uint64
	texts  [256]string
}

func (n *numberTexts) text(bits uint64) string {
	at := bits * 0x9e3779b97f4a7c15 >> 56
	if n.bits[at] != bits || n.texts[at] == "" {
		n.bits[at] = bits
		n.texts[at] = string(appendNumber(nil, n.column.id, bits))
	}
	return n.texts[at]
}

// appendNumber appends a number as templates have it: in decimal form, as
// short as it can be without an exponent.
func appendNumber(out []byte, id column, bits uint64) []byte {
	if event.Field(id).Kind() == event.Integer {
		return strconv.AppendInt(out, int64(bits), 10)
	}
	return strconv.AppendFloat(out, math.Float64frombits(bits), 'f', -1, 64)
}
