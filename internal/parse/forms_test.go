package parse

import (
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// facts returns the event without what the wrapper decides, as JSON.
func facts(e *event.Event, without ...event.Field) string {
	var bare event.Event
	bare.Values = append(bare.Values, e.Values...)
	bare.Remove(event.Message)
	for _, f := range without {
		bare.Remove(f)
	}
	bare.Extra = e.Extra
	return string(event.AppendJSON(nil, &bare, nil))
}

// TestForms reads the same lines of one mail server in every wrapper they were
// kept in: the facts are the same and the times are right.
func TestForms(t *testing.T) {
	t.Parallel()
	bogota := zone(t, "America/Bogota")
	want := parsetest.Lines(t, "forms/rfc3339.log")
	tests := []struct {
		file     string
		seconds  bool          // stamps have whole seconds
		shift    time.Duration // added to all stamps
		received time.Time
		without  []event.Field // lost in this form
	}{
		{file: "bsd", seconds: true},
		{file: "rfc5424", without: []event.Field{event.Program, event.Component, event.Level}},
		{file: "rfc5424-noslash", without: []event.Field{event.Program, event.Component, event.Level}},
		{file: "docker"},
		{file: "journald", without: []event.Field{event.Level}},
		{file: "yearend", seconds: true, shift: -28153158 * time.Second, received: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			lines := parsetest.Lines(t, "forms/"+tt.file+".log")
			if len(lines) != len(want) {
				t.Fatalf("%d lines, want %d", len(lines), len(want))
			}
			origin := &event.Origin{Zone: bogota}
			at := received
			if !tt.received.IsZero() {
				at = tt.received.UnixNano()
			}
			for i, text := range lines {
				ref := parseOne(event.Line{Text: want[i], Origin: &event.Origin{}})
				e := parseOne(event.Line{Text: text, Origin: origin, ReceivedAt: at})
				// A text that only the program's name makes sense of is lost
				// with the name; it must not become something else.
				if e.Str(event.EventType) != event.TypeUnparsed || ref.Str(event.EventType) != event.TypeSystem || tt.file != "rfc5424" {
					if got, want := facts(e, tt.without...), facts(ref, tt.without...); got != want {
						t.Errorf("line %d:\ngot  %s\nwant %s", i+1, got, want)
					}
				}
				when := ref.Time + int64(tt.shift)
				if tt.seconds {
					when -= ref.Time % 1e9
				}
				if e.Time != when {
					t.Errorf("line %d: time = %s, want %s", i+1, event.FormatTime(e.Time), event.FormatTime(when))
				}
			}
		})
	}
}
