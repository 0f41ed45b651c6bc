package contexts_test

import (
	"errors"
	"testing"
	"time"

	"rastro/internal/elastic/contexts"
)

func TestBook(t *testing.T) {
	now := time.Unix(1000, 0)
	var closed []string
	b := contexts.New(contexts.Options[string]{Kind: "k:", Max: 2, Now: func() time.Time { return now }, Close: func(v string) { closed = append(closed, v) }})
	a, err := b.Open("a", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	c, err := b.Open("c", time.Hour)
	if err != nil || a == c || !b.IsID(a) || b.IsID("zzz") || b.IsID("") {
		t.Fatal(a, c, err)
	}
	if _, err := b.Open("d", time.Minute); !errors.Is(err, contexts.ErrFull) {
		t.Errorf("a third of two: %v", err)
	}
	now = now.Add(50 * time.Second)
	if v, ok := b.Get(a, 0); !ok || v != "a" {
		t.Error("a is gone before its time")
	}
	if want := now.Add(time.Minute); !b.Until(a).Equal(want) {
		t.Errorf("a goes %s, want %s", b.Until(a), want)
	}
	now = now.Add(61 * time.Second)
	if _, ok := b.Get(a, 0); ok || len(closed) != 1 || closed[0] != "a" {
		t.Error("a is there after its time", closed)
	}
	if _, err := b.Open("d", time.Minute); err != nil {
		t.Error("there is room again:", err)
	}
	if !b.Drop(c) || b.Drop(c) || b.DropAll() != 1 || len(closed) != 3 {
		t.Error("dropping", closed)
	}
	if !b.Until(c).IsZero() {
		t.Error("what is gone has a time")
	}
}
