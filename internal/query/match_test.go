package query

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"rastro/internal/event"
)

// mailEvent is an event with values of every kind.
func mailEvent() *event.Event {
	e := &event.Event{Time: 1_700_000_000_000_000_000, ReceivedAt: 1_700_000_001_000_000_000}
	e.Add(event.Message, "postfix/smtp[77]: 4F2A: to=<ana@example.com>, status=deferred")
	e.Add(event.Level, "WARN")
	e.Add(event.QueueID, "4F2A")
	e.Add(event.QueueID, "5B3C")
	e.Add(event.Recipient, "ana@example.com")
	e.Add(event.Recipient, "luz@example.org")
	e.Add(event.ClientIP, "2001:db8::1")
	e.AddInt(event.SMTPCode, 451)
	e.AddFloat(event.Delay, 12.5)
	e.AddBool(event.IsError, true)
	e.AddTime(event.NextRetry, 1_700_000_600_000_000_000)
	e.Add(event.SourceID, "dev:1")
	e.AddInt(event.Offset, 42)
	e.AddExtra("shop", `{"order":77,"tags":["Blue","red"],"price":9.5,"gone":null,"none":{},"who":{"name":"Ana \u00e9"},"deep.key":true}`)
	e.AddExtra("trace.id", `"abc"`)
	e.AddExtra("list", `[{"k":1},{"k":[2,3]}]`)
	e.AddExtra("status", `"odd"`)
	return e
}

func on(f event.Field) FieldRef { return FieldOf(f) }

