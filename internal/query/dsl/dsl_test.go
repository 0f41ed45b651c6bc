package dsl

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"rastro/internal/query"
)

var update = flag.Bool("update", false, "write the golden files anew")

func testOptions() Options {
	return Options{
		Now: time.Date(2014, 11, 18, 14, 27, 32, 0, time.UTC),
		IndexFilter: func(pattern string) (query.Filter, error) {
			if strings.Contains(pattern, " ") {
				return nil, errors.New("Invalid index name [" + pattern + "]")
			}
			return query.Term{Field: query.Ref("index"), Value: pattern}, nil
		},
	}
}

// TestTables runs the queries of the tables. A line "> json" is a query; the
// lines after it say what it means, or the mistake.
func TestTables(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"testdata/queries.txt", "testdata/mistakes.txt"} {
		old, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for line := range strings.Lines(string(old)) {
			if line[0] == '=' || line[0] == '!' {
				continue
			}
			b.WriteString(line)
			if line[0] == '>' {
				b.WriteString(describe(t, strings.TrimSpace(line[1:])))
			}
		}
		if *update {
			if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		compareLines(t, name, string(old), b.String())
	}
}

func describe(t *testing.T, text string) string {
	t.Helper()
	f, err := Parse([]byte(text), testOptions())
	if err == nil {
		if _, err := query.Compile(f); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		return "= " + query.Format(f) + "\n"
	}
	var e *Error
	if !errors.As(err, &e) || e.Type == "" || e.Reason == "" {
		t.Fatalf("%s: %v", text, err)
	}
	var b strings.Builder
	for mark := "!"; e != nil; e = e.CausedBy {
		fmt.Fprintf(&b, "%s %s: %s", mark, e.Type, e.Reason)
		if e.Line > 0 {
			fmt.Fprintf(&b, " @%d:%d", e.Line, e.Col)
		}
		b.WriteByte('\n')
		mark = "!  by"
	}
	return b.String()
}

func compareLines(t *testing.T, name, want, got string) {
	t.Helper()
	wants, gots := bufio.NewScanner(strings.NewReader(want)), bufio.NewScanner(strings.NewReader(got))
	for n := 1; ; n++ {
		more := wants.Scan()
		if gots.Scan() != more || wants.Text() != gots.Text() {
			t.Errorf("%s:%d: want %q, got %q", name, n, wants.Text(), gots.Text())
			return
		}
		if !more {
			return
		}
	}
}
