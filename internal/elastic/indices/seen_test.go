package indices

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// value reads JSON as the events' fields are read.
func value(t *testing.T, text string) any {
	t.Helper()
	var v any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSeen(t *testing.T) {
	t.Parallel()
	properties, left := map[string]any{}, maxSeen
	for _, f := range [][2]string{
		{"a.b", "1"}, {"a", `{"c":[{"d":true},{"e":1.5}],"n":null}`}, {"at", `"2026-01-01T00:00:00Z"`}, {"w", `"x"`}, {"w", `{"later":"an object"}`}, {"a", "7"},
	} {
		see(properties, strings.Split(f[0], "."), value(t, f[1]), 0, &left)
	}
	text, err := json.Marshal(properties)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"a":{"properties":{"b":{"type":"long"},"c":{"properties":{"d":{"type":"boolean"},"e":{"type":"float"}}}}},"at":{"type":"date"},` +
		`"w":{"fields":{"keyword":{"ignore_above":256,"type":"keyword"}},"type":"text"}}`
	if string(text) != want {
		t.Errorf("seen: %s", text)
	}
	deep := value(t, strings.Repeat(`{"a":`, 500)+"1"+strings.Repeat("}", 500))
	see(properties, []string{"deep"}, deep, 0, &left)
	if text, err := json.Marshal(properties["deep"]); err != nil || strings.Count(string(text), `"properties"`) > maxSeenDepth {
		t.Errorf("objects are followed too deep: %v %s", err, text)
	}
	for i := range 2 * maxSeen {
		see(properties, []string{"n" + strings.Repeat("x", i)}, true, 0, &left)
	}
	if left > 0 || len(properties) > maxSeen {
		t.Errorf("%d fields are shown, %d are left", len(properties), left)
	}
	if !reflect.DeepEqual(typed(nil), map[string]any(nil)) {
		t.Error("null has a type")
	}
}
