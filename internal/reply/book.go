package reply

import (
	_ "embed"
	"fmt"
	"io/fs"
	"os"
	"sync"
)

// Book is a set of classes and rules. It is never changed, so that it is safe
// for concurrent use.
type Book struct {
	classes   map[string]*class
	order     []string // the names of the classes as they stand in the files
	providers map[string]*provider
	domains   map[string]*provider
	acts      map[string]Words
	rules     []*rule
	undefined *rule

	patterns patterns
	byDSN    map[string][]*rule // "5.1.1"
	byDetail map[string][]*rule // "1.1", whatever the class
	byCode   []*rule
}

//go:embed replies.toml
var builtIn []byte

var builtInBook = sync.OnceValue(func() *Book {
	b, err := parse("replies.toml", builtIn, nil)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return b
})

// Default returns the built-in book.
func Default() *Book { return builtInBook() }

// maxFile bounds the file of an operator.
const maxFile = 4 << 20

// Load lays the file at path over the built-in book. Errors name the file, the
// entry or line, and the mend.
func Load(path string) (*Book, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("reading the replies: %w", err)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("reading the replies: %s is larger than 4 MB; is it the right file?", path)
	}
	if info.IsDir() {
		return nil, fmt.Errorf("reading the replies: %w", &fs.PathError{Op: "read", Path: path, Err: fs.ErrInvalid})
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the replies: %w", err)
	}
	return Parse(path, text)
}

// Parse lays a text in the format of docs/replies.md over the built-in book;
// name stands in errors.
func Parse(name string, text []byte) (*Book, error) {
	return parse(name, text, Default())
}

// Class returns what a class says by itself, and false if there is none of
// that name.
func (b *Book) Class(name string) (Entry, bool) {
	c := b.classes[name]
	if c == nil {
		return Entry{}, false
	}
	return c.entry(nil), true
}

// Classes returns the names of the classes in the order of the file.
func (b *Book) Classes() []string { return append([]string(nil), b.order...) }

// ActsWords returns who an Entry's Acts is, in words: "the recipient", "el
// destinatario".
func (b *Book) ActsWords(acts string) Words { return b.acts[acts] }

// Size returns the number of rules.
func (b *Book) Size() int { return len(b.rules) }

// index makes the tables that Explain reads.
func (b *Book) index() error {
	b.domains = make(map[string]*provider)
	b.byDSN, b.byDetail = make(map[string][]*rule), make(map[string][]*rule)
	b.undefined = &rule{class: Undefined}
	b.undefined.speak(b)
	var signs, own, common []pattern
	for _, name := range sortedKeys(b.providers) {
		p := b.providers[name]
		p.codes = nil
		for _, d := range p.Domains {
			b.domains[d] = p
		}
		for _, s := range p.Signs {
			signs = append(signs, pattern{parts: split(s), provider: p})
		}
	}
	for _, r := range b.rules {
		r.speak(b)
		switch {
		case len(r.texts) > 0:
			for _, t := range r.texts {
				if r.provider != nil {
					own = append(own, pattern{parts: split(t), rule: r})
				} else {
					common = append(common, pattern{parts: split(t), rule: r})
				}
			}
		case r.provider != nil:
			r.provider.codes = append(r.provider.codes, r)
		default:
			b.indexCodes(r)
		}
	}
	b.patterns.list = append(append(signs, own...), common...)
	if n := len(b.patterns.list); n > maxPatterns {
		return fmt.Errorf("%d texts are too many; at most %d", n, maxPatterns)
	}
	b.patterns.build()
	return nil
}

func (b *Book) indexCodes(r *rule) {
	for _, d := range r.dsns {
		if d[0] == '.' {
			b.byDetail[d[1:]] = append(b.byDetail[d[1:]], r)
		} else {
			b.byDSN[d] = append(b.byDSN[d], r)
		}
	}
	if len(r.dsns) == 0 {
		b.byCode = append(b.byCode, r)
	}
}

// speak makes the entries of r.
func (r *rule) speak(b *Book) {
	c := b.classes[r.class]
	r.entry = c.entry(r)
	r.here = r.entry
	switch {
	case c.Ours != "":
		r.here = b.classes[c.Ours].entry(r)
	case c.Here != nil:
		here := *c
		here.words = here.merge(*c.Here)
		r.here = here.entry(r)
	}
}
