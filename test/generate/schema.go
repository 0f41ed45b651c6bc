package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"rastro/internal/dashboard"
	"rastro/internal/reply"
	"rastro/internal/sources"
	"rastro/internal/trace"
	"rastro/internal/web"
)

// shape is a type as JSON has it.
type shape struct {
	kind   string // string, number, integer, boolean, unknown, array, map, object, ref
	format string // of a string
	values []string
	of     *shape // of arrays and maps
	ref    string // of ref: the name of a definition
	fields []field
}

// field is one member of an object.
type field struct {
	name, doc string
	optional  bool
	shape     *shape
}

// definition is a shape with a name.
type definition struct {
	name, doc string
	shape     *shape
	from      reflect.Type
}

// names are those of types that are called otherwise in the API.
var names = map[reflect.Type]string{
	reflect.TypeFor[web.Error]():    "ApiError",
	reflect.TypeFor[trace.Answer](): "TraceAnswer",

	reflect.TypeFor[sources.Answer]():  "SourcesAnswer",
	reflect.TypeFor[sources.Program](): "UnparsedProgram",
	reflect.TypeFor[sources.Example](): "UnparsedExample",

	reflect.TypeFor[dashboard.Summary](): "DashboardSummary",
	reflect.TypeFor[dashboard.Series]():  "PanelSeries",
	reflect.TypeFor[dashboard.Metric]():  "PanelMetric",
	reflect.TypeFor[dashboard.Version](): "SavedVersion",
}

// opaque are types that write their own JSON.
var opaque = map[reflect.Type]definition{
	reflect.TypeFor[json.RawMessage](): {name: "EventDocument", doc: "One event as flat JSON: every field that it has, by name.", shape: &shape{kind: "map", of: &shape{kind: "unknown"}}},
	reflect.TypeFor[web.Cursor]():      {name: "Cursor", doc: "A place in an ordered list of hits; not to be looked into.", shape: &shape{kind: "string"}},
}

// partly are types of which callers may leave out every field.
var partly = map[reflect.Type]bool{reflect.TypeFor[reply.Words](): true}

// schema gathers the definitions that the API is made of.
type schema struct {
	root string
	list []*definition // in the order in which they are met
	by   map[string]*definition
	docs map[string]*packageDocs // by import path
	err  error
}

func newSchema(root string) *schema {
	return &schema{root: root, by: map[string]*definition{}, docs: map[string]*packageDocs{}}
}

// add defines the type of a zero value and all that it is made of.
func (s *schema) add(zero any) *shape { return s.shapeOf(reflect.TypeOf(zero)) }

func (s *schema) fail(format string, args ...any) *shape {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
	return &shape{kind: "unknown"}
}

