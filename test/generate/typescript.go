package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// typescript writes the definitions as TypeScript.
func typescript(s *schema) []byte {
	var b strings.Builder
	b.WriteString("// Generated from the types of internal/web by `make generate`; do not edit.\n")
	for _, d := range s.list {
		b.WriteByte('\n')
		comment(&b, "", d.doc)
		if d.shape.kind == "object" {
			fmt.Fprintf(&b, "export interface %s {\n", d.name)
			members(&b, d.shape, "  ")
			b.WriteString("}\n")
			continue
		}
		fmt.Fprintf(&b, "export type %s = %s;\n", d.name, tsType(d.shape))
	}
	return []byte(b.String())
}

func comment(b *strings.Builder, indent, text string) {
	if text != "" {
		fmt.Fprintf(b, "%s/** %s */\n", indent, strings.ReplaceAll(text, "*/", "*\\/"))
	}
}

func members(b *strings.Builder, s *shape, indent string) {
	for _, f := range s.fields {
		comment(b, indent, f.doc)
		mark := ""
		if f.optional {
			mark = "?"
		}
		name := f.name
		if !regexp.MustCompile(`^\w+$`).MatchString(name) {
			name = strconv.Quote(name)
		}
		fmt.Fprintf(b, "%s%s%s: %s;\n", indent, name, mark, tsType(f.shape))
	}
}

func tsType(s *shape) string {
	switch {
	case len(s.values) > 0:
		quoted := make([]string, len(s.values))
		for i, v := range s.values {
			quoted[i] = strconv.Quote(v)
		}
		return strings.Join(quoted, " | ")
	case s.kind == "ref":
		return s.ref
	case s.kind == "array":
		if inner := tsType(s.of); !strings.ContainsAny(inner, " |") {
			return inner + "[]"
		}
		return "(" + tsType(s.of) + ")[]"
	case s.kind == "map":
		return "Record<string, " + tsType(s.of) + ">"
	case s.kind == "integer":
		return "number"
	case s.kind == "object":
		var b strings.Builder
		b.WriteString("{ ")
		for _, f := range s.fields {
			mark := ""
			if f.optional {
				mark = "?"
			}
			fmt.Fprintf(&b, "%s%s: %s; ", f.name, mark, tsType(f.shape))
		}
		return b.String() + "}"
	}
	return s.kind
}
