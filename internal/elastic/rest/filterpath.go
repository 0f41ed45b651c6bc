package rest

import (
	"bytes"
	"encoding/json"
	"strings"

	"rastro/internal/elastic/names"
)

// maxPaths bounds the parts of filter_path.
const maxPaths = 256

// filterPath keeps what the paths of filter_path name: parts divided by dots,
// * for any text in a name, ** for any number of names; paths that begin with
// - are taken out instead. Lists are looked into.
func filterPath(text []byte, param string) ([]byte, error) {
	var keep, drop [][]string
	for path := range strings.SplitSeq(param, ",") {
		out, isDrop := strings.CutPrefix(strings.TrimSpace(path), "-")
		switch {
		case out == "":
		case isDrop:
			drop = append(drop, strings.Split(out, "."))
		default:
			keep = append(keep, strings.Split(out, "."))
		}
	}
	if len(keep)+len(drop) > maxPaths {
		return nil, Illegal("[filter_path] names %d paths; at most %d", len(keep)+len(drop), maxPaths)
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if len(keep) > 0 {
		v, _ = kept(v, keep)
	}
	if len(drop) > 0 {
		v, _ = dropped(v, drop)
	}
	if v == nil {
		return []byte("{}"), nil
	}
	return json.Marshal(v)
}

// step moves paths one name on: rest are those that go further, done tells
// that one of them ends here.
func step(paths [][]string, name string) (rest [][]string, done bool) {
	for _, p := range paths {
		if p[0] == "**" {
			rest = append(rest, p)
			if len(p) == 1 {
				return nil, true
			}
			more, end := step([][]string{p[1:]}, name)
			rest, done = append(rest, more...), done || end
			continue
		}
		if !names.Match(p[0], name) {
			continue
		}
		if len(p) == 1 {
			return nil, true
		}
		rest = append(rest, p[1:])
	}
	return rest, done
}

// kept is what of v the paths name.
func kept(v any, paths [][]string) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, inner := range v {
			rest, done := step(paths, name)
			if done {
				out[name] = inner
			} else if part, ok := kept(inner, rest); ok && len(rest) > 0 {
				out[name] = part
			}
		}
		return out, len(out) > 0
	case []any:
		var out []any
		for _, inner := range v {
			if part, ok := kept(inner, paths); ok {
				out = append(out, part)
			}
		}
		return out, len(out) > 0
	}
	return nil, false
}

// dropped is v without what the paths name.
func dropped(v any, paths [][]string) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			rest, done := step(paths, name)
			if done {
				delete(v, name)
				continue
			}
			if len(rest) == 0 {
				continue
			}
			if part, ok := dropped(inner, rest); ok {
				v[name] = part
			} else {
				delete(v, name)
			}
		}
		return v, len(v) > 0
	case []any:
		var out []any
		for _, inner := range v {
			if part, ok := dropped(inner, paths); ok {
				out = append(out, part)
			}
		}
		return out, len(out) > 0
	}
	return v, true
}
