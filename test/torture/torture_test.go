// Package torture has no code, only tests that are unkind to a running server:
// kill -9 at any moment while logs grow and rotate, files are put together, a
// person is erased, a kind of events expires and snapshots are made, and a disk
// that fills up. What is stored in the end must be what was written, nothing
// missing, nothing twice, and nothing that had to go.
package torture

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var (
	kills = flag.Int("kills", 50, "how often the server is killed")
	seed  = flag.Uint64("seed", uint64(time.Now().UnixNano()), "makes the same choices again")
)

func TestKilledWhileLogsRotate(t *testing.T) {
	t.Logf("seed %d", *seed)
	logs := t.TempDir()
	stop := make(chan struct{})
	plan := []struct {
		dir, file, glob string
		styles          []style
		suffix          string
		age             time.Duration
	}{
		{dir: "renamed", file: "mail.log", glob: "mail.log", styles: []style{byRename}},
		{dir: "matched", file: "mail.log", glob: "mail.log*", styles: []style{byRename}},
		{dir: "copied", file: "mail.log", glob: "mail.log", styles: []style{byCopyTruncate}},
		{dir: "copiedmatched", file: "mail.log", glob: "mail.log*", styles: []style{byCopyTruncate, byRename}},
		{dir: "linked", file: "current.log", glob: "current.log", styles: []style{bySymlink}},
		{dir: "destroyed", file: "mail.log", glob: "*.log", styles: []style{byDelete, byTruncate, byReplace}},
		{dir: erasedTag, file: "mail.log", glob: "mail.log", styles: []style{byRename}, suffix: " to=<" + erasedPerson + ">"},
		{dir: fleeting, file: "mail.log", glob: "mail.log", styles: []style{byRename}, age: 48 * time.Hour},
	}
	var globs []string
	for _, p := range plan {
		globs = append(globs, filepath.Join(logs, p.dir, p.glob))
	}
	s := newServer(t, filepath.Join(t.TempDir(), "data"), "1MB", globs...)
	var files []*logFile
	var running sync.WaitGroup
	for i, p := range plan {
		if err := os.MkdirAll(filepath.Join(logs, p.dir), 0o755); err != nil {
			t.Fatal(err)
		}
		l := &logFile{
			t: t, name: filepath.Join(logs, p.dir, p.file), tag: p.dir, styles: p.styles, stop: stop,
			linked: p.file == "current.log",
			rand:   rand.New(rand.NewPCG(*seed, uint64(i))),
			stored: s.count, // the tag is a word of every line
			suffix: p.suffix, age: p.age,
		}
		if p.suffix != "" || p.age > 0 {
			l.turns = 1 // nobody can wait for lines that go
		}
		files = append(files, l)
		running.Add(1)
		go l.run(&running)
	}
	k := startKeeper(s, *seed)
	r := rand.New(rand.NewPCG(*seed, 1000))
	for i := range *kills {
		s.start()
		if r.IntN(5) > 0 { // now and then the server dies while it starts
			s.ready()
		}
		time.Sleep(time.Duration(r.IntN(900)) * time.Millisecond)
		s.kill()
		if i%10 == 9 {
			t.Logf("killed %d times", i+1)
		}
	}
	s.start()
	s.ready()
	k.stop()
	close(stop)
	running.Wait()
	k.finish(t)
	var written []string
	kept := fmt.Sprintf("NOT %s AND NOT %s", erasedTag, fleeting)
	for _, l := range files {
		switch l.tag {
		case erasedTag:
			k.eraseLast(t, l)
		case fleeting:
		default:
			written = append(written, l.written...)
		}
		t.Logf("%s: %d lines, %d rotations", l.tag, len(l.written), l.turns)
	}
	awaitCount(t, s, kept, len(written))
	s.terminate()
	var stored []string
	left := map[string]bool{}
	for _, line := range s.lines() {
		switch {
		case strings.Contains(line, erasedPerson):
			t.Errorf("not erased: %s", line)
		case strings.Contains(line, "torture "+fleeting):
			if left[line] {
				t.Errorf("stored twice: %s", line)
			}
			left[line] = true
		default:
			stored = append(stored, line)
		}
	}
	compare(t, written, stored)
	k.verify(t)
}

// awaitCount gives the server time to catch up.
func awaitCount(t *testing.T, s *server, query string, want int) {
	t.Helper()
	got := -1
	for range 600 {
		if got = s.count(query); got >= want {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("after 60 s %d events are stored, %d lines were written", got, want)
}

// compare fails when a line is missing or stored twice.
func compare(t *testing.T, written, stored []string) {
	t.Helper()
	balance := map[string]int{}
	for _, line := range written {
		balance[line]++
	}
	for _, line := range stored {
		balance[line]--
	}
	missing, extra := 0, 0
	for line, n := range balance {
		switch {
		case n > 0:
			if missing++; missing <= 5 {
				t.Errorf("missing: %s", line)
			}
		case n < 0:
			if extra++; extra <= 5 {
				t.Errorf("%d too many: %s", -n, line)
			}
		}
	}
	t.Logf("%d lines written, %d stored, %d missing, %d doubled", len(written), len(stored), missing, extra)
	if missing+extra > 0 {
		t.Errorf("%d lines are missing, %d are stored twice", missing, extra)
	}
}

func TestTheDiskFillsUpAndIsFreed(t *testing.T) {
	data := t.TempDir()
	if err := syscall.Mount("tmpfs", data, "tmpfs", 0, "size=64m"); err != nil {
		t.Skipf("SKIP full disk: mounting a small tmpfs: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(data, syscall.MNT_DETACH) })
	ballast := filepath.Join(data, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 40<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	logs := t.TempDir()
	// The guard of the first half keeps a reserve; without one, the second half
	// runs into the wall itself.
	for i, reserve := range []string{"12MB", "0"} {
		t.Run("reserve "+reserve, func(t *testing.T) {
			s := newServer(t, filepath.Join(data, fmt.Sprint("data", i)), reserve, filepath.Join(logs, fmt.Sprint(i), "*.log"))
			fillUp(t, s, filepath.Join(logs, fmt.Sprint(i)), ballast)
		})
	}
}

// fillUp writes until intake pauses, kills the server meanwhile, frees the disk
// and checks that everything arrives.
func fillUp(t *testing.T, s *server, logs, ballast string) {
	if err := os.MkdirAll(logs, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(ballast, make([]byte, 40<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	l := &logFile{t: t, name: filepath.Join(logs, "mail.log"), tag: "full", rand: rand.New(rand.NewPCG(*seed, 7)), stop: stop}
	l.open()
	s.start()
	s.ready()
	paused := false
	for range 400 {
		for range 40 {
			l.burst()
		}
		if paused = s.health() == "paused"; paused {
			break
		}
		time.Sleep(30 * time.Millisecond)
	}
	if !paused {
		t.Fatalf("intake never paused after %d lines", len(l.written))
	}
	for range 5 {
		l.burst()
		s.kill()
		s.start()
		s.ready()
	}
	before := s.count("*")
	t.Logf("paused with %d of %d lines stored", before, len(l.written))
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	awaitCount(t, s, "*", len(l.written))
	if h := s.health(); h == "paused" {
		t.Errorf("the server still says %q", h)
	}
	s.terminate()
	compare(t, l.written, s.lines())
	if err := os.RemoveAll(s.data); err != nil {
		t.Fatal(err)
	}
}
