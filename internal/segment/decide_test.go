package segment

import (
	"fmt"
	"strings"
	"testing"

	"rastro/internal/event"
)

// phraseOf is a condition as Decide takes it: words that follow each other.
func phraseOf(phrases ...string) WordCondition {
	has := func(phrase string) func(string) bool {
		want := cutWords(phrase)
		return func(text string) bool {
			have := cutWords(text)
			for i := range have {
				if len(have)-i >= len(want) && strings.Join(have[i:i+len(want)], " ") == strings.Join(want, " ") {
					return len(want) > 0
				}
			}
			return false
		}
	}
	c := WordCondition{Has: func(word string) (func(string) bool, func(string) bool) {
		may := func(text string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(word)) }
		return has(word), may
	}}
	for _, phrase := range phrases {
		c.Choices = append(c.Choices, cutWords(phrase))
	}
	c.Match = func(text string) bool {
		for _, phrase := range phrases {
			if has(phrase)(text) {
				return true
			}
		}
		return false
	}
	return c
}

func cutWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return r < 0x80 && partsWords(byte(r))
	})
}

// What is decided without lines must be what the lines say.
func TestDecide(t *testing.T) {
	t.Parallel()
	var events []event.Event
	for i := range 640 {
		e := mailEvents(t, 40)[i%40]
		e.RID = uint64(i + 1)
		events = append(events, e)
	}
	events = append(events, goldenEvents(t)[240:]...)
	for i := range events {
		events[i].RID = uint64(i + 1)
	}
	b := opened(t, written(t, events, nil), NewCache(1<<20)).Blocks()[0]
	if !b.(*group).templated(false) {
		t.Fatal("no templates")
	}
	var conditions []WordCondition
	phrases := []string{"postfix", "nowhere", "0", "jan", "connect from", "own", "text", "bad 1 2", "5", "status=sent (250"}
	for i := 0; i < len(events); i += 61 {
		if words := cutWords(events[i].Str(event.Message)); len(words) > 6 {
			at := i % (len(words) - 4)
			phrases = append(phrases, words[at], strings.Join(words[at:at+2], " "), strings.Join(words[at:at+4], " "), words[at]+" zzz")
		}
	}
	for i, phrase := range phrases {
		conditions = append(conditions, phraseOf(phrase), phraseOf(phrase, phrases[(i+1)%len(phrases)]))
	}
	decided := 0
	for _, f := range []event.Field{event.Message, event.LogMessage} {
		for _, c := range conditions {
			d, err := Decide(b, f, c)
			if err != nil {
				t.Fatal(err)
			}
			if d == nil {
				continue
			}
			for row := range events {
				yes, maybe := d.Yes[row>>6]>>(row&63)&1 > 0, d.Maybe[row>>6]>>(row&63)&1 > 0
				match := c.Match(events[row].Str(f))
				if yes && !match || match && !yes && !maybe {
					t.Fatalf("%s %q: row %d is %v, decided %v, maybe %v: %q", f.Name(), c.Choices, row, match, yes, maybe, events[row].Str(f))
				}
				if !maybe {
					decided++
				}
			}
		}
	}
	if all := len(events) * len(conditions); decided < all/3 {
		t.Errorf("%d of %d rows decided", decided, all)
	}
}

func TestDecideKnowsNothing(t *testing.T) {
	t.Parallel()
	b := build(randomEvents(3, 10)).Snapshot()
	many := phraseOf(strings.Fields(fmt.Sprint(1, 2, 3, 4, 5))...)
	f := opened(t, written(t, goldenEvents(t), nil), nil).Blocks()[0]
	for _, x := range []struct {
		b Block
		c WordCondition
	}{{b, phraseOf("a")}, {f, many}, {f, WordCondition{}}} {
		if d, err := Decide(x.b, event.Message, x.c); d != nil || err != nil {
			t.Errorf("%v, %v", d, err)
		}
	}
}
