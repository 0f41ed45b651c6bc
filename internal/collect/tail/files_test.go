package tail

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"rastro/internal/collect/frame"
	"rastro/internal/event"
)

func TestSymlinkSwap(t *testing.T) {
	t.Parallel()
	for _, stopped := range []bool{false, true} {
		t.Run(fmt.Sprint("stopped ", stopped), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "current.log", "*.log")
			b.must(os.Mkdir(b.path("data"), 0o755))
			b.write("data/a", 10)
			b.must(os.Symlink("data/a", b.path("current.log")))
			b.start()
			b.wait(10)
			if stopped {
				b.stop()
			}
			b.write("data/a", 5)
			b.write("data/b", 5)
			b.must(os.Symlink("data/b", b.path("next")))
			b.rename("next", "current.log")
			if stopped {
				b.start()
			}
			b.check()
			b.write("data/b", 5)
			b.check()
		})
	}
}

func TestOneFileUnderManyNames(t *testing.T) {
	t.Parallel()
	b := newBench(t, "*.log", "sub/**")
	b.opts.Sources = append(b.opts.Sources, Source{Paths: []string{filepath.Join(b.dir, "mail.log")}})
	b.write("mail.log", 10)
	b.must(os.Link(b.path("mail.log"), b.path("hard.log")))
	b.must(os.Symlink("mail.log", b.path("soft.log")))
	b.must(os.MkdirAll(b.path("sub/deep"), 0o755))
	b.must(os.Link(b.path("mail.log"), b.path("sub/deep/other")))
	b.start()
	b.check()
	b.remove("mail.log")
	b.write("hard.log", 5)
	b.check()
	b.stop()
	b.start()
	b.write("sub/deep/other", 5)
	b.check()
}

func TestFolderThatComesLater(t *testing.T) {
	t.Parallel()
	b := newBench(t, "later/**/*.log")
	b.start()
	time.Sleep(3 * b.opts.Poll)
	b.must(os.MkdirAll(b.path("later/a/b"), 0o755))
	b.write("later/a/b/mail.log", 10)
	b.check()
	b.must(os.RemoveAll(b.path("later")))
	time.Sleep(3 * b.opts.Poll)
	b.must(os.MkdirAll(b.path("later/a/b"), 0o755))
	b.write("later/a/b/mail.log", 10)
	b.check()
}

func TestWhatIsNoFile(t *testing.T) {
	t.Parallel()
	b := newBench(t, "*")
	b.must(syscall.Mkfifo(b.path("fifo"), 0o644))
	b.must(os.Mkdir(b.path("folder"), 0o755))
	b.must(os.Symlink("/dev/null", b.path("null")))
	b.must(os.Symlink("nowhere", b.path("dangling")))
	b.write("mail.log", 10)
	b.write("mail.log.gz", 0)
	b.start()
	b.check()
	var notes []string
	for _, s := range b.tail.Status() {
		if s.Err != "" {
			notes = append(notes, filepath.Base(s.Path)+": "+s.Err)
		}
	}
	want := []string{"fifo: not a regular file", "folder: not a regular file", "null: not a regular file"}
	if !slices.Equal(notes, want) {
		t.Errorf("notes %q, want %q", notes, want)
	}
}

func TestUnreadableFileThatBecomesReadable(t *testing.T) {
	t.Parallel()
	b := newBench(t, "*.log")
	b.write("mail.log", 10)
	b.write("other.log", 0)
	tailer, err := New(b.opts)
	b.must(err)
	var open atomic.Bool
	tailer.openFile = func(path string) (*os.File, error) {
		if !open.Load() {
			return nil, &os.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
		}
		return openPath(path)
	}
	b.run(tailer)
	for i := 0; ; i++ {
		if st := b.tail.Status(); len(st) > 0 && strings.Contains(st[0].Err, "permission") {
			break
		}
		if i > 1000 {
			t.Fatal("the status does not tell")
		}
		time.Sleep(time.Millisecond)
	}
	open.Store(true)
	b.check()
	if st := b.tail.Status()[0]; st.Err != "" || st.Lag() != 0 || st.Lines != 10 || st.ID == "" || st.LastRead.IsZero() {
		t.Errorf("status %+v", st)
	}
}

func TestStartAtEnd(t *testing.T) {
	t.Parallel()
	b := newBench(t, "*.log")
	b.opts.Sources[0].StartAtEnd = true
	b.append("mail.log", "old\nold\nline 000000 beg")
	b.start()
	b.settle()
	b.append("mail.log", "un\n")
	b.n = 1
	b.check()
	b.stop()
	b.write("mail.log", 2)
	b.write("new.log", 2) // appears later: read from its start
	b.start()
	b.wait(b.n)
	got := b.j.texts()
	slices.Sort(got)
	if len(got) != b.n || got[0] != "line 000000 begun" {
		t.Errorf("%q", got)
	}
}

