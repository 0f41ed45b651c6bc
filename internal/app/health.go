package app

import (
	"rastro/internal/ingest"
	"rastro/internal/sources"
	"rastro/internal/web/kibana"
)

// health is the state of the server in Kibana's words. While nothing is taken,
// what is there can still be asked for: that is degraded. A store that refuses
// events answers no question that can be trusted.
func (a *App) health() kibana.Health {
	var h kibana.Health
	if problems := sources.Stored(a.folder.store.Stats(), a.folder.journal.Stats()); len(problems) > 0 {
		h.Store = kibana.Part{Level: kibana.Degraded, Summary: problems[0].Message.En}
	}
	intake := a.folder.Belt.Stats()
	switch {
	case intake.Pause.Cause == ingest.PauseStore:
		h.Store = kibana.Part{Level: kibana.Unavailable, Summary: intake.Paused}
	case intake.Paused != "":
		h.Intake = kibana.Part{Level: kibana.Degraded, Summary: "Nothing is taken: " + intake.Paused}
	}
	if text := a.folder.journal.Stats().WriteError; text != "" && intake.Paused == "" {
		h.Intake = kibana.Part{Level: kibana.Degraded, Summary: "The journal cannot be written: " + text}
	}
	return h
}
