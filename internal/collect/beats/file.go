package beats

import (
	"container/list"
	"time"

	"rastro/internal/event"
)

// file is one file of an agent, or what stands for one where events have no
// offsets. It gives the lines their identity and takes no part in recognizing
// repeats.
type file struct {
	agent *agent
	id    uint64
	place *list.Element // in ledger.files
	// born tells the lives of a file apart, one from each time it was written
	// anew: nanoseconds since 1970.
	born int64
	// high is the highest offset of this life, or the last number given.
	high int64
	day  int64
	// numbered files have no offsets; they are new at each start.
	numbered bool

	// conn and last are where the file's last event came from.
	conn uint32
	last int64
	// beginner is the connection that made the present life begin, 0 for none.
	beginner uint32

	origin *event.Origin
	// touched and doubtful belong to the batch that is being decided.
	touched  bool
	doubtful []int
}

// file finds a file of an agent, or begins one.
func (b *batch) file(a *agent, id uint64) *file {
	f := a.files[id]
	if f == nil {
		f = &file{agent: a, id: id, high: -1}
		f.begin(b.now)
		f.place = b.l.files.PushFront(f)
		a.files[id] = f
	}
	if !f.touched {
		f.touched = true
		b.files = append(b.files, f)
		b.l.files.MoveToFront(f.place)
	}
	return f
}

// met notes which connection sent an event of the file.
func (f *file) met(conn uint32, offset int64) { f.conn, f.last = conn, offset }

// restarts tells whether an unknown line at offset is the first one met of a
// file that was written anew. Senders go forward in a file, each connection by
// itself. Where another line is known in its place the file was written anew
// too, but it need not be the first: that other line may be one of an earlier
// life, into which the connection that began this one does not fall back.
func (f *file) restarts(conn uint32, offset int64, occupied bool) bool {
	return f.high >= 0 && (offset == 0 || conn == f.conn && offset <= f.last || occupied && conn != f.beginner)
}

// begin starts a new life of the file.
func (f *file) begin(now time.Time) {
	f.born = max(now.UnixNano(), f.born+1)
	f.high = -1
	f.beginner = 0
	f.origin = nil
}

// IDPrefix begins the ID of every origin of this room, so that it is told where
// an event came from that is stored already.
const IDPrefix = "beats-"

// origin returns what the lines of the file share. It changes with the path
// and the host, its ID only with the life.
func (b *batch) origin(a *agent, f *file, dr *draft) *event.Origin {
	host := dr.host
	if host == "" {
		host = b.l.host
	}
	if f.origin == nil || f.origin.Name != dr.name || f.origin.Host != host {
		f.origin = &event.Origin{
			Name: dr.name, ID: IDPrefix + hex(mix(mix(a.key, f.id), uint64(f.born))),
			Zone: b.l.zone, Host: host, Dialect: b.l.dialect, Input: event.InputBeats,
		}
	}
	return f.origin
}

func (f *file) key() string { return keyPrefix + hex(f.agent.key) + "/f" + hex(f.id) }
