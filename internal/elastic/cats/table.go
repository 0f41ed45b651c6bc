package cats

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
)

// size is a cell of bytes, span one of time; a cell may also be a text, a whole
// number (int, int64), a float64, or nil for nothing.
type (
	size int64
	span time.Duration
)

// column is one column of a list.
type column struct {
	name    string
	aliases []string
	about   string
	right   bool // aligned
	shown   bool // when nobody picks columns
}

// columns reads columns from lines "name|aliases|about": a name that begins with
// > is aligned right, one that begins with - is not shown by itself.
func columns(lines ...string) []column {
	out := make([]column, len(lines))
	for i, line := range lines {
		part := strings.SplitN(line, "|", 3)
		c := column{name: part[0], shown: true, about: part[2]}
		for {
			if rest, ok := strings.CutPrefix(c.name, ">"); ok {
				c.name, c.right = rest, true
			} else if rest, ok := strings.CutPrefix(c.name, "-"); ok {
				c.name, c.shown = rest, false
			} else {
				break
			}
		}
		if part[1] != "" {
			c.aliases = strings.Split(part[1], ",")
		}
		out[i] = c
	}
	return out
}

// table is one list.
type table struct {
	columns []column
	rows    [][]any
}

// add adds a row; cells are in the order of the columns. Cells that are left
// out are figures of things that do not happen here: 0 in the form of zero.
func (t *table) add(cells ...any) {
	t.rows = append(t.rows, cells)
}

func (t *table) index(name string) int {
	return slices.IndexFunc(t.columns, func(c column) bool { return c.name == name || slices.Contains(c.aliases, name) })
}

// pick is a column as it is shown: under the name that it was asked by.
type pick struct {
	at   int
	name string
}

// picks are the columns to show.
func (t *table) picks(h string) []pick {
	var out []pick
	if h == "" {
		for i, c := range t.columns {
			if c.shown {
				out = append(out, pick{i, c.name})
			}
		}
		return out
	}
	for name := range strings.SplitSeq(h, ",") {
		name = strings.TrimSpace(name)
		if strings.Contains(name, "*") {
			for i, c := range t.columns {
				if names.Match(name, c.name) && !slices.ContainsFunc(out, func(p pick) bool { return p.at == i }) {
					out = append(out, pick{i, c.name})
				}
			}
			continue
		}
		if at := t.index(name); at >= 0 {
			out = append(out, pick{at, name})
		}
	}
	return out
}

