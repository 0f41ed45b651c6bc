package query

import (
	"math"
	"strings"
	"unicode/utf8"
)

// otherDomain is the other spelling of an international domain (RFC 5891): its
// labels as letters for xn--…, and the other way round; "" where there is none.
func otherDomain(domain string) string {
	labels, changed := strings.Split(domain, "."), false
	for i, label := range labels {
		other, ok := "", false
		if bare, coded := strings.CutPrefix(strings.ToLower(label), "xn--"); coded {
			other, ok = decodePunycode(bare)
		} else if !isASCII(label) {
			other, ok = encodePunycode(strings.ToLower(label))
			other = "xn--" + other
		}
		if ok {
			labels[i], changed = other, true
		}
	}
	if !changed {
		return ""
	}
	return strings.Join(labels, ".")
}

// The parameters of Punycode, RFC 3492.
const (
	punyBase, punyTMin, punyTMax = 36, 1, 26
	punySkew, punyDamp           = 38, 700
	punyBias, punyFirst          = 72, 128
	punyDigits                   = "abcdefghijklmnopqrstuvwxyz0123456789"
)

// punyAdapt is the next bias.
func punyAdapt(delta, points int, first bool) int {
	if delta /= 2; first {
		delta = delta * 2 / punyDamp
	}
	delta += delta / points
	k := 0
	for ; delta > (punyBase-punyTMin)*punyTMax/2; k += punyBase {
		delta /= punyBase - punyTMin
	}
	return k + (punyBase-punyTMin+1)*delta/(delta+punySkew)
}

// punyThreshold is the threshold of a digit.
func punyThreshold(k, bias int) int { return min(max(k-bias, punyTMin), punyTMax) }

func decodePunycode(text string) (string, bool) {
	var out []rune
	if i := strings.LastIndexByte(text, '-'); i > 0 {
		out, text = []rune(text[:i]), text[i+1:]
	}
	n, at, bias := punyFirst, 0, punyBias
	for len(text) > 0 {
		before, weight := at, 1
		for k := punyBase; ; k += punyBase {
			if text == "" {
				return "", false
			}
			digit := strings.IndexByte(punyDigits, text[0])
			text = text[1:]
			if digit < 0 || digit > (math.MaxInt32-at)/weight {
				return "", false
			}
			at += digit * weight
			t := punyThreshold(k, bias)
			if digit < t {
				break
			}
			if weight > math.MaxInt32/(punyBase-t) {
				return "", false
			}
			weight *= punyBase - t
		}
		bias = punyAdapt(at-before, len(out)+1, before == 0)
		n += at / (len(out) + 1)
		at %= len(out) + 1
		if n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
			return "", false
		}
		out = append(out, 0)
		copy(out[at+1:], out[at:])
		out[at] = rune(n)
		at++
	}
	return string(out), true
}

func encodePunycode(text string) (string, bool) {
	var out strings.Builder
	runes := []rune(text)
	for _, r := range runes {
		if r < punyFirst {
			out.WriteRune(r)
		}
	}
	done := out.Len()
	first := done
	if done > 0 {
		out.WriteByte('-')
	}
	n, delta, bias := punyFirst, 0, punyBias
	for done < len(runes) {
		next := math.MaxInt32
		for _, r := range runes {
			if int(r) >= n {
				next = min(next, int(r))
			}
		}
		delta += (next - n) * (done + 1)
		if n = next; delta > math.MaxInt32/2 {
			return "", false
		}
		for _, r := range runes {
			if int(r) < n {
				delta++
			}
			if int(r) != n {
				continue
			}
			rest := delta
			for k := punyBase; ; k += punyBase {
				t := punyThreshold(k, bias)
				if rest < t {
					break
				}
				out.WriteByte(punyDigits[t+(rest-t)%(punyBase-t)])
				rest = (rest - t) / (punyBase - t)
			}
			out.WriteByte(punyDigits[rest])
			bias = punyAdapt(delta, done+1, done == first)
			delta = 0
			done++
		}
		delta++
		n++
	}
	return out.String(), true
}
