package query

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"rastro/internal/event"
)

// oddTexts hold letters that fold or are cut in odd ways.
var oddTexts = []string{
	"status=sent (250 2.0.0 Ok)", "ΣΊΣΥΦΟΣ σίσυφος", "straße STRASSE ſtraße", "Kelvin \u212a k", "\u0130stanbul istanbul",
	"a\u0345b a\u03b9b A\u0399B", "bad \xff\xfebytes \xc3", "日本語 のログ", "naïve café", "x_y-z", "", "-", "\u1fbe", "one",
	`with "quotes" and \ and` + "\ttab", strings.Repeat("long", 40) + " end",
}

func keysOf(object bool, text string) []string {
	var keys []string
	visit := func(word []byte) { keys = append(keys, string(word)) }
	if object {
		ExtraWordKeys(text, visit)
	} else {
		WordKeys(text, visit)
	}
	return keys
}

// hasChoice tells whether one of the choices of words stands in keys.
func hasChoice(choices [][]string, keys []string) bool {
	return choices == nil || slices.ContainsFunc(choices, func(words []string) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(keys, w) })
	})
}

// Whatever matches must have the words that the leaf says it needs.
func TestNeededWordsAreNeeded(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 11))
	matched := 0
	for range 60_000 {
		text, value := oddText(r), oddText(r)
		for _, ref := range []FieldRef{FieldOf(event.Message), {Field: event.Reply, Name: "reply", Exact: true}, Ref("app.note"), {Name: "app.note", Exact: true}} {
			f := []Filter{
				Term{ref, value}, Phrase{ref, value, r.IntN(3), false}, Phrase{ref, value, r.IntN(2), true}, Terms{ref, []string{oddText(r), value}},
			}[r.IntN(4)]
			leaf, err := CompileLeaf(f)
			if err != nil {
				t.Fatal(err)
			}
			if ref.Field != event.NoField {
				if leaf.MatchText(text) {
					matched++
					if keys := keysOf(false, text); !hasChoice(leaf.Words, keys) {
						t.Fatalf("%#v matches %q, which has none of %q", f, text, leaf.Words)
					}
				}
				continue
			}
			object := oddObject(r, text)
			if VisitExtra(object, ref, leaf.MatchText) {
				matched++
				if keys := keysOf(true, object); !hasChoice(leaf.Words, keys) {
					t.Fatalf("%#v matches %s, which has none of %q", f, object, leaf.Words)
				}
			}
		}
	}
	if matched < 1000 {
		t.Fatalf("only %d matches", matched)
	}
}

// oddObject is a JSON object in which app.note is a text, at different depths
// and with or without escapes.
func oddObject(r *rand.Rand, text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // cannot happen: it is a string
	}
	if r.IntN(2) == 0 {
		ascii := []byte{}
		for _, c := range string(quoted) {
			if c < 0x80 {
				ascii = append(ascii, byte(c))
			} else if c < 0x10000 {
				ascii = fmt.Appendf(ascii, `\u%04x`, c)
			}
		}
		quoted = ascii
	}
	return fmt.Sprintf([]string{
		`{"app.note":%s}`, `{"app":{"note":%s}}`, `{"x":[1,{"y":"\\"}],"app":{"note":["z",%s]}}`, `{"app":[{"note":%s},{"note":7}]}`, `{"app":{"note":{"k":%s}}}`,
	}[r.IntN(5)], quoted)
}

func oddText(r *rand.Rand) string {
	s := oddTexts[r.IntN(len(oddTexts))]
	if r.IntN(3) > 0 {
		list := strings.Fields(s)
		if len(list) > 0 {
			from := r.IntN(len(list))
			s = strings.Join(list[from:min(len(list), from+1+r.IntN(3))], " ")
		}
	}
	switch r.IntN(4) {
	case 0:
		s = strings.ToUpper(s)
	case 1:
		s = strings.ToLower(s)
	}
	return s
}
