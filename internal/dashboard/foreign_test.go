package dashboard

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestForeign(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	s := Open(t.Context(), filepath.Join(t.TempDir(), FileName), Options{Now: func() time.Time { return now }})
	t.Cleanup(func() { _ = s.Close() })
	first := []Foreign{{Type: "tag", ID: "a/ñ", Body: []byte("{}")}, {Type: "tag", ID: "__proto__", Body: []byte(`{"a":1}`)}, {Type: "dashboard", ID: "a/ñ", Body: []byte("x")}}
	if err := s.SaveForeigns(t.Context(), first); err != nil || first[0].Version != 1 || !first[0].CreatedAt.Equal(now) {
		t.Fatalf("%+v %v", first, err)
	}
	later := now.Add(time.Hour)
	s.opts.Now = func() time.Time { return later }
	again := []Foreign{{Type: "tag", ID: "a/ñ", Body: []byte("[]")}}
	if err := s.SaveForeigns(t.Context(), again); err != nil || again[0].Version != 2 || !again[0].CreatedAt.Equal(now) || !again[0].UpdatedAt.Equal(later) {
		t.Fatalf("%+v %v", again, err)
	}
	got, err := s.Foreign(t.Context(), "tag", "a/ñ")
	if err != nil || string(got.Body) != "[]" || got.Version != 2 {
		t.Errorf("%+v %v", got, err)
	}
	all, err := s.Foreigns(t.Context(), "tag", "dashboard", "none")
	if err != nil || len(all) != 3 || all[0].ID != "__proto__" || all[2].Type != "dashboard" {
		t.Errorf("%+v %v", all, err)
	}
	if list, err := s.Dashboards(t.Context()); err != nil || len(list) != len(Builtins()) {
		t.Errorf("foreign objects are dashboards: %v %v", list, err)
	}
	if err := s.RemoveForeign(t.Context(), "tag", "a/ñ"); err != nil {
		t.Error(err)
	}
	if err := s.RemoveForeign(t.Context(), "tag", "a/ñ"); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
	if _, err := s.Foreign(t.Context(), "tag", "a/ñ"); !errors.Is(err, ErrNotFound) {
		t.Errorf("read: %v", err)
	}
}

// TestForeignBounds saves all or nothing.
func TestForeignBounds(t *testing.T) {
	s := Open(t.Context(), filepath.Join(t.TempDir(), FileName), Options{})
	t.Cleanup(func() { _ = s.Close() })
	for name, o := range map[string]Foreign{
		"no id": {Type: "tag"}, "no type": {ID: "x"}, "long id": {Type: "tag", ID: strings.Repeat("x", MaxForeignName+1)}, "large": {Type: "tag", ID: "x", Body: make([]byte, MaxBody+1)},
	} {
		var mistake *Mistake
		if err := s.SaveForeigns(t.Context(), []Foreign{{Type: "tag", ID: "good", Body: []byte("{}")}, o}); !errors.As(err, &mistake) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var list []Foreign
	for i := range MaxForeignBytes/MaxBody + 1 {
		list = append(list, Foreign{Type: "tag", ID: fmt.Sprint(i), Body: bytes.Repeat([]byte("x"), MaxBody)})
	}
	if err := s.SaveForeigns(t.Context(), list); !errors.Is(err, ErrFull) {
		t.Errorf("too many bytes: %v", err)
	}
	if all, err := s.Foreigns(t.Context(), "tag"); err != nil || len(all) != 0 {
		t.Errorf("%d are there, %v", len(all), err)
	}
}

func TestPutDashboard(t *testing.T) {
	s := Open(t.Context(), filepath.Join(t.TempDir(), FileName), Options{})
	t.Cleanup(func() { _ = s.Close() })
	d := Dashboard{Summary: Summary{ID: "mail_1", Title: Words{En: "One"}}}
	made, err := s.PutDashboard(t.Context(), d)
	if err != nil || made.ID != "mail_1" || made.Version != 1 {
		t.Fatalf("%+v %v", made, err)
	}
	d.Title.En = "Two"
	if made, err = s.PutDashboard(t.Context(), d); err != nil || made.Version != 2 || made.Title.En != "Two" {
		t.Fatalf("%+v %v", made, err)
	}
	for _, id := range []string{"", "overview", "a/b", strings.Repeat("x", 65)} {
		var mistake *Mistake
		d.ID = id
		if _, err := s.PutDashboard(t.Context(), d); !errors.As(err, &mistake) || s.Free(id) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if !s.Free("mail_2") {
		t.Error("a new id is not free")
	}
}
