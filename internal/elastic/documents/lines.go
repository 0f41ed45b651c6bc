package documents

import (
	"bytes"
	"errors"
	"io"

	"rastro/internal/collect"
)

// maxAction bounds a line with an action.
const maxAction = 64 << 10

// windowBytes is how much of a body is looked through before its documents go
// on. A request that is not longer is taken as a whole or not at all.
const windowBytes = 4 << 20

// Ends of a window.
var (
	// errWindow: the window is full; release makes room.
	errWindow = errors.New("the window is full")
	// errUnended: the last line has no line end.
	errUnended = errors.New("the last line is not ended")
)

// lines reads a body line by line. Lines stay valid until release.
type lines struct {
	from io.Reader
	buf  []byte
	at   int // where the next line begins
	seen int // up to here there is no line end after at
	end  error
	// number of the last line, from 1.
	number int
	// held tells that lines were given out since release that are used: without
	// them a window is as large as it must be.
	held bool
}

// next returns the next line without its end, \n or \r\n. A document that is
// longer than one may be comes cut behind that length. Errors are io.EOF, errWindow, errUnended
// and those of reading.
func (l *lines) next() ([]byte, error) {
	for {
		if n := bytes.IndexByte(l.buf[l.seen:], '\n'); n >= 0 {
			line := l.buf[l.at : l.seen+n]
			l.at = l.seen + n + 1
			l.seen = l.at
			l.number++
			return bytes.TrimSuffix(line, []byte("\r")), nil
		}
		l.seen = len(l.buf)
		if l.end != nil {
			if l.end == io.EOF && l.at < len(l.buf) {
				return nil, errUnended
			}
			return nil, l.end
		}
		if len(l.buf) >= windowBytes && l.held {
			return nil, errWindow
		}
		if len(l.buf)-l.at > collect.MaxDocument {
			return l.long()
		}
		l.fill()
	}
}

// fill reads more.
func (l *lines) fill() {
	if len(l.buf) == cap(l.buf) {
		l.buf = append(make([]byte, 0, max(64<<10, 2*cap(l.buf))), l.buf...)
	}
	n, err := l.from.Read(l.buf[len(l.buf):cap(l.buf)])
	l.buf = l.buf[:len(l.buf)+n]
	l.end = err
}

// long passes over the rest of a line that is too long.
func (l *lines) long() ([]byte, error) {
	keep := l.at + collect.MaxDocument + 1
	line := l.buf[l.at:keep:keep]
	var rest [32 << 10]byte
	l.buf = l.buf[:keep]
	for l.end == nil {
		n, err := l.from.Read(rest[:])
		l.end = err
		if i := bytes.IndexByte(rest[:n], '\n'); i >= 0 {
			l.at = len(l.buf)
			l.buf = append(l.buf[:l.at:l.at], rest[i+1:n]...)
			l.seen = l.at
			l.number++
			return line, nil
		}
	}
	if l.end == io.EOF {
		return nil, errUnended
	}
	return nil, l.end
}

// release lets go of the lines that were given out.
func (l *lines) release() {
	n := copy(l.buf, l.buf[l.at:])
	l.seen -= l.at
	l.buf, l.at, l.held = l.buf[:n], 0, false
	if cap(l.buf) > 4*windowBytes && n < windowBytes {
		l.buf = append(make([]byte, 0, windowBytes), l.buf...)
	}
}

// back takes the line back that begins at from: it belongs to the next window.
func (l *lines) back(from, number int) {
	l.at, l.seen, l.number = from, from, number
}
