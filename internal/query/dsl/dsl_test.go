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
		Type: func(field string) string {
			return map[string]string{"m_kw": "keyword", "m_int": "integer", "m_date": "date", "m_ip": "ip", "m_bool": "boolean", "m_text": "text"}[field]
		},
		Lookup: func(index, id, path string) ([]string, error) {
			if index != "users" {
				return nil, errors.New("no such index [" + index + "]")
			}
			return []string{id, path}, nil
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

func TestNames(t *testing.T) {
	t.Parallel()
	_, named, err := ParseNamed([]byte(`{"bool":{"_name":"all","should":[{"match":{"size":{"query":1,"_name":"one"}}},
		{"term":{"mta_flow":{"value":"tempfail","_name":"flow"}}},{"terms":{"host":["a"],"_name":"hosts"}},{"exists":{"field":"a"}}]}}`), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, n := range named {
		got += n.Name + " "
	}
	if got != "one flow hosts all " || query.Format(named[0].Filter) != `term(size, "1")` {
		t.Errorf("got %s: %s", got, query.Format(named[0].Filter))
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	deep := func(n int) string {
		return strings.Repeat(`{"bool":{"must":[`, n) + `{"match_all":{}}` + strings.Repeat(`]}}`, n)
	}
	many := func(n int) string {
		return `{"bool":{"should":[` + strings.Repeat(`{"term":{"a":"b"}},`, n) + `{"match_none":{}}]}}`
	}
	tests := []struct {
		name, text, problem string
	}{
		{"deep", deep(MaxDepth), ""},
		{"too deep", deep(MaxDepth + 1), "nested depth"},
		{"much too deep", deep(100_000), "nested depth"},
		{"brackets only", strings.Repeat("[", 1_000_000), "nested depth"},
		{"many", many(4_000), ""},
		{"too many", many(MaxClauses), "maxClauseCount"},
		{"words", `{"match":{"message":"` + strings.Repeat("a ", MaxClauses+1) + `"}}`, "maxClauseCount"},
		{"fields and words", `{"multi_match":{"fields":["*"],"query":"` + strings.Repeat("a ", 3000) + `"}}`, "maxClauseCount"},
		{"query strings", `{"bool":{"should":[` + strings.Repeat(`{"query_string":{"query":"a b c"}},`, 3000) + `{"match_none":{}}]}}`, "maxClauseCount"},
		{"expressions", `{"bool":{"should":[` + strings.Repeat(`{"regexp":{"host":"a"}},`, 101) + `{"match_none":{}}]}}`, "regular expressions"},
		{"expressions in strings", `{"bool":{"should":[` + strings.Repeat(`{"query_string":{"query":"/a/ /b/"}},`, 51) + `{"match_none":{}}]}}`, "regular expressions"},
		{"long expression", `{"regexp":{"host":"` + strings.Repeat("a", 1110) + `"}}`, "The length of regex [1110]"},
		{"long expression in a string", `{"query_string":{"query":"/` + strings.Repeat("a", 1110) + `/"}}`, "The length of regex [1110]"},
		{"terms", `{"terms":{"a":["b"` + strings.Repeat(`,"b"`, 65_536) + `]}}`, "The number of terms [65537]"},
		{"ids", `{"ids":{"values":["b"` + strings.Repeat(`,"b"`, 10_000) + `]}}`, "Too many ids"},
		{"brackets of simple", `{"simple_query_string":{"query":"` + strings.Repeat("(", 200_000) + "a" + strings.Repeat(")", 200_000) + `"}}`, ""},
		{"quotes of simple", `{"simple_query_string":{"query":"` + strings.Repeat(`(\"`, 50_000) + `"}}`, ""},
		{"wrapped", `{"wrapper":{"query":"` + strings.Repeat("A", 100_000) + `"}}`, "no JSON"},
	}
	for _, tt := range tests {
		_, err := Parse([]byte(tt.text), testOptions())
		switch {
		case tt.problem == "" && err != nil:
			t.Errorf("%s: %.200s", tt.name, err)
		case tt.problem != "" && (err == nil || !strings.Contains(err.Error(), tt.problem)):
			t.Errorf("%s: got %.200v", tt.name, err)
		}
	}
}
