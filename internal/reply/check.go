package reply

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// checker fills a book and notes what is wrong with the text.
type checker struct {
	book   *Book
	faults []error
}

func (c *checker) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf(format, args...))
}

// both wants both languages or none.
func (c *checker) both(where, key string, w wording) {
	switch {
	case w.En == "" && w.Es != "":
		c.fault("%s: %s has no words in English; add en = \"…\"", where, key)
	case w.Es == "" && w.En != "":
		c.fault("%s: %s has no words in Spanish; add es = \"…\"", where, key)
	}
}

func (c *checker) words(where string, w *words) {
	c.both(where, "verdict", w.Verdict)
	c.both(where, "meaning", w.Meaning)
	c.both(where, "next", w.Next)
	c.both(where, "name", w.Name)
	if w.Acts != "" && !slices.Contains(actors, w.Acts) {
		c.fault("%s: acts = %q is nobody we know; choose %s", where, w.Acts, strings.Join(actors, ", "))
	}
}

func (c *checker) actors(acts map[string]wording) {
	for _, name := range sortedKeys(acts) {
		if !slices.Contains(actors, name) {
			c.fault("acts.%s: nobody acts by that name; choose %s", name, strings.Join(actors, ", "))
		}
		c.both("acts", name, acts[name])
		c.book.acts[name] = Words(acts[name])
	}
}

// classes adds new classes, and words to known ones.
func (c *checker) classes(list []*class) {
	seen := map[string]bool{}
	for i, one := range list {
		where := fmt.Sprintf("class %s", one.ID)
		if !isName(one.ID) {
			c.fault("class %d: id = %q is no name; write small letters, digits and _", i+1, one.ID)
			continue
		}
		if seen[one.ID] {
			c.fault("%s stands twice; keep one", where)
		}
		seen[one.ID] = true
		c.words(where, &one.words)
		if one.Here != nil {
			c.words(where+", here", one.Here)
		}
		if known := c.book.classes[one.ID]; known != nil {
			merged := *known
			merged.words = known.merge(one.words)
			if one.Ours != "" || one.Here != nil {
				merged.Ours, merged.Here = one.Ours, one.Here
			}
			one = &merged
		} else {
			c.book.order = append(c.book.order, one.ID)
		}
		c.complete(where, one)
		c.book.classes[one.ID] = one
	}
	for _, one := range list {
		if one.Ours != "" && c.book.classes[one.Ours] == nil {
			c.fault("class %s: ours = %q is no class", one.ID, one.Ours)
		}
	}
	if c.book.classes[Undefined] == nil {
		c.fault("there is no class %s", Undefined)
	}
}

// complete wants everything that a class must say.
func (c *checker) complete(where string, one *class) {
	for _, w := range []struct {
		key string
		wording
	}{{"verdict", one.Verdict}, {"meaning", one.Meaning}, {"next", one.Next}} {
		if w.wording == (wording{}) {
			c.fault("%s: %s is missing; add %s = {en = \"…\", es = \"…\"}", where, w.key, w.key)
		}
	}
	if one.Acts == "" {
		c.fault("%s: acts is missing; choose %s", where, strings.Join(actors, ", "))
	}
	if one.Ours != "" && one.Here != nil {
		c.fault("%s has both ours and here; keep one", where)
	}
	if one.Name == (wording{}) && strings.Contains(one.Verdict.En+one.Verdict.Es+one.Meaning.En+one.Meaning.Es+one.Next.En+one.Next.Es, "{name}") {
		c.fault("%s speaks of {name} and has none; add name = {en = \"…\", es = \"…\"}", where)
	}
}

// providers adds new providers, and domains and signs to known ones.
func (c *checker) providers(list []*provider) {
	seen := map[string]bool{}
	for i, p := range list {
		where := fmt.Sprintf("provider %s", p.Name)
		if !isName(p.Name) {
			c.fault("provider %d: name = %q is no name; write small letters, digits and _", i+1, p.Name)
			continue
		}
		if seen[p.Name] {
			c.fault("%s stands twice; keep one", where)
		}
		seen[p.Name] = true
		if len(p.Domains)+len(p.Signs) == 0 {
			c.fault("%s cannot be recognised; add domains or signs", where)
		}
		for i, d := range p.Domains {
			p.Domains[i] = lower(strings.Trim(d, ". "))
		}
		for _, s := range p.Signs {
			c.pattern(where, s)
		}
		if known := c.book.providers[p.Name]; known != nil {
			merged := *known
			merged.Domains = append(slices.Clone(known.Domains), p.Domains...)
			merged.Signs = append(slices.Clone(known.Signs), p.Signs...)
			if p.Link != "" {
				merged.Link = p.Link
			}
			p = &merged
		}
		c.book.providers[p.Name] = p
	}
}

