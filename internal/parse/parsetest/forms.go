package parsetest

import (
	"slices"
	"strings"
	"testing"

	"rastro/internal/event"
)

// Form is one form of a grammar: the program, its text and what the event must
// hold, as Write writes it, without the braces. It is no type of its own, so
// that tables may leave the names of the fields out.
type Form = struct{ Name, Program, Text, Want string }

// Forms checks forms, each in a test of its own.
func (d *Dialect) Forms(t *testing.T, forms []Form) {
	t.Helper()
	for _, f := range forms {
		d.Form(t, f.Name, f.Want, Record(f.Program, f.Text))
	}
}

// Form checks one form in a test of its own: each of the records must become
// the same event.
func (d *Dialect) Form(t *testing.T, name, want string, records ...*event.Record) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		for _, rec := range records {
			e, taken, fault := d.parse(rec)
			if !taken || fault != "" {
				t.Fatalf("taken: %v %s: %s", taken, fault, rec.Text)
			}
			if d.Settle != nil {
				d.Settle(e)
			}
			if got := Write(e, rec.Secrets); got != plain("{"+want+"}") {
				t.Errorf("%s\n got %s\nwant {%s}", rec.Text, got, want)
			}
		}
	})
}

// Claim is a text under a program's name, and whether it is the dialect's.
type Claim = struct {
	Program, Text string
	Want          bool
}

// Claims checks what a dialect takes, and that it leaves the rest as it was.
func (d *Dialect) Claims(t *testing.T, claims []Claim) {
	t.Helper()
	for _, c := range claims {
		if _, taken, fault := d.parse(Record(c.Program, c.Text)); taken != c.Want || fault != "" {
			t.Errorf("%q %q: taken: %v, want %v %s", c.Program, c.Text, taken, c.Want, fault)
		}
	}
}

// Facts checks single facts of a record's event: name=value, parted by blanks;
// an underscore may stand for a blank, and -name says that there is no value.
func (d *Dialect) Facts(t *testing.T, rec *event.Record, facts string) {
	t.Helper()
	e, taken, fault := d.parse(rec)
	if !taken || fault != "" {
		t.Errorf("taken: %v %s: %s", taken, fault, rec.Text)
		return
	}
	for _, fact := range strings.Fields(facts) {
		name, want, _ := strings.Cut(fact, "=")
		name, absent := strings.CutPrefix(name, "-")
		got := Fact(e, name)
		if absent && got != "" || !absent && got != strings.ReplaceAll(want, "_", " ") && got != want {
			t.Errorf("%s\n %s: got %q in %s", rec.Text, fact, got, Write(e, rec.Secrets))
		}
	}
}

// Fact returns the first value of a field, or the value of an additional field
// without its quotes; "" if there is none.
func Fact(e *event.Event, name string) string {
	if f, _ := event.Lookup(name); f != event.NoField {
		if v, ok := e.Value(f); ok {
			return v.String()
		}
		return ""
	}
	for _, p := range e.Extra {
		if p.Name == name {
			return strings.Trim(p.JSON, `"`)
		}
	}
	return ""
}

// Secrets checks what of a record must not be stored.
func (d *Dialect) Secrets(t *testing.T, rec *event.Record, want []string) {
	t.Helper()
	if _, taken, fault := d.parse(rec); !taken || fault != "" || !slices.Equal(rec.Secrets, want) {
		t.Errorf("%s\ntaken: %v %s\n got %q\nwant %q", rec.Text, taken, fault, rec.Secrets, want)
	}
}
