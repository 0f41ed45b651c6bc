package main

import "math"

// rng is SplitMix64: small, fast, and the same wherever the seed is the same.
type rng struct{ state uint64 }

func (r *rng) next() uint64 {
	r.state += 0x9E3779B97F4A7C15
	z := r.state
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB
	return z ^ (z >> 31)
}

// below returns a number in [0, n).
func (r *rng) below(n int) int { return int((r.next() >> 11) % uint64(n)) }

// float returns a number in [0, 1).
func (r *rng) float() float64 { return float64(r.next()>>11) / (1 << 53) }

// exponential returns a waiting time with mean 1.
func (r *rng) exponential() float64 { return -math.Log(1 - r.float()) }

// chance is true in the share p of all calls.
func (r *rng) chance(p float64) bool { return r.float() < p }

// mix is a number that looks random and belongs to x for good: it gives
// address 17 the same name and domain in every line.
func mix(x uint64) uint64 {
	r := rng{x}
	return r.next()
}

// zipf picks indices in [0, n) so that few of them are picked very often, as
// mailboxes are. It is the inverse of the continuous power law: no tables.
type zipf struct {
	n        int
	exponent float64
	span     float64
}

func newZipf(n int, exponent float64) zipf {
	return zipf{n, exponent, 1 - math.Pow(float64(n)+1, 1-exponent)}
}

func (z zipf) pick(r *rng) int {
	i := int(math.Pow(1-r.float()*z.span, 1/(1-z.exponent)) - 1)
	return min(i, z.n-1)
}
