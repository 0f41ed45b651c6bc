package searches

import (
	"encoding/json"
	"strings"

	"rastro/internal/elastic/rest"
)

func (q *request) readCollapse(m *member) error {
	list, err := m.of().members()
	if err != nil {
		return err
	}
	for i := range list {
		switch p := &list[i]; p.name {
		case "field":
			if q.collapse, err = p.text(); err != nil {
				return err
			}
		case "max_concurrent_group_searches":
		case "inner_hits":
			q.innerHits = p // read by check, as it holds keys of a body itself
		case "collapse":
			return rest.Illegal("[%s] in [collapse] is not supported; ask for the hits of one value by a second search", p.name)
		default:
			return contentFailure(p.line, p.col, "[collapse] unknown field ["+p.name+"]")
		}
	}
	if q.collapse == "" {
		return contentFailure(m.line, m.col, "Required [field]")
	}
	return nil
}

func (q *request) readPit(m *member) error {
	list, err := m.of().members()
	if err != nil {
		return err
	}
	q.pit = &pitRef{}
	for i := range list {
		switch p := &list[i]; p.name {
		case "id":
			q.pit.id, err = p.text()
		case "keep_alive":
			var text string
			if text, err = p.text(); err == nil {
				q.pit.keepAlive, err = keepAlive("keep_alive", text)
			}
		default:
			err = contentFailure(p.line, p.col, "[pit] unknown field ["+p.name+"]")
		}
		if err != nil {
			return err
		}
	}
	if q.pit.id == "" {
		return contentFailure(m.line, m.col, "Required [id]")
	}
	return nil
}

func (q *request) readSlice(m *member) error {
	list, err := m.of().members()
	if err != nil {
		return err
	}
	q.slice = &slice{id: -1, max: -1}
	for i := range list {
		switch p := &list[i]; p.name {
		case "id":
			q.slice.id, err = p.int()
		case "max":
			q.slice.max, err = p.int()
		case "field":
			_, err = p.text()
		default:
			err = contentFailure(p.line, p.col, "[slice] unknown field ["+p.name+"]")
		}
		if err != nil {
			return err
		}
	}
	switch s := q.slice; {
	case s.id < 0:
		return rest.Illegal("id must be greater than or equal to 0")
	case s.max <= 1:
		return rest.Illegal("max must be greater than 1")
	case s.id >= s.max:
		return rest.Illegal("max must be greater than id")
	case s.max > 1<<20:
		return rest.Illegal("The number of slices [%d] is too large.", s.max)
	}
	return nil
}

// double is a number that is written with a point, as Elasticsearch does.
type double float64

// MarshalJSON writes it.
func (d double) MarshalJSON() ([]byte, error) {
	text, err := json.Marshal(float64(d))
	if err == nil && !strings.ContainsAny(string(text), ".eE") {
		text = append(text, '.', '0')
	}
	return text, err
}
