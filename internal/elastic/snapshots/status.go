package snapshots

import (
	"net/http"
	"strings"

	"rastro/internal/elastic/rest"
	"rastro/internal/store"
)

// statusInfo is the status of one snapshot in Elasticsearch's shape.
type statusInfo struct {
	Snapshot           string                 `json:"snapshot"`
	Repository         string                 `json:"repository"`
	UUID               string                 `json:"uuid"`
	State              string                 `json:"state"`
	IncludeGlobalState bool                   `json:"include_global_state"`
	ShardsStats        shardsStats            `json:"shards_stats"`
	Stats              stats                  `json:"stats"`
	Indices            map[string]indexStatus `json:"indices"`
}

type shardsStats struct {
	Initializing int `json:"initializing"`
	Started      int `json:"started"`
	Finalizing   int `json:"finalizing"`
	Done         int `json:"done"`
	Failed       int `json:"failed"`
	Total        int `json:"total"`
}

type files struct {
	Count int   `json:"file_count"`
	Bytes int64 `json:"size_in_bytes"`
}

type stats struct {
	Incremental files `json:"incremental"`
	Total       files `json:"total"`
	StartMillis int64 `json:"start_time_in_millis"`
	Millis      int64 `json:"time_in_millis"`
}

type indexStatus struct {
	ShardsStats shardsStats            `json:"shards_stats"`
	Stats       stats                  `json:"stats"`
	Shards      map[string]shardStatus `json:"shards"`
}

type shardStatus struct {
	Stage string `json:"stage"`
	Stats stats  `json:"stats"`
}

// status tells of named snapshots, or of those that are being made.
func (s *Snapshots) status(w http.ResponseWriter, r *rest.Request) error {
	ignore, err := r.Bool("ignore_unavailable", false)
	if err != nil {
		return err
	}
	repos, err := s.repositories(r.PathValue("repository"))
	if err != nil {
		return err
	}
	out := []statusInfo{}
	for _, repo := range repos {
		names := s.underWay(repo)
		if expression := r.PathValue("snapshot"); expression != "" {
			names = splitList(expression)
		}
		for _, name := range names {
			one, err := s.statusOf(jobKey{repo, name}, ignore)
			if err != nil {
				return err
			}
			if one != nil {
				out = append(out, *one)
			}
		}
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"snapshots": out})
}

// statusOf tells of one snapshot; nil where there is none and that is ignored.
func (s *Snapshots) statusOf(key jobKey, ignore bool) (*statusInfo, error) {
	if j := s.job(key); j != nil {
		one := &statusInfo{
			Snapshot: key.name, Repository: key.repo, UUID: j.uuid, State: "STARTED", IncludeGlobalState: j.about.IncludeGlobalState,
			ShardsStats: shardsStats{Started: len(j.indices), Total: len(j.indices)}, Stats: stats{StartMillis: j.start},
			Indices: map[string]indexStatus{},
		}
		one.Stats.Millis = max(0, s.node.Now().UnixMilli()-j.start)
		for _, name := range j.indices {
			part := stats{StartMillis: j.start, Millis: one.Stats.Millis}
			one.Indices[name] = indexStatus{
				ShardsStats: shardsStats{Started: 1, Total: 1}, Stats: part,
				Shards: map[string]shardStatus{"0": {Stage: "STARTED", Stats: part}},
			}
		}
		return one, nil
	}
	if strings.Contains(key.name, "*") {
		return nil, rest.Illegal("[_status] takes names of snapshots, not wildcards: [%s]", key.name)
	}
	repo, _, err := s.open(key.repo)
	if err != nil {
		return nil, err
	}
	defer repo.Close()
	sn, err := repo.Get(key.name)
	if err != nil {
		err = asFailure(key.repo, key.name, err)
		if ignore && rest.AsFailure(err).Status == http.StatusNotFound {
			return nil, nil
		}
		return nil, err
	}
	return s.finished(key.repo, &sn), nil
}

// finished is the status of a snapshot that was made. Its own document counts
// as a file.
func (s *Snapshots) finished(repo string, sn *store.Snapshot) *statusInfo {
	a := readAbout(sn)
	counts := contents(s.node.Names, sn, a)
	one := &statusInfo{
		Snapshot: sn.Name, Repository: repo, UUID: sn.UUID, State: stateOf(sn), IncludeGlobalState: a.IncludeGlobalState,
		ShardsStats: shardsStats{Done: len(counts), Failed: len(sn.Missing), Total: len(counts) + len(sn.Missing)},
		Indices:     make(map[string]indexStatus, len(counts)),
	}
	one.Stats = stats{
		Incremental: files{sn.NewFiles + 1, sn.NewBytes + sn.DocumentBytes}, Total: files{sn.Files + 1, sn.Bytes + sn.DocumentBytes},
		StartMillis: sn.Started.UnixMilli(), Millis: sn.Ended.Sub(sn.Started).Milliseconds(),
	}
	for name, events := range counts {
		part := stats{Incremental: files{0, 0}, Total: files{1, share(sn, events)}, StartMillis: one.Stats.StartMillis, Millis: one.Stats.Millis}
		if sn.NewFiles > 0 {
			part.Incremental = part.Total
		}
		one.Indices[name] = indexStatus{
			ShardsStats: shardsStats{Done: 1, Total: 1}, Stats: part,
			Shards: map[string]shardStatus{"0": {Stage: "DONE", Stats: part}},
		}
	}
	return one
}
