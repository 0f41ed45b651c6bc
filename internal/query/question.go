package query

import (
	"time"

	"rastro/internal/event"
)

// Question is what a reader asks of a store.
type Question struct {
	// Filter is the condition; nil means All.
	Filter Filter
	// From and To bound @timestamp in nanoseconds since 1970: From inclusive,
	// To exclusive. 0 leaves an end open.
	From, To int64
	// UpTo leaves out the events whose RID is larger: a question asked again
	// with it sees no event that came in between. Above leaves out the events
	// whose RID is not larger. 0 is no bound.
	UpTo, Above uint64
	// Sort orders the hits; empty means newest first. Equal hits are ordered by
	// RID in the direction of the first key.
	Sort []SortKey
	// Limit is the number of hits wanted; 0 means none (counts and
	// aggregations only).
	Limit int
	// Skip leaves out that many hits first (Elasticsearch's from).
	Skip int
	// After continues behind the hit with this Cursor (search_after); nil
	// starts at the first.
	After *Cursor
	// Fields are the fields wanted in hits; nil means all. @timestamp and the
	// fields of identity (source_id, offset, event_id, index) come always.
	Fields []FieldRef
	// Count says how many matching events are counted: CountExact for all of
	// them, 0 for none needed, n to stop counting at n.
	Count int
	// CountFor ends the counting after that time, when the hits are found: Total
	// is then a lower bound and Answer.Progress tells about how many there are.
	// It does not end aggregations. 0 is no bound.
	CountFor time.Duration
	// SampleFor looks at some blocks only, which are spread over the question's
	// time, until that time is over; at least at one. Counts and aggregations are
	// those of what was looked at, see Answer.Progress. Hits cannot be asked for.
	// 0 looks at everything.
	SampleFor time.Duration
	// OnProgress is told now and then how far the question has come; it must not
	// take long, and is called by one goroutine at a time. nil if nobody cares.
	OnProgress func(Progress)
	// Aggs are the aggregations over all matching events.
	Aggs []Agg
	// MaxMemory bounds the bytes this question may hold at a time; 0 means the
	// engine's default. A question that needs more gives ErrTooBig, or a
	// partial answer where that is still true as far as it goes.
	MaxMemory int64
	// Workers says how many parts of the store may be read at a time at this
	// moment, at least 1; an engine asks it again and again. nil means one per
	// processor. It is called at the same time from several goroutines.
	Workers func() int
}

// CountExact asks for the exact number of matching events.
const CountExact = -1

// SortKey is one key of an order. Events without the field come last in both
// directions, unless the key says otherwise. A field with several values sorts by its smallest (ascending) or
// largest (descending). Fields that the table does not know are ordered as
// CompareUnknown has it.
type SortKey struct {
	Field FieldRef
	Desc  bool
	// Unit is what times are cut down to before they are compared, in
	// nanoseconds: two moments of one unit are equal. 0 and 1 cut nothing.
	// Cursors hold the beginning of the unit.
	Unit int64
	// AsTime reads the values of a field that the table does not know as dates,
	// see ParseDate; those that are none count as missing. Cursors hold Int.
	AsTime bool
	// MissingFirst puts events without the field before the others.
	MissingFirst bool
	// Missing is the value that events without the field are ordered by; nil
	// for none. Their cursors hold it.
	Missing *CursorKey
}

// Cut cuts a moment down to the beginning of its unit.
func (k SortKey) Cut(ns int64) int64 {
	if k.Unit <= 1 {
		return ns
	}
	rest := ns % k.Unit
	if rest < 0 {
		rest += k.Unit
	}
	return ns - rest
}

// Earliest is the key of an unknown field's values that are read as dates: the
// earliest, or the latest where the order is descending.
func (k SortKey) Earliest(values []string) CursorKey {
	key := CursorKey{Missing: true}
	for _, v := range values {
		ns, ok := ParseDate(v)
		if !ok {
			continue
		}
		if ns = k.Cut(ns); key.Missing || (ns < key.Int) != k.Desc && ns != key.Int {
			key = CursorKey{Int: ns}
		}
	}
	return key
}

// Arrival names, in a SortKey, the order in which events came in: their RIDs.
// Keys of cursors hold it as Int. It is no field.
const Arrival = "_doc"

// ByArrival is the field of such a SortKey.
func ByArrival() FieldRef { return FieldRef{Name: Arrival} }

// IsArrival tells whether a key orders by Arrival.
func (k SortKey) IsArrival() bool { return k.Field.Field == event.NoField && k.Field.Name == Arrival }

// Cursor is a place in an ordered list of hits.
type Cursor struct {
	// Keys holds the hit's values of the sort keys, in their order.
	Keys []CursorKey
	// RID is the hit's number; the tie break.
	RID uint64
}

