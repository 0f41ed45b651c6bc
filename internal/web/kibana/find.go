package kibana

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	defaultPage = 20
	// maxWindow is how far pages reach.
	maxWindow = 10_000
)

// list is Kibana's list of old: GET /api/saved_objects/{type}.
func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	if typ := r.PathValue("type"); !isType(typ) {
		return Problem{StatusCode: http.StatusNotFound, Kind: "Not Found", Message: "Not Found"}
	}
	q := r.URL.Query()
	q["type"] = []string{r.PathValue("type")}
	return h.answerFind(w, r, q)
}

func (h *Handler) find(w http.ResponseWriter, r *http.Request) error {
	return h.answerFind(w, r, r.URL.Query())
}

func (h *Handler) answerFind(w http.ResponseWriter, r *http.Request, q url.Values) error {
	s, err := readFind(q)
	if err != nil {
		return err
	}
	all, err := h.objects(r.Context(), s.types)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(o Object) bool { return !s.matches(o) })
	s.order(all)
	total := len(all)
	from := min((s.page-1)*s.perPage, total)
	all = all[from:min(from+s.perPage, total)]
	score := 0.0
	for i := range all {
		all[i] = all[i].only(s.fields)
		all[i].Score = &score
	}
	write(w, http.StatusOK, map[string]any{"page": s.page, "per_page": s.perPage, "total": total, "saved_objects": all})
	return nil
}

// findRequest is a question about saved objects.
type findRequest struct {
	types         []string
	page, perPage int
	words         []string
	all           bool // every word, not one of them
	searchFields  []string
	fields        []string
	sortField     string
	descending    bool
	references    []Reference
	allReferences bool
	without       []Reference
}

func readFind(q url.Values) (findRequest, error) {
	s := findRequest{page: 1, perPage: defaultPage, fields: several(q, "fields"), sortField: q.Get("sort_field"), types: several(q, "type")}
	if len(s.types) == 0 {
		return s, badRequest("[request query.type]: expected at least one defined value but got [undefined]")
	}
	slices.Sort(s.types)
	s.types = slices.Compact(s.types)
	for _, name := range []string{"filter", "aggs"} {
		if q.Get(name) != "" {
			return s, badRequest("[request query.%s]: is not supported by this server; use search, search_fields and has_reference", name)
		}
	}
	for _, n := range []struct {
		name  string
		into  *int
		least int
	}{{"page", &s.page, 1}, {"per_page", &s.perPage, 0}} {
		text := q.Get(n.name)
		if text == "" {
			continue
		}
		value, err := strconv.Atoi(text)
		if err != nil {
			return s, badRequest("[request query.%s]: expected value of type [number] but got [string]", n.name)
		}
		if value < n.least {
			return s, badRequest("[request query.%s]: Value must be equal to or greater than [%d].", n.name, n.least)
		}
		*n.into = value
	}
	if s.perPage > maxWindow || s.page > maxWindow || s.page*s.perPage > maxWindow {
		return s, badRequest("Result window is too large, from + size must be less than or equal to: [%d] but was [%d]", maxWindow, s.page*s.perPage)
	}
	switch order := q.Get("sort_order"); order {
	case "", "asc":
	case "desc":
		s.descending = true
	default:
		return s, badRequest("[request query.sort_order]: types that failed validation: expected value to equal [asc] or [desc] but got [%.100s]", order)
	}
	for _, name := range several(q, "search_fields") {
		name, _, _ = strings.Cut(name, "^")
		s.searchFields = append(s.searchFields, strings.TrimSuffix(name, ".keyword"))
	}
	s.words = strings.Fields(strings.ToLower(q.Get("search")))
	if len(s.words) > 100 {
		return s, badRequest("[request query.search]: there are %d words, 100 are the most", len(s.words))
	}
	s.all = strings.EqualFold(q.Get("default_search_operator"), "and")
	s.allReferences = strings.EqualFold(q.Get("has_reference_operator"), "and")
	var err error
	if s.references, err = readReferences(q, "has_reference"); err != nil {
		return s, err
	}
	s.without, err = readReferences(q, "has_no_reference")
	return s, err
}

// several reads a parameter that may come several times, or parted by commas in
// brackets as JSON.
func several(q url.Values, name string) []string {
	var all []string
	for _, text := range slices.Concat(q[name], q[name+"[]"]) {
		var list []string
		if strings.HasPrefix(text, "[") && json.Unmarshal([]byte(text), &list) == nil {
			all = append(all, list...)
		} else if text != "" {
			all = append(all, text)
		}
	}
	return all
}

func readReferences(q url.Values, name string) ([]Reference, error) {
	var all []Reference
	for _, text := range q[name] {
		list := []Reference{{}}
		var err error
		if strings.HasPrefix(text, "[") {
			err = json.Unmarshal([]byte(text), &list)
		} else {
			err = json.Unmarshal([]byte(text), &list[0])
		}
		if err != nil {
			return nil, badRequest("[request query.%s]: could not parse object value from json input", name)
		}
		all = append(all, list...)
	}
	return all, nil
}

