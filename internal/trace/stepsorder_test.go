package trace

import (
	"strings"
	"testing"
)

// TestWholeSeconds: a log that counts whole seconds seems to tell the end of a
// message before another log tells its beginning.
func TestWholeSeconds(t *testing.T) {
	t.Parallel()
	ref := func(name string, ms int64, place int) stepRef {
		return stepRef{fact: &fact{text: name, time: ms * 1e6}, place: place}
	}
	for _, c := range []struct {
		want string
		refs []stepRef
	}{
		{"received queued stored tried removed", []stepRef{
			ref("stored", 1000, 5), ref("received", 1100, 3), ref("queued", 1200, 4), ref("tried", 1300, 9), ref("removed", 1400, 12),
		}},
		{"stored received", []stepRef{ref("stored", 1000, 5), ref("received", 2100, 3)}},
		{"received stored", []stepRef{ref("received", 1000, 3), ref("stored", 1000, 5)}},
		{"received checked stored read tried", []stepRef{
			ref("checked", 1000, 4), ref("stored", 1000, 5), ref("read", 1000, 6), ref("received", 1500, 3), ref("tried", 1600, 9),
		}},
	} {
		var got []string
		for _, r := range wholeSeconds(c.refs) {
			got = append(got, r.text)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s, want %s", s, c.want)
		}
	}
}
