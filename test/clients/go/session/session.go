// Package session is what both versions of the official Go client do in the
// end-to-end tests: connect, write lines in bulk, write one document twice, and
// read back.
//
// Calls of a client come in; a report goes out as JSON on the standard output.
package session

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// Client are the calls of one version. Each returns status and body.
type Client struct {
	Info    func() (int, []byte, error)
	Create  func(index, id, body string) (int, []byte, error)
	Get     func(index, id string) (int, []byte, error)
	Refresh func(index string) (int, []byte, error)
	Count   func(index, body string) (int, []byte, error)
	Search  func(index, body string) (int, []byte, error)
	// Bulk writes documents with the client's own indexer and says how many were
	// created and how many failed.
	Bulk func(index string, documents []string) (created, failed uint64, err error)
}

// Report is what the client saw.
type Report struct {
	Version         string
	Created, Failed uint64
	// Again is the status of the second creation of one document.
	First, Again int
	Count        int64
	Found        int64
	Source       map[string]any
}

// Main reads the lines of the file that the arguments name and writes them to
// the index: ADDRESS INDEX FILE WORD.
func Main(open func(address string) (*Client, error)) {
	report, err := run(open, os.Args[1], os.Args[2], os.Args[3], os.Args[4])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(report)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(open func(string) (*Client, error), address, index, file, word string) (*Report, error) {
	c, err := open(address)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var documents []string
	for line := range strings.Lines(string(text)) {
		document, err := json.Marshal(map[string]any{"message": strings.TrimSuffix(line, "\n"), "agent": map[string]any{"type": "go"}})
		if err != nil {
			return nil, err
		}
		documents = append(documents, string(document))
	}
	var r Report
	var info struct{ Version struct{ Number string } }
	if _, err := read(&info)(c.Info()); err != nil {
		return nil, err
	}
	r.Version = info.Version.Number
	if r.Created, r.Failed, err = c.Bulk(index, documents); err != nil {
		return nil, err
	}
	if r.First, _, err = c.Create(index, "the-same", `{"message":"one document","n":{"m":[1,2]}}`); err != nil {
		return nil, err
	}
	if r.Again, _, err = c.Create(index, "the-same", `{"message":"one document","n":{"m":[1,2]}}`); err != nil {
		return nil, err
	}
	return &r, r.readBack(c, index, word)
}

// readBack asks for what was written.
func (r *Report) readBack(c *Client, index, word string) error {
	if _, err := read(nil)(c.Refresh(index)); err != nil {
		return err
	}
	var count struct{ Count int64 }
	if _, err := read(&count)(c.Count(index, `{"query":{"match_all":{}}}`)); err != nil {
		return err
	}
	r.Count = count.Count
	var hits struct {
		Hits struct{ Total struct{ Value int64 } }
	}
	if _, err := read(&hits)(c.Search(index, `{"size":1,"query":{"query_string":{"query":"`+word+`"}},"sort":[{"@timestamp":"desc"}]}`)); err != nil {
		return err
	}
	r.Found = hits.Hits.Total.Value
	var got struct {
		Source map[string]any `json:"_source"`
	}
	if _, err := read(&got)(c.Get(index, "the-same")); err != nil {
		return err
	}
	r.Source = got.Source
	return nil
}

// read reads the answer of a call that must succeed.
func read(into any) func(int, []byte, error) (int, error) {
	return func(status int, body []byte, err error) (int, error) {
		if err != nil {
			return status, err
		}
		if status > 299 {
			return status, fmt.Errorf("status %d: %s", status, body)
		}
		if into == nil {
			return status, nil
		}
		return status, json.Unmarshal(body, into)
	}
}
