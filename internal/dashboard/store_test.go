package dashboard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func open(t *testing.T, path string) *Store {
	t.Helper()
	s := Open(context.Background(), path, Options{})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// fresh is a store with a file of its own.
func fresh(t *testing.T) *Store {
	t.Helper()
	s := open(t, filepath.Join(t.TempDir(), FileName))
	if n := s.Notes(); n != nil {
		t.Fatalf("a new file has notes: %v", n)
	}
	return s
}

// sample is a dashboard that uses every kind of panel.
func sample(title string) Dashboard {
	p := func(id, kind string, y int) Panel {
		return Panel{ID: id, Kind: kind, Title: Words{En: id}, X: 0, Y: y, W: 6, H: 4}
	}
	timeline, bar, table, number, text, flow := p("a", "timeline", 0), p("b", "bar", 4), p("c", "table", 8), p("d", "number", 12), p("e", "text", 16), p("f", "flow", 20)
	bar.Field, bar.Size, bar.Growth = "reason", 10, true
	table.Columns, table.Sort = []string{"@timestamp", "reply"}, "-@timestamp"
	number.Query, number.ShareOf = "status:delivered", "_exists_:status"
	number.Metric = &Metric{Kind: "percentile", Field: "delay", Percent: 95, Unit: "seconds"}
	text.Text = &Words{Es: "# Hola"}
	flow.Series = []Series{{Title: Words{En: "in"}, Query: "*", Color: "neutral"}, {Title: Words{Es: "fuera"}, Query: "status:delivered"}}
	return Dashboard{
		Summary: Summary{Title: Words{En: title}, Description: &Words{Es: "Todo."}},
		Since:   "now-7d/d", Until: "now", Query: `customer:"hostco"`, Refresh: 30,
		Panels: []Panel{timeline, bar, table, number, text, flow},
	}
}

func create(t *testing.T, s *Store, title string) Dashboard {
	t.Helper()
	d, err := s.CreateDashboard(context.Background(), sample(title))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestADashboardComesBackAsItWasSaved(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	s := open(t, path)
	made := create(t, s, "Mine")
	if made.Version != 1 || !isID(made.ID) || made.UpdatedAt == "" || made.Builtin {
		t.Errorf("made %+v", made.Summary)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := open(t, path).Dashboard(context.Background(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := sample("Mine")
	want.Summary = made.Summary
	if a, b := fmt.Sprintf("%+v", bodyOf(got)), fmt.Sprintf("%+v", bodyOf(made)); len(got.Panels) != 6 || a == "" || got.Panels[3].Metric.Percent != 95 || got.Panels[4].Text.Es != "# Hola" || got.Query != want.Query {
		t.Errorf("got %s\nmade %s", a, b)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has %v, %v", info.Mode(), err)
	}
}

func TestWhatIsAnsweredIsOnTheDisk(t *testing.T) {
	s := fresh(t)
	var mode string
	var sync int
	if err := s.db.QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("%v: journal_mode is %s", err, mode)
	}
	if err := s.db.QueryRow("PRAGMA synchronous").Scan(&sync); err != nil || sync != 2 {
		t.Errorf("%v: synchronous is %d, 2 is full", err, sync)
	}
}

func TestTheCompanionsOfTheFileAreAsPrivateAsIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	s := open(t, path)
	create(t, s, "Mine")
	for _, end := range []string{"-wal", "-shm"} {
		info, err := os.Stat(path + end)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", end, info, err)
		}
	}
}

func TestAChangeNamesTheVersionItWasMadeFrom(t *testing.T) {
	ctx := context.Background()
	s := fresh(t)
	first := create(t, s, "Mine")
	second := first
	second.Title.En = "Yours"
	now, err := s.UpdateDashboard(ctx, second)
	if err != nil || now.Version != 2 || now.Title.En != "Yours" {
		t.Fatalf("%v, %+v", err, now.Summary)
	}
	_, err = s.UpdateDashboard(ctx, first)
	var conflict *Conflict[Dashboard]
	if !errors.Is(err, ErrConflict) || !errors.As(err, &conflict) || conflict.Current.Version != 2 || conflict.Current.Title.En != "Yours" {
		t.Fatalf("an old version gave %v", err)
	}
	if err := s.DeleteDashboard(ctx, first.ID, 1); !errors.Is(err, ErrConflict) {
		t.Errorf("deleting an old version gave %v", err)
	}
	if err := s.DeleteDashboard(ctx, first.ID, 2); err != nil {
		t.Error(err)
	}
	for what, err := range map[string]error{
		"reading": second2(s.Dashboard(ctx, first.ID)), "changing": second2(s.UpdateDashboard(ctx, now)), "deleting": s.DeleteDashboard(ctx, first.ID, 2),
	} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s what was deleted gave %v", what, err)
		}
	}
}

