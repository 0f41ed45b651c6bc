package query

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"rastro/internal/event"
)

// plainWords is the definition of words once more, in the shortest way.
func plainWords(text string) []string {
	words := strings.FieldsFunc(text, func(r rune) bool {
		return r == unicode.ReplacementChar || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_'
	})
	for i, w := range words {
		words[i] = strings.Map(unicode.ToLower, w)
	}
	return words
}

// plainPhrase tells whether words follow each other in text.
func plainPhrase(text string, words []string) bool {
	all := plainWords(text)
	for i := 0; i+len(words) <= len(all) && len(words) > 0; i++ {
		if slices.Equal(all[i:i+len(words)], words) {
			return true
		}
	}
	return false
}

func sampleLines(t testing.TB) []string {
	t.Helper()
	f, err := os.Open("testdata/lines.log")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	for s := bufio.NewScanner(f); s.Scan(); {
		lines = append(lines, s.Text())
	}
	return lines
}

func TestWords(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Ab", 50)
	tests := []struct {
		text string
		want []string
	}{
		{"", nil},
		{" .,;- ", nil},
		{"status=deferred (user_unknown)", []string{"status", "deferred", "user_unknown"}},
		{"<User@Example.COM>", []string{"user", "example", "com"}},
		{"4F2A: 192.0.2.1", []string{"4f2a", "192", "0", "2", "1"}},
		{"Zürich ÉTÉ ¡Año! 日本語", []string{"zürich", "été", "año", "日本語"}},
		{"a\x00b\xffc\x1bd", []string{"a", "b", "c", "d"}},
		{"\u212aelvin \u0130stanbul", []string{"kelvin", "istanbul"}},
		{long + "É " + long, []string{strings.ToLower(long) + "é", strings.ToLower(long)}},
		{"x" + strings.Repeat("y", 63) + " " + strings.Repeat("z", 64), []string{"x" + strings.Repeat("y", 63), strings.Repeat("z", 64)}},
	}
	for _, tt := range tests {
		if got := Words(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestWordScannerPlaces(t *testing.T) {
	t.Parallel()
	text := "¡Año! (OK) fin"
	var got []string
	var s WordScanner
	for s.Reset(text); s.Next(); {
		got = append(got, text[s.Start():s.End()]+"/"+string(s.Word()))
	}
	if want := []string{"Año/año", "OK/ok", "fin/fin"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if s.Next() || s.Start() != len(text) || s.End() != len(text) || len(s.Word()) != 0 {
		t.Error("the scanner goes on behind the last word")
	}
}

func TestWordsOfRealLines(t *testing.T) {
	t.Parallel()
	lines := sampleLines(t)
	for _, line := range lines {
		if got, want := Words(line), plainWords(line); !slices.Equal(got, want) {
			t.Fatalf("%q: got %q, want %q", line, got, want)
		}
	}
	if len(lines) < 100 {
		t.Fatalf("only %d sample lines", len(lines))
	}
}

// TestPhraseOfRealLines looks for every run of words of some lines in all of
// them.
func TestPhraseOfRealLines(t *testing.T) {
	t.Parallel()
	lines := sampleLines(t)
	found := 0
	for i := 0; i < len(lines); i += 17 {
		words := plainWords(lines[i])
		for length := 1; length <= 3; length++ {
			for at := i % 5; at+length <= len(words); at += 3 {
				m := CompilePhrase(strings.ToUpper(strings.Join(words[at:at+length], "-")), 0)
				for _, line := range lines {
					got, want := m.Match(line), plainPhrase(line, words[at:at+length])
					if got != want {
						t.Fatalf("%q in %q: got %v", m.Words(), line, got)
					}
					if got {
						found++
					}
				}
			}
		}
	}
	if found < 1000 {
		t.Fatalf("only %d found", found)
	}
}

func TestPhraseSlop(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text, phrase string
		least        int // the least slop with which it is found; -1 never
	}{
		{"a b c", "a b", 0},
		{"a x b", "a b", 1},
		{"a x y b", "a b", 2},
		{"b a", "a b", 2},
		{"b x a", "a b", 3},
		{"a x b y c", "a b c", 2},
		{"c b a", "a b c", 4},
		{"a", "a a", -1},
		{"a x a", "a a", 1},
		{"a b a", "a a b", 2},
		{"b a a", "a a b", 3},
		{"a b x x x a b", "b a", 2},
		{"x y", "a b", -1},
		{"É x Ñ", "é ñ", 1},
		{"istanbul x \u212a", "k istanbul", 3},
	}
	for _, tt := range tests {
		for slop := range 8 {
			want := tt.least >= 0 && slop >= tt.least
			if got := CompilePhrase(tt.phrase, slop).Match(tt.text); got != want {
				t.Errorf("%q~%d in %q: got %v", tt.phrase, slop, tt.text, got)
			}
		}
	}
}

func TestPhraseInLongText(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("a b ", 1<<17)
	tests := []struct {
		phrase string
		slop   int
		want   bool
	}{
		{"a a", 0, false}, {"a a", 1, true},
		{"b c", 0, false}, {"b c", 1, false},
		{"A b a b a a", 0, false}, {"A b a b a a", 1, true},
	}
	for _, tt := range tests {
		if got := CompilePhrase(tt.phrase, tt.slop).Match(text); got != tt.want {
			t.Errorf("%q~%d: got %v", tt.phrase, tt.slop, got)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	line := sampleLines(t)[0]
	long := "2026-01-05T00:00:00 mx postfix/smtp[12]: 4F2A: to=<a@example.com>, STATUS=Deferred"
	phrase := CompilePhrase("status=deferred", 0)
	absent := CompilePhrase("quarantined", 0)
	wild := compileWildcard("*@example.com", true)
	near := newEdits("deferrd", 2, true)
	var words WordScanner
	cases := map[string]func(){
		"words":        func() { countWords(&words, line) },
		"phrase":       func() { phrase.Match(long) },
		"absent":       func() { absent.Match(long) },
		"wildcard":     func() { wild.match("Somebody@Example.com") },
		"fuzzy":        func() { near.match("Deferred") },
		"folded":       func() { equalFolded("User@Example.COM", "user@example.com") },
		"fold lower":   func() { Fold("user@example.com") },
		"canonical ip": func() { Canonical(FieldOf(event.ClientIP), "192.0.2.1") },
	}
	for name, run := range cases {
		if n := testing.AllocsPerRun(20, run); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func countWords(s *WordScanner, text string) int {
	n := 0
	for s.Reset(text); s.Next(); {
		n++
	}
	return n
}

func FuzzWords(f *testing.F) {
	f.Add("status=deferred É\xff\u212a_9")
	f.Add(strings.Repeat("x", 65) + "Ñ")
	f.Fuzz(func(t *testing.T, text string) {
		want := plainWords(text)
		if got := Words(text); !slices.Equal(got, want) {
			t.Fatalf("%q: got %q, want %q", text, got, want)
		}
	})
}

func FuzzPhrase(f *testing.F) {
	f.Add("to=<a@example.com>, status=deferred", "STATUS deferred", 0)
	f.Add("a b a b a", "b a a", 3)
	f.Add("\u212aelvin É", "kelvin é", 1)
	f.Fuzz(func(t *testing.T, text, phrase string, slop int) {
		want := plainPhrase(text, plainWords(phrase))
		if got := CompilePhrase(phrase, 0).Match(text); got != want {
			t.Fatalf("%q in %q: got %v", phrase, text, got)
		}
		if got := CompilePhrase(phrase, slop%10).Match(text); want && !got {
			t.Fatalf("%q~%d in %q is not found, but without slop", phrase, slop%10, text)
		}
	})
}

func BenchmarkWords(b *testing.B) {
	lines := sampleLines(b)
	var s WordScanner
	size := 0
	b.ReportAllocs()
	for i := range b.N {
		line := lines[i%len(lines)]
		size += len(line)
		countWords(&s, line)
	}
	b.SetBytes(int64(size / b.N))
}

func BenchmarkPhrase(b *testing.B) {
	lines := sampleLines(b)
	size := 0
	for _, line := range lines {
		size += len(line)
	}
	for _, phrase := range []string{"status=deferred", "quarantined", "4F2AQ99", "user@example.com", "greylisted", "to"} {
		b.Run(phrase, func(b *testing.B) {
			m := CompilePhrase(phrase, 0)
			b.SetBytes(int64(size / len(lines)))
			b.ReportAllocs()
			for i := range b.N {
				m.Match(lines[i%len(lines)])
			}
		})
	}
}
