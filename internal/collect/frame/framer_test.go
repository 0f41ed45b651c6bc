package frame

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"rastro/internal/event"
)

func compile(t testing.TB, r Rules) *Framing {
	t.Helper()
	f, err := r.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// whole frames data in one piece and ends the source.
func whole(rules *Framing, data []byte) []Record {
	f := New(rules, 0, false)
	return f.Finish(f.Write(data, nil))
}

func texts(rs []Record) []string {
	out := []string{}
	for _, r := range rs {
		out = append(out, r.Text)
	}
	return out
}

func TestLines(t *testing.T) {
	t.Parallel()
	plain := compile(t, Rules{})
	long := strings.Repeat("x", event.MaxLineBytes)
	for _, tc := range []struct {
		name, in string
		want     []Record
	}{
		{"nothing", "", nil},
		{"one", "a\n", []Record{{Text: "a", Length: 2, Next: 2}}},
		{"carriage return", "a\r\nb\n", []Record{{Text: "a", Length: 3, Next: 3}, {Text: "b", Offset: 3, Length: 2, Next: 5}}},
		{"lone carriage returns stay", "a\rb\r\r\n", []Record{{Text: "a\rb\r", Length: 6, Next: 6}}},
		{"empty lines are lines", "\n\r\n", []Record{{Length: 1, Next: 1}, {Offset: 1, Length: 2, Next: 3}}},
		{"unfinished", "a\nbc", []Record{{Text: "a", Length: 2, Next: 2}, {Text: "bc", Offset: 2, Length: 2, Next: 4, Marks: event.MarkUnfinished}}},
		{"order mark", bom + "a\n" + bom + "b\n", []Record{{Text: "a", Length: 5, Next: 5}, {Text: bom + "b", Offset: 5, Length: 5, Next: 10}}},
		{"hole", "\x00\x00\x00a\x00b\n\x00\n", []Record{{Text: "a\x00b", Offset: 3, Length: 4, Next: 7}, {Text: "\x00", Offset: 7, Length: 2, Next: 9}}},
		{"longest", long + "\r\nb\n", []Record{{Text: long, Length: event.MaxLineBytes + 2, Next: event.MaxLineBytes + 2}, {Text: "b", Offset: event.MaxLineBytes + 2, Length: 2, Next: event.MaxLineBytes + 4}}},
		{"too long", long + "yy\nb\n", []Record{{Text: long, Length: event.MaxLineBytes + 3, Next: event.MaxLineBytes + 3, Marks: event.MarkCut}, {Text: "b", Offset: event.MaxLineBytes + 3, Length: 2, Next: event.MaxLineBytes + 5}}},
		{"cut before a character", long[1:] + "ä\n", []Record{{Text: long[1:], Length: event.MaxLineBytes + 2, Next: event.MaxLineBytes + 2, Marks: event.MarkCut}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			compare(t, whole(plain, []byte(tc.in)), tc.want)
			compare(t, pieces(plain, []byte(tc.in), 3<<10+1), tc.want)
		})
	}
}

func compare(t testing.TB, got, want []Record) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d records, want %d: %v", len(got), len(want), texts(got))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("record %d:\n got %.300q %+v\nwant %.300q %+v", i, got[i].Text, place(got[i]), want[i].Text, place(want[i]))
		}
	}
}

// pieces frames data in pieces of n bytes.
func pieces(rules *Framing, data []byte, n int) []Record {
	f := New(rules, 0, false)
	var out []Record
	for len(data) > 0 {
		k := min(n, len(data))
		out = f.Write(data[:k], out)
		data = data[k:]
	}
	return f.Finish(out)
}

func TestOverlongLineTakesBoundedMemory(t *testing.T) {
	t.Parallel()
	f := New(compile(t, Rules{}), 0, false)
	chunk := []byte(strings.Repeat("z", 1<<20))
	for range 50 {
		if got := f.Write(chunk, nil); len(got) != 0 {
			t.Fatal("a record came before its line end")
		}
		if len(f.carry) > event.MaxLineBytes+1 {
			t.Fatalf("%d bytes are held", len(f.carry))
		}
	}
	got := f.Write([]byte("end\nnext\n"), nil)
	if len(got) != 2 || got[0].Length != 50<<20+4 || got[0].Marks != event.MarkCut || got[1].Text != "next" {
		t.Fatalf("%d records", len(got))
	}
}

func TestResumeAfterUnfinished(t *testing.T) {
	t.Parallel()
	rules := compile(t, Rules{})
	for in, want := range map[string][]string{
		"\nb\n":     {"b"},
		"\r\nb\n":   {"b"},
		"rest\nb\n": {"rest", "b"},
		"\n\nb\n":   {"", "b"},
	} {
		f := New(rules, 7, true)
		got := []Record{}
		for i := range in {
			got = f.Write([]byte(in[i:i+1]), got)
		}
		if fmt.Sprint(texts(got)) != fmt.Sprint(want) {
			t.Errorf("%q: %q, want %q", in, texts(got), want)
		}
	}
}

