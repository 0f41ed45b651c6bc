package snapshots

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/store"
)

// about is what this room notes in a snapshot beside the events.
type about struct {
	IncludeGlobalState bool `json:"include_global_state"`
	// Metadata is the client's own, as it came.
	Metadata json.RawMessage `json:"metadata,omitempty"`
	// Indices are the chosen ones for which clients have set something: those
	// without events too.
	Indices map[string]*cluster.Index `json:"indices,omitempty"`
	// Streams are the data streams all of whose backing indices were chosen.
	Streams map[string]*cluster.DataStream `json:"data_streams,omitempty"`
}

// noteStreams notes the data streams whose indices are all wanted.
func (a *about) noteStreams(content *cluster.Content, indices []string) {
	for name, stream := range content.DataStreams {
		if !slices.ContainsFunc(stream.Backing, func(b string) bool { return !slices.Contains(indices, b) }) {
			if a.Streams == nil {
				a.Streams = map[string]*cluster.DataStream{}
			}
			a.Streams[name] = stream
		}
	}
}

// readAbout reads what was noted; a snapshot of the command line has nothing.
func readAbout(sn *store.Snapshot) about {
	a := about{IncludeGlobalState: true}
	if len(sn.Metadata) == 0 || json.Unmarshal(sn.Metadata, &a) != nil {
		return about{IncludeGlobalState: true}
	}
	return a
}

// Fill gives the cluster state of a new data folder the indices of a snapshot
// that clients made or wrote to, with what was set for them: without it the
// names of their events would mean nothing there.
func Fill(c *cluster.Content, sn *store.Snapshot, now time.Time) {
	a := readAbout(sn)
	maps.Copy(c.Indices, a.Indices)
	maps.Copy(c.DataStreams, a.Streams)
	for _, p := range sn.Parts {
		if p.Index != "" && c.Indices[p.Index] == nil {
			c.Indices[p.Index] = plainIndex()
			c.Indices[p.Index].Created = now.UnixMilli()
		}
	}
}

// Note is what a snapshot of everything notes of what clients have set, for
// those who make one without port 9200.
func Note(content *cluster.Content) (json.RawMessage, error) {
	return json.Marshal(about{IncludeGlobalState: true, Indices: content.Indices, Streams: content.DataStreams})
}

// plainIndex is an index of which nothing is known but its name.
func plainIndex() *cluster.Index {
	return &cluster.Index{
		UUID: cluster.NewUUID(), Settings: map[string]string{"index.number_of_shards": "1", "index.number_of_replicas": "0"},
	}
}

// contents are the indices of a snapshot with the number of their events.
func contents(book *names.Book, sn *store.Snapshot, a about) map[string]int64 {
	all := map[string]int64{}
	for name := range a.Indices {
		all[name] = 0
	}
	for _, p := range sn.Parts {
		if name := partName(book, p.Day, p.Index); name != "" {
			all[name] += p.Events
		}
	}
	return all
}

// partName is the index of a part of a snapshot.
func partName(book *names.Book, day, index string) string {
	if index != "" {
		return index
	}
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return "" // a document that somebody made up
	}
	return book.DayName(at.UnixNano())
}

// shards are Elasticsearch's counts; an index counts as one.
type shards struct {
	Total      int `json:"total"`
	Failed     int `json:"failed"`
	Successful int `json:"successful"`
}

// info is a snapshot in Elasticsearch's shape. Pointers are left out of the
// short form.
type info struct {
	Snapshot           string                 `json:"snapshot"`
	UUID               string                 `json:"uuid"`
	Repository         string                 `json:"repository,omitempty"`
	VersionID          int                    `json:"version_id,omitempty"`
	Version            string                 `json:"version,omitempty"`
	Indices            *[]string              `json:"indices,omitempty"`
	DataStreams        []string               `json:"data_streams"`
	IncludeGlobalState *bool                  `json:"include_global_state,omitempty"`
	Metadata           json.RawMessage        `json:"metadata,omitempty"`
	State              string                 `json:"state"`
	StartTime          string                 `json:"start_time,omitempty"`
	StartMillis        *int64                 `json:"start_time_in_millis,omitempty"`
	EndTime            string                 `json:"end_time,omitempty"`
	EndMillis          *int64                 `json:"end_time_in_millis,omitempty"`
	Duration           string                 `json:"duration,omitempty"`
	DurationMillis     *int64                 `json:"duration_in_millis,omitempty"`
	Failures           *[]failure             `json:"failures,omitempty"`
	Shards             *shards                `json:"shards,omitempty"`
	IndexDetails       map[string]indexDetail `json:"index_details,omitempty"`
	FeatureStates      *[]string              `json:"feature_states,omitempty"`
}

// failure is what a partial snapshot lacks.
type failure struct {
	Index   string `json:"index"`
	ShardID int    `json:"shard_id"`
	Reason  string `json:"reason"`
	Status  string `json:"status"`
}

