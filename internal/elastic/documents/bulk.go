package documents

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"rastro/internal/collect"
	"rastro/internal/elastic/rest"
)

const (
	// maxItems bounds the actions of one request: the answer has an item for each.
	maxItems = 250_000
	// maxSent bounds the windows of one request that are not durable yet.
	maxSent = 4
	// maxID is the longest id, in bytes.
	maxID = 512
	// moreTime is how long a window may take to come, and its answer to be ready.
	moreTime = 2 * time.Minute
)

// bulkRequest is one request on its way through its windows.
type bulkRequest struct {
	d       *Documents
	r       *rest.Request
	ctl     *http.ResponseController
	client  string
	opts    writeOptions
	lines   lines
	actions actionReader
	targets targets

	// window is what the present window asks for, and docs its documents.
	window   []item
	docs     []collect.Document
	problems []string
	// same is the last line with an action, where the action has no id: lines
	// that look like it mean the same.
	same     string
	sameItem item

	sent  []sent
	count int
	wrong bool
	// Answers that say that there was no room.
	busy  int
	items []byte
	began time.Time
}

// item is one action of a request.
type item struct {
	verb   verb
	name   string // of the index, as asked
	id     string
	target *target
	// failure is why it was not done; the document is doc of its window's.
	failure *rest.Failure
	source  []byte
	alias   bool
	stream  bool
}

// sent is a window that is on its way.
type sent struct {
	items  []item
	flight *collect.Flight
}

func (d *Documents) bulk(w http.ResponseWriter, r *rest.Request) error {
	opts, err := readWriteOptions(r)
	if err != nil {
		return err
	}
	if err := d.writable(); err != nil {
		return err
	}
	release, err := d.hold(r.Context(), r.ContentLength)
	if err != nil {
		return err
	}
	defer release()
	from, err := r.Reader()
	if err != nil {
		return err
	}
	q := &bulkRequest{d: d, r: r, ctl: http.NewResponseController(w), client: clientOf(r), opts: opts, lines: lines{from: from}, began: time.Now()}
	q.targets = targets{d: d, known: map[string]*target{}}
	if err := q.run(); err != nil {
		return err
	}
	if q.count > 0 && q.busy == q.count {
		return rejected()
	}
	if opts.refresh {
		if err := d.settle(r.Context()); err != nil {
			return err
		}
	}
	return q.answer(w)
}

// hold waits for a share of the memory of bodies. size is that of the body, -1
// for one that is not known.
func (d *Documents) hold(ctx context.Context, size int64) (release func(), err error) {
	share := int64(2 * windowBytes)
	if size >= 0 {
		share = min(share, 2*size+1)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if d.bodies.Acquire(ctx, share) != nil {
		return nil, rejected()
	}
	return func() { d.bodies.Release(share) }, nil
}

// run takes the request window by window.
func (q *bulkRequest) run() error {
	for {
		// A connection that cannot be told has the limits of its server.
		_ = q.ctl.SetReadDeadline(time.Now().Add(moreTime))
		end, err := q.fill()
		if err != nil {
			q.await(0)
			return err
		}
		q.send()
		if end {
			break
		}
		q.lines.release()
	}
	q.await(0)
	if q.count == 0 {
		if q.lines.number == 0 {
			return rest.Fail(http.StatusBadRequest, "parse_exception", "request body is required")
		}
		return rest.Validation("no requests added")
	}
	return nil
}

// fill reads the actions of a window; end tells that it is the last.
func (q *bulkRequest) fill() (end bool, err error) {
	q.window, q.docs, q.problems = make([]item, 0, min(q.count+64, 4096)), q.docs[:0], q.problems[:0]
	for {
		from, number := q.lines.at, q.lines.number
		line, err := q.lines.next()
		switch {
		case errors.Is(err, errWindow):
			return false, q.checked()
		case err == io.EOF:
			return true, q.checked()
		case err != nil:
			return false, lineFailure(err)
		case blank(line):
			continue
		}
		it, err := q.read(line)
		if err != nil {
			return false, err
		}
		if it.verb != verbDelete {
			if it.source, err = q.lines.next(); err != nil {
				if errors.Is(err, errWindow) {
					q.lines.back(from, number)
					return false, q.checked()
				}
				if err == io.EOF {
					return false, rest.Illegal("The bulk request must be terminated by a newline [\\n]; the document of the action in line [%d] is missing", q.lines.number)
				}
				return false, lineFailure(err)
			}
		}
		if q.count++; q.count > maxItems {
			return false, rest.Fail(http.StatusRequestEntityTooLarge, "content_too_long_exception", "a bulk request may hold at most "+strconv.Itoa(maxItems)+" actions; send it in parts")
		}
		q.window = append(q.window, it)
		q.lines.held = true
	}
}

func blank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }

