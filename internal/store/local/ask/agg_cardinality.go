package ask

import (
	"fmt"

	"github.com/axiomhq/hyperloglog"
	"github.com/cespare/xxhash/v2"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/segment"
	"rastro/internal/store/local/rowset"
)

const (
	exactDistinct = query.ExactDistinct
	// distinctBytes estimates the memory of one value in the exact set.
	distinctBytes = 24
	// sketchBytes is the memory of the estimate.
	sketchBytes = 1 << 16
)

// cardinality gathers AggCardinality. It keeps hashes of 64 bits: among
// exactDistinct values two share one with a probability of 1 in 3 billion.
type cardinality struct {
	plan   *aggPlan
	budget *budget
	exact  map[uint64]struct{}
	sketch *hyperloglog.Sketch

	// seen are the entries with numbers that were counted, by names.
	names *segment.Names
	seen  []uint64
}

func (c *cardinality) collect(s *scan, rows []uint32) error {
	ref := c.plan.agg.Field
	if !isText(ref) {
		return c.collectNumbers(s, rows)
	}
	if c.plan.single {
		if done, err := c.collectNamed(s, rows); done || err != nil {
			return err
		}
	}
	col, err := s.text(ref)
	if err != nil {
		return err
	}
	if len(rows) < len(col.dict)/4 {
		for _, row := range rows {
			if err := c.addAll(c.valuesOf(col, col.codes[row])); err != nil {
				return err
			}
		}
		return nil
	}
	seen := make(rowset.Set, (len(col.dict)+63)/64)
	for _, row := range rows {
		if code := col.codes[row]; !seen.Has(code) {
			seen.Add(code)
			if err := c.addAll(c.valuesOf(col, code)); err != nil {
				return err
			}
		}
	}
	return nil
}

// collectNamed counts a column whose entries have numbers; false where they
// have none. When all rows are wanted so are all entries: no code is read.
func (c *cardinality) collectNamed(s *scan, rows []uint32) (bool, error) {
	field := c.plan.agg.Field.Field
	names, numbers, err := s.named(field)
	if names == nil || err != nil {
		return false, err
	}
	if c.names != names {
		c.names, c.seen = names, nil
	}
	if n := (names.Count() + 63) / 64; n > len(c.seen) {
		if 8*int64(n) > c.budget.limit/namesShare {
			return false, nil
		}
		if err := tooBig(c.budget.grow(8*int64(n-len(c.seen))), query.PartValues, &c.plan.agg, n); err != nil {
			return false, err
		}
		c.seen = append(c.seen, make([]uint64, n-len(c.seen))...)
	}
	if len(rows) == s.rows {
		for _, number := range numbers {
			if err := c.addNamed(number); err != nil {
				return false, err
			}
		}
		return true, nil
	}
	codes, err := s.codes(field)
	if err != nil {
		return false, err
	}
	for _, row := range rows {
		if err := c.addNamed(numbers[codes[row]]); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (c *cardinality) addNamed(number uint32) error {
	word, bit := &c.seen[number>>6], uint64(1)<<(number&63)
	if *word&bit != 0 {
		return nil
	}
	*word |= bit
	entry := textColumn{dict: []string{c.names.Text(number)}}
	return c.addAll(c.valuesOf(&entry, 0))
}

func (c *cardinality) collectNumbers(s *scan, rows []uint32) error {
	field := c.plan.agg.Field.Field
	col, err := s.numbers(field)
	if err != nil {
		return err
	}
	bits, instead := query.ParseBits(field.Kind(), c.plan.agg.Missing)
	for _, row := range rows {
		switch {
		case col.Has(int(row)):
			err = c.add(mix(plainZero(field, col.Bits[row])))
		case instead:
			err = c.add(mix(plainZero(field, bits)))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// valuesOf is the values of a code, or the one that stands for missing ones.
func (c *cardinality) valuesOf(col *textColumn, code uint32) []string {
	values := col.all(code)
	if c.plan.agg.Field.Field == event.NoField {
		values = readAll(c.plan.agg.As, values)
	}
	if len(values) == 0 && c.plan.agg.Missing != "" {
		return []string{c.plan.agg.Missing}
	}
	return values
}

// mix spreads the bits of a number evenly, without two numbers sharing a
// result (the finishing step of SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (c *cardinality) addAll(values []string) error {
	for _, v := range values {
		if err := c.add(xxhash.Sum64String(v)); err != nil {
			return err
		}
	}
	return nil
}

func (c *cardinality) add(hash uint64) error {
	if c.sketch != nil {
		c.sketch.InsertHash(hash)
		return nil
	}
	if _, known := c.exact[hash]; known {
		return nil
	}
	if c.exact == nil {
		c.exact = make(map[uint64]struct{})
	}
	c.exact[hash] = struct{}{}
	if len(c.exact) > exactDistinct {
		return c.estimate()
	}
	return tooBig(c.budget.grow(distinctBytes), query.PartValues, &c.plan.agg, len(c.exact))
}

// estimate goes over from the exact set to the sketch.
func (c *cardinality) estimate() error {
	c.sketch = hyperloglog.New16NoSparse()
	for hash := range c.exact {
		c.sketch.InsertHash(hash)
	}
	freed := int64(len(c.exact)) * distinctBytes
	c.exact = nil
	return tooBig(c.budget.grow(sketchBytes-freed), query.PartValues, &c.plan.agg, 0)
}

func (c *cardinality) merge(other collector) error {
	o := other.(*cardinality)
	if o.sketch != nil && c.sketch == nil {
		c.exact, o.exact = o.exact, c.exact
		c.sketch, o.sketch = o.sketch, c.sketch
	}
	if o.sketch != nil {
		if err := c.sketch.Merge(o.sketch); err != nil {
			return fmt.Errorf("merging estimates: %w", err)
		}
		return nil
	}
	for hash := range o.exact {
		if err := c.add(hash); err != nil {
			return err
		}
	}
	return nil
}

// distinct is the number of distinct values.
func (c *cardinality) distinct() uint64 {
	if c.sketch != nil {
		return c.sketch.Estimate()
	}
	return uint64(len(c.exact))
}

func (c *cardinality) result() (query.AggResult, error) {
	return query.AggResult{Name: c.plan.agg.Name, Kind: c.plan.agg.Kind, Value: float64(c.distinct()), Valid: true}, nil
}
