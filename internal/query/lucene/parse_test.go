package lucene

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

var update = flag.Bool("update", false, "write the golden files anew")

// testOptions are the options that the word after the > of a table asks for.
func testOptions(t *testing.T, mode string) Options {
	t.Helper()
	opts := Options{Now: at(t, testNow)}
	switch mode {
	case "":
	case "and":
		opts.DefaultOperatorAND = true
	case "lenient":
		opts.Lenient = true
	case "madrid":
		opts.Zone = zoneOf(t, "Europe/Madrid")
	case "many":
		opts.DefaultFields = []query.FieldRef{query.FieldOf(event.Sender), query.FieldOf(event.Size), query.FieldOf(event.Subject)}
	case "least2":
		opts.Least = func(int) int { return 2 }
	case "letters":
		opts.NoLeadingWildcard = true
	case "slop3":
		opts.Slop = 3
	case "near":
		opts.Distance = func(string) int { return 1 }
		opts.Same = 2
	case "whole":
		opts.QuoteSuffix = ".keyword"
	case "indices":
		opts.IndexFilter = func(pattern string) (query.Filter, error) {
			if strings.Contains(pattern, "#") {
				return nil, errors.New("no such index [" + pattern + "]")
			}
			if pattern == "*" {
				return nil, nil
			}
			return query.Prefix{Field: query.FieldOf(event.Index), Value: pattern}, nil
		}
	default:
		t.Fatalf("unknown options %q", mode)
	}
	return opts
}

// TestTables runs the queries of the tables. A line "> query" or ">mode query"
// is a query; the lines after it say what it means: "= filter", or the mistake
// as "! code at place: problem; hint" with "~ suggestion".
func TestTables(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"testdata/queries.txt", "testdata/mistakes.txt"} {
		old, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for line := range strings.Lines(string(old)) {
			if line[0] == '=' || line[0] == '!' || line[0] == '~' {
				continue
			}
			b.WriteString(line)
			if line[0] == '>' {
				mode, text, _ := strings.Cut(line[1:len(line)-1], " ")
				describe(t, &b, text, testOptions(t, mode))
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

func describe(t *testing.T, b *strings.Builder, text string, opts Options) {
	t.Helper()
	filter, err := Parse(text, opts)
	if err == nil {
		fmt.Fprintf(b, "= %s\n", query.Format(filter))
		return
	}
	mistake, ok := err.(*query.SyntaxError)
	if !ok {
		t.Fatalf("%s: %v", text, err)
	}
	checkMistake(t, text, mistake, opts)
	fmt.Fprintf(b, "! %s at %q: %s\n", mistake.Code, text[mistake.Pos:mistake.End], mistake)
	if mistake.Suggestion != "" {
		fmt.Fprintf(b, "~ %s\n", mistake.Suggestion)
	}
}

// checkMistake checks what is true of every mistake.
func checkMistake(t *testing.T, text string, m *query.SyntaxError, opts Options) {
	t.Helper()
	if m.Query != text || m.Pos < 0 || m.Pos > m.End || m.End > len(text) {
		t.Fatalf("%q: bad place %d:%d", text, m.Pos, m.End)
	}
	if m.Code == "" || m.Problem == "" || m.Hint == "" {
		t.Fatalf("%q: mistake without words: %#v", text, m)
	}
	if m.Suggestion != "" {
		if _, err := Parse(m.Suggestion, opts); err != nil {
			t.Fatalf("%q: the suggestion %q: %v", text, m.Suggestion, err)
		}
	}
}

func compareLines(t *testing.T, name, want, got string) {
	t.Helper()
	wants, gots := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(wants), len(gots)) {
		if i >= len(wants) || i >= len(gots) || wants[i] != gots[i] {
			t.Errorf("%s:%d: want %q, got %q", name, i+1, lineOf(wants, i), lineOf(gots, i))
			return
		}
	}
}

func lineOf(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

func TestBounds(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, code string }{
		{"depth", strings.Repeat("(", MaxDepth) + "a" + strings.Repeat(")", MaxDepth), ""},
		{"too deep", strings.Repeat("(", MaxDepth+1) + "a" + strings.Repeat(")", MaxDepth+1), "too_deep"},
		{"much too deep", strings.Repeat("(", MaxBytes), "too_deep"},
		{"clauses", strings.Repeat("a ", MaxClauses), ""},
		{"too many clauses", strings.Repeat("a ", MaxClauses+1), "too_many_clauses"},
		{"clauses of many fields", strings.Repeat("*:a ", 1000), "too_many_clauses"},
		{"regexp of many fields", strings.Repeat("*:/a/ ", 100), ""},
		{"regexps", manyRegexps(maxRegexps), ""},
		{"too many regexps", manyRegexps(maxRegexps + 1), "too_many_regexps"},
		{"too long", strings.Repeat("a", MaxBytes+1), "too_long"},
		{"deep regexp", "/" + strings.Repeat("(", 900) + "/", "regexp_too_deep"},
		{"long regexp", "/" + strings.Repeat("a", MaxRegexpBytes+1) + "/", "regexp_too_long"},
		{"long date", "@timestamp:now" + strings.Repeat("+1d", 200), "bad_date"},
	}
	for _, tt := range tests {
		opts := Options{Now: at(t, testNow)}
		_, err := Parse(tt.text, opts)
		if got := codeOf(err); got != tt.code {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.code)
		}
		if err != nil {
			checkMistake(t, tt.text, err.(*query.SyntaxError), opts)
		}
	}
}

func manyRegexps(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "/a%d/ ", i)
	}
	return b.String()
}

