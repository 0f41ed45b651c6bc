// Command generate writes the documents that are made from the code: the table
// of fields, the commented configuration, the description of the API and its
// types for the user interface. Its test fails when they are
// behind the code.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"rastro/internal/config"
	"rastro/internal/event"
)

// documents are the generated files, relative to the root of the repository,
// whose sources they are made from.
func documents(root string) (map[string][]byte, error) {
	var example bytes.Buffer
	if err := config.Example(&example); err != nil {
		return nil, err
	}
	routes, err := api(root)
	if err != nil {
		return nil, err
	}
	description, err := openapi(routes)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		"docs/openapi.json":        description,
		"ui/src/api/types.gen.ts":  typescript(routes),
		"docs/rastro.example.yaml": example.Bytes(),
		"docs/fields.md":           fields(),
	}, nil
}

func fields() []byte {
	var b bytes.Buffer
	b.WriteString(`# Fields of an event

Generated from ` + "`internal/event`" + ` by ` + "`make generate`" + `. Other products' names (aliases) are understood in
queries and in documents that are sent in; they are never stored twice. Fields marked *any case* compare without
case; *several* may have more than one value. A name that is not in this table is kept as it came and can be
searched too.

| field | kind | compares | meaning | aliases |
|---|---|---|---|---|
`)
	for _, f := range event.Fields() {
		var how []string
		if f.Kind == event.Text {
			how = append(how, "by word")
		} else if f.Fold {
			how = append(how, "any case")
		}
		if f.Multi {
			how = append(how, "several")
		}
		aliases := ""
		if len(f.Aliases) > 0 {
			aliases = "`" + strings.Join(f.Aliases, "` `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", f.Name, f.Kind, strings.Join(how, ", "), f.Meaning, aliases)
	}
	return b.Bytes()
}

func main() {
	docs, err := documents(".")
	if err == nil {
		for name, text := range docs {
			if err = os.WriteFile(filepath.FromSlash(name), text, 0o644); err != nil {
				break
			}
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}
