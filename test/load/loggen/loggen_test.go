package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestSameFlagsSameBytes pins what the flags mean: figures that were measured
// with one version of this command are comparable with those of the next.
func TestSameFlagsSameBytes(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the last digit of math.Exp and math.Pow depends on the processor, and the pinned hashes are those of amd64")
	}
	cases := []struct{ name, flags, lines, truth, totals string }{
		{"rfc3339", "-lines 60000", "cecd3b8796fdf02c", "af45b95237767809", "8ab765cddaab4b5f"},
		{"traditional, long ids, end of the year", "-lines 30000 -seed 7 -format trad -qid long -mx 3 -store 1 -start 2026-12-30T00:00:00Z", "fd436868468abbe9", "9b41b2475b02013b", "ddef2cbcabee0e3f"},
		{"rfc5424, short lifetime", "-lines 30000 -format rfc5424 -days 2 -usstep 1000 -reuse -lifetime 1h", "5b17d90eb3058115", "16d748c7d59abe20", "848798b4652298c7"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			written(t, dir, c.flags)
			for _, f := range []struct{ name, want string }{{"lines", c.lines}, {"truth", c.truth}, {"totals", c.totals}} {
				text, err := os.ReadFile(filepath.Join(dir, f.name))
				if err != nil {
					t.Fatal(err)
				}
				sum := sha256.Sum256(text)
				if got := hex.EncodeToString(sum[:8]); got != f.want {
					t.Errorf("%s: %s, want %s", f.name, got, f.want)
				}
			}
		})
	}
}

// TestTotalsCountWhatIsThere compares the counts with the lines themselves.
func TestTotalsCountWhatIsThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	written(t, dir, "-lines 60000 -days 3")
	lines, err := os.ReadFile(filepath.Join(dir, "lines"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "totals"))
	if err != nil {
		t.Fatal(err)
	}
	var got totals
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if n := int64(bytes.Count(lines, []byte("\n"))); n != 60000 || got.Lines != n {
		t.Errorf("%d lines, totals say %d, want 60000", n, got.Lines)
	}
	sum := int64(0)
	for _, n := range got.ByProgram {
		sum += n
	}
	if sum != got.Lines {
		t.Errorf("the programs' lines are %d together, want %d", sum, got.Lines)
	}
	// What was planned may lie behind the last line.
	const behind = 20
	for status, n := range got.ByStatus {
		if there := int64(bytes.Count(lines, []byte("status="+status))); there > n || there < n-behind {
			t.Errorf("status=%s stands in %d lines, totals say %d", status, there, n)
		}
	}
	if there := int64(bytes.Count(lines, []byte("reject: "))); there > got.Rejects || there < got.Rejects-behind {
		t.Errorf("%d rejections, totals say %d", there, got.Rejects)
	}
}

// TestSplitHoldsTheSameLines: one file per host, the same lines in all.
func TestSplitHoldsTheSameLines(t *testing.T) {
	t.Parallel()
	whole, parts := t.TempDir(), t.TempDir()
	written(t, whole, "-lines 20000")
	written(t, parts, "-lines 20000 -split")
	merged, err := os.ReadFile(filepath.Join(whole, "lines"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, host := range []string{"mx1", "mx2", "store1", "store2"} {
		part, err := os.ReadFile(filepath.Join(parts, "lines."+host))
		if err != nil {
			t.Fatal(err)
		}
		found += len(part)
		for line := range strings.Lines(string(part[:min(len(part), 4000)])) {
			if strings.HasSuffix(line, "\n") && !bytes.Contains(merged, []byte(line)) {
				t.Errorf("%s: %q is not in the merged file", host, line)
			}
		}
	}
	if found != len(merged) {
		t.Errorf("the files of the hosts hold %d bytes, the merged one %d", found, len(merged))
	}
}

func TestFlagsAreChecked(t *testing.T) {
	t.Parallel()
	for _, flags := range []string{"-format json", "-qid medium", "-lines 0", "-start today", "-mx 300", "-usstep 0"} {
		if _, _, err := readFlags(strings.Fields(flags)); err == nil {
			t.Errorf("%s: no error", flags)
		}
	}
}

// written runs the command into dir: lines, truth and totals.
func written(t *testing.T, dir, flags string) {
	t.Helper()
	args := append(strings.Fields(flags), "-out", filepath.Join(dir, "lines"), "-truth", filepath.Join(dir, "truth"), "-totals", filepath.Join(dir, "totals"))
	o, f, err := readFlags(args)
	if err != nil {
		t.Fatal(err)
	}
	if err := run(o, f, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkGenerate is how fast lines are written.
func BenchmarkGenerate(b *testing.B) {
	o, f, err := readFlags([]string{"-lines", "1000000", "-out", "/dev/null"})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	n := int64(0)
	for b.Loop() {
		if err := run(o, f, io.Discard, io.Discard); err != nil {
			b.Fatal(err)
		}
		n += o.lines
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "lines/s")
}
