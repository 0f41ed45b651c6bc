package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"rastro/internal/query"
	"rastro/internal/web"
)

// remote answers through the JSON API of a running server.
type remote struct {
	base   string
	client *http.Client
}

func newRemote(address string) *remote {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	return &remote{base: strings.TrimRight(address, "/"), client: &http.Client{}}
}

// do sends a request and turns an error answer into a web.Error.
func (r *remote) do(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, r.base+path, body)
	if err != nil {
		return nil, usagef("the address %s: %w", r.base, err)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking the server: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer resp.Body.Close()
	var failure struct {
		Error web.Error `json:"error"`
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil || json.Unmarshal(text, &failure) != nil || failure.Error.Message == "" {
		return nil, fmt.Errorf("asking the server: %s answered %s; is it Rastro's JSON API (port 5601)?", r.base, resp.Status)
	}
	if resp.StatusCode == http.StatusBadRequest {
		return nil, failure.Error
	}
	return nil, fmt.Errorf("the server said: %s", failure.Error.Error())
}

// locate puts the query back into a mistake that the server found in it, so
// that its place can be shown.
func locate(err error, text string) error {
	var e web.Error
	if !errors.As(err, &e) || !strings.HasPrefix(e.Code, "query_") {
		return err
	}
	return &query.SyntaxError{Code: strings.TrimPrefix(e.Code, "query_"), Query: text, Pos: e.Position, Problem: e.Message, Hint: e.Hint, Suggestion: e.Suggestion}
}

func (r *remote) search(ctx context.Context, req web.SearchRequest) (web.SearchAnswer, error) {
	body, err := json.Marshal(req)
	if err != nil {
		return web.SearchAnswer{}, fmt.Errorf("writing the request: %w", err)
	}
	resp, err := r.do(ctx, http.MethodPost, "/api/search", bytes.NewReader(body))
	if err != nil {
		return web.SearchAnswer{}, locate(err, req.Query)
	}
	defer resp.Body.Close()
	var answer web.SearchAnswer
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return answer, fmt.Errorf("reading the answer: %w", err)
	}
	return answer, nil
}

func (r *remote) tail(ctx context.Context, text string, visit func([]byte, int64) error) error {
	resp, err := r.do(ctx, http.MethodGet, "/api/tail?q="+url.QueryEscape(text), nil)
	if err != nil {
		return locate(err, text)
	}
	defer resp.Body.Close()
	var kind string
	var lost int64
	lines := bufio.NewReaderSize(resp.Body, 64<<10)
	for {
		line, err := lines.ReadBytes('\n')
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("following the server: %w", err)
		}
		line = bytes.TrimRight(line, "\n")
		if name, ok := bytes.CutPrefix(line, []byte("event: ")); ok {
			kind = string(name)
			continue
		}
		data, ok := bytes.CutPrefix(line, []byte("data: "))
		if !ok {
			continue
		}
		switch kind {
		case "lost":
			n, err := strconv.ParseInt(string(data), 10, 64)
			if err != nil {
				return fmt.Errorf("following the server: %w", err)
			}
			lost += n
		case "error":
			return fmt.Errorf("the server said: %s", data)
		default:
			if err := visit(data, lost); err != nil {
				return err
			}
			lost = 0
		}
	}
}

func (r *remote) load(ctx context.Context, in io.Reader, req web.ImportRequest, progress func(read, lines int64)) (web.ImportResult, error) {
	body := &countingReader{r: in, progress: progress}
	resp, err := r.do(ctx, http.MethodPost, "/api/import?"+req.Values().Encode(), body)
	if err != nil {
		return web.ImportResult{}, err
	}
	defer resp.Body.Close()
	var result web.ImportResult
	if err := json.NewDecoder(resp.Body).Decode(&result); err != nil {
		return result, fmt.Errorf("reading the answer: %w", err)
	}
	return result, nil
}

func (r *remote) close() error { return nil }

// countingReader tells how much of a stream was sent.
type countingReader struct {
	r        io.Reader
	progress func(read, lines int64)
	sent     int64
}

func (c *countingReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.sent += int64(n)
	c.progress(c.sent, 0)
	return n, err
}
