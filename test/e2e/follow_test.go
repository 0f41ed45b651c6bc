package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestFollowedAsImported follows every form of a log at once, in folders below
// one another, and compares with what an import makes of them.
func TestFollowedAsImported(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	forms := map[string]string{ // in the followed folder, in the corpora
		"syslog/deep/down/mail.rfc3339.log": "mta/hosts/mx1/mail.rfc3339.log",
		"syslog/dirty.log":                  "mta/derived/dirty.rfc3339.log",
		"containers/c0ffee/c0ffee-json.log": "mta/derived/docker-json.log",
		"journal.json":                      "mta/derived/journald.json",
		"elemta/console.log":                "elemta/dev.stdout.log",
	}
	s := configure(t, filepath.Join(dir, "data"), fmt.Sprintf("sources: [{paths: [%q, %q], zone: %s, host: mx1}]",
		filepath.Join(dir, "logs", "**", "*.log"), filepath.Join(dir, "logs", "*.json"), bogota))
	lines := 0
	for name, origin := range forms {
		text, err := os.ReadFile(corpus(t, origin))
		if err != nil {
			t.Fatal(err)
		}
		half := strings.Index(string(text[len(text)/2:]), "\n") + len(text)/2 + 10 // in the midst of a line
		write(t, filepath.Join(dir, "logs", name), string(text[:half]))
		if s.command == nil { // some files are older than the server, some younger
			s.start()
		}
		appendTo(t, filepath.Join(dir, "logs", name), string(text[half:]))
		lines += lineCount(t, corpus(t, origin))
	}
	s.await("*", lines)
	for name, origin := range forms {
		file := filepath.Join(dir, "logs", name)
		got := inFileOrder(s.hits(fmt.Sprintf("source:%q", file), "size=10000"))
		want := imported(t, bogota, corpus(t, origin))
		for i := range min(len(got), len(want)) {
			if got[i].text("message") != want[i].text("message") {
				t.Fatalf("%s line %d is %q, want %q", name, i+1, got[i].text("message"), want[i].text("message"))
			}
			// A followed file is as new as today: stamps without a year may
			// lie in another one.
			for _, e := range []record{got[i], want[i]} {
				if e.tagged("_no_time") {
					e["@timestamp"] = "2000-01-01T00:00:00Z"
				}
				at := e.time(t)
				e["@timestamp"] = at.AddDate(2000-at.Year(), 0, 0).Format(time.RFC3339Nano)
			}
		}
		sameStory(t, got, want, time.Nanosecond)
	}
	s.stop()
}
