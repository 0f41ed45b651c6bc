package beats

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
)

// desk drives a ledger without connections.
type desk struct {
	t         *testing.T
	ledger    *ledger
	now       time.Time
	positions map[string][]byte
	ids       map[string]string
}

func newDesk(t *testing.T) *desk {
	d := &desk{t: t, now: noon, positions: map[string][]byte{}, ids: map[string]string{}}
	d.restart()
	return d
}

// restart begins with what is durable.
func (d *desk) restart() {
	d.ledger = newLedger(&Options{})
	d.ledger.load(d.positions, slog.New(slog.DiscardHandler))
}

// step is one batch: events are "offset text" or just "text".
type step struct {
	process, stamp string
	conn           uint32
	events         string // parted by |
	want           string // the texts that are new, parted by |
}

// drafts makes the drafts of a step.
func (d *desk) drafts(s step) *builder {
	b := &builder{peer: "peer"}
	for text := range strings.SplitSeq(s.events, "|") {
		json := fmt.Sprintf(`{"agent":{"id":"a","ephemeral_id":%q},"@timestamp":%q,`, s.process, s.stamp)
		var offset int
		if n, _ := fmt.Sscanf(text, "%d %s", &offset, &text); n == 2 {
			json += fmt.Sprintf(`"log":{"offset":%d,"file":{"path":"/f"}},`, offset)
		}
		b.add(incoming{payload: fmt.Appendf(nil, `%s"message":%q}`, json, text)})
	}
	return b
}

// begin takes a batch and checks the verdict.
func (d *desk) begin(s step) taken {
	d.t.Helper()
	b := d.drafts(s)
	got := d.ledger.take(b.drafts, s.conn, d.now)
	lines := b.lines(got.origins, got.count, 0)
	texts := make([]string, 0, len(lines))
	for _, l := range lines {
		texts = append(texts, l.Text)
		id := event.MakeID(l.Origin.ID, l.Offset)
		if other, twice := d.ids[id]; twice {
			d.t.Errorf("%q and %q have the same identity", other, l.Text)
		}
		d.ids[id] = l.Text
	}
	if new := strings.Join(texts, "|"); new != s.want {
		d.t.Errorf("of %q the new ones are %q, want %q", s.events, new, s.want)
	}
	return got
}

// end makes a batch durable, or refuses it.
func (d *desk) end(got taken, err error) {
	got.flight.end(err)
	d.ledger.settle(got.flight)
	if err == nil {
		d.keep(got.positions)
	}
}

// keep makes positions durable.
func (d *desk) keep(positions []event.Position) {
	for _, p := range positions {
		if len(p.State) == 0 {
			delete(d.positions, p.Key)
		} else {
			d.positions[p.Key] = p.State
		}
	}
}

