package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"rastro/internal/web"
)

// object is one JSON object; its members are written in the order of names.
type object = map[string]any

// api gathers what the routes are made of.
func api(root string) (*schema, error) {
	s := newSchema(root)
	s.add(web.Error{})
	for _, r := range web.Routes() {
		for _, zero := range append([]any{r.Request, r.Answer}, r.Fails...) {
			if zero != nil {
				s.add(zero)
			}
		}
		if r.Summary == "" || r.Request == nil && r.Takes == "" && (r.Method == "POST" || r.Method == "PUT") || r.Answer == nil && len(r.Gives) == 0 && r.Status != 204 {
			return nil, fmt.Errorf("the route %s %s is not described", r.Method, r.Path)
		}
	}
	return s, s.err
}

// openapi writes the description of the API.
func openapi(s *schema) ([]byte, error) {
	paths := object{}
	for _, r := range web.Routes() {
		path, _ := paths[r.Path].(object)
		if path == nil {
			path = object{}
			paths[r.Path] = path
		}
		path[strings.ToLower(r.Method)] = operation(s, r)
	}
	schemas := object{}
	for _, d := range s.list {
		definition := jsonSchema(d.shape)
		if d.doc != "" {
			definition["description"] = d.doc
		}
		schemas[d.name] = definition
	}
	text, err := json.MarshalIndent(object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Rastro", "version": "1",
			"description": "The JSON API that the user interface and the command line speak. Errors are {\"error\": {code, message, hint}}. Fields are added, never renamed.",
			"license":     object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
		},
		"paths": paths, "components": object{"schemas": schemas},
	}, "", "  ")
	return append(text, '\n'), err
}

var inPath = regexp.MustCompile(`\{(\w+)\}`)

func operation(s *schema, r web.Route) object {
	op := object{"summary": r.Summary, "operationId": operationID(r)}
	var params []object
	for _, m := range inPath.FindAllStringSubmatch(r.Path, -1) {
		params = append(params, object{"name": m[1], "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	for _, p := range r.Params {
		param := object{"name": p.Name, "in": "query", "description": p.Meaning, "schema": jsonSchema(&shape{kind: "string", values: p.Values})}
		if p.Required {
			param["required"] = true
		}
		params = append(params, param)
	}
	if params != nil {
		op["parameters"] = params
	}
	switch {
	case r.Request != nil:
		op["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": jsonSchema(s.add(r.Request))}}}
	case r.Takes != "":
		op["requestBody"] = object{"required": true, "content": object{r.Takes: object{}}}
	}
	good := object{"description": "The answer"}
	content := object{}
	if r.Answer != nil {
		content["application/json"] = object{"schema": jsonSchema(s.add(r.Answer))}
	}
	for _, kind := range r.Gives {
		content[kind] = object{}
	}
	if len(content) > 0 {
		good["content"] = content
	}
	failure := object{"type": "object", "required": []string{"error"}, "properties": object{"error": object{"$ref": "#/components/schemas/ApiError"}}}
	if len(r.Fails) > 0 {
		any := []object{failure}
		for _, zero := range r.Fails {
			any = append(any, jsonSchema(s.add(zero)))
		}
		failure = object{"anyOf": any}
	}
	status := r.Status
	if status == 0 {
		status = 200
	}
	op["responses"] = object{strconv.Itoa(status): good, "default": object{"description": "A mistake or a failure", "content": object{"application/json": object{"schema": failure}}}}
	return op
}

// operationID is the method with the words of the path: postSearch.
func operationID(r web.Route) string {
	id := strings.ToLower(r.Method)
	for _, word := range strings.FieldsFunc(strings.TrimPrefix(r.Path, "/api/"), func(c rune) bool { return strings.ContainsRune("/{}.-", c) }) {
		id += strings.ToUpper(word[:1]) + word[1:]
	}
	return id
}

func jsonSchema(s *shape) object {
	switch s.kind {
	case "ref":
		return object{"$ref": "#/components/schemas/" + s.ref}
	case "unknown":
		return object{}
	case "array":
		return object{"type": "array", "items": jsonSchema(s.of)}
	case "map":
		return object{"type": "object", "additionalProperties": jsonSchema(s.of)}
	case "object":
		properties, required := object{}, []string{}
		for _, f := range s.fields {
			p := jsonSchema(f.shape)
			if f.doc != "" {
				p["description"] = f.doc
			}
			properties[f.name] = p
			if !f.optional {
				required = append(required, f.name)
			}
		}
		out := object{"type": "object", "properties": properties}
		if len(required) > 0 {
			out["required"] = required
		}
		return out
	}
	out := object{"type": s.kind}
	if s.format != "" {
		out["format"] = s.format
	}
	if len(s.values) > 0 {
		out["enum"] = s.values
	}
	return out
}
