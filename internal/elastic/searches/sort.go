package searches

import (
	"math"
	"strings"
	"time"

	"rastro/internal/elastic/aggs"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/source"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/query/dsl"
)

// maxSorts bounds the keys of one order.
const maxSorts = 32

// sortKey is one key of an order as it was asked for.
type sortKey struct {
	name string
	// score keys are constants: they order nothing, and show as values.
	score bool
	// shardDoc is _shard_doc, which only a point in time has.
	shardDoc bool
	key      query.SortKey
	// format writes and reads dates; "" is milliseconds.
	format string
	// nanos shows dates in nanoseconds.
	nanos bool
	// unmapped tells that a field that no event has is all right.
	unmapped bool
	numeric  string
}

// readSort reads the value of sort in a body.
func (m *member) readSort() ([]sortKey, error) {
	list, err := m.elements()
	if err != nil {
		return nil, err
	}
	var keys []sortKey
	for i := range list {
		one := &list[i]
		switch kindOf(one.raw) {
		case "VALUE_STRING":
			text, err := one.text()
			if err != nil {
				return nil, err
			}
			key, err := newSortKey(text, "")
			if err != nil {
				return nil, err
			}
			keys = append(keys, key)
		case "START_OBJECT":
			parts, err := one.of().members()
			if err != nil {
				return nil, err
			}
			for k := range parts {
				key, err := parts[k].readSortKey()
				if err != nil {
					return nil, err
				}
				keys = append(keys, key)
			}
		default:
			return nil, rest.Illegal("malformed sort format, within the sort array, an object, or an actual string are allowed")
		}
	}
	if len(keys) > maxSorts {
		return nil, rest.Illegal("there are %d keys in [sort]; at most %d", len(keys), maxSorts)
	}
	return keys, nil
}

