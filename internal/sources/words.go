package sources

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

//go:embed words.toml
var wordsFile string

// sentences are the texts of words.toml by code and part.
var sentences = readWords(wordsFile)

// readWords reads the catalogue. It is part of the program, so that a mistake in
// it is a bug of ours; a test reads it first.
func readWords(text string) map[string]map[string]Words {
	var all map[string]map[string]Words
	if err := toml.Unmarshal([]byte(text), &all); err != nil {
		panic("words.toml: " + err.Error())
	}
	return all
}

// problem makes the problem of a code. values are names and values in turn; a
// value is a string, or Words.
func problem(code string, values ...any) *Problem {
	parts := sentences[code]
	typed := slices.Clone(values)
	for i := 0; i+1 < len(typed); i += 2 {
		if text, ok := typed[i+1].(string); ok && (typed[i] == "path" || typed[i] == "folder" || typed[i] == "dir") {
			typed[i+1] = quoted(text)
		}
	}
	return &Problem{Code: code, Message: fill(parts["message"], values), Hint: fill(parts["hint"], typed)}
}

// quoted makes a path one word of a shell: what hints say is typed, and names
// of files are made by strangers.
func quoted(path string) string {
	for i := range len(path) {
		switch c := path[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("/._-+=:,@%", c) >= 0:
		default:
			return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
		}
	}
	return path
}

func fill(w Words, values []any) Words {
	var en, es []string
	for i := 0; i+1 < len(values); i += 2 {
		name := fmt.Sprintf("{%s}", values[i])
		value, ok := values[i+1].(Words)
		if !ok {
			text := fmt.Sprint(values[i+1])
			value = Words{En: text, Es: text}
		}
		en, es = append(en, name, value.En), append(es, name, value.Es)
	}
	return Words{En: strings.NewReplacer(en...).Replace(w.En), Es: strings.NewReplacer(es...).Replace(w.Es)}
}

// long writes a duration in its two largest units, which are the same letters
// in both languages.
func long(d time.Duration) string {
	d = d.Abs()
	days, hours, minutes := d/(24*time.Hour), d/time.Hour%24, d/time.Minute%60
	switch {
	case days > 0 && hours > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case days > 0:
		return fmt.Sprintf("%d d", days)
	case hours > 0 && minutes > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	case hours > 0:
		return fmt.Sprintf("%d h", hours)
	case minutes > 0:
		return fmt.Sprintf("%d min", minutes)
	}
	return fmt.Sprintf("%d s", d/time.Second)
}

// size writes a number of bytes.
func size(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GB", n>>30)
	case n >= 10<<20:
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d KB", n>>10)
}

// maxLine bounds the bytes that are shown of a line.
const maxLine = 500

// short cuts a line to what is shown of it, between two characters.
func short(s string) string {
	if len(s) <= maxLine {
		return s
	}
	n := maxLine
	for back := 0; back < utf8.UTFMax && !utf8.RuneStart(s[n]); back++ {
		n--
	}
	return s[:n] + "…"
}

// stamp writes a time in nanoseconds; "" for none.
func stamp(ns int64) string {
	if ns == 0 {
		return ""
	}
	return time.Unix(0, ns).UTC().Format(time.RFC3339Nano)
}
