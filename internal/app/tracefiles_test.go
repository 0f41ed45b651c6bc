package app

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"rastro/internal/collect"
)

// logFile is a file with this content, or one that cannot be opened.
func logFile(name, content string, err error) LogFile {
	return LogFile{Name: name, Open: func(context.Context) (io.ReadCloser, LogOptions, error) {
		return io.NopCloser(strings.NewReader(content)), LogOptions{Source: name, ImportOptions: collect.ImportOptions{Zone: time.UTC}}, err
	}}
}

func packed(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, text)
	_ = z.Close()
	return b.String()
}

func TestTraceFiles(t *testing.T) {
	t.Parallel()
	text, longer := lines("x", 5000), lines("x", 7000)
	missing := errors.New("no such file")
	var failed []string
	var read, lastLines int64
	files := []LogFile{
		logFile("a", text, nil), logFile("absent", "", missing), logFile("a.gz", packed(text), nil),
		logFile("longer", longer, nil), logFile("b", lines("y", 300), nil), logFile("empty", "", nil),
		logFile("broken.gz", packed(lines("z", 50_000))[:10_000], nil),
	}
	_, result, err := TraceFiles(context.Background(), files, TraceFilesOptions{
		Workers:  3,
		Progress: func(r, l int64) { read, lastLines = r, l },
		Failed:   func(name string, err error) { failed = append(failed, fmt.Sprintf("%s: %v", name, err)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(failed, "\n"); len(failed) != 2 || !strings.Contains(got, "absent: no such file") || !strings.Contains(got, "broken.gz: unpacking gzip near byte") {
		t.Errorf("failed: %s", got)
	}
	if result.Files != 6 || result.Failed != 2 || !errors.Is(result.First, missing) {
		t.Errorf("%+v", result)
	}
	// The packed copy and the beginning of the longer one were read before.
	if want := int64(2 * len(text)); result.Repeated != want || result.Lines <= 7300 || result.Lines != lastLines || read == 0 {
		t.Errorf("%+v, progress %d %d; want %d repeated", result, read, lastLines, want)
	}
}

func TestTraceFilesEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	text := lines("x", 50_000)
	files := []LogFile{{Name: "x", Open: func(context.Context) (io.ReadCloser, LogOptions, error) {
		return io.NopCloser(&cutOff{text: text, end: len(text) / 3, cancel: cancel}), LogOptions{Source: "x"}, nil
	}}, logFile("never", text, nil)}
	a, result, err := TraceFiles(ctx, files, TraceFilesOptions{Failed: func(string, error) { t.Error("an interruption is no failure of a file") }})
	if !errors.Is(err, context.Canceled) || a != nil || result.Failed != 0 {
		t.Errorf("%v %+v %v", a, result, err)
	}
}
