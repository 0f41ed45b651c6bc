package ask

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/segment"
)

// defaultTerms is the number of buckets of AggTerms that names none.
const defaultTerms = 10

// terms has one bucket per value.
type terms struct {
	buckets
	texts   map[string]int32
	numbers map[uint64]int32
	keys    []termKey // by bucket

	// names and byName remember the buckets of entries with numbers: 0 is not
	// known yet, n above 0 the bucket n-1.
	names  *segment.Names
	byName []int32
	// waiting counts the events of entries with numbers that are in no bucket
	// yet: making buckets of texts costs more than counting.
	waiting []int64
	// rest counts the events of entries that no bucket was made for at the end.
	rest int64
}

// What byName holds beside buckets.
const (
	noBucket    = -1 // the entry has none
	moreBuckets = -2 // or several
)

// termKey is the key of a bucket.
type termKey struct {
	text   string
	bits   uint64
	number bool
}

func newTerms(p *aggPlan, b *budget) *terms {
	return &terms{buckets: buckets{plan: p, budget: b}, texts: make(map[string]int32), numbers: make(map[uint64]int32)}
}

// textBucket finds or makes the bucket of a string.
func (t *terms) textBucket(text string) (int, error) {
	if n, ok := t.texts[text]; ok {
		return int(n), nil
	}
	n, err := t.add(len(text) + 64)
	if err != nil {
		return 0, err
	}
	text = strings.Clone(text) // text may hold a whole dictionary in memory
	t.texts[text] = int32(n)
	t.keys = append(t.keys, termKey{text: text})
	return n, nil
}

// numberBucket finds or makes the bucket of a number.
func (t *terms) numberBucket(bits uint64) (int, error) {
	if n, ok := t.numbers[bits]; ok {
		return int(n), nil
	}
	n, err := t.add(64)
	if err != nil {
		return 0, err
	}
	t.numbers[bits] = int32(n)
	t.keys = append(t.keys, termKey{bits: bits, number: true})
	return n, nil
}

// missingBucket finds or makes the bucket of events without a value.
func (t *terms) missingBucket() (int, error) {
	key := t.plan.agg.Missing
	if ref := t.plan.agg.Field; ref.Field == event.NoField {
		if text, ok := readAs(t.plan.agg.As, key); ok {
			key = text
		}
	} else if !isText(ref) {
		if bits, ok := query.ParseBits(ref.Field.Kind(), key); ok {
			return t.numberBucket(bits)
		}
	}
	return t.textBucket(key)
}

func (t *terms) collect(s *scan, rows []uint32) error {
	if !isText(t.plan.agg.Field) {
		return t.collectNumbers(s, rows)
	}
	if t.plan.single {
		if done, err := t.collectNamed(s, rows); done || err != nil {
			return err
		}
	}
	col, err := s.text(t.plan.agg.Field)
	if err != nil {
		return err
	}
	find := func(code uint32, dst []int32) ([]int32, error) { return t.bucketsOf(col.values(code), dst) }
	return t.collectCodes(s, rows, col.codes, len(col.dict), find)
}

// collectCodes counts a column of codes below entries; find appends the buckets
// of a code.
func (t *terms) collectCodes(s *scan, rows, codes []uint32, entries int, find func(code uint32, dst []int32) ([]int32, error)) error {
	if len(rows) < entries/4 {
		return t.collectFew(s, rows, codes, find)
	}
	return t.collectMany(s, rows, codes, entries, find)
}

// bucketsOf finds or makes the buckets of an event's values.
func (t *terms) bucketsOf(values []string, dst []int32) ([]int32, error) {
	if t.plan.agg.Field.Field == event.NoField {
		values = readAll(t.plan.agg.As, values)
	}
	if len(values) == 0 && t.plan.agg.Missing != "" {
		n, err := t.missingBucket()
		return append(dst, int32(n)), err
	}
	for _, v := range values {
		if t.plan.agg.Keep != nil && !t.plan.agg.Keep(v) {
			continue
		}
		n, err := t.textBucket(v)
		if err != nil {
			return dst, err
		}
		dst = append(dst, int32(n))
	}
	return dst, nil
}

// collectMany counts codes and then looks each code up once.
func (t *terms) collectMany(s *scan, rows, codes []uint32, entries int, find func(code uint32, dst []int32) ([]int32, error)) error {
	level := &s.levels[t.plan.depth]
	counts := level.zeros(entries)
	countCodes(counts, codes, rows)
	nested := len(t.plan.subs) > 0
	var byCode []uint32
	if nested {
		byCode = level.places(len(rows))
		arrange(counts)
		for _, row := range rows {
			code := codes[row]
			byCode[counts[code]] = row
			counts[code]++
		}
	}
	var found []int32
	from := uint32(0)
	for code, n := range counts {
		if nested { // n is where the rows of the code end
			from, n = n, n-from
		}
		if n == 0 {
			continue
		}
		var err error
		if found, err = find(uint32(code), found[:0]); err != nil {
			return err
		}
		for _, bucket := range found {
			if !nested {
				t.counts[bucket] += int64(n)
			} else if err := t.put(s, int(bucket), byCode[from-n:from]); err != nil {
				return err
			}
		}
	}
	return nil
}

