package searches

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"rastro/internal/elastic/aggs"
	"rastro/internal/elastic/rest"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/query/dsl"
)

// cursorKey reads a value of search_after.
func (k *sortKey) cursorKey(raw json.RawMessage, opts dsl.Options) (query.CursorKey, error) {
	kind := kindOf(raw)
	if kind == "VALUE_NULL" {
		return query.CursorKey{Missing: true}, nil
	}
	text := string(bytes.TrimSpace(raw))
	if kind == "VALUE_STRING" {
		if err := json.Unmarshal(raw, &text); err != nil {
			return query.CursorKey{}, err
		}
	}
	switch {
	case kind == "START_OBJECT" || kind == "START_ARRAY":
		return query.CursorKey{}, k.badValue(text, "")
	case k.isText():
		return query.CursorKey{Text: query.Canonical(k.key.Field, text)}, nil
	case k.isTime():
		return k.timeKey(text, kind == "VALUE_STRING", opts)
	}
	x, err := strconv.ParseFloat(text, 64)
	if b, berr := strconv.ParseBool(text); berr == nil && kind != "VALUE_NUMBER" {
		if x, err = 0, nil; b {
			x = 1
		}
	}
	switch {
	case err != nil || math.IsNaN(x):
		return query.CursorKey{}, k.badValue(text, `For input string: "`+text+`"`)
	case k.isFloat():
		if math.IsInf(x, 0) {
			return query.CursorKey{Missing: true}, nil
		}
		return query.CursorKey{Float: x}, nil
	case math.Abs(x) >= 1<<63: // what the key shows for events without a value
		return query.CursorKey{Missing: true}, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		n = int64(x)
	}
	return query.CursorKey{Int: n}, nil
}

// timeKey reads a moment: as a number, or as text in the key's format.
func (k *sortKey) timeKey(text string, quoted bool, opts dsl.Options) (query.CursorKey, error) {
	x, err := strconv.ParseFloat(text, 64)
	if err == nil && (!quoted || k.format == "") {
		unit := int64(time.Millisecond)
		if k.nanos || math.Abs(x) > 1e16 && math.Abs(x) < 1<<63 {
			unit = 1
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			n = int64(x)
		}
		if math.Abs(x) >= 1<<63 || unit > 1 && math.Abs(x) > math.MaxInt64/1e6 {
			return query.CursorKey{Missing: true}, nil
		}
		return query.CursorKey{Int: n * unit}, nil
	}
	if strings.HasPrefix(text, "now") || strings.Contains(text, "||") {
		return query.CursorKey{}, k.badValue(text, "failed to parse date field ["+text+"]")
	}
	t, err := dsl.Moment(text, k.format, false, opts)
	if err != nil {
		format := k.format
		if format == "" {
			format = "strict_date_optional_time||epoch_millis"
		}
		return query.CursorKey{}, rest.Fail(http.StatusBadRequest, "parse_exception", "failed to parse date field ["+text+"] with format ["+format+"]")
	}
	return query.CursorKey{Int: t.UnixNano()}, nil
}

func (k *sortKey) badValue(text, cause string) error {
	f := rest.Illegal("Failed to parse search_after value for field [%s].", k.name)
	if cause != "" {
		f.CausedBy = rest.Fail(http.StatusBadRequest, "number_format_exception", cause)
	}
	return f
}

// values are the values of a hit as search_after takes them.
func (o *order) values(h *query.Hit, score float64) []any {
	if len(o.keys) == 0 {
		return nil
	}
	values := make([]any, 0, len(o.keys))
	at := 0
	for i := range o.keys {
		k := &o.keys[i]
		if k.score {
			values = append(values, double(score))
			continue
		}
		if at < len(h.Cursor.Keys) {
			values = append(values, k.value(h, &h.Cursor.Keys[at]))
		}
		at++
	}
	return values
}

// value is one value of a hit.
func (k *sortKey) value(h *query.Hit, c *query.CursorKey) any {
	switch {
	case c.Missing:
		return k.missing()
	case k.isText():
		if k.key.Field.Field == event.NoField && isNumber(c.Text) && !heldAsText(h, k.name, c.Text) {
			return json.RawMessage(c.Text)
		}
		return c.Text
	case k.isFloat():
		return double(c.Float)
	case !k.isTime():
		return c.Int
	case k.format != "":
		return aggs.WriteDate(c.Int, k.format)
	case k.nanos:
		return c.Int
	}
	return c.Int / int64(time.Millisecond)
}

// missing is what is shown for an event without a value.
func (k *sortKey) missing() any {
	last := k.key.Desc == k.key.MissingFirst // the value is the largest there is
	switch {
	case k.isText():
		return nil
	case k.isFloat() && last:
		return "Infinity"
	case k.isFloat():
		return "-Infinity"
	case k.format != "":
		return nil
	case last:
		return int64(math.MaxInt64)
	}
	return int64(math.MinInt64)
}

func isNumber(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil && json.Valid([]byte(text))
}

// heldAsText tells whether an unknown field has the value as a JSON string.
func heldAsText(h *query.Hit, name, text string) bool {
	for _, v := range extraLeaves(&h.Event).values(fieldSpec{name: name}) {
		if raw, ok := v.(json.RawMessage); ok && string(raw) == strconv.Quote(text) {
			return true
		}
	}
	return false
}
