package reply

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// file is the format of replies.toml; docs/replies.md explains it.
type file struct {
	Acts      map[string]wording `toml:"acts"`
	Classes   []*class           `toml:"class"`
	Providers []*provider        `toml:"provider"`
	Rules     []ruleText         `toml:"rule"`
}

// wording is Words as written.
type wording struct {
	En string `toml:"en"`
	Es string `toml:"es"`
}

// words are what a class says, and what a rule may say instead. Name replaces
// {name} in the others.
type words struct {
	Verdict wording `toml:"verdict"`
	Meaning wording `toml:"meaning"`
	Next    wording `toml:"next"`
	Name    wording `toml:"name"`
	Acts    string  `toml:"acts"`
	Retry   *bool   `toml:"retry"`
	Link    string  `toml:"link"`
}

type class struct {
	ID string `toml:"id"`
	words
	Ours string `toml:"ours"` // the class when our own server says it
	Here *words `toml:"here"` // or the words then
}

type ruleText struct {
	ID       string   `toml:"id"`
	Class    string   `toml:"class"`
	Provider string   `toml:"provider"`
	Text     []string `toml:"text"`
	Code     []any    `toml:"code"`
	DSN      []string `toml:"dsn"`
	Program  []string `toml:"program"`
	Stage    []string `toml:"stage"`
	Ours     *bool    `toml:"ours"`
	words
}

// merge returns w with the words of over where it has some.
func (w words) merge(over words) words {
	for _, p := range []struct {
		to   *wording
		from wording
	}{{&w.Verdict, over.Verdict}, {&w.Meaning, over.Meaning}, {&w.Next, over.Next}, {&w.Name, over.Name}} {
		if p.from != (wording{}) {
			*p.to = p.from
		}
	}
	if over.Acts != "" {
		w.Acts = over.Acts
	}
	if over.Retry != nil {
		w.Retry = over.Retry
	}
	if over.Link != "" {
		w.Link = over.Link
	}
	return w
}

// entry is what the class says, with the words of a rule where it has some.
func (c *class) entry(r *rule) Entry {
	e := Entry{Class: c.ID}
	w := c.words
	if r != nil {
		w = w.merge(r.words)
		e.Rule = r.id
	}
	name := Words(w.Name)
	fill := func(t wording) Words {
		return Words{strings.ReplaceAll(t.En, "{name}", name.En), strings.ReplaceAll(t.Es, "{name}", name.Es)}
	}
	e.Verdict, e.Meaning, e.Next = fill(w.Verdict), fill(w.Meaning), fill(w.Next)
	e.Acts, e.Link = w.Acts, w.Link
	e.Retry = w.Retry != nil && *w.Retry
	return e
}

// parse reads a text and lays it over base, which may be nil.
func parse(name string, text []byte, base *Book) (*Book, error) {
	var f file
	md, err := toml.NewDecoder(bytes.NewReader(text)).Decode(&f)
	if err != nil {
		return nil, syntaxError(name, err)
	}
	b := &Book{classes: map[string]*class{}, providers: map[string]*provider{}, acts: map[string]Words{}}
	c := checker{book: b}
	for _, key := range md.Undecoded() {
		c.fault("%s is no key of this format; docs/replies.md lists them", key)
	}
	if base != nil {
		maps.Copy(b.classes, base.classes)
		maps.Copy(b.acts, base.acts)
		b.order = append(b.order, base.order...)
		for name, p := range base.providers {
			own := *p
			b.providers[name] = &own
		}
	}
	c.actors(f.Acts)
	c.classes(f.Classes)
	c.providers(f.Providers)
	c.rules(f.Rules)
	if base != nil && c.faults == nil {
		b.inherit(base)
	}
	if c.faults == nil {
		if err := b.index(); err != nil {
			c.fault("%s", err)
		} else {
			c.shadows(f.Rules)
		}
	}
	if c.faults != nil {
		return nil, fmt.Errorf("%s: %w", name, errors.Join(c.faults...))
	}
	return b, nil
}

// inherit puts the rules of base behind the book's own; one of the same id is
// replaced where it stood.
func (b *Book) inherit(base *Book) {
	own := map[string]*rule{}
	for _, r := range b.rules {
		own[r.id] = r
	}
	var first, rest []*rule
	replaced := map[string]bool{}
	for _, r := range base.rules {
		if mine := own[r.id]; mine != nil {
			rest = append(rest, mine)
			replaced[r.id] = true
			continue
		}
		copied := *r
		if r.provider != nil {
			copied.provider = b.providers[r.provider.Name]
		}
		rest = append(rest, &copied)
	}
	for _, r := range b.rules {
		if !replaced[r.id] {
			first = append(first, r)
		}
	}
	b.rules = append(first, rest...)
}

func syntaxError(name string, err error) error {
	var syntax toml.ParseError
	if errors.As(err, &syntax) {
		return fmt.Errorf("%s: line %d: %s", name, syntax.Position.Line, syntax.Message)
	}
	return fmt.Errorf("%s: %s", name, strings.TrimPrefix(err.Error(), "toml: "))
}

// codeOf reads one entry of code: 550, "550", "5xx" or "none".
func codeOf(v any) (codeRange, bool) {
	if n, ok := v.(int64); ok {
		return codeRange{int(n), int(n)}, n >= 200 && n < 600
	}
	s, _ := v.(string)
	if s == none {
		return codeRange{}, true
	}
	if len(s) != 3 {
		return codeRange{}, false
	}
	s = strings.ToLower(s)
	low, err := strconv.Atoi(strings.ReplaceAll(s, "x", "0"))
	high, err2 := strconv.Atoi(strings.ReplaceAll(s, "x", "9"))
	return codeRange{low, high}, err == nil && err2 == nil && low >= 200 && high < 600
}

// split cuts a pattern at its stars and folds it as a text is folded.
func split(text string) [][]byte {
	var parts [][]byte
	for part := range strings.SplitSeq(text, "*") {
		if part != "" {
			parts = append(parts, []byte(lower(part)))
		}
	}
	return parts
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c-'A' < 26 {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
