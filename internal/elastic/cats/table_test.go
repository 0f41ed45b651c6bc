package cats

import (
	"testing"
	"time"

	"rastro/internal/elastic/rest"
)

func TestCells(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cell any
		u    units
		want string
	}{
		{size(0), units{}, "0b"}, {size(1023), units{}, "1023b"}, {size(4300), units{}, "4.1kb"}, {size(1 << 30), units{}, "1gb"}, {size(4300), units{bytes: 1}, "4300"}, {size(4300), units{bytes: 1 << 10}, "4"},
		{span(1500 * time.Millisecond), units{}, "1.5s"}, {span(90 * time.Minute), units{}, "1.5h"}, {span(90 * time.Second), units{time: time.Second}, "90"}, {span(3), units{}, "0ms"},
		{nil, units{}, ""}, {int64(7), units{}, "7"}, {1.5, units{}, "1.50"}, {"x", units{}, "x"},
	} {
		if got := text(c.cell, c.u); got != c.want {
			t.Errorf("%v is %q, want %q", c.cell, got, c.want)
		}
	}
	if rest.HumanTime(36*time.Hour) != "1.5d" {
		t.Error(rest.HumanTime(36 * time.Hour))
	}
}

func TestPicksAndOrder(t *testing.T) {
	t.Parallel()
	list := &table{columns: columns("name|n|a", ">docs.count|dc|b", "-docs.size|ds|c")}
	list.add("b", 2, nil)
	list.add("a", 10, size(5))
	list.add("c", nil, nil)
	for h, want := range map[string]int{"": 2, "n,dc": 2, "docs.*": 2, "*": 3, "nothing": 0, "ds,name,n": 3} {
		if got := list.picks(h); len(got) != want {
			t.Errorf("%q picks %v", h, got)
		}
	}
	for s, want := range map[string]string{"name": "a", "docs.count": "c", "dc:desc": "a", "docs.size:asc,n:desc": "c"} {
		if err := list.sort(s); err != nil || list.rows[0][0] != want {
			t.Errorf("by %s %v comes first, want %s; %v", s, list.rows[0][0], want, err)
		}
	}
	for _, bad := range []string{"nothing", "name:up"} {
		if list.sort(bad) == nil {
			t.Errorf("%s is an order", bad)
		}
	}
}