func TestMatch(t *testing.T) {
	t.Parallel()
	number := func(n int64, inclusive bool) Bound { return Bound{Set: true, Inclusive: inclusive, Int: n} }
	yes := []Filter{
		nil, All{}, And{}, Not{None{}}, Not{Or{}}, Not{And{[]Filter{All{}, None{}}}},
		Term{on(event.Level), "warn"},
		Term{on(event.QueueID), "5B3C"},
		Term{on(event.Recipient), "LUZ@example.org"},
		Terms{on(event.QueueID), []string{"x", "4F2A"}},
		Term{on(event.ClientIP), "2001:0DB8::0001"},
		CIDR{on(event.ClientIP), netip.MustParsePrefix("2001:db8::/32")},
		Term{on(event.SMTPCode), "451"}, Term{on(event.SMTPCode), "451.0"}, Term{on(event.SMTPCode), "+451"},
		Terms{on(event.SMTPCode), []string{"450", "451", "bad"}},
		Phrase{Field: on(event.SMTPCode), Text: "451"},
		Prefix{on(event.SMTPCode), "4"}, Wildcard{on(event.SMTPCode), "4?1"},
		Range{on(event.SMTPCode), number(450, false), number(451, true)},
		Term{on(event.Delay), "12.50"}, Term{on(event.Delay), "125e-1"},
		Range{on(event.Delay), Bound{Set: true, Float: 12}, Bound{Set: true, Inclusive: true, Float: 12.5}},
		Term{on(event.IsError), "True"}, Range{on(event.IsError), number(1, true), Bound{}},
		Term{on(event.Timestamp), "2023-11-14T22:13:20Z"}, Term{on(event.Timestamp), "1700000000000000000"},
		Range{on(event.Timestamp), number(1_700_000_000_000_000_000, true), number(1_700_000_000_000_000_001, false)},
		Prefix{on(event.Timestamp), "2023-11-"}, Exists{on(event.Timestamp)},
		Term{on(event.ReceivedAt), "2023-11-14T22:13:21Z"},
		Range{on(event.NextRetry), number(1_700_000_600_000_000_000, true), Bound{}},
		Term{on(event.EventID), "dev:1@42"}, Exists{on(event.EventID)},
		Phrase{Field: on(event.Message), Text: "status deferred"},
		Or{[]Filter{None{}, Term{on(event.Level), "WARN"}}, 0},
		Or{[]Filter{All{}, None{}, Exists{on(event.Delay)}}, 2},
		Term{Ref("shop.order"), "77"}, Range{Ref("shop.order"), Bound{Set: true, Text: "9"}, Bound{Set: true, Text: "100"}},
		Term{Ref("shop.tags"), "blue"}, Term{Ref("shop.tags"), "RED"}, Term{Ref("shop.who.name"), "ANA É"},
		Term{Ref("shop.deep.key"), "true"}, Term{Ref("trace.id"), "ABC"}, Term{Ref("trace.id.keyword"), "abc"},
		Term{Ref("list.k"), "3"}, Exists{Ref("shop")}, Exists{Ref("shop.who")}, Range{Ref("shop.price"), Bound{Set: true, Text: "9.4"}, Bound{}},
		Term{Ref("extra.status"), "odd"}, Term{Ref("shop.*"), "red"}, Term{Ref("*.id"), "abc"}, Exists{Ref("s*p.who")}, Term{Ref("*"), "odd"},
	}
	no := []Filter{
		None{}, Or{}, Not{nil}, Not{All{}}, And{[]Filter{All{}, None{}}},
		Term{on(event.QueueID), "4f2a"}, Terms{Field: on(event.QueueID)}, Term{on(event.Sender), ""},
		Term{on(event.SMTPCode), "45"}, Term{on(event.SMTPCode), "451x"}, Term{on(event.SMTPCode), "0x1c3"},
		Range{on(event.SMTPCode), number(451, false), Bound{}}, Range{on(event.Attempt), Bound{}, Bound{}},
		Range{on(event.SMTPCode), number(1<<63-1, false), Bound{}}, Range{on(event.SMTPCode), Bound{}, number(-1<<63, false)},
		Term{on(event.Delay), "inf"}, Term{on(event.IsError), "1"}, Term{on(event.Timestamp), "soon"},
		Term{on(event.Status), "odd"}, Exists{on(event.Status)}, Term{on(event.EventID), "dev:1@43"},
		Or{[]Filter{All{}, None{}}, 2},
		Exists{Ref("shop.gone")}, Exists{Ref("shop.none")}, Exists{Ref("Shop")}, Term{Ref("shop.order.x"), "77"},
		Term{Ref("list.k"), "4"}, Term{Ref("shop.orde"), "77"}, Term{Ref("*.idx"), "abc"}, Range{Ref("shop.tags"), Bound{Set: true, Text: "s"}, Bound{}},
	}
	e := mailEvent()
	for _, f := range yes {
		if !Match(f, e) {
			t.Errorf("%s does not match", Format(f))
		}
	}
	for _, f := range no {
		if Match(f, e) {
			t.Errorf("%s matches", Format(f))
		}
	}
}

func TestCompileRefusesWhatIsNoCondition(t *testing.T) {
	t.Parallel()
	for _, f := range []Filter{
		Regexp{Field: on(event.Level)}, Regexp{Field: on(event.SMTPCode)}, Regexp{Field: on(event.Message)},
		Not{Regexp{Field: on(event.Level)}}, And{[]Filter{Regexp{Field: on(event.Level)}}}, Or{[]Filter{Regexp{Field: on(event.Level)}}, 1},
	} {
		if _, err := Compile(f); err == nil {
			t.Errorf("%s is taken", Format(f))
		}
		if Match(f, mailEvent()) {
			t.Errorf("%s matches", Format(f))
		}
	}
	if _, err := CompileLeaf(And{}); err == nil {
		t.Error("And is taken for a leaf")
	}
}

