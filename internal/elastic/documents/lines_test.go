package documents

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"rastro/internal/collect"
)

// TestLines reads a body in pieces of every size, with lines that are longer
// than a document may be.
func TestLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("l", collect.MaxDocument+70_000)
	body := "first\r\n\nthird\n" + long + "\nlast\nunended"
	for name, from := range map[string]io.Reader{"whole": strings.NewReader(body), "halves": iotest.HalfReader(strings.NewReader(body)), "with its end": iotest.DataErrReader(strings.NewReader(body))} {
		l := &lines{from: from}
		for i, want := range []string{"first", "", "third", long[:collect.MaxDocument+1], "last"} {
			line, err := l.next()
			if len(want) > collect.MaxDocument && len(line) > collect.MaxDocument {
				want = string(line) // how much longer it comes does not matter
			}
			if err != nil || string(line) != want {
				t.Fatalf("%s: line %d has %d bytes, want %d: %v", name, i+1, len(line), len(want), err)
			}
			if i == 2 {
				l.release()
			}
		}
		if _, err := l.next(); !errors.Is(err, errUnended) || l.number != 5 {
			t.Errorf("%s: the end is %v after line %d", name, err, l.number)
		}
	}
	l := &lines{from: io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(io.ErrUnexpectedEOF))}
	if line, err := l.next(); err != nil || string(line) != "a" {
		t.Errorf("%q %v", line, err)
	}
	if _, err := l.next(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a body that breaks off ends with %v", err)
	}
}