func (s findRequest) matches(o Object) bool {
	refers := func(r Reference) bool {
		return slices.ContainsFunc(o.References, func(own Reference) bool { return own.Type == r.Type && own.ID == r.ID })
	}
	if slices.ContainsFunc(s.without, refers) {
		return false
	}
	if len(s.references) > 0 {
		every := !slices.ContainsFunc(s.references, func(r Reference) bool { return !refers(r) })
		if s.allReferences && !every || !slices.ContainsFunc(s.references, refers) {
			return false
		}
	}
	if len(s.words) == 0 {
		return true
	}
	texts := s.texts(o)
	found := 0
	for _, word := range s.words {
		if inTexts(word, texts) {
			found++
		}
	}
	return found == len(s.words) || found > 0 && !s.all
}

// texts are the attributes that are searched, in lower case.
func (s findRequest) texts(o Object) []string {
	var in map[string]json.RawMessage
	if json.Unmarshal(o.Attributes, &in) != nil {
		return nil
	}
	var all []string
	for name, raw := range in {
		if len(s.searchFields) > 0 && !slices.ContainsFunc(s.searchFields, func(f string) bool { return f == name || f == "*" || f == o.Type+"."+name }) {
			continue
		}
		var text string
		if json.Unmarshal(raw, &text) == nil {
			all = append(all, strings.ToLower(text))
		}
	}
	return all
}

// inTexts looks for a word, whose stars stand for anything, in texts and in the
// words of texts.
func inTexts(word string, texts []string) bool {
	exclude := strings.HasPrefix(word, "-") && len(word) > 1
	if exclude {
		word = word[1:]
	}
	word = strings.Trim(word, `"+()|`)
	for _, text := range texts {
		if glob(word, text) {
			return !exclude
		}
		for _, one := range strings.FieldsFunc(text, apart) {
			if glob(word, one) {
				return !exclude
			}
		}
	}
	return exclude
}

// glob tells whether a text is a pattern's, whose stars stand for anything.
func glob(pattern, text string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	text, ok := strings.CutPrefix(text, first)
	if !ok {
		return false
	}
	parts := strings.Split(rest, "*")
	for _, part := range parts[:len(parts)-1] {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return strings.HasSuffix(text, parts[len(parts)-1])
}

// apart tells what stands between words.
func apart(r rune) bool {
	return !(r == '_' || r == '.' || r == '\'' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 0x80)
}

func (s findRequest) order(all []Object) {
	name := strings.TrimSuffix(s.sortField, ".keyword")
	if name == "" {
		return
	}
	keys := make(map[key]sortKey, len(all))
	for _, o := range all {
		keys[keyOf(o)] = keyFor(o, name)
	}
	slices.SortStableFunc(all, func(a, b Object) int {
		n := keys[keyOf(a)].compare(keys[keyOf(b)])
		if s.descending {
			return -n
		}
		return n
	})
}

// sortKey is a value of an attribute: numbers come before texts.
type sortKey struct {
	number float64
	text   string
}

func (k sortKey) compare(other sortKey) int {
	return cmp.Or(cmp.Compare(k.text, other.text), cmp.Compare(k.number, other.number))
}

func keyFor(o Object, name string) sortKey {
	switch name {
	case "type":
		return sortKey{text: o.Type}
	case "id":
		return sortKey{text: o.ID}
	case "updated_at":
		return sortKey{text: o.UpdatedAt}
	case "created_at":
		return sortKey{text: o.CreatedAt}
	}
	var in map[string]json.RawMessage
	if json.Unmarshal(o.Attributes, &in) != nil {
		return sortKey{}
	}
	raw := in[strings.TrimPrefix(name, o.Type+".")]
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return sortKey{text: strings.ToLower(text)}
	}
	n, _ := strconv.ParseFloat(string(raw), 64) // what is no number sorts as 0
	return sortKey{number: n}
}

// keep leaves those members of an object that are wanted, in their order.
func keep(object json.RawMessage, want func(name string) bool) json.RawMessage {
	d := json.NewDecoder(bytes.NewReader(object))
	if _, err := d.Token(); err != nil {
		return object
	}
	out := []byte("{")
	for d.More() {
		name, err := d.Token()
		var value json.RawMessage
		if err == nil {
			err = d.Decode(&value)
		}
		if err != nil {
			return object
		}
		if text := fmt.Sprint(name); want(text) {
			quoted, err := json.Marshal(text)
			if err != nil {
				return object
			}
			if len(out) > 1 {
				out = append(out, ',')
			}
			out = append(append(append(out, quoted...), ':'), value...)
		}
	}
	return append(out, '}')
}
