package monitor

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"rastro/internal/ingest"
	"rastro/internal/journal"
	"rastro/internal/parse"
	"rastro/internal/store"
)

// object is one JSON object.
type object = map[string]any

// mainPipeline is the name of the only pipeline.
const mainPipeline = "main"

// view is one look at the rooms, so that all numbers of an answer belong
// together.
type view struct {
	ingest  ingest.Stats
	journal journal.Stats
	store   store.Stats
	parse   parse.Counts
}

func (s *Server) look() view {
	return view{s.rooms.Ingest(), s.rooms.Journal(), s.rooms.Store(), s.rooms.Parse()}
}

// busy is the time that all workers have worked.
func (v *view) busy() time.Duration { return v.ingest.ParseTime + v.ingest.StoreTime }

// workers are the goroutines that work on events behind the queue: those that
// parse, and the one that hands events to the store.
func (v *view) workers() int { return v.ingest.Workers + 1 }

// queued are the events that are in the journal and not yet in a file of the
// store's.
func (v *view) queued() int64 { return v.store.TailEvents + max(0, v.ingest.Events-v.ingest.Stored) }

// newUUID makes a random UUID (version 4).
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	return uuidOf(b, 4)
}

// uuidOf writes bytes as a UUID of a version.
func uuidOf(b [16]byte, version byte) string {
	b[6], b[8] = b[6]&0x0f|version<<4, b[8]&0x3f|0x80
	text := hex.EncodeToString(b[:])
	return fmt.Sprintf("%s-%s-%s-%s-%s", text[:8], text[8:12], text[12:16], text[16:20], text[20:])
}

// envelope is what every answer begins with.
func (s *Server) envelope(r *http.Request) object {
	return object{
		"host": s.opts.Host, "name": s.opts.Host, "version": Version, "http_address": localAddress(r),
		"id": s.self.id, "ephemeral_id": s.self.ephemeral, "snapshot": false, "status": s.color(),
	}
}

// full is the envelope with the settings of the pipeline.
func (s *Server) full(r *http.Request, v *view) object {
	answer := s.envelope(r)
	answer["pipeline"] = settings(v)
	return answer
}

func settings(v *view) object {
	return object{"workers": v.workers(), "batch_size": ingest.BatchEvents, "batch_delay": ingest.BatchDelay.Milliseconds()}
}

// color is the health in Elastic's colors.
func (s *Server) color() string {
	switch s.Check().Status {
	case statusOK:
		return green
	case statusDegraded, statusStarting, statusStopping:
		return yellow
	}
	return red
}

// The colors of health, the best one first.
const (
	green  = "green"
	yellow = "yellow"
	red    = "red"
)

// localAddress is the address that the client has reached.
func localAddress(r *http.Request) string {
	if a, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		return a.String()
	}
	return r.Host
}

// respond writes an answer; ?pretty makes it easy to read.
func respond(w http.ResponseWriter, r *http.Request, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if asked(r, "pretty") {
		e.SetIndent("", "  ")
	}
	// The client is gone when this fails; there is nobody left to tell.
	_ = e.Encode(body)
}

// refuse writes an error in Logstash's shape.
func refuse(w http.ResponseWriter, r *http.Request, status int, message string) {
	respond(w, r, status, object{"path": r.URL.Path, "status": status, "error": object{"message": message}})
}

// asked tells whether a switch is on: present without a value, or with a word
// for yes.
func asked(r *http.Request, name string) bool {
	values, present := r.URL.Query()[name]
	if !present {
		return false
	}
	switch strings.ToLower(values[0]) {
	case "", "true", "t", "yes", "y", "1":
		return true
	}
	return false
}

// millis is a duration as Logstash writes it.
func millis(d time.Duration) int64 { return d.Milliseconds() }

// stamp is a moment, null for never.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
}

// selected keeps the parts of an answer that a comma list names; "" keeps all.
// It returns nil when the list names none of them.
func selected(parts object, filter string) object {
	if strings.TrimSpace(filter) == "" {
		return parts
	}
	kept := object{}
	for name := range strings.SplitSeq(filter, ",") {
		if part, ok := parts[strings.TrimSpace(name)]; ok {
			kept[strings.TrimSpace(name)] = part
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return kept
}

// join adds the parts to an envelope.
func join(envelope, parts object) object {
	for name, part := range parts {
		envelope[name] = part
	}
	return envelope
}
