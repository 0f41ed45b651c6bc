package template

const (
	// guesses is the number of lists of guesses, guessed the length of each.
	guesses = 256
	guessed = 4
)

// remember notes the base of a line, for the next line that is like it.
func (e *Encoder) remember(alike, id uint32) {
	list := &e.alike[alike%guesses]
	copy(list[1:], list[:])
	list[0] = id + 1
}

// guess tries the bases that lines like this one had last: nearly every line
// has one of them, and to compare is faster than to search. The leftovers are
// appended to spans where one fits.
func (e *Encoder) guess(l *Line) (id uint32, ok bool) {
	list := &e.alike[l.Alike%guesses]
	from := len(e.spans)
	for i, n := range list {
		if n == 0 {
			break
		}
		if e.fits(e.all[n-1], l) {
			copy(list[1:i+1], list[:i])
			list[0] = n
			return n - 1, true
		}
		e.spans = e.spans[:from]
	}
	return 0, false
}

// fits tells whether a line is what a base makes of its row.
func (e *Encoder) fits(b *base, l *Line) bool {
	text, at, rests := l.Text, 0, 0
	logFrom, logEnd := -1, len(text)
	for i := range b.parts {
		n := 0
		switch p := &b.parts[i]; p.Kind {
		case Literal:
			if n = len(p.Text); len(text)-at < n || text[at:at+n] != p.Text {
				return false
			}
		case Value:
			value := l.Row.Value(p.Column, p.Nth)
			if n = len(value); n == 0 || len(text)-at < n || text[at:at+n] != value {
				return false
			}
		case Time:
			e.times.buffer = e.times.writer.Append(e.times.buffer[:0], p.Layout, l.Time)
			if n = len(e.times.buffer); len(text)-at < n || text[at:at+n] != string(e.times.buffer) {
				return false
			}
		case Rest:
			if n, _ = wordLength(text[at:]); n == 0 {
				return false
			}
			s := span{from: uint32(at), to: uint32(at + n)}
			if n <= 2 {
				s.equal = e.stillEqual(b.rests[rests].equal, l.Row, text[at:at+n])
			}
			e.spans = append(e.spans, s)
			rests++
		case LogStart:
			logFrom = at
		case LogEnd:
			logEnd = at
		}
		at += n
	}
	return at == len(text) && logFrom == l.LogFrom && (logFrom < 0 || logEnd == l.LogEnd)
}

// stillEqual is those of some columns of numbers that have a text as value.
func (e *Encoder) stillEqual(columns uint32, row Row, text string) (bits uint32) {
	for i, c := range e.numbers[:e.known] {
		if columns&(1<<i) != 0 && row.Value(c, 0) == text {
			bits |= 1 << i
		}
	}
	return bits
}
