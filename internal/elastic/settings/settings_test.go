package settings

import (
	"encoding/json"
	"maps"
	"testing"
)

func TestFlattenAndNest(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"index":{"a":{"b":1}},"index.c":true,"d":"x","e.f":null}`: `{"index":{"a":{"b":"1"},"c":"true","d":"x"}}`,
		`{"query.default_field":["a","b"]}`:                         `{"index":{"query":{"default_field":["a","b"]}}}`,
		`{"a":1.5,"a.b":2}`:                                         `{"index":{"a":"1.5","a.b":"2"}}`,
		`{}`:                                                        `{}`, ``: `{}`,
	} {
		change, err := Flatten([]byte(body), "index.")
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		flat := map[string]string{"index.e.f": "old"}
		change.Set(flat, false)
		delete(flat, "index.e.f")
		got, err := json.Marshal(Nested(flat))
		if err != nil || string(got) != want {
			t.Errorf("%s gives %s %v, want %s", body, got, err, want)
		}
	}
	for _, bad := range []string{`[]`, `1`, `{"a":[{}]}`, `{`, `{"":1}`} {
		if got, err := Flatten([]byte(bad), ""); err == nil {
			t.Errorf("%s gives %v", bad, got)
		}
	}
}

func TestSet(t *testing.T) {
	t.Parallel()
	one := "1"
	to := map[string]string{"a.x": "0", "a.y": "0", "b": "0"}
	Change{"a.*": nil, "b": &one, "c": &one}.Set(to, true)
	if !maps.Equal(to, map[string]string{"b": "0", "c": "1"}) {
		t.Errorf("%v", to)
	}
}

func TestKnown(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"index.search.slowlog.threshold.query.debug": true, "index.foo": false, "index.search": false, "foo": false, "index.codec": true} {
		if KnownIndex(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
	if !KnownCluster("action.destructive_requires_name") || KnownCluster("node.name") || KnownCluster("nonsense") {
		t.Error("the names of cluster settings")
	}
	for name, value := range map[string]string{"index.number_of_shards": "0", "index.number_of_replicas": "x", "index.hidden": "maybe", "index.search.slowlog.threshold.query.warn": "1 fortnight"} {
		if Check(name, value) == "" {
			t.Errorf("%s takes %s", name, value)
		}
	}
	if wrong := Check("index.search.slowlog.threshold.query.debug", "1s"); wrong != "" {
		t.Error(wrong)
	}
}

func FuzzFlatten(f *testing.F) {
	f.Add([]byte(`{"index":{"a":{"b":1}},"c":[1,"x"],"d":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		change, err := Flatten(text, "index.")
		if err != nil {
			return
		}
		flat := map[string]string{}
		change.Set(flat, false)
		if _, err := json.Marshal(Nested(flat)); err != nil {
			t.Errorf("%q cannot be written: %v", text, err)
		}
	})
}
