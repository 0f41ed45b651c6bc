package rest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"go.yaml.in/yaml/v4"
)

// answer is the writer that handlers get. It holds an answer back only where
// the whole of it is needed: for filter_path, indentation or YAML.
type answer struct {
	http.ResponseWriter
	r      *Request
	status int
	held   *bytes.Buffer
	began  bool
}

// transformed tells whether the request asks for another form than handlers
// write.
func (r *Request) transformed() bool {
	return r.Get("filter_path") != "" || r.Pretty() || r.yaml()
}

// Pretty tells whether an indented answer is wanted.
func (r *Request) Pretty() bool { return r.Has("pretty") && r.Get("pretty") != "false" }

func (r *Request) yaml() bool {
	return r.Get("format") == "yaml" || strings.HasPrefix(r.Header.Get("Accept"), "application/yaml")
}

// Unwrap lets handlers set the deadlines of the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// WriteHeader notes the status; it is sent with the first byte.
func (a *answer) WriteHeader(status int) { a.status = status }

// begin decides how the answer is written.
func (a *answer) begin() {
	if a.began {
		return
	}
	a.began = true
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if a.r.transformed() && strings.Contains(a.Header().Get("Content-Type"), "json") {
		a.held = &bytes.Buffer{}
		return
	}
	a.ResponseWriter.WriteHeader(a.status)
}

func (a *answer) Write(text []byte) (int, error) {
	a.begin()
	if a.held != nil {
		return a.held.Write(text)
	}
	return a.ResponseWriter.Write(text)
}

// finish sends what was held back.
func (a *answer) finish() error {
	a.begin()
	if a.held == nil {
		return nil
	}
	text, err := transform(a.r, a.held.Bytes())
	if err != nil {
		return err
	}
	if a.r.yaml() {
		a.Header().Set("Content-Type", "application/yaml")
	}
	a.ResponseWriter.WriteHeader(a.status)
	_, err = a.ResponseWriter.Write(text)
	return err
}

// transform gives JSON the form that was asked for.
func transform(r *Request, text []byte) ([]byte, error) {
	if paths := r.Get("filter_path"); paths != "" {
		var err error
		if text, err = filterPath(text, paths); err != nil {
			return nil, err
		}
	}
	if r.yaml() {
		var v any
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			return nil, err
		}
		return yaml.Marshal(plain(v))
	}
	if !r.Pretty() {
		return text, nil
	}
	var out bytes.Buffer
	if err := json.Indent(&out, bytes.TrimSpace(text), "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// plain turns numbers of JSON into Go's, so that YAML writes them as such.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		n, _ := v.Float64() // a number too large for it becomes infinite
		return n
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	}
	return v
}

// SetType sets the type of a JSON answer: the one that the client named, as
// clients compare it.
func SetType(w http.ResponseWriter, r *Request) {
	kind := "application/json"
	if accept := r.Header.Get("Accept"); strings.HasPrefix(accept, "application/vnd.elasticsearch+json") {
		for _, version := range []string{"7", "8", "9"} {
			if strings.Contains(accept, "compatible-with="+version) {
				kind = "application/vnd.elasticsearch+json;compatible-with=" + version
			}
		}
	}
	w.Header().Set("Content-Type", kind)
}

// WriteJSON sends an answer. body is marshalled; a json.RawMessage is sent as
// it is. Keys of maps are sorted; use structs where clients expect an order.
func WriteJSON(w http.ResponseWriter, r *Request, status int, body any) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return err
	}
	SetType(w, r)
	w.WriteHeader(status)
	// The client is gone when this fails; there is nobody left to tell.
	_, _ = w.Write(bytes.TrimRight(text.Bytes(), "\n"))
	return nil
}

// Acknowledge answers {"acknowledged":true}.
func Acknowledge(w http.ResponseWriter, r *Request) error {
	return WriteJSON(w, r, http.StatusOK, map[string]any{"acknowledged": true})
}

// WriteFailure sends an error.
func WriteFailure(w http.ResponseWriter, r *Request, f *Failure) {
	if f.Status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	if r.Method == http.MethodHead {
		SetType(w, r)
		w.WriteHeader(f.Status)
		return
	}
	_ = WriteJSON(w, r, f.Status, f.Whole()) // maps of strings and numbers always encode
}
