package trace

import (
	"time"

	"rastro/internal/reply"
)

// Status is where a recipient's copy is.
type Status string

// The statuses of a journey.
const (
	Accepted    Status = "accepted"    // taken, and nothing is known after that
	Deferred    Status = "deferred"    // waits in a queue of ours for the next try
	Held        Status = "held"        // waits in a queue until an operator decides
	Quarantined Status = "quarantined" // locked away by a filter
	Delivered   Status = "delivered"   // in the mailbox, or taken by the other company's server
	Discarded   Status = "discarded"   // thrown away by a rule, a filter or an operator
	Bounced     Status = "bounced"     // refused after we took it; the sender was told
	Expired     Status = "expired"     // given up after many tries; the sender was told
	Rejected    Status = "rejected"    // refused before we took it
	Abandoned   Status = "abandoned"   // the sender broke off before we took it
	Unknown     Status = "unknown"     // the log does not say which of several
)

// Statuses returns all statuses that a journey can have.
func Statuses() []Status {
	return []Status{Accepted, Deferred, Held, Quarantined, Delivered, Discarded, Bounced, Expired, Rejected, Abandoned, Unknown}
}

// Confidence is how sure a step, or a whole journey, is.
type Confidence string

// The marks of confidence, from the surest.
const (
	Exact    Confidence = "exact"    // a line names both ends
	Probable Confidence = "probable" // two lines fit each other in several ways
	Guess    Confidence = "guess"    // nothing speaks against it
)

// By says who decided the status.
type By string

// The deciders.
const (
	ByUs       By = "us"       // our own server or its policy
	ByRemote   By = "remote"   // the other company's server
	ByFilter   By = "filter"   // our spam or virus filter
	ByRule     By = "rule"     // a rule in the recipient's mailbox
	ByOperator By = "operator" // a person with access to the server
	ByClient   By = "client"   // the program that sent it to us
)

// Journey is one message on its way to one recipient. Its JSON form is
// documented in docs/trace.md and stable: fields are added, never renamed.
// Unknown values are absent.
type Journey struct {
	// ID is stable as long as the events are: it names this journey in links.
	ID string `json:"id"`
	// MessageKey is the same for all recipients of one message.
	MessageKey string `json:"message_key"`
	// Program is the dialect of the server that took the message first.
	Program string `json:"program,omitempty"`
	// Hosts are the servers on the way, in order.
	Hosts []string `json:"hosts,omitempty"`
	// Sender is the envelope sender, "<>" for the null sender.
	Sender string `json:"sender,omitempty"`
	// Recipient is the final address; OriginalRecipient is the one the sender
	// wrote, where an alias or a forward made another of it.
	Recipient         string   `json:"recipient,omitempty"`
	OriginalRecipient string   `json:"original_recipient,omitempty"`
	MessageID         string   `json:"message_id,omitempty"`
	QueueIDs          []string `json:"queue_ids,omitempty"`
	SessionIDs        []string `json:"session_ids,omitempty"`
	// RemoteID is the receipt that the other company's server gave.
	RemoteID   string `json:"remote_id,omitempty"`
	ClientIP   string `json:"client_ip,omitempty"`
	ClientHost string `json:"client_host,omitempty"`
	Helo       string `json:"helo,omitempty"`
	Username   string `json:"username,omitempty"`
	Subject    string `json:"subject,omitempty"`
	// Size is the size of the message in bytes.
	Size      int64     `json:"size,omitempty"`
	FirstTime time.Time `json:"first_time"`
	LastTime  time.Time `json:"last_time"`
	Status    Status    `json:"status"`
	// Stage is where the message was refused: CONNECT, EHLO, MAIL, RCPT, DATA,
	// END-OF-MESSAGE.
	Stage string `json:"stage,omitempty"`
	// Reason is a class of the reply dictionary.
	Reason string `json:"reason,omitempty"`
	// Because says the reason in words, as a clause that goes on from "because".
	Because Words `json:"because,omitzero"`
	By      By    `json:"by,omitempty"`
	// Acts is who must act, as the reply dictionary says.
	Acts string `json:"acts,omitempty"`
	// SMTPCode, DSN and Reply are those of the answer that decided, or of the
	// last one.
	SMTPCode  int64  `json:"smtp_code,omitempty"`
	DSN       string `json:"dsn,omitempty"`
	Reply     string `json:"reply,omitempty"`
	RelayHost string `json:"relay_host,omitempty"`
	RelayIP   string `json:"relay_ip,omitempty"`
	// Folder is the mailbox folder it was stored in.
	Folder string `json:"folder,omitempty"`
	// Attempts counts the tries to hand it over, refused ones before our queue
	// included.
	Attempts int `json:"attempts,omitempty"`
	// NextRetry is when the server said it would try again.
	NextRetry time.Time `json:"next_retry,omitzero"`
	// SpamScore and SpamVerdict are the filter's.
	SpamScore   *float64 `json:"spam_score,omitempty"`
	SpamVerdict string   `json:"spam_verdict,omitempty"`
	// Confidence is that of the weakest link.
	Confidence Confidence `json:"confidence"`
	// Verdict is the whole story in one or two sentences.
	Verdict Words `json:"verdict"`
	// Action says who must do what next.
	Action Words `json:"action,omitzero"`
	// Notes are contradictions and other things worth knowing.
	Notes []Words `json:"notes,omitempty"`
	// Related are messages about this one: failure, delay and success notices,
	// automatic replies; and for those the original.
	Related []Related `json:"related,omitempty"`
	// Recipients counts the message's recipients by status.
	Recipients map[Status]int `json:"recipients,omitempty"`
	Steps      []Step         `json:"steps,omitempty"`
}