func (s *schema) shapeOf(t reflect.Type) *shape {
	if d, ok := opaque[t]; ok {
		return s.define(&definition{name: d.name, doc: d.doc, shape: d.shape, from: t})
	}
	if t == reflect.TypeFor[time.Time]() {
		return &shape{kind: "string", format: "date-time"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.shapeOf(t.Elem())
	case reflect.Bool:
		return &shape{kind: "boolean"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &shape{kind: "integer"}
	case reflect.Float32, reflect.Float64:
		return &shape{kind: "number"}
	case reflect.String:
		return s.text(t)
	case reflect.Interface:
		return &shape{kind: "unknown"}
	case reflect.Slice, reflect.Array:
		return &shape{kind: "array", of: s.shapeOf(t.Elem())}
	case reflect.Map:
		return &shape{kind: "map", of: s.shapeOf(t.Elem())}
	case reflect.Struct:
		return s.object(t)
	}
	return s.fail("%s has no form in JSON", t)
}

// text is a string; a named one with constants is the list of them.
func (s *schema) text(t reflect.Type) *shape {
	if t.PkgPath() == "" {
		return &shape{kind: "string"}
	}
	p := s.packageOf(t)
	values := p.constants[t.Name()]
	if len(values) == 0 {
		return &shape{kind: "string"}
	}
	return s.define(&definition{name: nameOf(t), doc: p.types[t.Name()], shape: &shape{kind: "string", values: values}, from: t})
}

func nameOf(t reflect.Type) string {
	if name := names[t]; name != "" {
		return name
	}
	return t.Name()
}

// define notes a definition, once.
func (s *schema) define(d *definition) *shape {
	if known := s.by[d.name]; known == nil {
		s.by[d.name] = d
		s.list = append(s.list, d)
	} else if known.from != d.from {
		return s.fail("%s and %s have the same name in the API", known.from, d.from)
	}
	return &shape{kind: "ref", ref: d.name}
}

func (s *schema) object(t reflect.Type) *shape {
	if t.Name() == "" {
		return &shape{kind: "object", fields: s.fields(t, nil)}
	}
	p := s.packageOf(t)
	d := &definition{name: nameOf(t), doc: p.types[t.Name()], from: t}
	if known := s.by[d.name]; known != nil {
		return s.define(d)
	}
	ref := s.define(d)
	d.shape = &shape{kind: "object", fields: s.fields(t, p.fields[t.Name()])}
	return ref
}

func (s *schema) fields(t reflect.Type, docs map[string]string) []field {
	var list []field
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case !f.IsExported() || name == "-":
			continue
		case f.Anonymous && name == "":
			inner := f.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			list = append(list, s.fields(inner, s.packageOf(inner).fields[inner.Name()])...)
			continue
		case name == "":
			s.fail("the field %s of %s has no JSON name", f.Name, t)
		}
		shape := s.shapeOf(f.Type)
		if values := f.Tag.Get("enum"); values != "" {
			shape.values = strings.Split(values, ",")
		}
		optional := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero") || partly[t]
		list = append(list, field{name: name, doc: docs[f.Name], optional: optional, shape: shape})
	}
	return list
}

// packageDocs are the comments and constants of a package.
type packageDocs struct {
	types     map[string]string
	fields    map[string]map[string]string
	constants map[string][]string
}

// packageOf reads the sources of a type's package.
func (s *schema) packageOf(t reflect.Type) *packageDocs {
	if p := s.docs[t.PkgPath()]; p != nil {
		return p
	}
	p := &packageDocs{types: map[string]string{}, fields: map[string]map[string]string{}, constants: map[string][]string{}}
	s.docs[t.PkgPath()] = p
	dir, ours := strings.CutPrefix(t.PkgPath(), "rastro/")
	if !ours {
		s.fail("%s is not of this house", t)
		return p
	}
	files, err := filepath.Glob(filepath.Join(s.root, filepath.FromSlash(dir), "*.go"))
	if err != nil {
		s.fail("listing %s: %v", dir, err)
	}
	slices.Sort(files)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			s.fail("reading %s: %v", name, err)
			continue
		}
		for _, d := range parsed.Decls {
			if g, ok := d.(*ast.GenDecl); ok {
				p.read(g)
			}
		}
	}
	return p
}

func (p *packageDocs) read(g *ast.GenDecl) {
	for _, spec := range g.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			if id, ok := spec.Type.(*ast.Ident); ok && g.Tok == token.CONST {
				for _, v := range spec.Values {
					if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
						if text, err := strconv.Unquote(lit.Value); err == nil {
							p.constants[id.Name] = append(p.constants[id.Name], text)
						}
					}
				}
			}
		case *ast.TypeSpec:
			doc := spec.Doc
			if doc == nil {
				doc = g.Doc
			}
			p.types[spec.Name.Name] = oneLine(doc.Text())
			if st, ok := spec.Type.(*ast.StructType); ok {
				p.fields[spec.Name.Name] = fieldDocs(st)
			}
		}
	}
}

func fieldDocs(st *ast.StructType) map[string]string {
	docs := map[string]string{}
	for _, f := range st.Fields.List {
		text := f.Doc.Text()
		if text == "" {
			text = f.Comment.Text()
		}
		for _, n := range f.Names {
			docs[n.Name] = oneLine(text)
			break // the comment of several fields stands at the first
		}
	}
	return docs
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
