package segment

import (
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"rastro/internal/event"
	"rastro/internal/segment/template"
)

// Another reader of the format must find the same values: every column, every
// row, and through the filters.
func TestOtherReaderReadsTheSame(t *testing.T) {
	t.Parallel()
	events := randomEvents(21, pageRows+50)
	meta := written(t, events, nil)
	handle, err := os.Open(meta.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer handle.Close()
	file, err := parquet.OpenFile(handle, meta.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if version, _ := file.Lookup(versionKey); version != formatVersion {
		t.Fatalf("version %q", version)
	}
	at := 0
	for _, g := range file.RowGroups() {
		checkFilters(t, g, events[at:at+int(g.NumRows())])
		rows := g.Rows()
		buffer := make([]parquet.Row, 100)
		for {
			n, err := rows.ReadRows(buffer)
			for _, row := range buffer[:n] {
				checkRow(t, file.Schema(), row, &events[at])
				at++
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		rows.Close()
	}
	if at != len(events) {
		t.Fatalf("%d rows, want %d", at, len(events))
	}
}

// checkRow compares one row, as another reader sees it, with its event.
func checkRow(t *testing.T, schema *parquet.Schema, row parquet.Row, e *event.Event) {
	t.Helper()
	values := make(map[string]parquet.Value)
	for _, v := range row {
		values[schema.Columns()[v.Column()][0]] = v
	}
	if values["rid"].Uint64() != e.RID || columnBits(schema, "@timestamp", values) != uint64(e.Time) ||
		columnBits(schema, "received_at", values) != uint64(e.ReceivedAt) {
		t.Fatalf("rid %d: fixed columns %v", e.RID, row)
	}
	for _, info := range event.Fields() {
		v, column := values[info.Name]
		want, has := e.Value(info.Field)
		switch layouts[info.Field] {
		case layoutNumber:
			if column && v.IsNull() == has || has && columnBits(schema, info.Name, values) != want.Bits {
				t.Fatalf("rid %d: %s = %v, want %v (%v)", e.RID, info.Name, v, want, has)
			}
		case layoutDict:
			if got := string(v.ByteArray()); got != wantStrings(e, info.Field) {
				t.Fatalf("rid %d: %s = %q, want %q", e.RID, info.Name, got, wantStrings(e, info.Field))
			}
		}
	}
	line, log := string(values["message"].ByteArray()), string(values["log_message"].ByteArray())
	if text := string(values["message_template"].ByteArray()); text != "" {
		var part string
		if line, part = rebuilt(t, text, string(values["message_rest"].ByteArray()), e); log == "" {
			log = part
		}
	}
	if start := values["log_message_start"]; !start.IsNull() {
		log = line[start.Int64():]
		if length := values["log_message_length"]; !length.IsNull() {
			log = log[:length.Int64()]
		}
	}
	if line != e.Str(event.Message) || log != e.Str(event.LogMessage) {
		t.Fatalf("rid %d: message %q, log_message %q", e.RID, line, log)
	}
	if extra := string(values["extra"].ByteArray()); len(e.Extra) > 0 && extra != extraObject(e.Extra) {
		t.Fatalf("rid %d: extra %s", e.RID, extra)
	}
}

// rebuilt puts a line together from its template and the values of the event,
// which those of the columns have been compared with.
func rebuilt(t *testing.T, text, rest string, e *event.Event) (line, log string) {
	t.Helper()
	tpl, err := template.Parse(text, templateColumn)
	if err != nil {
		t.Fatalf("rid %d: %v", e.RID, err)
	}
	rests := strings.SplitN(rest, Sep, max(1, tpl.Rests))
	var out []byte
	from, end := -1, -1
	for _, p := range tpl.Parts {
		switch p.Kind {
		case template.Literal:
			out = append(out, p.Text...)
		case template.Value:
			f := event.Field(p.Column)
			if layouts[f] == layoutDict {
				out = append(out, withoutSep(e.Strs(f)[p.Nth])...)
				continue
			}
			v, _ := e.Value(f)
			out = appendNumber(out, column(f), v.Bits)
		case template.Rest:
			out, rests = append(out, rests[0]...), rests[1:]
		case template.Time:
			out = new(template.Writer).Append(out, p.Layout, e.Time)
		case template.LogStart:
			from = len(out)
		case template.LogEnd:
			end = len(out)
		}
	}
	if from < 0 {
		return string(out), ""
	}
	if end < 0 {
		end = len(out)
	}
	return string(out), string(out[from:end])
}

// columnBits is a number as event.Value holds it, times in nanoseconds.
func columnBits(schema *parquet.Schema, name string, values map[string]parquet.Value) uint64 {
	v := values[name]
	leaf, _ := schema.Lookup(name)
	if l := leaf.Node.Type().LogicalType(); l != nil {
		if stamp, ok := l.Value.(*format.TimestampType); ok {
			switch stamp.Unit.Value.(type) {
			case *format.MicroSeconds:
				return v.Uint64() * 1000
			case *format.MilliSeconds:
				return v.Uint64() * 1_000_000
			}
		}
	}
	return numberBits(v)
}

// numberBits is a number as event.Value holds it.
func numberBits(v parquet.Value) uint64 {
	switch v.Kind() {
	case parquet.Boolean:
		if v.Boolean() {
			return 1
		}
		return 0
	case parquet.Double:
		return math.Float64bits(v.Double())
	default:
		return v.Uint64()
	}
}

// checkFilters asks the filters for every whole value.
func checkFilters(t *testing.T, g parquet.RowGroup, events []event.Event) {
	t.Helper()
	for i, path := range g.Schema().Columns() {
		id := columnNames[path[0]]
		bloom := g.ColumnChunks()[i].BloomFilter()
		if (bloom != nil) != filtered[id] {
			t.Fatalf("%s has a filter: %v", path[0], bloom != nil)
		}
		if bloom == nil {
			continue
		}
		for k := range events[:500] {
			value := wantStrings(&events[k], event.Field(id))
			if ok, err := bloom.Check(parquet.ValueOf(value)); err != nil || !ok {
				t.Fatalf("the filter of %s does not know %q: %v", path[0], value, err)
			}
		}
		if ok, err := bloom.Check(parquet.ValueOf(strings.Repeat("absent", 3))); err != nil || ok {
			t.Fatalf("the filter of %s knows an absent value: %v", path[0], err)
		}
	}
}
