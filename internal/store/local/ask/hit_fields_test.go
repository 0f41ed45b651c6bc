package ask

import (
	"encoding/json"
	"reflect"
	"testing"

	"rastro/internal/event"
)

func TestPairsOf(t *testing.T) {
	t.Parallel()
	for object, want := range map[string][]event.Pair{
		``:        nil,
		`{}`:      nil,
		`{"a":1}`: {{Name: "a", JSON: `1`}},
		`{"a":"x,y}","b":{"c":[1,{"d":"]"}]},"a":null}`: {{Name: "a", JSON: `"x,y}"`}, {Name: "b", JSON: `{"c":[1,{"d":"]"}]}`}, {Name: "a", JSON: `null`}},
		`{"q\"\u00e9\\":"\\\""}`:                        {{Name: `q"é\`, JSON: `"\\\""`}},
		`{"a":`:                                         nil,
		`{"a":1,"b`:                                     {{Name: "a", JSON: `1`}},
	} {
		if got := pairsOf(object); !reflect.DeepEqual(got, want) {
			t.Errorf("pairsOf(%s) = %q, want %q", object, got, want)
		}
	}
}

// FuzzPairsOf checks that no text breaks the reader, and that compact objects
// come apart as encoding/json takes them apart.
func FuzzPairsOf(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `{"a":{"b":["x",2]},"c":"\"}"}`, `{"`, `{"a":"\`, `{"a":]`, `{"\ud800":0}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		pairsOf(text) // must not panic
		var members map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &members) != nil || members == nil {
			return
		}
		whole, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		pairs := pairsOf(string(whole))
		if len(pairs) != len(members) {
			t.Fatalf("%d members of %s, want %d", len(pairs), whole, len(members))
		}
		if err := json.Unmarshal(whole, &members); err != nil {
			t.Fatal(err)
		}
		for _, p := range pairs {
			if string(members[p.Name]) != p.JSON {
				t.Fatalf("member %q = %s, want %s", p.Name, p.JSON, members[p.Name])
			}
		}
	})
}
