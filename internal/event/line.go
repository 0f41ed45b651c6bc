package event

import "time"

// MaxLineBytes is the longest text of a line that is kept; what is longer is
// cut there and marked MarkCut.
const MaxLineBytes = 1 << 20

// Origin says where lines come from. It is made once per file or sender and
// shared by all its lines; it is never changed after that.
type Origin struct {
	// Name is what a person calls it: a file's path, a sender's name.
	Name string
	// ID is the stable identity: the same for a renamed file, another one for
	// a file that was truncated and written anew.
	ID string
	// Zone is the time zone of stamps that carry none. nil means UTC.
	Zone *time.Location
	// Host is the host of lines that name none; "" if not known.
	Host string
	// Dialect forces one dialect by its name; "" lets parse find out.
	Dialect string
	// Newest is the latest time a line can have been written, in nanoseconds
	// since 1970: the modification time of a finished file. 0 means that lines
	// are as new as their ReceivedAt. It anchors the year of stamps without one.
	Newest int64
	// Input is the way it came in, one of the Input constants; it is counted and
	// not stored. "" where nobody counts.
	Input string
}

// The ways in which lines come in.
const (
	InputFile      = "file"
	InputContainer = "container"
	InputBeats     = "beats"
	InputBulk      = "bulk"
	InputImport    = "import"
)

// Line is one record as it was received.
type Line struct {
	// Text is the record without its line end. Lines joined by a multi-line
	// rule or from partial container lines are parted by \n.
	Text string
	// Origin is where it came from; never nil.
	Origin *Origin
	// Offset and Length place the record in its source, in bytes, line end
	// and joined parts included.
	Offset, Length int64
	// ReceivedAt is our clock at reading, in nanoseconds since 1970.
	ReceivedAt int64
	// Marks says what reading had to do to the text.
	Marks Marks
	// Fields are values the sender already had beside the text (Beats, bulk);
	// nil for files. Parsing adds to them and never drops them.
	Fields []Pair
	// ID is the sender's own id of the event, and Index the index it was sent
	// to, where that is not the one of its day; both "" for most lines.
	ID, Index string
}

// Marks is a set of things that reading did to a line.
type Marks uint8

// The marks of a line.
const (
	// MarkCut: the line was longer than MaxLineBytes and was cut.
	MarkCut Marks = 1 << iota
	// MarkJoined: the record was joined from several lines.
	MarkJoined
	// MarkUnfinished: the source ended (gone, or import) without a line end.
	MarkUnfinished
	// MarkDocument: a client wrote a document without a text of its own; the
	// text is all of its JSON.
	MarkDocument
)

// Tags that parse puts into the field tags.
const (
	TagCut         = "_cut"           // longer than MaxLineBytes
	TagJoined      = "_joined"        // several lines in one event
	TagUnfinished  = "_unfinished"    // no line end before the source was gone
	TagDocument    = "_document"      // the text is all of a document that a client wrote
	TagInvalidUTF8 = "_invalid_utf8"  // bytes that are no UTF-8, kept as they are
	TagControl     = "_control_chars" // NUL or control characters in the text
	TagNoTime      = "_no_time"       // no stamp was found; received_at stands in
	TagFuture      = "_future_time"   // stamp more than a day after received_at
	TagPast        = "_past_time"     // stamp more than ten years before received_at
	TagRedacted    = "_redacted"      // a secret was removed
	TagAdjusted    = "_adjusted"      // a value was changed to be storable
	TagTruncated   = "_value_cut"     // a field's value was cut
	TagRepeated    = "_repeated"      // "message repeated N times"
	TagBadZone     = "_zone_unsure"   // the stamp fell into a clock change
)

// Position is how far a source has been read, written by the room that reads
// it and opaque to everybody else. It becomes durable together with the lines
// before it, in one journal record.
type Position struct {
	// Key names the source among all sources, for example "tail/" and an id.
	Key string
	// State is the room's own encoding; empty means: forget this key.
	State []byte
}

// Batch is what a source hands to ingest: lines in their order, the positions
// after them, and the acknowledgement.
type Batch struct {
	Lines     []Line
	Positions []Position
	// Ack is called once, from any goroutine, when the lines and positions are
	// durable (nil) or will never be (the error; the source reads them again
	// later). It must not block. nil if nobody waits.
	Ack func(error)
}

// The event types.
const (
	TypeConnection     = "smtp_connection"
	TypeCommand        = "smtp_command"
	TypeReception      = "message_reception"
	TypeQueue          = "queue_processing"
	TypeDelivery       = "message_delivery"
	TypeRejection      = "message_rejection"
	TypeAuthentication = "authentication"
	TypeContentCheck   = "content_check"
	TypeMailboxAccess  = "mailbox_access"
	TypeSystem         = "system"
	TypeError          = "error"
	TypeUnparsed       = "unparsed"
)

// The statuses.
const (
	StatusAccepted    = "accepted"
	StatusDelivered   = "delivered"
	StatusDeferred    = "deferred"
	StatusBounced     = "bounced"
	StatusExpired     = "expired"
	StatusRejected    = "rejected"
	StatusDiscarded   = "discarded"
	StatusHeld        = "held"
	StatusQuarantined = "quarantined"
	StatusForwarded   = "forwarded"
)

// ConnectionOpened is the only value of Connection.
const ConnectionOpened = "opened"

// The levels.
const (
	LevelDebug = "DEBUG"
	LevelInfo  = "INFO"
	LevelWarn  = "WARN"
	LevelError = "ERROR"
	LevelFatal = "FATAL"
)
