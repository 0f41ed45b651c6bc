package aggs

import (
	"encoding/binary"
	"math/bits"
	"strconv"
)

// partition is the part of all keys that a key is in, of several. Keys are
// spread as Elasticsearch spreads them: strings by MurmurHash 3 of 32 bits with
// the seed 31, numbers by a mixer of 64 bits.
func partition(f form, key string, parts uint64) uint64 {
	if f == formLong || f == formDate {
		if n, err := strconv.ParseInt(key, 10, 64); err == nil {
			return floorMod(int64(mix64(uint64(n))), parts)
		}
	}
	return floorMod(int64(int32(murmur3([]byte(key), 31))), parts)
}

func floorMod(x int64, parts uint64) uint64 {
	rest := x % int64(parts)
	if rest < 0 {
		rest += int64(parts)
	}
	return uint64(rest)
}

// mix64 is David Stafford's variant 4 of a finishing step.
func mix64(z uint64) uint64 {
	z = (z ^ z>>32) * 0x4cd6944c5cc20b6d
	z = (z ^ z>>29) * 0xfc12c5b19d3259e9
	return z ^ z>>32
}

// murmur3 is MurmurHash3_x86_32.
func murmur3(text []byte, seed uint32) uint32 {
	const c1, c2 = 0xcc9e2d51, 0x1b873593
	h, rest := seed, text
	for ; len(rest) >= 4; rest = rest[4:] {
		k := binary.LittleEndian.Uint32(rest) * c1
		h ^= bits.RotateLeft32(k, 15) * c2
		h = bits.RotateLeft32(h, 13)*5 + 0xe6546b64
	}
	var k uint32
	for i := len(rest) - 1; i >= 0; i-- {
		k = k<<8 | uint32(rest[i])
	}
	h ^= bits.RotateLeft32(k*c1, 15) * c2
	h ^= uint32(len(text))
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}
