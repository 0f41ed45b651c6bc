package indices

import (
	"encoding/json"
	"errors"
	"testing"

	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/settings"
)

func TestParseBytes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"10b": 10, "1kb": 1 << 10, "1.5mb": 3 << 19, "50gb": 50 << 30, "2TB": 2 << 40, "1pb": 1 << 50} {
		if got, err := parseBytes(text); err != nil || got != want {
			t.Errorf("%s is %d %v, want %d", text, got, err, want)
		}
	}
	for _, bad := range []string{"", "10", "gb", "-1kb", "ten mb", "9999999999pb"} {
		if got, err := parseBytes(bad); err == nil {
			t.Errorf("%q is %d", bad, got)
		}
	}
}

func TestListsOfAliases(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]bool{"a*": true, "a,b": false, "*,-ab": false, "-ab": false, "_all": true, "*,-a*,ab": true} {
		if got := inAliases(list, "ab"); got != want {
			t.Errorf("%s: %v", list, got)
		}
	}
}

// FuzzBodies sends anything as the bodies that are parsed here: each is refused
// in Elasticsearch's shape, or gives what can be written again.
func FuzzBodies(f *testing.F) {
	for _, seed := range []string{
		`{"settings":{"index":{"number_of_shards":1}},"mappings":{"properties":{"a":{"type":"text","fields":{"b":{"type":"keyword"}}}}},"aliases":{"x":{"routing":1,"is_write_index":"true"}}}`,
		`{"index.search.slowlog.threshold.query.debug":"1s","index":{"hidden":null}}`,
		`{"conditions":{"max_docs":1,"min_age":"1d"},"aliases":{"y":{}}}`,
		`{"properties":{"a":{"properties":{"b":{"type":"ip"}}}},"dynamic":false}`,
		`{"filter":{"term":{"a":1}},"is_hidden":true}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		refused := func(err error) bool {
			var shaped *rest.Failure
			if err != nil && !errors.As(err, &shaped) && rest.AsFailure(err).Status >= 500 {
				t.Errorf("%q is a failure of the server: %v", text, err)
			}
			return err != nil
		}
		if body, err := parseBody(text); !refused(err) {
			if _, err := json.Marshal([]any{settings.Nested(body.Settings), body.Aliases}); err != nil {
				t.Errorf("%q cannot be written again: %v", text, err)
			}
		}
		if change, err := parseSettings(text); !refused(err) {
			flat := map[string]string{}
			change.Set(flat, false)
			if _, err := json.Marshal(settings.Nested(flat)); err != nil {
				t.Errorf("%q cannot be written again: %v", text, err)
			}
		}
		_, _, err := parseRollover(text)
		refused(err)
		_, err = readAlias(text)
		refused(err)
		_, err = readAliases(text)
		refused(err)
		refused(checkMappings(text))
	})
}
