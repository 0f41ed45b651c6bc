package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/web"
)

// TestEraseCommand erases from a folder that nobody serves.
func TestEraseCommand(t *testing.T) {
	dir := t.TempDir()
	log, data := filepath.Join(dir, "mail.log"), filepath.Join(dir, "data")
	text := "2026-03-01T00:00:01Z mx1 postfix/smtp[7]: ABC1: to=<joan@x.example>, relay=mx[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)\n" +
		"2026-03-01T00:00:02Z mx1 postfix/smtp[7]: ABC2: to=<joan+a@x.example>, relay=mx[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)\n" +
		"2026-03-01T00:00:03Z mx1 postfix/smtp[7]: ABC3: to=<other@x.example>, relay=mx[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)\n"
	if err := os.WriteFile(log, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	call := func(want int, args ...string) (string, string) {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(context.Background(), args, strings.NewReader(""), &out, &errs); code != want {
			t.Errorf("%q ends with %d: %s%s", args, code, out.String(), errs.String())
		}
		return out.String(), errs.String()
	}
	call(0, "import", log, "--data", data)
	call(1, "check", "--data", data, "--find-bytes", "joan@x.example")
	if out, _ := call(0, "erase", "joan@x.example", "--data", data, "--dry-run"); !strings.Contains(out, "1 event would be erased") || !strings.Contains(out, "2026-03-01  1") || !strings.Contains(out, "--forms takes them") {
		t.Errorf("counting says %s", out)
	}
	if _, errs := call(2, "erase", "joan@x.example", "--data", data); !strings.Contains(errs, "--yes") {
		t.Errorf("without an answer it says %s", errs)
	}
	for _, args := range [][]string{{"erase"}, {"erase", "joan"}, {"erase", "a@b", "c@d"}, {"erase", "a@b", "--output", "xml"}, {"check", "--find-bytes", "a@b"}} {
		call(2, args...)
	}
	out, _ := call(0, "erase", "Joan@x.example", "--data", data, "--yes", "--verify", "--output", "ndjson")
	var report web.EraseReport
	if err := json.Unmarshal([]byte(out), &report); err != nil || report.Events != 1 || report.Alike != 1 || report.Verified == nil || len(report.Verified.Found) > 0 || strings.Contains(strings.ToLower(out), "joan") {
		t.Errorf("%v %s", err, out)
	}
	call(0, "check", "--data", data, "--find-bytes", "joan@x.example")
	if out, _ := call(0, "erase", "joan@x.example", "--data", data, "--yes"); !strings.Contains(out, "no event mentions the address") {
		t.Errorf("erasing again says %s", out)
	}
	if out, _ := call(0, "search", "*", "--data", data); strings.Count(out, "\n") < 2 || !strings.Contains(out, "other@x.example") || !strings.Contains(out, "joan+a@x.example") {
		t.Errorf("left are %s", out)
	}
}
