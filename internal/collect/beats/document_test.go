package beats

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/event"
)

var update = flag.Bool("update", false, "write the golden files anew")

// linesOf makes the lines of some events, none of them a repeat.
func linesOf(events ...string) []event.Line {
	b := &builder{peer: "192.0.2.7"}
	for _, e := range events {
		b.add(incoming{payload: []byte(e)})
	}
	l := newLedger(&Options{})
	got := l.take(b.drafts, 1, noon)
	return b.lines(got.origins, got.count, noon.UnixNano())
}

// TestSenders shows what becomes of the events of different senders.
func TestSenders(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			sample, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var packed bytes.Buffer
			if err := json.Compact(&packed, sample); err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			for _, l := range linesOf(packed.String()) {
				fmt.Fprintf(&got, "text   %s\norigin %s, host %s\noffset %d, length %d, marks %d\n",
					l.Text, l.Origin.Name, l.Origin.Host, l.Offset, l.Length, l.Marks)
				for _, p := range l.Fields {
					fmt.Fprintf(&got, "field  %s = %s\n", p.Name, p.JSON)
				}
			}
			golden := strings.TrimSuffix(path, ".json") + ".golden"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("got\n%swant\n%s", got.String(), want)
			}
		})
	}
}

// The order in which a sender writes its fields does not matter.
func TestOrderOfFields(t *testing.T) {
	t.Parallel()
	prints := map[uint64]bool{}
	for _, e := range []string{
		`{"message":"x","a":1,"b":{"c":"2","d":true}}`,
		`{"b":{"d":true,"c":"2"},"a":1,"message":"x"}`,
	} {
		b := &builder{}
		b.add(incoming{payload: []byte(e)})
		prints[b.drafts[0].print] = true
	}
	if len(prints) != 1 {
		t.Error("the order of fields changes the fingerprint")
	}
}

// leafList collects what a scanner tells.
type leafList struct {
	names, values []string
}

func (l *leafList) leaf(path, raw []byte, _ bool) {
	l.names = append(l.names, string(path))
	l.values = append(l.values, string(raw))
}

func TestScan(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	for in, want := range map[string]string{
		`{}`:                        "",
		` { "a" : 1 , "b":-0.5e+3}`: "a=1 b=-0.5e+3",
		`{"a":{"b":{"c":"x"},"d":[1,{"e":2},[]]},"f":null}`: `a.b.c="x" a.d=[1,{"e":2},[]] f=null`,
		`{"a":{},"b":[],"c":[{}]}`:                          "a={} b=[] c=[{}]",
		`{"a.b":true,"":{"x":false},"\u0041\n":0}`:          "a.b=true .x=false A\n=0",
		`{"a":1,"a":2}`: "a=1 a=2",
		`{"a":[{"b" : [ 1 , 2 ] , "c" : { "d" : "\"" } } ] }`: `a=[{"b" : [ 1 , 2 ] , "c" : { "d" : "\"" } } ]`,
		deep: strings.Repeat("a.", 31) + "a=" + strings.Repeat(`{"a":`, 8) + "1" + strings.Repeat("}", 8),
	} {
		var s scanner
		var l leafList
		if !s.scan([]byte(in), false, &l) {
			t.Errorf("%s is refused at %d", in, s.i)
		}
		parts := make([]string, len(l.names))
		for i := range l.names {
			parts[i] = l.names[i] + "=" + l.values[i]
		}
		if got := strings.Join(parts, " "); got != want {
			t.Errorf("%s gives\n%s, want\n%s", in, got, want)
		}
	}
}

func TestScanRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		``, `[]`, `1`, `{`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a":1}}`, `{"a":01}`, `{"a":1.}`, `{"a":-}`, `{"a":+1}`, `{"a":1e}`,
		`{"a":tru}`, `{"a":nul`, `{"a":"\x"}`, `{"a":"\u12"}`, `{"a":"\u12g4"}`, "{\"a\":\"\n\"}", `{'a':1}`, `{a:1}`, `{"a":[1,]}`,
		`{"a":[1}`, `{"a":{"b":1]}`, `{"a":[{"b"}]}`, `{"a":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + `}`,
	} {
		var s scanner
		if s.scan([]byte(in), false, &leafList{}) {
			t.Errorf("%.40s is accepted", in)
		}
	}
}

// FuzzScan: the scanner accepts the objects that encoding/json accepts and
// gives out valid values only; and whatever comes becomes one line.
func FuzzScan(f *testing.F) {
	for _, in := range []string{`{"message":"a\u00e9","log":{"offset":1,"file":{"path":"/x"}},"t":[1,{"a":null}]}`, `{"a":-1.5e3}`, `{"":{}}`, `{"message":"cut \u00`} {
		f.Add([]byte(in), len(in))
	}
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		var s scanner
		var l leafList
		got := s.scan(in, false, &l)
		want := json.Valid(in) && bytes.HasPrefix(bytes.TrimLeft(in, " \t\r\n"), []byte("{"))
		if got != want && len(in) < maxWhole {
			t.Errorf("%q: accepted is %v, encoding/json says %v", in, got, want)
		}
		if got {
			for _, v := range l.values {
				if !json.Valid([]byte(v)) {
					t.Errorf("%q of %q is no JSON value", v, in)
				}
			}
		}
		if cut >= 0 && cut <= len(in) && got && !s.scan(in[:cut], true, &l) && len(bytes.TrimSpace(in[:cut])) > 0 {
			t.Errorf("the beginning %q of an object is refused", in[:cut])
		}
		b := &builder{}
		b.add(incoming{payload: in})
		b.add(incoming{payload: in, cut: true})
		taken := newLedger(&Options{}).take(b.drafts, 1, noon)
		for _, line := range b.lines(taken.origins, taken.count, 1) {
			for _, p := range line.Fields {
				if !json.Valid([]byte(p.JSON)) {
					t.Errorf("field %q of %q is no JSON value", p, in)
				}
			}
		}
	})
}

// FuzzFrames: no bytes from the network bring the reader down, and every event
// of a window that it accepts becomes a line or a repeat.
func FuzzFrames(f *testing.F) {
	one := new(wire).json(1, `{"message":"x"}`).String()
	f.Add(new(wire).window(1).raw(one).Bytes())
	f.Add(new(wire).window(2).packed([]byte(one + one)).Bytes())
	f.Add(new(wire).window(1).packed(new(wire).packed([]byte(one)).Bytes()).Bytes())
	f.Add([]byte("1W\x00\x00\x00\x011D\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x04line\x00\x00\x00\x01x"))
	f.Add([]byte("2W\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, in []byte) {
		opts := Options{MaxWindow: 100, MaxEventBytes: 1 << 16, MaxInflatedBytes: 1 << 20}.withDefaults()
		fr := newFrames(stream{bytes.NewReader(in)}, &opts)
		l := newLedger(&opts)
		for {
			count, err := fr.window()
			if err != nil {
				return
			}
			b := &builder{}
			for range count {
				in, err := fr.event()
				if err != nil {
					if errors.Is(err, ErrProtocol) == (err.Error() == "unexpected EOF") {
						t.Errorf("a strange error: %v", err)
					}
					return
				}
				b.add(in)
			}
			if fr.finish() != nil {
				return
			}
			got := l.take(b.drafts, 1, noon)
			if n := len(b.lines(got.origins, got.count, 1)); n != got.count || n > count {
				t.Errorf("%d events became %d lines, %d counted", count, n, got.count)
			}
			got.flight.end(nil)
			l.settle(got.flight)
		}
	})
}