// CursorKey is the value of one sort key.
type CursorKey struct {
	Missing bool
	Text    string  // Keyword, Text, IP and unknown fields
	Int     int64   // Integer, Bool, Time
	Float   float64 // Number
}

// Agg is one aggregation. Kind says which fields of it count.
type Agg struct {
	// Name is the caller's name for the result.
	Name string
	Kind AggKind
	// Field is what is aggregated; unused by AggFilters.
	Field FieldRef
	// Size is the number of buckets wanted by AggTerms; 0 means 10.
	Size int
	// Order sorts the buckets of AggTerms; empty means count descending. Equal
	// buckets are ordered by key, ascending.
	Order []AggOrder
	// Missing is the value that stands for events without one: a key for
	// AggTerms, else as a number (of a time nanoseconds) for aggregations of
	// numbers; "" leaves them out.
	Missing string
	// Keep chooses the keys of AggTerms; nil takes all. It is called at the same
	// time from several goroutines.
	Keep func(key string) bool
	// As says how the values of a field that the table does not know are read:
	// Keyword as they are (and as numbers where numbers are wanted); Number and
	// Time (ParseDate, figures are then nanoseconds) leave out what is none.
	As event.Kind
	// MinCount leaves out buckets with fewer events. Histograms fill empty
	// buckets between the first and the last when it is 0; terms treat 0 as 1.
	MinCount int
	// Interval is the width of histogram buckets: nanoseconds for
	// AggDateHistogram with a fixed interval, the field's unit for AggHistogram.
	Interval float64
	// Calendar is the calendar interval of AggDateHistogram: minute, hour, day,
	// week (from Monday), month, quarter or year; "" means Interval.
	Calendar string
	// Zone is the IANA zone or offset (+01:00) in which dates are rounded; ""
	// means UTC.
	Zone string
	// Offset shifts the borders of histogram buckets.
	Offset float64
	// BoundsMin and BoundsMax, when HasBounds, widen a histogram with
	// MinCount 0 to this range (extended_bounds); same unit as keys.
	HasBounds            bool
	BoundsMin, BoundsMax float64
	// Ranges are the buckets of AggRange: from inclusive, to exclusive.
	Ranges []AggRangeBucket
	// Filters are the buckets of AggFilters.
	Filters []AggFilterBucket
	// Percents are the percentiles wanted, 0 to 100; nil means 1, 5, 25, 50,
	// 75, 95, 99.
	Percents []float64
	// Values are the values whose ranks AggPercentileRanks tells.
	Values []float64
	// Nearest makes AggPercentiles tell a value that is there, the first one that
	// as many are not above, rather than one between two; and AggPercentileRanks
	// count equal values whole rather than by half.
	Nearest bool
	// Weight is the field of the weights of AggWeightedAvg; WeightMissing stands
	// for events without one.
	Weight        FieldRef
	WeightMissing string
	// Sort and Fields are those of AggTopHits, as in a Question; Size is the
	// number of hits, at most MaxTopHits.
	Sort   []SortKey
	Fields []FieldRef
	// Parts are what the keys of AggTuples are made of, and After is the key
	// behind which its buckets begin.
	Parts []AggPart
	After []AggKey
	// Subs are the aggregations inside each bucket.
	Subs []Agg
}

// ExactDistinct is up to how many values AggCardinality counts exactly; beyond
// it Value is an estimate, about 0.5 % off.
const ExactDistinct = 100_000

// MaxTopHits is the largest Size of AggTopHits.
const MaxTopHits = 1000

// AggPart is one part of the keys of AggTuples: the values of a field, or the
// buckets of a histogram over it.
type AggPart struct {
	// Kind is AggTerms, AggHistogram or AggDateHistogram; the other fields are
	// those of an Agg of this kind.
	Kind             AggKind
	Field            FieldRef
	Interval, Offset float64
	Calendar, Zone   string
	As               event.Kind
	// Null takes events without a value into a bucket of their own; Missing, if
	// not "", stands for the value instead. Others are left out.
	Null    bool
	Missing string
	// Desc turns the order round; NullLast puts the bucket without a value last
	// rather than first, whatever the direction.
	Desc, NullLast bool
}

// AggKey is one part of a key of AggTuples.
type AggKey struct {
	Null bool
	// Text is the value as in Bucket.Key; the key of a histogram has none.
	Text string
	// Number is the number of it (of times nanoseconds): of number fields and of
	// histograms.
	Number float64
}

// AggKind is the kind of an aggregation.
type AggKind uint8

