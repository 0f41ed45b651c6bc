package highlight_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"rastro/internal/elastic/highlight"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/query/dsl"
)

func line(message string) *event.Event {
	e := &event.Event{}
	e.Add(event.Message, message)
	e.Add(event.Sender, "Ann@Example.com")
	e.Add(event.Level, "ERROR")
	e.AddExtra("note", `{"text":"some words here","n":5}`)
	return e
}

// TestMarks asks in the query language, and looks at what is marked.
func TestMarks(t *testing.T) {
	for _, c := range []struct{ query, field, want string }{
		{"refused", "message", "450 mail [refused]; try again"},
		{`"mail refused"`, "message", "450 [mail] [refused]; try again"},
		{`"refused mail"~4`, "message", "450 [mail] [refused]; try again"},
		{`"try refused"`, "message", ""},
		{"ref*", "message", "450 mail [refused]; try again"},
		{"r?fused OR tri", "message", "450 mail [refused]; try again"},
		{"/ref.*/", "message", "450 mail [refused]; try again"},
		{"refusad~1", "message", "450 mail [refused]; try again"},
		{"NOT refused", "message", ""},
		{"mail AND NOT nothing", "message", "450 [mail] refused; try again"},
		{"level:error", "level", "[ERROR]"},
		{"level:error", "message", ""},
		{`sender:"ann@example.com"`, "sender", "[Ann@Example.com]"},
		{"sender:*example*", "sender", "[Ann@Example.com]"},
		{"note.text:words", "note.text", "some [words] here"},
		{"*:*", "message", ""},
	} {
		f, err := dsl.ParseString(c.query, dsl.StringOptions{}, dsl.Options{})
		if err != nil {
			t.Fatal(err)
		}
		o := highlight.Defaults()
		o.Pre, o.Post = "[", "]"
		got := strings.Join(highlight.New(f, []highlight.Field{{Name: c.field, Options: o}}).Event(line("450 mail refused; try again"))[c.field], "|")
		if got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.query, c.field, got, c.want)
		}
	}
}

// TestPatterns: a pattern means the fields inside of objects, and a condition on
// a pattern of fields is one on each of them.
func TestPatterns(t *testing.T) {
	f := query.Term{Field: query.FieldRef{Name: "note.t*"}, Value: "words"}
	o := highlight.Defaults()
	got := highlight.New(f, []highlight.Field{{Name: "*", Options: o}}).Event(line("words"))
	if len(got) != 1 || len(got["note.text"]) != 1 || got["note.text"][0] != "some <em>words</em> here" {
		t.Errorf("%q", got)
	}
}

func TestFragments(t *testing.T) {
	text := strings.Repeat("filler words ", 40) + "needle <b>one</b> " + strings.Repeat("more words ", 40) + "needle two"
	f := query.Term{Field: query.FieldOf(event.Message), Value: "needle"}
	o := highlight.Defaults()
	o.HTML = true
	got := highlight.New(f, []highlight.Field{{Name: "*", Options: o}}).Event(line(text))["message"]
	if len(got) != 2 || !strings.Contains(got[0], "<em>needle</em> &lt;b&gt;one") || !strings.Contains(got[1], "<em>needle</em> two") {
		t.Fatalf("%q", got)
	}
	for _, s := range got {
		if len(s) > 250 {
			t.Errorf("%d bytes: %q", len(s), s)
		}
	}
	o.Number = 1
	if got := highlight.New(f, []highlight.Field{{Name: "message", Options: o}}).Event(line(text))["message"]; len(got) != 1 {
		t.Errorf("%q", got)
	}
	o.Number = 0
	if got := highlight.New(f, []highlight.Field{{Name: "message", Options: o}}).Event(line(text))["message"]; len(got) != 1 || strings.Count(got[0], "<em>") != 2 || len(got[0]) < len(text) {
		t.Errorf("%q", got)
	}
	o = highlight.Defaults()
	o.NoMatch = 6
	other := query.Term{Field: query.FieldOf(event.Message), Value: "absent"}
	if got := highlight.New(other, []highlight.Field{{Name: "message", Options: o}}).Event(line(text))["message"]; len(got) != 1 || got[0] != "filler" {
		t.Errorf("%q", got)
	}
}

// FuzzMarks: without its marks, a whole value is what it was.
func FuzzMarks(f *testing.F) {
	f.Add("450 mail refused", "mail", 10)
	f.Add("\xff\xfe é😀 ", "é", 1)
	f.Fuzz(func(t *testing.T, text, word string, size int) {
		filter := query.Or{Filters: []query.Filter{query.Term{Field: query.FieldOf(event.Message), Value: word}, query.Prefix{Field: query.FieldOf(event.Message), Value: word}}}
		o := highlight.Defaults()
		o.Pre, o.Post, o.Number = "\x01", "\x02", 0
		e := line(text)
		for _, s := range highlight.New(filter, []highlight.Field{{Name: "message", Options: o}}).Event(e)["message"] {
			bare := strings.NewReplacer("\x01", "", "\x02", "").Replace(s)
			clean := strings.NewReplacer("\x01", "", "\x02", "").Replace(strings.ToValidUTF8(text, "\uFFFD"))
			if utf8.ValidString(text) && bare != clean {
				t.Fatalf("%q became %q", text, s)
			}
		}
		o.Number, o.Size = 3, size%1000
		if o.Size < 0 {
			o.Size = -o.Size
		}
		for _, s := range highlight.New(filter, []highlight.Field{{Name: "*", Options: o}}).Event(e)["message"] {
			if !utf8.ValidString(s) {
				t.Fatalf("%q gives %q", text, s)
			}
		}
	})
}