func TestRepeats(t *testing.T) {
	t.Parallel()
	const sameAgain = "0 a|10 b|20 c"
	cases := map[string][]step{
		"sent again over a new connection": {
			{"p", "1", 1, sameAgain, "a|b|c"}, {"p", "1", 2, sameAgain, ""}, {"p", "2", 2, "30 d", "d"},
		},
		"sent again with more": {
			{"p", "1", 1, sameAgain, "a|b|c"}, {"p", "1", 2, "20 c|30 d", "d"},
		},
		"out of order": {
			{"p", "1", 1, "50 f|60 g", "f|g"}, {"p", "1", 2, sameAgain, "a|b|c"}, {"p", "1", 3, "50 f", ""}, {"p", "1", 3, "10 b", ""},
		},
		"read again after a restart": {
			{"p", "1", 1, sameAgain, "a|b|c"}, {"q", "2", 2, "10 b|20 c|30 d", "d"}, {"q", "2", 2, "40 e", "e"},
		},
		"read again from the start": {
			{"p", "1", 1, sameAgain, "a|b|c"}, {"q", "2", 2, "0 a|10 b|20 c|30 d", "d"},
		},
		"an agent that names no process": {
			{"", "1", 1, sameAgain, "a|b|c"}, {"", "2", 2, "0 a|10 b|20 c|30 d", "d"},
		},
		"written anew": {
			{"p", "1", 1, sameAgain, "a|b|c"}, {"p", "2", 1, "0 x|10 y", "x|y"}, {"p", "3", 1, "0 a|10 b", "a|b"},
		},
		"written anew with the same first line": {
			{"p", "1", 1, sameAgain, "a|b|c"}, {"p", "2", 1, "0 a|10 x", "a|x"},
		},
		"written anew while the agent was away, with the same first line": {
			{"p", "1", 1, sameAgain, "a|b|c"}, {"q", "2", 2, "0 a|10 x|20 y", "a|x|y"}, {"q", "2", 3, "0 a|10 x|20 y", ""},
		},
		"written anew, met in the middle over another connection": {
			{"p", "1", 1, sameAgain, "a|b|c"}, {"p", "2", 2, "10 y|20 z", "y|z"}, {"p", "2", 1, "0 x", "x"},
		},
		"written anew while the agent was away, with a first batch that is known": {
			{"p", "1", 1, sameAgain, "a|b|c"}, {"q", "2", 2, "0 a", ""}, {"q", "2", 2, "10 x|20 y", "x|y"},
		},
		"a gap that is filled after a restart": {
			{"p", "1", 1, "0 a|10 b", "a|b"}, {"p", "1", 1, "40 e", "e"},
			{"q", "2", 2, "10 b|20 c|30 d|40 e|50 f", "c|d|f"}, {"q", "2", 3, "0 a|20 c", ""},
		},
		"a gap before all that is known": {
			{"p", "1", 1, "20 c|30 d", "c|d"}, {"q", "2", 2, "0 a|10 b|20 c|30 d|40 e", "a|b|e"},
		},
		"written anew within a batch": {
			{"p", "1", 1, "0 a|10 b|0 x|5 y", "a|b|x|y"},
		},
		"twice in a batch": {
			{"p", "1", 1, "0 a|0 a", "a"},
		},
		"without offsets": {
			{"p", "1", 1, "a|b", "a|b"}, {"p", "1", 2, "a|b", ""}, {"p", "1", 2, "a|b|c", "c"},
		},
		"without offsets, the same again over the same connection": {
			{"p", "1", 1, "a|b", "a|b"}, {"p", "1", 1, "a|b", "a|b"},
		},
		"without offsets, as often as before": {
			{"p", "1", 1, "a|a|b", "a|a|b"}, {"p", "1", 2, "a|a|a", "a"},
		},
		"without offsets, known ones behind a new one": {
			{"p", "1", 1, "a|b", "a|b"}, {"p", "1", 2, "x|a|b", "x|a|b"},
		},
		"without offsets, another time": {
			{"p", "1", 1, "a|b", "a|b"}, {"p", "2", 2, "a|b", "a|b"},
		},
	}
	for name, steps := range cases {
		for _, restart := range []bool{false, true} {
			if restart && strings.Contains(name, "same connection") {
				continue // no connection lives on
			}
			t.Run(fmt.Sprint(name, ", restart ", restart), func(t *testing.T) {
				t.Parallel()
				d := newDesk(t)
				for i, s := range steps {
					d.end(d.begin(s), nil)
					d.now = d.now.Add(time.Minute)
					// A connection does not outlive us.
					if restart && i+1 < len(steps) && steps[i+1].conn != s.conn {
						d.restart()
					}
				}
			})
		}
	}
}

// Batches that are on their way together fail alone, whichever comes first.
func TestBatchesFailAlone(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	one := step{"p", "1", 1, "0 a|10 b", "a|b"}
	two := step{"p", "1", 2, "20 c|30 d", "c|d"}
	for _, late := range []bool{false, true} {
		d := newDesk(t)
		first, second := d.begin(one), d.begin(two)
		if late {
			d.end(second, nil)
			d.end(first, refused)
		} else {
			d.end(first, refused)
			d.end(second, nil)
		}
		for _, restart := range []bool{false, true} {
			if restart {
				d.restart()
			}
			d.ids = map[string]string{}
			got := d.begin(step{"p", "1", 3, "0 a|10 b|20 c|30 d", "a|b"})
			d.end(got, refused)
		}
	}
}

// What was refused is not remembered after a restart, and pages that were
// continued are whole.
func TestPagesAreContinued(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for i := range 1000 {
		got := d.begin(step{"p", "1", 1, fmt.Sprintf("%d x%d", 10*i, i), fmt.Sprintf("x%d", i)})
		var err error
		if i%10 == 3 {
			err = errors.New("refused")
		}
		d.end(got, err)
	}
	if n := len(d.positions); n > 6 {
		t.Errorf("1000 small batches take %d positions", n)
	}
	for key, state := range d.positions {
		if len(state) > pagePrints*printBytes+64 {
			t.Errorf("position %s has %d bytes", key, len(state))
		}
	}
	d.restart()
	d.ids = map[string]string{}
	for i := range 1000 {
		s := step{"p", "1", 2, fmt.Sprintf("%d x%d", 10*i, i), ""}
		if i%10 == 3 {
			s.want = fmt.Sprintf("x%d", i)
		}
		d.end(d.begin(s), nil)
	}
}

