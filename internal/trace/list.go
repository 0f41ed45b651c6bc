package trace

// list holds the values of a field that mostly has one.
type list struct {
	first string
	rest  *list
}

func (l *list) add(s string) {
	if s == "" {
		return
	}
	for ; l.first != ""; l = l.rest {
		if l.first == s {
			return
		}
		if l.rest == nil {
			l.rest = &list{first: s}
			return
		}
	}
	l.first = s
}

func (l *list) has(s string) bool {
	for ; l != nil; l = l.rest {
		if l.first == s && s != "" {
			return true
		}
	}
	return false
}

func (l *list) len() int {
	n := 0
	for ; l != nil && l.first != ""; l = l.rest {
		n++
	}
	return n
}

func (l *list) all() []string {
	var all []string
	l.each(func(s string) { all = append(all, s) })
	return all
}

// each calls visit with every value.
func (l *list) each(visit func(string)) {
	for ; l != nil && l.first != ""; l = l.rest {
		visit(l.first)
	}
}
