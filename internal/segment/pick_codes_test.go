package segment

import (
	"slices"
	"testing"
)

// FuzzPickCodes compares with decoding the whole page.
func FuzzPickCodes(f *testing.F) {
	f.Add([]byte{3, 3, 0x88, 0xc6, 0xfa, 20, 5}, uint8(18), uint16(0x5a5a))
	f.Add([]byte{0, 40}, uint8(20), uint16(0xffff))
	f.Add([]byte{}, uint8(0), uint16(0xffff))
	f.Add([]byte{32, 2, 7, 1, 40, 1}, uint8(1), uint16(1))
	f.Add([]byte{9, 2, 7, 1, 40, 1, 1}, uint8(20), uint16(0x1111))
	f.Fuzz(func(t *testing.T, body []byte, count uint8, chosen uint16) {
		body = slices.Clip(body) // the decoder reads beyond the end where there is memory
		all := make([]uint32, count)
		if len(body) > 200 || decodeCodes(body, 1<<31, all) != nil {
			return
		}
		const first = 100
		var rows, want []uint32
		for i := range all {
			if chosen>>(i%16)&1 == 1 {
				rows, want = append(rows, uint32(first+i)), append(want, all[i])
			}
		}
		got := make([]uint32, len(rows))
		if err := pickCodes(body, first, rows, got); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("rows %v have %v, want %v", rows, got, want)
		}
	})
}

// TestPickEntries looks codes up in a dictionary that is not cut.
func TestPickEntries(t *testing.T) {
	t.Parallel()
	var d packedDict
	for _, text := range []string{"", "a", "bb", "ccc"} {
		d.body = appendText(d.body, text)
		d.count++
	}
	out := make([]string, 5)
	if err := d.pick([]uint32{3, 0, 2, 2, 1}, out); err != nil || !slices.Equal(out, []string{"ccc", "", "bb", "bb", "a"}) {
		t.Fatal(out, err)
	}
	if err := d.pick([]uint32{4}, out); err == nil {
		t.Error("a code behind the last entry is found")
	}
	d.body = d.body[:len(d.body)-1]
	if err := d.pick([]uint32{3}, out); err == nil {
		t.Error("a torn entry is found")
	}
}
