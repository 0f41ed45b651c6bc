package sources

import (
	"time"

	"rastro/internal/ingest"
	"rastro/internal/journal"
	"rastro/internal/store"
)

// maxHindrances bounds the problems that are told one by one.
const maxHindrances = 50

// hindrances are what is wrong with the server as a whole.
func (r *round) hindrances() []Problem {
	var all []Problem
	if r.opts.Ingest != nil {
		stats := r.opts.Ingest()
		if p := Paused(stats.Pause); p != nil {
			all = append(all, *p)
		}
		if stats.ParserFault > 0 {
			all = append(all, *problem("parser_fault", "count", stats.ParserFault))
		}
	}
	if r.opts.Store != nil && r.opts.Journal != nil {
		all = append(all, Stored(r.opts.Store(), r.opts.Journal())...)
	}
	if r.opts.Beats != nil {
		if b := r.opts.Beats(); b.Err != "" && time.Since(b.ErrAt) < hourSpan {
			all = append(all, *problem("beats_refused", "err", b.Err))
		}
	}
	return all[:min(len(all), maxHindrances)]
}

// Paused says why nothing is taken in; nil when the belt runs.
func Paused(p ingest.Pause) *Problem {
	values := []any{"dir", p.Dir, "free", size(int64(p.Free)), "reserve", size(int64(p.Reserve)), "err", p.Err}
	switch p.Cause {
	case ingest.PauseFull:
		return problem("paused_full", values...)
	case ingest.PauseSpace:
		return problem("paused_space", values...)
	case ingest.PauseJournal:
		return problem("paused_journal", values...)
	case ingest.PauseStore:
		return problem("paused_store", values...)
	}
	return nil
}

// Stored says what is wrong with what is kept; nil when nothing is.
func Stored(s store.Stats, j journal.Stats) []Problem {
	var all []Problem
	for _, q := range s.Quarantined {
		all = append(all, *problem("quarantined", "path", q.Path, "err", q.Reason))
	}
	if s.WriteError != "" {
		all = append(all, *problem("write_error", "err", s.WriteError))
	}
	for _, d := range j.Damage {
		all = append(all, *problem("journal_damage", "count", d.Events, "path", d.Path))
	}
	return all
}
