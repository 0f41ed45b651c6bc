package query

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestFoldJoinsWhatDiffersInCaseOnly(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		folded := foldRune(r)
		if foldRune(folded) != folded {
			t.Fatalf("%U folds to %U, which folds to %U", r, folded, foldRune(folded))
		}
		if !strings.EqualFold(string(r), string(folded)) {
			t.Fatalf("%U folds to %U, which is another letter", r, folded)
		}
		if o := unicode.SimpleFold(r); foldRune(o) != folded {
			t.Fatalf("%U and %U fold to %U and %U", r, o, folded, foldRune(o))
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "abc@1": "abc@1", "ABC": "abc", "ÉTÉ": "été", "\u212a\u017f": "ks",
		"ΣΑΣ": Fold("σας"), "A\xffB\xc3": "a\xffb\xc3", "\u0130": "\u0130",
	} {
		if got := Fold(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzFolded(f *testing.F) {
	f.Add("User@Example.COM", "user@example.com")
	f.Add("\u212aelvin\xff", "kelvin\xff")
	f.Fuzz(func(t *testing.T, s, other string) {
		folded := Fold(other)
		if got, want := equalFolded(s, folded), Fold(s) == folded; got != want {
			t.Fatalf("%q equals %q: got %v", s, folded, got)
		}
		if got, want := sign(compareFolded(s, folded)), strings.Compare(Fold(s), folded); got != want {
			t.Fatalf("%q against %q: got %d", s, folded, got)
		}
		if _, got := cutFoldedPrefix(s, folded); got != strings.HasPrefix(Fold(s), folded) && utf8.ValidString(other) && utf8.ValidString(s) {
			t.Fatalf("%q begins with %q: got %v", s, folded, got)
		}
	})
}

func sign(n int) int { return min(max(n, -1), 1) }

func TestWildcard(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern string
		fold    bool
		yes, no string // parted by spaces
	}{
		{"", true, "", "a"},
		{"abc", true, "ABC abc", "ab abcd xabc"},
		{"abc", false, "abc", "ABC"},
		{"a?c", true, "abc aÉc A*C", "ac abbc"},
		{"ab*", true, "ab ABC abé", "a xab"},
		{"ab*", false, "ab abC", "Ab"},
		{"*@x.com", true, "a@X.COM @x.com", "a@x.comm a@xxcom"},
		{"*@x.com", false, "a@x.com", "a@X.com"},
		{"*mid*", true, "mid aMIDb", "mi d"},
		{"*mid*", false, "amidb", "aMIDb"},
		{"*\u00e9*", true, "aÉb", "aeb"},
		{"a*b*c", true, "abc aXbYc abcbc", "acb ab"},
		{"a*?c", true, "abc abbc", "ac"},
		{"**a**", true, "a bab", "b"},
		{"*a", true, "a ba aaa", "ab"},
		{"a\\*b", true, "a*b", "aXb"},
		{"a\\?*", true, "a? a?b", "ab"},
		{"\\\\*", true, "\\ \\x", "x"},
		{"a\\", true, "a\\", "a"},
		{"*k*", true, "a\u212ab", "xyz"},
		{"*k", true, "a\u212a", "\u212aa"},
		{"*s?", true, "\u017fx", "s"},
		{"*\xff", true, "a\xff", "a\xfe"},
	}
	for _, tt := range tests {
		w := compileWildcard(tt.pattern, tt.fold)
		for _, s := range strings.Split(tt.yes, " ") {
			if !w.match(s) {
				t.Errorf("%q does not match %q", tt.pattern, s)
			}
		}
		for _, s := range strings.Split(tt.no, " ") {
			if w.match(s) {
				t.Errorf("%q matches %q", tt.pattern, s)
			}
		}
	}
}

// TestWildcardAgainstRegexp compares random patterns with what package regexp
// says of them.
func TestWildcardAgainstRegexp(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	letters := []string{"a", "b", "A", "é", "É", "*", "*", "?"}
	pick := func(from []string, most int) string {
		var b strings.Builder
		for range random.IntN(most) {
			b.WriteString(from[random.IntN(len(from))])
		}
		return b.String()
	}
	matched := 0
	for range 3000 {
		pattern := pick(letters, 7)
		source := strings.NewReplacer("*", ".*", "?", ".").Replace(pattern)
		for _, fold := range []bool{false, true} {
			flags := "(?s)"
			if fold {
				flags = "(?is)"
			}
			re := regexp.MustCompile(flags + `\A` + source + `\z`)
			w := compileWildcard(pattern, fold)
			for range 5 {
				s := pick(letters[:5], 8)
				want := re.MatchString(s)
				if got := w.match(s); got != want {
					t.Fatalf("%q (fold %v) on %q: got %v", pattern, fold, s, got)
				}
				if want {
					matched++
				}
			}
		}
	}
	if matched < 300 {
		t.Fatalf("only %d matched", matched)
	}
}

// distance is the number of edits between two words, by the textbook.
func distance(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

func TestFuzzyAgainstTextbook(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	letters := []rune("abcÉ")
	word := func() []rune {
		w := make([]rune, random.IntN(8))
		for i := range w {
			w[i] = letters[random.IntN(len(letters))]
		}
		return w
	}
	counts := map[bool]int{}
	for range 20000 {
		a, b := word(), word()
		for most := range 3 {
			want := distance(a, b) <= most
			counts[want]++
			if got := newEdits(string(a), most, false).match(string(b)); got != want {
				t.Fatalf("%q and %q within %d: got %v", string(a), string(b), most, got)
			}
		}
	}
	if counts[true] < 1000 || counts[false] < 1000 {
		t.Fatalf("the words are too like or unlike: %v", counts)
	}
}
