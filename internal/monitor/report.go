package monitor

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"rastro/internal/sources"
)

// indicator is one part of the health report: it has probes, or parts of its
// own.
type indicator struct {
	Status     string               `json:"status"`
	Symptom    string               `json:"symptom"`
	Diagnosis  []diagnosis          `json:"diagnosis,omitempty"`
	Impacts    []impact             `json:"impacts,omitempty"`
	Details    object               `json:"details,omitempty"`
	Indicators map[string]indicator `json:"indicators,omitempty"`
}

// diagnosis is why something is wrong, and what to do.
type diagnosis struct {
	ID     string `json:"id"`
	Cause  string `json:"cause"`
	Action string `json:"action"`
}

// impact is what suffers from it. 1 is the worst severity.
type impact struct {
	ID          string   `json:"id"`
	Severity    int      `json:"severity"`
	Description string   `json:"description"`
	Areas       []string `json:"impact_areas"`
}

// finding is one thing that is wrong.
type finding struct {
	color string
	why   diagnosis
	hurts impact
}

// healthReport answers /_health_report.
func (s *Server) healthReport(w http.ResponseWriter, r *http.Request) {
	parts := map[string]indicator{}
	if s.at() == serving {
		v := s.look()
		parts["pipelines"] = gather(map[string]indicator{mainPipeline: s.pipelineHealth(&v)})
		parts["sources"], parts["storage"] = s.sourcesHealth(), s.storageHealth(&v)
	} else {
		parts["pipelines"] = gather(map[string]indicator{mainPipeline: s.notRunning()})
	}
	whole := gather(parts)
	answer := s.envelope(r)
	answer["status"], answer["symptom"], answer["indicators"] = whole.Status, whole.Symptom, whole.Indicators
	answer["timestamp"] = stamp(time.Now())
	respond(w, r, http.StatusOK, answer)
}

// notRunning is the pipeline before it runs, and after.
func (s *Server) notRunning() indicator {
	state, words := "LOADING", "loading"
	if s.at() == stopping {
		state, words = "TERMINATED", "stopped"
	}
	return judge("pipeline", []finding{{yellow,
		diagnosis{"logstash:health:pipeline:status:diagnosis:" + words, s.unready()[0], "wait until it is done; the log of Rastro says more"},
		impact{"logstash:health:pipeline:status:impact:" + words, 1, "nothing is taken; sources wait and nothing is lost", []string{"pipeline_execution"}}}},
		object{"status": object{"state": state}})
}

// pipelineHealth judges whether lines pass.
func (s *Server) pipelineHealth(v *view) indicator {
	use := s.flow.rates(s.values(*v), time.Now()).perSecond("busy", 100/float64(v.workers()))
	told := object{}
	for _, window := range []string{"last_1_minute", "last_5_minutes"} {
		if share, ok := use[window]; ok {
			told[window] = share
		}
	}
	details := object{"status": object{"state": "RUNNING"}, "flow": object{"worker_utilization": told}}
	var found []finding
	if why := v.ingest.Paused; why != "" {
		found = append(found, finding{red,
			diagnosis{"rastro:health:pipeline:intake:diagnosis:paused", why, "do what the cause says; intake goes on by itself when it can"},
			impact{"rastro:health:pipeline:intake:impact:waiting", 1, "nothing is taken; sources wait and nothing is lost", []string{"pipeline_execution"}}})
	}
	blocked := func(color, id, window string, least float64, words string) bool {
		share, ok := told[window].(float64)
		if !ok || share < least {
			return false
		}
		found = append(found, finding{color,
			diagnosis{"logstash:health:pipeline:flow:worker_utilization:diagnosis:" + id, "pipeline workers have been " + words, "see what takes long in /_node/stats/pipelines and /_node/hot_threads, or give the machine more processors"},
			impact{"logstash:health:pipeline:flow:impact:blocked_processing", 2, "lines come faster than they are stored; they wait in their sources", []string{"pipeline_execution"}}})
		return true
	}
	if !blocked(red, "5m-blocked", "last_5_minutes", 99.9, "completely busy for at least five minutes") {
		blocked(yellow, "1m-blocked", "last_1_minute", 95, "nearly completely busy for at least one minute")
	}
	return judge("pipeline", found, details)
}

