package segment

import (
	"cmp"
	"slices"
	"strings"

	"rastro/internal/event"
	"rastro/internal/segment/template"
)

// WordCondition is a condition on the words of a text. Words are made of
// letters, digits, underscores and bytes beyond ASCII; all other bytes part
// them. The condition holds for a text wherever it holds for a part of it that
// cuts no word.
type WordCondition struct {
	// Match tells whether a text meets it.
	Match func(text string) bool
	// Choices lists sets of words; who meets it has all words of one.
	Choices [][]string
	// Has returns what tells whether a text has a word, and what is false only
	// where that is for every part of a text.
	Has func(word string) (has, may func(text string) bool)
}

// Decided is what is known of the rows of a block without looking at their
// texts: sets of rows, 64 rows a word. Rows in neither do not meet the
// condition; who is in Maybe and not in Yes has to be looked at.
type Decided struct{ Yes, Maybe []uint64 }

// maxDecided is the most choices of words that Decide looks at.
const maxDecided = 4

// Decide finds out which rows of a block meet a condition on Message or
// LogMessage, by looking at templates and dictionaries instead of lines. nil:
// nothing is known, because the block has no templates or the condition too
// many choices.
func Decide(b Block, f event.Field, c WordCondition) (*Decided, error) {
	g, ok := b.(*group)
	if !ok || layouts[f] != layoutLine || len(c.Choices) == 0 || len(c.Choices) > maxDecided ||
		!g.templated(false) || f == event.LogMessage && g.holds(column(f)) {
		return nil, nil
	}
	r, err := g.column(columnTemplate)
	if err != nil {
		return nil, err
	}
	templates, err := r.readTemplates()
	codes := make([]uint32, g.meta.Rows)
	if err == nil {
		err = r.readCodes(len(templates), codes)
	}
	r.done()
	if err != nil {
		return nil, err
	}
	words := (g.meta.Rows + 63) >> 6
	d := &decider{
		group: g, cond: c, log: f == event.LogMessage, codes: codes, has: map[string]wordFinder{},
		known: map[wordColumn]*wordCodes{}, out: &Decided{Yes: make([]uint64, words), Maybe: make([]uint64, words)},
	}
	used := make([]bool, len(templates))
	for _, code := range codes {
		used[code] = true
	}
	plans := make([]linePlan, len(templates))
	for i, t := range templates {
		if used[i] {
			if plans[i], err = d.plan(t); err != nil {
				return nil, err
			}
		}
	}
	d.rows(plans)
	return d.out, nil
}

// readCodes reads all codes of a column.
func (r *reader) readCodes(limit int, codes []uint32) error {
	if err := r.readAll(); err != nil {
		return err
	}
	for _, p := range r.chunk.pages {
		body, err := r.unpacked(p)
		if err != nil {
			return err
		}
		if err := decodeCodes(body, limit, codes[p.first:p.end]); err != nil {
			return r.wrap(err)
		}
	}
	return nil
}

// decider is the work of one Decide.
type decider struct {
	group *group
	cond  WordCondition
	log   bool
	codes []uint32
	has   map[string]wordFinder
	known map[wordColumn]*wordCodes
	out   *Decided
}

// linePlan is what is known of the lines of a template.
type linePlan struct {
	yes, maybe bool
	// choices are those that a row may have the words of: for each of some words
	// that the literals lack, the columns that have it in some row.
	choices [][]wordNeed
}

type wordNeed []*wordCodes

type wordColumn struct {
	column column
	word   string
}

// wordFinder is what Has returns for a word.
type wordFinder struct{ has, may func(text string) bool }

// wordCodes tells for a column and a word which rows have the word there.
type wordCodes struct {
	any   bool
	doubt bool     // some value has the word and does not meet the condition
	codes []uint32 // of the rows
	marks []uint8  // by code: hasWord, meets
}

const (
	hasWord = 1 << iota
	meets
)

// plan looks at a template.
func (d *decider) plan(t *template.Template) (p linePlan, err error) {
	parts := region(t, d.log)
	if glued(parts) {
		p.maybe = true
		return p, nil
	}
	for i := range parts {
		if parts[i].Kind == template.Literal && d.cond.Match(parts[i].Text) {
			p.yes = true
			return p, nil
		}
	}
	for _, words := range d.cond.Choices {
		if err := d.choice(&p, parts, words); err != nil || p.maybe {
			return p, err
		}
	}
	return p, nil
}

// maxNeeds is how many words of a choice are looked for in columns.
const maxNeeds = 2

