package event

import "strings"

// Field names one canonical field of an event. The zero Field is NoField.
// Fields are small dense numbers so that rooms may index arrays by them; the
// numbers are never written to disk (files and the journal use names).
type Field uint8

// Kind tells how a field's values are written, compared and queried.
type Kind uint8

// The kinds of field.
const (
	// Keyword is an exact string: no words inside it are searched.
	Keyword Kind = iota
	// Text is a string searched by its words, without case.
	Text
	// IP is an IPv4 or IPv6 address as text, without port and brackets.
	IP
	// Integer is a signed 64-bit whole number.
	Integer
	// Number is a 64-bit floating point number.
	Number
	// Bool is true or false.
	Bool
	// Time is a point in time, nanoseconds since 1970 in UTC.
	Time
)

// String returns the kind's name as it stands in docs/fields.md.
func (k Kind) String() string {
	return [...]string{"keyword", "text", "ip", "integer", "number", "boolean", "time"}[k]
}

// IsText tells whether values of the kind are held as strings.
func (k Kind) IsText() bool { return k <= IP }

// The canonical fields; the table in fields.go says what each one means.
const (
	NoField Field = iota
	Timestamp
	ReceivedAt
	Message
	LogMessage
	Host
	Program
	PID
	Component
	Dialect
	Level
	IsError
	EventType
	QueueID
	MessageID
	SessionID
	ParentQueueID
	NextQueueID
	RemoteQueueID
	Sender
	SenderDomain
	Recipient
	RecipientDomain
	OriginalRecipient
	OriginalRecipientDomain
	Connection
	ClientIP
	ClientPort
	ClientHost
	Helo
	GeoCountry
	GeoCity
	ASName
	RelayHost
	RelayIP
	RelayPort
	SMTPCommand
	CommandData
	SMTPStage
	SMTPCode
	DSN
	Reply
	Status
	Reason
	Delay
	DelayQueue
	DelayConnect
	DelayTransmit
	Attempt
	NextRetry
	Subject
	Size
	RecipientCount
	Folder
	Username
	AuthMethod
	Success
	TLSVersion
	TLSCipher
	SpamScore
	SpamVerdict
	VirusName
	SPF
	DKIM
	DMARC
	Customer
	Tags
	Source
	SourceID
	Offset
	EventID
	Index

	// FieldCount is one more than the highest Field.
	FieldCount
)

// Info describes one field.
type Info struct {
	Field   Field
	Name    string   // canonical snake_case name
	Kind    Kind     //
	Fold    bool     // compared without case
	Multi   bool     // an event may carry several values
	Meaning string   // one English sentence for docs, help and mappings
	Aliases []string // other products' names for the same thing
}

// Describe returns the table entry of f. It panics on a number that is no
// field: a bug of ours.
func Describe(f Field) *Info { return &table[f] }

// Name returns the canonical name of f.
func (f Field) Name() string { return table[f].Name }

// Kind returns the kind of f.
func (f Field) Kind() Kind { return table[f].Kind }

// String returns the canonical name of f.
func (f Field) String() string { return table[f].Name }

// Fields returns every field in table order, NoField left out. The slice is
// the caller's own.
func Fields() []Info { return append([]Info(nil), table[1:]...) }

// Lookup finds a field by its canonical name or one of its aliases, without
// case. The suffix ".keyword" (Elasticsearch's exact sub-field) is dropped and
// reported in exact. NoField means that the name is unknown: such a name is
// looked for in the event's Extra.
func Lookup(name string) (f Field, exact bool) {
	if f, ok := names[name]; ok {
		return f, false
	}
	lower := strings.ToLower(name)
	if bare, cut := strings.CutSuffix(lower, ".keyword"); cut {
		lower, exact = bare, true
	}
	return names[lower], exact
}

var names = func() map[string]Field {
	m := make(map[string]Field, 4*int(FieldCount))
	for _, info := range table[1:] {
		m[info.Name] = info.Field
		for _, a := range info.Aliases {
			m[strings.ToLower(a)] = info.Field
		}
	}
	return m
}()
