package main

// step is something that happens at a moment: a line to write, or a message
// that is to be delivered or told of.
type step struct {
	at   int64 // microseconds since the start
	seq  uint32
	host uint8  // index of the host that writes text
	text []byte // the line from the program's name on; nil for messages
	m    *message
	what uint8
}

// The kinds of steps with a message.
const (
	stepAttempt uint8 = iota + 1
	stepTruth
)

// schedule is a heap of steps, the earliest first. Steps of one moment keep
// the order in which they were planned.
type schedule []step

func (s schedule) less(i, j int) bool {
	return s[i].at < s[j].at || s[i].at == s[j].at && int32(s[i].seq-s[j].seq) < 0
}

func (s *schedule) push(x step) {
	*s = append(*s, x)
	a := *s
	for i := len(a) - 1; i > 0; {
		parent := (i - 1) / 2
		if !a.less(i, parent) {
			break
		}
		a[i], a[parent] = a[parent], a[i]
		i = parent
	}
}

func (s *schedule) pop() step {
	a := *s
	first, n := a[0], len(a)-1
	a[0], a[n] = a[n], step{}
	a = a[:n]
	*s = a
	for i := 0; ; {
		child := 2*i + 1
		if child >= n {
			break
		}
		if right := child + 1; right < n && a.less(right, child) {
			child = right
		}
		if !a.less(child, i) {
			break
		}
		a[i], a[child] = a[child], a[i]
		i = child
	}
	return first
}
