package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// separator parts the values of a field within a string.
const separator = "\x1f"

// row is one event as the columns tell it, in the form of JSON.
type row struct {
	rid  uint64
	time int64
	// values are those of the fields that Rastro knows, extras of the others.
	values, extras map[string]any
	// What complete needs: message as its bytes are, where log_message stands in
	// it, the unknown fields.
	message, extra string
	start, length  *int64
	// What rebuild needs: the template and the leftovers of the line, and texts
	// as their bytes are.
	template, rest string
	raw            map[string]string
}

// compareRows sorts by time, then by number.
func compareRows(a, b row) int {
	return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.rid, b.rid))
}

// set takes one value of a column.
func (r *row) set(name string, column arrow.Array, at int) error {
	if column.IsNull(at) {
		return nil
	}
	switch c := column.(type) {
	case *array.String:
		r.text(name, c.Value(at))
	case *array.Binary:
		r.text(name, string(c.Value(at)))
	case *array.Uint64:
		if name != "rid" {
			return fmt.Errorf("an unsigned number")
		}
		r.rid = c.Value(at)
	case *array.Int64:
		n := c.Value(at)
		switch name {
		case "log_message_start":
			r.start = &n
		case "log_message_length":
			r.length = &n
		default:
			r.values[name] = n
		}
	case *array.Float64:
		r.values[name] = number(c.Value(at))
	case *array.Boolean:
		r.values[name] = c.Value(at)
	case *array.Timestamp:
		unit := c.DataType().(*arrow.TimestampType)
		if unit.Unit == arrow.Second || unit.TimeZone != "UTC" {
			return fmt.Errorf("a time in %v, zone %q", unit.Unit, unit.TimeZone)
		}
		nanos := int64(c.Value(at)) * int64(unit.Unit.Multiplier())
		if name == "@timestamp" {
			r.time = nanos
		}
		r.values[name] = time.Unix(0, nanos).UTC().Format(time.RFC3339Nano)
	case array.ExtensionArray:
		return r.set(name, c.Storage(), at)
	default:
		return fmt.Errorf("a %T", column)
	}
	return nil
}

func (r *row) text(name, text string) {
	if r.raw == nil {
		r.raw = map[string]string{}
	}
	r.raw[name] = text
	switch {
	case text == "":
		return
	case name == "extra":
		r.extra = text
		return
	case name == "message_template":
		r.template = text
		return
	case name == "message_rest":
		r.rest = text
		return
	case name == "message":
		r.message = text
	case strings.Contains(text, separator) && name != "log_message":
		var all []any
		for _, one := range strings.Split(text, separator) {
			all = append(all, valid(one))
		}
		r.values[name] = all
		return
	}
	r.values[name] = valid(text)
}

// valid writes bytes that are no UTF-8 as JSON has them.
func valid(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	return string([]rune(text))
}

// complete adds what stands in several columns.
func (r *row) complete() error {
	if r.template != "" {
		if err := r.rebuild(); err != nil {
			return err
		}
	}
	if r.start != nil {
		from, to := *r.start, int64(len(r.message))
		if r.length != nil {
			to = from + *r.length
		}
		if from < 0 || to < from || to > int64(len(r.message)) {
			return fmt.Errorf("log_message stands at %d to %d of a message of %d bytes", from, to, len(r.message))
		}
		r.values["log_message"] = valid(r.message[from:to])
	}
	if _, ok := r.values["event_id"]; !ok {
		source, _ := r.values["source_id"].(string)
		offset, _ := r.values["offset"].(int64)
		r.values["event_id"] = fmt.Sprintf("%s@%d", source, offset)
	}
	return r.unknown()
}

// unknown adds the fields that Rastro does not know.
func (r *row) unknown() error {
	if r.extra == "" {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader([]byte(r.extra)))
	d.UseNumber()
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("extra: %w", err)
	}
	all := map[string][]any{}
	for d.More() {
		name, err := d.Token()
		var value any
		if err == nil {
			err = d.Decode(&value)
		}
		if err != nil {
			return fmt.Errorf("extra: %w", err)
		}
		key := name.(string)
		all[key] = append(all[key], plain(value))
	}
	r.extras = map[string]any{}
	for key, values := range all {
		if r.extras[key] = values; len(values) == 1 {
			r.extras[key] = values[0]
		}
	}
	return nil
}

// number gives whole numbers the form in which plain gives them.
func number(f float64) any {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return int64(f)
	}
	return f
}

// plain makes numbers of JSON comparable.
func plain(value any) any {
	switch v := value.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		if f, err := v.Float64(); err == nil {
			return number(f)
		}
		return v.String()
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = plain(v[name])
		}
	}
	return value
}
