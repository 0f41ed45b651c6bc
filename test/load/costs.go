package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// columnCost is what a column takes on disk, in bytes.
type columnCost struct {
	name string
	// dictionary and data are pages, bloom the filters, index where pages begin.
	dictionary, data, bloom, index int64
}

func (c *columnCost) all() int64 { return c.dictionary + c.data + c.bloom + c.index }

// costs are what the files of a folder take.
type costs struct {
	files       int
	rows, bytes int64
	columns     []columnCost // the dearest first
	words       int64        // indexes of words
	footers     int64        // footers and all else
}

// costsOf adds up the footers of all segments of a data folder.
func costsOf(data string) (costs, error) {
	var c costs
	files, err := filepath.Glob(filepath.Join(data, "segments", "*", "*.parquet"))
	if err != nil {
		return c, err
	}
	columns := map[string]*columnCost{}
	for _, name := range files {
		if err := c.add(name, columns); err != nil {
			return c, fmt.Errorf("reading the footer of %s: %w", name, err)
		}
	}
	c.footers = c.bytes - c.words
	for _, column := range columns {
		c.columns = append(c.columns, *column)
		c.footers -= column.all()
	}
	slices.SortFunc(c.columns, func(a, b columnCost) int {
		return cmp.Or(cmp.Compare(b.all(), a.all()), strings.Compare(a.name, b.name))
	})
	return c, nil
}

func (c *costs) add(name string, columns map[string]*columnCost) (err error) {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	p, err := parquet.OpenFile(f, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return err
	}
	m := p.Metadata()
	c.files++
	c.rows += m.NumRows
	c.bytes += info.Size()
	for _, kv := range m.KeyValueMetadata {
		if kv.Key == "rastro.words" {
			c.words += wordBytes(kv.Value)
		}
	}
	for _, group := range m.RowGroups {
		for _, chunk := range group.Columns {
			path := strings.Join(chunk.MetaData.PathInSchema, ".")
			column := columns[path]
			if column == nil {
				column = &columnCost{name: path}
				columns[path] = column
			}
			dictionary := int64(0)
			if at := chunk.MetaData.DictionaryPageOffset; at != 0 {
				dictionary = chunk.MetaData.DataPageOffset - at
			}
			column.dictionary += dictionary
			column.data += chunk.MetaData.TotalCompressedSize - dictionary
			column.bloom += int64(chunk.MetaData.BloomFilterLength)
			column.index += int64(chunk.OffsetIndexLength) + int64(chunk.ColumnIndexLength)
		}
	}
	return nil
}

// wordBytes adds up the "offset:bytes" of the indexes of words.
func wordBytes(list string) int64 {
	sum := int64(0)
	for part := range strings.FieldsSeq(list) {
		if _, n, ok := strings.Cut(part, ":"); ok {
			bytes, err := strconv.ParseInt(n, 10, 64)
			if err == nil {
				sum += bytes
			}
		}
	}
	return sum
}

// table tells it on the page; columns that take next to nothing share a row.
func (c *costs) table(b *bytes.Buffer) {
	fmt.Fprintf(b, `### What each column costs

Bytes per line, of the footers of all %s files. Where a column is left out of a file it costs nothing there.

| column | dictionary | data | Bloom filter | index of pages | together |
|---|---:|---:|---:|---:|---:|
`, count(int64(c.files)))
	per := func(n int64) float64 { return float64(n) / float64(max(c.rows, 1)) }
	row := func(name string, k columnCost) {
		fmt.Fprintf(b, "| %s | %.2f | %.2f | %.2f | %.2f | %.2f |\n", name, per(k.dictionary), per(k.data), per(k.bloom), per(k.index), per(k.all()))
	}
	const least = 0.01
	var small columnCost
	others := 0
	for _, k := range c.columns {
		if per(k.all()) >= least {
			row("`"+k.name+"`", k)
			continue
		}
		others++
		small.dictionary += k.dictionary
		small.data += k.data
		small.bloom += k.bloom
		small.index += k.index
	}
	if others > 0 {
		row(fmt.Sprintf("%d others", others), small)
	}
	fmt.Fprintf(b, "| index of words | | | | | %.2f |\n| footers and their checksums | | | | | %.2f |\n| **all** | | | | | **%.2f** |\n\n", per(c.words), per(c.footers), per(c.bytes))
}
