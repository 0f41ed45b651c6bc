package snapshots

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/store"
)

// restoreBody is the body of a request to restore.
type restoreBody struct {
	Indices             list                       `json:"indices"`
	IgnoreUnavailable   bool                       `json:"ignore_unavailable"`
	IncludeGlobalState  bool                       `json:"include_global_state"`
	IncludeAliases      *bool                      `json:"include_aliases"`
	RenamePattern       string                     `json:"rename_pattern"`
	RenameReplacement   string                     `json:"rename_replacement"`
	Partial             bool                       `json:"partial"`
	IndexSettings       map[string]json.RawMessage `json:"index_settings"`
	IgnoreIndexSettings list                       `json:"ignore_index_settings"`
	FeatureStates       list                       `json:"feature_states"`
	ExpandWildcards     list                       `json:"expand_wildcards"`
}

// restoring is one index on its way back.
type restoring struct {
	source, target string
	// own is the value of the field index that its events get; "" leaves them to
	// the index of their day.
	own string
	// meta is what was set for the index; nil for nothing.
	meta *cluster.Index
	// stream is the data stream that the index backs; "" for none.
	stream string
	// restored is noted in the index.
	restored *cluster.Restored
	// replace is a closed index of the name, whose events go first.
	replace *names.Index
	from    progress
}

func (s *Snapshots) restore(w http.ResponseWriter, r *rest.Request) error {
	repoName, name := r.PathValue("repository"), r.PathValue("snapshot")
	wait, err := r.Bool("wait_for_completion", false)
	if err != nil {
		return err
	}
	var body restoreBody
	if err := strict(r, &body); err != nil {
		return err
	}
	renamer, err := newRenamer(body.RenamePattern, body.RenameReplacement)
	if err != nil {
		return err
	}
	repo, _, err := s.open(repoName)
	if err != nil {
		return err
	}
	sn, err := repo.Get(name)
	if err != nil {
		return errors.Join(asFailure(repoName, name, err), repo.Close())
	}
	plan, err := s.plan(r.Context(), repoName, &sn, &body, renamer)
	if err != nil {
		return errors.Join(err, repo.Close())
	}
	done := make(chan error, 1)
	s.running.Go(func() {
		err := s.carryOut(s.life, repo, &sn, plan)
		s.release(plan)
		if err != nil {
			s.node.Log.Warn("restoring a snapshot stopped; the same request goes on", "err", err)
			err = restoreFailed(repoName, name, err.Error()+"; the same request goes on where this one stopped")
		}
		done <- errors.Join(err, repo.Close())
	})
	if !wait {
		return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"accepted": true})
	}
	patient(w)
	select {
	case err = <-done:
	case <-r.Context().Done():
		err = r.Context().Err() // the restore goes on
	}
	if err != nil {
		return err
	}
	targets := []string{}
	for _, p := range plan {
		targets = append(targets, p.target)
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"snapshot": map[string]any{
		"snapshot": name, "indices": targets, "shards": shards{Total: len(plan), Successful: len(plan)},
	}})
}

// plan finds what is to be restored, and keeps the names until release.
func (s *Snapshots) plan(ctx context.Context, repo string, sn *store.Snapshot, body *restoreBody, renamer *renamer) ([]restoring, error) {
	a := readAbout(sn)
	counts := contents(s.node.Names, sn, a)
	all := slices.Sorted(maps.Keys(counts))
	sources, missing := chosen(all, a.expand(body.Indices))
	if missing != "" && !body.IgnoreUnavailable {
		return nil, rest.IndexNotFound(missing)
	}
	// What an interrupted restore has taken must be seen.
	if err := s.opts.Belt.Settled(ctx); err != nil {
		return nil, err
	}
	existing := map[string]names.Index{}
	for _, i := range s.node.Names.All() {
		existing[i.Name] = i
	}
	var plan []restoring
	from := map[string]string{}
	for _, source := range sources {
		p := restoring{
			source: source, target: renamer.rename(source), meta: a.Indices[source], stream: a.streamOf(source, sources, renamer),
			restored: &cluster.Restored{
				Repository: repo, Snapshot: sn.Name, UUID: sn.UUID, Index: source, At: s.node.Now().UnixMilli(), Bytes: share(sn, counts[source]),
			},
		}
		if other := from[p.target]; other != "" {
			return nil, cannot(repo, sn, "indices [%s] and [%s] are renamed into the same index [%s]", other, source, p.target)
		}
		from[p.target] = source
		if err := s.name(&p); err != nil {
			return nil, err
		}
		if i, there := existing[p.target]; there {
			if err := s.takePlace(ctx, repo, sn, &p, i); err != nil {
				return nil, err
			}
		}
		if err := p.settings(body); err != nil {
			return nil, err
		}
		plan = append(plan, p)
	}
	return plan, s.keep(repo, sn, plan)
}

