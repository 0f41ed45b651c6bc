package ask

import (
	"slices"
	"sync"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/segment"
	"rastro/internal/store/local/rowset"
)

// mention finds an address in every field of a block: dictionaries are looked
// through once, and of lines and unknown fields only the rows that the index of
// words names.
type mention struct {
	matcher *query.MentionMatcher
	// least is what counts as the address: a Whole one or AForm, too.
	least query.Likeness
	tally *MentionTally // nil: nobody counts
}

func compileMention(f query.Mention) (condition, error) {
	m, err := query.CompileMention(f)
	if err != nil {
		return nil, err
	}
	return mention{matcher: m, least: query.AForm}, nil
}

func (m mention) may(*scan) (bool, error) { return true, nil }

func (m mention) cost() int { return 1000 }

func (m mention) narrow(s *scan, rows rowset.Set) error {
	l := look{mention: m, scan: s, among: rows, found: make(rowset.Set, len(rows)), forms: make(rowset.Set, len(rows))}
	for _, info := range event.Fields() {
		f := info.Field
		if !f.Kind().IsText() || !s.block.Holds(f) {
			continue
		}
		do := l.values
		if f == event.Message || f == event.LogMessage {
			do = l.lines
		}
		if err := l.field(f.Name(), func() error { return do(f) }); err != nil {
			return err
		}
	}
	if err := l.field(otherFields, l.extras); err != nil {
		return err
	}
	copy(rows, l.found)
	l.forms.Minus(l.found)
	return m.tally.rows(s, l.found.List(nil), l.forms.Count())
}

// otherFields stands for the fields that the table does not know.
const otherFields = "other fields"

// look is the work on one block.
type look struct {
	mention
	*scan
	among        rowset.Set // the rows to look at
	found, forms rowset.Set
	hits         rowset.Set // of the present field
}

// field looks at one field and counts what was found in it.
func (l *look) field(name string, do func() error) error {
	l.hits = make(rowset.Set, len(l.among))
	if err := do(); err != nil {
		return err
	}
	l.tally.field(name, l.hits.Count())
	l.found.Plus(l.hits)
	return nil
}

// note takes what was found in a row.
func (l *look) note(row uint32, likeness query.Likeness) {
	switch {
	case likeness >= l.least:
		l.hits.Add(row)
	case likeness == query.AForm:
		l.forms.Add(row)
	}
}

// values looks through the dictionary of a field.
func (l *look) values(f event.Field) error {
	if l.matcher.Anchor() != "" {
		if may, err := segment.MayHave(l.block, f, l.matcher.HasAnchor); err != nil || !may {
			return err
		}
	}
	dict, err := segment.Entries(l.block, f)
	if err != nil || !slices.ContainsFunc(dict, func(entry string) bool { return l.matcher.In(entry) != query.NotThere }) {
		return err
	}
	c, err := l.block.Strings(f)
	if err != nil {
		return err
	}
	likeness := make([]query.Likeness, len(c.Dict))
	for i, entry := range c.Dict {
		likeness[i] = l.matcher.In(entry)
	}
	for row, code := range c.Codes {
		if likeness[code] != query.NotThere && l.among.Has(uint32(row)) {
			l.note(uint32(row), likeness[code])
		}
	}
	return nil
}

// lines looks at the lines that may have the address.
func (l *look) lines(f event.Field) error {
	if f == event.LogMessage && !segment.OwnLogs(l.block) {
		return nil // all of them are parts of lines
	}
	may, err := l.candidates(f)
	if err != nil || may.Empty() {
		return err
	}
	if f == event.Message && may.Count() > l.scan.rows/fewRows {
		if err := l.holding(may); err != nil {
			return err
		}
	}
	if may.Count() <= l.scan.rows/fewRows {
		return l.each(may, func(part []uint32) ([]string, error) { return l.block.StringsAt(f, part) })
	}
	return l.block.Texts(f, may.Runs(), func(row int, text string) bool {
		if may.Has(uint32(row)) {
			l.note(uint32(row), l.matcher.In(text))
		}
		return true
	})
}

// holding keeps the rows whose lines hold the anchor, where that can be told
// without the lines.
func (l *look) holding(may rowset.Set) error {
	if l.matcher.Anchor() == "" {
		return nil
	}
	held, err := segment.Holding(l.block, l.matcher.Anchor(), l.matcher.HasAnchor)
	if held != nil {
		may.Both(held)
	}
	return err
}

// each looks at the texts of rows.
func (l *look) each(rows rowset.Set, read func(part []uint32) ([]string, error)) error {
	return l.inRuns(rows.List(nil), func(part []uint32) error {
		texts, err := read(part)
		for i, text := range texts {
			l.note(part[i], l.matcher.In(text))
		}
		return err
	})
}

// extras looks at the unknown fields that may have the address.
func (l *look) extras() error {
	if !l.block.HoldsExtra() {
		return nil
	}
	may, err := l.candidates(event.NoField)
	if err != nil || may.Empty() {
		return err
	}
	return l.each(may, l.block.ExtrasAt)
}

// candidates are the rows that have the words of the address in a field.
func (l *look) candidates(f event.Field) (rowset.Set, error) {
	choices := l.matcher.Words()
	if choices == nil {
		return l.among.Clone(), nil
	}
	may := make(rowset.Set, len(l.among))
	for _, words := range choices {
		runs, err := l.block.WordRuns(f, words)
		if err != nil {
			return nil, err
		}
		for _, r := range runs {
			may.AddRun(r)
		}
	}
	may.Both(l.among)
	return may, nil
}

// MentionTally counts what Mentions finds; it is empty at first and must not be
// read before the last call of Rows has returned. Rows is safe for concurrent
// use all the same.
type MentionTally struct {
	mu sync.Mutex
	// Events have the address; Fields counts them by the fields in which it
	// stands, Days by UTC day (YYYY-MM-DD).
	Events int64
	Fields map[string]int64
	Days   map[string]int64
	// Alike are events with a form of the address only, where these do not count.
	Alike int64
}

// Mentions is the filter of a query.Mention. matcher was compiled with Forms;
// least tells whether these count. tally, which may be nil, counts.
func Mentions(matcher *query.MentionMatcher, least query.Likeness, tally *MentionTally) Filter {
	return Filter{mention{matcher: matcher, least: least, tally: tally}}
}

func (t *MentionTally) field(name string, rows int) {
	if t == nil || rows == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.Fields == nil {
		t.Fields = map[string]int64{}
	}
	t.Fields[name] += int64(rows)
}

// rows counts the events of a block.
func (t *MentionTally) rows(s *scan, rows []uint32, alike int) error {
	if t == nil || len(rows) == 0 && alike == 0 {
		return nil
	}
	times, err := s.times()
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.Days == nil {
		t.Days = map[string]int64{}
	}
	for _, row := range rows {
		t.Days[time.Unix(0, times[row]).UTC().Format(time.DateOnly)]++
	}
	t.Events += int64(len(rows))
	t.Alike += int64(alike)
	return nil
}
