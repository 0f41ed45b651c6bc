package elemta

import (
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

// dialect is Elemta on the bench. Its lines have no envelope, and their texts
// are decoded. Half a line that nobody understands may still hold a password.
var dialect = parsetest.Dialect{
	Parse:  Parse,
	Header: whole,
	Rules: parsetest.Rules{
		Decodes:      func(string) bool { return true },
		HidesRefused: true,
		Also: func(e *event.Event) string {
			for _, v := range e.Values {
				if _, err := netip.ParseAddr(v.Text); err != nil && v.Field.Kind() == event.IP {
					return err.Error()
				}
			}
			return ""
		},
	},
}

func whole(line string) *event.Record {
	return &event.Record{Text: line, Raw: line, Zone: time.UTC}
}

// redactedMark stands where a secret was, as in the stored event.
const redactedMark = "[redacted]"

// parsed is one line with what Parse made of it.
type parsed struct {
	raw   string
	ok    bool
	rec   event.Record
	event event.Event
}

// parseFile reads a file of testdata.
func parseFile(t testing.TB, name string) []parsed {
	t.Helper()
	var all []parsed
	for _, raw := range parsetest.Lines(t, name) {
		all = append(all, parseLine(raw))
	}
	return all
}

func parseLine(raw string) parsed {
	p := parsed{raw: raw, rec: *whole(raw)}
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

// TestGolden compares events as they would be stored, with the number of each
// line.
func TestGolden(t *testing.T) {
	t.Parallel()
	parsetest.EachLog(t, func(t *testing.T, name, golden string) {
		var lines, got []string
		for i, p := range parseFile(t, name) {
			text := strconv.Itoa(i+1) + " "
			if !p.ok {
				text += "unparsed "
			}
			lines, got = append(lines, p.raw), append(got, text+p.json(t))
		}
		parsetest.Compare(t, golden, lines, got)
	})
}

// BenchmarkParse reads the sample of a running server over and over.
func BenchmarkParse(b *testing.B) {
	dialect.Benchmark(b, dialect.Records(b, "server.log.gz"))
}
