package segment

import (
	"fmt"
	"sync"
	"testing"
)

// TestNames numbers from several goroutines and compares with the texts.
func TestNames(t *testing.T) {
	t.Parallel()
	var n Names
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for round := range 20 {
				var dict []string
				for i := range 500 {
					dict = append(dict, fmt.Sprintf("user%d@example.org", (worker*7+round*131+i*3)%3000))
				}
				dict = append(dict, "", "two\x1fvalues")
				numbers, _ := n.number(dict)
				for i, number := range numbers {
					if text := n.Text(number); text != dict[i] {
						t.Errorf("%q became %q", dict[i], text)
					}
				}
			}
		})
	}
	wg.Wait()
	seen, list := map[string]bool{}, n.List()
	for number := range n.Count() {
		text := n.Text(uint32(number))
		if again, known := n.Number(text); !known || int(again) != number || list.Of(again) != text {
			t.Errorf("%q: number %d (%t), not %d", text, again, known, number)
		}
		if seen[text] {
			t.Errorf("%q has two numbers", text)
		}
		seen[text] = true
	}
	if len(seen) != 3002 {
		t.Errorf("%d names", len(seen))
	}
	if _, known := n.Number("nobody"); known {
		t.Error("an entry that never came has a number")
	}
	if _, known := new(Names).Number(""); known {
		t.Error("an entry has a number before any came")
	}
}

// TestNamesStayWithinTheCache: what does not repeat, or is too much, is given up.
func TestNamesStayWithinTheCache(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	c := NewCache(limit)
	id := column(0)
	for i := range 200 {
		n := c.namesOf(id)
		if n == nil {
			break
		}
		var dict []string
		for k := range 1000 {
			dict = append(dict, fmt.Sprintf("%d never twice", i*1000+k))
		}
		_, grown := n.number(dict)
		c.judge(id, n, grown)
		if c.Bytes() > limit || c.named > limit/2 {
			t.Fatalf("%d bytes, %d of names", c.Bytes(), c.named)
		}
	}
	if c.namesOf(id) != nil {
		t.Error("names that never repeat are kept")
	}
	if c.Bytes() != 0 || c.named != 0 {
		t.Errorf("%d bytes are left, %d of names", c.Bytes(), c.named)
	}
}
