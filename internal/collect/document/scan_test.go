package document

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// leafList collects what a scanner tells.
type leafList struct {
	names, values []string
}

func (l *leafList) Leaf(path, raw []byte, _ bool) {
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
		var s Scanner
		var l leafList
		if !s.Scan([]byte(in), false, &l) {
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
		var s Scanner
		if s.Scan([]byte(in), false, &leafList{}) {
			t.Errorf("%.40s is accepted", in)
		}
	}
}

// FuzzScan: the scanner accepts the objects that encoding/json accepts and
// gives out valid values only.
func FuzzScan(f *testing.F) {
	for _, in := range []string{`{"message":"a\u00e9","log":{"offset":1,"file":{"path":"/x"}},"t":[1,{"a":null}]}`, `{"a":-1.5e3}`, `{"":{}}`, `{"message":"cut \u00`} {
		f.Add([]byte(in), len(in))
	}
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		var s Scanner
		var l leafList
		got := s.Scan(in, false, &l)
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
		if cut >= 0 && cut <= len(in) && got && !s.Scan(in[:cut], true, &l) && len(bytes.TrimSpace(in[:cut])) > 0 {
			t.Errorf("the beginning %q of an object is refused", in[:cut])
		}
	})
}
