package web

import (
	"context"
	"fmt"
	"time"

	"rastro/internal/auth"
	"rastro/internal/trace"
)

// The most journeys in one file: those with steps take more memory.
const (
	maxExported      = 100_000
	maxExportedSteps = 20_000
	// sliceLimit is the most journeys of one trace: with more of them their
	// events do not fit into its bounds. A partial answer with fewSlice journeys
	// is not partial because there are many.
	sliceLimit = 2000
	fewSlice   = 100
	// leastSlice is the shortest stretch of time that is asked about.
	leastSlice = time.Second
)

// journeyGathering gathers more journeys than one answer of a trace holds: a
// range with too many is asked about in halves. A journey that touches both is
// told whole by either, and taken once.
type journeyGathering struct {
	tracer *trace.Tracer
	scope  auth.Scope
	export *journeyExport
	most   int

	journeys []trace.Journey
	seen     map[string]bool
	reasons  []string
	partial  bool
}

func (s *Server) gatherJourneys(ctx context.Context, scope auth.Scope, e *journeyExport) (*journeyGathering, error) {
	g := &journeyGathering{tracer: s.opts.Tracer, scope: scope, export: e, most: maxExportedSteps, seen: map[string]bool{}}
	if e.csv {
		g.most = maxExported
	}
	q := e.question
	q.Limit = sliceLimit
	answer, err := g.tracer.Trace(ctx, scope, q)
	if err != nil {
		return nil, err
	}
	if !crowded(&answer) {
		return g, g.take(&answer)
	}
	stats := s.opts.Searcher.Stats()
	if q.From.IsZero() {
		q.From = when(stats.Oldest)
	}
	if q.To.IsZero() {
		q.To = when(stats.Newest + 1)
	}
	return g, g.halves(ctx, q)
}

// crowded tells whether an answer lacks something because there is so much.
func crowded(a *trace.Answer) bool {
	return a.More || a.Partial && len(a.Journeys) >= fewSlice
}

// ask asks about a range.
func (g *journeyGathering) ask(ctx context.Context, q trace.Question) error {
	answer, err := g.tracer.Trace(ctx, g.scope, q)
	switch {
	case err != nil:
		return err
	case !crowded(&answer):
		return g.take(&answer)
	case q.To.Sub(q.From) >= 2*leastSlice:
		return g.halves(ctx, q)
	}
	// So many at once: what is not told is said.
	answer.Partial = true
	if answer.More {
		answer.Reasons = append(answer.Reasons, fmt.Sprintf("more than %d journeys in %s at %s", sliceLimit, q.To.Sub(q.From), q.From.UTC().Format(time.RFC3339)))
	}
	return g.take(&answer)
}

// halves asks about a range in two, newest first.
func (g *journeyGathering) halves(ctx context.Context, q trace.Question) error {
	older, newer := q, q
	newer.From = q.From.Add(q.To.Sub(q.From) / 2)
	older.To = newer.From
	if err := g.ask(ctx, newer); err != nil {
		return err
	}
	return g.ask(ctx, older)
}

func (g *journeyGathering) take(answer *trace.Answer) error {
	if answer.Partial {
		g.partial = true
		for _, r := range answer.Reasons {
			g.note(r)
		}
	}
	for i := range answer.Journeys {
		j := &answer.Journeys[i]
		if !g.export.wants(j) || g.seen[j.ID] {
			continue
		}
		if len(g.journeys) >= g.most {
			return Error{Code: "too_many", Message: fmt.Sprintf("there are more than %d journeys", g.most), Hint: "narrow the time range with since and until, or choose a status, and export one after the other"}
		}
		g.seen[j.ID] = true
		g.journeys = append(g.journeys, *j)
	}
	return nil
}

// note keeps a reason, once.
func (g *journeyGathering) note(reason string) {
	for _, known := range g.reasons {
		if known == reason {
			return
		}
	}
	g.reasons = append(g.reasons, reason)
}