func TestMultiline(t *testing.T) {
	t.Parallel()
	stamp := &Multiline{Pattern: `^\d`, Negate: true}
	for _, tc := range []struct {
		name string
		m    *Multiline
		in   string
		want []string
	}{
		{"after", stamp, "1 a\n b\n c\n2 d\n", []string{"1 a\n b\n c", "2 d"}},
		{"after, begins with a continuation", stamp, " x\n1 a\n", []string{" x", "1 a"}},
		{"before", &Multiline{Pattern: `\\$`, Match: MatchBefore}, "a\\\nb\\\nc\nd\n", []string{"a\\\nb\\\nc", "d"}},
		{"before, at the end", &Multiline{Pattern: `\\$`, Match: MatchBefore}, "a\nb\\\n", []string{"a", "b\\"}},
		{"most lines", &Multiline{Pattern: `^ `, MaxLines: 2}, "a\n b\n c\n d\ne\n", []string{"a\n b", " c\n d", "e"}},
		{"most bytes", &Multiline{Pattern: `^ `, MaxBytes: 4}, "a\n b\n c\n", []string{"a\n b", " c"}},
		{"docker", stamp, dockerLine("stdout", "1 a\n") + dockerLine("stdout", "\tb \"q\"\n") + dockerLine("stderr", "2 e\n") + dockerLine("stdout", " c\n"),
			[]string{strings.TrimSuffix(dockerLine("stdout", "1 a\n\tb \"q\"\n c\n"), "\n"), strings.TrimSuffix(dockerLine("stderr", "2 e\n"), "\n")}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			rules := compile(t, Rules{Multiline: tc.m})
			if got := texts(whole(rules, []byte(tc.in))); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", tc.want) {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

func dockerLine(stream, log string) string {
	text, _ := json.Marshal(log)
	return fmt.Sprintf(`{"log":%s,"stream":%q,"time":"2026-11-23T01:16:42.7Z"}`+"\n", text, stream)
}

func TestContainerParts(t *testing.T) {
	t.Parallel()
	cri := func(stream, tag, text string) string {
		return "2016-10-06T00:17:09.669794202Z " + stream + " " + tag + " " + text + "\n"
	}
	for _, tc := range []struct {
		name, format, in string
		want             []Record
	}{
		{"docker", "", dockerLine("stdout", "ab") + dockerLine("stdout", `c\`) + dockerLine("stdout", "d\n"),
			[]Record{{Text: `{"log":"abc\\d\n","stream":"stdout","time":"2026-11-23T01:16:42.7Z"}`, Length: 191, Next: 191, Marks: event.MarkJoined}}},
		{"docker streams cross", "docker", dockerLine("stdout", "ab") + dockerLine("stderr", "e\n") + dockerLine("stdout", "d\n"),
			[]Record{
				{Text: strings.TrimSpace(dockerLine("stdout", "abd\n")), Length: 127, Next: -1, Marks: event.MarkJoined},
				{Text: strings.TrimSpace(dockerLine("stderr", "e\n")), Offset: 63, Length: 64, Next: 191},
			}},
		{"cri", "", cri("stdout", "P", "one ") + cri("stderr", "F", "err") + cri("stdout", "F", "two") + cri("stdout", "F", "three"),
			[]Record{
				{Text: strings.TrimSpace(cri("stdout", "F", "one two")), Length: 89, Next: -1, Marks: event.MarkJoined},
				{Text: strings.TrimSpace(cri("stderr", "F", "err")), Offset: 45, Length: 44, Next: 133},
				{Text: strings.TrimSpace(cri("stdout", "F", "three")), Offset: 133, Length: 46, Next: 179},
			}},
		{"declared plain", "plain", cri("stdout", "P", "x"), []Record{{Text: strings.TrimSpace(cri("stdout", "P", "x")), Length: 42, Next: 42}}},
		{"another program's JSON", "", `{"log":"x","level":"info"}` + "\n", []Record{{Text: `{"log":"x","level":"info"}`, Length: 27, Next: 27}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			compare(t, whole(compile(t, Rules{Format: tc.format}), []byte(tc.in)), tc.want)
		})
	}
}

func TestPartsAreBounded(t *testing.T) {
	t.Parallel()
	rules := compile(t, Rules{})
	part := dockerLine("stdout", strings.Repeat("p", 16<<10))
	f := New(rules, 0, false)
	var got []Record
	for i := range 1000 {
		got = f.Write([]byte(part), got)
		if lag := f.Consumed() - lastNext(got); lag > holdBytes+int64(len(part)) {
			t.Fatalf("%d bytes wait after %d parts", lag, i)
		}
	}
	got = f.Flush(got)
	total := 0
	for _, r := range got {
		var doc struct{ Log string }
		if err := json.Unmarshal([]byte(r.Text), &doc); err != nil {
			t.Fatalf("joined record is no JSON: %v", err)
		}
		if len(doc.Log) > event.MaxLineBytes {
			t.Fatalf("a record of %d bytes", len(doc.Log))
		}
		total += len(doc.Log)
	}
	if total != 1000*16<<10 {
		t.Fatalf("%d bytes of text came out, want %d", total, 1000*16<<10)
	}
}

func lastNext(rs []Record) int64 {
	for i := len(rs) - 1; i >= 0; i-- {
		if rs[i].Next >= 0 {
			return rs[i].Next
		}
	}
	return 0
}

func TestRulesThatContradict(t *testing.T) {
	t.Parallel()
	for _, r := range []Rules{
		{Format: "xml"},
		{Multiline: &Multiline{}},
		{Multiline: &Multiline{Pattern: "("}},
		{Multiline: &Multiline{Pattern: "a", Match: "beside"}},
	} {
		if _, err := r.Compile(); err == nil {
			t.Errorf("%+v was accepted", r)
		}
	}
}

// place is a record without its text, for messages.
func place(r Record) Record {
	r.Text = ""
	return r
}
