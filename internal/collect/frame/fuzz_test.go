package frame

import (
	"os"
	"testing"

	"rastro/internal/event"
)

// FuzzFramer: the same bytes give the same records however they are cut; every
// byte belongs to at most one record; and reading may begin anew at every Next.
func FuzzFramer(f *testing.F) {
	for _, s := range []string{
		"a\r\nb\n\n\x00c", "\x00\x00\xef\xbb\xbfa\n 1\n2 3\n",
		dockerLine("stdout", "a") + dockerLine("stderr", "b") + dockerLine("stdout", "c\n") + dockerLine("stderr", "d\n") + " x\n",
		"2016-10-06T00:17:09.669794202Z stdout P a\n2016-10-06T00:17:09.669794202Z stderr P b\nplain\n2016-10-06T00:17:09.669794202Z stdout F c\n",
		"2026-11-22 19:55:07 a\n b\n2026-11-22 19:55:07.1 c\nd",
		`{"log": "a\\", "stream": "stdout"}` + "\n" + `{"log":"\\n","stream":"stdout"}` + "\n",
	} {
		f.Add([]byte(s), uint16(3), uint8(0))
		f.Add([]byte(s), uint16(7), uint8(2))
		f.Add([]byte(s), uint16(11), uint8(4))
	}
	if docker, err := os.ReadFile("testdata/docker.log"); err == nil {
		f.Add(docker, uint16(100), uint8(1))
	}
	rules := []*Framing{
		compile(f, Rules{}),
		compile(f, Rules{Format: FormatDocker, Multiline: &Multiline{Pattern: `^\s`, MaxLines: 3}}),
		compile(f, Rules{Multiline: &Multiline{Pattern: `^\d`, Negate: true, MaxBytes: 100}}),
		compile(f, Rules{Multiline: &Multiline{Pattern: `b$`, Match: MatchBefore}}),
		compile(f, Rules{}).Of("mainlog"),
	}
	f.Fuzz(func(t *testing.T, data []byte, size uint16, which uint8) {
		if len(data) > 1<<16 {
			return
		}
		r := rules[int(which)%len(rules)]
		want := whole(r, data)
		compare(t, pieces(r, data, int(size)+1), want)
		checkPlaces(t, want, int64(len(data)))
		for i, rec := range want {
			if rec.Next < 0 || i > 20 {
				continue
			}
			again := New(r, rec.Next, rec.Marks&event.MarkUnfinished != 0)
			compare(t, again.Finish(again.Write(data[rec.Next:], nil)), want[i+1:])
		}
	})
}

func checkPlaces(t *testing.T, records []Record, size int64) {
	t.Helper()
	covered, safe := int64(0), int64(0)
	for _, r := range records {
		if r.Offset < safe || r.Offset+r.Length > size || r.Length <= 0 {
			t.Fatalf("record at %d+%d after the safe place %d of %d", r.Offset, r.Length, safe, size)
		}
		covered += r.Length
		if r.Next >= 0 {
			safe = r.Next
		}
	}
	if covered > size {
		t.Fatalf("%d bytes are covered of %d", covered, size)
	}
	if len(records) > 0 && safe != size {
		t.Fatalf("the last safe place is %d of %d", safe, size)
	}
}

func BenchmarkWrite(b *testing.B) {
	sample, err := os.ReadFile("testdata/mail.log")
	if err != nil {
		b.Fatal(err)
	}
	var data []byte
	for len(data) < 256<<10 {
		data = append(data, sample...)
	}
	rules := compile(b, Rules{})
	f := New(rules, 1, false)
	dst := make([]Record, 0, 8192)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		dst = f.Write(data, dst[:0])
	}
}
