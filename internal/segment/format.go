package segment

import (
	"fmt"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"rastro/internal/event"
)

// Sizes of the parts of a file.
const (
	// groupRows is the most rows of a row group, groupBytes the text beyond
	// which a group ends earlier (one row may go beyond it).
	groupRows  = 32_768
	groupBytes = 32 << 20
	// pageRows is the rows of a page of codes or numbers. Pages of lines end
	// at linePageBytes, so that reading one line unpacks little.
	pageRows      = 8_192
	linePageBytes = 64 << 10
	// restPageBytes is the same for the leftovers of lines, which are short.
	restPageBytes = 256 << 10
	// maxPageBytes bounds what one page may unpack to.
	maxPageBytes = 256 << 20
	// maxTailBytes bounds the footer and the page indexes together.
	maxTailBytes = 256 << 20
	// bloomBits is the bits of a Bloom filter per value.
	bloomBits = 12
)

const (
	magic = "PAR1"
	// formatVersion counts the ways of writing; the package comment describes it.
	// Version 1 had neither templates nor times in units other than nanoseconds.
	formatVersion = "2"
	versionKey    = "rastro.format"
	schemaKey     = "rastro.schema"
	// emptyKey marks a column chunk in which no row has a value.
	emptyKey = "rastro.empty"
	// listKey marks a chunk of texts in which a row has several values.
	listKey = "rastro.list"
	// logKey marks a chunk of templates of which some hold a log_message.
	logKey = "rastro.log"
)

// column numbers the columns of a file: an event.Field, or one of those below.
type column uint8

const (
	columnRID      = column(event.FieldCount) + iota
	columnStart    // where log_message starts in message, in bytes
	columnLength   // its bytes, where it does not reach to the end of message
	columnExtra    // unknown fields, one JSON object
	columnTemplate // how message is put together, see package template
	columnRest     // what of message is nowhere else
	columnCount
)

// name is the column's name in the file.
func (c column) name() string {
	switch c {
	case columnRID:
		return "rid"
	case columnStart:
		return "log_message_start"
	case columnLength:
		return "log_message_length"
	case columnExtra:
		return "extra"
	case columnTemplate:
		return "message_template"
	case columnRest:
		return "message_rest"
	default:
		return event.Field(c).Name()
	}
}

// columnNames finds a column by its name.
var columnNames = func() map[string]column {
	m := make(map[string]column, columnCount)
	for c := column(event.NoField) + 1; c < columnCount; c++ {
		m[c.name()] = c
	}
	return m
}()

// filtered are the columns with a Bloom filter.
var filtered = [columnCount]bool{
	event.QueueID: true, event.MessageID: true, event.SessionID: true,
	event.ParentQueueID: true, event.NextQueueID: true, event.RemoteQueueID: true,
	event.Sender: true, event.Recipient: true, event.OriginalRecipient: true,
	event.Username: true, event.ClientIP: true, event.RelayIP: true,
	// Whoever writes a document with an id asks whether it is there.
	event.EventID: true,
}

// ascending are the number columns whose values seldom repeat.
var ascending = [columnCount]bool{
	event.Timestamp: true, event.ReceivedAt: true, event.NextRetry: true, event.Offset: true, columnRID: true,
}

// physical is the Parquet type a column is written as.
func (c column) physical() format.Type {
	switch {
	case c == columnRID || c == columnStart || c == columnLength:
		return format.Int64
	case c == columnExtra || c == columnTemplate || c == columnRest:
		return format.ByteArray
	}
	switch kind := event.Field(c).Kind(); {
	case kind.IsText():
		return format.ByteArray
	case kind == event.Number:
		return format.Double
	case kind == event.Bool:
		return format.Boolean
	default:
		return format.Int64
	}
}

// schemaElement describes a column to any Parquet reader.
// unit is the nanoseconds of a unit of a time.
func (c column) schemaElement(required bool, unit int64) format.SchemaElement {
	repetition := format.Optional
	if required {
		repetition = format.Required
	}
	e := format.SchemaElement{
		Type: thrift.New(c.physical()), RepetitionType: thrift.New(repetition), Name: c.name(),
	}
	switch {
	case c == columnExtra:
		e.ConvertedType = thrift.New(deprecated.Json)
		e.LogicalType.Value = &format.JsonType{}
	case c == columnRID:
		e.ConvertedType = thrift.New(deprecated.Uint64)
		e.LogicalType.Value = &format.IntType{BitWidth: 64}
	case c.physical() == format.ByteArray:
		e.ConvertedType = thrift.New(deprecated.UTF8)
		e.LogicalType.Value = &format.StringType{}
	case c < column(event.FieldCount) && event.Field(c).Kind() == event.Time:
		e.LogicalType.Value = &format.TimestampType{
			IsAdjustedToUTC: true, Unit: timeUnit(unit),
		}
	}
	return e
}

