package kuery

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxClauses bounds the clauses of one JSON query.
const maxClauses = 1000

// members is a JSON object whose values are read later.
type members map[string]json.RawMessage

// dsl translates queries in Elasticsearch's JSON into Lucene's syntax: those
// that Kibana keeps in saved objects and filters.
type dsl struct{ clauses int }

// fromDSL translates one query. What cannot be said in Lucene's syntax is an
// error that names it.
func fromDSL(raw json.RawMessage) (Condition, error) {
	return (&dsl{}).query(raw, 0)
}

func unsupported(what string) error { return fmt.Errorf("%s cannot be translated", what) }

func (d *dsl) query(raw json.RawMessage, depth int) (Condition, error) {
	if d.clauses++; d.clauses > maxClauses || depth > maxDepth {
		return Condition{}, fmt.Errorf("the query has more than %d clauses, or is nested more than %d deep", maxClauses, maxDepth)
	}
	var q members
	if err := json.Unmarshal(raw, &q); err != nil {
		return Condition{}, fmt.Errorf("a query must be a JSON object: %w", err)
	}
	switch len(q) {
	case 0:
		return Everything, nil
	case 1:
	default:
		return Condition{}, fmt.Errorf("a query has one kind; this one has %s", strings.Join(names(q), ", "))
	}
	kind := names(q)[0]
	body := q[kind]
	switch kind {
	case "match_all":
		return Everything, nil
	case "match_none":
		return nothing, nil
	case "bool":
		return d.bool(body, depth)
	case "constant_score":
		var in struct{ Filter json.RawMessage }
		if err := json.Unmarshal(body, &in); err != nil || in.Filter == nil {
			return Condition{}, unsupported("constant_score without a filter")
		}
		return d.query(in.Filter, depth+1)
	case "exists":
		var in struct{ Field string }
		if err := json.Unmarshal(body, &in); err != nil || in.Field == "" {
			return Condition{}, unsupported("exists without a field")
		}
		return exists(in.Field), nil
	case "query_string":
		return fromQueryString(body)
	case "multi_match":
		return fromMultiMatch(body)
	case "ids":
		var in struct{ Values []Scalar }
		if err := json.Unmarshal(body, &in); err != nil {
			return Condition{}, unsupported("ids without values")
		}
		return anyValue("_id", in.Values)
	}
	return fromLeaf(kind, body)
}

