package app

import (
	"strings"
	"testing"

	"rastro/internal/ingest"
	"rastro/internal/journal"
	"rastro/internal/store"
	"rastro/internal/web/kibana"
)

func TestKibanasStatus(t *testing.T) {
	a := start(t, testConfig(t))
	if code, text := get(t, "http://"+a.Addresses()["ui"]+"/api/status"); code != 200 || !strings.Contains(text, `"overall":{"level":"available"`) {
		t.Errorf("%d %s", code, text)
	}
}

func TestHealth(t *testing.T) {
	for name, c := range map[string]struct {
		intake        ingest.Stats
		log           journal.Stats
		store, intook kibana.Level
	}{
		"well":    {},
		"full":    {ingest.Stats{Paused: "the disk is full", Pause: ingest.Pause{Cause: ingest.PauseFull}}, journal.Stats{}, kibana.Available, kibana.Degraded},
		"journal": {ingest.Stats{}, journal.Stats{WriteError: "input/output error"}, kibana.Available, kibana.Degraded},
		"refused": {ingest.Stats{Paused: "the store refused events", Pause: ingest.Pause{Cause: ingest.PauseStore}}, journal.Stats{}, kibana.Unavailable, kibana.Available},
		"damage":  {ingest.Stats{}, journal.Stats{Damage: []journal.Damage{{Path: "x", Events: 3}}}, kibana.Degraded, kibana.Available},
	} {
		h := healthOf(c.intake, c.log, store.Stats{})
		if h.Store.Level != c.store || h.Intake.Level != c.intook || h.Store.Level+h.Intake.Level > 0 && h.Store.Summary+h.Intake.Summary == "" {
			t.Errorf("%s: %+v", name, h)
		}
	}
}
