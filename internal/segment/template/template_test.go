package template

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// values is the row of a test: columns by number, each with its values.
type values map[uint8][]Field

func (v values) Values() (all []Field) {
	for c := range uint8(10) {
		all = append(all, v[c]...)
	}
	return all
}

func (v values) Value(column uint8, nth uint16) string {
	if list := v[column]; int(nth) < len(list) {
		return list[nth].Text
	}
	return ""
}

func (v values) add(column uint8, number bool, texts ...string) values {
	for i, text := range texts {
		v[column] = append(v[column], Field{Column: column, Nth: uint16(i), Text: text, Number: number})
	}
	return v
}

func name(column uint8) string { return fmt.Sprintf("c%d", column) }

func number(name string) (column uint8, ok bool) {
	_, err := fmt.Sscanf(name, "c%d", &column)
	return column, err == nil && name == fmt.Sprintf("c%d", column)
}

// rebuilt is what the page of the format says, in the plainest way.
func rebuilt(t *testing.T, tpl *Template, rest string, at int64, row Row) (line string, from, end int) {
	t.Helper()
	var w Writer
	rests := strings.SplitN(rest, string(Sep), max(1, tpl.Rests))
	out := []byte{}
	from, end = -1, -1
	for _, p := range tpl.Parts {
		switch p.Kind {
		case Literal:
			out = append(out, p.Text...)
		case Value:
			out = append(out, row.Value(p.Column, p.Nth)...)
		case Time:
			out = w.Append(out, p.Layout, at)
		case Rest:
			if len(rests) == 0 {
				t.Fatalf("too few leftovers in %q", rest)
			}
			out = append(out, rests[0]...)
			rests = rests[1:]
		case LogStart:
			from = len(out)
		case LogEnd:
			end = len(out)
		}
	}
	if from >= 0 && end < 0 {
		end = len(out)
	}
	return string(out), from, end
}

// check encodes lines and compares what is rebuilt, by way of the text of the
// templates. A log text may get lost only where a line is one leftover.
func check(t *testing.T, lines []Line, messy bool) *Encoded {
	t.Helper()
	e := NewEncoder()
	for range 2 { // again, with the memory of the first time
		e.Reset()
		e.Messy = messy
		for i := range lines {
			e.Add(&lines[i])
		}
	}
	out, ok := e.Finish(0)
	if !ok {
		t.Fatal("no templates, however many may be")
	}
	var parsed []*Template
	for _, tpl := range out.Templates {
		text := string(tpl.Append(nil, name))
		again, err := Parse(text, number)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if back := string(again.Append(nil, name)); back != text || again.Rests != tpl.Rests || again.Log != tpl.Log {
			t.Fatalf("%q reads back as %q", text, back)
		}
		parsed = append(parsed, again)
	}
	for i, l := range lines {
		line, from, end := rebuilt(t, parsed[out.Codes[i]], out.Rests[i], l.Time, l.Row)
		if line != l.Text {
			t.Fatalf("line %d: %q instead of %q, template %q", i, line, l.Text, parsed[out.Codes[i]].Append(nil, name))
		}
		if from >= 0 && (from != l.LogFrom || end != l.LogEnd) || from < 0 && l.LogFrom >= 0 && len(parsed[out.Codes[i]].Parts) != 1 {
			t.Fatalf("line %d: log text at %d to %d instead of %d to %d", i, from, end, l.LogFrom, l.LogEnd)
		}
	}
	return out
}

func TestTemplatesOfMailLines(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 5, 5, 0, 2, 291048000, time.UTC).UnixNano()
	var lines []Line
	for i := range 200 {
		id, pid := fmt.Sprintf("%05X", 77*i), fmt.Sprint(i%20+5)
		head := "2026-01-05T00:00:02.291048-05:00 mx1 smtp[" + pid + "]: "
		row := values{}.add(1, false, "mx1").add(2, true, pid).add(3, false, id).add(4, false, "a@example.org", "b"+id+"@example.org")
		text := head + id + ": to=<b" + id + "@example.org>, n=" + fmt.Sprint(i) + ", at Jan  5 00:00:02 {x} TLSv1.3"
		lines = append(lines, Line{Text: text, LogFrom: len(head), LogEnd: len(text), Time: at, Row: row})
	}
	out := check(t, lines, false)
	if len(out.Templates) != 1 {
		t.Fatalf("%d templates", len(out.Templates))
	}
	want := "{@timestamp -300 %Y-%m-%dT%H:%M:%S.%6}-05:00 {c1} smtp[{c2}]: {<log_message}{c3}: to=<{c4 2}>, n={}, at {@timestamp -300 %b %e %H:%M:%S} {{x} TLSv1.3"
	if got := string(out.Templates[0].Append(nil, name)); got != want {
		t.Errorf("template %s\nwant     %s", got, want)
	}
	if out.Rests[7] != "7" {
		t.Errorf("leftovers %q", out.Rests[7])
	}
}

