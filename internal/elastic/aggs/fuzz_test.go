package aggs_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"rastro/internal/elastic/aggs"
)

// FuzzParse reads any text as aggregations: no text may make a panic, and what
// is taken makes a question.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		var pairs []pair
		if err := json.Unmarshal(text, &pairs); err != nil {
			f.Fatal(err)
		}
		for _, p := range pairs {
			f.Add([]byte(p.Aggs))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		plan, err := aggs.Parse(text, aggs.Options{Now: now, ParseQuery: parseQuery})
		if err == nil {
			plan.Aggs()
		}
	})
}
