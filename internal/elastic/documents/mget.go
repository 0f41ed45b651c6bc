package documents

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/source"
)

// maxGet bounds the documents of one _mget.
const maxGet = 4000

// wanted is one document of an _mget.
type wanted struct {
	Index        string          `json:"_index"`
	ID           json.RawMessage `json:"_id"`
	Source       json.RawMessage `json:"_source"`
	Routing      any             `json:"routing"`
	StoredFields any             `json:"stored_fields"`

	id   string
	pick source.Filter
}

func (d *Documents) multiGet(w http.ResponseWriter, r *rest.Request) error {
	all, err := readMultiGet(r)
	if err != nil {
		return err
	}
	byIndex := map[string][]int{}
	for i := range all {
		byIndex[all[i].Index] = append(byIndex[all[i].Index], i)
	}
	docs := make([]any, len(all))
	for index, numbers := range byIndex {
		ids := make([]string, len(numbers))
		for k, i := range numbers {
			ids[k] = all[i].id
		}
		got, err := d.lookUp(r, index, ids)
		var failure *rest.Failure
		if errors.As(err, &failure) {
			for _, i := range numbers {
				body := failure.Body()
				body["root_cause"] = []any{failure.Body()}
				docs[i] = map[string]any{"_index": index, "_id": all[i].id, "error": body}
			}
			continue
		}
		if err != nil {
			return err
		}
		for k, i := range numbers {
			docs[i] = answerOf(got[k], all[i].pick)
		}
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"docs": docs})
}

// readMultiGet reads the body.
func readMultiGet(r *rest.Request) ([]wanted, error) {
	pick, err := readPicker(r)
	if err != nil {
		return nil, err
	}
	text, err := r.Body()
	if err != nil {
		return nil, err
	}
	if len(text) == 0 {
		return nil, rest.Fail(http.StatusBadRequest, "parse_exception", "request body is required")
	}
	var body struct {
		Docs []wanted          `json:"docs"`
		IDs  []json.RawMessage `json:"ids"`
	}
	if err := json.Unmarshal(text, &body); err != nil {
		return nil, rest.Parsing(1, 1, "the body is no list of documents, "+`{"docs":[{"_index":"…","_id":"…"}]} or {"ids":["…"]}: `+err.Error())
	}
	for _, id := range body.IDs {
		body.Docs = append(body.Docs, wanted{ID: id})
	}
	if len(body.Docs) > maxGet {
		return nil, rest.Illegal("_mget asks for %d documents; at most %d", len(body.Docs), maxGet)
	}
	if len(body.Docs) == 0 {
		return nil, rest.Validation("no documents to get")
	}
	var problems []string
	for i := range body.Docs {
		if problem, err := body.Docs[i].finish(r.PathValue("index"), pick); err != nil {
			return nil, err
		} else if problem != "" && len(problems) < 100 {
			problems = append(problems, problem+" is missing for doc "+strconv.Itoa(i))
		}
	}
	if len(problems) > 0 {
		return nil, rest.Validation(problems...)
	}
	return body.Docs, nil
}

// finish completes a document of the list; problem is what it lacks.
func (w *wanted) finish(index string, pick source.Filter) (problem string, err error) {
	if w.Index == "" {
		w.Index = index
	}
	if json.Unmarshal(w.ID, &w.id) != nil {
		w.id = strings.TrimSpace(string(w.ID)) // a number
	}
	if w.StoredFields != nil {
		return "", rest.Illegal("[stored_fields] is not understood: no field is stored apart from _source; ask for _source")
	}
	if w.pick = pick; len(w.Source) > 0 {
		if w.pick, err = readSource(w.Source); err != nil {
			return "", err
		}
	}
	switch {
	case w.Index == "":
		return "index", nil
	case w.id == "" || w.id == "null":
		return "id", nil
	}
	return "", nil
}

// several are names: one text or a list of them.
type several []string

// UnmarshalJSON reads both forms.
func (s *several) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*s = source.List(one)
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(s))
}

// readSource reads a member _source: a boolean, a name, a list of names, or an
// object with include and exclude.
func readSource(raw json.RawMessage) (source.Filter, error) {
	var yes bool
	var names several
	var both struct {
		Include  several `json:"include"`
		Includes several `json:"includes"`
		Exclude  several `json:"exclude"`
		Excludes several `json:"excludes"`
	}
	var p source.Filter
	switch {
	case json.Unmarshal(raw, &yes) == nil:
		p.None = !yes
	case json.Unmarshal(raw, &names) == nil:
		p.Includes = names
	case json.Unmarshal(raw, &both) == nil:
		p.Includes, p.Excludes = append(both.Include, both.Includes...), append(both.Exclude, both.Excludes...)
	default:
		return p, rest.Parsing(1, 1, "[_source] is a boolean, a name, a list of names, or an object with includes and excludes")
	}
	if err := p.Check(); err != nil {
		return p, rest.Illegal("%s", err)
	}
	return p, nil
}
