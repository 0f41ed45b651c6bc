package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "rastro"

// source is one Go file of the house.
type source struct {
	room    string // path below internal/, or the path below the module root
	inner   bool   // below internal/
	file    string
	test    bool
	ast     *ast.File
	imports []string
	lines   int
}

// TestImportsGoDown reads every file itself: a list made by a child process
// would be served from the test cache.
func TestImportsGoDown(t *testing.T) {
	for _, s := range readHouse(t) {
		for _, fault := range faults(s) {
			t.Errorf("%s: %s", s.file, fault)
		}
	}
}

func TestTheRuleCanFail(t *testing.T) {
	cases := []struct {
		name string
		s    source
		want string
	}{
		{"up", source{room: "segment", inner: true, imports: []string{module + "/internal/search"}}, "imports only go down"},
		{"sideways", source{room: "journal", inner: true, imports: []string{module + "/internal/segment"}}, "imports only go down"},
		{"window", source{room: "search", inner: true, imports: []string{"net/http"}}, "may"},
		{"door", source{room: "ingest", inner: true, imports: []string{module + "/internal/parse/postfix"}}, "is opened by"},
		{"unknown room", source{room: "util", inner: true}, "stands on no floor"},
		{"subpackage of a window", source{room: "parse", inner: true, imports: []string{"math/rand/v2"}}, "may"},
	}
	for _, c := range cases {
		got := strings.Join(faults(c.s), "; ")
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want a sentence with %q", c.name, got, c.want)
		}
	}
}

func TestEveryPackageIsDescribed(t *testing.T) {
	described := map[string]bool{}
	for _, s := range readHouse(t) {
		if !s.test {
			described[s.room] = described[s.room] || s.ast.Doc != nil
		}
	}
	for room, ok := range described {
		if !ok {
			t.Errorf("package %s has no package comment: say what comes in, what goes out, what it never does", room)
		}
	}
}

func TestNoRegistries(t *testing.T) {
	for _, s := range readHouse(t) {
		for _, d := range s.ast.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init function: open inner rooms by an explicit list", s.file)
			}
		}
	}
}

// TestGauges tells of files that have grown too large. It fails only at twice
// the gauge: gauges are not laws.
func TestGauges(t *testing.T) {
	for _, s := range readHouse(t) {
		switch {
		case s.test:
		case s.lines > 800:
			t.Errorf("%s has %d lines; the gauge is 400", s.file, s.lines)
		case s.lines > 400:
			t.Logf("%s has %d lines; the gauge is 400", s.file, s.lines)
		}
	}
}

// faults returns a sentence for each broken rule of one file.
func faults(s source) []string {
	var found []string
	floor, known := above, true
	if s.inner {
		floor, known = floors[s.room], false
		if _, ok := floors[s.room]; ok {
			known = true
		}
	}
	if !known {
		return []string{fmt.Sprintf("room %q stands on no floor; add it to docs/architecture.md and internal/house", s.room)}
	}
	for _, imported := range s.imports {
		if other, ours := strings.CutPrefix(imported, module+"/internal/"); ours {
			found = append(found, roomFaults(s, floor, other)...)
			continue
		}
		if fault := windowFault(s, imported); fault != "" {
			found = append(found, fault)
		}
	}
	return found
}

func roomFaults(s source, floor int, other string) []string {
	if other == s.room {
		return nil // a test of the room from outside
	}
	var found []string
	otherFloor, ok := floors[other]
	switch {
	case !ok:
		found = append(found, fmt.Sprintf("imports %s, which stands on no floor", other))
	case otherFloor >= floor && !s.test:
		found = append(found, fmt.Sprintf("%s (floor %d) imports %s (floor %d); imports only go down", s.room, floor, other, otherFloor))
	}
	if allowed, closed := callers[other]; closed && !s.test && !slices.Contains(allowed, s.room) {
		found = append(found, fmt.Sprintf("%s imports %s; that room is opened by %v alone", s.room, other, allowed))
	}
	return found
}

func windowFault(s source, imported string) string {
	if s.test {
		return ""
	}
	for window, rooms := range windows {
		// A window covers its subpackages that serve the same thing, such as
		// math/rand/v2; net/http/pprof counts as net/http. Not so log/slog.
		if imported != window && (window == "log" || !strings.HasPrefix(imported, window+"/")) {
			continue
		}
		if !slices.Contains(rooms, s.room) {
			return fmt.Sprintf("%s imports %q; only %v may", s.room, imported, rooms)
		}
	}
	return ""
}

func readHouse(t *testing.T) []source {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	var all []source
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); n == "testdata" || n == "node_modules" || n == "bin" || strings.HasPrefix(n, ".") && name != root {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		s, err := readSource(root, name)
		if err == nil {
			all = append(all, s)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("only %d Go files found below %s: the test looks in the wrong place", len(all), root)
	}
	return all
}

func readSource(root, name string) (source, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return source{}, err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return source{}, err
	}
	rel, err := filepath.Rel(root, name)
	if err != nil {
		return source{}, err
	}
	rel = filepath.ToSlash(rel)
	s := source{file: rel, test: strings.HasSuffix(rel, "_test.go"), ast: parsed, lines: strings.Count(string(text), "\n")}
	s.room, s.inner = strings.CutPrefix(path.Dir(rel), "internal/")
	for _, i := range parsed.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return source{}, err
		}
		s.imports = append(s.imports, p)
	}
	return s, nil
}