// TestUnknownFieldsAreKeywordAndText: nobody said what a field is that the table
// does not know, so that both ways of asking find it.
func TestUnknownFieldsAreKeywordAndText(t *testing.T) {
	t.Parallel()
	var e event.Event
	e.AddExtra("note", `"The quick Brown fox"`)
	e.AddExtra("n", "42")
	for _, c := range []struct {
		filter Filter
		want   bool
	}{
		{Term{Ref("note"), "quick"}, true}, {Term{Ref("note"), "the quick brown FOX"}, true}, {Term{Ref("note"), "quick fox"}, false},
		{Phrase{Field: Ref("note"), Text: "brown fox"}, true}, {Phrase{Field: Ref("note"), Text: "quick fox", Slop: 1}, true},
		{Prefix{Ref("note"), "bro"}, true}, {Wildcard{Ref("note"), "the*fox"}, true}, {Wildcard{Ref("note"), "f?x"}, true},
		{Term{Ref("note.keyword"), "quick"}, false}, {Term{Ref("note.keyword"), "The quick Brown fox"}, true}, {Term{Ref("note.keyword"), "the quick brown fox"}, false},
		{Terms{Ref("note"), []string{"slow", "fox"}}, true}, {Fuzzy{Field: Ref("note"), Value: "quikc", Distance: 1}, true},
		{Range{Field: Ref("n"), From: Bound{Set: true, Text: "5"}}, true}, {Term{Ref("n"), "42"}, true}, {Term{Ref("n"), "4"}, false},
	} {
		if got := Match(c.filter, &e); got != c.want {
			t.Errorf("%s: %v", Format(c.filter), got)
		}
	}
}

func TestLeafEqual(t *testing.T) {
	t.Parallel()
	tests := []struct {
		filter Filter
		want   []string
	}{
		{Term{on(event.Sender), "Ana@Example.com"}, []string{"ana@example.com"}},
		{Term{on(event.QueueID), "4F2A"}, []string{"4F2A"}},
		{Terms{on(event.Sender), []string{"B", "a", "b"}}, []string{"a", "b"}},
		{Terms{Field: on(event.Sender)}, []string{}},
		{Term{on(event.ClientIP), "2001:DB8:0::1"}, []string{"2001:db8::1"}},
		{Term{on(event.ClientIP), "::ffff:192.0.2.1"}, []string{"192.0.2.1"}},
		{Term{Ref("x"), "Y"}, nil},
		{Term{Ref("x.keyword"), "Y"}, []string{"Y"}},
		{Term{on(event.Message), "word"}, nil},
		{Term{on(event.Size), "1"}, nil},
		{Prefix{on(event.Sender), "a"}, nil},
		{Exists{on(event.Sender)}, nil},
	}
	for _, tt := range tests {
		leaf, err := CompileLeaf(tt.filter)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(leaf.Equal, tt.want) || (leaf.Equal == nil) != (tt.want == nil) {
			t.Errorf("%s: got %q", Format(tt.filter), leaf.Equal)
		}
		if (leaf.MatchText == nil) == (leaf.MatchBits == nil) {
			t.Errorf("%s: one of MatchText and MatchBits is to be set", Format(tt.filter))
		}
	}
}