func TestNowIsTheClockWithoutOptions(t *testing.T) {
	t.Parallel()
	before := time.Now().UnixNano()
	f, err := Parse("@timestamp:>now", Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, ok := f.(query.Range)
	if !ok || r.From.Int <= before || r.From.Int > time.Now().UnixNano()+1 {
		t.Errorf("got %s", query.Format(f))
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"testdata/queries.txt", "testdata/mistakes.txt"} {
		table, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(table)) {
			if line[0] == '>' {
				_, text, _ := strings.Cut(strings.TrimSuffix(line[1:], "\n"), " ")
				f.Add(text, len(line)%2 == 0)
			}
		}
	}
	e := event.Event{Time: 1, ReceivedAt: 2}
	e.Add(event.Message, "status=deferred from <a@example.com> [192.0.2.1]: ÑANDÚ")
	e.Add(event.MessageID, "<x@example.com>")
	e.AddInt(event.Size, 77)
	e.AddExtra("shop", `{"a":[1,"b",{"c":null}]}`)
	f.Fuzz(func(t *testing.T, text string, and bool) {
		opts := Options{Now: time.Unix(1416320852, 0), DefaultOperatorAND: and}
		filter, err := Parse(text, opts)
		if err != nil {
			mistake, ok := err.(*query.SyntaxError)
			if !ok {
				t.Fatalf("%q: %v", text, err)
			}
			checkMistake(t, text, mistake, opts)
			return
		}
		m, err := query.Compile(filter)
		if query.HasIn(filter) != errors.Is(err, query.ErrNeedsStore) {
			t.Fatalf("%q: %v", text, err)
		}
		resolved, err := query.Resolve(query.Question{Filter: filter}, func(of query.Question, _ query.FieldRef) ([]string, error) {
			_, err := query.Compile(of.Filter)
			return []string{"a", "77"}, err
		})
		if err == nil {
			m, err = query.Compile(resolved.Filter)
		}
		if errors.Is(err, query.ErrBadQuestion) {
			return // too many in(…)
		}
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		m.Match(&e)
		if query.Format(filter) == "" {
			t.Fatalf("%q: prints nothing", text)
		}
	})
}
