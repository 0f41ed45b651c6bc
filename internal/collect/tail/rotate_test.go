package tail

import (
	"fmt"
	"os"
	"testing"
)

// rotations are the ways in which a log can be taken away under the reader. The
// lines before have been read unless the case says otherwise; all lines written
// must come, once and in order.
var rotations = []struct {
	name   string
	globs  []string
	unread bool // lines written after the last look and before the change
	change func(b *bench)
}{
	{"rename", []string{"mail.log"}, true, func(b *bench) {
		b.rename("mail.log", "mail.log.1")
		b.write("mail.log", 5)
	}},
	{"rename to a name that matches", []string{"mail.log*"}, true, func(b *bench) {
		b.rename("mail.log", "mail.log.1")
		b.write("mail.log", 5)
	}},
	{"rename to a name of another kind", []string{"mail.log"}, true, func(b *bench) {
		b.rename("mail.log", "archived-mail")
		b.write("mail.log", 5)
	}},
	{"rename, nothing new", []string{"mail.log"}, true, func(b *bench) { b.rename("mail.log", "mail.log.1") }},
	{"late writes after the rename", []string{"mail.log"}, true, func(b *bench) {
		b.rename("mail.log", "mail.log.1")
		b.write("mail.log.1", 3)
		b.write("mail.log", 5)
	}},
	{"three renames unread", []string{"mail.log"}, true, func(b *bench) {
		b.rename("mail.log", "mail.log.1")
		b.write("mail.log", 5)
		b.rename("mail.log.1", "mail.log.2")
		b.rename("mail.log", "mail.log.1")
		b.write("mail.log", 5)
		b.rename("mail.log.2", "mail.log.3")
		b.rename("mail.log.1", "mail.log.2")
		b.rename("mail.log", "mail.log.1")
		b.write("mail.log", 5)
	}},
	{"three renames unread, all matching", []string{"mail.log*"}, true, func(b *bench) {
		b.rename("mail.log", "mail.log.1")
		b.write("mail.log", 5)
		b.rename("mail.log.1", "mail.log.2")
		b.rename("mail.log", "mail.log.1")
		b.write("mail.log", 5)
	}},
	{"renames with dates", []string{"mail.log"}, true, func(b *bench) {
		b.rename("mail.log", "mail.log-20260101")
		b.write("mail.log", 5)
		b.rename("mail.log", "mail-20260102.log")
		b.write("mail.log", 5)
	}},
	{"copy and truncate", []string{"mail.log"}, true, func(b *bench) {
		b.copy("mail.log", "mail.log.1")
		b.truncate("mail.log", 0)
		b.write("mail.log", 5)
	}},
	{"copy and truncate, the copy matches", []string{"mail.log*"}, true, func(b *bench) {
		b.copy("mail.log", "mail.log.1")
		b.truncate("mail.log", 0)
		b.write("mail.log", 5)
	}},
	{"copy and truncate, everything read", []string{"mail.log*"}, false, func(b *bench) {
		b.copy("mail.log", "mail.log.1")
		b.truncate("mail.log", 0)
		b.write("mail.log", 5)
	}},
	{"copy and truncate, longer than before", []string{"mail.log*"}, true, func(b *bench) {
		b.copy("mail.log", "mail.log.1")
		b.truncate("mail.log", 0)
		b.write("mail.log", 500)
	}},
	{"copy and truncate twice", []string{"mail.log*"}, true, func(b *bench) {
		b.copy("mail.log", "mail.log.1")
		b.truncate("mail.log", 0)
		b.write("mail.log", 5)
		b.rename("mail.log.1", "mail.log.2")
		b.copy("mail.log", "mail.log.1")
		b.truncate("mail.log", 0)
		b.write("mail.log", 5)
	}},
	{"copy and truncate twice, copies not matching", []string{"mail.log"}, true, func(b *bench) {
		b.copy("mail.log", "mail.log.1")
		b.truncate("mail.log", 0)
		b.write("mail.log", 5)
		b.rename("mail.log.1", "mail.log.2")
		b.copy("mail.log", "mail.log.1")
		b.truncate("mail.log", 0)
		b.write("mail.log", 5)
	}},
	{"a copy that nothing follows", []string{"mail.log*"}, true, func(b *bench) {
		b.copy("mail.log", "mail.log.bak")
		b.write("mail.log", 5)
	}},
	{"truncate", []string{"mail.log"}, false, func(b *bench) {
		b.truncate("mail.log", 0)
		b.write("mail.log", 5)
	}},
	{"truncate and grow beyond", []string{"mail.log"}, false, func(b *bench) {
		b.truncate("mail.log", 0)
		b.write("mail.log", 500)
	}},
	{"truncated by a writer that keeps its place", []string{"mail.log"}, false, func(b *bench) {
		info, err := os.Stat(b.path("mail.log"))
		b.must(err)
		b.truncate("mail.log", 0)
		b.truncate("mail.log", info.Size())
		b.write("mail.log", 5)
	}},
	{"delete and create", []string{"mail.log"}, false, func(b *bench) {
		b.remove("mail.log")
		b.write("mail.log", 5)
	}},
	{"delete and create longer", []string{"mail.log"}, false, func(b *bench) {
		b.remove("mail.log")
		b.write("mail.log", 500)
	}},
	{"replaced by renaming another over it", []string{"mail.log"}, false, func(b *bench) {
		b.write("new", 50)
		b.rename("new", "mail.log")
	}},
	{"no change", []string{"mail.log", "*.log", "**"}, true, func(b *bench) {}},
}

func TestRotationWhileRunning(t *testing.T) {
	t.Parallel()
	for _, tc := range rotations {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, tc.globs...)
			b.write("mail.log", 100)
			b.start()
			b.wait(100)
			if tc.unread {
				b.write("mail.log", 7)
			}
			tc.change(b)
			b.check()
			b.write("mail.log", 3)
			b.check()
		})
	}
}

func TestRotationWhileStopped(t *testing.T) {
	t.Parallel()
	for _, tc := range rotations {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, tc.globs...)
			b.write("mail.log", 100)
			b.start()
			b.wait(100)
			b.stop()
			if tc.unread {
				b.write("mail.log", 7)
			}
			tc.change(b)
			b.start()
			b.check()
			b.write("mail.log", 3)
			b.check()
			b.stop()
			b.start()
			b.write("mail.log", 3)
			b.check()
		})
	}
}

func TestCompressedWhileStopped(t *testing.T) {
	t.Parallel()
	for _, copied := range []bool{false, true} {
		t.Run(fmt.Sprint("copied ", copied), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "mail.log*")
			rotate := func() {
				if copied {
					b.copy("mail.log", "mail.log.1")
					b.truncate("mail.log", 0)
				} else {
					b.rename("mail.log", "mail.log.1")
				}
				b.gzip("mail.log.1")
			}
			b.write("mail.log", 100)
			b.start()
			b.wait(100)
			b.stop()
			b.write("mail.log", 7)
			rotate()
			b.rename("mail.log.1.gz", "mail.log.2.gz")
			b.write("mail.log", 9)
			rotate()
			b.write("mail.log", 5)
			b.start()
			b.check()
			b.stop()
			b.write("mail.log", 5)
			b.start()
			b.check()
		})
	}
}
