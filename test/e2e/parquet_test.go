package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// otherReader builds the program of test/parquet, which reads Parquet with
// another library than Rastro.
func otherReader(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "parquet")
	build := exec.Command(program(t, "go"), "build", "-o", path, ".")
	build.Dir = filepath.Join("..", "parquet")
	if out, err := build.CombinedOutput(); err != nil {
		if !strings.Contains(string(out), "download") && !strings.Contains(string(out), "dial") && !strings.Contains(string(out), "missing go.sum") && !strings.Contains(string(out), "lookup") {
			t.Fatalf("building test/parquet: %v\n%s", err, out)
		}
		t.Skipf("SKIP: the modules of test/parquet (Apache Arrow) cannot be loaded: %v %.500s", err, out)
	}
	return path
}

// TestAnotherReaderOfParquetReadsTheSame compares every row of all segments of
// the corpora, and of documents with fields that Rastro does not know, as
// another reader sees them, with what export says.
func TestAnotherReaderOfParquetReadsTheSame(t *testing.T) {
	t.Parallel()
	reader := otherReader(t)
	data := copyOf(t, importedHosts(t))
	s := serve(t, data, "")
	var body strings.Builder
	for i := range 500 {
		fmt.Fprintf(&body, "{\"create\":{\"_index\":\"mail\"}}\n{\"message\":\"line %d\",\"number\":%d,\"share\":%d.25,\"nested\":{\"a\":[1,{\"b\":\"<é>\"}],\"c\":null},\"yes\":%t,\"size\":%d}\n", i, i, i, i%2 == 0, i)
	}
	if status, text := s.send(http.MethodPost, "/_bulk?refresh=true", body.String()); status != http.StatusOK || !strings.Contains(text, `"errors":false`) {
		t.Fatalf("%d %.500s", status, text)
	}
	s.stop()
	if said := must(t, "check", "--data", data); !strings.Contains(said, "all is well") {
		t.Errorf("check says %s", said)
	}
	dir := t.TempDir()
	lines, file := filepath.Join(dir, "all.ndjson"), filepath.Join(dir, "all.parquet")
	must(t, "export", "--data", data, "--to", lines)
	must(t, "export", "--data", data, "--format", "parquet", file)
	segments, err := filepath.Glob(filepath.Join(data, "segments", "*", "*.parquet"))
	if err != nil || len(segments) == 0 {
		t.Fatalf("%v %v", segments, err)
	}
	for what, files := range map[string][]string{"segments": segments, "export": {file}} {
		out, err := exec.Command(reader, append([]string{lines}, files...)...).CombinedOutput()
		var r struct{ Rows, Values, Files int }
		if err != nil || json.Unmarshal(out, &r) != nil {
			t.Fatalf("%s: %v\n%s", what, err, out)
		}
		if r.Rows < 10_000 || r.Values < 10*r.Rows || r.Files != len(files) {
			t.Errorf("%s: too little was compared: %s", what, out)
		}
	}
}
