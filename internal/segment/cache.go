package segment

import (
	"container/list"
	"sync"
)

// DefaultCacheBytes is a good size of a Cache for one server.
const DefaultCacheBytes = 128 << 20

// cacheKey names one decoded part of a file.
type cacheKey struct {
	file   uint64
	group  int32
	column column
	part   int32 // number of the page, or one of those below
}

const (
	partDictionary = -1
	partBloom      = -2
	partWords      = -3 // of column 0
	partPacked     = -4 // dictionary
	partNumbers    = -5 // of the entries of the dictionary
	partTemplates  = -6
	partWritten    = -7 // a dictionary of numbers as text
	// partPackedPages and below: pages of codes as they are in the file.
	partPackedPages = -8
)

// Cache keeps the decoded parts of files that were used last, within a limit
// of bytes. It is safe for concurrent use. A nil Cache keeps nothing.
type Cache struct {
	mu    sync.Mutex
	limit int64
	used  int64
	parts map[cacheKey]*list.Element
	order *list.List // of cached, used last at the front
	named int64      // bytes of all names, part of used

	names     namesList
	begunAnew [columnCount]bool // names that took too much memory once
}

type cached struct {
	key  cacheKey
	part any
	size int64
}

// NewCache returns a Cache that holds about limit bytes.
func NewCache(limit int64) *Cache {
	return &Cache{limit: limit, parts: make(map[cacheKey]*list.Element), order: list.New()}
}

func (c *Cache) get(key cacheKey) any {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.parts[key]
	if e == nil {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached).part
}

// put keeps a part of about size bytes unless it alone would take a quarter of
// the cache.
func (c *Cache) put(key cacheKey, part any, size int64) {
	if c == nil || size > c.limit/4 {
		return
	}
	size += 200 // the entry itself
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.parts[key] != nil {
		return
	}
	c.parts[key] = c.order.PushFront(&cached{key: key, part: part, size: size})
	c.used += size
	c.shrink()
}

// shrink forgets what was used longest ago until the rest fits.
func (c *Cache) shrink() {
	for c.used > c.limit && c.order.Len() > 0 {
		c.remove(c.order.Back())
	}
}

// replace is put in the place of what is there.
func (c *Cache) replace(key cacheKey, part any, size int64) {
	c.mu.Lock()
	if e := c.parts[key]; e != nil {
		c.remove(e)
	}
	c.mu.Unlock()
	c.put(key, part, size)
}

func (c *Cache) remove(e *list.Element) {
	old := c.order.Remove(e).(*cached)
	delete(c.parts, old.key)
	c.used -= old.size
}

// drop forgets a file.
func (c *Cache) drop(file uint64) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, e := range c.parts {
		if key.file == file {
			c.remove(e)
		}
	}
}

// Bytes is the size of what is kept.
func (c *Cache) Bytes() int64 {
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.used
}
