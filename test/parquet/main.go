// Command parquet reads files that Rastro wrote with a reader of Parquet that
// is none of ours, and compares every row with what Rastro itself says.
//
// What comes in are a file of events as NDJSON (`rastro export`), the oldest
// first, and Parquet files that hold the same events: all segments of a data
// folder, or what `rastro export --format parquet` wrote. What goes out is one
// line of JSON with the counts; a difference is an error. It imports nothing of
// Rastro: docs/formats/segment.md is all that it knows.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: parquet EVENTS.ndjson FILE.parquet…")
		os.Exit(2)
	}
	if err := compare(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "parquet:", err)
		os.Exit(1)
	}
}

// compare compares the rows of files with lines of JSON.
func compare(lines string, files []string) error {
	var rows []row
	for _, name := range files {
		got, err := readFile(name)
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		rows = append(rows, got...)
	}
	slices.SortFunc(rows, compareRows)
	values := 0
	in, err := os.Open(lines)
	if err != nil {
		return err
	}
	defer in.Close()
	r := bufio.NewReaderSize(in, 1<<20)
	for at := 0; ; at++ {
		line, err := r.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			if at != len(rows) {
				return fmt.Errorf("%d rows in the files, %d lines of JSON", len(rows), at)
			}
			return json.NewEncoder(os.Stdout).Encode(map[string]int{"rows": at, "values": values, "files": len(files)})
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", lines, err)
		}
		if at >= len(rows) {
			return fmt.Errorf("only %d rows in the files, but line %d: %.300s", len(rows), at+1, line)
		}
		if err := rows[at].same(line); err != nil {
			return fmt.Errorf("event %d, line %d: %w\n%.2000s", rows[at].rid, at+1, err, line)
		}
		values += len(rows[at].values) + len(rows[at].extras)
	}
}

// readFile reads all rows of a file.
func readFile(name string) ([]row, error) {
	f, err := file.OpenParquetFile(name, false)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	reader, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{BatchSize: 4096}, memory.DefaultAllocator)
	if err != nil {
		return nil, err
	}
	table, err := reader.ReadTable(context.Background())
	if err != nil {
		return nil, err
	}
	defer table.Release()
	rows := make([]row, table.NumRows())
	for i := range rows {
		rows[i].values = map[string]any{}
	}
	for i := range int(table.NumCols()) {
		c, at := table.Column(i), 0
		for _, chunk := range c.Data().Chunks() {
			for k := range chunk.Len() {
				if err := rows[at].set(c.Name(), chunk, k); err != nil {
					return nil, fmt.Errorf("column %s, row %d: %w", c.Name(), at, err)
				}
				at++
			}
		}
		if at != len(rows) {
			return nil, fmt.Errorf("column %s has %d rows of %d", c.Name(), at, len(rows))
		}
	}
	for i := range rows {
		if err := rows[i].complete(); err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
	}
	return rows, nil
}

// same compares a row with an event as JSON.
func (r *row) same(line []byte) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	var want map[string]any
	if err := d.Decode(&want); err != nil {
		return err
	}
	for name, value := range want {
		want[name] = plain(value)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		got, ok := r.values[name]
		if !ok {
			got, ok = r.extras[name]
		}
		if !ok { // its name is that of a known field
			got, ok = r.extras[strings.TrimPrefix(name, "extra.")]
		}
		if !ok {
			return fmt.Errorf("%s is %v, and the file has nothing", name, want[name])
		}
		if !reflect.DeepEqual(got, want[name]) {
			return fmt.Errorf("%s is %#v, and the file has %#v", name, want[name], got)
		}
	}
	if len(r.values)+len(r.extras) != len(want) {
		return fmt.Errorf("the file has more than the event: %v %v", r.values, r.extras)
	}
	return nil
}
