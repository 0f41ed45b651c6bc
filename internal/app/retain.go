package app

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"rastro/internal/config"
	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/lifecycle"
	"rastro/internal/query"
	"rastro/internal/search"
	"rastro/internal/store"
)

// retainEvery is how often retention looks for something to remove, and
// policiesEvery how often it looks whether somebody has changed a policy.
const (
	retainEvery   = time.Minute
	policiesEvery = time.Second
)

// retainLoop removes what is older than the configuration and the policies of
// index lifecycle management say, until ctx ends.
func (a *App) retainLoop(ctx context.Context) {
	tick := time.NewTicker(policiesEvery)
	defer tick.Stop()
	var seen *cluster.Content
	var rules []store.RetainRule
	var last time.Time
	for {
		content, now := a.folder.cluster.Content(), time.Now()
		if changed := content != seen; changed || now.Sub(last) >= retainEvery {
			policy := a.policy(content)
			if changed && len(policy.Rules) > 0 && !reflect.DeepEqual(policy.Rules, rules) {
				a.flush(ctx) // a new rule counts for what is in memory too
			}
			seen, rules, last = content, policy.Rules, now
			a.retain(ctx, policy, now)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// policy is what the configuration and the policies of clients limit.
func (a *App) policy(content *cluster.Content) store.Policy {
	keep := a.opts.Config.Keep
	return store.Policy{
		KeepFor: time.Duration(keep.Age), MaxBytes: int64(keep.Size),
		Rules: append(slices.Clone(a.classes), lifecycle.Rules(content, a.folder.names)...),
	}
}

// classRules are the kinds of events that the configuration lets go earlier.
func classRules(classes []config.Class) ([]store.RetainRule, error) {
	var rules []store.RetainRule
	for i, class := range classes {
		now := time.Now()
		filter, err := search.Parse(class.Query, search.ParseOptions{Now: now})
		if err != nil {
			return nil, fmt.Errorf("keep.classes[%d].query: %w", i, err)
		}
		later, err := search.Parse(class.Query, search.ParseOptions{Now: now.Add(400 * 24 * time.Hour)})
		if err != nil || query.Format(filter) != query.Format(later) {
			return nil, fmt.Errorf("keep.classes[%d].query: %q depends on the present time; leave the date out, age says when events go", i, class.Query)
		}
		if _, err := query.Compile(filter); err != nil {
			return nil, fmt.Errorf("keep.classes[%d].query: %w", i, err)
		}
		rules = append(rules, store.RetainRule{Filter: filter, KeepFor: time.Duration(class.Age)})
	}
	return rules, nil
}

func (a *App) flush(ctx context.Context) {
	if err := a.folder.store.Flush(ctx); err != nil && ctx.Err() == nil {
		a.opts.Log.Warn("writing what is in memory before retention failed; it goes by the next", "err", err)
	}
}

func (a *App) retain(ctx context.Context, policy store.Policy, now time.Time) {
	if policy.Empty() {
		return
	}
	removed, err := a.folder.store.Retain(ctx, policy, now)
	switch {
	case err != nil && ctx.Err() == nil:
		a.opts.Log.Warn("retention failed; it is tried again", "err", err)
	case removed.Events > 0:
		a.opts.Log.Info("retention removed old events", "count", removed.Events)
	}
}
