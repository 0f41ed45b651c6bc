package sources

import (
	"net"
	"regexp"
	"slices"
	"strings"
	"time"

	"rastro/internal/collect"
)

// row is one source on its way into an answer.
type row struct {
	Source
	figure
	// ids are its identities, the names under which its lines are stored.
	ids, names []string
	// family is what its name has in common with the files that come before and
	// after it.
	family string

	// lastRead is when bytes came last, in nanoseconds; size and offset belong
	// to the file that is read now.
	lastRead int64
	size     int64
	err      string
	denied   bool

	absent *collect.Absent
	// left: lines came from it, and nobody reads it any more.
	left bool
	peer *collect.BeatsPeer
	job  *Import
	// rhythm is how it usually writes, where that was asked for.
	rhythm rhythm
}

// dateMark is a date in a path. Who writes to a file of each day lets the one
// of yesterday rest.
var dateMark = regexp.MustCompile(`(?:19|20)\d\d[-_./]?\d\d[-_./]?\d\d`)

func familyOf(path string) string { return dateMark.ReplaceAllString(path, "#") }

// rows gathers all sources: what is followed, what should be, what was, what is
// sent, and what is imported.
func (r *round) rows(figures []figure) []*row {
	rows, byName := r.fileRows()
	rows = append(rows, r.absentRows(byName)...)
	known := map[string]*row{}
	families := map[string]bool{}
	for _, one := range rows {
		for _, name := range one.names {
			known[name] = one
		}
		families[one.family] = true
	}
	sent := map[string]*row{}
	for _, f := range figures {
		switch {
		case collect.BeatsID(f.id):
			rows = addSent(rows, sent, f)
		case collect.BulkID(f.id):
			// What clients write to port 9200 is theirs to watch.
		case collect.ImportID(f.id):
			// Imports are told of while the server remembers them.
		case known[f.source] != nil:
			known[f.source].take(f)
		default:
			rows = r.addLeft(rows, known, families, f)
		}
	}
	rows = append(rows, r.peerRows()...)
	return append(rows, r.importRows(figures)...)
}

// take adds the figures of one identity.
func (one *row) take(f figure) {
	one.ids = append(one.ids, f.id)
	one.figure.add(f)
}

// fileRows are the files that are followed. Those that rotation has renamed
// belong to the one that has their name now.
func (r *round) fileRows() (rows []*row, byName map[string]*row) {
	status := r.opts.Files.Status()
	paths := map[string]bool{}
	for _, st := range status {
		if !st.Copy && !st.Ended {
			paths[st.Path] = true
		}
	}
	byName = map[string]*row{}
	for _, st := range status {
		if st.Copy || st.Ended && !paths[st.Live] {
			continue
		}
		name := st.Path
		if paths[st.Live] {
			name = st.Live
		}
		one := byName[name]
		if one == nil {
			one = newRow(KindFile, name)
			byName[name] = one
			rows = append(rows, one)
		}
		one.follow(st)
	}
	return rows, byName
}

func newRow(kind, name string) *row {
	return &row{Source: Source{ID: kind + ":" + name, Kind: kind, Name: name}, names: []string{name}, family: familyOf(name)}
}

// follow takes the figures of one file.
func (one *row) follow(st collect.FileStatus) {
	if st.Container {
		one.Kind = KindContainer
	}
	if !slices.Contains(one.names, st.Path) {
		one.names = append(one.names, st.Path)
	}
	one.Lines += st.Lines
	one.LagBytes += st.Lag()
	if st.Zone != "" {
		one.Zone = st.Zone
	}
	if st.Err != "" && (one.err == "" || st.Path == one.Name) {
		one.err, one.denied = st.Err, st.Denied
	}
	read := int64(0)
	if !st.LastRead.IsZero() {
		read = st.LastRead.UnixNano()
	}
	if read > one.lastRead || st.Path == one.Name && one.size == 0 {
		one.size = st.Size
	}
	one.lastRead = max(one.lastRead, read)
}

// absentFor is how long a file may be away while it is rotated.
const absentFor = 15 * time.Second

