package local

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"rastro/internal/segment"
)

func fileOf(first, rows int, day int64) *segmentFile {
	return &segmentFile{fileHold: &fileHold{}, meta: fileMeta{Meta: segment.Meta{
		Path: fmt.Sprintf("%s/%s/%d-%d.parquet", segmentsDir, dayOf(day*nanosPerDay), first, first+rows-1),
		Rows: rows, Bytes: int64(rows) * 40, FirstRID: uint64(first), LastRID: uint64(first + rows - 1),
		MinTime: day * nanosPerDay, MaxTime: day * nanosPerDay,
	}}}
}

func TestCompactionIsBounded(t *testing.T) {
	limits := mergeLimits{rows: compactRows, bytes: compactBytes, settles: settleAfter}
	e := &Engine{opts: Options{compact: limits}, days: map[string]dayMark{}, alone: map[string]bool{}}
	r := rand.New(rand.NewPCG(1, 2))
	for name, c := range map[string]struct {
		rows, flushes int
		bound         float64 // of events written again, per event
		files         int     // at the end
	}{
		"busy":     {65_536, 200, 1.1, 30},
		"default":  {32_768, 200, 1.1, 30},
		"middle":   {3_000, 1440, 2.3, 40},
		"quiet":    {100, 1440, 3.5, 20},
		"sleeping": {1, 1440, 3.5, 20},
	} {
		var files []*segmentFile
		next, written, most := 1, 0, 0
		at := time.Unix(1_700_000_000, 0)
		compact := func() {
			for {
				chosen := e.choose(newCatalog(files, nil), false, at)
				if len(chosen) == 0 {
					return
				}
				rows := 0
				for _, f := range chosen {
					rows += f.meta.Rows
				}
				written += rows
				now := fileOf(int(chosen[0].meta.FirstRID), rows, 1)
				files[slices.Index(files, chosen[0])] = now
				files = slices.DeleteFunc(files, func(f *segmentFile) bool { return slices.Contains(chosen, f) })
			}
		}
		for range c.flushes {
			rows := max(1, c.rows-r.IntN(c.rows/10+1))
			files = append(files, fileOf(next, rows, 1))
			next += rows
			compact()
			most = max(most, len(files))
		}
		at = at.Add(settleAfter)
		compact()
		again := float64(written) / float64(next-1)
		t.Logf("%s: %d events, written again %.2f times, at most %d files, %d in the end", name, next-1, again, most, len(files))
		if again > c.bound || len(files) > c.files {
			t.Errorf("%s: written again %.2f times, at most %.1f; %d files, at most %d", name, again, c.bound, len(files), c.files)
		}
		rows := 0
		for _, f := range files {
			if rows += f.meta.Rows; f.meta.Rows > compactRows {
				t.Errorf("%s: a file of %d events", name, f.meta.Rows)
			}
		}
		if rows != next-1 {
			t.Errorf("%s: %d events of %d", name, rows, next-1)
		}
	}
}

func TestCompactionParts(t *testing.T) {
	limits := mergeLimits{rows: 1000, bytes: compactBytes}
	e := &Engine{opts: Options{compact: limits}, alone: map[string]bool{}}
	mixed := func(first int, newest int64) *segmentFile {
		f := fileOf(first, 10, newest)
		f.meta.Path = fmt.Sprintf("%s/%s/%d-%d.parquet", segmentsDir, mixedDir, first, first+9)
		f.meta.Days = map[string]int{dayOf(newest * nanosPerDay): 10}
		return f
	}
	hidden := fileOf(21, 10, 1)
	hidden.hiddenRows = 1
	alone := fileOf(51, 10, 1)
	e.alone[alone.meta.Path] = true
	for name, c := range map[string]struct {
		files []*segmentFile
		all   bool
		want  []int
	}{
		"neighbours":        {[]*segmentFile{fileOf(1, 10, 1), fileOf(11, 10, 1), fileOf(21, 10, 1)}, false, []int{3}},
		"hidden rows":       {[]*segmentFile{fileOf(1, 10, 1), fileOf(11, 10, 1), hidden, fileOf(31, 10, 1), fileOf(41, 10, 1)}, true, []int{2, 2}},
		"large":             {[]*segmentFile{fileOf(1, 10, 1), fileOf(11, 10, 1), fileOf(21, 400, 1), fileOf(421, 10, 1)}, false, []int{2}},
		"large, but all":    {[]*segmentFile{fileOf(1, 10, 1), fileOf(21, 400, 1), fileOf(421, 10, 1)}, true, []int{3}},
		"days of the mixed": {[]*segmentFile{mixed(1, 5), mixed(11, 5), mixed(21, 6), mixed(31, 5)}, true, []int{2}},
	} {
		var got []int
		for _, run := range e.runs(c.files, c.all) {
			got = append(got, len(run))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: runs of %v, want %v", name, got, c.want)
		}
	}
	if got := e.runs([]*segmentFile{fileOf(41, 10, 1), alone, fileOf(61, 10, 1)}, true); len(got) != 0 {
		t.Errorf("around a foreign file: %v", got)
	}
}
