package rest

import "strings"

// UnknownMetric is the failure of a metric that an endpoint does not know; it
// offers the one that was probably meant.
func UnknownMetric(path, name string, known []string) *Failure {
	if near := nearest(name, known); near != "" {
		return Illegal("request [%s] contains unrecognized metric: [%s] -> did you mean [%s]?", path, name, near)
	}
	return Illegal("request [%s] contains unrecognized metric: [%s]; there are: %s", path, name, strings.Join(known, ", "))
}

// nearest is the word that differs from name by the fewest letters, at most two;
// "" for none.
func nearest(name string, known []string) string {
	best, word := 3, ""
	for _, k := range known {
		if len(name) > 64 {
			break
		}
		if d := distance(name, k); d < best {
			best, word = d, k
		}
	}
	return word
}

// distance is the number of letters to change, put in or leave out.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		above := row[0]
		row[0] = i + 1
		for j := range len(b) {
			here := min(row[j]+1, row[j+1]+1)
			if a[i] == b[j] {
				here = min(here, above)
			} else {
				here = min(here, above+1)
			}
			above, row[j+1] = row[j+1], here
		}
	}
	return row[len(b)]
}
