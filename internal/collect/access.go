package collect

import (
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"rastro/internal/collect/tail"
)

// Absent is a path or a pattern of a source that leads to no file now.
type Absent = tail.Absent

// Absent lists the patterns that lead to no file, in the order of the sources.
func (c *Collector) Absent() []Absent { return c.files.Absent() }

// Follows tells whether a source leads to a path, by its name alone; looked is
// false before the first look at the files.
func (c *Collector) Follows(path string) (follows, looked bool) { return c.files.Follows(path) }

// Access says what stands in the way to a file, and who may pass.
type Access struct {
	// Path is the deepest folder of the way that exists, or the file itself.
	Path string
	// Denied: it is there, and the user of this process may not look into it or
	// read it.
	Denied bool
	// Kind is what Path is.
	Kind Kind
	// User is who this process is. Owner and Group are whose Path is. All are
	// numbers where they have no name.
	User, Owner, Group string
	Mode               fs.FileMode
}

// Kind is what a path leads to.
type Kind uint8

// The kinds of what a path leads to.
const (
	File Kind = iota
	Folder
	Special // a device, a pipe or a socket
)

// AccessTo follows a path or a pattern of a source as far as it goes.
func AccessTo(pattern string) Access {
	way := tail.Follow(pattern)
	a := Access{Path: way.Path, Denied: way.Denied, User: userName(os.Geteuid())}
	info, err := os.Stat(a.Path)
	if err != nil {
		return a
	}
	a.Mode = info.Mode()
	switch {
	case info.IsDir():
		a.Kind = Folder
	case !info.Mode().IsRegular():
		a.Kind = Special
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		a.Owner, a.Group = userName(int(st.Uid)), groupName(int(st.Gid))
	}
	return a
}

// ByGroup tells whether membership in the group opens the way.
func (a Access) ByGroup() bool {
	if a.Kind == Folder {
		return a.Mode&0o050 == 0o050
	}
	return a.Mode&0o040 != 0
}

// ByAnybody tells whether the mode lets everybody pass: then something else
// forbids it, such as SELinux or AppArmor.
func (a Access) ByAnybody() bool {
	if a.Kind == Folder {
		return a.Mode&0o005 == 0o005
	}
	return a.Mode&0o004 != 0
}

// Describe writes the mode as ls does, with owner and group.
func (a Access) Describe() string { return fmt.Sprintf("%s %s %s", a.Mode, a.Owner, a.Group) }

// Gone tells whether the way ends before path: there is no such file.
func (a Access) Gone(path string) bool { return !a.Denied && a.Path != filepath.Clean(path) }

// LiveName is the path without the mark that rotation has put into it; the path
// itself if it has none.
func LiveName(path string) string { return tail.LiveName(path) }

func userName(id int) string {
	if u, err := user.LookupId(strconv.Itoa(id)); err == nil {
		return u.Username
	}
	return strconv.Itoa(id)
}

func groupName(id int) string {
	if g, err := user.LookupGroupId(strconv.Itoa(id)); err == nil {
		return g.Name
	}
	return strconv.Itoa(id)
}