// sort orders the rows by a list of columns, each with :asc or :desc.
func (t *table) sort(s string) error {
	if s == "" {
		return nil
	}
	type key struct {
		at   int
		desc bool
	}
	var keys []key
	for part := range strings.SplitSeq(s, ",") {
		name, order, _ := strings.Cut(strings.TrimSpace(part), ":")
		at := t.index(name)
		if at < 0 {
			return rest.Fail(http.StatusBadRequest, "unsupported_operation_exception", "Unable to sort by unknown sort key `"+name+"`")
		}
		if order != "" && order != "asc" && order != "desc" {
			return rest.Illegal("the order of [s] is asc or desc, not [%s]", order)
		}
		keys = append(keys, key{at, order == "desc"})
	}
	slices.SortStableFunc(t.rows, func(a, b []any) int {
		for _, k := range keys {
			c := compare(a[k.at], b[k.at])
			if k.desc {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
	return nil
}

// compare orders cells of one column; nothing comes first.
func compare(a, b any) int {
	if a == nil || b == nil {
		switch {
		case a == b:
			return 0
		case a == nil:
			return -1
		}
		return 1
	}
	x, isNumber := number(a)
	y, both := number(b)
	if isNumber && both {
		return cmp.Compare(x, y)
	}
	return strings.Compare(text(a, units{}), text(b, units{}))
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case size:
		return float64(v), true
	case span:
		return float64(v), true
	}
	return 0, false
}

// units are those that a request wants; 0 for the ones that fit.
type units struct {
	bytes int64
	time  time.Duration
}

func readUnits(r *rest.Request) (u units, err error) {
	switch b := strings.ToLower(r.Get("bytes")); b {
	case "":
	case "b":
		u.bytes = 1
	default:
		at := slices.Index([]string{"kb", "mb", "gb", "tb", "pb"}, b)
		if at < 0 {
			at = slices.Index([]string{"k", "m", "g", "t", "p"}, b)
		}
		if at < 0 {
			return u, rest.Illegal("unknown unit [%s] of [bytes]; there are: b, kb, mb, gb, tb, pb", b)
		}
		u.bytes = 1 << (10 * (at + 1))
	}
	switch t := r.Get("time"); t {
	case "":
	default:
		all := map[string]time.Duration{"nanos": 1, "micros": time.Microsecond, "ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
		if u.time = all[t]; u.time == 0 {
			return u, rest.Illegal("unknown unit [%s] of [time]; there are: nanos, micros, ms, s, m, h, d", t)
		}
	}
	return u, nil
}

// text is a cell as it is shown.
func text(v any, u units) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case size:
		if u.bytes > 0 {
			return strconv.FormatInt(int64(v)/u.bytes, 10)
		}
		return rest.HumanBytes(int64(v))
	case span:
		if u.time > 0 {
			return strconv.FormatInt(int64(v)/int64(u.time), 10)
		}
		return rest.HumanTime(time.Duration(v))
	}
	return ""
}

// write answers with the list in the form that was asked for.
func (t *table) write(w http.ResponseWriter, r *rest.Request) error {
	u, err := readUnits(r)
	if err != nil {
		return err
	}
	if help, err := r.Bool("help", false); err != nil {
		return err
	} else if help {
		return t.writeHelp(w)
	}
	header, err := r.Bool("v", false)
	if err != nil {
		return err
	}
	if err := t.sort(r.Get("s")); err != nil {
		return err
	}
	picked := t.picks(r.Get("h"))
	asJSON, err := wantsJSON(r)
	if err != nil {
		return err
	}
	if asJSON {
		return t.writeJSON(w, r, picked, u)
	}
	t.writeText(w, picked, u, header)
	return nil
}

// wantsJSON tells whether JSON (or YAML, which is made of it) is wanted.
func wantsJSON(r *rest.Request) (bool, error) {
	switch f := r.Get("format"); f {
	case "json", "yaml":
		return true, nil
	case "text", "txt":
		return false, nil
	case "":
	default:
		return false, rest.Illegal("the format [%s] is not supported here; there are: text, json, yaml", f)
	}
	first, _, _ := strings.Cut(r.Header.Get("Accept"), ",")
	return strings.Contains(first, "json") || strings.Contains(first, "yaml"), nil
}

func (t *table) writeJSON(w http.ResponseWriter, r *rest.Request, picked []pick, u units) error {
	var out bytes.Buffer
	out.WriteByte('[')
	for i, row := range t.rows {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('{')
		for j, p := range picked {
			if j > 0 {
				out.WriteByte(',')
			}
			var value any // null for nothing
			if v := row[p.at]; v != nil {
				value = text(v, u)
			}
			pair, err := json.Marshal([]any{p.name, value})
			if err != nil {
				return err
			}
			name, err := json.Marshal(p.name)
			if err != nil {
				return err
			}
			out.Write(name)
			out.WriteByte(':')
			out.Write(pair[len(name)+2 : len(pair)-1])
		}
		out.WriteByte('}')
	}
	out.WriteByte(']')
	return rest.WriteJSON(w, r, http.StatusOK, json.RawMessage(out.Bytes()))
}

// writeText writes columns side by side, as wide as their widest cell.
func (t *table) writeText(w http.ResponseWriter, picked []pick, u units, header bool) {
	lines := make([][]string, 0, len(t.rows)+1)
	if header {
		line := make([]string, len(picked))
		for j, p := range picked {
			line[j] = p.name
		}
		lines = append(lines, line)
	}
	for _, row := range t.rows {
		line := make([]string, len(picked))
		for j, p := range picked {
			line[j] = text(row[p.at], u)
		}
		lines = append(lines, line)
	}
	width := make([]int, len(picked))
	for _, line := range lines {
		for j, cell := range line {
			width[j] = max(width[j], utf8.RuneCountInString(cell))
		}
	}
	var out bytes.Buffer
	for _, line := range lines {
		for j, cell := range line {
			pad := strings.Repeat(" ", width[j]-utf8.RuneCountInString(cell))
			last := j == len(line)-1
			switch {
			case t.columns[picked[j].at].right:
				out.WriteString(pad + cell)
			case last:
				out.WriteString(cell)
			default:
				out.WriteString(cell + pad)
			}
			if !last {
				out.WriteByte(' ')
			}
		}
		out.WriteByte('\n')
	}
	writePlain(w, out.Bytes())
}

func writePlain(w http.ResponseWriter, text []byte) {
	w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
	_, _ = w.Write(text) // the client is gone when this fails
}

// writeHelp lists the columns.
func (t *table) writeHelp(w http.ResponseWriter) error {
	var lines [][3]string
	var width [2]int
	for _, c := range t.columns {
		aliases := strings.Join(c.aliases, ",")
		lines = append(lines, [3]string{c.name, aliases, c.about})
		width[0], width[1] = max(width[0], len(c.name)), max(width[1], len(aliases))
	}
	var out bytes.Buffer
	for _, l := range lines {
		out.WriteString(l[0] + strings.Repeat(" ", width[0]-len(l[0])) + " | " + l[1] + strings.Repeat(" ", width[1]-len(l[1])) + " | " + l[2] + "\n")
	}
	writePlain(w, out.Bytes())
	return nil
}
