package tail

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxDepth bounds how deep ** descends.
const maxDepth = 32

// expand lists the paths that a pattern matches, in order, and reports every
// folder it listed to dir. "**" stands for any number of folders; folders
// behind symbolic links are entered only where the pattern names them.
// Folders that do not exist or cannot be read match nothing.
func expand(pattern string, dir func(string)) []string {
	if !hasMeta(pattern) {
		dir(filepath.Dir(pattern))
		return []string{pattern}
	}
	g := globber{dir: dir}
	root, rest := ".", pattern
	if filepath.IsAbs(pattern) {
		root, rest = "/", strings.TrimLeft(pattern, "/")
	}
	g.walk(root, strings.Split(rest, "/"), 0)
	slices.Sort(g.out)
	return slices.Compact(g.out)
}

// Glob lists the files that a pattern matches now, in order, with "**" for any
// number of folders. A path without wildcards is returned as it is, whether
// the file exists or not. A pattern that cannot be read gives an error.
func Glob(pattern string) ([]string, error) {
	if err := checkPattern(pattern); err != nil {
		return nil, err
	}
	found := expand(pattern, func(string) {})
	if !hasMeta(pattern) {
		return found, nil
	}
	return slices.DeleteFunc(found, func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && info.IsDir()
	}), nil
}

type globber struct {
	dir func(string)
	out []string
}

// walk matches the segments below at.
func (g *globber) walk(at string, segments []string, depth int) {
	if depth > maxDepth {
		return
	}
	for len(segments) > 1 && !hasMeta(segments[0]) {
		at, segments = filepath.Join(at, segments[0]), segments[1:]
	}
	first, rest := segments[0], segments[1:]
	if !hasMeta(first) {
		path := filepath.Join(at, first)
		if _, err := os.Lstat(path); err == nil {
			g.out = append(g.out, path)
		}
		return
	}
	if first == "**" && len(rest) == 0 {
		rest = []string{"*"}
	}
	g.dir(at)
	if first == "**" {
		g.walk(at, rest, depth+1)
	}
	entries, err := os.ReadDir(at)
	if err != nil {
		return
	}
	for _, e := range entries {
		path := filepath.Join(at, e.Name())
		switch {
		case first == "**":
			if e.IsDir() {
				g.walk(path, segments, depth+1)
			}
		case !matchSegment(first, e.Name()):
		case len(rest) == 0:
			g.out = append(g.out, path)
		case e.IsDir() || e.Type()&os.ModeSymlink != 0:
			g.walk(path, rest, depth+1)
		}
	}
}

func hasMeta(s string) bool { return strings.ContainsAny(s, `*?[\`) }

func matchSegment(pattern, name string) bool {
	ok, err := filepath.Match(pattern, name)
	return ok && err == nil
}

// matchPath reports whether a pattern with "**" matches a whole path. A pattern
// without a slash is matched against the last element alone.
func matchPath(pattern, path string) bool {
	if !strings.Contains(pattern, "/") {
		return matchSegment(pattern, filepath.Base(path))
	}
	return matchSegments(strings.Split(pattern, "/"), strings.Split(path, "/"))
}

func matchSegments(pattern, path []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			if len(pattern) == 1 {
				return len(path) > 0
			}
			for i := range path {
				if matchSegments(pattern[1:], path[i:]) {
					return true
				}
			}
			return false
		}
		if len(path) == 0 || !matchSegment(pattern[0], path[0]) {
			return false
		}
		pattern, path = pattern[1:], path[1:]
	}
	return len(path) == 0
}

// checkPattern says whether a pattern can be used.
func checkPattern(pattern string) error {
	for _, segment := range strings.Split(pattern, "/") {
		if _, err := filepath.Match(segment, ""); err != nil {
			return err
		}
	}
	return nil
}