// Words is a text in the languages of the house.
type Words = reply.Words

// Related is another message that this one led to or came from.
type Related struct {
	// Kind: failure_notice, delay_notice, success_notice, notice, auto_reply,
	// original.
	Kind       string     `json:"kind"`
	QueueID    string     `json:"queue_id"`
	Host       string     `json:"host,omitempty"`
	MessageKey string     `json:"message_key,omitempty"`
	Confidence Confidence `json:"confidence"`
}

// Step is one thing that happened.
type Step struct {
	Time time.Time `json:"time"`
	// Kind: connected, refused, received, queued, checked, attempt, stored,
	// forwarded, notice, held, released, requeued, removed, expired, login,
	// mailbox, other.
	Kind      string `json:"kind"`
	Host      string `json:"host,omitempty"`
	Program   string `json:"program,omitempty"`
	QueueID   string `json:"queue_id,omitempty"`
	SessionID string `json:"session_id,omitempty"`
	// Status is what the line itself says.
	Status    string `json:"status,omitempty"`
	SMTPCode  int64  `json:"smtp_code,omitempty"`
	DSN       string `json:"dsn,omitempty"`
	Reply     string `json:"reply,omitempty"`
	RelayHost string `json:"relay_host,omitempty"`
	RelayIP   string `json:"relay_ip,omitempty"`
	RelayPort int64  `json:"relay_port,omitempty"`
	TLS       string `json:"tls,omitempty"`
	Folder    string `json:"folder,omitempty"`
	// Seconds is how long the step took where the line says so; the rest are
	// its parts.
	Seconds  *float64 `json:"seconds,omitempty"`
	Queued   *float64 `json:"seconds_queued,omitempty"`
	Connect  *float64 `json:"seconds_connect,omitempty"`
	Transmit *float64 `json:"seconds_transmit,omitempty"`
	// Problem marks the steps that a person looks for.
	Problem bool `json:"problem,omitempty"`
	// Confidence is how sure it is that the step belongs here; Link says why.
	Confidence Confidence `json:"confidence"`
	Link       string     `json:"link,omitempty"`
	// Text is the step in plain words.
	Text Words `json:"text"`
	// Line is the raw line, EventID the event's id.
	Line    string `json:"line,omitempty"`
	EventID string `json:"event_id,omitempty"`
}