// absentRows are the paths and patterns that lead to nothing.
func (r *round) absentRows(byName map[string]*row) (rows []*row) {
	for _, a := range r.opts.Files.Absent() {
		if !a.Since.IsZero() && time.Since(a.Since) < absentFor {
			continue
		}
		one := byName[a.Pattern]
		if one == nil {
			one = newRow(KindFile, a.Pattern)
			rows = append(rows, one)
		}
		if a.Container {
			one.Kind = KindContainer
		}
		one.absent, one.Zone = &a, a.Zone
	}
	return rows
}

// addSent adds what a sender of Beats has sent of one file.
func addSent(rows []*row, sent map[string]*row, f figure) []*row {
	host := ""
	if len(f.hosts) > 0 {
		host = f.hosts[0]
	}
	key := KindBeats + ":" + host + ":" + f.source
	one := sent[key]
	if one == nil {
		one = newRow(KindBeats, f.source)
		one.ID = key
		sent[key] = one
		rows = append(rows, one)
	}
	one.take(f)
	return rows
}

// addLeft adds a file that was followed in the last days and is not any more,
// unless others have come in its place.
func (r *round) addLeft(rows []*row, known map[string]*row, families map[string]bool, f figure) []*row {
	follows, looked := r.opts.Files.Follows(f.source)
	if !looked || f.recent == 0 || families[familyOf(f.source)] || known[collect.LiveName(f.source)] != nil {
		return rows
	}
	one := newRow(KindFile, f.source)
	one.left = true
	if follows && !collect.AccessTo(f.source).Gone(f.source) {
		return rows // it has ended, or is the copy of another
	}
	known[f.source] = one
	one.take(f)
	return append(rows, one)
}

// quietFor is how long a sender may be connected before it is told that nothing
// came.
const quietFor = time.Minute

// peerRows are the senders that are connected and have sent nothing.
func (r *round) peerRows() (rows []*row) {
	if r.opts.Beats == nil {
		return nil
	}
	spoke := map[string]bool{}
	silent := map[string]collect.BeatsPeer{}
	for _, p := range r.opts.Beats().Peers {
		host, _, err := net.SplitHostPort(p.Address)
		if err != nil {
			host = p.Address
		}
		if p.Lines > 0 {
			spoke[host] = true
		} else if old, ok := silent[host]; !ok || p.Since.Before(old.Since) {
			silent[host] = p
		}
	}
	for host, p := range silent {
		if spoke[host] || time.Since(p.Since) < quietFor {
			continue
		}
		one := newRow(KindBeats, host)
		one.ID = "peer:" + host
		one.peer = &p
		rows = append(rows, one)
	}
	slices.SortFunc(rows, func(a, b *row) int { return strings.Compare(a.Name, b.Name) })
	return rows
}

// importRows are the imports since the start, the last one of each name.
func (r *round) importRows(figures []figure) (rows []*row) {
	if r.opts.Imports == nil {
		return nil
	}
	byName := map[string]*row{}
	for _, job := range r.opts.Imports() {
		one := byName[job.Name]
		if one == nil {
			one = newRow(KindImport, job.Name)
			byName[job.Name] = one
			rows = append(rows, one)
		}
		one.job = &job
		one.Lines += job.Lines
		one.Zone, one.SizeBytes = job.Zone, job.Bytes
		one.lastRead = max(one.lastRead, job.Start.UnixNano())
		if !job.End.IsZero() {
			one.lastRead = job.End.UnixNano()
		}
	}
	for _, f := range figures {
		if one := byName[f.source]; one != nil && collect.ImportID(f.id) {
			one.take(f)
		}
	}
	return rows
}

// finish writes the figures into what is given out.
func (one *row) finish() {
	one.Hosts = one.hosts
	one.Recent, one.Unparsed = one.recent, one.unparsed
	one.Rate = float64(one.now.count) / nowSpan.Seconds()
	if one.Kind == KindBeats {
		one.Lines = one.recent
	}
	if one.size > 0 {
		one.SizeBytes = one.size
	}
	one.Zone = zoneName(one.Zone)
	one.LastEvent = stamp(one.last)
	one.LastRead = stamp(max(one.lastRead, one.read))
}
