package tail

import (
	"os"

	"golang.org/x/sys/unix"
)

const lookMask = unix.STATX_BASIC_STATS | unix.STATX_BTIME

// lookAt looks at the file that path leads to, through symbolic links.
func lookAt(path string) (look, error) {
	var st unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, path, 0, lookMask, &st); err != nil {
		return look{}, &os.PathError{Op: "stat", Path: path, Err: err}
	}
	return fromStatx(&st), nil
}

// lookInto looks at an open file.
func lookInto(f *os.File) (look, error) {
	var st unix.Statx_t
	if err := unix.Statx(int(f.Fd()), "", unix.AT_EMPTY_PATH, lookMask, &st); err != nil {
		return look{}, &os.PathError{Op: "stat", Path: f.Name(), Err: err}
	}
	return fromStatx(&st), nil
}

func fromStatx(st *unix.Statx_t) look {
	l := look{
		inode:   inode{dev: unix.Mkdev(st.Dev_major, st.Dev_minor), ino: st.Ino},
		size:    int64(st.Size),
		mtime:   st.Mtime.Sec*1e9 + int64(st.Mtime.Nsec),
		ctime:   st.Ctime.Sec*1e9 + int64(st.Ctime.Nsec),
		links:   st.Nlink,
		regular: st.Mode&unix.S_IFMT == unix.S_IFREG,
	}
	if st.Mask&unix.STATX_BTIME != 0 {
		l.birth = st.Btime.Sec*1e9 + int64(st.Btime.Nsec)
	}
	return l
}