func (c *checker) rules(list []ruleText) {
	seen := map[string]bool{}
	for i := range list {
		t := &list[i]
		where := fmt.Sprintf("rule %s", t.ID)
		if !isName(strings.ReplaceAll(t.ID, "-", "_")) {
			c.fault("rule %d (class %q): id = %q is no name; write small letters, digits, - and _", i+1, t.Class, t.ID)
			continue
		}
		if seen[t.ID] {
			c.fault("%s stands twice; give each rule an id of its own", where)
		}
		seen[t.ID] = true
		if r := c.rule(where, t); r != nil {
			c.book.rules = append(c.book.rules, r)
		}
	}
}

// rule checks one rule; nil if it cannot be used.
func (c *checker) rule(where string, t *ruleText) *rule {
	before := len(c.faults)
	r := &rule{id: t.ID, class: t.Class, programs: t.Program, ours: t.Ours, texts: t.Text, words: t.words}
	switch {
	case t.Class == "":
		c.fault("%s has no class; add class = \"…\"", where)
	case c.book.classes[t.Class] == nil:
		c.fault("%s: class = %q does not exist; add a [[class]] or choose one of docs/replies.md", where, t.Class)
	}
	if t.Provider != "" {
		if r.provider = c.book.providers[t.Provider]; r.provider == nil {
			c.fault("%s: provider = %q does not exist; add a [[provider]]", where, t.Provider)
		}
	}
	for _, text := range t.Text {
		c.pattern(where, text)
	}
	for _, v := range t.Code {
		code, ok := codeOf(v)
		if !ok {
			c.fault("%s: code = %v is none; write 550, \"5xx\", \"55x\" or \"none\"", where, v)
		}
		r.codes = append(r.codes, code)
	}
	for _, d := range t.DSN {
		open, found := strings.CutPrefix(d, "x.")
		switch {
		case d == none && len(t.Text) > 0:
			r.dsns = append(r.dsns, "")
		case enhancedCode(d) == d && d != "" && d[0] != '#':
			r.dsns = append(r.dsns, d)
		case found && enhancedCode("5."+open) == "5."+open:
			r.dsns = append(r.dsns, "."+open)
		default:
			c.fault("%s: dsn = %q is no enhanced status code; write 5.1.1, x.1.1 for 4.1.1 and 5.1.1, or, beside a text, none", where, d)
		}
	}
	for _, s := range t.Stage {
		r.stages = append(r.stages, strings.ToUpper(s))
	}
	c.words(where, &t.words)
	if len(t.Text)+len(t.Code)+len(t.DSN) == 0 {
		c.fault("%s matches everything; add text, dsn or code", where)
	}
	if len(c.faults) > before {
		return nil
	}
	return r
}

// pattern wants something that can be found: one part of four bytes or more.
func (c *checker) pattern(where, text string) {
	longest := 0
	for part := range strings.SplitSeq(text, "*") {
		longest = max(longest, len(part))
	}
	switch {
	case longest < gram:
		c.fault("%s: the text %q is too short to find; write at least %d characters between stars", where, text, gram)
	case len(text) > maxPattern:
		c.fault("%s: the text %q is longer than %d bytes; cut it", where, text, maxPattern)
	case strings.Contains(text, "  ") || strings.ContainsAny(text, "\t\r\n"):
		c.fault("%s: the text %q has line ends or several blanks in a row, which answers are compared without; write one blank", where, text)
	}
}

// shadows finds texts and codes of the file's own rules that can never match
// because an earlier rule takes every answer that has them.
func (c *checker) shadows(list []ruleText) {
	own := map[string]bool{}
	for i := range list {
		own[list[i].ID] = true
	}
	ps := &c.book.patterns
	for i := range ps.list {
		if r := ps.list[i].rule; r != nil && own[r.id] {
			c.shadowed(r, i)
		}
	}
	for i, r := range c.book.rules {
		if own[r.id] && len(r.texts) == 0 {
			c.shadowedCodes(r, c.book.rules[:i])
		}
	}
}

func (c *checker) shadowed(r *rule, index int) {
	ps := &c.book.patterns
	text := bytes.Join(ps.list[index].parts, []byte{1}) // something between the parts
	var seen hits
	ps.scan(text, &seen)
	for i := seen.next(0); i >= 0 && i < index; i = seen.next(i + 1) {
		other := ps.list[i].rule
		if other != nil && other.provider == r.provider && other.covers(r) {
			c.fault("rule %s: the text %q can never match, since rule %s before it takes every answer with %q; put this rule first or take the text out",
				r.id, bytes.Join(ps.list[index].parts, []byte{'*'}), other.id, bytes.Join(ps.list[i].parts, []byte{'*'}))
			return
		}
	}
}

// shadowedCodes does the same for a rule without text.
func (c *checker) shadowedCodes(r *rule, before []*rule) {
	for _, other := range before {
		if len(other.texts) == 0 && other.provider == r.provider && (len(other.dsns) > 0) == (len(r.dsns) > 0) && other.covers(r) {
			c.fault("rule %s can never match, since rule %s before it has the same codes; keep one", r.id, other.id)
			return
		}
	}
}

// none stands for answers without a code.
const none = "none"

// isName tells whether s is made of small letters, digits and _.
func isName(s string) bool {
	return s != "" && len(s) <= 64 && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	})
}
