package e2e

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestImportGoesOnAfterAKill kills an import again and again; in the end every
// line is there once.
func TestImportGoesOnAfterAKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, log := filepath.Join(dir, "data"), filepath.Join(dir, "mail.log")
	const n = 100_000
	write(t, log, mailLines("big", someDay(), n))
	for i := range 4 {
		c := exec.Command(binary, "import", "--data", data, log)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(100+100*i) * time.Millisecond)
		_ = c.Process.Kill()
		_ = c.Wait()
	}
	must(t, "import", "--data", data, log)
	s := serve(t, data, "")
	if got := s.count("*"); got != n {
		t.Errorf("%d events of %d lines", got, n)
	}
	for _, i := range []int{0, n / 3, n - 1} {
		if got := s.count(fmt.Sprintf(`"big %d connect"`, i)); got != 1 {
			t.Errorf("line %d is there %d times", i, got)
		}
	}
}

// TestTerminateUnderLoad stops a server while it imports a stream that has not
// ended and is followed. Afterwards the import goes on where it was.
func TestTerminateUnderLoad(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	const n = 60_000
	text := mailLines("loaded", someDay(), n)
	s := serve(t, data, "")
	stream, feed := io.Pipe()
	ended := make(chan outcome, 2)
	for _, args := range [][]string{{"import", "-"}, {"tail"}} {
		go func() {
			c := exec.Command(binary, append(args, "--server", "http://"+s.ui)...)
			var stderr strings.Builder
			c.Stderr = &stderr
			if args[0] == "import" {
				c.Stdin = stream
				defer stream.Close() // or the feeder would wait for ever
			}
			_ = c.Run()
			ended <- outcome{stderr: args[0] + ": " + stderr.String(), code: c.ProcessState.ExitCode()}
		}()
	}
	sent := text[:len(text)*3/4]
	if _, err := io.WriteString(feed, sent); err != nil {
		t.Fatal(err)
	}
	eventually(t, 20*time.Second, "the import to begin", func() bool { return s.count("*") > 0 })
	s.stop()
	_ = feed.Close()
	for range 2 {
		if o := <-ended; strings.Contains(o.stderr, "panic") || o.code != 1 {
			t.Errorf("ended with %d: %s", o.code, o.stderr)
		}
	}
	before := len(everything(t, data, "*"))
	// The line that the cut went through may count as one.
	if most := strings.Count(sent, "\n") + 1; before == 0 || before > most {
		t.Errorf("%d events are stored of at most %d lines that were sent", before, most)
	}
	if o := rastro(t, strings.NewReader(text), "import", "-", "--data", data); o.code != 0 || !strings.Contains(o.stdout, fmt.Sprintf(" %d new lines", n-before)) {
		t.Errorf("%d of %d lines were there; the second import ended with %d: %s%s", before, n, o.code, o.stdout, o.stderr)
	}
	s.start()
	if got := s.count("*"); got != n {
		t.Errorf("%d events of %d lines", got, n)
	}
}

func TestACorruptSegmentIsSetAside(t *testing.T) {
	t.Parallel()
	for _, running := range []bool{true, false} {
		t.Run(fmt.Sprintf("running %v", running), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			data, log := filepath.Join(dir, "data"), filepath.Join(dir, "mail.log")
			write(t, log, mailLines("monday", someDay(), 2000)+mailLines("tuesday", someDay().AddDate(0, 0, 1), 2000))
			must(t, "import", "--data", data, log)
			segments, err := filepath.Glob(filepath.Join(data, "segments", "2026-03-01", "*.parquet"))
			if err != nil || len(segments) != 1 {
				t.Fatalf("segments of the day: %v %v", segments, err)
			}
			s := configure(t, data, "")
			if running {
				s.start()
				if n := s.count("*"); n != 4000 {
					t.Fatalf("%d of 4000 events", n)
				}
			}
			flip(t, segments[0])
			if !running {
				s.start()
			}
			o := rastro(t, nil, "search", "*", "--data", data, "--all", "--output", "ndjson")
			if o.code != 3 || !strings.Contains(o.stderr, "partial") {
				t.Errorf("search ended with %d, want 3\n%s", o.code, o.stderr)
			}
			checkTheRest(t, s, o.stdout, filepath.Base(segments[0]))
			s.stop()
			if o := rastro(t, nil, "search", "tuesday", "--data", data, "--all", "--output", "ndjson"); strings.Count(o.stdout, "\n") != 2000 {
				t.Errorf("without a server, %d of 2000 events were found, exit code %d\n%s", strings.Count(o.stdout, "\n"), o.code, o.stderr)
			}
		})
	}
}

// checkTheRest checks what is found besides a segment that is corrupt, and that
// every answer says so.
func checkTheRest(t *testing.T, s *server, found, segment string) {
	t.Helper()
	rest := 0
	for _, e := range records(t, found) {
		if strings.Contains(e.text("message"), "tuesday") {
			rest++
		}
	}
	if rest != 2000 {
		t.Errorf("%d of the 2000 events that are whole were found", rest)
	}
	var health struct {
		Status   string
		Problems []string
	}
	eventually(t, 10*time.Second, "/healthz to name the file", func() bool {
		s.get(s.monitor, "/healthz", &health)
		return health.Status == "degraded" && strings.Contains(fmt.Sprint(health.Problems), segment)
	})
	var answer struct {
		Shards struct{ Failed int } `json:"_shards"`
	}
	if s.get(s.elastic, "/_count?q=tuesday", &answer); answer.Shards.Failed == 0 {
		t.Error("_count does not say that the answer is partial")
	}
}

// flip changes bytes in the middle of a file.
func flip(t *testing.T, name string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(text) / 2; i < len(text)/2+200 && i < len(text); i++ {
		text[i] ^= 0xff
	}
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(text); err != nil { // the same file, as bad memory would
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