// settle waits until the first looks are over.
func (b *bench) settle() {
	b.t.Helper()
	for i := 0; len(b.j.durable()) == 0; i++ {
		if i > 2000 {
			b.t.Fatal("no position came")
		}
		time.Sleep(time.Millisecond)
	}
	time.Sleep(3 * b.opts.Poll)
}

func TestIgnoreOlder(t *testing.T) {
	t.Parallel()
	b := newBench(t, "*.log")
	b.opts.Sources[0].IgnoreOlder = time.Hour
	b.append("old.log", "ancient\n")
	long := time.Now().Add(-2 * time.Hour)
	b.must(os.Chtimes(b.path("old.log"), long, long))
	b.start()
	b.settle()
	b.stop()
	b.write("old.log", 3)
	b.start()
	b.check()
}

func TestExcludes(t *testing.T) {
	t.Parallel()
	b := newBench(t, "**/*.log*")
	b.opts.Sources[0].Exclude = []string{"debug*", filepath.Join(b.dir, "skip", "**")}
	b.must(os.Mkdir(b.path("skip"), 0o755))
	for _, name := range []string{"debug.log", "skip/a.log", "a.log.gz", "a.log.zst", "a.log.xz", "a.log.bz2"} {
		b.append(name, "not wanted\n")
	}
	b.write("mail.log", 3)
	b.start()
	b.check()
}

func TestManyFilesWithFewDescriptors(t *testing.T) {
	t.Parallel()
	b := newBench(t, "**/*.log")
	b.opts.MaxOpen = 8
	for round := range 3 {
		for i := range 100 {
			b.must(os.MkdirAll(b.path(fmt.Sprintf("d%d", i%7)), 0o755))
			b.write(fmt.Sprintf("d%d/f%d.log", i%7, i), 2)
		}
		if round == 1 {
			b.stop()
		}
		if round != 2 {
			b.start()
		}
		b.wait(b.n)
	}
	time.Sleep(5 * b.opts.Poll)
	b.stop()
	got := b.j.texts()
	slices.Sort(got)
	if got = slices.Compact(got); len(got) != b.n || len(b.j.lines) != b.n {
		t.Errorf("%d lines, %d different, want %d", len(b.j.lines), len(got), b.n)
	}
	b.unique()
	if n := len(b.tail.openStreams); n != 0 {
		t.Errorf("%d files are open after Run", n)
	}
}

func TestIdleFilesAreClosed(t *testing.T) {
	t.Parallel()
	b := newBench(t, "*.log")
	b.opts.Sources[0].CloseIdle = 30 * time.Millisecond
	b.write("mail.log", 3)
	b.start()
	b.wait(3)
	path := b.path("mail.log")
	for i := 0; b.opens(path) > 0; i++ {
		if i > 2000 {
			t.Fatal("the file stays open")
		}
		time.Sleep(time.Millisecond)
	}
	b.write("mail.log", 3)
	b.check()
}

// opens counts the descriptors of this process that lead to a file.
func (b *bench) opens(path string) int {
	n := 0
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		b.t.Skip("this system does not list descriptors: ", err)
	}
	for _, e := range list {
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && to == path {
			n++
		}
	}
	return n
}

func TestUnfinishedLastLine(t *testing.T) {
	t.Parallel()
	for _, gone := range []bool{true, false} {
		t.Run(fmt.Sprint("removed ", gone), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "mail.log")
			b.write("mail.log", 2)
			b.append("mail.log", "line 000002 without end")
			b.start()
			b.wait(2)
			time.Sleep(2 * b.opts.Quiet)
			if n := len(b.j.texts()); n != 2 {
				t.Fatalf("%d lines came while the last one may still grow", n)
			}
			if gone {
				b.remove("mail.log")
			} else {
				b.rename("mail.log", "mail.log.1")
			}
			b.n++
			b.check()
			b.j.mu.Lock()
			l := b.j.lines[2]
			b.j.mu.Unlock()
			if l.Text != "line 000002 without end" || l.Marks != event.MarkUnfinished {
				t.Errorf("%q, marks %v", l.Text, l.Marks)
			}
			b.stop()
			b.start()
			b.check()
		})
	}
}

func TestMultilineWaitsAndSurvives(t *testing.T) {
	t.Parallel()
	b := newBench(t, "mail.log")
	b.opts.Sources[0].Multiline = &frame.Multiline{Pattern: `^\s`, Timeout: 300 * time.Millisecond}
	b.append("mail.log", "line 000000\n a\nline 000001\n b\n")
	b.start()
	b.wait(1)
	b.stop() // the second record waits; nothing of it is durable
	b.append("mail.log", " c\n")
	b.start()
	b.n = 2
	b.check() // by its timeout
	if got := b.j.texts(); got[0] != "line 000000\n a" || got[1] != "line 000001\n b\n c" {
		t.Fatalf("%q", got)
	}
	b.append("mail.log", "line 000002\n d\n")
	b.rename("mail.log", "mail.log.1")
	b.append("mail.log", "line 000003\nline 000004\n")
	b.wait(5)
	got := b.j.texts()
	slices.Sort(got)
	if got[2] != "line 000002\n d" || got[3] != "line 000003" {
		t.Fatalf("%q", got)
	}
}