func lineFailure(err error) error {
	if errors.Is(err, errUnended) {
		return rest.Illegal("The bulk request must be terminated by a newline [\\n]")
	}
	return rest.ReadFailure(err)
}

// checked is the failure of a window whose actions are not whole.
func (q *bulkRequest) checked() error {
	if len(q.problems) > 0 {
		return rest.Validation(q.problems...)
	}
	return nil
}

// read reads the action of a line.
func (q *bulkRequest) read(line []byte) (item, error) {
	if q.same != "" && string(line) == q.same {
		return q.sameItem, nil
	}
	a, err := q.actions.read(line, q.lines.number)
	if err != nil {
		return item{}, err
	}
	it := item{verb: a.verb, alias: q.opts.requireAlias, stream: q.opts.requireStream || a.stream}
	if a.aliasGiven {
		it.alias = a.alias
	}
	if it.name = q.targets.spell(a.index); it.name == "" {
		it.name = q.r.PathValue("index")
	}
	if it.name == "" {
		q.problem("index is missing")
	}
	it.id = string(a.id)
	switch {
	case len(a.id) > maxID:
		q.problem(idTooLong(it.id))
	case a.hasID && it.id == "" && a.verb <= verbCreate:
		it.failure = rest.Illegal("if _id is specified it must not be empty")
	case it.id == "" && a.verb > verbCreate:
		q.problem("id is missing")
	case a.version != "":
		it.failure = noVersions(a.version)
	default:
		it.failure = q.opts.pipelineFailure(a.pipeline)
	}
	if it.failure == nil && it.verb > verbCreate {
		it.failure = neverChanged(it.verb)
	}
	if q.same = ""; !a.hasID && len(line) <= 512 {
		q.same, q.sameItem = string(line), it
	}
	return it, nil
}

func (q *bulkRequest) problem(text string) {
	if len(q.problems) < 100 {
		q.problems = append(q.problems, text)
	}
}

// send hands the documents of a window on.
func (q *bulkRequest) send() {
	if len(q.window) == 0 {
		return
	}
	for i := range q.window {
		it := &q.window[i]
		if it.failure == nil {
			it.target = q.targets.find(it.name)
			it.failure = it.target.refuse(it.verb == verbCreate, it.alias, it.stream)
		}
		if it.failure != nil {
			it.source = nil
			continue
		}
		q.docs = append(q.docs, collect.Document{Create: it.verb == verbCreate, Index: it.target.index, ID: it.id, Source: it.source})
		it.source = nil
	}
	q.await(maxSent - 1)
	q.sent = append(q.sent, sent{q.window, q.d.node.Bulk.Send(q.r.Context(), q.client, q.docs)})
	q.window = nil
}

// await writes the items of windows until only so many are on their way.
func (q *bulkRequest) await(left int) {
	for len(q.sent) > left {
		s := q.sent[0]
		q.sent = q.sent[1:]
		_ = q.ctl.SetWriteDeadline(time.Now().Add(moreTime))
		outcomes := s.flight.Wait(q.r.Context())
		for i := range s.items {
			it := &s.items[i]
			var out collect.Outcome
			if it.failure == nil {
				out, outcomes = outcomes[0], outcomes[1:]
				q.d.note(out, it.target)
			}
			q.item(it, out)
		}
	}
}

// clientOf is the address of who sent the request.
func clientOf(r *rest.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
