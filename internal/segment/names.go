package segment

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"rastro/internal/event"
)

// Names numbers the entries that a column has in all files of one Cache: the
// same entry has the same number in every row group. So what a question found
// out about an entry it need not find out again in the next row group, and
// needs no dictionary there. Safe for concurrent use.
type Names struct {
	mu    sync.RWMutex
	texts []byte   // one after the other
	ends  []uint32 // of the texts, by number
	hash  []uint32 // of the texts, by number
	table []uint32 // number and one at the place that a hash tells, or behind
	asked int      // entries that were numbered, new and known ones
}

const (
	// namesShare is the part of the cache, one in so many, that the names of one
	// column may take; those of all columns take half at most.
	namesShare = 4
	// namesTried is how many entries are numbered before it is judged whether
	// they repeat.
	namesTried = 262_144
)

// Text is the entry of a number that EntryNumbers gave.
func (n *Names) Text(number uint32) string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return strings.Clone(n.text(number))
}

func (n *Names) text(number uint32) string { return NameList{n.texts, n.ends}.Of(number) }

// Number is the number of an entry; false for one that has none so far.
func (n *Names) Number(entry string) (uint32, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if len(n.table) == 0 {
		return 0, false
	}
	at := n.place(entry, hashOf(entry))
	return n.table[at] - 1, n.table[at] != 0
}

// NameList is the entries that a Names had at one moment. Reading many of them
// here takes no lock and makes no strings. It is read only, and safe for
// concurrent use.
type NameList struct {
	texts []byte
	ends  []uint32
}

// List is the entries of all numbers that were given so far.
func (n *Names) List() NameList {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return NameList{n.texts, n.ends} // what comes later stands behind
}

// Of is the entry of a number. It keeps all entries in memory: who keeps it
// makes a copy.
func (l NameList) Of(number uint32) string {
	from := uint32(0)
	if number > 0 {
		from = l.ends[number-1]
	}
	return bytesText(l.texts[from:l.ends[number]])
}

// Count is more than any number that was given so far.
func (n *Names) Count() int {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return len(n.ends)
}

// number numbers the entries of a dictionary; grown is the memory it took.
func (n *Names) number(dict []string) (numbers []uint32, grown int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	numbers = make([]uint32, len(dict))
	before := n.bytes()
	for i, text := range dict {
		if 2*(len(n.ends)+1) > len(n.table) {
			n.widen()
		}
		numbers[i] = n.find(text)
	}
	n.asked += len(dict)
	return numbers, n.bytes() - before
}

// find returns the number of a text, a new one if need be.
func (n *Names) find(text string) uint32 {
	hash := hashOf(text)
	at := n.place(text, hash)
	if n.table[at] != 0 {
		return n.table[at] - 1
	}
	n.texts = append(n.texts, text...)
	n.ends, n.hash = append(n.ends, uint32(len(n.texts))), append(n.hash, hash)
	n.table[at] = uint32(len(n.ends))
	return uint32(len(n.ends) - 1)
}

func hashOf(text string) uint32 { return uint32(xxhash.Sum64String(text)) }

// place is where in the table a text stands, or the free place where it would.
func (n *Names) place(text string, hash uint32) uint32 {
	at := hash & uint32(len(n.table)-1)
	for ; n.table[at] != 0; at = (at + 1) & uint32(len(n.table)-1) {
		if number := n.table[at] - 1; n.hash[number] == hash && n.text(number) == text {
			break
		}
	}
	return at
}

// widen doubles the table.
func (n *Names) widen() {
	n.table = make([]uint32, max(1024, 2*len(n.table)))
	for number, hash := range n.hash {
		at := hash & uint32(len(n.table)-1)
		for n.table[at] != 0 {
			at = (at + 1) & uint32(len(n.table)-1)
		}
		n.table[at] = uint32(number + 1)
	}
}

// bytes is the memory in use.
func (n *Names) bytes() int64 {
	return int64(cap(n.texts) + 4*(cap(n.ends)+cap(n.hash)+len(n.table)))
}

// useful tells whether entries repeat enough to be worth their memory.
func (n *Names) useful() bool {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.asked < namesTried || 4*n.asked > 5*len(n.ends)
}

// numbered is a dictionary as numbers.
type numbered struct {
	names   *Names
	numbers []uint32
}

// namesOf are the names of a column, nil where there are none any more: its
// entries hardly ever repeat.
func (c *Cache) namesOf(id column) *Names {
	n := c.names[id].Load()
	if n == nil {
		fresh := new(Names)
		if !c.names[id].CompareAndSwap(nil, fresh) {
			return c.names[id].Load()
		}
		return fresh
	}
	if n == noNames {
		return nil
	}
	return n
}

// noNames stands for a column without Names.
var noNames = &Names{}

// judge looks at a column's names after they grew. Those that are of no use, or
// take too much memory for the second time, are given up for good; the first time
// they begin anew, since what is asked for changes with the days.
func (c *Cache) judge(id column, n *Names, grown int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.names[id].Load() != n {
		return // begun anew meanwhile
	}
	c.named += grown
	c.used += grown
	full := n.size() > c.limit/namesShare || c.named > c.limit/2
	switch {
	case !n.useful(), full && c.begunAnew[id]:
		c.names[id].Store(noNames)
	case full:
		c.names[id].Store(nil)
		c.begunAnew[id] = true
	default:
		c.shrink()
		return
	}
	c.named -= n.size()
	c.used -= n.size()
}

func (n *Names) size() int64 {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.bytes()
}

// namesList holds the names of all columns.
type namesList [columnCount]atomic.Pointer[Names]

// EntryNumbers returns the numbers of the entries of a column's dictionary, by
// code, and the Names that they are of; nil where the column has none. Every
// entry stands in some row.
func (g *group) EntryNumbers(f event.Field) (*Names, []uint32, error) {
	if err := checkKind(f, layoutDict); err != nil {
		return nil, nil, err
	}
	cache := g.file.opts.Cache
	if cache == nil {
		return nil, nil, nil
	}
	names := cache.namesOf(column(f))
	if names == nil {
		return nil, nil, nil
	}
	r, err := g.column(column(f))
	if err != nil {
		return nil, nil, err
	}
	defer r.done()
	if r.chunk == nil {
		return nil, nil, nil
	}
	if known, ok := cache.get(r.key(partNumbers)).(numbered); ok && known.names == names {
		return names, known.numbers, nil
	}
	dict, err := r.dictionary()
	if err != nil {
		return nil, nil, err
	}
	numbers, grown := names.number(dict)
	cache.replace(r.key(partNumbers), numbered{names, numbers}, int64(4*len(numbers)))
	cache.judge(column(f), names, grown)
	return names, numbers, nil
}

// CodesInto reads the codes of a column without its dictionary.
func (g *group) CodesInto(f event.Field, codes []uint32) ([]uint32, error) {
	if err := checkKind(f, layoutDict); err != nil {
		return nil, err
	}
	r, err := g.column(column(f))
	if err != nil {
		return nil, err
	}
	defer r.done()
	codes = resized(codes, g.meta.Rows)
	if r.chunk == nil {
		clear(codes)
		return codes, nil
	}
	count, err := r.entryCount()
	if err != nil {
		return nil, err
	}
	return codes, r.readCodes(count, codes)
}
