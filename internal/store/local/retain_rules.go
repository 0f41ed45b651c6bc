package local

import (
	"context"
	"fmt"
	"time"

	"rastro/internal/query"
	"rastro/internal/store/local/ask"
)

// ruleMark tells how far a rule of retention has been carried out: files with
// events up to a RID have been looked at for events before a time.
type ruleMark struct {
	until int64
	upTo  uint64
}

// retainRules carries out rules. Every file is looked at once a day for each
// rule: a rule's limit moves by whole days, and what has been looked at is
// remembered until the process ends.
func (e *Engine) retainRules(ctx context.Context, rules []query.RetainRule, now time.Time) (query.Removed, error) {
	e.mu.RLock()
	durable := e.durable
	e.mu.RUnlock()
	var removed query.Removed
	if len(rules) == 0 {
		return removed, nil
	}
	ctx, done, err := e.takeAlone(ctx, e.erasing)
	if err != nil {
		return removed, err
	}
	defer done()
	marks := make(map[string]ruleMark, len(rules))
	for _, rule := range rules {
		key := fmt.Sprint(rule.KeepFor, " ", query.Format(rule.Filter))
		mark := ruleMark{until: endedBefore(now, rule.KeepFor), upTo: durable}
		x := &erasure{engine: e, last: durable, until: mark.until}
		if was, ok := e.ruled[key]; ok && was.until >= mark.until {
			x.after = was.upTo
		}
		if x.after < durable {
			if x.filter, err = ask.Compile(rule.Filter); err != nil {
				return removed, fmt.Errorf("preparing the filter: %w", err)
			}
			byRule, err := x.run(ctx)
			removed = removed.Add(byRule)
			if err != nil {
				return removed, err
			}
		}
		marks[key] = mark
	}
	e.ruled = marks // rules that are gone are forgotten
	return removed, nil
}

// endedBefore is the beginning of the oldest UTC day that is not over since
// keep, in nanoseconds.
func endedBefore(now time.Time, keep time.Duration) int64 {
	return dayNumber(now.Add(-keep).UnixNano()) * nanosPerDay
}
