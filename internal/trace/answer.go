package trace

import "time"

// Answer is what a trace gives back.
type Answer struct {
	// Journeys are the newest first by FirstTime, those of one message together.
	Journeys []Journey `json:"journeys"`
	// More tells that there are further ones beyond the limit.
	More bool `json:"more,omitempty"`
	// Partial tells that not everything could be read; Reasons says why.
	Partial bool     `json:"partial,omitempty"`
	Reasons []string `json:"reasons,omitempty"`
	// NotFound is there when there are no journeys.
	NotFound *NotFound `json:"not_found,omitempty"`
	// Query is how the query was understood.
	Query Understood `json:"query"`
}

// NotFound is the answer when nothing fits: what the logs cover, what is
// spelled alike, and what that means.
type NotFound struct {
	Verdict  Words      `json:"verdict"`
	Action   Words      `json:"action"`
	Coverage []Coverage `json:"coverage,omitempty"`
	// Near are addresses, domains or ids that do exist and differ little.
	Near []Near `json:"near,omitempty"`
}

// Coverage is what one server's logs hold for the time that was asked about.
type Coverage struct {
	Host   string    `json:"host"`
	First  time.Time `json:"first,omitzero"`
	Last   time.Time `json:"last,omitzero"`
	Events int64     `json:"events"`
	// Gaps are stretches without a line that are long for this server.
	Gaps []Gap `json:"gaps,omitempty"`
	// Silent tells that the server's last line is long past.
	Silent bool `json:"silent,omitempty"`
}

// Gap is a stretch of time without lines.
type Gap struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Near is something that is spelled almost like what was asked for.
type Near struct {
	Value string    `json:"value"`
	Field string    `json:"field"`
	Count int64     `json:"count"`
	Last  time.Time `json:"last,omitzero"`
}
