// Command client9 is a session of the official Go client of Elasticsearch 9.
package main

import (
	"context"
	"io"
	"strings"

	"github.com/elastic/go-elasticsearch/v9"
	"github.com/elastic/go-elasticsearch/v9/esapi"
	"github.com/elastic/go-elasticsearch/v9/esutil"

	"rastro/test/clients/go/session"
)

func main() { session.Main(open) }

func open(address string) (*session.Client, error) {
	es, err := elasticsearch.NewClient(elasticsearch.Config{Addresses: []string{address}, CompressRequestBody: true})
	if err != nil {
		return nil, err
	}
	return &session.Client{
		Info: func() (int, []byte, error) { return read(es.Info()) },
		Refresh: func(index string) (int, []byte, error) {
			return read(es.Indices.Refresh(es.Indices.Refresh.WithIndex(index)))
		},
		Create: func(index, id, body string) (int, []byte, error) {
			return read(es.Create(index, id, strings.NewReader(body)))
		},
		Get: func(index, id string) (int, []byte, error) { return read(es.Get(index, id)) },
		Count: func(index, body string) (int, []byte, error) {
			return read(es.Count(es.Count.WithIndex(index), es.Count.WithBody(strings.NewReader(body))))
		},
		Search: func(index, body string) (int, []byte, error) {
			return read(es.Search(es.Search.WithIndex(index), es.Search.WithBody(strings.NewReader(body))))
		},
		Bulk: func(index string, documents []string) (created, failed uint64, err error) {
			indexer, err := esutil.NewBulkIndexer(esutil.BulkIndexerConfig{Client: es, Index: index, NumWorkers: 2, FlushBytes: 200_000})
			if err != nil {
				return 0, 0, err
			}
			for _, document := range documents {
				if err := indexer.Add(context.Background(), esutil.BulkIndexerItem{Action: "create", Body: strings.NewReader(document)}); err != nil {
					return 0, 0, err
				}
			}
			err = indexer.Close(context.Background())
			stats := indexer.Stats()
			return stats.NumCreated, stats.NumFailed, err
		},
	}, nil
}

func read(r *esapi.Response, err error) (int, []byte, error) {
	if err != nil {
		return 0, nil, err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	return r.StatusCode, body, err
}
