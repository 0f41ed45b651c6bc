package searches

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"rastro/internal/elastic/settings"
)

// slowLevels are the levels of the slow log, the gravest first.
var slowLevels = []string{"warn", "info", "debug", "trace"}

// maxSlowText bounds how much of a question the slow log repeats.
const maxSlowText = 10_000

// slowQuery logs a question that took longer than somebody wants to know of.
func (s *Searches) slowQuery(ctx context.Context, p *plan, res *result) {
	s.slow(ctx, "query", p, res.took, res.answer.Total)
}

// slowFetch does so for the writing of its hits.
func (s *Searches) slowFetch(p *plan, res *result, took time.Duration) {
	s.slow(context.Background(), "fetch", p, took, int64(len(res.answer.Hits)))
}

func (s *Searches) slow(ctx context.Context, phase string, p *plan, took time.Duration, count int64) {
	level := s.slowLevel(phase, p.indices, took)
	if level == "" {
		return
	}
	// Somebody set the threshold on purpose: what is beyond it is shown whatever
	// level the program logs at, and the slow log's own level is a field.
	at := slog.LevelInfo
	if level == "warn" {
		at = slog.LevelWarn
	}
	s.node.Log.Log(ctx, at, "slow search", "slow", phase+"."+level, "took", took, "count", count, "path", p.expression, "query", slowText(p.q))
}

// slowText is the question as it was asked.
func slowText(q *request) string {
	text := strings.TrimSpace(string(q.asked))
	if q.text.set {
		text = strings.TrimSpace("q=" + q.text.text + " " + text)
	}
	if len(text) > maxSlowText {
		text = strings.ToValidUTF8(text[:maxSlowText], "") + "…"
	}
	return text
}

// slowLevel is the gravest level whose threshold one of the indices has and
// took reaches; "" for none.
func (s *Searches) slowLevel(phase string, indices []string, took time.Duration) string {
	content := s.node.Cluster.Content()
	for _, level := range slowLevels {
		name := "index.search.slowlog.threshold." + phase + "." + level
		all := content.AllSettings[name]
		if all != "" && reaches(all, took) && len(indices) == 0 {
			return level
		}
		for _, index := range indices {
			text := all
			if i := content.Indices[index]; i != nil && i.Settings[name] != "" {
				text = i.Settings[name]
			}
			if text != "" && reaches(text, took) {
				return level
			}
		}
	}
	return ""
}

// reaches tells whether took is at least a threshold; -1 is none, 0 is any.
func reaches(text string, took time.Duration) bool {
	if strings.HasPrefix(strings.TrimSpace(text), "-") {
		return false
	}
	d, err := settings.ParseTime(text)
	return err == nil && took >= d
}
