package ask

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"rastro/internal/query"
)

const (
	// maxParts bounds the parts of a tuple.
	maxParts = 32
	// maxTuplesOfEvent bounds the combinations of the values of one event.
	maxTuplesOfEvent = 10_000
)

// tuples has one bucket per combination of values of several parts.
type tuples struct {
	buckets
	index map[string]int32
	keys  [][]tupleKey // by bucket
	// last is the key behind which nothing is wanted any more; nil for none.
	last []tupleKey
}

func newTuples(p *aggPlan, b *budget) *tuples {
	return &tuples{buckets: buckets{plan: p, budget: b}, index: make(map[string]int32)}
}

func (t *tuples) collect(s *scan, rows []uint32) error {
	parts := t.plan.parts
	readers := make([]partReader, len(parts))
	for i := range parts {
		var err error
		if readers[i], err = parts[i].reader(s); err != nil {
			return err
		}
	}
	list := s.scratchPairs(t.plan.depth)
	values := make([][]tupleKey, len(parts))
	key := make([]tupleKey, len(parts))
	var encoded []byte
	for _, row := range rows {
		combinations := 1
		for i, read := range readers {
			values[i] = parts[i].complete(read(row, values[i][:0]))
			combinations *= len(values[i])
			if combinations > maxTuplesOfEvent {
				return fmt.Errorf("%w: an event has more than %d combinations of values", query.ErrTooBig, maxTuplesOfEvent)
			}
		}
		for n := range combinations {
			for i := range values {
				key[i] = values[i][n%len(values[i])]
				n /= len(values[i])
			}
			if !t.wants(key) {
				continue
			}
			at, err := t.bucket(key, &encoded)
			if err != nil {
				return err
			}
			list = append(list, pair(at, row))
		}
	}
	defer s.keepPairs(t.plan.depth, list)
	if err := t.spread(s, list); err != nil {
		return err
	}
	return t.prune()
}

// wants tells whether a key lies behind the one to begin behind, and not
// behind the last one wanted.
func (t *tuples) wants(key []tupleKey) bool {
	if after := t.plan.after; after != nil && t.plan.compareTuples(key, after) <= 0 {
		return false
	}
	return t.last == nil || t.plan.compareTuples(key, t.last) <= 0
}

func (t *tuples) bucket(key []tupleKey, buffer *[]byte) (int, error) {
	*buffer = encodeTuple((*buffer)[:0], key)
	if n, ok := t.index[string(*buffer)]; ok {
		return int(n), nil
	}
	n, err := t.add(2*len(*buffer) + 64*len(key) + 64)
	if err != nil {
		return 0, err
	}
	t.index[string(*buffer)] = int32(n)
	t.keys = append(t.keys, ownTuple(key))
	return n, nil
}

// paged tells that only the first buckets by key are wanted.
func (t *tuples) paged() bool { return len(t.plan.agg.Order) == 0 }

// prune drops the buckets behind those that may be wanted, when there are many
// of them: what stands behind size keys of one collector stands behind them in
// the answer, too.
func (t *tuples) prune() error {
	if !t.paged() || len(t.keys) < 2*t.plan.agg.Size+64 || t.plan.agg.MinCount > 1 {
		return nil
	}
	order := t.sorted()[:t.plan.agg.Size]
	kept := tuples{buckets: buckets{plan: t.plan, budget: t.budget}, index: make(map[string]int32)}
	var encoded []byte
	var freed int64
	for _, n := range order {
		encoded = encodeTuple(encoded[:0], t.keys[n])
		kept.index[string(encoded)] = int32(len(kept.keys))
		kept.keys = append(kept.keys, t.keys[n])
		kept.counts = append(kept.counts, t.counts[n])
		if len(t.plan.subs) > 0 {
			kept.subs = append(kept.subs, t.subs[n])
		}
	}
	for name := range t.index {
		if _, still := kept.index[name]; !still {
			freed += int64(2*len(name)+64*len(t.plan.parts)+64) + 72 + collectorSize*int64(len(t.plan.subs))
		}
	}
	kept.last = kept.keys[len(kept.keys)-1]
	*t = kept
	return t.budget.grow(-freed)
}

// sorted lists the buckets by key.
func (t *tuples) sorted() []int {
	order := make([]int, len(t.keys))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return t.plan.compareTuples(t.keys[a], t.keys[b]) })
	return order
}

func (t *tuples) merge(other collector) error {
	o := other.(*tuples)
	var encoded []byte
	for theirs, key := range o.keys {
		if !t.wants(key) {
			continue
		}
		ours, err := t.bucket(key, &encoded)
		if err != nil {
			return err
		}
		if err := t.join(ours, &o.buckets, theirs); err != nil {
			return err
		}
	}
	if o.last != nil && (t.last == nil || t.plan.compareTuples(o.last, t.last) < 0) {
		t.last = o.last
	}
	return t.prune()
}

