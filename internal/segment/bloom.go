package segment

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/cespare/xxhash/v2"
	filter "github.com/parquet-go/parquet-go/bloom"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"rastro/internal/event"
)

// bloom is the values of one column chunk, hashed, for its filter.
type bloom struct {
	chunk int // number of the chunk in its row group
	id    column
	bits  []uint64
}

// bloomHashes hashes the dictionary entries just written: each entry as it
// stands, which is what other readers ask for, and each single value in
// canonical form, which is what MayHold asks for. The memory is a new one.
func (w *writer) bloomHashes(id column) []uint64 {
	hashes := make([]uint64, 0, len(w.scratch.entries))
	for _, entry := range w.scratch.entries {
		hashes = append(hashes, xxhash.Sum64String(entry))
		if entry == "" {
			continue
		}
		for value := range strings.SplitSeq(entry, Sep) {
			if canonical := w.opts.canonical(event.Field(id), value); canonical != entry {
				hashes = append(hashes, xxhash.Sum64String(canonical))
			}
		}
	}
	return hashes
}

// bitsOf is the bits of a column's filter per value. Ids are asked for by the
// thousand, so that few may be taken for one that is there.
func bitsOf(id column) uint {
	if id == column(event.EventID) {
		return 2 * bloomBits
	}
	return bloomBits
}

// writeBloom writes a filter: Parquet's header and bits, and after them the
// hash of the bits, because Parquet has no checksum for filters.
func (w *writer) writeBloom(m *format.ColumnMetaData, id column, hashes []uint64) error {
	f := make(filter.SplitBlockFilter, filter.NumSplitBlocksOf(int64(len(hashes)), bitsOf(id)))
	f.InsertBulk(hashes)
	data := f.Bytes()
	head, err := thrift.Marshal(&thrift.CompactProtocol{}, &format.BloomFilterHeader{
		NumBytes:    int32(len(data)),
		Algorithm:   format.BloomFilterAlgorithm{Value: &format.SplitBlockAlgorithm{}},
		Hash:        format.BloomFilterHash{Value: &format.XxHash{}},
		Compression: format.BloomFilterCompression{Value: &format.BloomFilterUncompressed{}},
	})
	if err != nil {
		return fmt.Errorf("encoding a filter header: %w", err)
	}
	m.BloomFilterOffset = w.out.offset
	m.BloomFilterLength = int32(len(head) + len(data))
	w.out.write(head)
	w.out.write(data)
	w.out.write(binary.LittleEndian.AppendUint64(nil, xxhash.Sum64(data)))
	return nil
}

// parseBloom checks a filter as writeBloom wrote it and returns its bits.
func parseBloom(b []byte) (filter.SplitBlockFilter, error) {
	if len(b) < 8 {
		return nil, fmt.Errorf("filter of %d bytes", len(b))
	}
	b, sum := b[:len(b)-8], binary.LittleEndian.Uint64(b[len(b)-8:])
	data := b[len(b)%filter.BlockSize:] // the header is shorter than a block
	if len(data) == 0 || xxhash.Sum64(data) != sum {
		return nil, fmt.Errorf("filter checksum differs")
	}
	return filter.MakeSplitBlockFilter(append([]byte(nil), data...)), nil
}
