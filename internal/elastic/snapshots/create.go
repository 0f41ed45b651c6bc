package snapshots

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/store"
)

// createBody is the body of a request for a snapshot.
type createBody struct {
	Indices            list            `json:"indices"`
	IgnoreUnavailable  bool            `json:"ignore_unavailable"`
	ExpandWildcards    list            `json:"expand_wildcards"`
	IncludeGlobalState *bool           `json:"include_global_state"`
	Metadata           json.RawMessage `json:"metadata"`
	Partial            bool            `json:"partial"`
	FeatureStates      list            `json:"feature_states"`
}

// maxClientMetadata bounds what a client may note; Elasticsearch's is 1 KiB.
const maxClientMetadata = 64 << 10

func (s *Snapshots) create(w http.ResponseWriter, r *rest.Request) error {
	key := jobKey{r.PathValue("repository"), r.PathValue("snapshot")}
	wait, err := r.Bool("wait_for_completion", false)
	if err != nil {
		return err
	}
	name, err := s.node.Names.DateMath(key.name)
	if err != nil {
		return rest.NameFailure(err)
	}
	key.name = name
	if err := store.CheckSnapshotName(name); err != nil {
		_, why, _ := strings.Cut(err.Error(), "]: ")
		return badName(key.repo, name, why)
	}
	var body createBody
	if err := strict(r, &body); err != nil {
		return err
	}
	choice, err := s.choose(&body)
	if err != nil {
		return err
	}
	j, err := s.begin(key, choice)
	if err != nil {
		return err
	}
	if !wait {
		return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"accepted": true})
	}
	patient(w)
	select {
	case <-j.done:
	case <-r.Context().Done():
		return r.Context().Err() // the snapshot goes on
	}
	if j.err != nil {
		return asFailure(key.repo, key.name, j.err)
	}
	answer := s.describe(key.repo, &j.result, shape{verbose: true, names: true, repository: true})
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"snapshot": answer})
}

// choice is what a snapshot is to be about.
type choice struct {
	want    func(day, index string) bool // nil: everything
	indices []string
	about   about
}

// choose finds the indices that a body names.
func (s *Snapshots) choose(body *createBody) (choice, error) {
	c := choice{about: about{IncludeGlobalState: true, Indices: map[string]*cluster.Index{}}}
	if body.IncludeGlobalState != nil {
		c.about.IncludeGlobalState = *body.IncludeGlobalState
	}
	if text := strings.TrimSpace(string(body.Metadata)); text != "" && text != "null" {
		if text[0] != '{' || len(text) > maxClientMetadata {
			return c, rest.Illegal("[metadata] must be an object of at most %d bytes", maxClientMetadata)
		}
		c.about.Metadata = body.Metadata
	}
	expression := strings.Join(body.Indices, ",")
	all := expression == "" || expression == "_all" || expression == "*"
	indices := s.node.Names.All()
	if !all {
		opts := names.ResolveOptions{IgnoreUnavailable: body.IgnoreUnavailable, AllowNoIndices: true, Closed: true}
		if err := rest.ExpandWildcards(&opts, strings.Join(body.ExpandWildcards, ",")); err != nil {
			return c, err
		}
		set, err := s.node.ResolveWith(expression, opts)
		if err != nil {
			return c, err
		}
		indices = set.Indices
	}
	days, owned := map[string]bool{}, map[string]bool{}
	for _, i := range indices {
		switch i.Kind {
		case names.View:
			return c, rest.Illegal("[%s] is a view of the events of [%s]; name that index instead", i.Name, s.node.Names.DayName(i.Start.UnixNano()))
		case names.Day:
			days[i.Start.Format("2006-01-02")] = true
		case names.Own:
			owned[i.Name] = true
		}
		c.indices = append(c.indices, i.Name)
		if i.Meta != nil {
			c.about.Indices[i.Name] = i.Meta
		}
	}
	c.about.noteStreams(s.node.Cluster.Content(), c.indices)
	if !all {
		c.want = func(day, index string) bool {
			if index != "" {
				return owned[index]
			}
			return days[day]
		}
	}
	return c, nil
}

// begin starts a snapshot in the background: it goes on when the client goes
// away.
func (s *Snapshots) begin(key jobKey, c choice) (*job, error) {
	repo, err := s.openToChange(key.repo, "create snapshot")
	if err != nil {
		return nil, err
	}
	metadata, err := json.Marshal(c.about)
	if err != nil {
		return nil, errors.Join(err, repo.Close())
	}
	if _, err := repo.Get(key.name); !errors.Is(err, store.ErrNoSnapshot) {
		return nil, errors.Join(badName(key.repo, key.name, "snapshot with the same name already exists"), repo.Close())
	}
	ctx, cancel := context.WithCancel(s.life)
	j := &job{uuid: cluster.NewUUID(), start: s.node.Now().UnixMilli(), about: c.about, indices: c.indices, cancel: cancel, done: make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jobs[key] != nil || s.life.Err() != nil {
		cancel()
		return nil, errors.Join(badName(key.repo, key.name, "snapshot with the same name is already in-progress"), repo.Close())
	}
	s.jobs[key] = j
	s.running.Go(func() {
		if j.err = s.opts.Belt.Settled(ctx); j.err == nil {
			j.result, j.err = s.opts.Engine.Snapshot(ctx, repo, store.SnapshotOptions{
				Name: key.name, UUID: j.uuid, Want: c.want, Metadata: metadata, Release: s.node.Release, Now: s.node.Now,
			})
		}
		cancel()
		if err := repo.Close(); err != nil {
			s.node.Log.Warn("closing a repository of snapshots failed", "err", err)
		}
		if j.err != nil && s.life.Err() == nil {
			s.node.Log.Warn("making a snapshot failed", "err", j.err)
		}
		s.mu.Lock()
		delete(s.jobs, key)
		s.mu.Unlock()
		close(j.done)
	})
	return j, nil
}

// remove deletes snapshots; one that is being made is ended first.
func (s *Snapshots) remove(w http.ResponseWriter, r *rest.Request) error {
	name := r.PathValue("repository")
	if _, err := r.Bool("wait_for_completion", true); err != nil {
		return err
	}
	repo, err := s.openToChange(name, "delete snapshot")
	if err != nil {
		return err
	}
	defer repo.Close()
	all, err := repo.Names()
	if err != nil {
		return asFailure(name, "", err)
	}
	patterns := splitList(r.PathValue("snapshot"))
	found, missing := chosen(append(all, s.underWay(name)...), patterns)
	if missing != "" {
		return snapshotMissing(name, missing)
	}
	for _, snapshot := range found {
		ended := false
		if j := s.job(jobKey{name, snapshot}); j != nil {
			j.cancel()
			<-j.done
			ended = true
		}
		if _, err := repo.Delete(r.Context(), snapshot); err != nil && (!ended || !errors.Is(err, store.ErrNoSnapshot)) {
			return asFailure(name, snapshot, err)
		}
	}
	return rest.Acknowledge(w, r)
}
