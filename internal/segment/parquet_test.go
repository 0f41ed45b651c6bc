package segment

import (
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"rastro/internal/event"
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
	if values["rid"].Uint64() != e.RID || values["@timestamp"].Int64() != e.Time || values["received_at"].Int64() != e.ReceivedAt {
		t.Fatalf("rid %d: fixed columns %v", e.RID, row)
	}
	for _, info := range event.Fields() {
		v, column := values[info.Name]
		want, has := e.Value(info.Field)
		switch layouts[info.Field] {
		case layoutNumber:
			if column && v.IsNull() == has || has && numberBits(v) != want.Bits {
				t.Fatalf("rid %d: %s = %v, want %v (%v)", e.RID, info.Name, v, want, has)
			}
		case layoutDict:
			if got := string(v.ByteArray()); got != wantStrings(e, info.Field) {
				t.Fatalf("rid %d: %s = %q, want %q", e.RID, info.Name, got, wantStrings(e, info.Field))
			}
		}
	}
	line, log := string(values["message"].ByteArray()), string(values["log_message"].ByteArray())
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
