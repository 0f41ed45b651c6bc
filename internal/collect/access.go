package collect

import (
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"

	"rastro/internal/collect/tail"
)

// Absent is a path or a pattern of a source that leads to no file now.
type Absent = tail.Absent

// Absent lists the patterns that lead to no file, in the order of the sources.
func (c *Collector) Absent() []Absent { return c.files.Absent() }

// Access says what stands in the way to a file, and who may pass.
type Access struct {
	// Path is the deepest folder of the way that exists, or the file itself.
	Path string
	// Denied: it is there, and the user of this process may not look into it or
	// read it. The rest is known only then.
	Denied bool
	// Folder tells that Path is one.
	Folder bool
	// User is who this process is. Owner and Group are whose Path is. All are
	// numbers where they have no name.
	User, Owner, Group string
	Mode               fs.FileMode
}

// AccessTo follows a path or a pattern of a source as far as it goes.
func AccessTo(pattern string) Access {
	way := tail.Follow(pattern)
	a := Access{Path: way.Path, Denied: way.Denied}
	if !a.Denied {
		return a
	}
	a.User = userName(os.Geteuid())
	info, err := os.Stat(a.Path)
	if err != nil {
		return a
	}
	a.Folder, a.Mode = info.IsDir(), info.Mode()
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		a.Owner, a.Group = userName(int(st.Uid)), groupName(int(st.Gid))
	}
	return a
}

// ByGroup tells whether membership in the group opens the way.
func (a Access) ByGroup() bool {
	if a.Folder {
		return a.Mode&0o050 == 0o050
	}
	return a.Mode&0o040 != 0
}

// ByAnybody tells whether the mode lets everybody pass: then something else
// forbids it, such as SELinux or AppArmor.
func (a Access) ByAnybody() bool {
	if a.Folder {
		return a.Mode&0o005 == 0o005
	}
	return a.Mode&0o004 != 0
}

// Describe writes the mode as ls does, with owner and group.
func (a Access) Describe() string { return fmt.Sprintf("%s %s %s", a.Mode, a.Owner, a.Group) }

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