// The units of times, in nanoseconds.
const (
	nanos  = 1
	micros = 1_000
	millis = 1_000_000
)

// timeUnit describes a unit to any Parquet reader.
func timeUnit(unit int64) format.TimeUnit {
	switch unit {
	case millis:
		return format.TimeUnit{Value: &format.MilliSeconds{}}
	case micros:
		return format.TimeUnit{Value: &format.MicroSeconds{}}
	default:
		return format.TimeUnit{Value: &format.NanoSeconds{}}
	}
}

// unitOf is the unit of a column as its schema tells it; 1 for numbers that
// are no times.
func unitOf(e *format.SchemaElement) int64 {
	t, ok := e.LogicalType.Value.(*format.TimestampType)
	if !ok {
		return nanos
	}
	switch t.Unit.Value.(type) {
	case *format.MilliSeconds:
		return millis
	case *format.MicroSeconds:
		return micros
	default:
		return nanos
	}
}

// Meta describes a finished file; the list of files keeps it.
type Meta struct {
	Path  string `json:"path"`
	Rows  int    `json:"rows"`
	Bytes int64  `json:"bytes"`
	// Sum is the xxHash64 of the whole file.
	Sum      uint64 `json:"sum"`
	FirstRID uint64 `json:"first_rid"`
	LastRID  uint64 `json:"last_rid"`
	// MinTime and MaxTime bound @timestamp, both inclusive.
	MinTime int64 `json:"min_time"`
	MaxTime int64 `json:"max_time"`
	// Columns are the names of the columns that hold anything.
	Columns []string `json:"columns,omitempty"`
	// Groups are the row groups, in the order of the file.
	Groups []GroupMeta `json:"groups"`
}

// GroupMeta describes one row group.
type GroupMeta struct {
	Rows    int   `json:"rows"`
	MinTime int64 `json:"min_time"`
	MaxTime int64 `json:"max_time"`
}

// Options of writing and opening. The zero value is ready for use.
type Options struct {
	// Canonical gives the form in which MayHold will be asked for a value. It
	// must not change during the life of a file. nil is lower case for fields
	// that fold and the value itself for others.
	Canonical func(f event.Field, value string) string
	// Words calls visit with every word of a text, or of a JSON object of unknown
	// fields, in the form in which WordRuns will be asked for words; the bytes
	// are valid during the call only. Blanks and the characters ()[]{}<>"':;,=
	// are in no word. It must not change during the life of a
	// file. nil writes files without an index of words.
	Words func(text string, object bool, visit func(word []byte))
	// Dense packs pages harder: two per cent smaller, for about a tenth more time
	// of writing. It is for files that stay. Readers need not know.
	Dense bool
	// Cache keeps decoded parts of files. It may be shared by many files; nil
	// keeps nothing.
	Cache *Cache
}

func (o Options) canonical(f event.Field, value string) string {
	if o.Canonical != nil {
		return o.Canonical(f, value)
	}
	if event.Describe(f).Fold {
		return strings.ToLower(value)
	}
	return value
}

// packer compresses pages, densePacker harder; both are safe for concurrent
// use.
var (
	packer      = sync.OnceValue(func() *zstd.Encoder { return newPacker(zstd.SpeedDefault) })
	densePacker = sync.OnceValue(func() *zstd.Encoder { return newPacker(zstd.SpeedBetterCompression) })
)

func newPacker(level zstd.EncoderLevel) *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithWindowSize(1<<20),
		zstd.WithEncoderCRC(false), zstd.WithSingleSegment(true), zstd.WithZeroFrames(true), zstd.WithEncoderConcurrency(2))
	if err != nil {
		panic(err) // the options are constants
	}
	return e
}

// unpacker is the counterpart of packer.
var unpacker = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxPageBytes))
	if err != nil {
		panic(err) // the options are constants
	}
	return d
})

// unpack decompresses a page that must have exactly size bytes. It allocates
// only when the frame itself claims that size too.
func unpack(dst, packed []byte, size int) ([]byte, error) {
	var h zstd.Header
	if err := h.Decode(packed); err != nil {
		return nil, fmt.Errorf("reading the zstd header: %w", err)
	}
	if size < 0 || size > maxPageBytes || !h.HasFCS || h.FrameContentSize != uint64(size) {
		return nil, fmt.Errorf("page of %d bytes claims %d", h.FrameContentSize, size)
	}
	if cap(dst) < size {
		dst = make([]byte, 0, size)
	}
	out, err := unpacker().DecodeAll(packed, dst[:0])
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	if len(out) != size {
		return nil, fmt.Errorf("page unpacked to %d bytes, not %d", len(out), size)
	}
	return out, nil
}
