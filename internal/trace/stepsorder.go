package trace

// wholeSeconds moves steps whose log counts whole seconds behind those that a
// server does before them, where another log tells these in fractions of the
// same second. refs are in order, and few.
func wholeSeconds(refs []stepRef) []stepRef {
	const second = int64(1e9)
	for i := len(refs) - 1; i >= 0; i-- {
		r := refs[i]
		if r.time%second != 0 {
			continue
		}
		to := i
		for j := i + 1; j < len(refs) && refs[j].time < r.time+second; j++ {
			if refs[j].time%second != 0 && refs[j].place < r.place {
				to = j
			}
		}
		copy(refs[i:to], refs[i+1:to+1])
		refs[to] = r
	}
	return refs
}