// choice adds to a plan which rows may have all words of a choice: those that
// have, in a value, the words that the literals lack.
func (d *decider) choice(p *linePlan, parts []template.Part, words []string) error {
	var missing []string
	for _, word := range words {
		if !numeric(word) && !d.inLiterals(parts, word) {
			missing = append(missing, word)
		}
	}
	slices.SortFunc(missing, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var needs []wordNeed
	for _, word := range missing[:min(len(missing), maxNeeds)] {
		need, anywhere, err := d.need(parts, word)
		if err != nil {
			return err
		}
		if anywhere {
			continue
		}
		if len(need) == 0 {
			return nil // no row has the word
		}
		needs = append(needs, need)
		if !slices.ContainsFunc(need, func(w *wordCodes) bool { return w.doubt }) {
			break // who has it meets the condition
		}
	}
	if len(needs) == 0 {
		p.maybe = true
	}
	p.choices = append(p.choices, needs)
	return nil
}

// need finds the columns that may bring a word into a line of these parts;
// anywhere is true where a time or a number could.
func (d *decider) need(parts []template.Part, word string) (need wordNeed, anywhere bool, err error) {
	for i := range parts {
		id := column(parts[i].Column)
		switch kind := parts[i].Kind; {
		case kind == template.Literal:
			continue
		case kind == template.Time:
			anywhere = anywhere || len(word) == 3 // a month
			continue
		case kind == template.Rest:
			id = columnRest
		case layouts[event.Field(id)] != layoutDict:
			anywhere = anywhere || word == "inf" || word == "nan"
			continue
		}
		w, err := d.find(wordColumn{id, word})
		if err != nil {
			return nil, false, err
		}
		if w.any && !slices.Contains(need, w) {
			need = append(need, w)
		}
	}
	return need, anywhere, nil
}

// numeric tells whether a word may stand in any number or time: it has only
// digits, and the T between a date and a clock.
func numeric(word string) bool { return strings.Trim(word, "0123456789tT") == "" }

// finder returns what finds a word.
func (d *decider) finder(word string) wordFinder {
	f, ok := d.has[word]
	if !ok {
		f.has, f.may = d.cond.Has(word)
		d.has[word] = f
	}
	return f
}

func (d *decider) inLiterals(parts []template.Part, word string) bool {
	has := d.finder(word).has
	for i := range parts {
		if parts[i].Kind == template.Literal && has(parts[i].Text) {
			return true
		}
	}
	return false
}

// find looks for a word in a column.
func (d *decider) find(at wordColumn) (*wordCodes, error) {
	if w := d.known[at]; w != nil {
		return w, nil
	}
	w, f := &wordCodes{}, d.finder(at.word)
	d.known[at] = w
	if at.column == columnRest {
		return w, d.findInRests(w, f)
	}
	if may, err := d.group.mayHave(at.column, f.may); err != nil || !may {
		return w, err
	}
	dict, err := d.group.entries(event.Field(at.column))
	if err != nil {
		return nil, err
	}
	w.marks = make([]uint8, len(dict))
	for code, entry := range dict {
		if entry != "" && f.has(entry) {
			w.marks[code] = w.mark(d.cond.Match, entry)
		}
	}
	if w.any {
		col, err := d.group.Strings(event.Field(at.column))
		w.codes = col.Codes
		return w, err
	}
	return w, nil
}

// findInRests looks for a word in the leftovers.
func (d *decider) findInRests(w *wordCodes, f wordFinder) error {
	w.codes, w.marks = make([]uint32, len(d.codes)), []uint8{0: 0, hasWord: hasWord, meets: meets}
	return d.group.pageTextsWith(columnRest, f.may, func(row int, text string) bool {
		if text != "" && f.has(text) {
			w.codes[row] = uint32(w.mark(d.cond.Match, text))
		}
		return true
	})
}

// mark notes a value that has the word. What several values have together meets
// nothing.
func (w *wordCodes) mark(match func(string) bool, value string) uint8 {
	w.any = true
	if strings.IndexByte(value, Sep[0]) < 0 && match(value) {
		return meets
	}
	w.doubt = true
	return hasWord
}

// rows carries out the plans.
func (d *decider) rows(plans []linePlan) {
	for row, code := range d.codes {
		p := &plans[code]
		yes, maybe := p.yes, p.maybe
		for i := 0; i < len(p.choices) && !yes; i++ {
			all := true
			for _, need := range p.choices[i] {
				mark := need.marks(row)
				yes = yes || mark == meets
				all = all && mark != 0
			}
			maybe = maybe || all
		}
		if yes {
			d.out.Yes[row>>6] |= 1 << (row & 63)
		} else if maybe {
			d.out.Maybe[row>>6] |= 1 << (row & 63)
		}
	}
}

// marks is what the columns say of a row: the strongest of their marks.
func (n wordNeed) marks(row int) (mark uint8) {
	for _, w := range n {
		mark = max(mark, w.marks[w.codes[row]])
	}
	return mark
}

// region is the parts of a line, or of its log_message, neighbouring literals
// as one; none where there is no log_message.
func region(t *template.Template, log bool) (parts []template.Part) {
	inside := !log
	for _, p := range t.Parts {
		n := len(parts)
		switch {
		case p.Kind == template.LogStart:
			inside = true
		case p.Kind == template.LogEnd:
			inside = !log
		case !inside:
		case p.Kind == template.Literal && n > 0 && parts[n-1].Kind == template.Literal:
			parts[n-1].Text += p.Text
		default:
			parts = append(parts, p)
		}
	}
	return parts
}

// glued tells whether a word may reach from one part into the next.
func glued(parts []template.Part) bool {
	for i := 1; i < len(parts); i++ {
		a, b := &parts[i-1], &parts[i]
		switch {
		case a.Kind == template.Literal:
			if !partsWords(a.Text[len(a.Text)-1]) {
				return true
			}
		case b.Kind != template.Literal || !partsWords(b.Text[0]):
			return true
		}
	}
	return false
}

// partsWords tells whether a byte surely stands in no word.
func partsWords(c byte) bool {
	return c < 0x80 && c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z')
}