// sortParam reads the parameter sort: field:asc,other:desc.
func sortParam(text string) ([]sortKey, error) {
	var keys []sortKey
	for _, part := range source.List(text) {
		name, order := part, ""
		if i := strings.LastIndexByte(part, ':'); i >= 0 {
			name, order = part[:i], part[i+1:]
		}
		key, err := newSortKey(name, order)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// newSortKey makes a key; order "" is the default of the name.
func newSortKey(name, order string) (sortKey, error) {
	k := sortKey{name: name}
	switch name {
	case "_score":
		k.score = true
	case "_doc":
		k.key.Field = query.ByArrival()
	case "_shard_doc":
		k.key.Field, k.shardDoc = query.ByArrival(), true
	case "":
		return k, rest.Illegal("[sort] names no field")
	default:
		k.key.Field = query.Ref(name)
		if k.key.Field.Field != event.NoField && k.key.Field.Field.Kind() == event.Time {
			k.key.Unit = int64(time.Millisecond)
		}
	}
	switch strings.ToLower(order) {
	case "":
	case "asc":
	case "desc":
		k.key.Desc = true
	default:
		return k, rest.Illegal("No enum constant org.elasticsearch.search.sort.SortOrder.%s: the order of [%s] is asc or desc", strings.ToUpper(order), name)
	}
	return k, nil
}

// readSortKey reads "field": "asc" or "field": {…}.
func (m *member) readSortKey() (sortKey, error) {
	if m.name == "_script" || m.name == "_geo_distance" {
		return sortKey{}, rest.Illegal("sorting by [%s] is not supported: scripts and places are not known here; sort by a field", m.name)
	}
	if kindOf(m.raw) != "START_OBJECT" {
		order, err := m.text()
		if err != nil {
			return sortKey{}, err
		}
		return newSortKey(m.name, order)
	}
	parts, err := m.of().members()
	if err != nil {
		return sortKey{}, err
	}
	k, err := newSortKey(m.name, "")
	if err != nil {
		return k, err
	}
	for i := range parts {
		if err := parts[i].readSortOption(&k); err != nil {
			return k, err
		}
	}
	return k, k.check()
}

func (m *member) readSortOption(k *sortKey) error {
	switch m.name {
	case "order":
		order, err := m.text()
		if err != nil {
			return err
		}
		made, err := newSortKey(k.name, order)
		k.key.Desc = made.key.Desc
		return err
	case "missing":
		return m.readMissing(k)
	case "unmapped_type":
		_, err := m.text()
		k.unmapped = true
		return err
	case "mode":
		mode, err := m.text()
		if err != nil {
			return err
		}
		return k.checkMode(strings.ToLower(mode))
	case "format":
		var err error
		k.format, err = m.text()
		return err
	case "numeric_type":
		var err error
		k.numeric, err = m.text()
		return err
	case "nested", "nested_path", "nested_filter":
		return rest.Illegal("[%s] in [sort] is not supported: fields are flat here; name the field itself", m.name)
	}
	return contentFailure(m.line, m.col, "[field_sort] unknown field ["+m.name+"]")
}

// checkMode takes the mode that is the order's own.
func (k *sortKey) checkMode(mode string) error {
	f := k.key.Field.Field
	single := f != event.NoField && !event.Describe(f).Multi
	switch mode {
	case "min", "max", "sum", "avg", "median":
	default:
		return rest.Illegal("Unknown SortMode [%s]", mode)
	}
	if single || mode == "max" && k.key.Desc || mode == "min" && !k.key.Desc {
		return nil
	}
	return rest.Illegal("the mode [%s] of [%s] is not supported: a field with several values is ordered by its smallest one (asc) or its largest (desc)", mode, k.name)
}

// check reads what depends on the whole key.
func (k *sortKey) check() error {
	f := k.key.Field.Field
	isTime := f != event.NoField && f.Kind() == event.Time
	switch k.numeric {
	case "", "long", "double", "date":
	case "date_nanos":
		if isTime {
			k.nanos, k.key.Unit = true, 0
		}
	default:
		return rest.Illegal("invalid value for [numeric_type], must be [long, double, date, date_nanos], got %s", k.numeric)
	}
	if k.format != "" && isTime {
		if err := aggs.CheckDateFormat(k.format); err != nil {
			return rest.Illegal("%s", err)
		}
	}
	return nil
}

// readMissing reads where events without a value come.
func (m *member) readMissing(k *sortKey) error {
	text, err := m.text()
	if err != nil {
		return err
	}
	switch text {
	case "_last":
	case "_first":
		k.key.MissingFirst = true
	default:
		value, err := k.cursorKey(m.raw, dsl.Options{})
		if err != nil {
			return err
		}
		k.key.Missing = &value
	}
	return nil
}

// isFloat tells how numbers of the key are held.
func (k *sortKey) isFloat() bool {
	return k.key.Field.Field != event.NoField && k.key.Field.Field.Kind() == event.Number
}

// isText tells that values are held as text.
func (k *sortKey) isText() bool {
	return !k.key.IsArrival() && !k.key.AsTime && (k.key.Field.Field == event.NoField || k.key.Field.Field.Kind().IsText())
}

func (k *sortKey) isTime() bool {
	return k.key.AsTime || k.key.Field.Field != event.NoField && k.key.Field.Field.Kind() == event.Time
}

// dates reads the values of keys whose fields a mapping calls dates as such.
func (o *order) dates(types mapped) {
	for i := range o.keys {
		k := &o.keys[i]
		if k.score || k.key.IsArrival() || k.key.Field.Field != event.NoField {
			continue
		}
		switch types.of(k.name) {
		case "date":
			k.key.AsTime, k.key.Unit = true, int64(time.Millisecond)
		case "date_nanos":
			k.key.AsTime, k.nanos = true, true
		}
	}
}

// order is the order of a search.
type order struct {
	keys []sortKey
	// tie tells that the last key was added to break ties.
	tie bool
}

// scored tells that hits have a score.
func (o *order) scored() bool {
	if len(o.keys) == 0 {
		return true
	}
	for i := range o.keys {
		if o.keys[i].score {
			return true
		}
	}
	return false
}

// question are the keys that order something.
func (o *order) question() []query.SortKey {
	var keys []query.SortKey
	for i := range o.keys {
		if !o.keys[i].score {
			keys = append(keys, o.keys[i].key)
		}
	}
	return keys
}

// cursor reads search_after: one value for each key. What the keys leave equal
// lies behind the cursor.
func (o *order) cursor(m *member, opts dsl.Options) (*query.Cursor, error) {
	if kindOf(m.raw) != "START_ARRAY" {
		return nil, rest.Parsing(m.line, m.col, "Unknown key for a "+kindOf(m.raw)+" in [search_after].")
	}
	values, err := m.elements()
	if err != nil {
		return nil, err
	}
	want := len(o.keys)
	switch {
	case len(values) == 0:
		return nil, rest.Illegal("Values must contain at least one value.")
	case want == 0:
		return nil, rest.Illegal("Sort must contain at least one field.")
	case len(values) != want && !(o.tie && len(values) == want-1):
		return nil, rest.Illegal("search_after has %d value(s) but sort has %d.", len(values), want)
	}
	keys := o.question()
	desc := len(keys) > 0 && keys[0].Desc || len(keys) == 0
	c := &query.Cursor{RID: math.MaxUint64}
	if desc {
		c.RID = 0
	}
	for i := range o.keys {
		k := &o.keys[i]
		switch {
		case k.score:
			continue
		case i >= len(values): // the tie break: behind all that are equal
			c.Keys = append(c.Keys, query.CursorKey{Int: math.MaxInt64})
			continue
		}
		key, err := k.cursorKey(values[i].raw, opts)
		if err != nil {
			return nil, err
		}
		c.Keys = append(c.Keys, key)
	}
	if len(keys) == 0 {
		return nil, rest.Illegal("search_after needs a field in [sort]: every hit has the same score")
	}
	return c, nil
}