// TestEximLogsWaitAndSurvive follows a log of Exim, whose records are joined
// without a rule, through a restart and a rotation.
func TestEximLogsWaitAndSurvive(t *testing.T) {
	t.Parallel()
	const stamp = "2026-11-22 19:55:07 "
	b := newBench(t, "rejectlog", "rejectlog.1")
	b.append("rejectlog", stamp+"one\nEnvelope-from: <a>\n"+stamp+"two\n")
	b.start()
	b.wait(1)
	b.stop() // the second record waits; nothing of it is durable
	b.append("rejectlog", "P Received: x\n\tby y\n")
	b.rename("rejectlog", "rejectlog.1")
	b.append("rejectlog", stamp+"three\nI Message-ID: <x>\n"+stamp+"four\n")
	b.start()
	b.wait(4)
	want := []string{
		stamp + "one\nEnvelope-from: <a>", stamp + "two\nP Received: x\n\tby y",
		stamp + "three\nI Message-ID: <x>", stamp + "four",
	}
	got := b.j.texts()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("%q", got)
	}
	b.unique()
}

func TestRefusedBatchesComeAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t, "*.log")
	until := time.Now().Add(200 * time.Millisecond)
	b.j.answer = func(n int, _ event.Batch) error {
		if n > 3 && time.Now().Before(until) {
			return errRefused
		}
		return nil
	}
	b.write("mail.log", 20_000)
	b.start()
	b.check()
	b.stop()
	b.start()
	b.check()
}

func TestReload(t *testing.T) {
	t.Parallel()
	b := newBench(t, "a.log")
	b.write("a.log", 5)
	b.start()
	b.wait(5)
	both := []Source{{Paths: []string{b.path("*.log")}, Host: "mx1"}}
	b.must(b.tail.Reload(both))
	b.write("a.log", 5)
	b.wait(10)
	b.write("b.log", 5)
	b.check()
	b.j.mu.Lock()
	if l := b.j.lines[12]; l.Origin.Host != "mx1" {
		t.Errorf("host %q", l.Origin.Host)
	}
	b.j.mu.Unlock()
	b.must(b.tail.Reload([]Source{{Paths: []string{b.path("b.log")}}}))
	time.Sleep(5 * b.opts.Poll)
	b.write("a.log", 5)
	time.Sleep(5 * b.opts.Poll)
	if n := len(b.j.texts()); n != 15 {
		t.Fatalf("%d lines, want 15: a.log is no source any more", n)
	}
	b.must(b.tail.Reload(both))
	b.check()
	if err := b.tail.Reload([]Source{{Paths: []string{"["}}}); err == nil {
		t.Error("a wrong pattern was accepted")
	}
}

func TestPositionsAreForgotten(t *testing.T) {
	t.Parallel()
	b := newBench(t, "mail.log*")
	b.opts.Forget, b.opts.Quiet = 100*time.Millisecond, 50*time.Millisecond
	b.start()
	for i := range 5 {
		b.write("mail.log", 3)
		b.wait(b.n)
		b.rename("mail.log", fmt.Sprintf("mail.log.%d", 9-i))
	}
	b.wait(b.n)
	for i := range 4 {
		b.remove(fmt.Sprintf("mail.log.%d", 9-i))
	}
	for i := 0; len(b.j.durable()) > 1; i++ {
		if i > 5000 {
			t.Fatalf("%d positions are kept for one file", len(b.j.durable()))
		}
		time.Sleep(time.Millisecond)
	}
	time.Sleep(300 * time.Millisecond)
	if n := len(b.j.durable()); n != 1 {
		t.Fatalf("%d positions; a file that exists was forgotten", n)
	}
	b.stop()
	b.start()
	b.check()
}

func TestDamagedPositionIsNoted(t *testing.T) {
	t.Parallel()
	b := newBench(t, "mail.log")
	b.write("mail.log", 3)
	b.j.positions[keyPrefix+"x"] = []byte("{no json")
	b.j.positions["other/y"] = []byte("untouched")
	b.start()
	b.check()
}

func TestShorterButNotEmpty(t *testing.T) {
	t.Parallel()
	b := newBench(t, "mail.log")
	b.write("mail.log", 100)
	b.start()
	b.wait(100)
	b.truncate("mail.log", 59)
	b.wait(101)
	b.j.mu.Lock()
	first, again := b.j.lines[0], b.j.lines[100]
	b.j.mu.Unlock()
	if again.Text != first.Text || again.Origin.ID == first.Origin.ID {
		t.Errorf("%q of %s after %q of %s", again.Text, again.Origin.ID, first.Text, first.Origin.ID)
	}
}
