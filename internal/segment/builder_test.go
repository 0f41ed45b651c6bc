package segment

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"rastro/internal/event"
)

// randomEvents makes events that use every field, with several values, unknown
// fields, empty lines, odd bytes and long texts.
func randomEvents(seed uint64, n int) []event.Event {
	r := rand.New(rand.NewPCG(seed, 7))
	events := make([]event.Event, n)
	for i := range events {
		events[i] = randomEvent(r, uint64(i*3+1))
	}
	return events
}

func randomEvent(r *rand.Rand, rid uint64) event.Event {
	e := event.Event{RID: rid, Time: r.Int64N(1<<60) - 1<<59, ReceivedAt: r.Int64()}
	line := fmt.Sprintf("Jan %d mx postfix[%d]: %s", r.IntN(31), r.IntN(1000), randomText(r))
	if r.IntN(10) > 0 {
		e.Add(event.Message, line)
		switch r.IntN(4) {
		case 0:
			e.Add(event.LogMessage, line[10:])
		case 1:
			e.Add(event.LogMessage, line[4:len(line)-1])
		case 2:
			e.Add(event.LogMessage, randomText(r))
		}
	}
	for _, info := range event.Fields() {
		f := info.Field
		switch layouts[f] {
		case layoutDict:
			for range max(0, r.IntN(6)-3) {
				e.Add(f, randomText(r))
				if !info.Multi {
					break
				}
			}
		case layoutNumber:
			addRandomNumber(r, &e, f)
		}
	}
	for i := range max(0, r.IntN(8)-5) {
		name, _ := json.Marshal(randomText(r))
		e.AddExtra(fmt.Sprintf("x-%d\"%s", i, randomText(r)), string(name))
	}
	return e
}

func addRandomNumber(r *rand.Rand, e *event.Event, f event.Field) {
	if r.IntN(3) == 0 && f != event.Offset {
		return
	}
	switch f.Kind() {
	case event.Bool:
		e.AddBool(f, r.IntN(2) == 0)
	case event.Number:
		e.AddFloat(f, float64(r.IntN(1000))/8-3)
	case event.Time:
		e.AddTime(f, r.Int64())
	default:
		e.AddInt(f, int64(r.Uint64())>>r.IntN(64))
	}
}

func randomText(r *rand.Rand) string {
	texts := []string{
		"a", "mx1.example.org", "ana@example.org", "ANA@Example.ORG", "ñandú", "日本語",
		"\xff\xfe bad", "nul\x00byte", "<>", "192.0.2.7", "2001:db8::1", " ",
	}
	switch n := r.IntN(200); {
	case n == 0:
		return strings.Repeat("long ", 2000)
	case n < 100:
		return texts[n%len(texts)]
	default:
		return fmt.Sprintf("value-%d", r.IntN(500))
	}
}

func build(events []event.Event) *Builder {
	b := NewBuilder()
	for i := range events {
		b.Add(&events[i])
	}
	return b
}

// wantStrings is what a text field of an event must read back as.
func wantStrings(e *event.Event, f event.Field) string {
	if layouts[f] == layoutLine {
		return e.Str(f)
	}
	return strings.Join(e.Strs(f), Sep)
}

