package segment

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/parquet-go/parquet-go"

	"rastro/internal/event"
)

// streamed writes events as a Stream does.
func streamed(t *testing.T, events []event.Event) *parquet.File {
	t.Helper()
	var out bytes.Buffer
	s := NewStream(&out)
	for i := range events {
		if err := s.Add(&events[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestStreamIsReadByOthers(t *testing.T) {
	events := randomEvents(8, groupRows+700)
	for i, j := 0, len(events)-1; i < j; i, j = i+1, j-1 { // any order will do
		events[i], events[j] = events[j], events[i]
	}
	f := streamed(t, events)
	if f.NumRows() != int64(len(events)) || len(f.RowGroups()) != 2 {
		t.Fatalf("%d rows in %d groups", f.NumRows(), len(f.RowGroups()))
	}
	if version, _ := f.Lookup(versionKey); version == formatVersion {
		t.Error("it looks like a segment")
	}
	leaves := map[string]int{}
	for i, path := range f.Schema().Columns() {
		leaves[path[0]] = i
	}
	at := 0
	for _, g := range f.RowGroups() {
		for _, c := range g.ColumnChunks() {
			if c.BloomFilter() != nil {
				t.Fatal("there is a Bloom filter")
			}
		}
		rows, buffer := g.Rows(), make([]parquet.Row, 100)
		for {
			n, err := rows.ReadRows(buffer)
			for _, row := range buffer[:n] {
				checkStreamed(t, leaves, row, &events[at])
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
		t.Errorf("%d rows of %d", at, len(events))
	}
}

func checkStreamed(t *testing.T, leaves map[string]int, row parquet.Row, e *event.Event) {
	t.Helper()
	get := func(name string) parquet.Value {
		i, ok := leaves[name]
		if !ok {
			t.Fatalf("there is no column %s", name)
		}
		return row[i]
	}
	if get("rid").Uint64() != e.RID || get("@timestamp").Int64() != e.Time || get("received_at").Int64() != e.ReceivedAt {
		t.Fatalf("rid %d: fixed columns %v", e.RID, row)
	}
	for _, info := range event.Fields() {
		v := get(info.Name)
		want, has := e.Value(info.Field)
		switch {
		case info.Field == event.EventID:
			if v.String() != e.ID() {
				t.Fatalf("rid %d: event_id %v, want %s", e.RID, v, e.ID())
			}
		case layouts[info.Field] == layoutNumber:
			if v.IsNull() == has || has && numberBits(v) != want.Bits {
				t.Fatalf("rid %d: %s = %v, want %v (%v)", e.RID, info.Name, v, want, has)
			}
		case layouts[info.Field] == layoutDict:
			if got := string(v.ByteArray()); got != wantStrings(e, info.Field) {
				t.Fatalf("rid %d: %s = %q, want %q", e.RID, info.Name, got, wantStrings(e, info.Field))
			}
		case layouts[info.Field] == layoutLine:
			if got := string(v.ByteArray()); got != e.Str(info.Field) {
				t.Fatalf("rid %d: %s = %q, want %q", e.RID, info.Name, got, e.Str(info.Field))
			}
		}
	}
	want := ""
	if len(e.Extra) > 0 {
		want = extraObject(e.Extra)
	}
	if got := string(get("extra").ByteArray()); got != want {
		t.Fatalf("rid %d: extra %q, want %q", e.RID, got, want)
	}
}

func TestStreamOfNothing(t *testing.T) {
	if f := streamed(t, nil); f.NumRows() != 0 || len(f.Schema().Columns()) < 50 {
		t.Errorf("%d rows, %d columns", f.NumRows(), len(f.Schema().Columns()))
	}
}

// failingWriter takes so many bytes.
type failingWriter struct{ left int }

func (w *failingWriter) Write(b []byte) (int, error) {
	if w.left -= len(b); w.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(b), nil
}

func TestStreamFails(t *testing.T) {
	for _, room := range []int{0, 100, 20_000} {
		s := NewStream(&failingWriter{left: room})
		var err error
		for _, e := range randomEvents(9, 500) {
			if err = s.Add(&e); err != nil {
				break
			}
		}
		if err == nil {
			err = s.Close()
		}
		if !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("room for %d bytes: %v", room, err)
		}
	}
}
