package local

import (
	"path"
	"time"
)

// The sizes of compaction.
const (
	// compactRows and compactBytes bound a file that compaction makes. A file
	// that has a quarter of either is large enough to be left alone.
	compactRows  = 1 << 20
	compactBytes = 128 << 20
	// compactFiles bounds the files that are put together at a time: so many
	// may be open.
	compactFiles = 128
	// growing is how many times as large as its largest part a new file is at
	// least, while files of its day are coming; settled is the same when none
	// came for settleAfter.
	growing     = 12
	settled     = 2
	settleAfter = 30 * time.Minute
)

// mergeLimits are the sizes of compaction; tests make them small.
type mergeLimits struct {
	rows    int
	bytes   int64
	settles time.Duration
}

// dayMark is the newest file of a folder and since when it is that.
type dayMark struct {
	newest uint64
	since  time.Time
}

// choose returns the files that are put together next; none when nothing is
// due. They belong to one folder and follow each other in it.
func (e *Engine) choose(c *catalog, all bool, now time.Time) []*segmentFile {
	folders := map[string][]*segmentFile{}
	var order []string
	for _, f := range c.files {
		dir := path.Dir(f.meta.Path)
		if folders[dir] == nil {
			order = append(order, dir)
		}
		folders[dir] = append(folders[dir], f)
	}
	e.markDays(folders, now)
	var best []*segmentFile
	for _, dir := range order {
		factor := growing
		if now.Sub(e.days[dir].since) >= e.opts.compact.settles {
			factor = settled
		}
		for _, run := range e.runs(folders[dir], all) {
			var found []*segmentFile
			if all {
				found = planAll(run, e.opts.compact)
			} else {
				found = planMerge(run, factor, e.opts.compact)
			}
			if len(found) > len(best) {
				best = found
			}
		}
		if all && len(best) > 0 {
			break // one folder after the other
		}
	}
	return best
}

// markDays notes which folders have got a file since the last time.
func (e *Engine) markDays(folders map[string][]*segmentFile, now time.Time) {
	for dir, files := range folders {
		newest := newestFlush(files)
		if was, ok := e.days[dir]; !ok || was.newest != newest {
			e.days[dir] = dayMark{newest: newest, since: now}
		}
	}
	for dir := range e.days {
		if folders[dir] == nil {
			delete(e.days, dir)
		}
	}
}

// newestFlush is the last number in the name of the last of some files.
func newestFlush(files []*segmentFile) uint64 {
	g, _ := parseRange(files[len(files)-1].meta.Path)
	return g.last
}

// runs cuts the files of a folder into those that may be put together:
// neighbours by their numbers, none of which has hidden rows or was written by
// a newer program. Without all, a file that is large enough parts them. In the
// folder of mixed days only neighbours whose newest events are of the same day
// belong together, so that no event stays longer than it would have.
func (e *Engine) runs(files []*segmentFile, all bool) [][]*segmentFile {
	limits := e.opts.compact
	var runs [][]*segmentFile
	var run []*segmentFile
	end := func() {
		if len(run) > 1 {
			runs = append(runs, run)
		}
		run = nil
	}
	for _, f := range files {
		_, named := parseRange(f.meta.Path)
		large := f.meta.Rows >= limits.rows/4 || f.meta.Bytes >= limits.bytes/4
		if !named || f.hiddenRows > 0 || e.alone[f.meta.Path] || large && !all {
			end()
			continue
		}
		if len(run) > 0 {
			before := run[len(run)-1]
			mixed := len(f.meta.Days) > 0 || len(before.meta.Days) > 0
			if before.meta.LastRID >= f.meta.FirstRID || mixed && dayOf(before.meta.MaxTime) != dayOf(f.meta.MaxTime) {
				end()
			}
		}
		run = append(run, f)
	}
	end()
	return runs
}

// planMerge chooses the most neighbours whose sum is at least factor times the
// largest of them.
//
// So the file of an event grows at least by that factor each time the event is
// written again, and files of a quarter of compactRows are not written again:
// an event that came in a file of r events is written again at most
// log12(262,144/r) times, rounded up, while files of its day are coming, and
// log2 of that, rounded up, in all. A busy server, whose files have 32,768
// events or more, writes each event once more, one with 3,000 a minute
// twice, one with 100 in ten minutes three times.
func planMerge(run []*segmentFile, factor int, limits mergeLimits) []*segmentFile {
	var best []*segmentFile
	bestRows := 0
	for from := range run {
		rows, largest, bytes := 0, 0, int64(0)
		for end := from; end < len(run) && end < from+compactFiles; end++ {
			m := &run[end].meta
			rows, largest, bytes = rows+m.Rows, max(largest, m.Rows), bytes+m.Bytes
			if rows > limits.rows || bytes > limits.bytes {
				break
			}
			n := end - from + 1
			if n > 1 && rows >= factor*largest && (n > len(best) || n == len(best) && rows < bestRows) {
				best, bestRows = run[from:end+1], rows
			}
		}
	}
	return best
}

// planAll chooses the first neighbours that fit into one file, as many as do.
func planAll(run []*segmentFile, limits mergeLimits) []*segmentFile {
	for from := 0; from < len(run); {
		rows, bytes, end := 0, int64(0), from
		for end < len(run) && end < from+compactFiles {
			m := &run[end].meta
			if rows += m.Rows; rows > limits.rows {
				break
			}
			if bytes += m.Bytes; bytes > limits.bytes {
				break
			}
			end++
		}
		if end-from > 1 {
			return run[from:end]
		}
		from = max(end, from+1)
	}
	return nil
}
