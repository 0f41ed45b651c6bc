package main

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rastro/internal/web"
)

// TestTheDescriptionHoldsTogether follows every reference and looks for every
// route.
func TestTheDescriptionHoldsTogether(t *testing.T) {
	s, err := api(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	text, err := openapi(s)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string                     `json:"operationId"`
			Summary     string                     `json:"summary"`
			Responses   map[string]json.RawMessage `json:"responses"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]struct {
				Description string `json:"description"`
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, r := range web.Routes() {
		op, ok := doc.Paths[r.Path][strings.ToLower(r.Method)]
		if !ok || op.Summary == "" || len(op.Responses) != 2 || ids[op.OperationID] {
			t.Errorf("%s %s is described as %+v", r.Method, r.Path, op)
		}
		ids[op.OperationID] = true
	}
	for _, m := range regexp.MustCompile(`"\$ref": "#/components/schemas/(\w+)"`).FindAllStringSubmatch(string(text), -1) {
		if _, ok := doc.Components.Schemas[m[1]]; !ok {
			t.Errorf("nothing is called %s", m[1])
		}
	}
	for name, d := range doc.Components.Schemas {
		if d.Description == "" {
			t.Errorf("%s is not described", name)
		}
	}
}

// TestTypesOfTheInterface wants the names that the user interface builds on.
func TestTypesOfTheInterface(t *testing.T) {
	s, err := api(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	text := string(typescript(s))
	for _, want := range []string{
		"export interface ApiError {", "export interface Info {", "  features: Features;", "export type EventDocument = Record<string, unknown>;",
		"export type Cursor = string;", "export interface Journey {", "  first_time: string;", "  by?: By;", "  recipients?: Record<string, number>;",
		`export type Confidence = "exact" | "probable" | "guess";`, "  percents?: number[];", "export interface SourcesAnswer {", "export interface Dashboard {",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	names := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^export (?:interface|type) (\w+)`).FindAllStringSubmatch(text, -1) {
		if names[m[1]] {
			t.Errorf("%s is there twice", m[1])
		}
		names[m[1]] = true
	}
}
