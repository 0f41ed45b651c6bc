package query

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"rastro/internal/event"
)

// Mention matches events in which an e-mail address stands anywhere: as a value
// of any field, or within a text, known or not. Case does not count. The address
// must stand there as a whole: oan@x.example is not in joan@x.example, nor
// j@x.example in j@x.example.org; what brackets, quotes, =, / and the like
// surround is whole, and so is what follows an escape such as \u003c or %3C.
type Mention struct {
	Address string
	// Forms asks for forms that stand for the address, too: joan+tag@x.example,
	// bounce+joan@x.example, joan=x.example (VERP), x.example=joan (SRS),
	// joan%40x.example, joan+40x.example (xtext), "joan"@x.example and others,
	// and the other spelling of an international domain.
	Forms bool
}

func (Mention) filter() {}

// Likeness is how an address stands in a text.
type Likeness int

// From nothing to the address itself.
const (
	NotThere Likeness = iota
	AForm
	Whole
)

// maxAddress bounds an address, in bytes: more than mail can carry.
const maxAddress = 512

// CheckAddress tells why a text is no address that Mention can look for.
func CheckAddress(address string) error {
	at := strings.LastIndexByte(address, '@')
	bad := func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError || unicode.IsSpace(r) }
	switch {
	case address == "":
		return fmt.Errorf("the address is empty; write it as name@domain")
	case len(address) > maxAddress:
		return fmt.Errorf("the address has %d bytes; at most %d", len(address), maxAddress)
	case at <= 0 || at == len(address)-1:
		return fmt.Errorf("%q is no address; write it as name@domain", address)
	case !utf8.ValidString(address) || strings.ContainsFunc(address[at:], bad) || strings.ContainsFunc(strings.Trim(address[:at], `"`), unicode.IsControl):
		return fmt.Errorf("%q holds characters that no address has; write it as name@domain", address)
	case address[0] != '"' && strings.ContainsFunc(address[:at], func(r rune) bool { return bad(r) || strings.ContainsRune("<>()[],;:", r) }):
		return fmt.Errorf("%q is no single address; write it as name@domain, without a name or brackets", address)
	case strings.ContainsAny(address[at+1:], `<>()[],;"@/\`) && address[at+1] != '[' || strings.HasPrefix(address[at+1:], "."):
		return fmt.Errorf("%q has no domain behind the @; write it as name@domain", address)
	}
	return nil
}

// MentionMatcher finds an address in texts. It is safe for concurrent use.
type MentionMatcher struct {
	whole   mentionNeedle
	forms   []string        // folded
	domains []mentionNeedle // with other spellings of the domain
	ascii   bool
	anchor  string // a part of the local part that every form has
	search  needle // of the anchor
	words   [][]string
}

// mentionNeedle is an address, folded.
type mentionNeedle struct{ local, domain string }

// CompileMention prepares the search for an address and, with m.Forms, for its
// forms. It fails as CheckAddress does.
func CompileMention(m Mention) (*MentionMatcher, error) {
	if err := CheckAddress(m.Address); err != nil {
		return nil, err
	}
	folded := Fold(m.Address)
	at := strings.LastIndexByte(folded, '@')
	out := &MentionMatcher{whole: mentionNeedle{folded[:at], folded[at+1:]}, ascii: isASCII(folded)}
	out.chooseAnchor()
	if m.Forms {
		out.addForms()
	}
	// xtext writes + and = otherwise, so that the words are others.
	if out.ascii && len(out.domains) == 0 && !(m.Forms && strings.ContainsAny(out.whole.local, "+=")) {
		out.words = out.choices(m.Forms)
	}
	return out, nil
}

// addForms lists how else the address is written.
func (m *MentionMatcher) addForms() {
	local, domain := m.whole.local, m.whole.domain
	if other := otherDomain(domain); other != "" {
		m.domains = append(m.domains, mentionNeedle{local, Fold(other)})
	}
	for _, d := range append([]mentionNeedle{m.whole}, m.domains...) {
		for _, between := range []string{"=", "%40", "+40", "=40", "%", `\u0040`, "&#64;", "&#x40;"} {
			m.forms = append(m.forms, local+between+d.domain)
		}
		m.forms = append(m.forms, d.domain+"="+local, d.domain+"!"+local, `"`+local+`"@`+d.domain, `\"`+local+`\"@`+d.domain)
		if strings.ContainsAny(local, "+=") { // as xtext writes them
			m.forms = append(m.forms, strings.NewReplacer("+", "+2b", "=", "+3d").Replace(local)+"@"+d.domain)
		}
	}
	slices.Sort(m.forms)
}

