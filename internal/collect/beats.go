package collect

import "rastro/internal/collect/beats"

// Beats receives lines from Filebeat and from Logstash's lumberjack output.
type Beats = beats.Server

// BeatsOptions are the settings of a Beats.
type BeatsOptions = beats.Options

// BeatsStatus is what a Beats has done since it was made.
type BeatsStatus = beats.Status

// NewBeats makes a Beats; its Serve receives until its context ends, and hands
// lines to a Sink as every source does.
func NewBeats(opts BeatsOptions) *Beats { return beats.New(opts) }
