package bulk

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"sync"
	"time"
)

// idLength is the length of an id that is made here.
const idLength = 20

// idForm writes ids: safe in URLs, and in the order of the bytes they stand for.
var idForm = base64.NewEncoding("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz").WithPadding(base64.NoPadding)

// maker makes ids: 64 bits of time, never the same twice, and 56 random bits
// that are drawn at the start.
type maker struct {
	mu   sync.Mutex
	last uint64
	tail [7]byte
}

func newMaker() *maker {
	m := &maker{}
	_, _ = rand.Read(m.tail[:]) // it never fails
	return m
}

// reserve returns the first of n numbers that nobody else gets.
func (m *maker) reserve(n int, now time.Time) uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	first := max(uint64(now.UnixNano()), m.last+1)
	m.last = first + uint64(n) - 1
	return first
}

// appendID appends the id of a number.
func (m *maker) appendID(dst []byte, number uint64) []byte {
	var b [15]byte
	binary.BigEndian.PutUint64(b[:8], number)
	copy(b[8:], m.tail[:])
	return idForm.AppendEncode(dst, b[:])
}
