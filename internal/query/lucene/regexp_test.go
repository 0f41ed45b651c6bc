package lucene

import (
	"errors"
	"fmt"
	"testing"

	"rastro/internal/query"
)

func TestCompileRegexp(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern  string
		fold     bool
		yes, not []string
	}{
		{`joh?n(ath[oa]n)`, false, []string{"jonathan", "johnathon"}, []string{"john", "xjonathan", "Jonathan"}},
		{`joh?n(ath[oa]n)`, true, []string{"JONATHAN"}, nil},
		{`a|b|cd`, false, []string{"a", "b", "cd"}, []string{"ab", "c"}},
		{`ab{2,3}c+`, false, []string{"abbc", "abbbccc"}, []string{"abc", "abbbbc"}},
		{`a{2}`, false, []string{"aa"}, []string{"a", "aaa"}},
		{`a{2,}`, false, []string{"aa", "aaaa"}, []string{"a"}},
		{`.*@example\.com`, false, []string{"x@example.com", "a\nb@example.com"}, []string{"x@exampleXcom"}},
		{`x@y`, false, []string{"xy", "x anything y"}, []string{"x"}},
		{`a#|b`, false, []string{"b"}, []string{"a", "a#"}},
		{`"a.b*"c`, false, []string{"a.b*c"}, []string{"aXbc"}},
		{`[a-c]\d[^x-z.]`, false, []string{"a1q", "c9]"}, []string{"d1q", "a1x", "a1."}},
		{`[]a]+`, false, []string{"]a]"}, []string{"b"}},
		{`[a\-\]]+`, false, []string{"a-]"}, []string{"b"}},
		{`[a-]`, false, []string{"a", "-"}, []string{"b"}},
		{`[[:alpha:]]`, false, []string{":]", "a]"}, []string{"a", "z"}},
		{`\.\/\\`, false, []string{`./\`}, nil},
		{`^abc$`, false, []string{"abc"}, []string{"^abc$"}},
		{`a^b\$`, false, []string{"a^b$"}, []string{"ab"}},
		{`a**`, false, []string{"", "aaa"}, []string{"b"}},
		{`(a+)?+`, false, []string{"", "aaa"}, []string{"b"}},
		{``, false, []string{""}, []string{"a"}},
		{`(|a)b`, false, []string{"b", "ab"}, []string{"a"}},
		{`<abc.*>`, false, []string{"<abc1@x>"}, []string{"abc1@x"}},
		{`v<8-12>`, false, []string{"v8", "v12", "v0010"}, []string{"v7", "v13", "v"}},
		{`v<08-12>`, false, []string{"v08", "v12"}, []string{"v8", "v012"}},
		{`straße`, true, []string{"STRAßE"}, []string{"strasse"}},
	}
	for _, tt := range tests {
		re, err := CompileRegexp(tt.pattern, tt.fold)
		if err != nil {
			t.Errorf("/%s/: %v", tt.pattern, err)
			continue
		}
		for _, s := range tt.yes {
			if !re.MatchString(s) {
				t.Errorf("/%s/ does not match %q: %s", tt.pattern, s, re)
			}
		}
		for _, s := range tt.not {
			if re.MatchString(s) {
				t.Errorf("/%s/ matches %q: %s", tt.pattern, s, re)
			}
		}
	}
}

func TestRegexpInterval(t *testing.T) {
	t.Parallel()
	for _, bounds := range [][2]int{{0, 0}, {0, 9}, {1, 10}, {7, 123}, {10, 99}, {100, 199}, {109, 901}, {190, 208}, {38, 42}, {999, 1000}, {15, 1204}} {
		re, err := CompileRegexp(fmt.Sprintf("<%d-%d>", bounds[0], bounds[1]), false)
		if err != nil {
			t.Fatal(err)
		}
		for n := range 1500 {
			if got, want := re.MatchString(fmt.Sprint(n)), n >= bounds[0] && n <= bounds[1]; got != want {
				t.Errorf("<%d-%d> on %d: got %v (%s)", bounds[0], bounds[1], n, got, re)
			}
		}
	}
}

func TestRegexpMistakes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, code string
		pos           int
		suggestion    string
	}{
		{`(ab`, "regexp_bracket", 0, `\(ab`},
		{`ab)`, "regexp_bracket", 2, `ab\)`},
		{`[ab`, "regexp_bracket", 0, `\[ab`},
		{`*a`, "regexp_repeat", 0, `\*a`},
		{`a{x}`, "regexp_repeat", 1, `a\{x}`},
		{`a{2`, "regexp_repeat", 1, `a\{2`},
		{`a{5,2}`, "regexp_repeat", 1, `a\{5,2}`},
		{`a~b`, "regexp_operator", 1, `a\~b`},
		{`a&b`, "regexp_operator", 1, `a\&b`},
		{`a"b`, "regexp_quote", 1, `a\"b`},
		{`a\`, "regexp_escape", 1, `a\\`},
		{`[z-a]`, "regexp_class", 2, `[z\-a]`},
		{`((a{1000}){1000}){1000}`, "regexp_too_big", 0, ""},
	}
	for _, tt := range tests {
		_, err := CompileRegexp(tt.pattern, false)
		var mistake *query.SyntaxError
		if !errors.As(err, &mistake) {
			t.Errorf("/%s/: got %v", tt.pattern, err)
			continue
		}
		if mistake.Code != tt.code || mistake.Pos != tt.pos || mistake.Suggestion != tt.suggestion {
			t.Errorf("/%s/: got %s at %d, suggestion %q", tt.pattern, mistake.Code, mistake.Pos, mistake.Suggestion)
		}
		if mistake.Suggestion != "" {
			if _, err := CompileRegexp(mistake.Suggestion, false); err != nil {
				t.Errorf("/%s/: the suggestion %q: %v", tt.pattern, mistake.Suggestion, err)
			}
		}
	}
}
