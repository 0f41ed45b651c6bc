package trace

// spelledAlike tells whether two values differ by at most two letters put in,
// left out, changed or swapped with their neighbor.
func spelledAlike(a, b string) bool {
	const most = 2
	if a == b || len(a)-len(b) > most || len(b)-len(a) > most || len(a) > 300 {
		return false
	}
	prior, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := row[0]
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], prior[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > most {
			return false
		}
		prior, above, row = above, row, prior
	}
	return above[len(b)] <= most
}