func TestForgetting(t *testing.T) {
	t.Parallel()
	t.Run("after a week", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		d.end(d.begin(step{"p", "1", 1, "0 a", "a"}), nil)
		d.now = d.now.Add(keepDays * day)
		d.restart()
		d.end(d.begin(step{"p", "1", 2, "0 a|10 b", "b"}), nil)
		d.now = d.now.Add((keepDays + 1) * day)
		d.restart()
		d.end(d.begin(step{"p", "1", 3, "0 a|10 b", "a|b"}), nil)
		if len(d.positions) != 2 {
			t.Errorf("the positions are %q", slices.Sorted(maps.Keys(d.positions)))
		}
	})
	t.Run("the oldest of an agent", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		for i := range keepPrints/500 + 4 {
			s := step{process: "p", stamp: "1", conn: 1}
			for j := range 500 {
				s.events += fmt.Sprintf("|%d x", 1000*i+j)
			}
			s.events = s.events[1:]
			s.want = strings.Repeat("|x", 500)[1:]
			d.end(d.begin(s), nil)
		}
		a := d.ledger.agents[slices.Collect(maps.Keys(d.ledger.agents))[0]]
		if a.prints > keepPrints+1000 || len(a.seen) != a.prints || d.ledger.prints != a.prints {
			t.Errorf("%d fingerprints are remembered, %d can be found, %d are counted", a.prints, len(a.seen), d.ledger.prints)
		}
		d.ids = map[string]string{}
		d.restart()
		d.end(d.begin(step{"p", "1", 2, fmt.Sprintf("%d x", 1000*(keepPrints/500)), ""}), nil)
		d.end(d.begin(step{"p", "1", 2, "0 x", "x"}), nil)
	})
	t.Run("the quietest agents and files", func(t *testing.T) {
		t.Parallel()
		l := newLedger(&Options{})
		positions := map[string][]byte{}
		for i := range 3 * maxAgents {
			b := &builder{}
			b.add(incoming{payload: fmt.Appendf(nil, `{"agent":{"id":"%d"},"message":"x","log":{"offset":0,"file":{"path":"/f"}}}`, i)})
			got := l.take(b.drafts, 1, noon)
			got.flight.end(nil)
			l.settle(got.flight)
			for _, p := range got.positions {
				positions[p.Key] = p.State
				if p.State == nil {
					delete(positions, p.Key)
				}
			}
		}
		if len(l.agents) > maxAgents || l.quiet.Len() != len(l.agents) || l.files.Len() > maxAgents || l.prints > maxAgents {
			t.Errorf("%d agents, %d files and %d fingerprints are remembered", len(l.agents), l.files.Len(), l.prints)
		}
		if len(positions) > 2*maxAgents {
			t.Errorf("%d positions are kept", len(positions))
		}
	})
}

// A hostile batch of many processes and agents stays bounded.
func TestManyProcesses(t *testing.T) {
	t.Parallel()
	b := &builder{}
	for i := range 1000 {
		b.add(incoming{payload: fmt.Appendf(nil, `{"agent":{"id":"a","ephemeral_id":"%d"},"message":"x","log":{"offset":%d,"file":{"path":"/f"}}}`, i, i)})
	}
	l := newLedger(&Options{})
	got := l.take(b.drafts, 1, noon)
	if got.count != 1000 || len(got.positions) > maxOpened+1 {
		t.Errorf("%d events are new, with %d positions", got.count, len(got.positions))
	}
}

func TestBadPositions(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.positions = map[string][]byte{
		"tail/1": {1}, "beats/": {1}, "beats/x/p0": {1}, "beats/1/q0": {1}, "beats/1/p0": {9}, "beats/1/p1": {1, 2},
		"beats/1/f1": {1}, "beats/1/f2": {1, 2, 3, 4, 5}, "beats/1/pfffff": {1}, "beats/1/": nil,
	}
	d.restart()
	got := d.begin(step{"p", "1", 1, "0 a", "a"})
	d.end(got, nil)
	keys := slices.Sorted(maps.Keys(d.positions))
	if len(keys) != 3 || !slices.Contains(keys, "tail/1") {
		t.Errorf("the positions left are %q", keys)
	}
}

func FuzzState(f *testing.F) {
	f.Add((&page{day: 20000, process: 7, prints: []uint64{1, 2}, stamps: []uint16{3, 4}}).encode(), true)
	f.Add((&file{day: 20000, born: 1, high: 2}).encode(), false)
	f.Fuzz(func(t *testing.T, b []byte, isPage bool) {
		if isPage {
			if p, err := decodePage(b); err == nil {
				again, err := decodePage(p.encode())
				if err != nil || !slices.Equal(again.prints, p.prints) || !slices.Equal(again.stamps, p.stamps) ||
					again.day != p.day || again.serial != p.serial || again.process != p.process {
					t.Errorf("%+v became %+v, %v", p, again, err)
				}
			}
			return
		}
		if one, err := decodeFile(b); err == nil {
			again, err := decodeFile(one.encode())
			if err != nil || again.born != one.born || again.high != one.high || again.day != one.day {
				t.Errorf("%+v became %+v, %v", one, again, err)
			}
		}
	})
}
