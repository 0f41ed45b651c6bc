package trace

import (
	_ "embed"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

//go:embed words.toml
var wordsFile string

// sentences are the texts of words.toml by section and name.
var sentences = readWords(wordsFile)

// readWords reads the catalogue. It is part of the program, so that a mistake
// in it is a bug of ours; a test reads it first.
func readWords(text string) map[string]map[string]Words {
	var all map[string]map[string]Words
	if err := toml.Unmarshal([]byte(text), &all); err != nil {
		panic("words.toml: " + err.Error())
	}
	return all
}

// say returns a sentence with its values put in. values are names and values in
// turn.
func say(section, name string, values ...string) Words {
	w := sentences[section][name]
	return Words{En: fill(w.En, 0, values), Es: fill(w.Es, 1, values)}
}

// fill puts values into a text. Language 1 takes the Spanish side of values
// that were joined by both.
func fill(text string, language int, values []string) string {
	if strings.IndexByte(text, '{') < 0 {
		return text
	}
	var b strings.Builder
	for {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			b.WriteString(text)
			return b.String()
		}
		length := strings.IndexByte(text[open:], '}')
		if length < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:open])
		b.WriteString(valueOf(text[open+1:open+length], language, values))
		text = text[open+length+1:]
	}
}

// both joins a value's two languages; valueOf parts them again.
func both(w Words) string { return w.En + bothSeparator + w.Es }

const bothSeparator = "\x00"

func valueOf(name string, language int, values []string) string {
	for i := 0; i+1 < len(values); i += 2 {
		if values[i] != name {
			continue
		}
		en, es, two := strings.Cut(values[i+1], bothSeparator)
		if two && language == 1 {
			return es
		}
		return en
	}
	return ""
}

// and joins sentences.
func and(w, more Words) Words {
	return Words{En: strings.TrimSpace(w.En + " " + more.En), Es: strings.TrimSpace(w.Es + " " + more.Es)}
}

// when writes a time for a sentence, to the second and with its zone.
func (b *builder) when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(b.zone).Format("2006-01-02 15:04:05 MST")
}

func number(n int) string { return strconv.Itoa(n) }

// maxQuote bounds what is quoted of other people's words in a sentence.
const maxQuote = 300

func quote(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxQuote {
		cut := maxQuote
		for cut > 0 && s[cut]&0xc0 == 0x80 {
			cut--
		}
		s = s[:cut] + "…"
	}
	return s
}
