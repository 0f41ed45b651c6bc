package bulk

import (
	"bytes"
	"math"
	"strconv"
	"time"

	"rastro/internal/collect/document"
	"rastro/internal/event"
)

// draft is one document on its way to a line.
type draft struct {
	text, pairs, id document.Span
	marks           event.Marks
	// away: its own stamp is of another day than its index.
	away bool
}

// gatherer makes drafts of documents. It is for one goroutine.
type gatherer struct {
	document.Builder
	drafts []draft

	names document.Names
	scan  document.Scanner
	split splitter

	// The document that is being read. The slices are parts of its JSON and nil
	// where it says nothing.
	message, original, stamp []byte
	tooMany                  bool // members
	forbidden                string
	packed                   []byte // its JSON on one line
}

// metadata are the names that no document may have.
var metadata = map[string]bool{
	"_id": true, "_index": true, "_source": true, "_routing": true, "_version": true, "_seq_no": true, "_primary_term": true,
	"_field_names": true, "_ignored": true, "_doc_count": false,
}

// add takes one document into the batch; day is that of its index, "" for an
// index that is of no day. The reason says why it cannot be taken.
func (g *gatherer) add(source []byte, day string) (reason string) {
	g.drafts = append(g.drafts, draft{pairs: document.Span{From: len(g.Pairs)}})
	dr := &g.drafts[len(g.drafts)-1]
	start := len(g.Arena)
	g.message, g.original, g.stamp, g.tooMany, g.forbidden = nil, nil, nil, false, ""
	if bytes.IndexByte(source, '\n') >= 0 {
		g.packed = appendPacked(g.packed[:0], source)
		source = g.packed
	}
	g.scan.Nest = 1
	valid := g.scan.Scan(source, false, g)
	switch {
	case !valid:
		reason = "failed to parse: it is not one JSON object; the mistake is at byte " + strconv.Itoa(g.scan.Offset())
	case g.forbidden != "":
		reason = "Field [" + g.forbidden + "] is a metadata field and cannot be added inside a document. Use the index API request parameters."
	case g.tooMany:
		reason = "failed to parse: it has more than " + strconv.Itoa(document.MaxFields) + " members"
	}
	if reason != "" {
		g.Arena, g.Pairs = g.Arena[:start], g.Pairs[:dr.pairs.From]
		dr.pairs.To = dr.pairs.From
		return reason
	}
	g.writeText(dr, source)
	dr.pairs.To = len(g.Pairs)
	dr.away = day != "" && g.stamp != nil && !onDay(g.stamp, day)
	return ""
}

// Leaf takes one member of the document.
func (g *gatherer) Leaf(name, raw []byte, _ bool) {
	if g.special(name, raw) {
		return
	}
	if len(name) > 0 && name[0] == '_' && metadata[string(name)] {
		g.forbidden = string(name)
		return
	}
	if raw[0] == '{' {
		if _, ours := tops[string(name)]; ours && bytes.IndexByte(raw, '"') > 0 {
			g.split.g = g
			g.split.split(g.names.Of(name), raw)
			return
		}
	}
	if string(name) == "@timestamp" {
		g.stamp = raw
	}
	g.keep(g.names.Of(name), raw)
}

// special takes the members that may become the text.
func (g *gatherer) special(path, raw []byte) bool {
	switch string(path) {
	case "message":
		if g.message == nil && raw[0] != 'n' {
			g.message = raw
			return true
		}
	case "event.original":
		if g.original == nil && raw[0] != 'n' {
			g.original = raw
			return true
		}
	}
	return false
}

func (g *gatherer) keep(name string, raw []byte) {
	if len(g.Pairs)-g.drafts[len(g.drafts)-1].pairs.From >= document.MaxFields {
		g.tooMany = true
		return
	}
	g.Keep(name, raw)
}

// writeText chooses the text of the line.
func (g *gatherer) writeText(dr *draft, source []byte) {
	raw := g.message
	if raw == nil {
		raw, g.original = g.original, nil
	}
	if g.original != nil && !bytes.Equal(g.original, raw) {
		g.keep("event.original", g.original)
	}
	from := len(g.Arena)
	switch text, isText := document.Inside(raw, false); {
	case raw == nil:
		g.Arena = append(g.Arena, bytes.TrimSpace(source)...)
		dr.marks |= event.MarkDocument
	case isText:
		g.Arena = document.AppendText(g.Arena, text)
	default:
		g.Arena = append(g.Arena, raw...)
	}
	var cut bool
	if dr.text, cut = g.EndText(from); cut {
		dr.marks |= event.MarkCut
	}
}

// clear empties the batch and lets go of memory that is unusually large.
func (g *gatherer) clear() {
	g.drafts = g.drafts[:0]
	g.Clear(4*batchBytes, 32*batchLines)
	if cap(g.packed) > batchBytes {
		g.packed = nil
	}
}

// onDay tells whether a stamp, a JSON value, is of the day YYYY-MM-DD in UTC.
// One that cannot be read is of every day.
func onDay(raw []byte, day string) bool {
	text := string(document.Bare(raw))
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		if ms <= 0 || ms > math.MaxInt64/int64(time.Millisecond) {
			return true
		}
		return time.UnixMilli(ms).UTC().Format(time.DateOnly) == day
	}
	if len(text) > len(day) && text[len(text)-1] == 'Z' {
		return text[:len(day)] == day
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	return err != nil || t.UTC().Format(time.DateOnly) == day
}

// appendPacked appends JSON without the white space around its values.
func appendPacked(dst, src []byte) []byte {
	quoted := false
	for i := 0; i < len(src); i++ {
		c := src[i]
		switch {
		case quoted && c == '\\' && i+1 < len(src):
			dst = append(dst, c)
			i++
			c = src[i]
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\n' || c == '\t' || c == '\r'):
			continue
		}
		dst = append(dst, c)
	}
	return dst
}
