package torture

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// style is one way in which a log comes to its end.
type style func(l *logFile)

// logFile is one log that a program writes and a rotator rotates. It remembers
// every line it wrote, whole ones only.
type logFile struct {
	t       *testing.T
	name    string // what the program opens
	tag     string // makes the lines of this log unique
	rand    *rand.Rand
	file    *os.File
	written []string
	current int // lines in the file that is open now
	turns   int
	styles  []style
	linked  bool // the name is a symbolic link from the start
	// suffix ends every line; age is how long ago the lines say they are.
	suffix string
	age    time.Duration
	// stored tells how many lines of this log can be found; rotations that
	// destroy lines wait for it.
	stored func(tag string) int
	stop   <-chan struct{}
}

func (l *logFile) open() {
	f, err := os.OpenFile(l.name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		l.t.Error(err)
		return
	}
	l.file, l.current = f, 0
}

// run writes bursts and rotates until stop is closed.
func (l *logFile) run(running *sync.WaitGroup) {
	defer running.Done()
	if l.linked {
		l.link()
	}
	l.open()
	for {
		select {
		case <-l.stop:
			_ = l.file.Close()
			return
		case <-time.After(time.Duration(l.rand.IntN(20)) * time.Millisecond):
		}
		l.burst()
		if l.rand.IntN(25) == 0 {
			// What was rotated away before the server ever ran is not its to read.
			if l.turns == 0 && !l.wait(1) {
				continue
			}
			l.turns++
			l.styles[l.rand.IntN(len(l.styles))](l)
		}
	}
}

// burst writes some lines, now and then one in two halves.
func (l *logFile) burst() {
	var text []byte
	for range 1 + l.rand.IntN(120) {
		line := fmt.Sprintf("%s mx1 postfix/smtpd[%d]: torture %s-%d connect from host%d.example[192.0.2.%d]%s",
			time.Now().UTC().Add(-l.age).Format("2006-01-02T15:04:05.000000Z07:00"), 1000+l.turns, l.tag, len(l.written), l.rand.IntN(1000), l.rand.IntN(256), l.suffix)
		l.written = append(l.written, line)
		l.current++
		text = append(text, line...)
		text = append(text, '\n')
	}
	cut := len(text)
	if l.rand.IntN(3) == 0 {
		cut = l.rand.IntN(len(text))
	}
	l.write(text[:cut])
	if cut < len(text) {
		time.Sleep(time.Duration(l.rand.IntN(15)) * time.Millisecond)
		l.write(text[cut:])
	}
}

func (l *logFile) write(b []byte) {
	if _, err := l.file.Write(b); err != nil {
		l.t.Error(err)
	}
}

// shift renames name.2 to name.3, name.1 to name.2, as logrotate does.
func (l *logFile) shift() {
	last := 1
	for exists(fmt.Sprintf("%s.%d", l.name, last)) {
		last++
	}
	for ; last > 1; last-- {
		l.must(os.Rename(fmt.Sprintf("%s.%d", l.name, last-1), fmt.Sprintf("%s.%d", l.name, last)))
	}
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

func (l *logFile) must(err error) {
	if err != nil {
		l.t.Error(err)
	}
}

// byRename is logrotate's default: the program goes on writing to the renamed
// file for a moment.
func byRename(l *logFile) {
	l.shift()
	l.must(os.Rename(l.name, l.name+".1"))
	l.burst()
	l.must(l.file.Close())
	l.open()
}

// byCopyTruncate copies the file and cuts it to nothing. Like a changed link, it
// waits until the file was begun: two such rotations within one look leave a
// copy whose beginning nobody has seen.
func byCopyTruncate(l *logFile) {
	if !l.wait(len(l.written) - l.current + 1) {
		return
	}
	l.shift()
	from, err := os.Open(l.name)
	l.must(err)
	to, err := os.Create(l.name + ".1")
	l.must(err)
	_, err = io.Copy(to, from)
	l.must(err)
	l.must(from.Close())
	l.must(to.Close())
	l.must(os.Truncate(l.name, 0))
	l.current = 0
}

// bySymlink points the name at a new file. It waits until the old one was
// begun: a file that came and went while nobody looked has no name that leads
// to it.
func bySymlink(l *logFile) {
	if !l.wait(len(l.written) - l.current + 1) {
		return
	}
	l.link()
	l.burst() // the program still has the old one open
	l.must(l.file.Close())
	l.open()
}

// link points the name at a new empty file.
func (l *logFile) link() {
	target := fmt.Sprintf("%s-%d", filepath.Join(filepath.Dir(l.name), "generation"), l.turns)
	l.must(os.WriteFile(target, nil, 0o644))
	next := l.name + ".next"
	l.must(os.Symlink(target, next))
	l.must(os.Rename(next, l.name))
}

// byDelete removes the file once its lines were read; nobody can read them
// later.
func byDelete(l *logFile) {
	if !l.wait(len(l.written)) {
		return
	}
	l.must(l.file.Close())
	l.must(os.Remove(l.name))
	l.open()
}

// byTruncate cuts the file to nothing without a copy.
func byTruncate(l *logFile) {
	if !l.wait(len(l.written)) {
		return
	}
	l.must(os.Truncate(l.name, 0))
	l.current = 0
}

// byReplace puts a new file in place that begins with the same bytes.
func byReplace(l *logFile) {
	if !l.wait(len(l.written)) {
		return
	}
	banner := fmt.Sprintf("# log of %s begins here", l.tag)
	l.must(l.file.Close())
	next := l.name + ".new"
	l.must(os.WriteFile(next, []byte(banner+"\n"), 0o644))
	l.written = append(l.written, banner)
	l.must(os.Rename(next, l.name))
	l.open()
	l.current = 1
}

// wait is false when the test ends before that many lines were found.
func (l *logFile) wait(lines int) bool {
	for l.stored(l.tag) < lines {
		select {
		case <-l.stop:
			return false
		case <-time.After(50 * time.Millisecond):
		}
	}
	return true
}
