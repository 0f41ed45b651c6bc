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

// FuzzEvent: whatever comes becomes one line with fields that are JSON.
func FuzzEvent(f *testing.F) {
	for _, in := range []string{`{"message":"a\u00e9","log":{"offset":1,"file":{"path":"/x"}},"t":[1,{"a":null}]}`, `{"a":-1.5e3}`, `{"":{}}`, `{"message":"cut \u00`} {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
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
