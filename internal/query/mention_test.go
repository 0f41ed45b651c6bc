package query

import (
	"strings"
	"testing"

	"rastro/internal/event"
)

func TestMentionIn(t *testing.T) {
	for _, c := range []struct {
		address, text string
		plain, forms  Likeness
	}{
		{"joan@x.example", "to=<Joan@X.example>, relay=none", Whole, Whole},
		{"joan@x.example", "orig_to=joan@x.example", Whole, Whole},
		{"joan@x.example", "joan@x.example", Whole, Whole},
		{"joan@x.example", "mail for joan@x.example. Bye", Whole, Whole},
		{"joan@x.example", "a@b.example\x1fjoan@x.example\x1fc@d.example", Whole, Whole},
		{"joan@x.example", "rfc822;joan@x.example", Whole, Whole},
		{"joan@x.example", "'joan@x.example'", Whole, Whole},
		{"joan@x.example", "/home/joan@x.example/Maildir", Whole, Whole},
		{"joan@x.example", `{"to":"\u003cjoan@x.example\u003e"}`, Whole, Whole},
		{"joan@x.example", `line one\njoan@x.example`, Whole, Whole},
		{"joan@x.example", "%3Cjoan@x.example%3E", Whole, Whole},
		{"joan@x.example", "prvs=12345abc=joan@x.example", Whole, Whole},
		{"joan@x.example", "mailto:joan@x.example?subject=x", Whole, Whole},
		{"joan@x.example", "first@b.example then joan@x.example", Whole, Whole},
		{"oan@x.example", "joan@x.example", NotThere, NotThere},
		{"joan@x.example", "mary.joan@x.example", NotThere, NotThere},
		{"joan@x.example", "joan@x.example.org", NotThere, NotThere},
		{"joan@x.example", "joan@x.example-mail.org", NotThere, NotThere},
		{"joan@x.example", "joan@x.examples", NotThere, NotThere},
		{"joan@x.example", "éjoan@x.example", NotThere, NotThere},
		{"joan@x.example", "joan@ x.example", NotThere, NotThere},
		{"joan@x.example", "joan@x.exampl", NotThere, NotThere},
		{"joan@x.example", "joan+news@x.example", NotThere, AForm},
		{"joan@x.example", "<bounce+joan@x.example>", NotThere, AForm},
		{"joan@x.example", "list-bounces+joan=x.example@lists.example", NotThere, AForm},
		{"joan@x.example", "SRS0=HHH=TT=x.example=joan@fwd.example", NotThere, AForm},
		{"joan@x.example", "joan%40x.example", NotThere, AForm},
		{"joan@x.example", "orcpt=rfc822;joan+40x.example", NotThere, AForm},
		{"joan@x.example", `{"to":"joan\u0040x.example"}`, NotThere, AForm},
		{"joan@x.example", `"joan"@x.example`, NotThere, AForm},
		{"joan@x.example", "x.example!joan", NotThere, AForm},
		{"joan@x.example", "mary=joan=x.example.org@lists.example", NotThere, NotThere},
		{"joan@x.example", "SRS0=HHH=TT=ax.example=joan@fwd.example", NotThere, NotThere},
		{"a+b@x.example", "orcpt=rfc822;a+2Bb@x.example", NotThere, AForm},
		{"joan@bücher.example", "to=<joan@BÜCHER.example>", Whole, Whole},
		{"joan@bücher.example", "to=<joan@xn--bcher-kva.example>", NotThere, AForm},
		{"joan@xn--bcher-kva.example", "to=<joan@bücher.example>", NotThere, AForm},
		{`"joan doe"@x.example`, `to=<"Joan Doe"@x.example>`, Whole, Whole},
	} {
		for _, forms := range []bool{false, true} {
			m, err := CompileMention(Mention{Address: c.address, Forms: forms})
			if err != nil {
				t.Fatal(err)
			}
			want := c.plain
			if forms {
				want = c.forms
			}
			if got := m.In(c.text); got != want {
				t.Errorf("%s (forms %v) in %q: %d, want %d", c.address, forms, c.text, got, want)
			}
			checkMentionWords(t, m, c.text)
		}
	}
}

// checkMentionWords: a text that has the address has all words of a choice.
func checkMentionWords(t *testing.T, m *MentionMatcher, text string) {
	t.Helper()
	if m.In(text) != NotThere && !strings.Contains(strings.ToLower(text), m.Anchor()) {
		t.Errorf("%q has the address but not %q", text, m.Anchor())
	}
	if m.Words() == nil || m.In(text) == NotThere {
		return
	}
	have := map[string]bool{}
	WordKeys(text, func(word []byte) { have[string(word)] = true })
	for _, choice := range m.Words() {
		all := true
		for _, word := range choice {
			all = all && have[word]
		}
		if all {
			return
		}
	}
	t.Errorf("%q has the address but no choice of words", text)
}

func TestCheckAddress(t *testing.T) {
	for _, good := range []string{"a@b", "joan@x.example", "o'neill@x.example", `"a b"@x.example`, "a@[192.0.2.1]", "ü@ü.example", "a=b+c@x.example"} {
		if err := CheckAddress(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "joan", "@x.example", "joan@", "joan @x.example", "<joan@x.example>", "a@b, c@d", "joan@x\x00.example", "joan@.x", "Joan Doe <joan@x.example>", "\xff@x.example", strings.Repeat("a", 600) + "@x"} {
		if err := CheckAddress(bad); err == nil {
			t.Errorf("%q is taken for an address", bad)
		}
		if Match(Mention{Address: bad}, &event.Event{}) {
			t.Errorf("%q matches", bad)
		}
	}
}

func TestMentionOfEveryField(t *testing.T) {
	for _, info := range event.Fields() {
		if !info.Kind.IsText() {
			continue
		}
		var e event.Event
		e.Add(info.Field, "before <joan@x.example> behind")
		if !Match(Mention{Address: "JOAN@x.example"}, &e) || Match(Mention{Address: "oan@x.example"}, &e) {
			t.Errorf("in %s it is not found, or too much is", info.Name)
		}
	}
	e := event.Event{Extra: []event.Pair{{Name: "who", JSON: `["a","joan@x.example"]`}}}
	if !Match(Mention{Address: "joan@x.example"}, &e) {
		t.Error("in an unknown field it is not found")
	}
}

func FuzzMention(f *testing.F) {
	f.Add("joan@x.example", "to=<joan@x.example>")
	f.Add("joan@bücher.example", "joan@xn--bcher-kva.example")
	f.Add("a@xn--a-0000000000", "a@xn--99999999")
	f.Fuzz(func(t *testing.T, address, text string) {
		for _, forms := range []bool{false, true} {
			m, err := CompileMention(Mention{Address: address, Forms: forms})
			if err != nil {
				return
			}
			checkMentionWords(t, m, text)
			if m.In("to=<"+address+">") != Whole {
				t.Errorf("%q is not found between brackets", address)
			}
		}
	})
}
