package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"rastro/internal/trace"
)

// TestTheSchemaIsDocumented: docs/trace.md names every field of the answer and
// every value of the closed lists.
func TestTheSchemaIsDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/trace.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		name, body, _ := strings.Cut(section, "\n")
		sections[name] = body
	}
	for name, v := range map[string]any{
		"Journey": trace.Journey{}, "Step": trace.Step{}, "Related": trace.Related{}, "Answer": trace.Answer{},
		"NotFound": trace.NotFound{}, "Coverage": trace.Coverage{}, "Gap": trace.Gap{}, "Near": trace.Near{}, "Understood": trace.Understood{}, "Words": trace.Words{},
	} {
		kind := reflect.TypeOf(v)
		for i := range kind.NumField() {
			if !kind.Field(i).IsExported() {
				continue
			}
			field, _, _ := strings.Cut(kind.Field(i).Tag.Get("json"), ",")
			if field == "" || field == "-" {
				t.Errorf("%s.%s has no name in JSON", name, kind.Field(i).Name)
			} else if !strings.Contains(sections[name], "\n| `"+field+"` |") {
				t.Errorf("docs/trace.md has no row for %q in the section %s", field, name)
			}
		}
	}
	for _, kind := range []string{"Status", "Confidence", "By"} {
		for _, value := range constants(t, kind) {
			if !strings.Contains(sections[kind], "\n| `"+value+"` |") {
				t.Errorf("docs/trace.md has no row for %q in the section %s", value, kind)
			}
		}
	}
}

// constants are the values of the constants of a type of package trace.
func constants(t *testing.T, kind string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../internal/trace/journey.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		name, _ := spec.Type.(*ast.Ident)
		literal, _ := spec.Values[0].(*ast.BasicLit)
		if name != nil && name.Name == kind && literal != nil {
			value, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, value)
		}
		return true
	})
	if len(values) == 0 {
		t.Fatalf("no constants of type %s were found", kind)
	}
	return values
}
