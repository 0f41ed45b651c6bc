package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"

	"rastro/internal/collect"
	"rastro/internal/event"
	"rastro/internal/parse"
)

// feed is a file of the log's events as JSON, one each line, for engines that
// do not read mail logs.
type feed struct {
	path         string
	lines, bytes int64
}

// ownMarks are fields that tell where Rastro has a line from, and the text that
// the raw line has too: nobody would send them to another engine.
var ownMarks = map[string]bool{
	event.ReceivedAt.Name(): true, event.Source.Name(): true, event.SourceID.Name(): true,
	event.Offset.Name(): true, event.LogMessage.Name(): true,
}

// writeFeed parses the log as an import does and writes what comes out. It ends
// when the file is on the disk, so that the kernel does not write it later.
func writeFeed(ctx context.Context, o options, log *logFile) (f feed, err error) {
	f.path = filepath.Join(o.dir, "feed.ndjson")
	in, err := os.Open(log.path)
	if err != nil {
		return f, err
	}
	defer in.Close()
	out, err := os.Create(f.path)
	if err != nil {
		return f, err
	}
	w := &feedWriter{out: bufio.NewWriterSize(out, 1<<20), parser: parse.New(parse.Options{})}
	_, err = collect.Import(ctx, log.path, in, collect.ImportOptions{}, nil, w.take)
	err = errors.Join(err, w.out.Flush(), out.Sync(), out.Close())
	f.lines, f.bytes = w.lines, w.bytes
	return f, err
}

// feedWriter writes events.
type feedWriter struct {
	out          *bufio.Writer
	parser       *parse.Parser
	event        event.Event
	text         []byte
	lines, bytes int64
}

func (w *feedWriter) take(_ context.Context, b event.Batch) (err error) {
	for i := range b.Lines {
		w.parser.Parse(&b.Lines[i], &w.event)
		w.text = append(unescaped(withoutID(event.AppendJSON(w.text[:0], &w.event, isForOthers))), '\n')
		w.lines++
		w.bytes += int64(len(w.text))
		if _, err = w.out.Write(w.text); err != nil {
			break
		}
	}
	if b.Ack != nil {
		b.Ack(err)
	}
	return err
}

func isForOthers(name string) bool { return !ownMarks[name] }

// withoutID takes the event's id out, which is always there; it is Rastro's own.
func withoutID(object []byte) []byte {
	const begin = `,"event_id":"`
	at := bytes.LastIndex(object, []byte(begin))
	if at < 0 {
		return object
	}
	end := at + len(begin)
	for object[end] != '"' { // an id has no quotes
		end++
	}
	return append(object[:at], object[end+1:]...)
}

// unescaped writes < > and & as themselves, which other engines read faster.
func unescaped(object []byte) []byte {
	from := bytes.IndexByte(object, '\\')
	if from < 0 {
		return object
	}
	to := from
	for from < len(object) {
		c := object[from]
		if c != '\\' {
			object[to] = c
			from, to = from+1, to+1
			continue
		}
		escape := object[from:min(from+len(`\u003c`), len(object))]
		switch string(escape) {
		case `\u003c`:
			object[to] = '<'
		case `\u003e`:
			object[to] = '>'
		case `\u0026`:
			object[to] = '&'
		default: // the letter behind a backslash is no backslash of its own
			object[to], object[to+1] = c, object[from+1]
			from, to = from+2, to+2
			continue
		}
		from, to = from+len(escape), to+1
	}
	return object[:to]
}