// checkBlock compares every column of a block with the events it must hold.
func checkBlock(t *testing.T, b Block, events []event.Event) {
	t.Helper()
	if b.Rows() != len(events) {
		t.Fatalf("block has %d rows, want %d", b.Rows(), len(events))
	}
	checkFixed(t, b, events)
	for _, info := range event.Fields() {
		switch layouts[info.Field] {
		case layoutDict:
			checkDict(t, b, info.Field, events)
		case layoutLine:
			checkLines(t, b, info.Field, events)
		case layoutNumber:
			checkNumbers(t, b, info.Field, events)
		}
	}
	checkExtras(t, b, events)
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func checkFixed(t *testing.T, b Block, events []event.Event) {
	t.Helper()
	rids, times := must[[]uint64](t)(b.RIDs()), must[[]int64](t)(b.Times())
	received := must[Numbers](t)(b.Numbers(event.ReceivedAt))
	first, last := events[0].Time, events[0].Time
	for i := range events {
		e := &events[i]
		if rids[i] != e.RID || times[i] != e.Time || int64(received.Bits[i]) != e.ReceivedAt || !received.Has(i) {
			t.Fatalf("row %d: rid %d, time %d, received %d; want %d, %d, %d", i,
				rids[i], times[i], received.Bits[i], e.RID, e.Time, e.ReceivedAt)
		}
		first, last = min(first, e.Time), max(last, e.Time)
	}
	if gotFirst, gotLast := b.TimeRange(); gotFirst != first || gotLast != last {
		t.Fatalf("time range %d to %d, want %d to %d", gotFirst, gotLast, first, last)
	}
}

// everyThird is a choice of rows for the At methods.
func everyThird(n int) []uint32 {
	var rows []uint32
	for i := 0; i < n; i += 3 {
		rows = append(rows, uint32(i))
	}
	return rows
}

func checkDict(t *testing.T, b Block, f event.Field, events []event.Event) {
	t.Helper()
	c := must[Strings](t)(b.Strings(f))
	if len(c.Codes) != len(events) {
		t.Fatalf("%s: %d codes, want %d", f, len(c.Codes), len(events))
	}
	distinct := make(map[string]bool, len(c.Dict))
	for _, text := range c.Dict {
		if distinct[text] {
			t.Fatalf("%s: %q stands twice in the dictionary", f, text)
		}
		distinct[text] = true
	}
	held := false
	for i := range events {
		want := wantStrings(&events[i], f)
		if got := c.Dict[c.Codes[i]]; got != want {
			t.Fatalf("%s of row %d = %q, want %q", f, i, got, want)
		}
		held = held || want != ""
	}
	for entry := range distinct {
		for single := range strings.SplitSeq(entry, Sep) {
			if single != "" && !must[bool](t)(b.MayHold(f, folded(f, single))) {
				t.Fatalf("MayHold(%s, %q) is false", f, single)
			}
		}
	}
	if b.Holds(f) != held {
		t.Fatalf("Holds(%s) = %v", f, !held)
	}
	rows := everyThird(len(events))
	for i, got := range must[[]string](t)(b.StringsAt(f, rows)) {
		if want := wantStrings(&events[rows[i]], f); got != want {
			t.Fatalf("StringsAt(%s) of row %d = %q, want %q", f, rows[i], got, want)
		}
	}
}

func folded(f event.Field, text string) string {
	if event.Describe(f).Fold {
		return strings.ToLower(text)
	}
	return text
}

func checkLines(t *testing.T, b Block, f event.Field, events []event.Event) {
	t.Helper()
	next := 0
	err := b.Texts(f, nil, func(row int, text string) bool {
		if want := events[row].Str(f); row != next || text != want {
			t.Fatalf("%s of row %d = %q, want row %d with %q", f, row, text, next, want)
		}
		next++
		return true
	})
	if err != nil || next != len(events) {
		t.Fatalf("Texts(%s) visited %d rows of %d: %v", f, next, len(events), err)
	}
	rows := everyThird(len(events))
	for i, got := range must[[]string](t)(b.StringsAt(f, rows)) {
		if want := events[rows[i]].Str(f); got != want {
			t.Fatalf("StringsAt(%s) of row %d = %q, want %q", f, rows[i], got, want)
		}
	}
}

func checkNumbers(t *testing.T, b Block, f event.Field, events []event.Event) {
	t.Helper()
	c := must[Numbers](t)(b.Numbers(f))
	held := false
	for i := range events {
		want, has := events[i].Value(f)
		if c.Has(i) != has || has && c.Bits[i] != want.Bits {
			t.Fatalf("%s of row %d = %x (%v), want %x (%v)", f, i, c.Bits[i], c.Has(i), want.Bits, has)
		}
		held = held || has
	}
	if b.Holds(f) != held {
		t.Fatalf("Holds(%s) = %v", f, !held)
	}
	rows := everyThird(len(events))
	some := must[Numbers](t)(b.NumbersAt(f, rows))
	for i, row := range rows {
		want, has := events[row].Value(f)
		if some.Has(i) != has || has && some.Bits[i] != want.Bits {
			t.Fatalf("NumbersAt(%s) of row %d = %x (%v), want %x (%v)", f, row, some.Bits[i], some.Has(i), want.Bits, has)
		}
	}
}

func checkExtras(t *testing.T, b Block, events []event.Event) {
	t.Helper()
	rows := everyThird(len(events))
	for i, got := range must[[]string](t)(b.ExtrasAt(rows)) {
		want := ""
		if pairs := events[rows[i]].Extra; len(pairs) > 0 {
			want = extraObject(pairs)
			if !json.Valid([]byte(want)) {
				t.Fatalf("extra of row %d is no JSON: %s", rows[i], want)
			}
		}
		if got != want {
			t.Fatalf("extra of row %d = %s, want %s", rows[i], got, want)
		}
	}
}

func TestSnapshotHoldsEveryValue(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 63, 64, 65, firstRows + 10} {
		events := randomEvents(uint64(n), n)
		checkBlock(t, build(events).Snapshot(), events)
	}
	events := mailEvents(t, 1500)
	checkBlock(t, build(events).Snapshot(), events)
}