type indexDetail struct {
	ShardCount int    `json:"shard_count"`
	Size       string `json:"size,omitempty"`
	Bytes      int64  `json:"size_in_bytes"`
	Segments   int    `json:"max_segments_per_shard"`
}

// versionID is Elasticsearch's number of the version whose shapes are served.
const versionID = 8521000

// timeForm is how Elasticsearch writes times: milliseconds, UTC.
const timeForm = "2006-01-02T15:04:05.000Z"

// stateOf is the state of a finished snapshot.
func stateOf(sn *store.Snapshot) string {
	if len(sn.Missing) > 0 {
		return "PARTIAL"
	}
	return "SUCCESS"
}

// shape says how much of a snapshot is told.
type shape struct {
	verbose, names, repository, details, human bool
}

// describe gives a finished snapshot its shape.
func (s *Snapshots) describe(repo string, sn *store.Snapshot, form shape) info {
	a := readAbout(sn)
	counts := contents(s.node.Names, sn, a)
	indices := slices.Sorted(maps.Keys(counts))
	out := info{Snapshot: sn.Name, UUID: sn.UUID, DataStreams: streamNames(&a), State: stateOf(sn)}
	if form.repository {
		out.Repository = repo
	}
	if form.names {
		out.Indices = &indices
	}
	if !form.verbose {
		return out
	}
	out.VersionID, out.Version = versionID, rest.Version
	out.IncludeGlobalState, out.Metadata = &a.IncludeGlobalState, a.Metadata
	out.setTimes(sn.Started, sn.Ended, form.human)
	failures := make([]failure, 0, len(sn.Missing))
	for _, reason := range sn.Missing {
		failures = append(failures, failure{Index: "_na_", Reason: reason, Status: "INTERNAL_SERVER_ERROR"})
	}
	out.Failures = &failures
	out.Shards = &shards{Total: len(indices) + len(failures), Failed: len(failures), Successful: len(indices)}
	out.FeatureStates = &[]string{}
	if form.details {
		out.IndexDetails = details(sn, counts, form.human)
	}
	return out
}

// streamNames lists the data streams; never nil, so that JSON shows a list.
func streamNames(a *about) []string {
	return append([]string{}, slices.Sorted(maps.Keys(a.Streams))...)
}

func (i *info) setTimes(start, end time.Time, human bool) {
	from, to := start.UnixMilli(), end.UnixMilli()
	took := to - from
	i.StartTime, i.StartMillis = start.UTC().Format(timeForm), &from
	i.EndTime, i.EndMillis, i.DurationMillis = end.UTC().Format(timeForm), &to, &took
	if human {
		i.Duration = (time.Duration(took) * time.Millisecond).String()
	}
}

// details shares the bytes of the files out to the indices by their events.
func details(sn *store.Snapshot, counts map[string]int64, human bool) map[string]indexDetail {
	all := make(map[string]indexDetail, len(counts))
	for name := range counts {
		d := indexDetail{ShardCount: 1, Bytes: share(sn, counts[name]), Segments: sn.Files}
		if human {
			d.Size = bytesText(d.Bytes)
		}
		all[name] = d
	}
	return all
}

// share is the part of a snapshot's bytes that so many of its events take; an
// index without events has at least its entry in the document.
func share(sn *store.Snapshot, events int64) int64 {
	if sn.Events == 0 {
		return 1
	}
	return max(1, int64(float64(sn.Bytes)*float64(events)/float64(sn.Events)))
}

// bytesText writes a size as Elasticsearch does: 12b, 1.5kb, 3mb.
func bytesText(n int64) string {
	for _, u := range []struct {
		unit string
		size int64
	}{{"tb", 1 << 40}, {"gb", 1 << 30}, {"mb", 1 << 20}, {"kb", 1 << 10}} {
		if n >= u.size {
			text := strconv.FormatFloat(float64(n)/float64(u.size), 'f', 1, 64)
			return strings.TrimSuffix(text, ".0") + u.unit
		}
	}
	return fmt.Sprintf("%db", n)
}

// describeJob gives a snapshot that is being made its shape.
func (s *Snapshots) describeJob(key jobKey, j *job, form shape) info {
	out := info{Snapshot: key.name, UUID: j.uuid, DataStreams: streamNames(&j.about), State: "IN_PROGRESS"}
	indices := j.indices
	if form.repository {
		out.Repository = key.repo
	}
	if form.names {
		out.Indices = &indices
	}
	if !form.verbose {
		return out
	}
	out.VersionID, out.Version = versionID, rest.Version
	out.IncludeGlobalState, out.Metadata = &j.about.IncludeGlobalState, j.about.Metadata
	out.setTimes(time.UnixMilli(j.start), time.UnixMilli(j.start), false)
	zero := int64(0)
	out.EndTime, out.EndMillis, out.DurationMillis = "1970-01-01T00:00:00.000Z", &zero, &zero
	out.Failures, out.Shards, out.FeatureStates = &[]failure{}, &shards{Total: len(indices)}, &[]string{}
	return out
}
