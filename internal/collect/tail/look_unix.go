//go:build unix && !linux

package tail

import (
	"os"
	"syscall"
)

// lookAt looks at the file that path leads to, through symbolic links.
func lookAt(path string) (look, error) {
	info, err := os.Stat(path)
	if err != nil {
		return look{}, err
	}
	return fromInfo(info), nil
}

// lookInto looks at an open file.
func lookInto(f *os.File) (look, error) {
	info, err := f.Stat()
	if err != nil {
		return look{}, err
	}
	return fromInfo(info), nil
}

// fromInfo has no birth time and no change time here; fingerprints do without.
func fromInfo(info os.FileInfo) look {
	l := look{size: info.Size(), mtime: info.ModTime().UnixNano(), regular: info.Mode().IsRegular(), links: 1}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		l.inode = inode{dev: uint64(st.Dev), ino: uint64(st.Ino)}
		l.links = uint32(st.Nlink)
	}
	return l
}
