package sources

import "rastro/internal/reply"

// Words is a text in the languages of the house.
type Words = reply.Words

// Answer says where lines come from, and what is wrong.
type Answer struct {
	// Time is when the answer was made, in RFC 3339.
	Time string `json:"time"`
	// Sources are ordered: those with a problem first, then the busiest.
	Sources []Source `json:"sources"`
	// More is the number of sources that are left out, the least busy ones of
	// those without a problem.
	More int `json:"more,omitempty"`
	// Unparsed are the lines no parser understood, by program, the most first.
	Unparsed []Program `json:"unparsed"`
	// Problems hinder the server as a whole, such as a full disk.
	Problems []Problem `json:"problems,omitempty"`
}

// Source is one file, container, file of a Beats sender, or import.
type Source struct {
	ID string `json:"id"`
	// Kind is one of the kinds.
	Kind string `json:"kind" enum:"file,container,beats,import"`
	// Name is the path, or the sender.
	Name  string   `json:"name"`
	Hosts []string `json:"hosts,omitempty"`
	// State is one of the states. Problem says what is wrong and what to do, when
	// it is not StateOK.
	State   string   `json:"state" enum:"failed,denied,missing,clock,behind,silent,ok"`
	Problem *Problem `json:"problem,omitempty"`
	// Zone is that of stamps which carry none.
	Zone string `json:"zone,omitempty"`
	// Lines were read since the server started; of Beats those of the last 24
	// hours.
	Lines int64 `json:"lines"`
	// Rate is lines per second over the last five minutes.
	Rate      float64 `json:"rate"`
	LagBytes  int64   `json:"lag_bytes,omitempty"`
	SizeBytes int64   `json:"size_bytes,omitempty"`
	LastRead  string  `json:"last_read,omitempty"`
	// LastEvent and LastLine are the time and the text of the newest line.
	LastEvent string `json:"last_event,omitempty"`
	LastLine  string `json:"last_line,omitempty"`
	// Recent counts the lines of the last 24 hours, Unparsed those of them that
	// no parser understood.
	Recent   int64 `json:"recent"`
	Unparsed int64 `json:"unparsed"`
}

// The kinds of source.
const (
	KindFile      = "file"
	KindContainer = "container"
	KindBeats     = "beats"
	KindImport    = "import"
)

// The states of a source, from worst to best.
const (
	StateFailed  = "failed"
	StateDenied  = "denied"
	StateMissing = "missing"
	// StateClock: its clock or its zone is wrong.
	StateClock  = "clock"
	StateBehind = "behind"
	StateSilent = "silent"
	StateOK     = "ok"
)

// states is the order of listing.
var states = map[string]int{StateFailed: 0, StateDenied: 1, StateMissing: 2, StateClock: 3, StateBehind: 4, StateSilent: 5, StateOK: 6}

// Problem is something wrong, with what to do about it.
type Problem struct {
	Code    string `json:"code"`
	Message Words  `json:"message"`
	Hint    Words  `json:"hint"`
}

// Program is a program whose lines were not understood.
type Program struct {
	// Program is "" for lines that name none.
	Program  string    `json:"program"`
	Count    int64     `json:"count"`
	Examples []Example `json:"examples"`
}

// Example is one of its newest lines.
type Example struct {
	Host    string `json:"host,omitempty"`
	Time    string `json:"time"`
	Line    string `json:"line"`
	EventID string `json:"event_id,omitempty"`
}
