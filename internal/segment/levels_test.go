package segment

import (
	"testing"

	"github.com/parquet-go/parquet-go/encoding/rle"
)

// FuzzLevels compares with the decoder of the library.
func FuzzLevels(f *testing.F) {
	f.Add([]byte{3, 0b10110101}, uint8(7), uint8(0))
	f.Add([]byte{20, 1, 5, 0xff, 0x0f, 8, 0}, uint8(30), uint8(60))
	f.Add([]byte{0xfe, 0xff, 0x03, 1}, uint8(200), uint8(3))
	f.Fuzz(func(t *testing.T, levels []byte, rows, first uint8) {
		if len(levels) > 200 {
			return
		}
		body := append([]byte{byte(len(levels)), 0, 0, 0}, levels...)
		present := make([]uint64, (int(first)+int(rows)+63)>>6)
		rest, count, err := decodeLevels(append(body, 7), present, int(first), int(rows))
		if err != nil {
			return
		}
		if len(rest) != 1 || rest[0] != 7 {
			t.Fatalf("rest is %v", rest)
		}
		want, err := (&rle.Encoding{BitWidth: 1}).DecodeLevels(nil, levels)
		if err != nil { // the library looks at what follows the rows too
			return
		}
		var list []int
		eachSet(present, int(first), int(rows), func(i int) { list = append(list, i) })
		if len(list) != count {
			t.Fatalf("%d rows listed, %d counted", len(list), count)
		}
		for i := range int(rows) {
			set := len(list) > 0 && list[0] == i
			if set {
				list = list[1:]
			}
			if set != (want[i] == 1) {
				t.Fatalf("row %d of %v", i, want)
			}
		}
		for i, w := range present {
			if i == 0 {
				w &= 1<<min(first, 63) - 1
			}
			if i < int(first)>>6 && w != 0 {
				t.Fatal("bits before the first row")
			}
		}
	})
}
