package dashboard

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

const (
	// MaxImport bounds a file of dashboards in bytes.
	MaxImport = 32 << 20
	// maxMistakes is how many of them are listed.
	maxMistakes = 20
	// format is the number of the form of a line.
	format = 1
)

// line is one line of a file of dashboards.
type line struct {
	Kind      string          `json:"kind"`
	Format    int             `json:"format"`
	ID        string          `json:"id"`
	Dashboard json.RawMessage `json:"dashboard"`
}

// LineMistake is a Mistake in one line of a file, counted from 1.
type LineMistake struct {
	Line int `json:"line"`
	// Message says where in the line and what, Hint how to mend it.
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// BadFile is what is wrong with a file of dashboards: nothing of it was taken.
type BadFile struct {
	Mistakes []LineMistake
	// More is how many mistakes are not listed.
	More int
}

// Error tells the first mistake.
func (b *BadFile) Error() string {
	if len(b.Mistakes) == 0 {
		return "the file holds no dashboard"
	}
	return fmt.Sprintf("line %d: %s", b.Mistakes[0].Line, b.Mistakes[0].Message)
}

func (b *BadFile) add(number int, err error) {
	if len(b.Mistakes) == maxMistakes {
		b.More++
		return
	}
	m := LineMistake{Line: number, Message: err.Error()}
	var known *Mistake
	if errors.As(err, &known) {
		m.Hint = known.Hint
		m.Message = (&Mistake{Where: known.Where, Problem: known.Problem}).Error()
	}
	b.Mistakes = append(b.Mistakes, m)
}

// Export writes dashboards as NDJSON, one line each, in the order of ids;
// without ids all that users made. Those that come with Rastro can be named
// too. Nothing is written when one of them is not there.
func (s *Store) Export(ctx context.Context, w io.Writer, ids []string) error {
	if len(ids) == 0 {
		all, err := s.list(ctx, kindDashboard, headOnly)
		if err != nil {
			return err
		}
		for _, o := range all {
			ids = append(ids, o.id)
		}
	}
	var out bytes.Buffer
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			continue
		}
		d, err := s.Dashboard(ctx, id)
		if err != nil {
			return fmt.Errorf("exporting %.100q: %w", id, err)
		}
		if err := appendLine(&out, d); err != nil {
			return err
		}
		if out.Len() > MaxImport {
			return wrong("ids", "export them in parts", "together they have more than %d MiB, which no import takes", MaxImport>>20)
		}
	}
	if _, err := out.WriteTo(w); err != nil {
		return fmt.Errorf("exporting: %w", err)
	}
	return nil
}

func appendLine(out *bytes.Buffer, d Dashboard) error {
	body, err := json.Marshal(bodyOf(d))
	if err != nil {
		return fmt.Errorf("exporting %s: %w", d.ID, err)
	}
	text, err := json.Marshal(line{Kind: kindDashboard, Format: format, ID: d.ID, Dashboard: body})
	if err != nil {
		return fmt.Errorf("exporting %s: %w", d.ID, err)
	}
	out.Write(text)
	out.WriteByte('\n')
	return nil
}

// Import saves the dashboards of a file that Export wrote: all of them, or
// none and a *BadFile. A dashboard keeps its id when that is free and gets
// another one otherwise; nothing that is there is replaced.
func (s *Store) Import(ctx context.Context, r io.Reader) ([]Summary, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxImport+1))
	if err != nil {
		return nil, fmt.Errorf("reading the file: %w", err)
	}
	if len(text) > MaxImport {
		return nil, wrong("", "import it in parts", "the file has more than %d MiB", MaxImport>>20)
	}
	objects, err := s.readLines(text)
	if err != nil {
		return nil, err
	}
	if err := s.create(ctx, kindDashboard, objects); err != nil {
		return nil, err
	}
	all := make([]Summary, len(objects))
	for i, o := range objects {
		d, err := toBoard(o)
		if err != nil {
			return nil, err
		}
		all[i] = d.Summary
	}
	return all, nil
}

func (s *Store) readLines(text []byte) ([]object, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	var objects []object
	bad := &BadFile{}
	number := 0
	for one := range bytes.Lines(text) {
		number++
		if one = bytes.TrimSpace(one); len(one) == 0 {
			continue
		}
		o, err := s.readLine(one)
		if err != nil {
			bad.add(number, err)
			continue
		}
		objects = append(objects, o)
	}
	if len(bad.Mistakes) > 0 || len(objects) == 0 {
		return nil, bad
	}
	return objects, nil
}

func (s *Store) readLine(text []byte) (object, error) {
	var in line
	if err := json.Unmarshal(text, &in); err != nil {
		return object{}, notOurs(text, err)
	}
	switch {
	case in.Kind != kindDashboard:
		return object{}, notOurs(text, nil)
	case in.Format != format:
		return object{}, wrong("format", "import it into the version of Rastro that wrote it, or a later one", "this version reads format %d, the line has %d", format, in.Format)
	case in.ID != "" && !isID(in.ID):
		return object{}, wrong("id", "use 1 to 64 letters, digits, - and _", "%.100q is no id", in.ID)
	}
	var body boardBody
	if err := Decode(in.Dashboard, &body); err != nil {
		return object{}, err
	}
	return s.fromBoard(body.board(in.ID))
}

// notOurs says what a line is that no export of ours wrote.
func notOurs(text []byte, err error) error {
	const hint = "import what was exported from Rastro: one JSON object on each line"
	var kibana struct {
		Type       string          `json:"type"`
		Attributes json.RawMessage `json:"attributes"`
	}
	switch {
	case json.Unmarshal(text, &kibana) == nil && kibana.Type != "" && len(kibana.Attributes) > 0:
		return wrong("", "export the dashboard from Kibana with all that it refers to and import that file", "this is a saved object of Kibana (%.50s) in a file that holds no dashboard, or is no export of Kibana's", kibana.Type)
	case err != nil:
		return wrong("", hint, "it is no JSON object: %v", err)
	}
	return wrong("kind", hint, "this is no dashboard of Rastro")
}

// Decode reads one JSON object into v, strictly: a member that v does not know
// is a Mistake, so that nothing is dropped unseen.
func Decode(text []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, err = d.Token(); errors.Is(err, io.EOF) {
			return nil
		}
		return wrong("", "send one JSON object", "something follows behind the object")
	}
	var kind *json.UnmarshalTypeError
	name, unknown := strings.CutPrefix(err.Error(), "json: unknown field ")
	switch {
	case unknown:
		return wrong(strings.Trim(name, `"`), "remove it; docs/dashboards.md lists what there is", "there is no such member")
	case errors.As(err, &kind) && kind.Field != "":
		return wrong(kind.Field, "", "a JSON %s cannot stand here, a %s must", kind.Value, kind.Type)
	case errors.Is(err, io.EOF):
		return wrong("", "send one JSON object", "there is no JSON object")
	}
	return wrong("", "send one JSON object", "it cannot be read: %v", err)
}
