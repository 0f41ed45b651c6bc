package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"rastro/internal/query"
	"rastro/internal/trace"
	"rastro/internal/web"
)

// remote answers through the JSON API of a running server.
type remote struct {
	base   string
	client *http.Client
	// silent, if set, is the error when nobody answers.
	silent error
}

// newRemote takes an address as people write it: host:port or a URL.
func newRemote(address string) (*remote, error) {
	text := address
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, usagef("%q is no address of a server; write one such as http://127.0.0.1:5601", address)
	}
	return &remote{base: strings.TrimRight(text, "/"), client: &http.Client{}}, nil
}

func (r *remote) name() string { return r.base }

// do sends a request and turns an error answer into a web.Error, or into a
// failed web.ImportFailure.
func (r *remote) do(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, r.base+path, body)
	if err != nil {
		return nil, usagef("the address %s: %w", r.base, err)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, r.unreachable(err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, r.refused(resp)
}

// unreachable says that no answer came, without the address in full.
func (r *remote) unreachable(err error) error {
	var dial *net.OpError
	if r.silent != nil && errors.As(err, &dial) && dial.Op == "dial" {
		return r.silent
	}
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err
	}
	return unreachableError{fmt.Errorf("no answer from %s: %w; is rastro serve running there?", r.base, err)}
}

// unreachableError: there is nobody to ask, now and for the next file.
type unreachableError struct{ error }

func (e unreachableError) Unwrap() error { return e.error }

// refused reads an answer that is no success.
func (r *remote) refused(resp *http.Response) error {
	var failure web.ImportFailure
	text, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil || json.Unmarshal(text, &failure) != nil || failure.Error.Message == "" {
		return fmt.Errorf("%s answered %s; is it Rastro's JSON API (port 5601)?", r.base, resp.Status)
	}
	if resp.StatusCode == http.StatusBadRequest {
		return failure.Error
	}
	return &serverFailure{failure}
}

// serverFailure is what a server could not do, though it was rightly asked.
type serverFailure struct{ web.ImportFailure }

func (f *serverFailure) Error() string { return "the server said: " + f.ImportFailure.Error.Error() }

// locate puts the query back into a mistake that the server found in it, so
// that its place can be shown.
func locate(err error, text string) error {
	var e web.Error
	if !errors.As(err, &e) || !strings.HasPrefix(e.Code, "query_") {
		return err
	}
	known := &query.SyntaxError{Code: strings.TrimPrefix(e.Code, "query_"), Query: text, Problem: e.Message, Hint: e.Hint, Suggestion: e.Suggestion}
	if e.Position != nil {
		known.Pos, known.End = *e.Position, *e.Position
	}
	if e.End != nil {
		known.End = *e.End
	}
	return known
}

// ask sends a request as JSON and reads the answer into answer.
func (r *remote) ask(ctx context.Context, path string, req, answer any) error {
	body, err := json.Marshal(req)
	if err != nil {
		return fmt.Errorf("writing the request: %w", err)
	}
	resp, err := r.do(ctx, http.MethodPost, path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(answer); err != nil {
		return fmt.Errorf("reading the answer of %s: %w", r.base, err)
	}
	return nil
}

func (r *remote) search(ctx context.Context, req web.SearchRequest) (answer web.SearchAnswer, err error) {
	err = r.ask(ctx, "/api/search", req, &answer)
	return answer, locate(err, req.Query)
}

func (r *remote) fieldStats(ctx context.Context, req web.FieldStatsRequest) (answer web.FieldStatsAnswer, err error) {
	err = r.ask(ctx, "/api/fields/stats", req, &answer)
	return answer, locate(err, req.Query)
}

func (r *remote) trace(ctx context.Context, req web.TraceRequest) (answer trace.Answer, err error) {
	err = r.ask(ctx, "/api/trace", req, &answer)
	return answer, err
}

func (r *remote) export(ctx context.Context, params url.Values, begin func([]string) (io.Writer, error)) error {
	resp, err := r.do(ctx, http.MethodGet, "/api/export?"+params.Encode(), nil)
	if err != nil {
		return locate(err, params.Get("query"))
	}
	defer resp.Body.Close()
	out, err := begin(web.Lacking(resp.Header.Get(web.PartialHeader)))
	if err != nil {
		return err
	}
	body := &reading{from: resp.Body}
	if _, err := io.Copy(out, body); err != nil {
		if body.err != nil {
			return fmt.Errorf("%s broke off: %w; its log may say why", r.base, body.err)
		}
		return err
	}
	return nil
}

// reading keeps the error of a reader.
type reading struct {
	from io.Reader
	err  error
}

func (r *reading) Read(b []byte) (int, error) {
	n, err := r.from.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

func (r *remote) tail(ctx context.Context, text, zone string, visit func([]byte, int64) error) error {
	params := url.Values{"q": {text}, "zone": {zone}}
	resp, err := r.do(ctx, http.MethodGet, "/api/tail?"+params.Encode(), nil)
	if err != nil {
		return locate(err, text)
	}
	defer resp.Body.Close()
	events := &eventReader{lines: bufio.NewReaderSize(resp.Body, 64<<10), visit: visit}
	for {
		err := events.next()
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, errEnded):
			return fmt.Errorf("%s ended the tail: it was stopped, or the connection broke", r.base)
		case err != nil:
			return err
		}
	}
}

// errEnded: the stream of events is over.
var errEnded = errors.New("the stream is over")

// eventReader reads server-sent events as web writes them.
type eventReader struct {
	lines *bufio.Reader
	visit func(event []byte, lost int64) error
	kind  string
	lost  int64
}

// next reads one line of the stream.
func (r *eventReader) next() error {
	line, err := r.lines.ReadBytes('\n')
	if err != nil {
		return errEnded
	}
	line = bytes.TrimRight(line, "\n")
	if name, ok := bytes.CutPrefix(line, []byte("event: ")); ok {
		r.kind = string(name)
	}
	data, ok := bytes.CutPrefix(line, []byte("data: "))
	if !ok {
		return nil
	}
	switch r.kind {
	case "lost":
		n, err := strconv.ParseInt(string(data), 10, 64)
		if err != nil {
			return fmt.Errorf("reading the stream: %w", err)
		}
		r.lost += n
		return nil
	case "error":
		return fmt.Errorf("the server said: %s", data)
	}
	lost := r.lost
	r.lost = 0
	return r.visit(data, lost)
}

func (r *remote) load(ctx context.Context, in io.Reader, req web.ImportRequest, progress func(read, lines int64)) (web.ImportResult, error) {
	body := &countingReader{r: in, progress: progress}
	resp, err := r.do(ctx, http.MethodPost, "/api/import?"+req.Values().Encode(), body)
	if err != nil {
		var failed *serverFailure
		if errors.As(err, &failed) {
			return failed.ImportResult, err
		}
		return web.ImportResult{}, err
	}
	defer resp.Body.Close()
	var result web.ImportResult
	if err := json.NewDecoder(resp.Body).Decode(&result); err != nil {
		return result, fmt.Errorf("reading the answer of %s: %w", r.base, err)
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
