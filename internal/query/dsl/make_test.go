package dsl_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"rastro/internal/event"
)

// maker makes up queries about what the events hold.
type maker struct {
	rand   *rand.Rand
	events []event.Event
}

func pick[T any](m *maker, list ...T) T { return list[m.rand.IntN(len(list))] }

// value is a value that some event has for a field; "" if none is found soon.
func (m *maker) value(f event.Field) string {
	for range 200 {
		list := valuesOf(&m.events[m.rand.IntN(len(m.events))], f)
		if len(list) == 0 {
			continue
		}
		if v := list[m.rand.IntN(len(list))]; utf8.ValidString(v) && v != "" && len(v) < 2000 && !strings.Contains(v, "\x00") {
			return v
		}
	}
	return ""
}

// query makes a query of so many levels at most.
func (m *maker) query(depth int) made {
	if depth > 0 && m.rand.IntN(3) > 0 {
		switch m.rand.IntN(7) {
		case 0:
			return m.not(depth)
		case 1:
			return m.sequence(depth)
		case 2:
			return m.atLeast(depth)
		case 3, 4:
			return m.join(depth, "must", " AND ")
		default:
			return m.join(depth, "should", " OR ")
		}
	}
	for {
		leaves := []func() made{
			m.word, m.word, m.phrase, m.anyWords, m.term, m.term, m.term, m.pattern, m.pattern, m.expression, m.near,
			m.numbers, m.numbers, m.letters, m.address, m.dates, m.dates, m.exists, m.several, m.unknown, m.unknown, m.unknownNumbers, m.flow,
		}
		if q := leaves[m.rand.IntN(len(leaves))](); q.holds != nil {
			return q
		}
	}
}

// list makes a few queries.
func (m *maker) list(depth, n int) []made {
	list := make([]made, n)
	for i := range list {
		list[i] = m.query(depth - 1)
	}
	return list
}

func dslOf(list []made) []any {
	all := make([]any, len(list))
	for i := range list {
		all[i] = list[i].dsl
	}
	return all
}

// join requires all of some queries, or one of them.
func (m *maker) join(depth int, occur, operator string) made {
	list := m.list(depth, 2+m.rand.IntN(2))
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = list[i].text
	}
	if occur == "must" && m.rand.IntN(2) == 0 {
		occur = "filter"
	}
	return made{"(" + strings.Join(texts, operator) + ")", one("bool", one(occur, dslOf(list))), func(e *event.Event) bool {
		holds := func(q made) bool { return q.holds(e) }
		if occur == "should" {
			return slices.ContainsFunc(list, holds)
		}
		return !slices.ContainsFunc(list, func(q made) bool { return !q.holds(e) })
	}}
}

func (m *maker) not(depth int) made {
	q := m.query(depth - 1)
	return made{"(NOT " + q.text + ")", one("bool", one("must_not", q.dsl)), func(e *event.Event) bool { return !q.holds(e) }}
}

// atLeast requires two of three queries.
func (m *maker) atLeast(depth int) made {
	q := m.list(depth, 3)
	text := fmt.Sprintf("((%s AND %s) OR (%s AND %s) OR (%s AND %s))", q[0].text, q[1].text, q[0].text, q[2].text, q[1].text, q[2].text)
	least := pick[any](m, 2, "2", "-1", "67%", "-34%", "2<-1")
	return made{text, one("bool", object{"should": dslOf(q), "minimum_should_match": least}), func(e *event.Event) bool {
		n := 0
		for i := range q {
			if q[i].holds(e) {
				n++
			}
		}
		return n >= 2
	}}
}