// sourcesHealth judges whether every source is read.
func (s *Server) sourcesHealth() indicator {
	var found []finding
	files := s.rooms.Sources()
	for _, source := range files {
		if source.Err != "" {
			found = append(found, finding{yellow,
				diagnosis{"rastro:health:sources:diagnosis:not_read", source.Path + ": " + source.Err, "let the user that Rastro runs as read the file"},
				impact{"rastro:health:sources:impact:missing_events", 3, "lines of a source are missing", []string{"pipeline_execution"}}})
		}
	}
	return judge("set of sources", found, object{"files": len(files)})
}

// storageHealth judges whether everything that was taken can be found.
func (s *Server) storageHealth(v *view) indicator {
	var found []finding
	for _, p := range sources.Stored(v.store, v.journal) {
		found = append(found, finding{yellow,
			diagnosis{"rastro:health:storage:diagnosis:damaged", p.Message.En, p.Hint.En},
			impact{"rastro:health:storage:impact:partial_answers", 2, "answers may not be whole", []string{"search"}}})
	}
	return judge("storage", found, object{"events": v.store.Events, "size_in_bytes": v.store.Bytes, "quarantined_files": len(v.store.Quarantined)})
}

// words are the colors in words, the worst one first.
var colorWords = []struct{ color, word string }{{red, "unhealthy"}, {yellow, "concerning"}, {green, "healthy"}}

// judge makes an indicator of what was found, the worst first.
func judge(subject string, found []finding, details object) indicator {
	in := indicator{Status: green, Details: details}
	slices.SortStableFunc(found, func(a, b finding) int { return a.hurts.Severity - b.hurts.Severity })
	areas := map[string]bool{}
	for i, f := range found {
		if f.color == red || in.Status == green {
			in.Status = f.color
		}
		if i >= maxProblems {
			continue
		}
		in.Diagnosis = append(in.Diagnosis, f.why)
		if !slices.ContainsFunc(in.Impacts, func(other impact) bool { return other.ID == f.hurts.ID }) {
			in.Impacts = append(in.Impacts, f.hurts)
		}
		for _, a := range f.hurts.Areas {
			areas[a] = true
		}
	}
	in.Symptom = fmt.Sprintf("The %s is %s", subject, wordOf(in.Status))
	if len(found) > 0 {
		in.Symptom += fmt.Sprintf("; %s impacted and %s available",
			number(len(areas), "area is", "areas are"), number(len(in.Diagnosis), "diagnosis is", "diagnoses are"))
	}
	return in
}

// gather makes an indicator of others.
func gather(parts map[string]indicator) indicator {
	whole := indicator{Status: green, Indicators: parts}
	names := map[string][]string{}
	for name, part := range parts {
		names[part.Status] = append(names[part.Status], "`"+name+"`")
	}
	var told []string
	for i := len(colorWords) - 1; i >= 0; i-- {
		if len(names[colorWords[i].color]) > 0 {
			whole.Status = colorWords[i].color
		}
	}
	for _, c := range colorWords {
		if some := names[c.color]; len(some) > 0 {
			slices.Sort(some)
			told = append(told, fmt.Sprintf("%s %s (%s)", number(len(some), "indicator is", "indicators are"), c.word, strings.Join(some, ", ")))
		}
	}
	whole.Symptom = strings.Join(told, " and ")
	if len(told) > 2 {
		whole.Symptom = strings.Join(told[:2], ", ") + ", and " + told[2]
	}
	return whole
}

func wordOf(color string) string {
	for _, c := range colorWords {
		if c.color == color {
			return c.word
		}
	}
	return "unknown"
}

func number(n int, one, many string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, one)
	}
	return fmt.Sprintf("%d %s", n, many)
}