func second2[T any](_ T, err error) error { return err }

// TestNobodyLosesAChange lets many people add a panel to one dashboard at the
// same time, each from what they last saw, until each has succeeded.
func TestNobodyLosesAChange(t *testing.T) {
	ctx := context.Background()
	s := fresh(t)
	made := create(t, s, "Shared")
	const people = 12
	var all sync.WaitGroup
	for n := range people {
		all.Go(func() {
			seen := made
			for {
				next := seen
				next.Panels = append(slices.Clone(seen.Panels), Panel{ID: fmt.Sprintf("mine%d", n), Kind: "timeline", Title: Words{En: "x"}, W: 1, H: 1})
				_, err := s.UpdateDashboard(ctx, next)
				var conflict *Conflict[Dashboard]
				switch {
				case err == nil:
					return
				case errors.As(err, &conflict):
					seen = conflict.Current
				default:
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	got, err := s.Dashboard(ctx, made.ID)
	if err != nil || len(got.Panels) != 6+people || got.Version != 1+people {
		t.Errorf("%v: %d panels, version %d", err, len(got.Panels), got.Version)
	}
}

func TestHistory(t *testing.T) {
	ctx := context.Background()
	s := fresh(t)
	d := create(t, s, "v1")
	for n := 2; n <= 25; n++ {
		d.Title.En = fmt.Sprintf("v%d", n)
		var err error
		if d, err = s.UpdateDashboard(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	versions, err := s.DashboardVersions(ctx, d.ID)
	if err != nil || len(versions) != KeptVersions || versions[0].Version != 25 || versions[19].Version != 6 {
		t.Fatalf("%v: %+v", err, versions)
	}
	old, err := s.DashboardVersion(ctx, d.ID, 7)
	if err != nil || old.Title.En != "v7" || old.Version != 7 {
		t.Errorf("%v: %+v", err, old.Summary)
	}
	if _, err := s.DashboardVersion(ctx, d.ID, 5); !errors.Is(err, ErrNotFound) {
		t.Errorf("a version that is too old gave %v", err)
	}
	// Deleted, it can still be looked at, and comes back under its id with a
	// version that nobody has seen.
	if err := s.DeleteDashboard(ctx, d.ID, 25); err != nil {
		t.Fatal(err)
	}
	versions, err = s.DashboardVersions(ctx, d.ID)
	if err != nil || !versions[0].Deleted || versions[1].Version != 25 {
		t.Fatalf("%v: %+v", err, versions)
	}
	if old, err = s.DashboardVersion(ctx, d.ID, 25); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := appendLine(&file, old); err != nil {
		t.Fatal(err)
	}
	again, err := s.Import(ctx, &file)
	if err != nil || again[0].ID != d.ID || again[0].Version != 27 {
		t.Errorf("%v: %+v", err, again)
	}
}

func TestOnlySoManyDeletedOnesAreKept(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	s := Open(ctx, filepath.Join(t.TempDir(), FileName), Options{Now: func() time.Time { now = now.Add(time.Second); return now }})
	defer s.Close()
	var ids []string
	for n := range keptDeleted + 3 {
		made, err := s.CreateSearch(ctx, SavedSearch{Title: fmt.Sprint(n)})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, made.ID)
		if err := s.DeleteSearch(ctx, made.ID, 1); err != nil {
			t.Fatal(err)
		}
	}
	for n, id := range ids {
		_, err := s.SearchVersion(ctx, id, 1)
		if gone := errors.Is(err, ErrNotFound); gone != (n < 3) {
			t.Errorf("deleted number %d: %v", n, err)
		}
	}
}

func TestSearches(t *testing.T) {
	ctx := context.Background()
	s := fresh(t)
	for _, title := range []string{"zeta", "Älter", "alpha"} {
		if _, err := s.CreateSearch(ctx, SavedSearch{ID: "ignored", Version: 9, Title: "  " + title, State: "?q=status%3Adeferred&since=now-1h"}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Searches(ctx)
	if err != nil || len(all) != 3 || all[0].Title != "alpha" || all[0].Version != 1 || all[0].ID == "ignored" || all[0].State != "q=status%3Adeferred&since=now-1h" {
		t.Fatalf("%v: %+v", err, all)
	}
	one := all[0]
	one.Title = "beta"
	if one, err = s.UpdateSearch(ctx, one); err != nil || one.Version != 2 {
		t.Fatalf("%v: %+v", err, one)
	}
	var conflict *Conflict[SavedSearch]
	if err := s.DeleteSearch(ctx, one.ID, 1); !errors.As(err, &conflict) || conflict.Current.Title != "beta" {
		t.Errorf("an old version gave %v", err)
	}
	// A search is no dashboard.
	if _, err := s.Dashboard(ctx, one.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("reading a search as a dashboard gave %v", err)
	}
}

func TestNoMoreThanTheMostAreSaved(t *testing.T) {
	ctx := context.Background()
	s := fresh(t)
	objects := make([]object, MaxObjects-1)
	for i := range objects {
		objects[i].body = []byte(`{"title":"x"}`)
	}
	if err := s.create(ctx, kindSearch, objects); err != nil {
		t.Fatal(err)
	}
	if err := s.create(ctx, kindSearch, make([]object, 2)); !errors.Is(err, ErrFull) {
		t.Errorf("two more than the room for one gave %v", err)
	}
	if _, err := s.CreateSearch(ctx, SavedSearch{Title: "last"}); err != nil {
		t.Error(err)
	}
	if _, err := s.CreateSearch(ctx, SavedSearch{Title: "more"}); !errors.Is(err, ErrFull) {
		t.Errorf("one too many gave %v", err)
	}
	create(t, s, "another kind has room of its own")
}

func TestAFullFileSaysSo(t *testing.T) {
	ctx := context.Background()
	s := fresh(t)
	made := create(t, s, "Mine")
	if _, err := s.db.Exec("PRAGMA max_page_count = 12"); err != nil {
		t.Fatal(err)
	}
	big := made
	big.Panels = []Panel{{ID: "t", Kind: "text", W: 1, H: 1, Text: &Words{En: strings.Repeat("long ", 15_000)}}}
	if _, err := s.UpdateDashboard(ctx, big); !errors.Is(err, ErrFull) {
		t.Errorf("a full file gave %v", err)
	}
	if got, err := s.Dashboard(ctx, made.ID); err != nil || got.Version != 1 {
		t.Errorf("afterwards: %v, version %d", err, got.Version)
	}
}

func TestBuiltinsAreNotChanged(t *testing.T) {
	ctx := context.Background()
	s := fresh(t)
	mine := create(t, s, "Aaa")
	list, err := s.Dashboards(ctx)
	if err != nil || len(list) != len(Builtins())+1 || list[0].ID != "overview" || !list[0].Builtin || list[len(list)-1].ID != mine.ID {
		t.Fatalf("%v: %+v", err, list)
	}
	if last := list[len(list)-1]; last.Title != mine.Title || *last.Description != *mine.Description || last.UpdatedAt != mine.UpdatedAt {
		t.Errorf("the list has %+v, made was %+v", last, mine.Summary)
	}
	d, err := s.Dashboard(ctx, "smtp")
	if err != nil || !d.Builtin || d.Version != 1 {
		t.Fatalf("%v: %+v", err, d.Summary)
	}
	if _, err := s.UpdateDashboard(ctx, d); !errors.Is(err, ErrBuiltin) {
		t.Errorf("changing it gave %v", err)
	}
	if err := s.DeleteDashboard(ctx, d.ID, 1); !errors.Is(err, ErrBuiltin) {
		t.Errorf("deleting it gave %v", err)
	}
	if _, err := s.DashboardVersions(ctx, d.ID); !errors.Is(err, ErrBuiltin) {
		t.Errorf("its history gave %v", err)
	}
	// A duplicate is one's own.
	d.Title.En = "My SMTP"
	copied, err := s.CreateDashboard(ctx, d)
	if err != nil || copied.Builtin || copied.ID == "smtp" || len(copied.Panels) != len(d.Panels) {
		t.Errorf("%v: %+v", err, copied.Summary)
	}
}
