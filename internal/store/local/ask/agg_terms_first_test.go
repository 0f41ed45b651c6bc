package ask_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/segment"
	"rastro/internal/store/local/ask"
)

// inFile writes a block to a file and returns the file's blocks.
func inFile(t *testing.T, b segment.Block, cache *segment.Cache) []segment.Block {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.parquet")
	meta, err := segment.Write(disk.OS(), path, b, nil, segment.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := segment.Open(disk.OS(), path, meta, segment.Options{Cache: cache})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f.Blocks()
}

// people makes blocks of events with few and many of the same recipients, with
// none and with several.
func people(blocks, rows int) []segment.Block {
	r := rand.New(rand.NewPCG(5, 8))
	person := func() string { return fmt.Sprintf("p%03d@example.org", int(300*r.Float64()*r.Float64())) }
	list := make([]segment.Block, blocks)
	for i := range list {
		b := segment.NewBuilder()
		for j := range rows {
			rid := i*rows + j + 1
			e := event.Event{RID: uint64(rid), Time: int64(rid) * 1e9, ReceivedAt: 1}
			for range max(r.IntN(6)-2, 0) {
				e.Add(event.Recipient, person())
			}
			b.Add(&e)
		}
		list[i] = b.Snapshot()
	}
	return list
}

// numberedSources are the same events in files: all entries with numbers of one
// kind, some of them without numbers, and numbers of two kinds as well.
func numberedSources(t *testing.T, plain []segment.Block) []ask.TestSource {
	t.Helper()
	one, other := segment.NewCache(1<<20), segment.NewCache(1<<20)
	sources := make([]ask.TestSource, 3)
	for i, b := range plain {
		sources[0].Blocks = append(sources[0].Blocks, inFile(t, b, one)...)
		cache := one
		if i < 3 {
			cache = other
		}
		for n, blocks := range [][]segment.Block{inFile(t, b, one), inFile(t, b, cache)} {
			if i == 3 {
				blocks = plain[i : i+1]
			}
			sources[1+n].Blocks = append(sources[1+n].Blocks, blocks...)
		}
	}
	names, _, err := sources[0].Blocks[0].(segment.Lender).EntryNumbers(event.Recipient)
	if err != nil || names == nil {
		t.Fatalf("the entries have no numbers: %v", err)
	}
	return sources
}

// firstTerms are aggregations that end in different ways.
func firstTerms() []query.Agg {
	even := func(v string) bool { return strings.Contains("02468", v[3:4]) }
	count, key := query.AggOrder{By: query.ByCount}, query.AggOrder{By: query.ByKey}
	down := func(o query.AggOrder) query.AggOrder { o.Desc = true; return o }
	var list []query.Agg
	for _, size := range []int{1, 7, 40, 1000} {
		for _, order := range [][]query.AggOrder{nil, {count}, {down(count), down(key)}, {count, key}, {key}, {down(key)}} {
			for _, a := range []query.Agg{
				{}, {MinCount: 6}, {Missing: "p001@example.org"}, {Missing: "nobody"},
				{Keep: even}, {Keep: even, MinCount: 3, Missing: "p002@example.org"},
			} {
				a.Name, a.Kind, a.Field, a.Size, a.Order = "a", query.AggTerms, query.FieldOf(event.Recipient), size, order
				list = append(list, a)
			}
		}
	}
	return list
}

// TestTermsOfEntriesWithNumbers asks for the first values of blocks whose
// entries have numbers: the answers are those of the same events in memory.
func TestTermsOfEntriesWithNumbers(t *testing.T) {
	t.Parallel()
	plain := people(8, 150)
	sources := numberedSources(t, plain)
	busy := query.Term{Field: query.FieldOf(event.Recipient), Value: "p004@example.org"}
	for _, a := range firstTerms() {
		for _, filter := range []query.Filter{query.All{}, busy} {
			q := query.Question{Filter: filter, Aggs: []query.Agg{a}}
			want, err := ask.TestSource{Blocks: plain, Workers: 1}.Ask(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if len(want.Aggs[0].Buckets) == 0 && a.MinCount == 0 && a.Keep == nil {
				t.Errorf("no buckets of %+v", a)
			}
			for i, source := range sources {
				source.Workers = 1 + 2*(a.Size%2)
				got, err := source.Ask(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(got.Aggs, want.Aggs) {
					t.Fatalf("source %d, filter %v, %+v:\n%+v, want\n%+v", i, filter, a, got.Aggs, want.Aggs)
				}
			}
		}
	}
}
