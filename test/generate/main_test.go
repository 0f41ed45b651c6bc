package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestDocumentsAreUpToDate(t *testing.T) {
	docs, err := documents(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range docs {
		got, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
		if err != nil {
			t.Errorf("%v; run make generate", err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is behind the code; run make generate", name)
		}
	}
}
