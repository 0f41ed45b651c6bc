package app

import (
	"rastro/internal/ingest"
	"rastro/internal/journal"
	"rastro/internal/sources"
	"rastro/internal/store"
	"rastro/internal/web/kibana"
)

// health is the state of the server in Kibana's words.
func (a *App) health() kibana.Health {
	return healthOf(a.folder.Belt.Stats(), a.folder.journal.Stats(), a.folder.store.Stats())
}

// healthOf judges. While nothing is taken, what is there can still be asked for:
// that is degraded. A store that refuses events answers no question that can be
// trusted.
func healthOf(intake ingest.Stats, log journal.Stats, kept store.Stats) kibana.Health {
	var h kibana.Health
	if problems := sources.Stored(kept, log); len(problems) > 0 {
		h.Store = kibana.Part{Level: kibana.Degraded, Summary: problems[0].Message.En}
	}
	switch {
	case intake.Pause.Cause == ingest.PauseStore:
		h.Store = kibana.Part{Level: kibana.Unavailable, Summary: intake.Paused}
	case intake.Paused != "":
		h.Intake = kibana.Part{Level: kibana.Degraded, Summary: "Nothing is taken: " + intake.Paused}
	case log.WriteError != "":
		h.Intake = kibana.Part{Level: kibana.Degraded, Summary: "The journal cannot be written: " + log.WriteError}
	}
	return h
}
