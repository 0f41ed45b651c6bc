package aggs

import (
	"math"
	"strconv"
	"strings"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// dateHistogram is the aggregation "date_histogram".
type dateHistogram struct{ histogram }

// calendarUnits are the calendar intervals by their names.
var calendarUnits = map[string]string{
	"1m": "minute", "minute": "minute", "1h": "hour", "hour": "hour", "1d": "day", "day": "day",
	"1w": "week", "week": "week", "1M": "month", "month": "month",
	"1q": "quarter", "quarter": "quarter", "1y": "year", "year": "year",
}

func newDateHistogram(p *params) (kind, error) {
	h := &dateHistogram{histogram{agg: query.Agg{Kind: query.AggDateHistogram}}}
	h.field = p.dateField()
	h.agg.Field, h.agg.As = h.field.ref, event.Time
	h.agg.Zone, h.field.zone = p.zone()
	p.interval(&h.agg)
	if v := p.get("offset"); v != nil {
		h.agg.Offset = float64(p.duration(v, "offset"))
	}
	h.shared(p, func(v *value, name string) float64 { return above(p.date(v, &h.field)) })
	return h, nil
}

// dateField reads a field that holds dates.
func (p *params) dateField() field {
	f := p.field()
	p.needsDates(&f)
	return f
}

func (p *params) needsDates(f *field) {
	if (f.isKnownText() || f.ref.Field != event.NoField && f.ref.Field.Kind() != event.Time) && p.err == nil {
		p.err = p.fail(typeArgument, p.at, "Field ["+f.name+"] of type ["+typeOf(f)+"] is not supported for aggregation ["+p.typ+"]")
	}
	f.form = formDate
	if err := checkFormat(f.format); err != nil && p.err == nil {
		p.err = err
	}
}

// zone reads time_zone.
func (p *params) zone() (string, *time.Location) {
	v := p.get("time_zone")
	if v == nil {
		return "", time.UTC
	}
	name := v.text
	switch name {
	case "Z", "UTC", "GMT", "utc":
		return "", time.UTC
	}
	if hours, err := strconv.Atoi(name); err == nil && v.kind == isNumber && hours > -19 && hours < 19 {
		name = time.Unix(0, 0).In(time.FixedZone("", hours*3600)).Format("-07:00")
	}
	if t, err := time.Parse("-0700", name); err == nil {
		name = t.Format("-07:00")
	} else if t, err := time.Parse("-07", name); err == nil {
		name = t.Format("-07:00")
	}
	zone, err := search.Zone(name)
	if err != nil {
		p.failAt(v, typeArgument, "Unknown time-zone ID: %s (%v)", name, err)
		return "", time.UTC
	}
	return name, zone
}

// interval reads how long the buckets of dates are.
func (p *params) interval(a *query.Agg) {
	fixed, calendar, old := p.get("fixed_interval"), p.get("calendar_interval"), p.get("interval")
	switch {
	case fixed == nil && calendar == nil && old == nil:
		if p.err == nil {
			p.err = p.fail(typeArgument, p.at, "Invalid interval specified, must be non-null and non-empty")
		}
	case fixed != nil && calendar != nil || old != nil && (fixed != nil || calendar != nil):
		p.failAt(fixedOr(fixed, calendar, old), typeArgument, "Cannot use [fixed_interval] with [calendar_interval] or [interval] configuration options: choose one.")
	case calendar != nil:
		p.calendar(a, calendar)
	case fixed != nil:
		a.Interval = float64(p.duration(fixed, "fixed_interval"))
		p.positive(a, fixed)
	default:
		if _, ok := calendarUnits[old.text]; ok || old.text == "1s" || old.text == "second" {
			p.calendar(a, old)
			return
		}
		a.Interval = float64(p.duration(old, "interval"))
		p.positive(a, old)
	}
}

func fixedOr(list ...*value) *value {
	for _, v := range list {
		if v != nil {
			return v
		}
	}
	return nil
}

func (p *params) positive(a *query.Agg, v *value) {
	if a.Interval < nanos {
		p.failAt(v, typeArgument, "Zero or negative time interval not supported: [%s]", v.text)
	}
}

func (p *params) calendar(a *query.Agg, v *value) {
	if v.text == "1s" || v.text == "second" {
		a.Interval = float64(time.Second)
		return
	}
	unit, ok := calendarUnits[v.text]
	if !ok {
		p.failAt(v, typeArgument, "The supplied interval [%s] could not be parsed as a calendar interval.", v.text)
	}
	a.Calendar = unit
}

// timeUnits are the units of a duration.
var timeUnits = []struct {
	name string
	unit time.Duration
}{
	{"nanos", 1}, {"micros", time.Microsecond}, {"ms", time.Millisecond}, {"s", time.Second},
	{"m", time.Minute}, {"h", time.Hour}, {"H", time.Hour}, {"d", 24 * time.Hour}, {"w", 7 * 24 * time.Hour},
}

// duration reads 30s, -1d or milliseconds.
func (p *params) duration(v *value, name string) time.Duration {
	text := strings.TrimPrefix(strings.TrimSpace(v.text), "+")
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil && ms > -1<<40 && ms < 1<<40 {
		return time.Duration(ms) * time.Millisecond
	}
	for _, u := range timeUnits {
		number, ok := strings.CutSuffix(text, u.name)
		if !ok {
			continue
		}
		x, err := strconv.ParseFloat(number, 64)
		if err != nil || math.IsNaN(x) || math.Abs(x*float64(u.unit)) > 1<<62 {
			continue
		}
		return time.Duration(x * float64(u.unit))
	}
	p.failAt(v, typeArgument, "failed to parse setting [%s] with value [%s] as a time value: unit is missing or unrecognized; write 30s, 5m, 1h or 1d", name, v.text)
	return 0
}

// date reads a bound as nanoseconds.
func (p *params) date(v *value, f *field) int64 {
	if p.err != nil {
		return 0
	}
	zone := f.zone
	if zone == nil {
		zone = p.plan.opts.Zone
	}
	t, err := p.momentOf(v, f, zone)
	if err != nil {
		p.err = err
		return 0
	}
	return t.UnixNano()
}

func (p *params) momentOf(v *value, f *field, zone *time.Location) (time.Time, error) {
	if v.kind == isNumber && (f.format == "" || !strings.Contains(f.format, "epoch_second")) {
		if x, err := strconv.ParseFloat(v.text, 64); err == nil && math.Abs(x) < 9e12 {
			return time.UnixMilli(int64(x)).UTC(), nil
		}
	}
	t, err := moment(v.text, f.format, p.plan.opts.Now, zone, false)
	if err == nil && (t.Year() < 1678 || t.Year() > 2261) {
		err = badf("the date [%s] is out of range: years 1678 to 2261 are possible", v.text)
	}
	return t, err
}

// above is a number as floating point, not below itself: so that a bound on
// the border of a bucket stays in it.
func above(n int64) float64 {
	x := float64(n)
	if int64(x) < n {
		return math.Nextafter(x, math.Inf(1))
	}
	return x
}

func (h *dateHistogram) read(c *reading, n *node, r *query.AggResult) (*result, error) {
	out := &result{typed: "date_histogram", multi: true, keyed: h.keyed, sequence: true}
	if r == nil {
		return out, nil
	}
	for i := range r.Buckets {
		if h.beyond(r.Buckets, i) {
			continue
		}
		b, err := c.filled(n, r.Buckets[i])
		if err != nil {
			return nil, err
		}
		writeDateKey(b, &h.field)
		out.buckets = append(out.buckets, b)
	}
	h.sort(out.buckets)
	return out, nil
}

// beyond tells whether a bucket lies outside the hard bounds.
func (h *dateHistogram) beyond(list []query.Bucket, i int) bool {
	width := h.agg.Interval
	if h.agg.Calendar != "" && i+1 < len(list) {
		width = list[i+1].Number - list[i].Number
	}
	return h.outside(list[i].Number, width)
}

// writeDateKey writes the key of a bucket of dates.
func writeDateKey(b *bucket, f *field) {
	b.number = f.figure(b.number)
	b.key = writeDate(b.number, f.format, f.zone)
	b.fields = []jsonField{{"key_as_string", quoted(b.key)}, {"key", long(int64(b.number))}}
}
