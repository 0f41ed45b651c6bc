package document

// Names holds short strings that come again and again. It is for one
// goroutine; the zero Names is empty and ready for use.
type Names map[string]string

// Bounds of what is held.
const (
	maxNames     = 1024
	maxNameBytes = 256
)

// Of returns b as a string.
func (m *Names) Of(b []byte) string {
	if s, ok := (*m)[string(b)]; ok {
		return s
	}
	s := string(b)
	m.hold(s, s)
	return s
}

// Text returns what raw, the inside of a JSON string, stands for.
func (m *Names) Text(raw []byte) string {
	if s, ok := (*m)[string(raw)]; ok {
		return s
	}
	s := string(AppendText(nil, raw))
	if len(raw) <= maxNameBytes {
		m.hold(string(raw), s)
	}
	return s
}

func (m *Names) hold(key, s string) {
	if len(s) > maxNameBytes {
		return
	}
	if *m == nil || len(*m) >= maxNames {
		*m = make(Names)
	}
	(*m)[key] = s
}