// sequence joins queries by operators without brackets: AND requires both its
// neighbors, NOT excludes, the rest is optional where something is required.
func (m *maker) sequence(depth int) made {
	q := m.list(depth, 3+m.rand.IntN(2))
	occur := make([]string, len(q))
	text := ""
	for i := range q {
		occur[i] = "should"
		operator := ""
		if i > 0 {
			operator = pick(m, " AND ", " OR ", " ")
		}
		if operator == " AND " {
			occur[i] = "must"
			if occur[i-1] == "should" {
				occur[i-1] = "must"
			}
		}
		if m.rand.IntN(4) == 0 {
			occur[i] = "must_not"
			operator += "NOT "
		}
		text += operator + q[i].text
	}
	groups := map[string][]made{}
	for i := range q {
		groups[occur[i]] = append(groups[occur[i]], q[i])
	}
	body := object{}
	for name, list := range groups {
		body[name] = dslOf(list)
	}
	return made{"(" + text + ")", one("bool", body), func(e *event.Event) bool {
		holds := func(q made) bool { return q.holds(e) }
		misses := func(q made) bool { return !q.holds(e) }
		if slices.ContainsFunc(groups["must_not"], holds) || slices.ContainsFunc(groups["must"], misses) {
			return false
		}
		return len(groups["must"]) > 0 || len(groups["should"]) == 0 || slices.ContainsFunc(groups["should"], holds)
	}}
}

// texts are fields that are searched by words.
var texts = []event.Field{event.Message, event.Message, event.LogMessage, event.Reply, event.Subject}

// someWords are words that follow each other in some event.
func (m *maker) someWords(f event.Field, n int) []string {
	in := words(m.value(f))
	if len(in) < n {
		return nil
	}
	i := m.rand.IntN(len(in) - n + 1)
	return in[i : i+n]
}

func (m *maker) word() made {
	f := pick(m, texts...)
	w := m.someWords(f, 1)
	if w == nil {
		return made{}
	}
	name := f.Name() + ":"
	if f == event.Message && m.rand.IntN(2) == 0 {
		name = ""
	}
	shown := w[0]
	if m.rand.IntN(3) == 0 {
		shown = strings.ToUpper(shown)
		if strings.ToLower(shown) != w[0] {
			shown = w[0]
		}
	}
	return made{name + quoted(shown), one("match", one(f.Name(), shown)), anyOf(f, func(s string) bool { return slices.Contains(words(s), w[0]) })}
}

func (m *maker) phrase() made {
	f := pick(m, texts...)
	w := m.someWords(f, 2+m.rand.IntN(2))
	if w == nil {
		return made{}
	}
	text := strings.Join(w, " ")
	return made{f.Name() + ":" + quoted(text), one("match_phrase", one(f.Name(), text)), anyOf(f, func(s string) bool { return holdsPhrase(s, w) })}
}

// anyWords matches a text by one or all of its words.
func (m *maker) anyWords() made {
	f := pick(m, texts...)
	w := append(m.someWords(f, 1), m.someWords(f, 1)...)
	if len(w) < 2 {
		return made{}
	}
	operator := pick(m, "or", "and")
	return made{
		fmt.Sprintf("%s:(%s %s %s)", f.Name(), quoted(w[0]), strings.ToUpper(operator), quoted(w[1])),
		one("match", one(f.Name(), object{"query": strings.Join(w, " -- "), "operator": operator})),
		func(e *event.Event) bool {
			a := anyOf(f, func(s string) bool { return slices.Contains(words(s), w[0]) })(e)
			b := anyOf(f, func(s string) bool { return slices.Contains(words(s), w[1]) })(e)
			return operator == "or" && (a || b) || a && b
		},
	}
}

// names are fields of whole values.
var names = []event.Field{
	event.Status, event.Host, event.Program, event.Sender, event.Recipient, event.RecipientDomain, event.QueueID, event.EventType,
	event.Level, event.DSN, event.Tags, event.Username, event.Source, event.SessionID, event.Dialect, event.EventID,
}

func (m *maker) term() made {
	f := pick(m, names...)
	v := m.value(f)
	if v == "" || v == "<>" {
		return made{}
	}
	if m.rand.IntN(3) == 0 && isPlain(v) {
		v = strings.ToUpper(v)
	}
	name := f.Name()
	if aliases := event.Describe(f).Aliases; len(aliases) > 0 && m.rand.IntN(3) == 0 {
		name = pick(m, aliases...)
	} else if m.rand.IntN(4) == 0 {
		name += ".keyword"
	}
	body := pick[any](m, one("term", one(name, v)), one("term", one(name, object{"value": v, "boost": 2})),
		one("match", one(name, v)), one("terms", one(name, []string{v})), one("match_phrase", one(name, object{"query": v})))
	return made{name + ":" + pick(m, quoted(v), plain(v)), body, anyOf(f, func(s string) bool { return same(f, s, v) })}
}