func (t *tuples) result() (query.AggResult, error) {
	r := query.AggResult{Name: t.plan.agg.Name, Kind: query.AggTuples}
	order := t.sorted()
	if !t.paged() {
		t.rank(order)
	}
	for _, n := range order {
		if len(r.Buckets) >= t.plan.agg.Size || t.counts[n] < int64(t.plan.agg.MinCount) {
			r.OtherCount += t.counts[n]
			continue
		}
		if t.last != nil && t.plan.compareTuples(t.keys[n], t.last) > 0 {
			continue // another collector may have dropped it
		}
		b := query.Bucket{}
		for i := range t.keys[n] {
			b.Keys = append(b.Keys, t.plan.parts[i].written(t.keys[n][i]))
		}
		b, err := t.finished(n, b)
		if err != nil {
			return r, err
		}
		r.Buckets = append(r.Buckets, b)
	}
	if t.paged() {
		r.OtherCount = 0 // of what was dropped it is not known
	}
	return r, nil
}

// rank sorts buckets, which come by key, into the wanted order.
func (t *tuples) rank(list []int) {
	place := make([]int, len(list))
	for at, n := range list {
		place[n] = at
	}
	slices.SortStableFunc(list, func(a, b int) int {
		for i := range t.plan.order {
			var c int
			switch o := &t.plan.order[i]; o.by {
			case orderCount:
				c = directed(compareInt(t.counts[a], t.counts[b]), o.desc)
			case orderKey:
				c = directed(place[a]-place[b], o.desc)
			default:
				c = compareFigures(o.figure(t.subs[a][o.sub]), o.figure(t.subs[b][o.sub]), o.desc)
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
}

// tupleKey is one part of a key: a string, a whole number or a floating point
// number, by its part.
type tupleKey struct {
	null bool
	text string
	n    int64
	x    float64
}

// ownTuple copies a key so that it does not keep a dictionary in memory.
func ownTuple(key []tupleKey) []tupleKey {
	own := slices.Clone(key)
	for i := range own {
		own[i].text = string([]byte(own[i].text))
	}
	return own
}

func encodeTuple(dst []byte, key []tupleKey) []byte {
	for i := range key {
		k := &key[i]
		if k.null {
			dst = append(dst, 0)
			continue
		}
		dst = append(dst, 1)
		dst = binary.AppendVarint(dst, k.n)
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(k.x))
		dst = binary.AppendUvarint(dst, uint64(len(k.text)))
		dst = append(dst, k.text...)
	}
	return dst
}

// compileTuples checks the parts and reads the key to begin behind.
func (p *aggPlan) compileTuples() error {
	a := &p.agg
	if len(a.Parts) == 0 || len(a.Parts) > maxParts {
		return fmt.Errorf("%w: a key of %d parts; 1 to %d are possible", query.ErrBadQuestion, len(a.Parts), maxParts)
	}
	if a.Size < 0 || a.Size > maxBuckets {
		return &query.TooBigError{Part: query.PartBuckets, Count: int64(a.Size), Most: maxBuckets}
	}
	if a.Size == 0 {
		a.Size = defaultTerms
	}
	for i := range a.Parts {
		part, err := newPart(a.Parts[i])
		if err != nil {
			return fmt.Errorf("part %d of the key: %w", i+1, err)
		}
		p.parts = append(p.parts, part)
	}
	if a.After != nil && len(a.After) != len(a.Parts) {
		return fmt.Errorf("%w: the key to begin behind has %d parts, not %d", query.ErrBadQuestion, len(a.After), len(a.Parts))
	}
	for i := range a.After {
		k, ok := p.parts[i].parse(a.After[i])
		if !ok {
			return fmt.Errorf("%w: %q is no key of %s", query.ErrBadQuestion, a.After[i].Text, a.Parts[i].Field.Name)
		}
		p.after = append(p.after, k)
	}
	for _, o := range a.Order {
		compiled, err := p.compileOrder(o)
		if err != nil {
			return err
		}
		p.order = append(p.order, compiled)
	}
	return nil
}

// compareTuples orders two keys.
func (p *aggPlan) compareTuples(a, b []tupleKey) int {
	for i := range p.parts {
		if c := p.parts[i].compare(&a[i], &b[i]); c != 0 {
			return c
		}
	}
	return 0
}

// missingKey is the part of a key of events without a value.
func (t *tuplePart) missingKey() (tupleKey, bool) {
	if t.part.Missing != "" {
		return t.parse(query.AggKey{Text: t.part.Missing})
	}
	return tupleKey{null: true}, t.part.Null
}

// complete adds the key of events without a value.
func (t *tuplePart) complete(keys []tupleKey) []tupleKey {
	if len(keys) == 0 && t.hasMissing {
		return append(keys, t.missing)
	}
	return keys
}
