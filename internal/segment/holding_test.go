package segment

import (
	"strings"
	"testing"

	"rastro/internal/event"
)

// checkHolding compares what is told of a word without lines with the lines.
func checkHolding(t *testing.T, b Block, events []event.Event, word string) (more int) {
	t.Helper()
	has := func(text string) bool { return strings.Contains(strings.ToLower(text), word) }
	rows, err := Holding(b, word, has)
	if err != nil {
		t.Fatal(err)
	}
	if rows == nil {
		t.Fatalf("nothing is known of %q", word)
	}
	for i := range events {
		line := events[i].Str(event.Message)
		switch held := rows[i>>6]>>(i&63)&1 > 0; {
		case has(line) && !held:
			t.Fatalf("row %d lacks %q: %q", i, word, line)
		case held && !has(line):
			more++
		}
	}
	return more
}

func TestHolding(t *testing.T) {
	t.Parallel()
	events := gluedEvents(t)
	b := opened(t, written(t, events, nil), NewCache(1<<20)).Blocks()[0]
	words := []string{"0", "postfix", "nowhere", "q3z", "xq3z", "5t0", "jan", "inf"}
	for i := 0; i < len(events); i += 499 {
		for _, word := range cutWords(events[i].Str(event.Message)) {
			if !strings.ContainsFunc(word, notInWord) {
				words = append(words, word, word[len(word)/2:])
			}
		}
	}
	more := 0
	for _, word := range words {
		more += checkHolding(t, b, events, word)
	}
	if more > len(words)*len(events)/50 {
		t.Errorf("%d rows for nothing, for %d words", more, len(words))
	}
	for _, other := range []Block{b, build(events[:9]).Snapshot()} {
		if rows, err := Holding(other, "a.b", nil); rows != nil || err != nil {
			t.Errorf("%v, %v", rows, err)
		}
	}
	if rows, err := Holding(build(events[:9]).Snapshot(), "ab", nil); rows != nil || err != nil {
		t.Errorf("lines as they are: %v, %v", rows, err)
	}
}