func TestSnapshotOfNothing(t *testing.T) {
	t.Parallel()
	if s := NewBuilder().Snapshot(); s != nil {
		t.Fatalf("snapshot of an empty tail has %d rows", s.Rows())
	}
}

// A snapshot must stay as it was while more events come in.
func TestSnapshotWhileAdding(t *testing.T) {
	t.Parallel()
	events := randomEvents(3, 5000)
	b := NewBuilder()
	var wait sync.WaitGroup
	for i := range events {
		if i%1001 == 700 {
			s := b.Snapshot()
			wait.Go(func() { checkBlock(t, s, events[:i]) })
		}
		b.Add(&events[i])
	}
	wait.Wait()
	if b.Rows() != len(events) {
		t.Fatalf("%d rows, want %d", b.Rows(), len(events))
	}
}

func TestAddManyValues(t *testing.T) {
	t.Parallel()
	var e event.Event
	e.RID = 1
	for i := range 50_000 {
		e.Add(event.Recipient, fmt.Sprintf("r%d@example.org", i))
	}
	b := NewBuilder()
	b.Add(&e)
	c := must[Strings](t)(b.Snapshot().Strings(event.Recipient))
	if len(c.Dict) != 2 || strings.Count(c.Dict[c.Codes[0]], Sep) != 49_999 {
		t.Fatalf("%d dictionary entries", len(c.Dict))
	}
	if size := b.MemoryBytes(); size < len(c.Dict[1]) || size > 2*len(c.Dict[1]) {
		t.Fatalf("estimate of %d bytes for a value of %d", size, len(c.Dict[1]))
	}
}

func TestAddReplacesSep(t *testing.T) {
	t.Parallel()
	events := []event.Event{{RID: 1}, {RID: 2}, {RID: 3}}
	events[0].Add(event.Helo, "a"+Sep+"b")
	events[1].Add(event.Helo, "a\u241fb")
	events[2].Add(event.Recipient, "x")
	events[2].Add(event.Recipient, "y"+Sep)
	b := build(events).Snapshot()
	if got := must[[]string](t)(b.StringsAt(event.Helo, []uint32{0, 1, 2})); got[0] != "a\u241fb" || got[1] != got[0] || got[2] != "" {
		t.Fatalf("helo = %q", got)
	}
	if got := must[[]string](t)(b.StringsAt(event.Recipient, []uint32{2})); got[0] != "x"+Sep+"y\u241f" {
		t.Fatalf("recipient = %q", got)
	}
}

func BenchmarkAdd(b *testing.B) {
	events := mailEvents(b, 65_536)
	values := 0
	for i := range events {
		values += len(events[i].Values)
	}
	b.ReportAllocs()
	b.ReportMetric(float64(values)/float64(len(events)), "values/event")
	tail, n := NewBuilder(), 0
	for b.Loop() {
		if n == len(events) {
			tail, n = NewBuilder(), 0
		}
		tail.Add(&events[n])
		n++
	}
	b.ReportMetric(float64(tail.MemoryBytes())/float64(tail.Rows()), "B/row")
}

func BenchmarkSnapshot(b *testing.B) {
	tail := build(mailEvents(b, 65_536))
	b.ReportAllocs()
	for b.Loop() {
		tail.Snapshot()
	}
}