func names(m members) []string {
	all := make([]string, 0, len(m))
	for name := range m {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// list reads one query, or an array of them.
func (d *dsl) list(raw json.RawMessage, depth int) ([]Condition, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	items := []json.RawMessage{raw}
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) {
		if err := json.Unmarshal(raw, &items); err != nil {
			return nil, fmt.Errorf("reading the clauses of a query: %w", err)
		}
	}
	all := make([]Condition, 0, len(items))
	for _, one := range items {
		c, err := d.query(one, depth+1)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func (d *dsl) bool(raw json.RawMessage, depth int) (Condition, error) {
	var in struct {
		Must    json.RawMessage `json:"must"`
		Filter  json.RawMessage `json:"filter"`
		Should  json.RawMessage `json:"should"`
		MustNot json.RawMessage `json:"must_not"`
		Minimum Scalar          `json:"minimum_should_match"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return Condition{}, fmt.Errorf("reading a bool query: %w", err)
	}
	var parts []Condition
	for _, one := range []json.RawMessage{in.Must, in.Filter} {
		list, err := d.list(one, depth)
		if err != nil {
			return Condition{}, err
		}
		parts = append(parts, list...)
	}
	required := len(parts) > 0
	excluded, err := d.list(in.MustNot, depth)
	if err != nil {
		return Condition{}, err
	}
	should, err := d.list(in.Should, depth)
	if err != nil {
		return Condition{}, err
	}
	switch wanted := string(in.Minimum); {
	case len(should) == 0 || wanted == "0" || wanted == "" && required:
		// What is wished for only orders the hits.
	case wanted == "1" || wanted == "":
		parts = append(parts, AnyOf(should...))
	case wanted == strconv.Itoa(len(should)) || wanted == "100%":
		parts = append(parts, should...)
	default:
		return Condition{}, unsupported("minimum_should_match " + wanted)
	}
	for _, c := range excluded {
		parts = append(parts, not(c))
	}
	return AllOf(parts...), nil
}

// Scalar is a JSON string, number or truth as text; other values are "".
type Scalar string

// UnmarshalJSON reads any scalar.
func (f *Scalar) UnmarshalJSON(raw []byte) error {
	*f = ""
	switch {
	case len(raw) == 0 || raw[0] == '{' || raw[0] == '[' || string(raw) == "null":
		return nil
	case raw[0] == '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		*f = Scalar(s)
		return nil
	}
	*f = Scalar(raw)
	return nil
}

func anyValue(field string, values []Scalar) (Condition, error) {
	if len(values) > maxClauses {
		return Condition{}, fmt.Errorf("there are %d values, %d are the most", len(values), maxClauses)
	}
	parts := make([]Condition, 0, len(values))
	for _, v := range values {
		parts = append(parts, Is(field, string(v)))
	}
	return AnyOf(parts...), nil
}

// leafParams are what a query of one field may say beside the value.
type leafParams struct {
	Query        *Scalar `json:"query"`
	Value        *Scalar `json:"value"`
	Wildcard     *Scalar `json:"wildcard"`
	Type         string  `json:"type"`
	Operator     string  `json:"operator"`
	Slop         Scalar  `json:"slop"`
	Fuzziness    Scalar  `json:"fuzziness"`
	MinimumShare Scalar  `json:"minimum_should_match"`
}

var leafKinds = []string{"match", "match_phrase", "term", "terms", "range", "prefix", "wildcard", "regexp"}

// fromLeaf translates a query of the form {kind: {field: value}}.
func fromLeaf(kind string, raw json.RawMessage) (Condition, error) {
	var in members
	if !slices.Contains(leafKinds, kind) || json.Unmarshal(raw, &in) != nil {
		return Condition{}, unsupported("the query " + kind)
	}
	delete(in, "boost")
	delete(in, "_name")
	if len(in) != 1 {
		return Condition{}, unsupported("the query " + kind + " with " + strings.Join(names(in), ", "))
	}
	field := names(in)[0]
	body := in[field]
	switch kind {
	case "range":
		return fromRange(field, body)
	case "terms":
		var values []Scalar
		if err := json.Unmarshal(body, &values); err != nil {
			return Condition{}, unsupported("terms with a look-up")
		}
		return anyValue(field, values)
	}
	p := leafParams{}
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		if err := json.Unmarshal(body, &p); err != nil {
			return Condition{}, fmt.Errorf("reading the query %s: %w", kind, err)
		}
	} else {
		var v Scalar
		if err := json.Unmarshal(body, &v); err != nil || len(body) > 0 && body[0] == '[' {
			return Condition{}, unsupported("the query " + kind + " with a list")
		}
		p.Value = &v
	}
	value := p.Value
	for _, one := range []*Scalar{p.Query, p.Wildcard} {
		if one != nil {
			value = one
		}
	}
	if value == nil {
		return Condition{}, unsupported("the query " + kind + " without a value")
	}
	return leaf(kind, field, string(*value), p)
}

func leaf(kind, field, value string, p leafParams) (Condition, error) {
	switch {
	case p.Fuzziness != "" || p.MinimumShare != "" && p.MinimumShare != "1":
		return Condition{}, unsupported(kind + " with fuzziness or minimum_should_match")
	case kind == "match" && p.Type == "phrase" || kind == "match_phrase":
		if p.Slop != "" && p.Slop != "0" {
			return Condition{}, unsupported(kind + " with slop")
		}
		return on(field, quoted(value)), nil
	case kind == "match" && (p.Type == "" || p.Type == "boolean"):
		return words(field, value, strings.EqualFold(p.Operator, "and")), nil
	case kind == "term":
		return Is(field, value), nil
	case kind == "prefix":
		return like(field, strings.ReplaceAll(escaped(value, false), "*", `\*`)+"*"), nil
	case kind == "wildcard":
		return like(field, escaped(value, true)), nil
	case kind == "regexp":
		return on(field, "/"+strings.ReplaceAll(value, "/", `\/`)+"/"), nil
	}
	return Condition{}, unsupported("the query " + kind)
}

func fromMultiMatch(raw json.RawMessage) (Condition, error) {
	var in struct {
		Query  Scalar
		Type   string
		Fields []string
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return Condition{}, fmt.Errorf("reading multi_match: %w", err)
	}
	if len(in.Fields) == 0 {
		in.Fields = []string{""}
	}
	parts := make([]Condition, 0, len(in.Fields))
	for _, field := range in.Fields {
		field, _, _ = strings.Cut(field, "^")
		if strings.Contains(field, "*") && field != "*" {
			return Condition{}, unsupported("multi_match over " + field)
		}
		switch in.Type {
		case "phrase":
			parts = append(parts, on(field, quoted(string(in.Query))))
		case "", "best_fields", "most_fields":
			parts = append(parts, words(field, string(in.Query), false))
		default:
			return Condition{}, unsupported("multi_match of the type " + in.Type)
		}
	}
	return AnyOf(parts...), nil
}

func fromQueryString(raw json.RawMessage) (Condition, error) {
	var in struct {
		Query           string   `json:"query"`
		DefaultField    string   `json:"default_field"`
		Fields          []string `json:"fields"`
		DefaultOperator string   `json:"default_operator"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return Condition{}, fmt.Errorf("reading query_string: %w", err)
	}
	text := written(in.Query)
	switch {
	case text == Everything:
		return text, nil
	case strings.EqualFold(in.DefaultOperator, "and") && strings.ContainsAny(text.text, " \t\n"):
		return Condition{}, unsupported("query_string with default_operator AND")
	case len(in.Fields) > 0 && !(len(in.Fields) == 1 && in.Fields[0] == "*"):
		return Condition{}, unsupported("query_string with fields")
	case in.DefaultField != "" && in.DefaultField != "*" && in.DefaultField != "_all":
		return on(in.DefaultField, "("+text.text+")"), nil
	}
	return text, nil
}

func fromRange(field string, raw json.RawMessage) (Condition, error) {
	var in struct {
		GT, GTE, LT, LTE, From, To *Scalar
		Format                     string
		IncludeLower               *bool  `json:"include_lower"`
		IncludeUpper               *bool  `json:"include_upper"`
		Zone                       string `json:"time_zone"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return Condition{}, fmt.Errorf("reading a range: %w", err)
	}
	if zone := in.Zone; zone != "" && zone != "UTC" && zone != "Z" && zone != "+00:00" {
		return Condition{}, unsupported("a range with the time_zone " + zone)
	}
	end := func(open, closed, bare *Scalar, closes *bool) (string, bool) {
		switch {
		case open != nil && *open != "":
			return timeOf(string(*open), in.Format), false
		case closed != nil && *closed != "":
			return timeOf(string(*closed), in.Format), true
		case bare != nil && *bare != "":
			return timeOf(string(*bare), in.Format), closes == nil || *closes
		}
		return "", true
	}
	from, withFrom := end(in.GT, in.GTE, in.From, in.IncludeLower)
	to, withTo := end(in.LT, in.LTE, in.To, in.IncludeUpper)
	if from == "" && to == "" {
		return exists(field), nil
	}
	return Between(field, from, to, withFrom, withTo), nil
}

// timeOf writes a time that is a number as a date.
func timeOf(value, format string) string {
	n, err := strconv.ParseInt(value, 10, 64)
	switch {
	case err != nil:
	case format == "epoch_second":
		return time.Unix(n, 0).UTC().Format(time.RFC3339)
	case format == "epoch_millis":
		return time.UnixMilli(n).UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return value
}
