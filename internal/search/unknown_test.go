package search

import (
	"context"
	"slices"
	"testing"
	"time"

	"rastro/internal/auth"
	"rastro/internal/query"
	"rastro/internal/store"
)

// oneField is a store whose events have one unknown field, "known_extra".
type oneField struct{ store.Store }

func (oneField) Ask(_ context.Context, q query.Question) (query.Answer, error) {
	if e, ok := q.Filter.(query.Exists); ok && e.Field.Name == "known_extra" {
		return query.Answer{Total: 1}, nil
	}
	return query.Answer{TotalExact: true}, nil
}

func TestUnknownFields(t *testing.T) {
	t.Parallel()
	s := New(Options{Store: oneField{}})
	for text, want := range map[string][]string{
		"status:deferred":                  nil,
		"stauts:deferred":                  {"stauts"},
		"mail_from:a AND known_extra:b":    nil,
		"x1:a OR NOT x2:[1 TO 2] OR x1:b*": {"x1", "x2"},
		"x1:a x2:/b/ x3:c~ x4:d":           {"x1", "x2", "x3"},
		"_exists_:nobody":                  {"nobody"},
	} {
		f, err := s.ParseWith(text, ParseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.UnknownFields(context.Background(), auth.Everything(), f); !slices.Equal(got, want) {
			t.Errorf("%s: unknown fields %q, want %q", text, got, want)
		}
	}
}

func TestNearestField(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"stauts": "status", "Recipent": "recipient", "clientip": "client_ip", "timestamp": "@timestamp",
		"mail_form": "sender", "zzzzzzzz": "", "": "",
	} {
		if got := NearestField(name); got != want {
			t.Errorf("the field nearest to %q is %q, want %q", name, got, want)
		}
	}
}

func TestZone(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	for name, want := range map[string]int{"": 0, "America/Bogota": -18000, "-05:00": -18000, "+05:30": 19800, "Europe/Madrid": 7200} {
		zone, err := Zone(name)
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if _, got := at.In(zone).Zone(); got != want {
			t.Errorf("%q is %d s from UTC, want %d", name, got, want)
		}
	}
	for _, name := range []string{"Mars/Base", "Local", "+5:00", "+99:00", "+05:75", "-+1:00", "../../etc/passwd"} {
		if zone, err := Zone(name); err == nil {
			t.Errorf("%q is taken for the zone %v", name, zone)
		}
	}
}
