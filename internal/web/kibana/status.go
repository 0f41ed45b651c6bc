package kibana

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"runtime"
)

// Level is how well a part of the server is, best first.
type Level int

// The levels. With Unavailable /api/status answers 503.
const (
	Available Level = iota
	Degraded
	Unavailable
)

var (
	levelNames  = [...]string{"available", "degraded", "unavailable"}
	colorNames  = [...]string{"green", "yellow", "red"}
	colorTitles = [...]string{"Green", "Yellow", "Red"}
)

// Part is how well one part is, and what is wrong with it.
type Part struct {
	Level   Level
	Summary string
}

// Health is the state of a server: the store of events and the intake stand for
// Kibana's Elasticsearch.
type Health struct {
	Store, Intake, Saved Part
}

func (h Health) worst() Part {
	worst := h.Store
	for _, p := range []Part{h.Intake, h.Saved} {
		if p.Level > worst.Level {
			worst = p
		}
	}
	return worst
}

func (p Part) summary(fine string) string { return orText(p.Summary, fine) }

// level is a part in the shape of version 8.
func (p Part) level(fine string) map[string]any {
	return map[string]any{"level": levelNames[p.Level], "summary": p.summary(fine)}
}

// colored is a part in the shape of version 7.
func (p Part) colored(id, fine string, since string) map[string]any {
	return map[string]any{
		"id": id, "state": colorNames[p.Level], "icon": [...]string{"success", "warning", "danger"}[p.Level],
		"uiColor": [...]string{"success", "warning", "danger"}[p.Level], "message": p.summary(fine), "since": since,
	}
}

func (h *Handler) status(w http.ResponseWriter, r *http.Request) {
	health := h.opts.Health()
	if health.Saved.Level == Available {
		if notes := h.opts.Saved.Notes(); len(notes) > 0 {
			health.Saved = Part{Degraded, notes[0].En}
		}
	}
	overall := health.worst()
	code := http.StatusOK
	if overall.Level == Unavailable {
		code = http.StatusServiceUnavailable
	}
	if !h.opts.Scope(r).SeesEverything() {
		write(w, code, map[string]any{"status": map[string]any{"overall": map[string]any{"level": levelNames[overall.Level]}}})
		return
	}
	engine := health.Store
	if health.Intake.Level > engine.Level {
		engine = health.Intake
	}
	status := map[string]any{
		"overall": overall.level("All services and plugins are available"),
		"core": map[string]any{
			"elasticsearch": engine.level("Elasticsearch is available"),
			"savedObjects":  health.Saved.level("SavedObjects service has completed migrations and is available"),
		},
		"plugins": map[string]any{
			"store":  health.Store.level("The store answers"),
			"intake": health.Intake.level("Lines are taken"),
		},
	}
	if query := r.URL.Query(); query.Get("v7format") == "true" || query.Has("v7format") && query.Get("v7format") == "" {
		status = h.status7(health, engine, overall)
	}
	write(w, code, map[string]any{
		"name": h.opts.Name, "uuid": h.uuid(),
		"version": map[string]any{
			"number": h.opts.Version, "build_hash": "rastro", "build_number": 0, "build_snapshot": false, "build_flavor": "traditional", "build_date": stamp(builtinSince),
		},
		"status":  status,
		"metrics": h.metrics(),
	})
}

func (h *Handler) status7(health Health, engine, overall Part) map[string]any {
	since := stamp(h.began)
	return map[string]any{
		"overall": map[string]any{
			"since": since, "state": colorNames[overall.Level], "title": colorTitles[overall.Level], "nickname": "Looking good",
			"icon": [...]string{"success", "warning", "danger"}[overall.Level], "uiColor": [...]string{"success", "warning", "danger"}[overall.Level],
		},
		"statuses": []any{
			engine.colored("core:elasticsearch@"+h.opts.Version, "Elasticsearch is available", since),
			health.Saved.colored("core:savedObjects@"+h.opts.Version, "SavedObjects service has completed migrations and is available", since),
			health.Store.colored("plugin:store@"+h.opts.Version, "The store answers", since),
			health.Intake.colored("plugin:intake@"+h.opts.Version, "Lines are taken", since),
		},
	}
}

// uuid is the same at every start of a server of this name.
func (h *Handler) uuid() string {
	b := sha256.Sum256([]byte("kibana of " + h.opts.Name))
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// metrics are those of Kibana's that are true of this server: requests are the
// ones to this API.
func (h *Handler) metrics() map[string]any {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	now := h.opts.Now()
	up := now.Sub(h.began).Milliseconds()
	process := map[string]any{
		"memory": map[string]any{
			"heap":                       map[string]any{"total_in_bytes": m.HeapSys, "used_in_bytes": m.HeapAlloc, "size_limit": m.HeapSys},
			"resident_set_size_in_bytes": m.Sys - m.HeapReleased,
		},
		"event_loop_delay": 0, "pid": os.Getpid(), "uptime_in_millis": up,
	}
	total, took := h.served.Load(), h.took.Load()
	return map[string]any{
		"last_updated":                  stamp(now),
		"collection_interval_in_millis": 0, // they are of this moment
		"os":                            map[string]any{"platform": runtime.GOOS, "platformRelease": runtime.GOOS + "-" + runtime.GOARCH},
		"process":                       process,
		"processes":                     []any{process},
		"response_times":                map[string]any{"avg_in_millis": took / max(1, total) / 1000, "max_in_millis": h.longest.Load() / 1000},
		"concurrent_connections":        h.inside.Load(),
		"requests":                      map[string]any{"total": total, "disconnects": 0},
	}
}
