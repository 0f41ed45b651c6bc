package names

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/elastic/cluster"
	"rastro/internal/event"
	"rastro/internal/query"
)

// book knows three days and what clients have made: mail and mail-2, an alias
// of both, a data stream with its backing index, a closed index and a hidden one.
func book() *Book {
	yes := true
	content := &cluster.Content{
		Indices: map[string]*cluster.Index{
			"mail":                      {Aliases: map[string]*cluster.Alias{"post": {Write: &yes}}},
			"mail-2":                    {Aliases: map[string]*cluster.Alias{"post": {}}},
			".ds-web-2026.03.01-000001": {DataStream: "web", Hidden: true},
			"shut":                      {Closed: true},
			"elemta-logs-2026.03.09":    {},
		},
		DataStreams: map[string]*cluster.DataStream{"web": {Backing: []string{".ds-web-2026.03.01-000001"}}},
	}
	return New(Options{
		Days:    func() []string { return []string{"2025-12-31", "2026-03-01", "2026-03-02"} },
		Content: func() *cluster.Content { return content },
		Now:     func() time.Time { return time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC) },
	})
}

func TestResolve(t *testing.T) {
	t.Parallel()
	b := book()
	for expression, want := range map[string]string{
		"elemta-logs-*":            "elemta-logs-2025.12.31 elemta-logs-2026.03.01 elemta-logs-2026.03.02 elemta-logs-2026.03.09",
		"elemta-logs-2026.03.0?":   "elemta-logs-2026.03.01 elemta-logs-2026.03.02 elemta-logs-2026.03.09",
		"*":                        ".ds-web-2026.03.01-000001 elemta-logs-2025.12.31 elemta-logs-2026.03.01 elemta-logs-2026.03.02 elemta-logs-2026.03.09 mail mail-2",
		"*,-elemta-*":              ".ds-web-2026.03.01-000001 mail mail-2",
		"post":                     "mail mail-2",
		"po*":                      "mail mail-2",
		"web":                      ".ds-web-2026.03.01-000001",
		".ds-*":                    ".ds-web-2026.03.01-000001",
		"<elemta-logs-{now/d}>":    "elemta-logs-2026.03.02",
		"<elemta-logs-{now/d-1d}>": "elemta-logs-2026.03.01",
		"<elemta-logs-{now/d{yyyy.MM.dd|-12:00}}>": "elemta-logs-2026.03.01",
		"elemta-rejection-*":                       "elemta-rejection-2025.12.31 elemta-rejection-2026.03.01 elemta-rejection-2026.03.02",
		"elemta-bounce-2026.03.01,mail":            "elemta-bounce-2026.03.01 mail",
		"nothing-*":                                "",
	} {
		set, err := b.Resolve(expression, DefaultResolve())
		if err != nil || strings.Join(set.Names(), " ") != want {
			t.Errorf("%s: %v %v, want %s", expression, set.Names(), err, want)
		}
	}
	var missing *NotFound
	if _, err := b.Resolve("mail,none", DefaultResolve()); !errors.As(err, &missing) || missing.Name != "none" {
		t.Errorf("a missing name gives %v", err)
	}
	var closed *Closed
	if _, err := b.Resolve("shut", DefaultResolve()); !errors.As(err, &closed) {
		t.Errorf("a closed index gives %v", err)
	}
	if _, err := b.Resolve("nothing-*", ResolveOptions{}); !errors.As(err, &missing) {
		t.Errorf("wildcards that find nothing give %v", err)
	}
	var invalid *Invalid
	for _, bad := range []string{"<a", "<a{now/d>", "<a{soon}>", "<a{now/d{QQQ}}>", ","} {
		if _, err := b.Resolve(bad, DefaultResolve()); !errors.As(err, &invalid) {
			t.Errorf("%s gives %v", bad, err)
		}
	}
}

// ev makes an event of a time and an index.
func ev(at, index string) *event.Event {
	when, err := time.Parse(time.RFC3339, at)
	if err != nil {
		panic(err)
	}
	e := &event.Event{Time: when.UnixNano()}
	e.Add(event.Index, index)
	e.Add(event.EventType, event.TypeRejection)
	e.Add(event.Status, event.StatusRejected)
	return e
}

// TestFiltersAgreeWithNames: an event matches the filter of a set exactly when
// its index is in it.
func TestFiltersAgreeWithNames(t *testing.T) {
	t.Parallel()
	b := book()
	events := []*event.Event{
		ev("2025-12-31T23:59:59Z", ""), ev("2026-03-01T00:00:00Z", ""), ev("2026-03-02T12:00:00Z", ""),
		ev("2026-03-02T12:00:00Z", "elemta-logs-2026.03.09"), ev("2026-03-02T12:00:00Z", "mail"), ev("2026-03-01T12:00:00Z", "mail-2"), ev("2026-03-01T12:00:00Z", ".ds-web-2026.03.01-000001"),
	}
	for _, expression := range []string{"*", "elemta-logs-*", "elemta-logs-2026.*", "elemta-logs-2026.03.01", "mail", "post", "web", "mail*,elemta-logs-2026.03.02", "elemta-logs-2026.03.09", "elemta-logs-2026.03.*,-elemta-logs-2026.03.09", "*,-mail", "elemta-*,-elemta-logs-2026.03.02", "nothing*"} {
		set, err := b.Resolve(expression, DefaultResolve())
		if err != nil {
			t.Fatal(err)
		}
		filter := set.Filter()
		for _, e := range events {
			got := filter == nil || query.Match(filter, e)
			if want := slices.Contains(set.Names(), b.Of(e)); got != want {
				t.Errorf("%s: an event of %s matches: %v", expression, b.Of(e), got)
			}
		}
	}
	set, err := b.Resolve("elemta-rejection-2026.03.02", DefaultResolve())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, false, true, false} {
		if got := query.Match(set.Filter(), events[i]); got != want {
			t.Errorf("the view of rejections matches event %d: %v", i, got)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"a", "mail-2026.01.01", "ä", ".hidden", strings.Repeat("a", 255)} {
		if err := Check(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "A", "a b", "a/b", "a*", "_a", "-a", "+a", ".", "..", "a#", "a:b", "a\x00", strings.Repeat("a", 256)} {
		if err := Check(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func FuzzResolve(f *testing.F) {
	for _, s := range []string{"*", "a,b*,-c", "<logs-{now/d}>", "<a{now/d{yyyy|+01:00}}b>", "elemta-reception-*"} {
		f.Add(s)
	}
	b := book()
	f.Fuzz(func(t *testing.T, expression string) {
		set, err := b.Resolve(expression, DefaultResolve())
		if err == nil {
			if filter := set.Filter(); filter != nil {
				if _, err := query.Compile(filter); err != nil {
					t.Errorf("%q: %v", expression, err)
				}
			}
		}
	})
}