// TestMatchGeneratedEvents compares filters with what is known of the events
// they run on.
func TestMatchGeneratedEvents(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	users := []string{"ana", "luz", "eva"}
	for range 2000 {
		var e event.Event
		e.Time = int64(random.IntN(100))
		size, delay := int64(random.IntN(50)), float64(random.IntN(40))/4
		e.AddInt(event.Size, size)
		e.AddFloat(event.Delay, delay)
		var to []string
		for range random.IntN(3) {
			u := users[random.IntN(len(users))]
			to = append(to, u)
			e.Add(event.Recipient, u+"@x.example")
		}
		e.Add(event.Message, fmt.Sprintf("to=%s, size=%d", strings.Join(to, ","), size))
		u, n := users[random.IntN(len(users))], int64(random.IntN(50))
		has := slices.Contains(to, u)
		checks := []struct {
			filter Filter
			want   bool
		}{
			{Term{on(event.Recipient), strings.ToUpper(u) + "@x.example"}, has},
			{Wildcard{on(event.Recipient), u[:1] + "*@x.example"}, has},
			{Term{on(event.Message), u}, has},
			{Phrase{Field: on(event.Message), Text: "to " + u}, len(to) > 0 && to[0] == u},
			{Phrase{Field: on(event.Message), Text: fmt.Sprint("size ", n)}, size == n},
			{Exists{on(event.Recipient)}, len(to) > 0},
			{Range{on(event.Size), Bound{Set: true, Inclusive: true, Int: n}, Bound{}}, size >= n},
			{Range{on(event.Size), Bound{}, Bound{Set: true, Int: n}}, size < n},
			{Range{on(event.Delay), Bound{Set: true, Float: float64(n) / 4}, Bound{}}, delay > float64(n)/4},
			{Range{on(event.Timestamp), Bound{Set: true, Inclusive: true, Int: n}, Bound{Set: true, Int: n + 10}}, e.Time >= n && e.Time < n+10},
		}
		for i, c := range checks {
			if got := Match(c.filter, &e); got != c.want {
				t.Fatalf("%s on %v: got %v", Format(c.filter), e, got)
			}
			other := checks[(i+3)%len(checks)]
			if got := Match(And{[]Filter{c.filter, other.filter}}, &e); got != (c.want && other.want) {
				t.Fatalf("and(%s, %s): got %v", Format(c.filter), Format(other.filter), got)
			}
			if got := Match(Or{[]Filter{c.filter, Not{other.filter}}, 0}, &e); got != (c.want || !other.want) {
				t.Fatalf("or(%s, not(%s)): got %v", Format(c.filter), Format(other.filter), got)
			}
		}
	}
}

func TestVisitExtra(t *testing.T) {
	t.Parallel()
	object := ` { "a" : { "b" : [ 1 , "two\n" , [true] , null, {"c":"x"} ] } , "a.d":"e", "q\"k":7 } `
	tests := []struct{ name, want string }{
		{"a.b", `1|two` + "\n" + `|true|{"c":"x"}`},
		{"a.b.c", "x"},
		{"a.d", "e"},
		{"a", `{ "b" : [ 1 , "two\n" , [true] , null, {"c":"x"} ] }`},
		{`q"k`, "7"},
		{"a.*.c", ""},
		{"a.*", `1|two` + "\n" + `|true|{"c":"x"}|e`},
		{"b", ""},
		{"", ""},
	}
	for _, tt := range tests {
		var got []string
		VisitExtra(object, FieldRef{Name: tt.name}, func(v string) bool {
			got = append(got, v)
			return false
		})
		if tt.name != "" && strings.Join(got, "|") != tt.want {
			t.Errorf("%s: got %q", tt.name, got)
		}
	}
	deep := strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)
	if VisitExtra(deep, FieldRef{Name: strings.Repeat("a.", 4999) + "a"}, func(string) bool { return true }) {
		t.Error("a value below every bound is found")
	}
}

func FuzzVisitExtra(f *testing.F) {
	f.Add(`{"a":{"b":[1,"x"]}}`, "a.b")
	f.Add(`{"a`, "a")
	f.Add(`{"a":"\`, "*")
	f.Fuzz(func(t *testing.T, object, name string) {
		VisitExtra(object, FieldRef{Name: name}, func(v string) bool {
			return len(v) > len(object)
		})
		e := event.Event{}
		e.AddExtra("a", object)
		Match(Exists{FieldRef{Name: name}}, &e)
	})
}

func BenchmarkMatch(b *testing.B) {
	e := mailEvent()
	for name, f := range map[string]Filter{
		"and":   And{[]Filter{Phrase{Field: on(event.Message), Text: "status=deferred"}, Term{on(event.Recipient), "luz@example.org"}}},
		"extra": Term{Ref("shop.who.name"), "nobody"},
		"or":    Or{[]Filter{Term{on(event.Level), "ERROR"}, Term{on(event.SMTPCode), "550"}}, 0},
	} {
		b.Run(name, func(b *testing.B) {
			m, err := Compile(f)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for range b.N {
				m.Match(e)
			}
		})
	}
}