// The kinds of aggregation. Those up to AggTuples make buckets.
const (
	AggTerms AggKind = iota
	AggDateHistogram
	AggHistogram
	AggRange
	AggFilters
	// AggTuples has a bucket per combination of the values of several fields.
	// Without Order they come by key and may be paged with After: then no more
	// than about Size buckets are held.
	AggTuples
	AggCardinality
	AggPercentiles
	AggMin
	AggMax
	AggAvg
	AggSum
	AggStats
	AggValueCount
	AggPercentileRanks
	AggWeightedAvg
	// AggDeviation is the median of the distances from the median.
	AggDeviation
	// AggBoxplot tells the smallest and the largest value, the quartiles, and
	// the last values within one and a half times the distance of the quartiles.
	AggBoxplot
	// AggTopHits is the first events in an order.
	AggTopHits
)

// HasBuckets tells whether results of the kind have buckets.
func (k AggKind) HasBuckets() bool { return k <= AggTuples }

// AggOrder is one key of the order of terms buckets: ByCount, ByKey or the
// name of a metric in Subs ("delay_avg"; for stats and percentiles "name.avg",
// "name.95").
type AggOrder struct {
	By   string
	Desc bool
}

// The two built-in orders of AggOrder.By.
const (
	ByCount = "_count"
	ByKey   = "_key"
)

// AggRangeBucket is one bucket of AggRange.
type AggRangeBucket struct {
	Key            string
	From, To       float64
	HasFrom, HasTo bool
}

// AggFilterBucket is one bucket of AggFilters.
type AggFilterBucket struct {
	Key    string
	Filter Filter
}

// MemoryUse is the memory of the questions that are being answered, in bytes.
type MemoryUse struct {
	// Used is what they hold together, at most Limit; PerQuestion is what one
	// may hold.
	Used, Limit, PerQuestion int64
	// RefusedAlone are the questions that needed more than one may have,
	// RefusedTogether those for which the others left too little.
	RefusedAlone, RefusedTogether uint64
}

// Answer is what a store returns.
type Answer struct {
	Hits []Hit
	// Total is the number of matching events; a lower bound unless TotalExact.
	Total      int64
	TotalExact bool
	// Aggs holds one result per aggregation of the question, in its order.
	Aggs []AggResult
	// Partial tells that the answer is true as far as it goes but not whole;
	// PartialReasons says why (deadline, memory, a quarantined file).
	Partial        bool
	PartialReasons []string
	// Progress is how far it came: Seen is less than Of where SampleFor, CountFor,
	// the deadline or a bounded count ended it.
	Progress Progress
	// Scanned counts the events that were looked at, for statistics.
	Scanned int64
}

// ReasonDeadline is the one reason of Answer.PartialReasons that may be gone
// when the question is asked again: its time was over.
const ReasonDeadline = "deadline"

// Hit is one matching event with its place in the order.
type Hit struct {
	Event  event.Event
	Cursor Cursor
}

// AggResult is the result of one aggregation.
type AggResult struct {
	Name string
	Kind AggKind
	// Buckets of the bucket kinds. Terms: wanted order; histograms and ranges:
	// ascending; filters: as asked.
	Buckets []Bucket
	// OtherCount counts the events in terms buckets that are not listed.
	OtherCount int64
	// Value of AggCardinality, AggMin, AggMax, AggAvg, AggSum, AggValueCount;
	// Valid is false where no event had a value (min, max, avg).
	Value float64
	Valid bool
	// Stats of AggStats.
	Stats Stats
	// Percentiles, in the order asked; NaN where no event had a value. Of
	// AggPercentileRanks Percent is the answer.
	Percentiles []Percentile
	// Box of AggBoxplot, where Valid.
	Box Box
	// Hits of AggTopHits; Value is the number of all events.
	Hits []Hit
}

// Box is the figures of AggBoxplot.
type Box struct{ Min, Max, Q1, Q2, Q3, Lower, Upper float64 }

// Bucket is one bucket of an aggregation.
type Bucket struct {
	// Key is the value as text: terms as stored, histograms as number, times as
	// RFC 3339.
	Key string
	// Keys are the parts of the key of AggTuples.
	Keys []AggKey
	// Number is the key of histograms (nanoseconds for dates) and of terms over
	// numbers.
	Number float64
	// Range bounds of AggRange.
	From, To       float64
	HasFrom, HasTo bool
	Count          int64
	Subs           []AggResult
}

// Stats are the figures of AggStats; Count 0 leaves the others 0.
type Stats struct {
	Count         int64
	Min, Max, Sum float64
	// SumSquares is the sum of the squares of the values.
	SumSquares float64
}

// Percentile is one point of AggPercentiles.
type Percentile struct {
	Percent, Value float64
}
