package app

import (
	"sync"
	"time"

	"rastro/internal/collect"
	"rastro/internal/sources"
)

// maxImports bounds the imports that are remembered.
const maxImports = 50

// imports remembers the imports since the start. It is safe for concurrent use.
type imports struct {
	mu   sync.Mutex
	list []*sources.Import
}

// begin notes an import; what it returns notes how it went on and ended.
func (im *imports) begin(name string, opts *collect.ImportOptions) (ended func(collect.ImportResult, error)) {
	one := &sources.Import{Name: name, Start: time.Now(), Dialect: opts.Dialect}
	if opts.Zone != nil {
		one.Zone = opts.Zone.String()
	}
	im.mu.Lock()
	defer im.mu.Unlock()
	im.list = append(im.list, one)
	if len(im.list) > maxImports {
		im.list = im.list[1:]
	}
	told := opts.Progress
	opts.Progress = func(p collect.ImportProgress) {
		im.mu.Lock()
		one.Lines, one.Bytes = p.Lines, p.Read
		im.mu.Unlock()
		if told != nil {
			told(p)
		}
	}
	return func(result collect.ImportResult, err error) {
		im.mu.Lock()
		defer im.mu.Unlock()
		one.End, one.Lines, one.Bytes = time.Now(), result.Lines, result.Bytes
		if err != nil {
			one.Err = err.Error()
		}
	}
}

// all lists copies of them, the oldest first.
func (im *imports) all() []sources.Import {
	im.mu.Lock()
	defer im.mu.Unlock()
	out := make([]sources.Import, 0, len(im.list))
	for _, one := range im.list {
		out = append(out, *one)
	}
	return out
}