// chooseAnchor takes the longest part of the local part, one with digits before
// others: fewer people share it.
func (m *MentionMatcher) chooseAnchor() {
	rank := func(part string) int { return 2*len(part) + min(1, strings.IndexAny(part, "0123456789")+1) }
	for _, part := range strings.FieldsFunc(m.whole.local, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if isASCII(part) && rank(part) > rank(m.anchor) {
			m.anchor = part
		}
	}
	if m.anchor != "" {
		m.search = newNeedle(m.anchor)
	}
}

// Anchor is a word of ASCII letters and digits, in lower case, that every text
// with the address or a form of it has, in any case, or "" where there is none.
func (m *MentionMatcher) Anchor() string {
	if !m.ascii || len(m.domains) > 0 { // texts are folded first
		return ""
	}
	return m.anchor
}

// HasAnchor is false only where the text has no form of the address. Most
// texts end here.
func (m *MentionMatcher) HasAnchor(text string) bool {
	return m.anchor == "" || m.search.index(text, 0, &seen{low: -1, up: -1}) >= 0
}

// Words lists choices of words: a text that has the address, or a form that is
// asked for, has all the words of one choice, as WordKeys gives them. nil: any
// text may.
func (m *MentionMatcher) Words() [][]string { return m.words }

// glued are what the end of an escape makes of the word behind it.
var glued = []string{"", "u003c", "3c", "u0022", "22", "u0027", "27", "20", "n", "t", "r", "u003d", "3d", "u0026", "u003e", "3e"}

// choices lists the words of the address, whose first one may be glued to an
// escape before it.
func (m *MentionMatcher) choices(forms bool) [][]string {
	local, domain := Words(m.whole.local), Words(m.whole.domain)
	if len(local) == 0 || len(domain) == 0 {
		return nil
	}
	between := []string{""}
	if forms {
		between = []string{"", "40", "u0040", "x40", "64"}
	}
	var all [][]string
	for _, before := range glued {
		if before != "" && wordBytes[m.whole.local[0]] == separatorClass {
			continue
		}
		for _, mid := range between {
			words := append([]string{before + local[0]}, local[1:]...)
			words = append(append(words, mid+domain[0]), domain[1:]...)
			slices.Sort(words)
			all = append(all, slices.Compact(words))
		}
	}
	return all
}

// In tells how the address stands in a text. Without Forms it is NotThere or
// Whole.
func (m *MentionMatcher) In(text string) Likeness {
	if !m.ascii || len(m.domains) > 0 && !isASCII(text) {
		text = Fold(text)
	}
	best := NotThere
	for at := 0; ; at++ {
		i := strings.IndexByte(text[at:], '@')
		if i < 0 {
			break
		}
		at += i
		if best = max(best, m.around(text, at)); best == Whole {
			return Whole
		}
	}
	if best == NotThere && len(m.forms) > 0 && m.HasAnchor(text) {
		return m.aForm(text)
	}
	return best
}

// around looks at one @ of a text.
func (m *MentionMatcher) around(text string, at int) Likeness {
	likeness := m.whole.around(text, at, len(m.forms) > 0)
	for _, n := range m.domains {
		if likeness == NotThere && n.around(text, at, true) != NotThere {
			likeness = AForm
		}
	}
	return likeness
}