// cannot is the failure of a restore that would be wrong.
func cannot(repo string, sn *store.Snapshot, format string, args ...any) error {
	return restoreFailed(repo, sn.Name+"/"+sn.UUID, fmt.Sprintf(format, args...))
}

// takePlace decides what becomes of an index that has the name already.
func (s *Snapshots) takePlace(ctx context.Context, repo string, sn *store.Snapshot, p *restoring, i names.Index) error {
	switch {
	case i.Meta != nil && i.Meta.Closed:
		p.replace = &i
	case i.Meta == nil && s.isEmpty(ctx, i):
		// A day with events of other indices only.
	case s.resumes(ctx, sn, p, i):
	default:
		return cannot(repo, sn, "cannot restore index [%s] because an open index with same name already exists in the cluster. Either close or delete the existing index or restore the index under a different name by providing a rename pattern and replacement name", p.target)
	}
	return nil
}

// name decides how the events of a restored index are told from others.
func (s *Snapshots) name(p *restoring) error {
	if err := names.Check(p.target); err != nil {
		return rest.NameFailure(err)
	}
	_, isDay := s.node.Names.IsDay(p.target)
	_, _, isView := s.node.Names.IsView(p.target)
	_, wasDay := s.node.Names.IsDay(p.source)
	switch {
	case isView:
		return rest.Illegal("[%s] is the name of a view; restore into another name", p.target)
	case isDay && p.target != p.source, isDay && !wasDay:
		return rest.Illegal("[%s] is the index of a day, and events belong to the day of their own time; restore into a name of another form", p.target)
	case !isDay:
		p.own = p.target
	}
	return nil
}

// settings carries out what the body says about settings and aliases.
func (p *restoring) settings(body *restoreBody) error {
	if p.own == "" && p.meta == nil && len(body.IndexSettings) == 0 {
		return nil // a day, of which nothing was set
	}
	next := *plainIndex()
	if p.meta != nil {
		next = *p.meta
	}
	next.UUID, next.Closed, next.DataStream, next.Restored = cluster.NewUUID(), false, p.stream, p.restored
	next.Settings = maps.Clone(next.Settings)
	if body.IncludeAliases != nil && !*body.IncludeAliases {
		next.Aliases = nil
	}
	for key := range next.Settings {
		for _, pattern := range body.IgnoreIndexSettings {
			if names.Match(indexed(pattern), key) {
				delete(next.Settings, key)
			}
		}
	}
	given, err := flatSettings(p.target, body.IndexSettings)
	if err != nil {
		return err
	}
	for key, value := range given {
		if next.Settings == nil {
			next.Settings = map[string]string{}
		}
		next.Settings[indexed(key)] = value
	}
	p.meta = &next
	return nil
}

// indexed is the full name of a setting of an index.
func indexed(key string) string {
	if strings.HasPrefix(key, "index.") {
		return key
	}
	return "index." + key
}

// keep notes that indices are being restored; none of them may be yet.
func (s *Snapshots) keep(repo string, sn *store.Snapshot, plan []restoring) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range plan {
		if s.restoring[p.target] {
			return cannot(repo, sn, "cannot restore index [%s] because it is being restored already", p.target)
		}
	}
	for _, p := range plan {
		s.restoring[p.target] = true
	}
	return nil
}

func (s *Snapshots) release(plan []restoring) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range plan {
		delete(s.restoring, p.target)
	}
}
