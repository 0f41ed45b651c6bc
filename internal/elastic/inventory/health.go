package inventory

import "rastro/internal/ingest"

// Health is how the server is.
type Health struct {
	// Status is green, yellow (files were set aside) or red (nothing can be
	// written).
	Status string
	// Reason says what is wrong; "" for nothing.
	Reason string
	// Lost are the files that were set aside.
	Lost int
}

// The three states.
const (
	Green  = "green"
	Yellow = "yellow"
	Red    = "red"
)

// Health says how the server is.
func (v *Inventory) Health() Health {
	stats := v.opts.Searcher.Stats()
	h := Health{Status: Green, Lost: len(stats.Quarantined)}
	pause := ingest.Pause{}
	if v.opts.Ingest != nil {
		pause = v.opts.Ingest().Pause
	}
	switch {
	case stats.WriteError != "":
		h.Status, h.Reason = Red, "the store cannot write: "+stats.WriteError
	case pause.Cause != ingest.PauseNone:
		h.Status, h.Reason = Red, "no event is taken: "+pause.String()
	case h.Lost > 0:
		h.Status, h.Reason = Yellow, "files that could not be read were set aside; their events are not served: "+stats.Quarantined[0].Path
	}
	return h
}

// Worse is the number of a status: the higher the worse.
func Worse(status string) int {
	switch status {
	case Green:
		return 0
	case Yellow:
		return 1
	}
	return 2
}
