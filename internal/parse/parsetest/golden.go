package parsetest

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/event"
)

var update = flag.Bool("update", false, "write the golden files anew")

// maxShown bounds how many wrong lines of one file are shown.
const maxShown = 20

// Golden compares every record of testdata/*.log with the event that the golden
// file beside it expects: one JSON object in a line, or null where the dialect
// refuses. The dialect's rules must hold for each event too.
func (d *Dialect) Golden(t *testing.T) {
	t.Helper()
	EachLog(t, func(t *testing.T, name, golden string) {
		t.Helper()
		var lines, got []string
		for _, rec := range d.Records(t, name) {
			e, taken, fault := d.parse(rec)
			if fault != "" || !taken && !d.Mixed {
				t.Errorf("taken: %v %s: %s", taken, fault, rec.Raw)
			}
			lines = append(lines, rec.Raw)
			if taken {
				got = append(got, Write(e, rec.Secrets))
			} else {
				got = append(got, "null")
			}
		}
		Compare(t, golden, lines, got)
	})
}

// EachLog checks every testdata/*.log in a test of its own. check gets its name
// below testdata, and the path of the golden file beside it.
func EachLog(t *testing.T, check func(t *testing.T, name, golden string)) {
	t.Helper()
	logs, err := filepath.Glob("testdata/*.log")
	if err != nil || len(logs) == 0 {
		t.Fatalf("no test files: %v", err)
	}
	for _, path := range logs {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, name, strings.TrimSuffix(path, ".log")+".golden.jsonl")
		})
	}
}

// Compare compares what was made of lines with a golden file, line by line.
// With -update it writes the file before; a line that says the same keeps its
// spelling, since < may be written as itself or as \u003c.
func Compare(t *testing.T, path string, lines, got []string) {
	t.Helper()
	var want []string
	text, err := os.ReadFile(path)
	if err == nil {
		want = strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	} else if !*update || !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if *update {
		want = respell(got, want)
		if err := os.WriteFile(path, []byte(strings.Join(want, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d events, %s has %d; run with -update after checking", len(got), path, len(want))
	}
	wrong := 0
	for i := range min(len(got), len(want)) {
		if plain(got[i]) == plain(want[i]) {
			continue
		}
		if wrong++; wrong <= maxShown {
			t.Errorf("line %d: %s\n got %s\nwant %s", i+1, lines[i], plain(got[i]), plain(want[i]))
		}
	}
	if wrong > maxShown {
		t.Errorf("%d lines differ", wrong)
	}
}

// respell returns got with each line in the spelling of old, where it is there.
func respell(got, old []string) []string {
	spelling := make(map[string]string, len(old))
	for _, line := range old {
		spelling[plain(line)] = line
	}
	all := make([]string, len(got))
	for i, line := range got {
		if known, ok := spelling[plain(line)]; ok {
			line = known
		}
		all[i] = line
	}
	return all
}

// Write writes an event as one JSON object, its values in their order. A field
// with several values stands several times, as in the event. <, > and & are
// written as they are.
func Write(e *event.Event, secrets []string) string {
	var b strings.Builder
	add := func(name, json string) {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quote(name) + ":" + json)
	}
	if e.Time != 0 {
		add("@timestamp", quote(event.FormatTime(e.Time)))
	}
	for _, v := range e.Values {
		switch v.Field.Kind() {
		case event.Integer, event.Number, event.Bool:
			add(v.Field.Name(), v.String())
		default:
			add(v.Field.Name(), quote(v.String()))
		}
	}
	for _, p := range e.Extra {
		add(p.Name, p.JSON)
	}
	if len(secrets) > 0 {
		quoted := make([]string, len(secrets))
		for i, secret := range secrets {
			quoted[i] = quote(secret)
		}
		add("secrets", "["+strings.Join(quoted, ",")+"]")
	}
	return plain("{" + b.String() + "}")
}

func quote(s string) string { return string(event.AppendJSONString(nil, s)) }

var plainer = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&")

func plain(s string) string { return plainer.Replace(s) }