// isPlain tells whether a text is ASCII without anything odd.
func isPlain(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return s != ""
}

// pattern asks for values with a beginning, an end or a part.
func (m *maker) pattern() made {
	f := pick(m, names...)
	v := m.value(f)
	if !isPlain(v) || f == event.EventID || strings.ContainsAny(v, `*?<>`) {
		return made{}
	}
	v = folded(f, v)
	i := m.rand.IntN(len(v))
	j := i + m.rand.IntN(len(v)-i) + 1
	head, middle, tail := v[:i], v[i:j], v[j:]
	switch m.rand.IntN(3) {
	case 0:
		return made{f.Name() + ":" + plain(v[:j]) + "*", one("prefix", one(f.Name(), v[:j])),
			anyOf(f, func(s string) bool { return strings.HasPrefix(folded(f, s), v[:j]) })}
	case 1:
		return m.glob(f, head, "*", tail)
	}
	return m.glob(f, head, strings.Repeat("?", len(middle)), tail)
}

func (m *maker) glob(f event.Field, head, hole, tail string) made {
	if head == "" && tail == "" && hole == "*" {
		return made{}
	}
	pattern := []rune(head + hole + tail)
	dsl := strings.ReplaceAll(head, `\`, `\\`) + hole + strings.ReplaceAll(tail, `\`, `\\`)
	return made{f.Name() + ":" + plain(head) + hole + plain(tail), one("wildcard", one(f.Name(), object{"value": dsl})),
		anyOf(f, func(s string) bool { return glob(pattern, []rune(folded(f, s))) })}
}

// expression asks for what follows a beginning.
func (m *maker) expression() made {
	f := pick(m, event.QueueID, event.Host, event.DSN, event.Status)
	v := m.value(f)
	if !isPlain(v) || strings.ContainsAny(v, `"/\`) {
		return made{}
	}
	head := v[:m.rand.IntN(len(v))]
	rest := pick(m, "[0-9a-f]*", "[A-Z0-9.]+", ".{2}", "(a|b|[0-9])?")
	matches := map[string]func(string) bool{
		"[0-9a-f]*":    func(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" },
		"[A-Z0-9.]+":   func(s string) bool { return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.") == "" },
		".{2}":         func(s string) bool { return utf8.RuneCountInString(s) == 2 },
		"(a|b|[0-9])?": func(s string) bool { return len(s) <= 1 && strings.Trim(s, "ab0123456789") == "" },
	}[rest]
	folds := event.Describe(f).Fold
	pattern := `"` + head + `"` + rest
	if head == "" {
		pattern = rest
	}
	return made{f.Name() + ":/" + pattern + "/", one("regexp", one(f.Name(), object{"value": pattern})), anyOf(f, func(s string) bool {
		if len(s) < len(head) || !same(f, s[:len(head)], head) {
			return false
		}
		s = s[len(head):]
		return matches(s) || folds && (matches(strings.ToLower(s)) || matches(strings.ToUpper(s)))
	})}
}

// near asks for a value with mistakes.
func (m *maker) near() made {
	f := pick(m, event.Status, event.Host, event.Recipient, event.Username)
	v := m.value(f)
	if !isPlain(v) || len(v) < 4 || strings.ContainsAny(v, "<>") {
		return made{}
	}
	typo := []rune(folded(f, v))
	for range 1 + m.rand.IntN(2) {
		i := m.rand.IntN(len(typo))
		typo[i] = pick(m, 'x', 'a', typo[i])
	}
	n := 1 + m.rand.IntN(2)
	return made{fmt.Sprintf("%s:%s~%d", f.Name(), plain(string(typo)), n), one("fuzzy", one(f.Name(), object{"value": string(typo), "fuzziness": n})),
		anyOf(f, func(s string) bool { return edits([]rune(folded(f, s)), typo) <= n })}
}

// limits makes the two ends of a range in both languages.
func (m *maker) limits(name, low, high string) (text string, dsl any, above, below func(c int) bool) {
	withLow, withHigh := m.rand.IntN(2) == 0, m.rand.IntN(2) == 0
	body := object{}
	body[map[bool]string{true: "gte", false: "gt"}[withLow]] = low
	body[map[bool]string{true: "lte", false: "lt"}[withHigh]] = high
	text = name + ":" + map[bool]string{true: "[", false: "{"}[withLow] + quoted(low) + " TO " + quoted(high) + map[bool]string{true: "]", false: "}"}[withHigh]
	return text, one("range", one(name, body)),
		func(c int) bool { return c > 0 || withLow && c == 0 }, func(c int) bool { return c < 0 || withHigh && c == 0 }
}

func (m *maker) numbers() made {
	f := pick(m, event.Size, event.SMTPCode, event.Delay, event.RecipientCount, event.SpamScore, event.PID)
	a, b := m.value(f), m.value(f)
	if a == "" || b == "" {
		return made{}
	}
	if number(a) > number(b) {
		a, b = b, a
	}
	text, dsl, above, below := m.limits(f.Name(), a, b)
	return made{text, dsl, anyOf(f, func(s string) bool {
		n := number(s)
		return above(compareFloats(n, number(a))) && below(compareFloats(n, number(b)))
	})}
}

func compareFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// letters asks for a range of names.
func (m *maker) letters() made {
	f := pick(m, event.Host, event.Recipient, event.Status, event.QueueID)
	a, b := m.value(f), m.value(f)
	if !isPlain(a) || !isPlain(b) {
		return made{}
	}
	a, b = folded(f, a), folded(f, b)
	if a > b {
		a, b = b, a
	}
	text, dsl, above, below := m.limits(f.Name(), a, b)
	return made{text, dsl, anyOf(f, func(s string) bool {
		s = folded(f, s)
		return above(strings.Compare(s, a)) && below(strings.Compare(s, b))
	})}
}

// address asks for an address or a network.
func (m *maker) address() made {
	f := pick(m, event.ClientIP, event.RelayIP)
	v := m.value(f)
	a, err := netip.ParseAddr(v)
	if err != nil || m.rand.IntN(2) == 0 {
		return made{f.Name() + ":" + quoted(v), one("term", one(f.Name(), v)), anyOf(f, sameAddress(v))}
	}
	a = a.Unmap()
	network, err := a.Prefix(pick(m, 8, 16, 24, 32))
	if err != nil {
		return made{}
	}
	return made{f.Name() + ":" + quoted(network.String()), one("term", one(f.Name(), network.String())), anyOf(f, inside(network))}
}

// dates asks for a day, a range of days, or a month by date math, in a zone.
func (m *maker) dates() made {
	at := time.Unix(0, m.events[m.rand.IntN(len(m.events))].Time).UTC()
	day := at.Truncate(24 * time.Hour)
	within := func(from, to time.Time) func(*event.Event) bool {
		return func(e *event.Event) bool { return e.Time >= from.UnixNano() && e.Time < to.UnixNano() }
	}
	date := day.Format(time.DateOnly)
	month := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
	field := func(body object) any { return one("range", one("@timestamp", body)) }
	switch m.rand.IntN(6) {
	case 0:
		return made{"@timestamp:" + date, pick[any](m, one("match", one("@timestamp", date)), field(object{"gte": date, "lte": date})), within(day, day.AddDate(0, 0, 1))}
	case 1:
		return made{"@timestamp:{" + date + " TO *]", field(object{"gt": date}), within(day.AddDate(0, 0, 1), time.Unix(1<<33, 0))}
	case 2:
		return made{"@timestamp:[" + date + "||/M TO " + date + "||/M]", field(object{"gte": date + "||/M", "lte": date + "||/M"}), within(month, month.AddDate(0, 1, 0))}
	case 3:
		hour := at.Truncate(time.Hour)
		text := hour.Format("2006-01-02T15")
		return made{"@timestamp:[" + text + " TO " + text + "||+3h}", field(object{"gte": strconv.FormatInt(hour.UnixMilli(), 10), "lt": text + "||+3h", "format": "epoch_millis||date_hour"}),
			within(hour, hour.Add(3*time.Hour))}
	case 4:
		return made{"@timestamp:<" + date, field(object{"lt": day.Format("02/01/2006"), "format": "dd/MM/yyyy"}), within(time.Unix(0, 0), day)}
	}
	// Madrid's days begin at 23:00 in March 2026, before clocks change.
	from := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.FixedZone("", 3600))
	local := from.Format("2006-01-02T15:04:05-07:00")
	return made{`@timestamp:["` + local + `" TO "` + local + `||+1d"}`, field(object{"gte": date, "lt": date + "||+1d", "time_zone": "+01:00"}), within(from, from.AddDate(0, 0, 1))}
}

func (m *maker) exists() made {
	f := pick(m, event.Recipient, event.Status, event.Size, event.Success, event.Subject, event.ClientIP, event.Reply)
	return made{pick(m, "_exists_:"+f.Name(), f.Name()+":*", f.Name()+":[* TO *]"), one("exists", one("field", f.Name())),
		func(e *event.Event) bool { return len(valuesOf(e, f)) > 0 }}
}

// several asks for one of some values.
func (m *maker) several() made {
	f := pick(m, event.Status, event.Recipient, event.SMTPCode, event.EventID, event.QueueID)
	var values, texts []string
	for range 1 + m.rand.IntN(4) {
		if v := m.value(f); v != "" && v != "<>" {
			values, texts = append(values, v), append(texts, quoted(v))
		}
	}
	if values == nil {
		return made{}
	}
	body := one("terms", one(f.Name(), values))
	if f == event.EventID {
		body = one("ids", one("values", values))
	}
	return made{f.Name() + ":(" + strings.Join(texts, " ") + ")", body, anyOf(f, func(s string) bool {
		return slices.ContainsFunc(values, func(v string) bool { return same(f, s, v) })
	})}
}

// unknown asks for a value of a field that the table does not know, or a word
// of it.
func (m *maker) unknown() made {
	name := pick(m, "container.name", "flag", "rules", "deep.a.b", "container.labels.tier", "router", "transport", "local_part", "destination")
	var values []string
	for range 300 {
		if values = unknownValues(&m.events[m.rand.IntN(len(m.events))], name); len(values) > 0 {
			break
		}
	}
	if len(values) == 0 || !isPlain(values[0]) {
		return made{}
	}
	v := pick(m, values...)
	if !isPlain(v) {
		return made{}
	}
	if m.rand.IntN(2) == 0 && len(words(v)) > 1 {
		v = pick(m, words(v)...)
	}
	want := words(v)
	return made{name + ":" + quoted(v), pick[any](m, one("term", one(name, v)), one("match_phrase", one(name, v)), one("terms", one(name, []string{v}))),
		func(e *event.Event) bool {
			return slices.ContainsFunc(unknownValues(e, name), func(s string) bool {
				return strings.EqualFold(s, v) || len(want) > 0 && holdsPhrase(s, want)
			})
		}}
}

func (m *maker) unknownNumbers() made {
	text, dsl, above, below := m.limits("retries", strconv.Itoa(m.rand.IntN(5)), pick(m, "7", "7.5", "10", "3"))
	low, high := dsl.(object)["range"].(object)["retries"].(object), 0.0
	from := 0.0
	for name, v := range low {
		if name[0] == 'g' {
			from = number(v.(string))
		} else {
			high = number(v.(string))
		}
	}
	return made{text, dsl, func(e *event.Event) bool {
		return slices.ContainsFunc(unknownValues(e, "retries"), func(s string) bool {
			n := number(s)
			return above(compareFloats(n, from)) && below(compareFloats(n, high))
		})
	}}
}

// flow asks for one of Elemta's classes.
func (m *maker) flow() made {
	name := pick(m, "reception", "delivery", "rejection", "tempfail", "bounce", "system", "unclassified")
	return made{"mta_flow:" + name, pick[any](m, one("term", one("mta_flow", name)), one("match", one("mta_flow.keyword", name))),
		func(e *event.Event) bool { return flowOf(e) == name }}
}
