package dashboard

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// killPath names the file to a helper process.
const killPath = "RASTRO_TEST_SAVED"

func TestMain(m *testing.M) {
	if path := os.Getenv(killPath); path != "" {
		if err := saveUntilKilled(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// saveUntilKilled is the helper process: it changes one dashboard again and
// again and prints each version that was saved.
func saveUntilKilled(path string) error {
	ctx := context.Background()
	s := Open(ctx, path, Options{})
	list, err := s.Dashboards(ctx)
	if err != nil {
		return err
	}
	d, err := s.Dashboard(ctx, list[len(list)-1].ID)
	if err != nil {
		return err
	}
	for range 100_000 {
		if d, err = s.UpdateDashboard(ctx, d); err != nil {
			return err
		}
		fmt.Println(d.Version)
	}
	return nil
}

// TestKillLosesNothingThatWasSaved kills a process that saves, at any moment:
// every version that it told of must be there.
func TestKillLosesNothingThatWasSaved(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	s := open(t, path)
	made := create(t, s, "Mine")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for kill := range 8 {
		told := saveAndKill(t, path, 1+kill*7)
		s := open(t, path)
		if notes := s.Notes(); notes != nil {
			t.Fatalf("kill %d: %v", kill, notes)
		}
		got, err := s.Dashboard(context.Background(), made.ID)
		if err != nil || got.Version < told || got.Version > told+1 {
			t.Fatalf("kill %d: %v, version %d, and %d was told", kill, err, got.Version, told)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// saveAndKill runs the helper until it has told of some versions, and returns
// the last one.
func saveAndKill(t *testing.T, path string, until int) int64 {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), killPath+"="+path)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var told int64
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if n == until {
			_ = cmd.Process.Kill() // it may have failed already; then complaint says why
		}
		if told, err = strconv.ParseInt(lines.Text(), 10, 64); err != nil {
			t.Fatalf("the helper says %q", lines.Text())
		}
	}
	_ = cmd.Wait()
	if told == 0 || complaint.Len() > 0 {
		t.Fatalf("the helper failed: %s", complaint.String())
	}
	return told
}

// TestADamagedFileIsSetAside breaks the file in different ways.
func TestADamagedFileIsSetAside(t *testing.T) {
	ctx := context.Background()
	for name, damage := range map[string]func(text []byte) []byte{
		"garbage":     func([]byte) []byte { return bytes.Repeat([]byte("garbage "), 4096) },
		"zeros":       func(text []byte) []byte { clear(text); return text },
		"a page lost": func(text []byte) []byte { clear(text[4096:8192]); return text },
		"cut off":     func(text []byte) []byte { return text[:len(text)/2/4096*4096] },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), FileName)
			s := open(t, path)
			create(t, s, "Mine")
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, damage(text), 0o600); err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			s = Open(ctx, path, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
			defer s.Close()
			aside, _ := filepath.Glob(path + ".damaged-*")
			if len(aside) == 0 || !strings.Contains(log.String(), "damaged") {
				t.Fatalf("nothing was set aside: %s", log.String())
			}
			notes := s.Notes()
			if len(notes) != 1 || !strings.Contains(notes[0].En, filepath.Base(aside[0])) || !strings.Contains(notes[0].Es, "dañado") {
				t.Errorf("notes %+v of %v", notes, aside)
			}
			create(t, s, "After")
			if list, err := s.Dashboards(ctx); err != nil || len(list) != len(Builtins())+1 {
				t.Errorf("%v: %d", err, len(list))
			}
		})
	}
}

// TestAFileThatCannotBeUsedIsLeftAlone: the dashboards that come with Rastro
// are there all the same.
func TestAFileThatCannotBeUsedIsLeftAlone(t *testing.T) {
	ctx := context.Background()
	newer := filepath.Join(t.TempDir(), FileName)
	s := open(t, newer)
	create(t, s, "Mine")
	if _, err := s.db.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), FileName)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"of a newer version": newer, "a folder": folder, "in no folder": filepath.Join(t.TempDir(), "none", FileName)} {
		s := open(t, path)
		if notes := s.Notes(); len(notes) != 1 || notes[0].Es == "" {
			t.Errorf("%s: notes %+v", name, notes)
		}
		if list, err := s.Dashboards(ctx); err != nil || len(list) != len(Builtins()) {
			t.Errorf("%s: %v, %d dashboards", name, err, len(list))
		}
		if list, err := s.Searches(ctx); err != nil || list == nil || len(list) != 0 {
			t.Errorf("%s: %v, %v", name, err, list)
		}
		if _, err := s.CreateDashboard(ctx, sample("x")); !errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: saving gave %v", name, err)
		}
		if _, err := s.Dashboard(ctx, "overview"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if aside, _ := filepath.Glob(path + ".damaged-*"); len(aside) > 0 {
			t.Errorf("%s: it was set aside as %v", name, aside)
		}
	}
	db, err := sql.Open("sqlite", newer)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow("SELECT count(*) FROM objects").Scan(&n); err != nil || n != 1 {
		t.Errorf("the newer file holds %d, %v", n, err)
	}
}