// countCodes counts the codes of some rows.
func countCodes(counts, codes, rows []uint32) {
	if len(rows) == len(codes) { // all of them
		for _, code := range codes {
			counts[code]++
		}
		return
	}
	for _, row := range rows {
		counts[codes[row]]++
	}
}

// collectFew looks values up row by row: with few rows that costs less than
// going over the dictionary.
func (t *terms) collectFew(s *scan, rows, codes []uint32, find func(code uint32, dst []int32) ([]int32, error)) error {
	list := s.scratchPairs(t.plan.depth)
	var found []int32
	for _, row := range rows {
		var err error
		if found, err = find(codes[row], found[:0]); err != nil {
			return err
		}
		for _, bucket := range found {
			list = append(list, pair(int(bucket), row))
		}
	}
	defer s.keepPairs(t.plan.depth, list)
	return t.spread(s, list)
}

func (t *terms) collectNumbers(s *scan, rows []uint32) error {
	field := t.plan.agg.Field.Field
	col, err := s.numbers(field)
	if err != nil {
		return err
	}
	list := s.scratchPairs(t.plan.depth)
	for _, row := range rows {
		var n int
		switch {
		case col.Has(int(row)):
			bits := plainZero(field, col.Bits[row])
			if !t.keeps(bits) {
				continue
			}
			n, err = t.numberBucket(bits)
		case t.plan.agg.Missing != "":
			n, err = t.missingBucket()
		default:
			continue
		}
		if err != nil {
			return err
		}
		list = append(list, pair(n, row))
	}
	defer s.keepPairs(t.plan.depth, list)
	return t.spread(s, list)
}

// keeps tells whether a number is wanted.
func (t *terms) keeps(bits uint64) bool {
	if t.plan.agg.Keep == nil {
		return true
	}
	if _, known := t.numbers[bits]; known {
		return true
	}
	v := event.Value{Field: t.plan.agg.Field.Field, Bits: bits}
	return t.plan.agg.Keep(v.String())
}

// plainZero gives minus zero the bits of zero: they are the same value.
func plainZero(f event.Field, bits uint64) uint64 {
	if bits == 1<<63 && f.Kind() == event.Number {
		return 0
	}
	return bits
}

func (t *terms) merge(other collector) error {
	o := other.(*terms)
	if err := t.mergeWaiting(o); err != nil {
		return err
	}
	for theirs, key := range o.keys {
		ours, err := 0, error(nil)
		if key.number {
			ours, err = t.numberBucket(key.bits)
		} else {
			ours, err = t.textBucket(key.text)
		}
		if err != nil {
			return err
		}
		if err := t.join(ours, &o.buckets, theirs); err != nil {
			return err
		}
	}
	return nil
}

func (t *terms) result() (query.AggResult, error) {
	size := t.plan.agg.Size
	if size <= 0 {
		size = defaultTerms
	}
	if err := t.settleFirst(size); err != nil {
		return query.AggResult{}, err
	}
	r := query.AggResult{Name: t.plan.agg.Name, Kind: query.AggTerms, OtherCount: t.rest}
	ranked, err := t.rank(min(size, len(t.counts)))
	if err != nil {
		return r, err
	}
	for _, n := range t.counts {
		r.OtherCount += n
	}
	for _, c := range ranked {
		r.OtherCount -= t.counts[c.bucket]
		b, err := t.finished(c.bucket, t.bucket(c.bucket))
		if err != nil {
			return r, err
		}
		r.Buckets = append(r.Buckets, b)
	}
	return r, nil
}

// bucket writes the key of a bucket.
func (t *terms) bucket(n int) query.Bucket {
	key := t.keys[n]
	if !key.number {
		return query.Bucket{Key: key.text}
	}
	v := event.Value{Field: t.plan.agg.Field.Field, Bits: key.bits}
	return query.Bucket{Key: v.String(), Number: v.Float()}
}

// compileTerms checks the order.
func (p *aggPlan) compileTerms() error {
	if keep := p.agg.Keep; keep != nil && p.agg.Missing != "" && !keep(p.agg.Missing) {
		p.agg.Missing = ""
	}
	if p.agg.Size < 0 || p.agg.Size > maxBuckets {
		return &query.TooBigError{Part: query.PartBuckets, Field: p.agg.Field.Name, Count: int64(p.agg.Size), Most: maxBuckets}
	}
	for _, o := range p.agg.Order {
		compiled, err := p.compileOrder(o)
		if err != nil {
			return err
		}
		p.order = append(p.order, compiled)
	}
	if len(p.order) == 0 {
		p.order = []bucketOrder{{by: orderCount, desc: true}}
	}
	return nil
}
