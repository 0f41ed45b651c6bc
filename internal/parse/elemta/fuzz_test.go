package elemta

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"rastro/internal/parse/parsetest"
)

func FuzzParse(f *testing.F) {
	for _, name := range []string{"seed.log", "shapes.log"} {
		for _, line := range parsetest.Lines(f, name) {
			f.Add(line)
		}
	}
	f.Add("[DEBUG] Raw config file contents:\npassword = \"x\"\n")
	f.Add(`{"time":"2026-11-23T00:00:00Z","level":"INFO","msg":"x","to":["a@b",1],"n":[[[[]]]]`)
	f.Fuzz(func(t *testing.T, line string) {
		dialect.Check(t, whole(line))
	})
}

// FuzzScanObject compares the scanner with encoding/json on valid objects: the
// same keys in the same order with the same values, repeated ones included.
func FuzzScanObject(f *testing.F) {
	for _, line := range parsetest.Lines(f, "shapes.log") {
		f.Add(line)
	}
	f.Add(`{"a":1e5,"a":-0.5,"b":[{"c":[true,false,null]}],"\u0061":"\ud83d\ude00\ud800x\"\\\/"}`)
	f.Add(` {"a" : "b" , "c":{} }`)
	f.Add("{\"to\":[\"carla@hostco.exam\xffe\"]}")
	f.Fuzz(func(t *testing.T, s string) {
		if !json.Valid([]byte(s)) || !strings.HasPrefix(s, "{") {
			scanObject(nil, s)
			return
		}
		keys, values := decodeObject(t, s)
		if len(keys) > maxPairs || strings.Count(s, "{")+strings.Count(s, "[") > maxDepth {
			return
		}
		pairs, n, whole := scanObject(nil, s)
		if !whole || strings.TrimSpace(s[n:]) != "" || len(pairs) != len(keys) {
			t.Fatalf("%d pairs of %d, whole %v, rest %q", len(pairs), len(keys), whole, s[n:])
		}
		for i := range pairs {
			var value any
			if err := json.Unmarshal([]byte(pairs[i].json()), &value); err != nil {
				t.Fatal(err)
			}
			if !validText(s) {
				continue // a value with such bytes is kept as a text
			}
			if pairs[i].key != keys[i] || !reflect.DeepEqual(value, values[i]) {
				t.Fatalf("pair %d: %q %v, want %q %v", i, pairs[i].key, value, keys[i], values[i])
			}
			if text, ok := values[i].(string); ok && pairs[i].text() != text {
				t.Fatalf("text %q, want %q", pairs[i].text(), text)
			}
		}
	})
}

func validText(s string) bool { return strings.ToValidUTF8(s, "") == s }

// decodeObject reads an object with encoding/json, repeated keys included.
func decodeObject(t *testing.T, s string) (keys []string, values []any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(s))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Skip(err) // a number too large for float64
		}
		var value any
		if err := d.Decode(&value); err != nil {
			t.Skip(err)
		}
		keys, values = append(keys, key.(string)), append(values, value)
	}
	return keys, values
}
