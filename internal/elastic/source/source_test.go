package source

import (
	"testing"

	"rastro/internal/event"
)

func written(index, text string, tags ...string) *event.Event {
	e := &event.Event{Time: 1_772_443_800_000_000_000, ReceivedAt: 1_772_443_800_000_000_000}
	e.Add(event.Message, text)
	e.Add(event.Index, index)
	e.Add(event.Level, "INFO")
	e.AddExtra("a", `{"b":1,"c":[{"d":2,"e":3},4]}`)
	for _, tag := range tags {
		e.Add(event.Tags, tag)
	}
	return e
}

func TestDocumentsComeBackAsTheyWereSent(t *testing.T) {
	t.Parallel()
	const sent = `{"a":{"b":1},"Z":"x"}`
	const shown = `{"@timestamp":"2026-03-02T09:30:00Z"`
	for _, c := range []struct {
		e    *event.Event
		sent bool
	}{
		{written("mail", sent, event.TagDocument), true},
		{written("mail", sent), false},                        // a line that is JSON
		{written("", sent, event.TagDocument), false},         // in the index of its day
		{written("mail", sent+"…", event.TagDocument), false}, // was cut
		{written("mail", "text", event.TagDocument), false},
	} {
		var all Filter
		got := string(all.Of(c.e))
		if (got == sent) != c.sent || !c.sent && got[:len(shown)] != shown {
			t.Errorf("%+v is shown as %s", c.e, got)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	e := written("mail", `{"a":{"b":1,"c":[{"d":2,"e":3},4]},"sender":"x","n":[]}`, event.TagDocument)
	for _, c := range []struct {
		f    Filter
		want string
	}{
		{Filter{Includes: []string{"a.b"}}, `{"a":{"b":1}}`},
		{Filter{Includes: []string{"a"}}, `{"a":{"b":1,"c":[{"d":2,"e":3},4]}}`},
		{Filter{Includes: []string{"a.c.d"}}, `{"a":{"c":[{"d":2}]}}`},
		{Filter{Excludes: []string{"a.c"}}, `{"a":{"b":1},"sender":"x","n":[]}`},
		{Filter{Excludes: []string{"*.e", "n"}}, `{"a":{"b":1,"c":[{"d":2},4]},"sender":"x"}`},
		{Filter{Includes: []string{"a.*"}, Excludes: []string{"a.b"}}, `{"a":{"c":[{"d":2,"e":3},4]}}`},
		{Filter{Includes: []string{"mail_from"}}, `{"sender":"x"}`},
		{Filter{Includes: []string{"nothing"}}, `{}`},
	} {
		if err := c.f.Check(); err != nil {
			t.Fatal(err)
		}
		if got := string(c.f.Of(e)); got != c.want {
			t.Errorf("%+v gives %s, want %s", c.f, got, c.want)
		}
	}
	long := Filter{Includes: make([]string, MaxPatterns+1)}
	if long.Check() == nil {
		t.Error("a list of any length is taken")
	}
}
