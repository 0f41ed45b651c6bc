package nodes

import (
	"errors"
	"testing"

	"rastro/internal/elastic/rest"
)

func TestReadNodes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"": true, "1": true, "2": false, ">=1": true, ">1": false, "<2": true, "<=0": false, "ge(1)": true, "lt(1)": false, "le(1)": true, "gt(0)": true} {
		holds, err := readNodes(text)
		if err != nil || holds(1) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, bad := range []string{"one", ">=", "ge(x)", "=1"} {
		if _, err := readNodes(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func FuzzClusterSettings(f *testing.F) {
	f.Add([]byte(`{"persistent":{"action":{"destructive_requires_name":false}},"transient":{"search.max_buckets":null,"cluster.*":null}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, _, err := parseClusterSettings(text)
		var f *rest.Failure
		if err != nil && !errors.As(err, &f) {
			t.Errorf("%q gives an error without a shape: %v", text, err)
		}
	})
}
