package aggs

import "testing"

// TestPartition holds the parts in which Elasticsearch's own tests find keys.
func TestPartition(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		form form
		key  string
		want uint64
	}{{formText, "bcd", 0}, {formText, "abc", 1}, {formLong, "5678", 0}, {formLong, "1234", 1}} {
		if got := partition(c.form, c.key, 2); got != c.want {
			t.Errorf("%s is in part %d, want %d", c.key, got, c.want)
		}
	}
}
