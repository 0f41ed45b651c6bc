package web

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rastro/internal/event"
	"rastro/internal/feed"
	"rastro/internal/search"
	"rastro/internal/store"
)

// noStore is a store that is never asked.
type noStore struct{ store.Store }

// pipes is a listener of connections in memory, whose deadlines follow the
// clock of a synctest bubble.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// serve runs a Server and returns one connection to it.
func serve(t *testing.T, opts Options) net.Conn {
	t.Helper()
	p := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	s := &http.Server{Handler: New(opts)}
	go func() { _ = s.Serve(p) }()
	client, server := net.Pipe()
	p.conns <- server
	t.Cleanup(func() {
		_ = client.Close()
		_ = s.Close()
	})
	return client
}

func send(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

func TestASilentSenderLosesItsImport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		c := serve(t, Options{
			Searcher: search.New(search.Options{Store: noStore{}}),
			Import: func(_ context.Context, r io.Reader, _ ImportRequest) (ImportResult, error) {
				_, err := io.Copy(io.Discard, r)
				ended <- err
				return ImportResult{Lines: 2}, err
			},
		})
		start := time.Now()
		send(t, c, "POST /api/import?name=x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nsome lines\n")
		go func() { _, _ = io.Copy(io.Discard, c) }()
		time.Sleep(50 * time.Second)
		send(t, c, "one more\n") // what comes in time is waited for again
		err := <-ended
		if took := time.Since(start); !errors.Is(err, os.ErrDeadlineExceeded) || took != 50*time.Second+readTimeout {
			t.Errorf("the import ended after %v with %v", took, err)
		}
	})
}

func TestALongImportSurvivesItsOwnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := serve(t, Options{
			Searcher: search.New(search.Options{Store: noStore{}}),
			Import: func(ctx context.Context, r io.Reader, _ ImportRequest) (ImportResult, error) {
				text, err := io.ReadAll(r)
				if err != nil {
					return ImportResult{}, err
				}
				select { // the disk is full for an hour
				case <-time.After(time.Hour):
				case <-ctx.Done():
				}
				return ImportResult{Bytes: int64(len(text))}, ctx.Err()
			},
		})
		send(t, c, "POST /api/import?name=x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\na\nb\n")
		answer := make([]byte, 4096)
		n, err := c.Read(answer)
		if err != nil || !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 200 OK") {
			t.Errorf("%v %s", err, answer[:n])
		}
	})
}

func TestATailWithoutAReaderEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &feed.Feed{}
		c := serve(t, Options{Searcher: search.New(search.Options{Store: noStore{}, Feed: f})})
		send(t, c, "GET /api/tail HTTP/1.1\r\nHost: localhost\r\n\r\n")
		head := make([]byte, 4096)
		if n, err := c.Read(head); err != nil || !strings.HasPrefix(string(head[:n]), "HTTP/1.1 200 OK") {
			t.Fatalf("%v %s", err, head[:n])
		}
		synctest.Wait()
		if f.Followers() != 1 {
			t.Fatalf("%d followers", f.Followers())
		}
		// Nothing comes in, and nobody takes the comments.
		time.Sleep(idleComment + sendTimeout + time.Second)
		synctest.Wait()
		if f.Followers() != 0 {
			t.Errorf("%d followers although nobody reads", f.Followers())
		}
		f.Publish([]event.Event{{RID: 1}})
	})
}

func TestAQuietTailIsKeptAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &feed.Feed{}
		c := serve(t, Options{Searcher: search.New(search.Options{Store: noStore{}, Feed: f})})
		send(t, c, "GET /api/tail HTTP/1.1\r\nHost: localhost\r\n\r\n")
		var seen strings.Builder
		go func() { _, _ = io.Copy(&seen, c) }()
		time.Sleep(4*idleComment + time.Second)
		synctest.Wait()
		if got := strings.Count(seen.String(), ": quiet\n"); got != 4 || f.Followers() != 1 {
			t.Errorf("%d comments in a minute, %d followers", got, f.Followers())
		}
	})
}

// TestAnAnswerHasATimeOfItsOwn asks twice on one connection, with a pause that
// is longer than an answer may take.
func TestAnAnswerHasATimeOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := serve(t, Options{Searcher: search.New(search.Options{Store: noStore{}})})
		in := bufio.NewReader(c)
		for range 3 {
			send(t, c, "GET /api/fields HTTP/1.1\r\nHost: localhost\r\n\r\n")
			resp, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 200 {
				t.Fatalf("%s %v", resp.Status, err)
			}
			time.Sleep(2 * sendTimeout)
		}
	})
}
