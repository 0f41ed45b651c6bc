package query

import "strings"

// maxNear is the longest name that Distance looks at, in bytes.
const maxNear = 64

// Distance is the number of bytes to insert, remove, replace or swap with their
// neighbor to make b of a. Names of more than 64 bytes are as far apart as they
// are long.
func Distance(a, b string) int {
	if len(a) > maxNear || len(b) > maxNear {
		return max(len(a), len(b))
	}
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}

// Nearest is the known name that is most like a wrong one, without case, with
// at most so many differences; "" for none.
func Nearest(wrong string, known []string, most int) string {
	best, least := "", most+1
	wrong = strings.ToLower(wrong)
	for _, name := range known {
		if d := Distance(wrong, strings.ToLower(name)); d < least {
			best, least = name, d
		}
	}
	return best
}