func (n *mentionNeedle) around(text string, at int, forms bool) Likeness {
	end := at + 1 + len(n.domain)
	if end > len(text) || !equalLower(text[at+1:end], n.domain) || !endsAt(text, end) {
		return NotThere
	}
	from := at - len(n.local)
	if from >= 0 && equalLower(text[from:at], n.local) {
		switch {
		case beginsAt(text, from):
			return Whole
		case forms && (text[from-1] == '+' || text[from-1] == '-'):
			return AForm
		}
	}
	if !forms {
		return NotThere
	}
	// joan+tag@x.example
	from = strings.LastIndexFunc(text[:at], func(r rune) bool { return !localRune(r) && r != '=' }) + 1
	rest := text[from:at]
	if len(rest) > len(n.local) && rest[len(n.local)] == '+' && equalLower(rest[:len(n.local)], n.local) {
		return AForm
	}
	return NotThere
}

// aForm looks for the forms without an @ of their own.
func (m *MentionMatcher) aForm(text string) Likeness {
	text = strings.ToLower(text)
	for _, form := range m.forms {
		for from := 0; ; from++ {
			i := strings.Index(text[from:], form)
			if i < 0 {
				break
			}
			from += i
			first, _ := utf8.DecodeRuneInString(form)
			if (!localRune(first) || beginsAt(text, from) || text[from-1] == '+' || text[from-1] == '-') && endsAt(text, from+len(form)) {
				return AForm
			}
		}
	}
	return NotThere
}

// localRune tells whether a letter before an address would make it another
// one. What else may stand in a local part (= / ' and so on) parts values in
// logs more often than it belongs to names.
func localRune(r rune) bool {
	return r == '.' || r == '-' || r == '_' || r == '+' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// beginsAt tells whether nothing before a place of a text belongs to what
// begins there.
func beginsAt(text string, at int) bool {
	if at == 0 {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(text[:at])
	if !localRune(r) {
		return true
	}
	before := text[:at]
	if n := len(before); n >= 2 && before[n-2] == '\\' && strings.IndexByte("nrt", before[n-1]) >= 0 {
		return true
	}
	if n := len(before); n >= 6 && before[n-6] == '\\' && lowerASCII(before[n-5]) == 'u' {
		if c, ok := hexValue(before[n-4:]); ok {
			return !localRune(rune(c))
		}
	}
	if n := len(before); n >= 3 && (before[n-3] == '%' || before[n-3] == '=') {
		if c, ok := hexValue(before[n-2:]); ok && c >= 8 {
			return !localRune(rune(c))
		}
	}
	return false
}

// endsAt tells whether nothing from a place on belongs to the domain that ends
// there. A dot belongs to it where more follows.
func endsAt(text string, at int) bool {
	rest := text[at:]
	if strings.HasPrefix(rest, ".") {
		rest = rest[1:]
	} else if strings.HasPrefix(rest, "-") {
		return false
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// hexValue reads hexadecimal digits.
func hexValue(digits string) (value int, ok bool) {
	for i := range len(digits) {
		c := lowerASCII(digits[i])
		switch {
		case c >= '0' && c <= '9':
			value = value<<4 | int(c-'0')
		case c >= 'a' && c <= 'f':
			value = value<<4 | int(c-'a'+10)
		default:
			return 0, false
		}
	}
	return value, true
}

// mentionCondition is a compiled Mention.
type mentionCondition struct{ *MentionMatcher }

func (c mentionCondition) cost() int { return 1000 }

func (c mentionCondition) holds(e *event.Event) bool {
	for i := range e.Values {
		v := &e.Values[i]
		if v.Field.Kind().IsText() && c.In(v.Text) != NotThere {
			return true
		}
	}
	return slices.ContainsFunc(e.Extra, func(p event.Pair) bool {
		return c.In(p.JSON) != NotThere || c.In(p.Name) != NotThere
	})
}
