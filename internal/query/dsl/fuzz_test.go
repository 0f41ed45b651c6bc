package dsl

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"rastro/internal/event"
	"rastro/internal/query"
)

// seeds adds the queries of the tables.
func seeds(f *testing.F, add func(text string)) {
	for _, name := range []string{"testdata/queries.txt", "testdata/mistakes.txt"} {
		table, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(table)) {
			if line[0] == '>' {
				add(strings.TrimSpace(line[1:]))
			}
		}
	}
}

func fuzzEvent() *event.Event {
	e := &event.Event{Time: 1, ReceivedAt: 2}
	e.Add(event.Message, "status=deferred from <a@example.com> [192.0.2.1]: ÑANDÚ over quota")
	e.Add(event.MessageID, "<x@example.com>")
	e.AddInt(event.Size, 77)
	e.AddExtra("title", `{"a":[1,"quick fox",{"c":null}]}`)
	return e
}

// checkResult checks what is true of every answer of the parsers.
func checkResult(t *testing.T, text string, f query.Filter, err error, e *event.Event) {
	t.Helper()
	if err != nil {
		var known *Error
		if !errors.As(err, &known) || known == nil || known.Type == "" || known.Reason == "" || known.Error() == "" {
			t.Fatalf("%q: %#v", text, err)
		}
		return
	}
	if n, _ := leaves(f); n > 2*MaxClauses {
		t.Fatalf("%q: %d conditions", text, n)
	}
	m, err := query.Compile(f)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	m.Match(e)
}

func FuzzParse(f *testing.F) {
	seeds(f, func(text string) { f.Add([]byte(text)) })
	e := fuzzEvent()
	f.Fuzz(func(t *testing.T, text []byte) {
		filter, err := Parse(text, testOptions())
		checkResult(t, string(text), filter, err, e)
		if err == nil && !json.Valid(text) {
			t.Fatalf("%q is no JSON and was taken", text)
		}
	})
}

func FuzzQueryString(f *testing.F) {
	for _, text := range []string{"a OR b AND c", "+a -b \"c d\"~2 e~1 f* /g+/", "size:[1 TO 5} @timestamp:>now-1d", "_index:a* mta_flow:system", "(", ""} {
		f.Add(text, "subject^2,title*", "AUTO", "2<75%", 3, true)
	}
	e := fuzzEvent()
	f.Fuzz(func(t *testing.T, text, fields, fuzziness, least string, slop int, on bool) {
		s := StringOptions{
			And: on, Lenient: !on, Escape: len(text)%5 == 0, NoLeadingWildcard: on, Fuzziness: fuzziness, FuzzyPrefix: slop % 4,
			PhraseSlop: slop, MinimumShouldMatch: least, QuoteFieldSuffix: ".keyword",
		}
		if fields != "" {
			s.Fields = strings.Split(fields, ",")
		}
		filter, err := ParseString(text, s, testOptions())
		checkResult(t, text, filter, err, e)
	})
}

func FuzzSimpleQueryString(f *testing.F) {
	for _, text := range []string{"a + b | c", "-\"c d\"~2 (e~1 | f*)", "((a", "a\\", "\"", "~1 * ** -- ++ ||", ""} {
		f.Add(text, "ALL", "2", true)
	}
	e := fuzzEvent()
	f.Fuzz(func(t *testing.T, text, flags, least string, and bool) {
		operator := "or"
		if and {
			operator = "and"
		}
		body, err := json.Marshal(map[string]any{"simple_query_string": map[string]any{
			"query": text, "flags": flags, "minimum_should_match": least, "default_operator": operator, "fields": []string{"message", "title"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		filter, err := Parse(body, testOptions())
		checkResult(t, text, filter, err, e)
		if _, bad := readMinimum(least); err != nil && flags == "ALL" && bad == nil && len(text) < 5000 {
			t.Fatalf("%q: %v", text, err) // the text is never a mistake
		}
	})
}
