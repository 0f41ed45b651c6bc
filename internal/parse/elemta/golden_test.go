package elemta

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
)

var update = flag.Bool("update", false, "write the golden files anew")

// redactedMark stands where a secret was, as in the stored event.
const redactedMark = "[redacted]"

// parsed is one line with what Parse made of it.
type parsed struct {
	raw   string
	ok    bool
	rec   event.Record
	event event.Event
}

// parseFile reads a file of lines, each as a record without envelope.
func parseFile(t testing.TB, path string) []parsed {
	t.Helper()
	var all []parsed
	for raw := range strings.Lines(readFile(t, path)) {
		all = append(all, parseLine(strings.TrimRight(raw, "\r\n")))
	}
	return all
}

// readFile reads a file, unpacked if its name ends in .gz.
func readFile(t testing.TB, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func parseLine(raw string) parsed {
	p := parsed{raw: raw, rec: event.Record{Text: raw, Raw: raw, Zone: time.UTC}}
	p.ok = Parse(&p.rec, &p.event)
	return p
}

// hidden replaces every secret of the line in s.
func (p *parsed) hidden(s string) string {
	for _, secret := range p.rec.Secrets {
		s = strings.ReplaceAll(s, secret, redactedMark)
	}
	return s
}

// json writes the event as it would be stored, one object in one line.
func (p *parsed) json(t testing.TB) string {
	t.Helper()
	var b strings.Builder
	write := func(name, value string) {
		if b.Len() == 0 {
			b.WriteByte('{')
		} else {
			b.WriteByte(',')
		}
		b.WriteString(quote(name) + ":" + value)
	}
	if p.event.Time != 0 {
		write("@timestamp", quote(event.FormatTime(p.event.Time)))
	}
	done := map[event.Field]bool{}
	for _, v := range p.event.Values {
		if done[v.Field] {
			continue
		}
		done[v.Field] = true
		var values []string
		for _, w := range p.event.Values {
			if w.Field != v.Field {
				continue
			}
			text := w.String()
			if k := v.Field.Kind(); k.IsText() || k == event.Time {
				text = quote(p.hidden(text))
			}
			values = append(values, text)
		}
		if len(values) == 1 {
			write(v.Field.Name(), values[0])
		} else {
			write(v.Field.Name(), "["+strings.Join(values, ",")+"]")
		}
	}
	for _, x := range p.event.Extra {
		value := p.hidden(x.JSON)
		if !json.Valid([]byte(x.JSON)) {
			t.Errorf("extra %s is no JSON: %s\nline: %s", x.Name, x.JSON, p.raw)
		}
		if !json.Valid([]byte(value)) { // a secret with its quotes
			value = quote(redactedMark)
		}
		write(x.Name, value)
	}
	if len(p.rec.Secrets) > 0 {
		write("message", quote(p.hidden(p.raw)))
	}
	if b.Len() == 0 {
		return "{}"
	}
	return b.String() + "}"
}

func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.log")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			var got bytes.Buffer
			for i, p := range parseFile(t, path) {
				got.WriteString(strconv.Itoa(i+1) + " ")
				if !p.ok {
					got.WriteString("unparsed ")
				}
				got.WriteString(p.json(t) + "\n")
			}
			golden := strings.TrimSuffix(path, ".log") + ".golden.jsonl"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			compareLines(t, string(want), got.String())
		})
	}
}

// compareLines reports the first lines that differ.
func compareLines(t *testing.T, want, got string) {
	t.Helper()
	wants, gots := strings.Split(want, "\n"), strings.Split(got, "\n")
	if len(wants) != len(gots) {
		t.Errorf("%d lines, want %d", len(gots), len(wants))
	}
	shown := 0
	for i := range min(len(wants), len(gots)) {
		if wants[i] != gots[i] {
			t.Errorf("line %d\n got %s\nwant %s", i+1, gots[i], wants[i])
			if shown++; shown == 5 {
				return
			}
		}
	}
}
