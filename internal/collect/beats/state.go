package beats

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// keyPrefix begins the keys of all positions of this room:
//
//	beats/<agent>/p<slot>  one page of fingerprints
//	beats/<agent>/f<file>  one file
//
// with hexadecimal numbers.
const keyPrefix = "beats/"

// stateVersion begins every state. Numbers behind it are varints unless a
// width is given.
//
//	page  version, day, serial, process (8 bytes), n × (fingerprint (8), stamp (2))
//	file  version, day, born, high
const stateVersion = 2

const printBytes = 8 + 2

var errState = errors.New("not a position of this version")

func (p *page) encode() []byte {
	b := make([]byte, 0, 32+printBytes*len(p.prints))
	b = append(b, stateVersion)
	b = binary.AppendUvarint(b, uint64(p.day))
	b = binary.AppendUvarint(b, uint64(p.serial))
	b = binary.LittleEndian.AppendUint64(b, p.process)
	for i, print := range p.prints {
		b = binary.LittleEndian.AppendUint64(b, print)
		b = binary.LittleEndian.AppendUint16(b, p.stamps[i])
	}
	return b
}

func decodePage(b []byte) (*page, error) {
	r := cursor{b: b}
	r.version()
	p := &page{day: r.number(), serial: r.number()}
	process := r.take(8)
	if r.bad || len(r.b)%printBytes != 0 || len(r.b) > 2*keepPrints*printBytes {
		return nil, errState
	}
	p.process = binary.LittleEndian.Uint64(process)
	for len(r.b) > 0 {
		print := r.take(printBytes)
		p.prints = append(p.prints, binary.LittleEndian.Uint64(print))
		p.stamps = append(p.stamps, binary.LittleEndian.Uint16(print[8:]))
	}
	return p, nil
}

func (f *file) encode() []byte {
	b := append(make([]byte, 0, 24), stateVersion)
	b = binary.AppendUvarint(b, uint64(f.day))
	b = binary.AppendUvarint(b, uint64(f.born))
	return binary.AppendUvarint(b, uint64(f.high))
}

func decodeFile(b []byte) (*file, error) {
	r := cursor{b: b}
	r.version()
	f := &file{day: r.number(), born: r.number(), high: r.number()}
	if r.bad || len(r.b) != 0 {
		return nil, errState
	}
	return f, nil
}

// cursor takes a state apart; bad says that it was too short or wrong.
type cursor struct {
	b   []byte
	bad bool
}

func (r *cursor) version() {
	if v := r.take(1); !r.bad && v[0] != stateVersion {
		r.bad = true
	}
}

func (r *cursor) take(n int) []byte {
	if r.bad || len(r.b) < n {
		r.bad = true
		return nil
	}
	part := r.b[:n]
	r.b = r.b[n:]
	return part
}

func (r *cursor) number() int64 {
	n, size := binary.Uvarint(r.b)
	if r.bad || size <= 0 || n > 1<<63-1 {
		r.bad = true
		return 0
	}
	r.b = r.b[size:]
	return int64(n)
}

// load fills the ledger from durable positions; those of other rooms are left
// alone. One that cannot be read is noted and forgotten: the worst that
// follows is that a repeat is not recognized.
func (l *ledger) load(positions map[string][]byte, log *slog.Logger) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(positions)) {
		if !strings.HasPrefix(key, keyPrefix) {
			continue
		}
		if err := l.loadOne(key, positions[key]); err != nil {
			log.Warn("a position cannot be used and is forgotten", "source", key, "err", err)
			l.forget(key)
		}
	}
	for _, a := range l.agents {
		slices.SortFunc(a.order, func(x, y uint16) int { return cmp.Compare(a.pages[x].serial, a.pages[y].serial) })
	}
}

func (l *ledger) loadOne(key string, state []byte) error {
	who, what, ok := strings.Cut(key[len(keyPrefix):], "/")
	id, err := strconv.ParseUint(who, 16, 64)
	if err != nil || !ok || len(what) < 2 {
		return fmt.Errorf("reading the key: %w", errState)
	}
	switch what[0] {
	case 'p':
		slot, err := strconv.ParseUint(what[1:], 16, 16)
		if err != nil {
			return fmt.Errorf("reading the slot: %w", err)
		}
		p, err := decodePage(state)
		if err != nil {
			return fmt.Errorf("reading a page: %w", err)
		}
		p.slot = uint16(slot)
		l.addPage(l.loaded(id), p)
	case 'f':
		file, err := strconv.ParseUint(what[1:], 16, 64)
		if err != nil {
			return fmt.Errorf("reading the file's number: %w", err)
		}
		f, err := decodeFile(state)
		if err != nil {
			return fmt.Errorf("reading a file: %w", err)
		}
		f.id, f.agent = file, l.loaded(id)
		f.place = l.files.PushFront(f)
		f.agent.files[file] = f
	default:
		return errState
	}
	return nil
}

// loaded returns the agent with the key, a new one if need be.
func (l *ledger) loaded(key uint64) *agent {
	a := l.agents[key]
	if a == nil {
		a = newAgent(key)
		a.place = l.quiet.PushFront(a)
		l.agents[key] = a
	}
	return a
}

func (l *ledger) addPage(a *agent, p *page) {
	a.add(p)
	for i, print := range p.prints {
		a.know(print, mark{slot: p.slot, stamp: p.stamps[i]})
	}
	l.prints += len(p.prints)
}
