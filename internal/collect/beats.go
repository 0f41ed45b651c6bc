package collect

import (
	"strings"

	"rastro/internal/collect/beats"
)

// Beats receives lines from Filebeat and from Logstash's lumberjack output.
type Beats = beats.Server

// BeatsOptions are the settings of a Beats.
type BeatsOptions = beats.Options

// BeatsStatus is what a Beats has done since it was made.
type BeatsStatus = beats.Status

// BeatsPeer is an open connection of a sender.
type BeatsPeer = beats.Peer

// BeatsID tells whether an event with this source_id came from a sender of
// Beats.
func BeatsID(id string) bool { return strings.HasPrefix(id, beats.IDPrefix) }

// ImportID tells whether an event with this source_id was imported.
func ImportID(id string) bool { return !BeatsID(id) && !BulkID(id) && strings.Contains(id, "-") }

// NewBeats makes a Beats; its Serve receives until its context ends, and hands
// lines to a Sink as every source does.
func NewBeats(opts BeatsOptions) *Beats { return beats.New(opts) }
