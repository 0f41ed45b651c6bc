package storetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/store"
)

// Seed is the seed of this run, which the log of the test names: that of -seed,
// that of the environment's RASTRO_SEED, or one of the clock's.
func Seed(t *testing.T) uint64 { return seed(t) }

// Generated asks so many made-up questions and compares every answer with that
// of a scan over the same events, which it does not change. A question whose
// answer differs is made as small as possible and printed whole.
func Generated(t *testing.T, s store.Store, events []event.Event, questions int, seed uint64) {
	t.Helper()
	o := newOracle(events)
	a := &asker{rand: rand.New(rand.NewPCG(seed, 5)), events: events}
	for i := range questions {
		q := a.question()
		a.spice(&q)
		if !checkSmall(t, s, o, q) {
			t.Fatalf("question %d of -seed %d", i, seed)
		}
		if q.Limit == 0 || !a.chance(3) {
			continue
		}
		whole := q // go on behind some hit
		whole.Limit, whole.Skip, whole.Aggs = len(events), 0, nil
		if answer, err := o.ask(whole); err == nil && len(answer.Hits) > 0 {
			q.After = &answer.Hits[a.rand.IntN(len(answer.Hits))].Cursor
			if !checkSmall(t, s, o, q) {
				t.Fatalf("question %d of -seed %d, continued", i, seed)
			}
		}
	}
}

// spice adds what few questions have.
func (a *asker) spice(q *query.Question) {
	if a.chance(6) {
		q.Above = uint64(a.rand.IntN(len(a.events) + 10))
	}
	if a.chance(10) {
		q.Sort = append(q.Sort, query.SortKey{Field: query.ByArrival(), Desc: a.chance(2)})
	}
	for i := range q.Sort {
		if k := &q.Sort[i]; !k.IsArrival() && a.chance(8) {
			k.Missing = &query.CursorKey{}
			switch {
			case isText(k.Field) && !k.AsTime:
				k.Missing.Text = a.sample(k.Field)
			case k.Field.Field.Kind() == event.Number:
				k.Missing.Float = float64(a.rand.IntN(300))
			default:
				k.Missing.Int = k.Cut(a.moment())
			}
		}
	}
}

// hostileTexts are what an attacker may bring into the value of any field.
var hostileTexts = []string{
	"*", "?", `\`, `"`, "a*b?c", "%00", "<script>", "\x00", "\x00\x01 \x7f", "\xff\xfe\xfd", " ", "\t\n", "-", "...", "İstanbul ıI",
	"ﬃ ŉ ß ẞ", "K", "e\u0301 é", "\u202eevil", "😀 🇪🇸", "0", "-0", "1e400", "NaN", "null", "true", "2026-03-07", "@", "@timestamp", "_doc",
	strings.Repeat("z", 40_000), strings.Repeat("w w2 ", 3000), strings.Repeat("é", 513), strings.Repeat("\x80", 200),
}

// hostileExtras are unknown fields that are hard to read.
var hostileExtras = []event.Pair{
	{Name: "retries", JSON: `1e400`}, {Name: "retries", JSON: `-0`}, {Name: "flag", JSON: `9007199254740992`}, {Name: "flag", JSON: `[]`},
	{Name: "note", JSON: `{}`}, {Name: "note", JSON: `"\ud800 \u0000"`}, {Name: "note.text", JSON: `"dotted"`}, {Name: "container", JSON: `{"name":{"name":"x"}}`},
	{Name: "deep", JSON: strings.Repeat("[", 50) + `"bottom"` + strings.Repeat("]", 50)}, {Name: "", JSON: `"no name"`}, {Name: "rules", JSON: `"*"`},
}

// Hostile makes events as Events does, and puts into many of them what log
// lines of an attacker or of a broken clock would bring.
func Hostile(n int, seed uint64) []event.Event {
	events := Events(n, seed)
	r := rand.New(rand.NewPCG(seed, 6))
	for i := range events {
		e := &events[i]
		switch r.IntN(12) {
		case 0, 1:
			f := pick(r, []event.Field{event.QueueID, event.MessageID, event.Sender, event.Recipient, event.Status, event.Host, event.ClientIP, event.Subject, event.Message, event.Reply, event.EventID})
			e.Set(f, pick(r, hostileTexts))
		case 2:
			p := pick(r, hostileExtras)
			e.AddExtra(p.Name, p.JSON)
		case 3:
			e.AddInt(event.RelayPort, pick(r, []int64{math.MinInt64, math.MaxInt64, -1, 0, 1 << 53}))
			e.AddFloat(event.DelayConnect, pick(r, []float64{-math.MaxFloat64, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Copysign(0, -1)}))
		case 4:
			e.Time += pick(r, []int64{-1, 1, 6, -6}) * r.Int64N(int64(24*time.Hour))
		case 5:
			for range r.IntN(40) {
				e.Add(event.Recipient, pick(r, people)+"@"+pick(r, domains))
			}
		}
	}
	return events
}

// Without is the events that a filter does not match.
func Without(t *testing.T, events []event.Event, f query.Filter) []event.Event {
	t.Helper()
	_, rest := split(t, events, f)
	return slices.Clip(rest)
}

// checkSmall asks the store and the oracle; when the answers differ it says how
// they do for the smallest question that it finds.
func checkSmall(t *testing.T, s store.Store, o *oracle, q query.Question) bool {
	t.Helper()
	faults := faultsOf(s, o, q)
	if len(faults) == 0 {
		return true
	}
	small := shrink(q, func(q query.Question) bool { return len(faultsOf(s, o, q)) > 0 })
	report(t, "as asked", q, faults)
	report(t, "made small", small, faultsOf(s, o, small))
	return false
}

func report(t *testing.T, what string, q query.Question, faults []string) {
	t.Helper()
	t.Errorf("%s: %s\nfilter: %s", what, describe(q), query.Format(q.Filter))
	for i, f := range faults {
		if i == 10 {
			t.Errorf("and %d more", len(faults)-i)
			break
		}
		t.Error(cut(f))
	}
}

// cut bounds what a test prints of values that are 40,000 letters long.
func cut(s string) string {
	if len(s) > 4000 {
		return fmt.Sprintf("%s … (%d bytes)", s[:4000], len(s))
	}
	return s
}