func TestHostileLines(t *testing.T) {
	t.Parallel()
	var lines []Line
	for _, text := range []string{
		"", " ", "{", "{}", "{{", "\x01", "\x01\xff9", "\x1f", "1\x1f2\x1f3", "a1\x1f", "\xff\xfe", "\x00", "%", "%Y", "}",
		strings.Repeat("a1 ", 3000), strings.Repeat("a1 ", 9000), strings.Repeat("{", 500), strings.Repeat("9", 20_000),
		"9999-99-99T99:99:99 1", "2026-02-31T00:00:00Z", "Feb 31 00:00:00", "0000000000", "2026-01-05T00:00:00.1234567890Z",
	} {
		for _, log := range [][2]int{{-1, 0}, {0, len(text)}, {len(text) / 2, len(text)}, {len(text) / 3, len(text) / 2}} {
			for _, at := range []int64{0, -1, 1 << 62, -1 << 62} {
				lines = append(lines, Line{Text: text, LogFrom: log[0], LogEnd: log[1], Time: at, Row: values{}.add(1, false, "a1", text+"x")})
			}
		}
	}
	check(t, lines, false)
	check(t, lines, true)
}

func TestTimes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 5, 23, 59, 58, 123_456_789, time.UTC)
	zone := time.FixedZone("", -(5*3600 + 45*60))
	for _, layout := range []string{
		time.RFC3339, "2006-01-02T15:04:05.000Z07:00", "2006-01-02 15:04:05", "2006-01-02 15:04:05,000 -0700", time.Stamp,
		"Jan 02 15:04:05", "02/Jan/2006:15:04:05 -0700", "20060102150405", "2006/01/02 15:04:05.000000", "Jan _2 2006 15:04:05",
	} {
		for _, day := range []time.Time{at, at.AddDate(0, 6, 20), at.AddDate(0, 0, -5).In(zone), at.Truncate(time.Second).In(zone)} {
			var m timeMatcher
			text := day.Format(layout)
			l, size := m.match(text+" x", day.UnixNano())
			if l == nil || size < 14 {
				t.Errorf("%q is not found: %v, %d bytes", text, l, size)
				continue
			}
			if got := string(new(Writer).Append(nil, l, day.UnixNano())); got != text[:size] {
				t.Errorf("%q is written as %q", text[:size], got)
			}
		}
	}
}

func FuzzEncode(f *testing.F) {
	f.Add("2026-01-05T00:00:02.291048-05:00 mx1 smtp[7]: A1: to=<a@b.example>\nx 1\nx 2\n\nx 3", "A1", "a@b.example", uint64(7), int64(1767589202291048000))
	f.Add("\x01\x1f{}\n{", "{", "\x1f", uint64(0), int64(-1))
	f.Fuzz(func(t *testing.T, text, one, two string, seed uint64, at int64) {
		r := rand.New(rand.NewPCG(seed, 1))
		var lines []Line
		for line := range strings.SplitSeq(text, "\n") {
			l := Line{Text: line, LogFrom: -1, Time: at, Alike: uint32(seed % 3), Row: values{}}
			row := values{}
			for i, v := range []string{one, two, fmt.Sprint(seed), fmt.Sprint(seed % 100)} {
				if v != "" && r.IntN(3) > 0 {
					row.add(uint8(1+i/2*2+i%2), i > 1, v)
				}
			}
			l.Row = row
			if r.IntN(2) == 0 {
				l.LogFrom = r.IntN(len(line) + 1)
				l.LogEnd = l.LogFrom + r.IntN(len(line)-l.LogFrom+1)
			}
			lines = append(lines, l)
		}
		check(t, lines, seed%2 == 0)
	})
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"", "{", "{{", "{}", "{c1}", "{c1 2}", "{c1 1}", "{<log_message}x{>log_message}", "{>log_message}", "{@timestamp 0 %s.%3}", "{@timestamp 9999 %Y}", "{@timestamp 0 %}", "{@timestamp 0 %q}"} {
		f.Add(text, int64(1))
	}
	f.Fuzz(func(t *testing.T, text string, at int64) {
		tpl, err := Parse(text, number)
		if err != nil {
			return
		}
		once := tpl.Append(nil, name)
		again, err := Parse(string(once), number)
		if err != nil {
			t.Fatalf("%q: %v", once, err)
		}
		if twice := again.Append(nil, name); string(twice) != string(once) {
			t.Fatalf("%q, then %q", once, twice)
		}
		rebuilt(t, tpl, strings.Repeat("\x1f", tpl.Rests), at, values{})
	})
}
